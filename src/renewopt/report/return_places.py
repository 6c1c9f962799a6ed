"""Where an issue stands in a sheet: its cell, its row, or the header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import key

HEADER_ROWS = 3
"""A header may take so many rows; issues name its parts joined."""
_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Place:
    """A cell of a sheet: row and column from 1, as a spreadsheet counts."""

    row: int
    column: int

    @property
    def name(self) -> str:
        """Write it as `D5`."""
        letters, number = "", self.column
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return f"{letters}{self.row}"


class Places:
    """Finds the cells of one raw table that its issues mean.

    Parameters
    ----------
    raw
        The table as it was read.
    issues
        Its issues: their columns tell which row is the header.
    aliases
        Our column name → the headers under which it is known.
    """

    def __init__(
        self,
        raw: RawTable,
        issues: Iterable[CellIssue],
        aliases: Mapping[str, Sequence[str]],
    ) -> None:
        self._raw = raw
        top = [[str(cell) for cell in row] for row in raw.top()]
        named = {issue.column for issue in issues if issue.column}
        words = {key(word) for words in aliases.values() for word in words}
        self.header = _header_row(top, named, words)
        self._columns = _columns(top, self.header)
        self._aliases = aliases

    def of(self, issue: CellIssue) -> Place:
        """Give the cell that an issue means.

        An issue of a row stands on its first filled cell, one of the whole table on
        the header; so does one whose column is not found.
        """
        at = getattr(issue, "position", -1)
        column = at + 1 if at >= 0 else self._column(issue.column)
        if issue.row <= 0:
            return Place(self.header + 1, column or self._first(self.header))
        position = min(max(issue.row - self._raw.first_row, 0), self._last)
        return Place(position + 1, column or self._first(position))

    @property
    def _last(self) -> int:
        return max(len(self._raw.grid) - 1, 0)

    def _column(self, name: str) -> int:
        """Find a header as written, else in its normal form, else by our name."""
        if not name:
            return 0
        if name.strip() in self._columns:
            return self._columns[name.strip()]
        for text in (name, *self._aliases.get(name, ())):
            if _bare(text) in self._columns:
                return self._columns[_bare(text)]
        width = len(self._raw.grid.columns)
        return int(name) if name.isdecimal() and 1 <= int(name) <= width else 0

    def _first(self, position: int) -> int:
        """Give the first filled column of a row, from 1."""
        if len(self._raw.grid) == 0:
            return 1
        cells = self._raw.grid.iloc[position]
        filled = (n for n, cell in enumerate(cells, start=1) if str(cell).strip())
        return next(filled, 1)


def _bare(text: str) -> str:
    return _NOISE.sub("", key(text))


def _header_row(top: Sequence[Sequence[str]], named: set[str], words: set[str]) -> int:
    """Choose the row with most of the names; the upper one of equals."""
    wanted = {name.strip() for name in named}
    scores = [
        sum(2 * (cell.strip() in wanted) + (key(cell) in words) for cell in row if cell)
        for row in top
    ]
    return max(range(len(scores)), key=lambda i: (scores[i], -i), default=0)


def _columns(top: Sequence[Sequence[str]], header: int) -> dict[str, int]:
    """Map header texts to columns, those of joined rows too; doubtful ones are out."""
    found: dict[str, set[int]] = {}
    if not top:
        return {}
    filled = [_filled_right(row) for row in top]
    for number in range(len(top[0])):
        own = top[header][number]
        for text in (own.strip(), _bare(own)):
            found.setdefault(text, set()).add(number + 1)
    for first in range(max(header - HEADER_ROWS + 1, 0), header + 1):
        for last in range(header, min(header + HEADER_ROWS, len(top))):
            for number in range(len(top[0])):
                parts = [filled[row][number] for row in range(first, last)]
                text = _bare("".join([*parts, top[last][number]]))
                if text and text not in found:
                    found[text] = {number + 1}
    return {text: min(at) for text, at in found.items() if text and len(at) == 1}


def _filled_right(row: Sequence[str]) -> list[str]:
    """Repeat a text to its right: the upper row of a header names several columns."""
    out: list[str] = []
    for cell in row:
        out.append(cell if cell.strip() or not out else out[-1])
    return out
