"""Dirt of free text: spaces, spellings, and remarks that know better."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from benchmarks.dirtier.kinds.base import Spot, cell_kind, sheet_kind
from benchmarks.dirtier.sheet import Sheet

NAMES = ("street", "district", "owner", "operator", "name")


@cell_kind(
    "text_inner_space",
    "名称中间加空格对齐",
    "Spaces inside a name, to align it",
    ("street", "district"),
)
def _inner_space(spot: Spot, dice: Random) -> bool:
    space = dice.choice([" ", "　", "  "])
    return spot.put(spot.text[:1] + space + spot.text[1:])


@cell_kind(
    "text_outer_space",
    "文字前后有空格",
    "Spaces around text",
    (*NAMES, "material", "status", "level", "laying_method"),
)
def _outer_space(spot: Spot, dice: Random) -> bool:
    space = dice.choice([" ", "　", "\u00a0", "   "])
    return spot.put(dice.choice([spot.text + space, space + spot.text]))


@cell_kind(
    "text_line_break",
    "单元格内换行",
    "Line break inside a cell",
    ("owner", "operator", "name"),
)
def _line_break(spot: Spot, dice: Random) -> bool:
    text = spot.text
    places = [i for i in range(2, len(text) - 1) if not text[i - 1 : i + 1].isascii()]
    places = [i for i in places if not any(c.isdigit() for c in text[i - 1 : i + 1])]
    if not places:
        return False
    at = dice.choice(places)
    return spot.put(text[:at] + "\n" + text[at:])


@cell_kind(
    "owner_spellings",
    "同一单位有五种写法",
    "One owner in five spellings",
    ("owner", "operator"),
)
def _owner(spot: Spot, dice: Random) -> bool:
    full = spot.text
    if "公司" not in full:
        return False
    short = full.replace("有限公司", "公司")
    return spot.put(
        dice.choice(
            [
                short,
                short.removeprefix("合成"),
                short.removeprefix("合成县"),
                full.replace("有限公司", "有限责任公司"),
                full.replace("合成县", "合城县"),
                f"{full}（国有）",
            ]
        )
    )


@cell_kind(
    "district_spellings",
    "同一街道有几种写法",
    "One sub-district in several spellings",
    ("district",),
)
def _district(spot: Spot, dice: Random) -> bool:
    short = spot.text.removesuffix("街道")
    return spot.put(dice.choice([f"{short}街道办事处", f"{short}街道办", short]))


@cell_kind(
    "street_with_span",
    "道路名称里带起止点",
    "Street with its two ends",
    ("street",),
)
def _span(spot: Spot, dice: Random) -> bool:
    a, b = dice.sample(["建设街", "胜利街", "中山街", "东风街", "民主街"], 2)
    forms = [f"（{a}—{b}）", f"({a}-{b})", f"（{a}至{b}）", f"（{a}~{b}段）"]
    return spot.put(spot.text + dice.choice(forms))


@cell_kind(
    "street_alias",
    "道路名称里带别名",
    "Street with another name in brackets",
    ("street",),
)
def _alias(spot: Spot, dice: Random) -> bool:
    old = dice.choice(["红旗路", "前进街", "兴隆街"])
    return spot.put(
        f"{spot.text}（{dice.choice(['原', '原名', '又名', '曾用名'])}{old}）"
    )


@cell_kind(
    "formula_like_text",
    "看起来像公式的文字",
    "Text that looks like a formula",
    ("remark", "name"),
)
def _formula_like(spot: Spot, dice: Random) -> bool:
    text = dice.choice(
        ["=cmd|'/C calc'!A0", "+86 0000 电话核实", "-详见图纸", "@附件2"]
    )
    return spot.means(text, text)


@cell_kind(
    "rare_characters",
    "生僻字",
    "Characters outside the common set",
    ("remark", "name"),
)
def _rare(spot: Spot, dice: Random) -> bool:
    text = dice.choice(["𫖯仰路东侧", "㙍头村口", "䢺家巷", "喆園小區"])
    return spot.means(text, text)


@cell_kind(
    "name_like_subtotal",
    "名称像“合计”的小区和单位",
    "Names that look like a total",
    ("name",),
)
def _like_subtotal(spot: Spot, dice: Random) -> bool:
    text = dice.choice(["统计局小区", "设计院家属楼", "审计局宿舍", "总计划委家属院"])
    return spot.means(text, text)


@cell_kind(
    "text_with_quotes",
    "文字里有逗号和引号",
    "Commas and quotes inside text",
    ("remark", "name"),
)
def _quotes(spot: Spot, dice: Random) -> bool:
    text = dice.choice(
        ['管井"3号",见附图', "东侧,西侧各一处", '“南门”、"北门"', "a;b\tc"]
    )
    return spot.means(text.replace("\t", " "), text.replace("\t", " "))


def _remark(sheet: Sheet, dice: Random, kind: str, column: str, text: str) -> int:
    """Put a remark beside a few clean cells of a column; return how many."""
    done = 0
    for row in sheet.assets():
        note, cell = row.cells.get("remark"), row.cells.get(column)
        if note is None or cell is None or note.kind or cell.kind or not cell.raw():
            continue
        if dice.random() < 0.08:
            note.truth = note.write = text
            note.kind = cell.kind = kind
            done += 1
    return done


@sheet_kind(
    "remark_new_material",
    "备注写明“2010年已改PE”",
    "The remark says: PE since 2010",
    "cell",
    columns=("material",),
    classes=("gas_pipe", "water_pipe"),
)
def _new_material(sheet: Sheet, dice: Random) -> bool:
    year = dice.choice([2010, 2015, 2018])
    forms = ["{}年已改PE", "{}年更换为PE管", "已于{}年改造为PE100"]
    text = dice.choice(forms).format(year)
    done = _remark(sheet, dice, "remark_new_material", "material", text)
    for row in sheet.assets():
        cell, built = row.cells.get("material"), row.cells.get("install_year")
        if cell is None or cell.kind != "remark_new_material":
            continue
        cell.truth = "pe"
        if built is not None and not built.kind and built.truth is not None:
            # Another pipe lies there since.
            built.truth, built.kind = year, "remark_new_material"
    return done > 0


@sheet_kind(
    "remark_abandoned",
    "备注写明“已废弃”",
    "The remark says: abandoned",
    "cell",
    columns=("status",),
)
def _abandoned(sheet: Sheet, dice: Random) -> bool:
    text = dice.choice(["2019年已废弃", "此段已拆除", "现已停用"])
    done = _remark(sheet, dice, "remark_abandoned", "status", text)
    for row in sheet.assets():
        cell = row.cells.get("status")
        if cell is not None and cell.kind == "remark_abandoned":
            cell.truth = "abandoned"
    return done > 0


@sheet_kind(
    "remark_other_size",
    "备注写明实际管径",
    "The remark gives another diameter",
    "cell",
    columns=("diameter_mm",),
)
def _other_size(sheet: Sheet, dice: Random) -> bool:
    done = _remark(sheet, dice, "remark_other_size", "diameter_mm", "实际管径DN450")
    for row in sheet.assets():
        cell = row.cells.get("diameter_mm")
        if cell is not None and cell.kind == "remark_other_size":
            cell.truth = 450.0
    return done > 0


@sheet_kind(
    "remark_other_year",
    "备注写明实际建成年份",
    "The remark gives another year",
    "cell",
    columns=("install_year",),
)
def _other_year(sheet: Sheet, dice: Random) -> bool:
    text = "实为1972年建成"
    done = _remark(sheet, dice, "remark_other_year", "install_year", text)
    for row in sheet.assets():
        cell = row.cells.get("install_year")
        if cell is not None and cell.kind == "remark_other_year":
            cell.truth = 1972
    return done > 0


@sheet_kind(
    "ditto_marks",
    "同上、〃",
    "Ditto marks",
    "cell",
    columns=("street", "owner", "operator", "material", "install_year"),
)
def _ditto(sheet: Sheet, dice: Random) -> bool:
    mark = dice.choice(["同上", "〃", "″", "同前", "″″"])
    done = 0
    for key in ("street", "owner", "operator", "material", "install_year"):
        column = sheet.column(key)
        if column is None or column.kind or dice.random() < 0.4:
            continue
        rows = list(sheet.assets())
        for above, row in pairwise(rows):
            a, b = above.cells[key], row.cells[key]
            alike = a.truth is not None and a.truth == b.truth
            plain = a.kind in {"", "ditto_marks"} and not b.kind
            if alike and plain and dice.random() < 0.4:
                b.write, b.kind = mark, "ditto_marks"
                done += 1
    return done > 0


@cell_kind(
    "footnote_marks",
    "数据后带注释号：2003*、200①",
    "Footnote marks behind values",
    ("install_year", "diameter_mm", "length_m", "households", "material", "street"),
)
def _footnote(spot: Spot, dice: Random) -> bool:
    return spot.put(spot.text + dice.choice(["*", "①", "[1]", "（注1）", "¹", "※"]))
