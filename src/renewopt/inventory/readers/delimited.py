"""Delimited text: .csv and .tsv, whatever their separator, encoding or damage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa

from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers.clean import clean_grid, needs_cleaning
from renewopt.inventory.readers.decimals import comma_of, with_points
from renewopt.inventory.readers.encodings import Decoded, decode_file
from renewopt.inventory.readers.records import (
    Record,
    find_delimiter,
    lines_of,
    records,
)
from renewopt.inventory.readers.texts import grid_of, text_column

_HEAD_LINES = 50
_USUAL_ROWS = 10
_PEEK_ROWS = 40
"""Rows from the top that show how wide the table is: titles may take a dozen."""
_CHUNK = 50_000
_BLOCK = 4 << 20
"""Bytes that Arrow reads at once; longer lines are read record by record."""
MOST_CUT, LEAST_CUT = 0.2, 5
"""Share and number of short rows from which their ends were cut by an export."""
_NAMES = {"\t": "Tab", "|": "|"}


@dataclass(eq=False)
class _Reading:
    """A text file while it is being read."""

    path: Path
    decoded: Decoded
    delimiter: str = ","
    issues: list[CellIssue] = field(default_factory=list)

    def add(
        self, code: str, severity: Severity, row: int = 0, raw: str = "",
        **params: object,
    ) -> None:  # fmt: skip
        """Note one issue of the file."""
        self.issues.append(
            CellIssue(self.path.name, "", row, "", raw, code, severity, params)
        )


def read_delimited(path: Path) -> Iterator[RawTable]:
    """Read a delimited text file as one table.

    Regular files go through Arrow; where a line has another number of cells than the
    rest, or a quote stays open, the file is read record by record and each of these
    lines is named.

    Raises
    ------
    InputError
        Where the encoding is not known.
    """
    decoded = decode_file(path)
    data = decoded.data.rstrip(b"\x1a\x00")
    if not (data[:1000].strip() or data.strip()):
        return
    reading = _Reading(path, decoded)
    head = list(islice(lines_of(data[:4_000_000]), _HEAD_LINES))
    reading.delimiter = find_delimiter(head)
    _note_encoding(reading)
    _note_delimiter(reading)
    grid = _regular(data, reading, head)
    if grid is None:
        grid = _irregular(data, reading, head)
    if needs_cleaning(data):
        grid, more = clean_grid(grid, path.name, "", 1)
        reading.issues += more
    comma = comma_of(grid, reading.delimiter, data)
    if comma == "decimal":
        grid, cells = with_points(grid)
        reading.add("inventory.decimal_comma", "note", cells=cells)
    plain = comma == "thousands"
    issues = tuple(reading.issues)
    yield RawTable(path.name, "", path.stem, grid, issues, commas=plain)


def _note_encoding(reading: _Reading) -> None:
    decoded = reading.decoded
    if decoded.doubt:
        reading.add(
            "inventory.encoding_doubt", "questioned",
            encoding=decoded.encoding, hint=decoded.doubt,
        )  # fmt: skip
    elif decoded.encoding:
        reading.add("inventory.encoding", "note", encoding=decoded.encoding)


def _note_delimiter(reading: _Reading) -> None:
    usual = "\t" if reading.path.suffix.lower() in {".tsv", ".tab"} else ","
    if reading.delimiter != usual:
        shown = _NAMES.get(reading.delimiter, reading.delimiter)
        reading.add("inventory.delimiter", "note", delimiter=shown)


def _regular(
    data: bytes, reading: _Reading, head: Sequence[str]
) -> pd.DataFrame | None:
    """Read by Arrow; None where not every line below the top is alike."""
    if len(reading.delimiter.encode()) > 1:
        return None
    if b'"' in data and data.count(b'"') % 2:
        return None
    top = list(islice(records(head, reading.delimiter, 1), _PEEK_ROWS))
    width = max(len(record.cells) for record in top)
    if _doubtful(top, reading.delimiter) or _uneven(top, _usual(top)):
        return None
    taken = top[-1].line - 1 + max(1, _lines_in(top[-1]))
    offset = len("".join(head[:taken]).encode())
    columns = [text_column([_cell(r.cells, i) for r in top]) for i in range(width)]
    if offset < len(data):
        body = _arrow(pa.py_buffer(data).slice(offset), reading.delimiter, width, data)
        if body is None:
            return None
        columns = [_joined(c, body.column(i)) for i, c in enumerate(columns)]
    return grid_of(columns)


def _doubtful(top: Sequence[Record], delimiter: str) -> bool:
    """Tell whether a quote may be missing: a cell holds line ends and separators."""
    return any(
        record.open_quote
        or any(delimiter in cell and ("\n" in cell or "\r" in cell)
               for cell in record.cells)
        for record in top
    )  # fmt: skip


def _lines_in(record: Record) -> int:
    return 1 + sum(c.count("\n") + c.replace("\r\n", "").count("\r")
                   for c in record.cells)  # fmt: skip


def _cell(cells: Sequence[str], position: int) -> str:
    return cells[position] if position < len(cells) else ""


def _joined(head: pd.Series, body: pa.ChunkedArray) -> pd.Series:
    first = pa.chunked_array(head.array.__arrow_array__())
    return text_column(pa.chunked_array([*first.chunks, *body.chunks]))


def _arrow(
    buffer: pa.Buffer, delimiter: str, width: int, data: bytes
) -> pa.Table | None:
    from pyarrow import csv

    names = [str(number) for number in range(width)]
    quotes = b'"' in data
    try:
        table = csv.read_csv(
            pa.BufferReader(buffer),
            read_options=csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quotes else False,
                newlines_in_values=quotes,
                ignore_empty_lines=False,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return None if quotes and _swallows(table, delimiter) else table


def _swallows(table: pa.Table, delimiter: str) -> bool:
    """Tell whether a quoted cell may hold whole records: a quote may be missing."""
    import pyarrow.compute as pc

    for column in table.columns:
        found = pc.filter(column, pc.match_substring_regex(column, "[\r\n]"))
        if any(delimiter in text for text in found.to_pylist()):
            return True
    return False


def _irregular(data: bytes, reading: _Reading, head: Sequence[str]) -> pd.DataFrame:
    """Read record by record; say which have too many or too few cells, or open quotes.

    The first rows show how many cells are usual; below the titles, a row with more
    filled cells is left out.
    """
    split = reading.delimiter
    rough = max(len(line.rstrip("\r\n").split(split)) for line in head[:_PEEK_ROWS])
    top = [r for r in islice(records(head, split, rough), _PEEK_ROWS)]
    width = max((len(record.cells) for record in top), default=0) or rough
    usual = _usual(top)
    columns: list[list[pa.Array]] = [[] for _ in range(width)]
    started = False
    stream = records(list(lines_of(data)), split, usual)
    row = 0
    while chunk := list(islice(stream, _CHUNK)):
        rows = []
        for record in chunk:
            row += 1
            started = started or len(record.cells) >= usual
            rows.append(_fitted(record, row, width, usual * started, reading))
        for position, column in enumerate(zip(*rows, strict=True)):
            columns[position].append(pa.array(column, pa.large_string()))
    _ask_once(reading, row)
    return grid_of(text_column(pa.chunked_array(c)) for c in columns)


def _ask_once(reading: _Reading, rows: int) -> None:
    """Ask once where the empty ends of many rows were cut, as some exports do."""
    code = "inventory.too_few_cells"
    short = [issue for issue in reading.issues if issue.code == code]
    if len(short) >= max(LEAST_CUT, MOST_CUT * rows):
        reading.issues = [issue for issue in reading.issues if issue.code != code]
        reading.add("inventory.rows_cut", "questioned", rows=len(short))


def _fitted(
    record: Record, row: int, width: int, usual: int, reading: _Reading
) -> Sequence[str]:
    """Give a record its width; an unreadable one becomes a blank row and an issue."""
    cells = record.cells
    if record.open_quote:
        reading.add(
            "inventory.open_quote", "rejected", row, record.text, line=record.line
        )
    elif any(cell.strip() for cell in cells[usual or width :]):
        text = reading.delimiter.join(cells)
        reading.add(
            "inventory.too_many_cells", "rejected", row, text,
            found=len(cells), allowed=usual or width,
        )  # fmt: skip
        cells = ()
    elif _is_short(cells, usual):
        text = reading.delimiter.join(cells)
        reading.add(
            "inventory.too_few_cells", "questioned", row, text,
            found=len(cells), allowed=usual,
        )  # fmt: skip
    return (*cells, *("",) * (width - len(cells)))[:width]


def _usual(top: Sequence[Record]) -> int:
    """Give the number of cells that most of the first rows have (the larger one).

    Titles, of one cell each, do not count where there are other rows.
    """
    filled = [r for r in top if any(c.strip() for c in r.cells)]
    wide = [
        i for i, r in enumerate(filled) if sum(bool(c.strip()) for c in r.cells) > 2
    ]
    first = wide[0] if wide else 0
    widths = Counter(len(r.cells) for r in filled[first : first + _USUAL_ROWS])
    if not widths:
        return 0
    usual = max(widths, key=lambda width: (widths[width], width))
    # The first full row is the header: rows whose last cells are cut do not shorten it.
    header = filled[first].cells if wide else ()
    named = [i for i, cell in enumerate(header, 1) if cell.strip()]
    return max(usual, named[-1] if named else 0)


def _uneven(top: Sequence[Record], usual: int) -> bool:
    """Tell whether rows below the titles have too few or too many cells."""
    full = [len(record.cells) >= usual for record in top]
    begun = full.index(True) if True in full else len(top)
    return any(
        _is_short(record.cells, usual) or any(c.strip() for c in record.cells[usual:])
        for record in top[begun:]
    )


def _is_short(cells: Sequence[str], usual: int) -> bool:
    """Tell whether a row lacks cells: titles and notes of one cell do not count."""
    return 0 < len(cells) < usual and sum(bool(cell.strip()) for cell in cells) > 1
