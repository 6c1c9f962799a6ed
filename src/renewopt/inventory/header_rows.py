"""Header rows: where the header stands, over how many rows, under which groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.header_cells import (
    Alias,
    Header,
    aliases,
    read_cell,
    unit_of_cell,
)
from renewopt.inventory.headers import HeaderRow, choose
from renewopt.inventory.units import dimension, is_unit
from renewopt.inventory.words import key

DEPTH = 3
"""Most rows that a header takes, the row of units not counted."""
MATCHED = 2
"""Columns that must be known before a row below without values counts as header."""
Merged = Sequence[tuple[int, int, int, int]]
_OWN_MEANING = re.compile(
    r"规划|计划|设计|拟|改造|新建|目标|原(?!水)|旧|起|终|上游|下游|start|end|from|planned"
)
"""Groups that change what the headers below them mean."""
_PLACE = re.compile(
    "(?:旧|老|新|原|起|终)(?:城|区|县|镇|村|街|路|桥)|(?:[区县市镇乡村街路巷道]|片区|小区|社区|公司|所|站)$"
)
"""Groups of such names are places: 旧城区, 新建路, 太原路."""
_PLANNED = re.compile("规划|计划|设计|拟|目标")
GROUP_LENGTH = 10
"""A longer text above the header is a title."""
_TITLE = re.compile("表|台账|清单|单位|日期|统计|汇总|填报|编制")
_BETWEEN = re.compile("[、,/;和]")
_UNIT = r"[a-z㎡²0-9\u4e00-\u9fff]{1,4}"
_STATED = re.compile(
    rf"单位(?:均?为)?[:：]?[(]?({_UNIT}(?:[、,/;和]{_UNIT}(?![:：]))*)(?:[)、,;.。\s]|$)"
)

_OF_SIZES = re.compile(
    "(?:管径|口径|直径|外径|内径|埋深|深度|高程|标高|坐标|壁厚|规格|断面|尺寸)[^,，。;；]{0,3}$"
)
"""Before such a statement it is of sizes or depths, not of lengths."""


def find_header(
    top: Sequence[Sequence[str]], specs: tuple[ColumnSpec, ...], merged: Merged = ()
) -> HeaderRow:
    """Choose the rows with the most known headers; fewer and upper rows first."""
    return _found(tuple(map(tuple, top)), specs, tuple(merged))


@lru_cache(maxsize=64)
def _found(
    top: tuple[tuple[str, ...], ...], specs: tuple[ColumnSpec, ...], merged: Merged
) -> HeaderRow:
    """Find it once: a table is asked for its header when it is told, cut and read."""
    best: HeaderRow | None = None
    for depth in range(1, DEPTH + 1):
        for first in range(len(top) - depth + 1):
            if sum(bool(cell.strip()) for cell in top[first]) < MATCHED - 1:
                continue
            found = _read(top, first, depth, specs, merged)
            if best is None or found.score() > best.score() or (
                depth == 1 and found.score() == best.score() and first < best.first
            ):  # fmt: skip
                best = found
    if best is None:
        return choose([], specs, 0, 0)
    return _with_rows_below(top, best, specs, merged)


def _read(
    top: Sequence[Sequence[str]],
    first: int,
    depth: int,
    specs: tuple[ColumnSpec, ...],
    merged: Merged,
    units: Sequence[str] = (),
) -> HeaderRow:
    known = aliases(specs)
    last = first + depth - 1
    above = _group_row(top, first, merged)
    if above and _is_another_table(top[last], specs, known):
        above = None
    rows = [_spread(top, row, last, merged) for row in range(first, last + 1)]
    width = max((len(row) for row in rows), default=0)
    headers = []
    for column in range(width):
        parts = [row[column] for row in rows if column < len(row) and row[column]]
        parts = [p for i, p in enumerate(parts) if i == 0 or p != parts[i - 1]]
        if above and column < len(above) and own_meaning(above[column]):
            parts = [above[column], *parts]
        header = _join(parts, known)
        if not header.unit and column < len(units) and units[column]:
            header = Header(header.text, header.name, units[column])
        headers.append(header)
    return choose(headers, specs, first, last)


def _is_another_table(
    cells: Sequence[str], specs: tuple[ColumnSpec, ...], known: dict[str, Alias]
) -> bool:
    """Tell whether identifiers stand twice: then a group is no other state of a pipe.

    旧城区 and 新城区 above two tables side by side are not the sizes before and after.
    """
    names = [read_cell(cell, known).name for cell in cells if cell.strip()]
    ids = [n for n in names if n in known and specs[known[n].column].unique]
    return len(ids) > len(set(ids))


def _spread(
    top: Sequence[Sequence[str]], row: int, last: int, merged: Merged
) -> list[str]:
    """Give a header row with group names over all their columns."""
    cells = [cell.strip() for cell in top[row]]
    for row0, col0, row1, col1 in merged:
        if row0 <= row <= row1:
            text = top[row0][col0].strip() if row0 < len(top) else ""
            for column in range(col0, min(col1 + 1, len(cells))):
                cells[column] = text if row == row0 else cells[column]
    if row < last and not merged:
        below = top[row + 1]
        for column in range(1, len(cells)):
            if (
                not cells[column]
                and below[column].strip()
                and below[column - 1].strip()
            ):
                cells[column] = cells[column - 1]
    return cells


def _group_row(
    top: Sequence[Sequence[str]], first: int, merged: Merged
) -> list[str] | None:
    """Give the row above the header if it groups columns and is no title."""
    if first == 0:
        return None
    cells = _spread(top, first - 1, first, merged)
    texts = {cell for cell in cells if cell}
    title = any(len(text) > GROUP_LENGTH or _TITLE.search(text) for text in texts)
    return cells if len(texts) > 1 and not title else None


def units_above(rows: Sequence[Sequence[str]]) -> dict[str, list[tuple[int, str]]]:
    """List the units stated in the rows above a header (单位：公里), by dimension."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row, cells in enumerate(rows):
        text = " ".join(map(key, cells))
        for stated in _STATED.finditer(text):
            if _OF_SIZES.search(text[: stated.start()]):
                continue
            for word in _BETWEEN.split(stated[1]):
                if is_unit(word):
                    found.setdefault(dimension(word), []).append((row, word))
    return found


def _join(parts: Sequence[str], known: dict[str, Alias]) -> Header:
    """Join the cells above each other: their names, else the lowest one alone."""
    unit = ""
    if len(parts) > 1 and (unit := unit_of_cell(parts[-1])):
        parts = parts[:-1]
    text = " ".join(parts)
    if not parts:
        return Header("", "", "")
    taken = [read_cell(part, known) for part in parts]
    unit = unit or next((h.unit for h in reversed(taken) if h.unit), "")
    if len(parts) == 1:
        return Header(taken[0].text, taken[0].name, unit)
    bare = [Header.of(part).name for part in parts]
    for name in ("".join(bare), "".join(reversed(bare)), "".join(bare[-2:])):
        header = read_cell(name, known)
        if header.name in known:
            return Header(text, header.name, header.unit or unit)
    own = set().union(*map(own_meaning, bare[:-1]))
    if taken[-1].name in known and own <= set(_OWN_MEANING.findall(bare[-1])):
        return Header(text, taken[-1].name, unit)
    return Header(text, "".join(bare), unit)


def own_meaning(text: str) -> set[str]:
    """Give the words by which a group changes what the headers below it mean.

    The name of a place has none, unless it says that it is only planned.
    """
    found = set(_OWN_MEANING.findall(key(text)))
    if _PLACE.search(key(text)) and not re.search("管[道网]$", key(text)):
        return {word for word in found if _PLANNED.search(word)}
    return found


def _with_rows_below(
    top: Sequence[Sequence[str]],
    header: HeaderRow,
    specs: tuple[ColumnSpec, ...],
    merged: Merged,
) -> HeaderRow:
    """Take a row of units and a row of column numbers below it into the header."""
    depth = header.row - header.first + 1
    split = _splits_a_header(top, header)
    if depth < DEPTH and (split or _only_names(top, header)):
        deeper = _read(top, header.first, depth + 1, specs, merged)
        kept = {match.spec.name for match in header.matches}
        if split or kept <= {match.spec.name for match in deeper.matches}:
            header, depth = deeper, depth + 1
    units: list[str] = []
    last = header.row
    if last + 1 < len(top) and is_unit_row(top[last + 1]):
        last += 1
        units = [unit_of_cell(cell) for cell in top[last]]
        header = _read(top, header.first, depth, specs, merged, units)
    if last + 1 < len(top) and is_numbering(top[last + 1]):
        last += 1
    if last == header.row:
        return header
    return replace(header, row=last)


def _splits_a_header(top: Sequence[Sequence[str]], header: HeaderRow) -> bool:
    """Tell whether the next row parts one header: 长度 over 市政 and 庭院."""
    if header.row + 1 >= len(top) or len(header.matches) < MATCHED:
        return False
    below = [cell.strip() for cell in top[header.row + 1]]
    texts = [cell for cell in below if cell and not unit_of_cell(cell)]
    if len(texts) < 2 or any(cell[0].isdigit() for cell in texts):
        return False
    numbers = [m.position for m in header.matches if m.spec.kind != "text"]
    first = min(match.position for match in header.matches)
    own = [i for i in numbers if i + 1 < len(below) and below[i] and below[i + 1]]
    parted = any(not header.texts[i + 1].strip() for i in own) or any(
        a == b and a in header.twice and below[i] != below[i + 1]
        for i, (a, b) in enumerate(pairwise(header.texts[: len(below)]))
    )
    return parted and not below[first]


def _only_names(top: Sequence[Sequence[str]], header: HeaderRow) -> bool:
    """Tell whether the next row has texts, but none in a column that is read."""
    if header.row + 1 >= len(top) or len(header.matches) < MATCHED:
        return False
    below = top[header.row + 1]
    texts = [cell for cell in below if cell.strip()]
    read = [below[m.position] for m in header.matches if m.position < len(below)]
    named = not any(cell.strip() for cell in read)
    return len(texts) > 1 and named and not any(c.strip()[:1].isdigit() for c in texts)


def is_unit_row(cells: Sequence[str]) -> bool:
    """Tell a row of units and nothing else."""
    filled = [cell for cell in cells if cell.strip()]
    named = [cell for cell in filled if unit_of_cell(cell)]
    rest = [cell for cell in filled if not unit_of_cell(cell)]
    return bool(named) and all(key(cell) in {"-", "/", "--", "无"} for cell in rest)


def is_numbering(cells: Sequence[str]) -> bool:
    """Tell a row that numbers the columns: 1, 2, 3 … perhaps after 甲, 乙."""
    filled = [key(cell).strip("()") for cell in cells if cell.strip()]
    numbers = [word for word in filled if word not in {"甲", "乙", "丙", "丁", "栏次"}]
    wanted = [str(n) for n in range(1, len(numbers) + 1)]
    return len(numbers) >= 3 and numbers == wanted
