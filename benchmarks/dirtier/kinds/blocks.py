"""Dirt that changes how a table is read: headers half way down, profiles.

These kinds come last: they look at what the others have made of the sheet.
"""

from __future__ import annotations

from random import Random

from benchmarks.dirtier.kinds.base import sheet_kind, untouched
from benchmarks.dirtier.sheet import Column, Sheet

UNITS = {
    "length_m": ("km", 1000.0),
    "diameter_mm": ("cm", 10.0),
    "depth_cm": ("m", 100.0),
    "floor_area_m2": ("万㎡", 10_000.0),
}
"""Column → the other unit of a lower block, and how many of ours it is."""
LEAST_ROWS = 12
_BOUND = frozenset({"row_shifted", "row_shifted_left"})
"""Dirt of a row that is only what it is in one order of the columns."""


def _may_be_cut(sheet: Sheet) -> bool:
    kinds = {cell.kind for row in sheet.rows for cell in row.cells.values()}
    whole = not {"split", "classes", "lower", "profile"} & set(sheet.options)
    plain = sheet.style == "plain" and not (sheet.no_header or sheet.header_every)
    return plain and whole and len(sheet.rows) >= LEAST_ROWS and not kinds & _BOUND


@sheet_kind(
    "block_columns",
    "表中间另起表头，列的次序不同",
    "Another header half way down: columns in another order",
    "file",
)
def _columns(sheet: Sheet, dice: Random) -> bool:
    if not _may_be_cut(sheet):
        return False
    order = [column.key for column in sheet.columns]
    dice.shuffle(order)
    sheet.options["lower"] = (order, "", 1.0)
    return True


@sheet_kind(
    "block_units",
    "表中间另起表头，单位不同",
    "Another header half way down: another unit",
    "file",
    columns=tuple(UNITS),
)
def _units(sheet: Sheet, dice: Random) -> bool:
    able = [c for c in sheet.columns if c.key in UNITS and c.unit]
    able = [c for c in able if untouched(sheet, c)]
    if not able or not _may_be_cut(sheet):
        return False
    column = dice.choice(able)
    unit, factor = UNITS[column.key]
    order = [c.key for c in sheet.columns]
    if dice.random() < 0.5:
        dice.shuffle(order)
    sheet.options["lower"] = (order, f"{column.key} {unit}", factor)
    return True


@sheet_kind(
    "profile_plain",
    "用映射方案读入",
    "Read with a mapping profile",
    "file",
)
def _profile(sheet: Sheet, dice: Random) -> bool:
    apart = {"classes", "lower"} & set(sheet.options)
    if apart or sheet.style not in {"plain", "units"} or sheet.no_header:
        return False
    sheet.options["profile"] = True
    return True


@sheet_kind(
    "profile_unit_row",
    "用映射方案读入，单位写在表头上一行",
    "Read with a profile; units in a row above the header",
    "file",
    columns=("length_m", "floor_area_m2"),
)
def _unit_row(sheet: Sheet, dice: Random) -> bool:
    able = [c for c in sheet.columns if c.key in {"length_m", "floor_area_m2"}]
    able = [c for c in able if c.unit and untouched(sheet, c)]
    taken = any(c.kind == "length_km_in_title" for c in sheet.columns)
    stated = any(len(line) == 1 and "单位" in str(line[0]) for line in sheet.titles)
    if taken or stated or not able or not _profile(sheet, dice):
        return False
    if sheet.style != "plain":
        return False
    column = able[0]
    unit, factor = UNITS[column.key]
    for row in sheet.assets():
        cell = row.cells[column.key]
        cell.kind = "profile_unit_row"
        if isinstance(cell.truth, int | float):
            cell.write, cell.form = cell.truth / factor, ""
    column.unit = ""
    if dice.random() < 0.5:
        sheet.titles.append([f"单位：{unit}"])
    else:
        sheet.titles.append([_said(c, column, unit) for c in sheet.columns])
    return True


def _said(column: Column, changed: Column, unit: str) -> str | None:
    return unit if column is changed else column.unit or None
