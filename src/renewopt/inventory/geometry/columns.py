"""Which columns of a table hold coordinates, geometry or nodes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from renewopt.inventory.words import key

_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
_ROLES = {
    "start": ("起点", "起始点", "起始", "起", "start", "from", "上游", "上点"),
    "end": ("终点", "终止点", "终", "止点", "end", "to", "下游", "下点"),
}
_NUMBERED = {"1": "start", "2": "end"}
_MEANING = {
    "x": ("x", "x坐标", "坐标x", "xcoord", "pointx", "x值"),
    "y": ("y", "y坐标", "坐标y", "ycoord", "pointy", "y值"),
    "east": ("东坐标", "东", "横坐标", "横坐标y", "easting", "east", "e", "经度",
             "东经", "lon", "lng", "long", "longitude", "经度坐标"),
    "north": ("北坐标", "北", "纵坐标", "纵坐标x", "northing", "north", "n", "纬度",
              "北纬", "lat", "latitude", "纬度坐标"),
    "wkt": ("wkt", "geom", "geometry", "thegeom", "几何", "几何信息", "空间数据",
            "shape", "wktgeom", "空间坐标"),
    "pair": ("坐标", "经纬度", "经纬度坐标", "位置坐标", "坐标位置", "lonlat", "lnglat",
             "latlon", "latlng", "coordinates", "coordinate"),
    "node": ("点号", "物探点号", "图上点号", "管线点号", "管线点编号", "管点编号",
             "节点编号", "节点", "井号", "井编号", "点编号", "编号", "编码", "node",
             "nodeid", "pointid", "pointno"),
}  # fmt: skip
_AND = re.compile(r"[,、/和及与;]")
_JOINED = ("连接点号", "连接方向", "连接点", "连接点编号", "连接物探点号")
"""The other end in line tables that begin with a point's own number."""


@dataclass(frozen=True)
class Place:
    """What a column means: role (start, end or "") and meaning (x, east, wkt …)."""

    role: str
    meaning: str


@dataclass(frozen=True)
class Columns:
    """The columns that say where things are.

    Attributes
    ----------
    row
        Position of the (last) header row in the grid.
    positions
        Meaning → column of the grid.
    headers
        Meaning → header text.
    """

    row: int
    positions: dict[Place, int]
    headers: dict[Place, str]

    def pair(self, role: str) -> tuple[Place, Place] | None:
        """Give the two coordinate columns of a role, named ones before x and y."""
        for first, second in (("east", "north"), ("x", "y")):
            both = Place(role, first), Place(role, second)
            if all(place in self.positions for place in both):
                return both
        return None

    def has(self, role: str, meaning: str) -> bool:
        """Tell whether there is such a column."""
        return Place(role, meaning) in self.positions


@lru_cache(maxsize=4096)
def meaning_of(text: str) -> Place | None:
    """Say what a header means for geometry; None where it means nothing here."""
    name = _BRACKETS.sub("", key(text)).replace("/m", "").replace(".", "")
    if name in _JOINED:
        return Place("end", "node")
    parts = _AND.split(key(text))
    if len(parts) == 2 and all(parts):
        return _pair(*(meaning_of(part) for part in parts))
    meaning = _exact(name)
    if meaning:
        return Place("", meaning) if name not in {"编号", "编码"} else None
    if name[-1:] in _NUMBERED and _exact(name[:-1]) in {"x", "y", "east", "north"}:
        return Place(_NUMBERED[name[-1]], str(_exact(name[:-1])))
    for role, prefixes in _ROLES.items():
        for prefix in sorted(prefixes, key=len, reverse=True):
            inner = name.removeprefix(prefix).removesuffix("坐标")
            if name.startswith(prefix) and (found := _exact(inner) or _exact(
                name.removeprefix(prefix)
            )):  # fmt: skip
                return Place(role, found)
            if name.startswith(prefix) and inner == "号":
                return Place(role, "node")
    return None


def _pair(first: Place | None, second: Place | None) -> Place | None:
    """Say what one header for both coordinates means: 起点经度, 起点纬度."""
    if first is None or second is None or second.role not in {first.role, ""}:
        return None
    both = {first.meaning, second.meaning}
    known = both in ({"east", "north"}, {"x", "y"})
    return Place(first.role, "pair") if known else None


def _exact(name: str) -> str | None:
    for meaning, names in _MEANING.items():
        if name in names:
            return meaning
    return None


def find_columns(top: Sequence[Sequence[str]]) -> Columns | None:
    """Find the header row with most such columns, also where headers have two rows."""
    best: Columns | None = None
    for number, cells in enumerate(top):
        above = _carried(top[number - 1]) if number else [""] * len(cells)
        both = list(zip(above, (cell.strip() for cell in cells), strict=True))
        joined = [f"{a}{b}" for a, b in both]
        # As the class's own columns are called in messages: 终点 经度.
        labels = [f"{a} {b}" if a and a != b else b for a, b in both]
        for titles, names in ((cells, cells), (joined, labels)):
            found = _row_columns(number, cells, titles, names)
            if found and (best is None or len(found.positions) > len(best.positions)):
                best = found
    return best


def _carried(cells: Sequence[str]) -> list[str]:
    """Fill the gaps that merged header cells leave."""
    carried, last = [], ""
    for cell in cells:
        last = cell.strip() or last
        carried.append(last)
    return carried


def _row_columns(
    row: int, cells: Sequence[str], titles: Sequence[str], names: Sequence[str]
) -> Columns | None:
    positions: dict[Place, int] = {}
    headers: dict[Place, str] = {}
    twice = set()
    for position, (cell, title) in enumerate(zip(cells, titles, strict=True)):
        place = meaning_of(title) if cell.strip() else None
        if place is None:
            continue
        if place in positions:
            twice.add(place)
        positions.setdefault(place, position)
        headers.setdefault(place, names[position].strip())
    # Which of two is meant cannot be told, so neither is used; nodes have many names.
    for place in twice:
        if place.meaning != "node":
            del positions[place], headers[place]
    useful = (
        any(p.meaning in {"wkt", "pair"} or p.role for p in positions)
        or len(positions) > 1
    )
    return Columns(row, positions, headers) if positions and useful else None
