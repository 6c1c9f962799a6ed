"""Dirt around the table: other columns, other sheets, formulas, file formats."""

from __future__ import annotations

from random import Random

from benchmarks.dirtier.kinds.base import Spot, cell_kind, clean_spots, sheet_kind
from benchmarks.dirtier.sheet import Column, Sheet
from benchmarks.dirtier.source import Value


def _engine(sheet: Sheet, name: str) -> bool:
    """Ask for a writer; False where another one is asked for already."""
    return sheet.options.setdefault("engine", name) == name


@sheet_kind(
    "extra_columns",
    "多余的列：序号、联系电话、长度备注",
    "Columns of no use here",
    "layout",
)
def _extra(sheet: Sheet, dice: Random) -> bool:
    if sheet.column("x:serial"):
        return False
    count = sum(1 for _ in sheet.assets())
    numbers: list[Value] = list(range(1, count + 1))
    sheet.add_column(Column("x:serial", "序号"), numbers, 0)
    more: list[tuple[str, list[Value]]] = [
        ("联系电话", ["0470-0000000"] * count),
        ("长度备注", ["图上量取"] * count),
        ("填报人", ["张三"] * count),
        ("设计使用年限", [50] * count),
        ("管径等级", ["中"] * count),
        ("审核日期", ["2026-01-05"] * count),
        ("材料单价(元/m)", [312.5] * count),
    ]
    for label, values in dice.sample(more, 4):
        at = dice.randint(1, len(sheet.columns))
        sheet.add_column(Column(f"x:{label}", label), values, at)
    return True


@sheet_kind("unnamed_columns", "没有表头的列", "Columns without a header", "layout")
def _unnamed(sheet: Sheet, dice: Random) -> bool:
    if sheet.column("x:unnamed"):
        return False
    count = sum(1 for _ in sheet.assets())
    values: list[Value] = [dice.choice([None, "√", "已核"]) for _ in range(count)]
    sheet.add_column(Column("x:unnamed", ""), values, len(sheet.columns))
    return True


@sheet_kind(
    "nodes_beside",
    "另有起点点号、终点点号、起点埋深",
    "Nodes and depths of both ends",
    "layout",
    columns=("start_lon",),
)
def _nodes(sheet: Sheet, dice: Random) -> bool:
    if sheet.column("x:from"):
        return False
    count = sum(1 for _ in sheet.assets())
    columns: list[tuple[str, str, list[Value]]] = [
        ("x:from", "起点点号", [f"J{n}" for n in range(count)]),
        ("x:to", "终点点号", [f"J{n + 1}" for n in range(count)]),
        ("x:height", "终点埋深", [9.99] * count),
    ]
    for key, label, values in columns:
        sheet.add_column(Column(key, label), values, 1)
    return True


@sheet_kind(
    "cover_sheet",
    "封面、填表说明、空表",
    "A cover, instructions, an empty sheet",
    "file",
    medium="book",
)
def _cover(sheet: Sheet, dice: Random) -> bool:
    cover: list[list[Value]] = [["合成县市政设施普查"], [], ["合成数据"], ["2026年1月"]]
    guide: list[list[Value]] = [
        ["填表说明"],
        ["1", "管径", "填公称直径，单位毫米"],
        ["2", "管长", "填沿路由长度，单位米"],
    ]
    sheet.options["before"] = [("封面", cover), ("填表说明", guide)]
    sheet.options["after"] = [("Sheet3", [])]
    return True


@sheet_kind(
    "summary_sheet",
    "另有按管材汇总的表",
    "A sheet of sums by material",
    "file",
    medium="book",
    columns=("material",),
)
def _summary(sheet: Sheet, dice: Random) -> bool:
    grid: list[list[Value]] = [["管材", "条数", "管长(m)", "占比"]]
    grid += [[name, 10, 2350.5, "33%"] for name in ("PE", "钢", "球墨铸铁")]
    grid.append(["合计", 30, 7051.5, "100%"])
    sheet.options["summary"] = [("汇总", grid)]
    return True


@sheet_kind(
    "split_sheets",
    "同一类资产按街道分表",
    "One class over several sheets",
    "file",
    medium="book",
)
def _split(sheet: Sheet, dice: Random) -> bool:
    sheet.options["split"] = dice.randint(2, 4)
    return True


@sheet_kind(
    "class_sheets",
    "一个工作簿里有几类资产",
    "Several classes in one workbook",
    "file",
    medium="book",
)
def _classes(sheet: Sheet, dice: Random) -> bool:
    sheet.options["classes"] = True
    return True


@cell_kind(
    "formula_cached",
    "公式单元格（有缓存值）",
    "Formulas with their values",
    ("length_m", "floor_area_m2", "households"),
    medium="book",
)
def _cached(spot: Spot, dice: Random) -> bool:
    if not _engine(spot.sheet, "xlsxwriter"):
        return False
    spot.cell.formula = f"={spot.text}*1"
    return True


@sheet_kind(
    "formula_uncached",
    "公式单元格（无缓存值）",
    "Formulas without values",
    "cell",
    columns=("households", "diameter_mm"),
    medium="book",
)
def _uncached(sheet: Sheet, dice: Random) -> bool:
    if not _engine(sheet, "openpyxl"):
        return False
    done = 0
    for spot in clean_spots(sheet, ("households", "diameter_mm")):
        if dice.random() < 0.15:
            spot.cell.formula = f"={spot.text}+0"
            spot.cell.kind = "formula_uncached"
            done += 1
    return done > 0


@sheet_kind(
    "number_formats",
    '数字格式：#,##0、0.0"m"',
    "Number formats",
    "layout",
    medium="book",
)
def _formats(sheet: Sheet, dice: Random) -> bool:
    forms = {"length_m": ['0.0"m"', "#,##0.00", "0"], "diameter_mm": ['"DN"0', "0"],
             "households": ['0"户"', "#,##0"], "floor_area_m2": ["#,##0", '0!.0,"万"'],
             "install_year": ['0"年"']}  # fmt: skip
    for key, choices in forms.items():
        form = dice.choice(choices)
        for spot in clean_spots(sheet, (key,)):
            spot.cell.form = spot.cell.form or form
    return True


@sheet_kind(
    "cell_comments",
    "单元格批注、颜色、隐藏行",
    "Comments, colours, hidden rows",
    "layout",
    medium="book",
)
def _comments(sheet: Sheet, dice: Random) -> bool:
    sheet.options["decorate"] = _engine(sheet, "xlsxwriter")
    return bool(sheet.options["decorate"])


def _text_option(name: str, zh: str, en: str) -> None:
    @sheet_kind(name, zh, en, "file", medium="text")
    def _apply(sheet: Sheet, dice: Random) -> bool:
        sheet.options[name] = True
        return True


_text_option("csv_sep_line", "首行为 sep=,", "First line is sep=,")
_text_option("csv_semicolons", "分号分隔", "Semicolons between the cells")
_text_option("csv_tabs", "后缀 .csv 而内容以制表符分隔", "Tabs in a file called .csv")
_text_option(
    "csv_comma_lines", "末尾多出只有逗号的行和列", "Lines and columns of commas only"
)
_text_option(
    "csv_short_rows", "行尾空单元格被省略", "Empty cells at the ends of rows cut"
)
_text_option("csv_quoted", "所有单元格带引号", "Quotes around every cell")
_text_option("csv_blank_lines", "行间有空行", "Empty lines between the rows")
