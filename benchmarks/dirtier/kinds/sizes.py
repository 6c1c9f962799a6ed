"""Dirt of diameters, and of the units of whole columns."""

from __future__ import annotations

import math
from random import Random

from benchmarks.dirtier.kinds.base import (
    Spot,
    cell_kind,
    column_kind,
    sheet_kind,
    untouched,
)
from benchmarks.dirtier.kinds.identifiers import widen
from benchmarks.dirtier.kinds.numbers import plain
from benchmarks.dirtier.sheet import Cell, Column, Sheet

SIZE = ("diameter_mm",)
PIPES = ("gas_pipe", "heating_pipe", "water_pipe")
# Outside diameters of steel pipe by nominal diameter (GB/T 17395, usual series).
STEEL = {80: 89, 100: 108, 125: 133, 150: 159, 200: 219, 250: 273, 300: 325, 350: 377,
         400: 426, 450: 480, 500: 530, 600: 630}  # fmt: skip
# Nominal diameter by outside diameter of polyethylene pipe.
PE = {63: 50, 75: 65, 90: 80, 110: 100, 125: 100, 160: 150, 200: 200, 225: 200,
      250: 250, 315: 300, 355: 350, 400: 400}  # fmt: skip
INCHES = {80: 3, 100: 4, 150: 6, 200: 8, 250: 10, 300: 12}
BASIS = "length_basis"


@cell_kind("diameter_dn", "DN200、dn200、ＤＮ２００", "DN in the cell", SIZE)
def _dn(spot: Spot, dice: Random) -> bool:
    form = dice.choice(["DN{}", "DN {}", "Dn{}", "DN-{}", "DN{}mm", "公称直径{}"])
    text = form.format(spot.text)
    return spot.put(widen(text) if dice.random() < 0.2 else text)


@cell_kind("diameter_phi", "Φ219×6 等外径", "Outside diameter: Φ219×6", SIZE)
def _phi(spot: Spot, dice: Random) -> bool:
    outer = STEEL.get(int(spot.number))
    if spot.row.cells["material"].raw() != "钢" or outer is None:
        return False
    sign, cross = dice.choice("ΦφØⲪФDd"), dice.choice(["×", "*", "x", "X"])
    wall = dice.choice([5, 6, 7, 8])
    forms = [
        f"{sign}{outer}{cross}{wall}",
        f"{sign}{outer}",
        f"{sign} {outer}{cross}{wall}",
    ]
    return spot.put(dice.choice(forms))


@cell_kind(
    "diameter_de", "de110（塑料管外径）", "de110: outside diameter of plastic", SIZE
)
def _de(spot: Spot, dice: Random) -> bool:
    nominal = PE.get(int(spot.number))
    if spot.row.cells["material"].raw() != "PE" or nominal is None:
        return False
    # The size of plastic pipe is its outside diameter; the nominal one is as right.
    spot.cell.accept = (float(nominal),)
    return spot.put(
        dice.choice(["de{}", "De{}", "DE{}", "dn{}", "de {}"]).format(spot.text)
    )


@cell_kind(
    "diameter_pair",
    "供回水双管：2×DN300",
    "Supply and return: 2×DN300",
    SIZE,
    classes=("heating_pipe",),
)
def _pair(spot: Spot, dice: Random) -> bool:
    forms = ["2×DN{0}", "2*DN{0}", "DN{0}×2", "DN{0}/DN{0}", "2-DN{0}", "DN{0}*2"]
    return spot.put(dice.choice(forms).format(spot.text))


@cell_kind("diameter_two", "变径：DN200/150", "Two diameters: DN200/150", SIZE)
def _two(spot: Spot, dice: Random) -> bool:
    other = dice.choice([50, 65, 100, 150])
    if other == spot.number:
        return False
    forms = ["DN{}/{}", "DN{}-DN{}", "{}/{}", "DN{}、DN{}", "DN{}变DN{}"]
    text = dice.choice(forms).format(spot.text, other)
    return spot.means(float(other), text) if dice.random() < 0.5 else spot.put(text)


@cell_kind("diameter_box", "断面：300×400", "A box section: 300×400", SIZE)
def _box(spot: Spot, dice: Random) -> bool:
    wide, high = dice.choice([(300, 400), (600, 200), (800, 600), (400, 400)])
    spot.cell.truth = math.sqrt(4 * wide * high / math.pi)
    forms = ["{}×{}", "{}*{}", "B×H={}×{}", "{}X{}", "{}mm×{}mm"]
    return spot.put(dice.choice(forms).format(wide, high), tolerance=0.51)


@cell_kind("diameter_inch", "8寸", "Inches", SIZE)
def _inch(spot: Spot, dice: Random) -> bool:
    inches = INCHES.get(int(spot.number))
    if inches is None:
        return False
    return spot.put(f"{inches}{dice.choice(['寸', '英寸', '″', '吋'])}", tolerance=12.7)


@cell_kind(
    "diameter_missing_zero", "管径少写一个零", "A zero missing in the diameter", SIZE
)
def _missing_zero(spot: Spot, dice: Random) -> bool:
    if spot.number % 10 or spot.number / 10 >= 15:
        return False
    return spot.put(int(spot.number / 10))


def _scale(cells: list[Cell], factor: float, places: int, dice: Random) -> None:
    """Write every cell in a unit that is `factor` of ours."""
    for cell in cells:
        assert isinstance(cell.truth, int | float)
        value = round(cell.truth / factor, places)
        cell.write = int(value) if value.is_integer() else value
        cell.tolerance = factor * 0.5 * 10**-places


@column_kind(
    "length_km",
    "表头写“长度(km)”",
    "Length in km, and the header says so",
    ("length_m",),
)
def _km(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.label, column.unit = "管线长度", dice.choice(["km", "公里", "千米"])
    _scale(cells, 1000, 4, dice)
    return True


@column_kind(
    "length_km_unstated",
    "长度为公里但未注明",
    "Length in km, unsaid",
    ("length_m",),
    refusable=True,
)
def _km_unstated(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.label, column.unit = "长度", ""
    _scale(cells, 1000, 3, dice)
    return True


@sheet_kind(
    "length_km_in_title",
    "单位“公里”只写在表上方",
    "Length in km: only a title line says so",
    "column",
    columns=("length_m",),
    refusable=True,
)
def _km_in_title(sheet: Sheet, dice: Random) -> bool:
    column = sheet.column("length_m")
    if column is None or column.kind or sheet.titles:
        return False
    column.label, column.unit, column.kind = "长度", "", "length_km_in_title"
    cells = [row.cells["length_m"] for row in sheet.assets()]
    _scale(cells, 1000, 3, dice)
    for cell in cells:
        cell.kind = "length_km_in_title"
    sheet.titles = [["管线明细表（合成数据）"], [None, None, "单位：公里、毫米"]]
    return True


@sheet_kind(
    "length_single_pipe",
    "双管按单管长度填报",
    "Length of both pipes, and it is said",
    "column",
    columns=("length_m",),
    classes=("heating_pipe",),
)
def _single(sheet: Sheet, dice: Random) -> bool:
    column = sheet.column("length_m")
    if column is None or not untouched(sheet, column):
        return False
    column.label = dice.choice(["单管长度", "管线长度（供回水合计）", "单管总长"])
    column.unit, column.kind = "m", "length_single_pipe"
    cells = [row.cells["length_m"] for row in sheet.assets()]
    _scale(cells, 0.5, 1, dice)
    # The column beside it still says: of the route. Which of the two holds is asked.
    cells += [r.cells[BASIS] for r in sheet.assets() if BASIS in r.cells]
    for cell in cells:
        cell.kind = cell.kind or "length_single_pipe"
    return True


@column_kind("diameter_cm", "表头写“管径(cm)”", "Diameter in cm, said", SIZE)
def _cm(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.unit = dice.choice(["cm", "厘米"])
    _scale(cells, 10, 1, dice)
    return True


@column_kind(
    "diameter_m_unstated",
    "管径为米但未注明",
    "Diameter in m, unsaid",
    SIZE,
    refusable=True,
)
def _m_unstated(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.unit = ""
    _scale(cells, 1000, 3, dice)
    return True


@column_kind(
    "diameter_cm_unstated",
    "管径为厘米但未注明",
    "Diameter in cm, unsaid",
    SIZE,
    refusable=True,
)
def _cm_unstated(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.unit = ""
    _scale(cells, 10, 1, dice)
    return True


@column_kind(
    "depth_other_unit",
    "深度换单位且表头注明",
    "Depth in another unit, said",
    ("burial_depth_m", "depth_cm"),
)
def _depth(column: Column, cells: list[Cell], dice: Random) -> bool:
    if column.key == "depth_cm":
        column.unit = dice.choice(["m", "米"])
        _scale(cells, 100, 2, dice)
    else:
        column.unit = dice.choice(["cm", "厘米"])
        _scale(cells, 0.01, 0, dice)
    return True


@column_kind(
    "depth_unit_unstated",
    "深度换单位但未注明",
    "Depth in another unit, unsaid",
    ("burial_depth_m", "depth_cm"),
    refusable=True,
)
def _depth_unstated(column: Column, cells: list[Cell], dice: Random) -> bool:
    factor, places = (100, 2) if column.key == "depth_cm" else (0.01, 0)
    column.unit = ""
    _scale(cells, factor, places, dice)
    return True


@column_kind(
    "duration_hours",
    "退水时间以小时计且注明",
    "Duration in hours, said",
    ("duration_min",),
)
def _hours(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.unit = dice.choice(["h", "小时"])
    _scale(cells, 60, 2, dice)
    return True


@column_kind(
    "area_wan", "建筑面积(万㎡)", "Floor area in 万㎡, said", ("floor_area_m2",)
)
def _wan(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.unit = dice.choice(["万㎡", "万平方米", "万m2"])
    _scale(cells, 10_000, 4, dice)
    return True


@column_kind(
    "area_wan_unstated",
    "建筑面积为万㎡但未注明",
    "Floor area in 万㎡, unsaid",
    ("floor_area_m2",),
    refusable=True,
)
def _wan_unstated(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.unit = ""
    _scale(cells, 10_000, 2, dice)
    return True


@column_kind(
    "percent_as_share", "同意率写成 0.734", "Percent as a share", ("consent_rate",)
)
def _share(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.unit = ""
    _scale(cells, 100, 4, dice)
    return True


@column_kind(
    "percent_format",
    "Excel 百分比格式（值为 0.734）",
    "Excel's percent format: 0.734 shown as 73.4% under (%)",
    ("consent_rate",),
    medium="book",
)
def _percent_format(column: Column, cells: list[Cell], dice: Random) -> bool:
    _scale(cells, 100, 4, dice)
    for cell in cells:
        cell.form = "0.0%"
    return True


@column_kind(
    "events_other_period",
    "次数按近三年统计",
    "Events of three years, not five",
    ("events_5y",),
)
def _three_years(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.label = dice.choice(["近三年积水次数", "近3年积水次数", "2025年积水次数"])
    for cell in cells:
        cell.truth = None
    return True


@sheet_kind(
    "outer_diameter_beside",
    "管径之外另有外径一列",
    "Outside diameter in its own column",
    "column",
    columns=SIZE,
)
def _outer(sheet: Sheet, dice: Random) -> bool:
    column = sheet.column("diameter_mm")
    if column is None or column.kind or sheet.column("x:outer"):
        return False
    values = [
        plain(STEEL.get(int(cell.truth), cell.truth * 1.08), 0)
        if isinstance(cell := row.cells["diameter_mm"], Cell)
        and isinstance(cell.truth, float)
        else None
        for row in sheet.assets()
    ]
    at = sheet.columns.index(column) + dice.choice([0, 1])
    sheet.add_column(Column("x:outer", "外径", "mm"), list(values), at)
    column.header_kind = "outer_diameter_beside"
    return True
