"""Dirt of identifiers: what typing, Excel and copying do to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from benchmarks.dirtier.kinds.base import Spot, cell_kind, sheet_kind, untouched
from benchmarks.dirtier.sheet import Sheet

ID = ("asset_id",)
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def widen(text: str) -> str:
    """Write letters, digits and signs in full width, as a Chinese keyboard does."""
    return text.translate(_WIDE)


@cell_kind("id_full_width", "编号用全角字符", "Identifier in full-width characters", ID)
def _full_width(spot: Spot, dice: Random) -> bool:
    return spot.put(widen(spot.text))


@cell_kind("id_outer_space", "编号前后有空格", "Spaces around the identifier", ID)
def _outer_space(spot: Spot, dice: Random) -> bool:
    space = dice.choice([" ", "  ", "　", "\u00a0", "\t"])
    return spot.put(dice.choice([spot.text + space, space + spot.text]))


@cell_kind("id_dashes", "编号中的短横被换成长横", "Hyphen turned into a dash", ID)
def _dashes(spot: Spot, dice: Random) -> bool:
    if "-" not in spot.text:
        return False
    return spot.put(spot.text.replace("-", dice.choice("—–－−‐")))


@cell_kind(
    "segment_forms",
    "路段编号用全角、带空格或长横",
    "Identifiers of street segments in full width, with spaces or dashes",
    ("corridor_id",),
)
def _segment(spot: Spot, dice: Random) -> bool:
    text = spot.text
    forms = [widen(text), f" {text}", f"{text}　", text.replace("-", "—")]
    return spot.put(dice.choice([form for form in forms if form != text]))


@cell_kind(
    "invisible_characters",
    "从网页或微信复制来的不可见字符",
    "Invisible characters copied from a web page",
    ("asset_id", "street", "district", "material", "status", "owner", "corridor_id"),
)
def _invisible(spot: Spot, dice: Random) -> bool:
    mark = dice.choice(["\u200b", "\ufeff", "\u200e", "\u2060", "\u200d"])
    at = dice.choice([0, len(spot.text), len(spot.text) // 2])
    return spot.put(spot.text[:at] + mark + spot.text[at:])


@cell_kind("id_empty", "编号空着", "No identifier", ID)
def _empty(spot: Spot, dice: Random) -> bool:
    return spot.put(None)


@cell_kind(
    "id_formula_text",
    '导出时写成 ="编号"',
    'Written as ="id" so that Excel keeps it as text',
    ID,
    medium="text",
)
def _formula_text(spot: Spot, dice: Random) -> bool:
    return spot.put(f'="{spot.text}"')


@cell_kind("id_apostrophe", "编号前带半角撇号", "Apostrophe before the identifier", ID)
def _apostrophe(spot: Spot, dice: Random) -> bool:
    return spot.put(f"'{spot.text}")


def _rename(sheet: Sheet, make: Callable[[int], str]) -> bool:
    """Give every asset another true identifier, the same that is written."""
    column = sheet.column("asset_id")
    if column is None or not untouched(sheet, column):
        return False
    for number, row in enumerate(sheet.assets(), 1):
        name = make(number)
        row.asset_id = name
        row.cells["asset_id"].truth = name
        row.cells["asset_id"].write = name
    return True


@sheet_kind(
    "id_became_date",
    "编号“3-12”被 Excel 变成日期",
    "Excel turned the identifier 3-12 into a date",
    "cell",
    columns=ID,
)
def _became_date(sheet: Sheet, dice: Random) -> bool:
    if not _rename(sheet, lambda n: f"{(n - 1) // 14 + 1}-{(n - 1) % 14 + 1}"):
        return False
    done = 0
    for row in sheet.assets():
        cell = row.cells["asset_id"]
        month, day = (int(part) for part in row.asset_id.split("-"))
        if month <= 12 and dice.random() < 0.3:
            cell.write = (
                date(2025, month, day) if sheet.is_book else f"{month}月{day}日"
            )
            cell.form = 'm"月"d"日"' if sheet.is_book else ""
            cell.kind = "id_became_date"
            done += 1
    return done > 0


@sheet_kind(
    "id_scientific",
    "长编号在另存为 CSV 时变成科学计数",
    "Long identifiers became 1.50E+17",
    "cell",
    columns=ID,
    medium="text",
)
def _scientific(sheet: Sheet, dice: Random) -> bool:
    if not _rename(sheet, lambda n: f"15020219900{n:07d}"):
        return False
    for row in sheet.assets():
        if dice.random() < 0.2:
            row.cells["asset_id"].write = "1.5E+17"
            row.cells["asset_id"].kind = "id_scientific"
    return any(row.dirty() for row in sheet.assets())


@sheet_kind(
    "id_number",
    "编号存成数字",
    "Identifiers kept as numbers",
    "cell",
    columns=ID,
    medium="book",
)
def _number(sheet: Sheet, dice: Random) -> bool:
    if not _rename(sheet, lambda n: str(100200 + n)):
        return False
    for row in sheet.assets():
        row.cells["asset_id"].write = int(row.asset_id)
        row.cells["asset_id"].kind = "id_number"
    return True


@sheet_kind(
    "id_shown",
    "编号是数字，前面的零或字母只由数字格式显示",
    "Numbers shown with zeros or letters by their number format",
    "cell",
    columns=ID,
    medium="book",
)
def _shown(sheet: Sheet, dice: Random) -> bool:
    if sheet.options.get("engine") == "odfpy":  # it writes no number formats
        return False
    form, letters, width = dice.choice(
        [("000000", "", 6), ('"GP-"0000', "GP-", 4), ("0000", "", 4)]
    )
    if not _rename(sheet, lambda n: f"{letters}{n:0{width}d}"):
        return False
    for number, row in enumerate(sheet.assets(), 1):
        cell = row.cells["asset_id"]
        cell.write, cell.form, cell.kind = number, form, "id_shown"
    return True


@sheet_kind(
    "id_float_text",
    "编号导出后带“.0”",
    "Identifiers exported as 100201.0",
    "cell",
    columns=ID,
    medium="text",
)
def _float_text(sheet: Sheet, dice: Random) -> bool:
    if not _rename(sheet, lambda n: str(100200 + n)):
        return False
    for row in sheet.assets():
        row.cells["asset_id"].write = f"{row.asset_id}.0"
        row.cells["asset_id"].kind = "id_float_text"
    return True


@sheet_kind(
    "id_zeros_lost",
    "编号前面的零被 Excel 全部去掉",
    "Excel took the leading zeros from every identifier",
    "cell",
    columns=ID,
    untellable="Where every identifier lost its zeros, 1021 is as good an identifier "
    "as 001021; only another file that names the assets shows it.",
)
def _zeros_lost(sheet: Sheet, dice: Random) -> bool:
    if not _rename(sheet, lambda n: f"00{1020 + n}"):
        return False
    for row in sheet.assets():
        row.cells["asset_id"].write = int(row.asset_id)
        row.cells["asset_id"].kind = "id_zeros_lost"
    return True


@sheet_kind(
    "id_twice",
    "两条不同管段用了同一编号",
    "Two different assets with one identifier",
    "row",
    columns=ID,
)
def _twice(sheet: Sheet, dice: Random) -> bool:
    rows = [row for row in sheet.assets() if not row.cells["asset_id"].kind]
    pairs = [(rows[i], rows[i + 1]) for i in range(2, len(rows) - 1, 23)]
    for first, second in pairs:
        second.cells["asset_id"].write = first.cells["asset_id"].write
        first.cells["asset_id"].kind = second.cells["asset_id"].kind = "id_twice"
    return bool(pairs)


@sheet_kind(
    "id_restarts",
    "用序号作编号，每条路重新从 1 数起",
    "A serial number per street used as identifier",
    "column",
    columns=ID,
    refusable=True,
)
def _restarts(sheet: Sheet, dice: Random) -> bool:
    column = sheet.column("asset_id")
    if column is None or not untouched(sheet, column):
        return False
    column.label, column.kind = "序号", "id_restarts"
    counts: dict[str, int] = {}
    for row in sheet.assets():
        street = row.cells["street"].raw()
        counts[street] = counts.get(street, 0) + 1
        row.cells["asset_id"].write = counts[street]
        row.cells["asset_id"].kind = "id_restarts"
    return True


@sheet_kind(
    "id_merged_group",
    "编号只写在一组管段的第一行（合并单元格）",
    "Identifier in the first row of a group only (merged)",
    "row",
    columns=ID,
)
def _merged_group(sheet: Sheet, dice: Random) -> bool:
    rows = list(sheet.assets())
    done = 0
    for start in range(4, len(rows) - 3, 17):
        group = rows[start : start + dice.randint(2, 3)]
        if (
            any(row.dirty() for row in group)
            or sheet.rows.index(group[-1]) - sheet.rows.index(group[0])
            != len(group) - 1
        ):
            continue
        for row in group:
            row.cells["asset_id"].kind = "id_merged_group"
        for row in group[1:]:
            row.cells["asset_id"].write = None
        sheet.merged.append(("asset_id", group[0], group[-1]))
        done += 1
    return done > 0
