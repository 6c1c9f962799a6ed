"""Documented tables: their columns, and how they are written and read back equal."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from renewopt.core.errors import InputError, Message, message
from renewopt.core.harmless import harmless_table, unmarked_column
from renewopt.core.money import plain, to_units

Kind = Literal["text", "integer", "number", "flag", "money"]


@dataclass(frozen=True)
class Column:
    """One column: `money` is int64 units of 0.01 万元 here and 万元 in files."""

    name: str
    kind: Kind
    required: bool = False
    unit: str = ""
    doc: str = ""
    minimum: float | None = None
    default: str | int | float | bool | None = None


@dataclass(frozen=True)
class TableSchema:
    """A table's columns and its key (columns that together are unique)."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    doc: str = ""
    open_columns: tuple[tuple[str, Kind], ...] = ()
    """Further columns are allowed if their name starts so, and of which kind."""

    def column_names(self) -> list[str]:
        """List the declared names in order."""
        return [column.name for column in self.columns]

    def empty(self) -> pd.DataFrame:
        """Make the table without rows."""
        return self.conform(pd.DataFrame())

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Give a frame made by our own code the declared columns, order and types."""
        if self._settled(frame):
            return frame.reset_index(drop=True)
        size = len(frame)
        out: dict[str, pd.Series] = {}
        for column in self.columns:
            if column.name in frame:
                series = frame[column.name]
            else:
                series = pd.Series([column.default] * size, index=frame.index)
            out[column.name] = _typed(series, column)
        for name in frame.columns:
            further = self.further(str(name))
            if further is not None:
                out[name] = _typed(frame[name], further)
        return pd.DataFrame(out).reset_index(drop=True)

    def _settled(self, frame: pd.DataFrame) -> bool:
        """Tell whether a frame has these columns, order and types already."""
        if list(frame.columns) != self.column_names():
            return False
        kinds = zip(self.columns, frame.dtypes, strict=True)
        if any(dtype != _settled_type(column) for column, dtype in kinds):
            return False
        texts = [c.name for c in self.columns if c.kind in _MAY_LACK]
        return not any(frame[name].hasnans for name in texts)

    def further(self, name: str) -> Column | None:
        """Give the column that an undeclared name stands for, or None."""
        for prefix, kind in self.open_columns:
            if name.startswith(prefix) and name not in self.column_names():
                return Column(name, kind, default=0)
        return None


def _typed(series: pd.Series, column: Column) -> pd.Series:
    if series.dtype == _settled_type(column) and not (
        column.kind in _MAY_LACK and series.hasnans
    ):
        return series
    if column.kind == "text":
        default = column.default or ""
        return series.astype("object").where(series.notna(), default).astype(str)
    if column.kind == "money":
        return series.fillna(column.default or 0).astype(np.int64)
    if column.kind == "integer":
        if column.default is None and not column.required:
            return series.astype("Int64")
        return series.fillna(column.default or 0).astype(np.int64)
    if column.kind == "flag":
        return series.fillna(bool(column.default)).astype(bool)
    numbers = series.astype(np.float64)
    # An empty cell of a table made in memory means what it means in a file.
    return numbers if column.default is None else numbers.fillna(column.default)


def _settled_type(column: Column) -> Any:
    if column.kind == "integer" and column.default is None and not column.required:
        return pd.Int64Dtype()
    return _SETTLED[column.kind]


_SETTLED: dict[str, Any] = {
    "text": pd.StringDtype(na_value=np.nan),
    "integer": np.dtype(np.int64),
    "money": np.dtype(np.int64),
    "number": np.dtype(np.float64),
    "flag": np.dtype(np.bool_),
}
"""Types that a column without gaps already has: most tables come from our own code."""

_MAY_LACK = ("text", "number")
"""Kinds whose settled type still has a sign for an empty cell."""


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a documented table, with its columns as attributes.

    The schema says what type a cell has; the stubs of pandas cannot. Tables of a few
    rows are read by the thousand: pandas' own way takes three times as long for them.
    """
    row = _row_kind(tuple(str(name) for name in frame.columns))
    yield from map(row._make, zip(*(s.tolist() for _, s in frame.items()), strict=True))


@lru_cache(maxsize=256)
def _row_kind(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)


def totals(frame: pd.DataFrame, by: str | list[str], column: str) -> dict[Any, int]:
    """Sum a whole-number column for each value (or tuple of values) of `by`."""
    return {key: int(n) for key, n in frame.groupby(by)[column].sum().items()}


def write_table(schema: TableSchema, frame: pd.DataFrame, folder: Path) -> Path:
    """Write `frame` as `<folder>/<name>.csv`: UTF-8 with BOM, plain decimals in 万元.

    The BOM makes Excel on a Chinese desktop show the names correctly; a text that it
    would run as a formula gets an apostrophe, which reading takes away.
    """
    out = frame.copy()
    money = [c.name for c in schema.columns if c.kind == "money" and c.name in out]
    further = [schema.further(str(name)) for name in out]
    money += [c.name for c in further if c is not None and c.kind == "money"]
    for name in money:
        out[name] = [plain(value) for value in out[name]]
    for column in schema.columns:
        if column.kind == "flag" and column.name in out:
            out[column.name] = np.where(out[column.name], "true", "false")
    path = folder / f"{schema.name}.csv"
    out = harmless_table(out)
    out.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    return path


def find_table(schema: TableSchema, folder: Path) -> Path | None:
    """Find the table's file, CSV before Parquet; None where there is neither."""
    for suffix in (".csv", ".parquet"):
        path = folder / f"{schema.name}{suffix}"
        if path.exists():
            return path
    return None


def read_table(schema: TableSchema, folder: Path) -> pd.DataFrame:
    """Read and check a table; an absent file gives the empty table.

    Raises
    ------
    InputError
        With every problem found: unreadable file, unknown or missing columns, cells
        that are no number or too fine, keys that occur twice.
    """
    path = find_table(schema, folder)
    if path is None:
        return schema.empty()
    raw = _read_cells(path)
    problems = list(_header_problems(schema, raw, path))
    if problems:
        raise InputError(*problems)
    frame, problems = _parse(schema, raw, path)
    if problems:
        raise InputError(*problems)
    return frame


def _read_cells(path: Path) -> pd.DataFrame:
    """Read every cell as text; empty cells are empty."""
    try:
        if path.suffix == ".parquet":
            raw = pd.read_parquet(path).astype("object")
            return raw.where(raw.notna(), "").map(_cell_text)
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError, UnicodeError) as error:
        raise InputError.of("table.unreadable", file=path.name, detail=error) from None
    if len(raw) and not isinstance(raw.index, pd.RangeIndex):
        # Rows longer than the header: pandas would take the first column for an index.
        raise InputError.of("table.extra_cells", file=path.name)
    return raw.apply(unmarked_column)


def _cell_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _header_problems(
    schema: TableSchema, raw: pd.DataFrame, path: Path
) -> Iterable[Message]:
    known = schema.column_names()
    for name in raw.columns:
        if name not in known and schema.further(str(name)) is None:
            yield message(
                "table.unknown_column",
                file=path.name,
                column=name,
                known=", ".join(known),
            )
    for column in schema.columns:
        if column.required and column.name not in raw:
            yield message("table.missing_column", file=path.name, column=column.name)


def _parse(
    schema: TableSchema, raw: pd.DataFrame, path: Path
) -> tuple[pd.DataFrame, list[Message]]:
    problems: list[Message] = []
    out: dict[str, list[object]] = {}
    columns = {c.name: c for c in schema.columns}
    for name in raw.columns:
        column = columns.get(str(name)) or schema.further(str(name))
        if column is None:
            continue  # told with the header
        values: list[object] = []
        for row, cell in enumerate(raw[name], start=2):
            try:
                values.append(_parse_cell(str(cell).strip(), column))
            except (ValueError, InputError):
                values.append(None)
                problems.append(
                    message(
                        "table.bad_cell",
                        file=path.name,
                        row=row,
                        column=column.name,
                        value=cell,
                        kind=column.kind,
                    )
                )
        out[str(name)] = values
    if problems:
        return schema.empty(), problems
    frame = schema.conform(pd.DataFrame(out, columns=list(raw.columns)))
    problems.extend(_key_problems(schema, frame, path))
    return frame, problems


def _parse_cell(text: str, column: Column) -> object:
    if text == "":
        if column.required:
            raise ValueError(text)
        return column.default
    value: object
    if column.kind == "text":
        return text
    if column.kind == "flag":
        return (
            {"true": True, "false": False, "1": True, "0": False}[text.lower()]
            if (text.lower() in {"true", "false", "1", "0"})
            else _refuse(text)
        )
    if column.kind == "money":
        value = to_units(text)
    elif column.kind == "integer":
        value = int(text)
    else:
        value = float(text)
        if not np.isfinite(value):
            raise ValueError(text)
    if column.minimum is not None and float(str(value)) < column.minimum:
        raise ValueError(text)
    return value


def _refuse(text: str) -> object:
    raise ValueError(text)


def _key_problems(
    schema: TableSchema, frame: pd.DataFrame, path: Path
) -> Iterable[Message]:
    if not schema.key:
        return
    twice = frame[frame.duplicated(list(schema.key), keep="first")]
    for row, values in zip(
        twice.index, twice[list(schema.key)].to_numpy(), strict=True
    ):
        yield message(
            "table.duplicate_key",
            file=path.name,
            row=int(row) + 2,
            key=", ".join(schema.key),
            value=", ".join(str(v) for v in values),
        )


def write_text_atomic(path: Path, text: str) -> None:
    """Write a file under a temporary name and move it: it is never half there."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
