"""Project lists with two header rows: split money and years become one column each.

A project library (项目库) has 资金来源 above 中央预算内 and 专项债, and 分年度投资
above its years. The plan needs which kinds of money a project may have; the sums and
the years are what it decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers.texts import text_column
from renewopt.inventory.words import MISSING, key

_NAMES = frozenset({"项目名称", "名称", "name"})
_MONEY, _YEARS, _TOTAL = "资金来源", "分年度投资", "总投资"
_GROUPS = (_MONEY, _YEARS, _TOTAL)
_WHOLE = frozenset({"合计", "总计", "小计", "总投资", "投资额"})
_NOTHING = MISSING | {"0", "0.0", "0.00"}
Group = tuple[int, int, str]
"""First and last column, and which group it is."""


def one_header(raw: RawTable) -> RawTable:
    """Put the second header row of a project list into the first.

    Kinds of money with a sum become a list of kinds, the total keeps its column, the
    rest is left out with a note. Tables with one header row stay as they are.
    """
    found = _rows(raw)
    if found is None:
        return raw
    row, groups = found
    columns = {i: raw.grid[i].tolist() for i in range(raw.grid.shape[1])}
    left: list[str] = []
    for first, last, group in groups:
        left += _take(columns, row, first, last, group)
    for cells in columns.values():
        cells[row + 1] = ""
    grid = pd.DataFrame({i: text_column(cells) for i, cells in columns.items()})
    code, place = "inventory.list_columns_left", (raw.file, raw.sheet)
    note = CellIssue(
        *place, raw.first_row + row, "", "", code, "note", {"columns": ", ".join(left)}
    )
    merged = tuple(m for m in raw.merged if not row <= m[0] <= row + 1)
    return replace(raw, grid=grid, merged=merged, issues=(*raw.issues, note))


def _rows(raw: RawTable) -> tuple[int, list[Group]] | None:
    """Find the header row with groups above a second one, and the groups."""
    top = raw.top()
    for row, cells in enumerate(top[:-1]):
        below = top[row + 1]
        names = [i for i, cell in enumerate(cells) if key(cell) in _NAMES]
        if not names or any(below[i].strip() for i in names):
            continue
        groups = list(_groups(cells, below))
        if groups:
            return row, groups
    return None


def _groups(cells: Sequence[str], below: Sequence[str]) -> Iterator[Group]:
    for first, cell in enumerate(cells):
        word = key(cell)
        group = next((name for name in _GROUPS if name in word), "")
        last = first
        while last + 1 < len(cells) and not cells[last + 1].strip():
            if not below[last + 1].strip():
                break
            last += 1
        if group and last > first and below[first].strip():
            yield first, last, group


def _take(
    columns: dict[int, list[str]], row: int, first: int, last: int, group: str
) -> list[str]:
    """Keep one column of a group; name those that are left out."""
    names = [columns[i][row + 1].strip() for i in range(first, last + 1)]
    kept = first
    if group == _TOTAL:
        whole = [i for i, name in enumerate(names, first) if key(name) in _WHOLE]
        if not whole:  # which column is the whole cannot be told
            for j, name in enumerate(names, first):
                columns[j][row] = f"{_TOTAL} {name}"
            return []
        kept = whole[0]
        columns[kept][row] = columns[first][row]
    for i in range(row + 2, len(columns[first])):
        cells = [columns[j][i] for j in range(first, last + 1)]
        given = [
            (name, cell)
            for name, cell in zip(names, cells, strict=True)
            if key(cell) not in _NOTHING and key(name) not in _WHOLE
        ]
        if group == _MONEY:
            columns[kept][i] = "、".join(name for name, _ in given)
        elif group == _YEARS:
            columns[kept][i] = "；".join(f"{name} {cell}" for name, cell in given)
    for j in range(first, last + 1):
        if j != kept:
            columns[j][row:] = [""] * (len(columns[j]) - row)
    own = columns[kept][row].strip()
    left = [n for j, n in enumerate(names, first) if j != kept or group != _TOTAL]
    return [f"{own} {name}" for name in left]
