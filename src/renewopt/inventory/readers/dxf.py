"""Survey drawings (.dxf): lines and blocks of each layer, with the text beside them."""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from renewopt.core.errors import InputError
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import Geometry, RawTable
from renewopt.inventory.readers.extras import need
from renewopt.inventory.readers.texts import text_column, with_names

_UNITS = {4: "mm", 5: "cm", 6: "m", 7: "km"}
"""$INSUNITS of a drawing; 0 states none."""
_NEAR = 5.0
"""A text belongs to a line within this many text heights."""
_LINES = "LINE LWPOLYLINE POLYLINE ARC SPLINE ELLIPSE"
_TEXTS = "TEXT MTEXT"
_NO_PIPES = frozenset(_TEXTS.split()) | {
    "INSERT", "POINT", "CIRCLE", "HATCH", "SOLID", "TRACE", "DIMENSION", "LEADER",
    "ARC_DIMENSION", "LARGE_RADIAL_DIMENSION", "MULTILEADER", "IMAGE", "WIPEOUT",
    "VIEWPORT", "ATTDEF", "ATTRIB", "TOLERANCE", "SHAPE", "ACAD_TABLE", "LIGHT",
    "PDFUNDERLAY", "DWFUNDERLAY", "DGNUNDERLAY", "OLE2FRAME",
}  # fmt: skip
"""What drawings hold besides lines; every other kind that is not read is counted."""


@dataclass
class _Item:
    """A line, or a block at a point."""

    handle: str
    points: list[tuple[float, float]]
    attributes: dict[str, str] = field(default_factory=dict)
    block: str = ""
    texts: list[str] = field(default_factory=list)

    def length(self) -> float:
        pairs = zip(self.points, self.points[1:], strict=False)
        return sum(math.dist(a, b) for a, b in pairs)


def read_dxf(path: Path) -> Iterator[RawTable]:
    """Read a drawing: one table per layer for lines, and one for blocks (points).

    Columns: 编号 (the handle of the entity, which stays), 图层, 管长 (lines; in the
    drawing's unit), 图块 (blocks), 文字 (texts beside it), and the blocks' attributes.

    Raises
    ------
    InputError
        Without the extra, or where the drawing is damaged.
    """
    ezdxf = need("ezdxf", "dxf", path.name)
    try:
        drawing = ezdxf.readfile(path)
    except Exception as error:  # a damaged drawing fails in many ways
        detail = str(error).replace(str(path), path.name) or type(error).__name__
        raise InputError.of(
            "inventory.unreadable", file=path.name, detail=detail
        ) from None
    space = drawing.modelspace()
    lines: dict[str, list[_Item]] = {}
    blocks: dict[str, list[_Item]] = {}
    for entity in space.query(_LINES):
        lines.setdefault(entity.dxf.layer, []).append(_line(entity))
    for entity in space.query("INSERT"):
        blocks.setdefault(entity.dxf.layer, []).append(_block(entity))
    _give_texts(space.query(_TEXTS), [i for items in lines.values() for i in items])
    unit = _UNITS.get(int(drawing.header.get("$INSUNITS", 0)), "")
    unread = _unread(path, space)
    for layer, items in sorted(lines.items()):
        table = _lines_table(path, layer, items, unit)
        said, unread = unread, []
        yield replace(table, issues=(*said, *table.issues))
    for layer, items in sorted(blocks.items()):
        table = _blocks_table(path, layer, items)
        said, unread = unread, []
        yield replace(table, issues=(*said, *table.issues))
    if unread:  # nothing else is in the drawing: it must not pass for an empty one
        raise InputError(*(issue.message() for issue in unread))


def _unread(path: Path, space: Any) -> list[CellIssue]:
    """Ask about the entities that may be lines but cannot be read, layer by layer."""
    known = _NO_PIPES | set(_LINES.split())
    kinds: dict[str, Counter[str]] = {}
    for entity in space:
        if entity.dxftype() not in known:
            kinds.setdefault(entity.dxf.layer, Counter())[entity.dxftype()] += 1
    issues = []
    for layer, found in sorted(kinds.items()):
        words = ", ".join(f"{kind} × {n}" for kind, n in sorted(found.items()))
        place = (path.name, layer, 0, "", "", "inventory.dxf_unread")
        issues.append(CellIssue(*place, "questioned", {"entities": words}))
    return issues


def _line(entity: Any) -> _Item:
    if entity.dxftype() == "LINE":
        points = [entity.dxf.start, entity.dxf.end]
    else:
        from ezdxf.path import make_path  # curves become short chords

        points = list(make_path(entity).flattening(0.05))
    flat = [(float(p[0]), float(p[1])) for p in points]
    return _Item(str(entity.dxf.handle), flat)


def _block(entity: Any) -> _Item:
    place = entity.dxf.insert
    given = {str(a.dxf.tag): str(a.dxf.text).strip() for a in entity.attribs}
    point = [(float(place[0]), float(place[1]))]
    return _Item(str(entity.dxf.handle), point, given, str(entity.dxf.name))


def _give_texts(entities: Any, items: Sequence[_Item]) -> None:
    """Give each text to the nearest line, if one is near enough."""
    parts = [(i, a, b) for i, item in enumerate(items)
             for a, b in zip(item.points, item.points[1:], strict=False)]  # fmt: skip
    if not parts:
        return
    owner = np.array([i for i, _, _ in parts])
    start = np.array([a for _, a, _ in parts])
    step = np.array([b for _, _, b in parts]) - start
    square = np.maximum((step**2).sum(axis=1), 1e-12)
    for entity in entities:
        if entity.dxftype() == "MTEXT":
            words, height = entity.plain_text(), entity.dxf.char_height
        else:
            words, height = entity.plain_text(), entity.dxf.height
        place = np.array([entity.dxf.insert[0], entity.dxf.insert[1]], dtype=float)
        along = np.clip(((place - start) * step).sum(axis=1) / square, 0, 1)
        gap = np.hypot(*(start + along[:, None] * step - place).T)
        nearest = int(np.argmin(gap))
        words = " ".join(str(words).split())
        if words and gap[nearest] <= _NEAR * max(float(height), 0.01):
            items[owner[nearest]].texts.append(words)


def _lines_table(path: Path, layer: str, items: Sequence[_Item], unit: str) -> RawTable:
    names = ["编号", "图层", f"管长({unit})" if unit else "管长", "文字"]
    columns = [
        [item.handle for item in items],
        [layer] * len(items),
        [format(item.length(), ".4f").rstrip("0").rstrip(".") for item in items],
        ["; ".join(item.texts) for item in items],
    ]
    issues = []
    if not unit:
        place = (path.name, layer, 0, names[2], "")
        issues.append(CellIssue(*place, "inventory.dxf_unit", "questioned"))
    return _table(path, layer, names, columns, items, issues)


def _blocks_table(path: Path, layer: str, items: Sequence[_Item]) -> RawTable:
    tags = sorted({tag for item in items for tag in item.attributes})
    names = ["编号", "图层", "图块", *tags]
    columns = [
        [item.handle for item in items],
        [layer] * len(items),
        [item.block for item in items],
        *([item.attributes.get(tag, "") for item in items] for tag in tags),
    ]
    return _table(path, layer, names, columns, items, [])


def _table(
    path: Path, layer: str, names: Sequence[str], columns: Sequence[Sequence[str]],
    items: Sequence[_Item], issues: Sequence[CellIssue],
) -> RawTable:  # fmt: skip
    wkb = np.empty(len(items) + 1, dtype=object)
    wkb[1:] = [_wkb(item.points) for item in items]
    grid = with_names(names, [text_column(column) for column in columns])
    return RawTable(
        path.name, layer, path.stem, grid, tuple(issues), first_row=0,
        geometry=Geometry(wkb, ""),
    )  # fmt: skip


def _wkb(points: Sequence[tuple[float, float]]) -> bytes:
    flat = [number for point in points for number in point]
    if len(points) == 1:
        return struct.pack("<BI2d", 1, 1, *flat)
    return struct.pack(f"<BII{len(flat)}d", 1, 2, len(points), *flat)
