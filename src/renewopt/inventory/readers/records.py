"""Records of a delimited text, one by one: for files that are not regular."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DELIMITERS = (",", "\t", ";", "、", "，", "|")
"""Separators that are recognised, the usual one first."""
_SAMPLE_LINES = 50
_SPAN = 1000
"""A quoted cell with more lines than this is a quote that was never closed."""


@dataclass(frozen=True)
class Record:
    """One record; `cells` is empty and `open_quote` set where a quote stays open.

    Attributes
    ----------
    line
        Physical line of its beginning, from 1.
    text
        The line as it stands, where the record could not be read.
    """

    cells: Sequence[str]
    line: int
    open_quote: bool = False
    text: str = ""


def lines_of(data: bytes) -> Iterator[str]:
    r"""Give the lines with their ends: ``\n``, ``\r\n`` and ``\r``, no others."""
    with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="") as text:
        yield from text


def find_delimiter(lines: Sequence[str]) -> str:
    """Choose the separator that cuts most records into the same number of cells."""
    csv.field_size_limit(sys.maxsize)
    best, chosen = (0.0, 1), ","
    for delimiter in DELIMITERS:
        sample = csv.reader(lines[:_SAMPLE_LINES], delimiter=delimiter)
        widths = Counter(len(row) for row in sample if any(c.strip() for c in row))
        width, times = max(
            ((w, n) for w, n in widths.items() if w > 1),
            key=lambda item: (item[1], item[0]),
            default=(1, 0),
        )
        score = (times / max(widths.total(), 1), width)
        if width > 1 and score > best:
            best, chosen = score, delimiter
    return chosen


def records(lines: Sequence[str], delimiter: str, width: int) -> Iterator[Record]:
    """Cut lines into records.

    A quote that is never closed, or that swallows lines which are records themselves,
    costs its own line only: reading goes on with the next.

    Parameters
    ----------
    width
        Cells of a usual record.
    """
    number = 0
    while number < len(lines):
        line = lines[number]
        if '"' not in line:
            yield Record(line.rstrip("\r\n").split(delimiter), number + 1)
            number += 1
            continue
        used, cells = _quoted(lines, number, delimiter, width)
        if used:
            yield Record(cells, number + 1)
        else:
            yield Record((), number + 1, True, line.rstrip("\r\n"))
        number += max(used, 1)


def _quoted(
    lines: Sequence[str], first: int, delimiter: str, width: int
) -> tuple[int, list[str]]:
    """Read a record with quotes; give how many lines it takes, 0 if a quote is open."""
    whole = len(lines[first].split(delimiter)) >= width
    for last in range(first, min(first + _SPAN, len(lines))):
        inner = lines[last].count(delimiter) + 1 >= width > 1
        if last > first and inner and whole:
            return 0, []
        if not _is_open(lines[first : last + 1], delimiter):
            return last - first + 1, _split_lines(lines[first : last + 1], delimiter)
        if last > first and inner:
            return 0, []
    return 0, []


def _is_open(span: Sequence[str], delimiter: str) -> bool:
    """Tell whether the lines end inside a quoted cell."""
    try:
        next(csv.reader(span, delimiter=delimiter, strict=True))
    except csv.Error:
        return _ends_open("".join(span), delimiter)
    return False


def _ends_open(text: str, delimiter: str) -> bool:
    start, inside = True, False
    skip = False
    for position, char in enumerate(text):
        if skip:
            skip = False
        elif inside:
            if char == '"':
                skip = text[position + 1 : position + 2] == '"'
                inside = skip
        elif start and char == '"':
            inside = True
        start = not inside and char == delimiter
    return inside


def _split_lines(span: Sequence[str], delimiter: str) -> list[str]:
    csv.field_size_limit(sys.maxsize)
    return next(csv.reader(span, delimiter=delimiter))
