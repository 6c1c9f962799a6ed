"""Dirt of coordinates."""

from __future__ import annotations

import math
from random import Random

from benchmarks.dirtier.kinds.base import Spot, cell_kind, sheet_kind, untouched
from benchmarks.dirtier.sheet import Cell, Column, Sheet
from benchmarks.dirtier.source import Value

LON = ("start_lon", "end_lon", "lon")
LAT = ("start_lat", "end_lat", "lat")


def _columns(sheet: Sheet) -> list[Column]:
    """List the columns of coordinates if all of them are clean."""
    found = [c for c in sheet.columns if c.key in LON + LAT]
    return found if found and all(untouched(sheet, c) for c in found) else []


def _mark(sheet: Sheet, columns: list[Column], kind: str) -> None:
    for column in columns:
        column.kind = kind
        for row in sheet.assets():
            row.cells[column.key].kind = kind


@sheet_kind(
    "lonlat_swapped",
    "经纬度填反",
    "Longitude and latitude swapped",
    "column",
    columns=LON + LAT,
)
def _swapped(sheet: Sheet, dice: Random) -> bool:
    columns = _columns(sheet)
    for row in sheet.assets() if columns else ():
        for lon, lat in zip(LON, LAT, strict=True):
            if lon in row.cells:
                a, b = row.cells[lon], row.cells[lat]
                a.write, b.write = b.write, a.write
    _mark(sheet, columns, "lonlat_swapped")
    return bool(columns)


@sheet_kind(
    "lonlat_rows_swapped",
    "少数行经纬度填反",
    "Swapped in a few rows",
    "cell",
    columns=LON + LAT,
)
def _rows_swapped(sheet: Sheet, dice: Random) -> bool:
    if not _columns(sheet):
        return False
    for row in list(sheet.assets())[::11]:
        for lon, lat in zip(LON, LAT, strict=True):
            if lon in row.cells:
                a, b = row.cells[lon], row.cells[lat]
                a.write, b.write = b.write, a.write
                a.kind = b.kind = "lonlat_rows_swapped"
    return True


def _dms(value: float, dice: Random) -> str:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    seconds = (value - degrees - minutes / 60) * 3600
    signs = dice.choice([("°", "′", "″"), ("°", "'", '"'), ("度", "分", "秒")])
    return f"{degrees}{signs[0]}{minutes}{signs[1]}{seconds:.1f}{signs[2]}"


@cell_kind("lonlat_dms", "度分秒", "Degrees, minutes, seconds", LON + LAT)
def _degrees(spot: Spot, dice: Random) -> bool:
    return spot.put(_dms(spot.number, dice), tolerance=0.06 / 3600)


@cell_kind("lonlat_marks", "带“东经”“E”“°”", "With E, N or 东经", LON + LAT)
def _marks(spot: Spot, dice: Random) -> bool:
    east = spot.column.key in LON
    forms = ["东经{}", "E{}", "{}E", "{}°"] if east else ["北纬{}", "N{}", "{}N", "{}°"]
    return spot.put(dice.choice(forms).format(spot.text))


@cell_kind("lonlat_zero", "未测坐标填 0", "0 where nothing was surveyed", LON + LAT)
def _zero(spot: Spot, dice: Random) -> bool:
    zeros: list[Value] = [0, "0", "0.0"]
    return spot.means(None, dice.choice(zeros))


@sheet_kind(
    "lonlat_pair",
    "经纬度写在一格里",
    "Both coordinates in one cell",
    "column",
    columns=LON + LAT,
)
def _pair(sheet: Sheet, dice: Random) -> bool:
    if not _columns(sheet):
        return False
    sign, lon_first = dice.choice([",", "，", " ", "、", ";"]), dice.random() < 0.7
    forms = {"start_lon": ("起点坐标", "起点经纬度", "起点经度,起点纬度"),
             "end_lon": ("终点坐标", "终点经纬度", "终点经度,终点纬度"),
             "lon": ("坐标", "经纬度", "经度、纬度")}  # fmt: skip
    form = dice.randrange(3)
    for lon, lat in zip(LON, LAT, strict=True):
        column, other = sheet.column(lon), sheet.column(lat)
        if column is None or other is None:
            continue
        column.label = forms[lon][form]
        for row in sheet.assets():
            east, north = row.cells[lon], row.cells.pop(lat)
            pair = (east, north) if lon_first else (north, east)
            if east.truth is not None:
                east.write = sign.join(cell.raw() for cell in pair)
                east.kind = "lonlat_pair"
        column.kind = "lonlat_pair"
        sheet.columns.remove(other)
    return True


@sheet_kind(
    "lonlat_projected",
    "经纬度列里是平面坐标",
    "Metres of a projection as degrees",
    "column",
    columns=LON + LAT,
)
def _projected(sheet: Sheet, dice: Random) -> bool:
    columns = _columns(sheet)
    for column in columns:
        for row in sheet.assets():
            cell = row.cells[column.key]
            if not isinstance(cell.truth, int | float):
                continue
            if column.key in LON:
                cell.write = round(37_500_000 + (cell.truth - 111) * 83_000, 3)
            else:
                cell.write = round(cell.truth * 110_950, 3)
    _mark(sheet, columns, "lonlat_projected")
    return bool(columns)


@sheet_kind(
    "lonlat_shifted",
    "坐标为 GCJ-02 但未注明",
    "GCJ-02 and nothing says so",
    "column",
    columns=LON + LAT,
    untellable="GCJ-02 moves every point of a town by about the same few hundred "
    "metres; without a road layer beside it the table is as consistent as before.",
)
def _shifted(sheet: Sheet, dice: Random) -> bool:
    columns = _columns(sheet)
    for column in columns:
        for row in sheet.assets():
            _shift(row.cells[column.key], 0.0059 if column.key in LON else 0.0015)
    _mark(sheet, columns, "lonlat_shifted")
    return bool(columns)


def _shift(cell: Cell, by: float) -> None:
    if isinstance(cell.truth, int | float):
        wave = 2e-6 * math.sin(cell.truth * 1000)
        cell.write = round(cell.truth + by + wave, 6)
