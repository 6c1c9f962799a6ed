"""Rows that are no data, repeated or stale rows, and rows that slipped."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from benchmarks.dirtier.kinds.base import sheet_kind
from benchmarks.dirtier.sheet import Cell, Row, Sheet, groups_of
from benchmarks.dirtier.source import Value

MEASURES = ("length_m", "floor_area_m2", "households")


def _no_data(what: str, **cells: Value) -> Row:
    return Row(what, "", {key: Cell(None, value, what) for key, value in cells.items()})


def _sums(sheet: Sheet, rows: list[Row]) -> dict[str, Value]:
    sums: dict[str, Value] = {}
    for key in MEASURES:
        column = sheet.column(key)
        values = [row.cells[key].write for row in rows if key in row.cells]
        numbers = [value for value in values if isinstance(value, int | float)]
        if column is not None and numbers:
            sums[key] = round(sum(numbers), 2)
    return sums


def _first_key(sheet: Sheet) -> str:
    return sheet.columns[0].key


@sheet_kind("subtotals", "小计、合计行", "Subtotal and total rows", "row")
def _subtotals(sheet: Sheet, dice: Random) -> bool:
    words = dice.choice(
        [
            ("小计", "合计"),
            ("小  计", "合  计"),
            ("本页小计", "总计"),
            ("小计：", "合计："),
        ]
    )
    key = dice.choice([_first_key(sheet), "street", "district"])
    if sheet.column(key) is None:
        key = _first_key(sheet)
    rows: list[Row] = []
    for group in groups_of(sheet, dice.randint(15, 30)):
        sums = _sums(sheet, [row for row in group if row.what == "asset"])
        rows += [*group, _no_data("subtotals", **{**sums, key: words[0]})]
    assets = list(sheet.assets())
    rows.append(_no_data("subtotals", **{**_sums(sheet, assets), key: words[1]}))
    sheet.rows = rows
    return True


@sheet_kind(
    "subtotals_named",
    "“人民路 小计”“其中：PE”“平均”",
    "Totals with a name beside them",
    "row",
)
def _named(sheet: Sheet, dice: Random) -> bool:
    rows: list[Row] = []
    key = _first_key(sheet)
    for group in groups_of(sheet, 20):
        word = dice.choice(
            ["人民路小计", "城南街道 小计", "其中：PE", "共计20条", "本段合计(m)"]
        )
        sums = _sums(sheet, [row for row in group if row.what == "asset"])
        rows += [*group, _no_data("subtotals_named", **{**sums, key: word})]
    mean: dict[str, Value] = {key: "平均", "length_m": 236.4}
    rows.append(_no_data("subtotals_named", **mean))
    sheet.rows = rows
    return True


@sheet_kind("total_unlabelled", "合计行没有文字", "A total without a word", "row")
def _unlabelled(sheet: Sheet, dice: Random) -> bool:
    sums = _sums(sheet, list(sheet.assets()))
    sheet.rows.append(_no_data("total_unlabelled", **sums))
    return bool(sums)


@sheet_kind(
    "total_as_number",
    "“合计”写在编号以外，编号栏填了条数",
    "A total whose identifier cell holds a count",
    "row",
)
def _count_total(sheet: Sheet, dice: Random) -> bool:
    key = next((k for k in ("name", "street", "district") if sheet.column(k)), "")
    if not key or sheet.columns[0].key != "asset_id":
        return False
    count = sum(1 for _ in sheet.assets())
    sums = _sums(sheet, list(sheet.assets()))
    row = _no_data("total_as_number", **{**sums, "asset_id": count, key: "合计"})
    sheet.rows.append(row)
    return True


@sheet_kind(
    "section_rows", "分组标题行：一、城南街道", "Headings between the rows", "row"
)
def _sections(sheet: Sheet, dice: Random) -> bool:
    rows: list[Row] = []
    names = [
        "一、城南街道",
        "二、城北街道",
        "三、城东街道",
        "（四）其他",
        "五、庭院管网",
        "六、补充",
    ]
    for number, group in enumerate(groups_of(sheet, 25)):
        name = names[number % len(names)]
        rows += [_no_data("section_rows", **{_first_key(sheet): name}), *group]
    sheet.rows = rows
    return True


@sheet_kind("blank_rows", "空行", "Blank rows", "row")
def _blank(sheet: Sheet, dice: Random) -> bool:
    rows: list[Row] = []
    for group in groups_of(sheet, dice.randint(8, 20)):
        rows += [*group, *(_no_data("blank_rows") for _ in range(dice.randint(1, 3)))]
    sheet.rows = rows
    return True


@sheet_kind("notes_below", "表下注释、填表人、制表日期", "Notes below the table", "row")
def _notes(sheet: Sheet, dice: Random) -> bool:
    notes: list[list[Value]] = [
        [],
        ["注：1.本表数据截至2025年12月31日；2.长度为沿路由长度。"],
        ["填表人：张三", None, "审核人：李四", None, "制表日期：2026年1月5日"],
        [None, "单位负责人（签字）：", None, None, "（盖章）"],
    ]
    sheet.notes += notes[: dice.randint(2, 4)]
    return True


@sheet_kind(
    "header_repeated", "每页重复表头", "The header repeated on each page", "row"
)
def _repeated_header(sheet: Sheet, dice: Random) -> bool:
    if sheet.header_every or sheet.no_header:
        return False
    sheet.header_every = dice.randint(20, 40)
    return True


@sheet_kind(
    "rows_repeated",
    "整行重复粘贴",
    "Whole rows pasted twice",
    "row",
    columns=("asset_id",),
)
def _repeated(sheet: Sheet, dice: Random) -> bool:
    copies: list[Row] = []
    inside = {id(r) for _, a, b in sheet.merged for r in _between(sheet, a, b)}
    for row in sheet.assets():
        written = row.cells["asset_id"].write
        if written and id(row) not in inside and dice.random() < 0.05:
            copy = deepcopy(row)
            copy.what = "rows_repeated"
            copies.append(copy)
    sheet.rows = [*sheet.rows, *copies]
    return bool(copies)


@sheet_kind(
    "rows_stale",
    "旧记录未删：同一编号两行不同",
    "An old record left beside the new one",
    "row",
    columns=("asset_id",),
)
def _stale(sheet: Sheet, dice: Random) -> bool:
    rows: list[Row] = []
    done = 0
    inside = {id(r) for _, a, b in sheet.merged for r in _between(sheet, a, b)}
    for row in sheet.rows:
        rows.append(row)
        fit = row.what == "asset" and not row.dirty() and id(row) not in inside
        if fit and row.cells["asset_id"].write and dice.random() < 0.05:
            old = deepcopy(row)
            old.what = "rows_stale"
            for key in ("asset_id", *_age_record(old)):
                row.cells[key].kind = "rows_stale"
            rows.insert(len(rows) - dice.choice([0, 1]), old)
            done += 1
    sheet.rows = rows
    return done > 0


def _age_record(row: Row) -> list[str]:
    """Change what changes between two surveys; return the columns."""
    changed = []
    for key in ("households", "consent_rate", "diameter_mm", "depth_cm"):
        cell = row.cells.get(key)
        if cell is not None and isinstance(cell.write, int | float):
            cell.write = round(cell.write * 0.8) or 1
            changed.append(key)
    return changed


def _between(sheet: Sheet, first: Row, last: Row) -> list[Row]:
    return sheet.rows[sheet.rows.index(first) : sheet.rows.index(last) + 1]


@sheet_kind(
    "rows_reversed",
    "同一管段以相反方向再录一次",
    "The same pipe again from B to A",
    "row",
    columns=("start_lon",),
)
def _reversed(sheet: Sheet, dice: Random) -> bool:
    copies: list[Row] = []
    for row in sheet.assets():
        if row.dirty() or dice.random() > 0.03:
            continue
        copy = deepcopy(row)
        copy.what = "rows_reversed"
        row.cells["asset_id"].kind = "rows_reversed"
        copy.cells["asset_id"].write = f"{row.asset_id}-F"
        for a, b in (("start_lon", "end_lon"), ("start_lat", "end_lat")):
            first, second = copy.cells[a], copy.cells[b]
            first.write, second.write = second.write, first.write
        copies.append(copy)
    sheet.rows += copies
    return bool(copies)


@sheet_kind(
    "row_shifted",
    "文字里的逗号未加引号，后面错开一格",
    "An unquoted comma shifted the rest of the row",
    "row",
    medium="text",
)
def _shifted(sheet: Sheet, dice: Random) -> bool:
    keys = [column.key for column in sheet.columns]
    at = keys.index("street") if "street" in keys else 1
    done = 0
    for row in list(sheet.assets())[7::29]:
        if row.dirty() or any(row is a or row is b for _, a, b in sheet.merged):
            continue
        values = [row.cells[key].write for key in keys]
        values[at : at + 1] = ["路东", values[at]]
        for key, value in zip(keys, values, strict=False):
            cell = row.cells[key]
            if keys.index(key) >= at:
                cell.write, cell.kind = value, "row_shifted"
        row.cells["overflow"] = Cell(None, values[-1], "row_shifted")
        done += 1
    return done > 0


@sheet_kind(
    "row_shifted_left",
    "误删一格，整行左移",
    "A cell deleted: the rest of the row moved to the left",
    "row",
    columns=("street",),
)
def _shifted_left(sheet: Sheet, dice: Random) -> bool:
    keys = [column.key for column in sheet.columns]
    at = keys.index("street")
    done = 0
    for row in list(sheet.assets())[9::31]:
        spanned = any(row is a or row is b for _, a, b in sheet.merged)
        if row.dirty() or spanned:
            continue
        values = [row.cells[key].write for key in keys]
        moved = [*values[:at], *values[at + 1 :], None]
        for key, old, new in zip(keys, values, moved, strict=True):
            if old != new:
                row.cells[key].write, row.cells[key].kind = new, "row_shifted_left"
        done += 1
    return done > 0
