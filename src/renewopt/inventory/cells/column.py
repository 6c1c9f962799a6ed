"""A whole column: distinct texts are read once, plain numbers and texts in bulk."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.bulk import (
    all_differ,
    arrow_texts,
    as_mask,
    rows_with,
)
from renewopt.inventory.cells.choices import parse_choice
from renewopt.inventory.cells.dates import parse_date
from renewopt.inventory.cells.flags import parse_flag
from renewopt.inventory.cells.numbers import parse_number
from renewopt.inventory.cells.outcome import Context, Outcome, bad
from renewopt.inventory.cells.sizes import ONLY_STEEL, marked, parse_size
from renewopt.inventory.cells.texts import is_identifier, parse_text
from renewopt.inventory.cells.years import parse_year
from renewopt.inventory.units import factor

BULK = 20_000
"""Columns with more rows than this are read in bulk where they are plain."""
FEW = 0.25
"""Share of distinct texts in a sample below which they are read one by one."""
_PLAIN_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_PLAIN_TEXT = (
    r"^([0-9]{1,15}|[A-Za-z]{1,2}[-_]?[0-9][-0-9A-Za-z_]*"
    r"|[A-Za-z]{1,4}[-_][A-Za-z][-0-9A-Za-z_]*)$"
)
"""Identifiers that `parse_text` takes as they stand: no dates, errors or spaces."""
_COMMA = re.compile(r"\d\s*[,，]\s*\d")
_FOREIGN = ~np.isin(np.arange(256), list(b"0123456789.-"))
"""Bytes that plain numbers do not have."""
_DTYPES = {
    "number": "float64",
    "integer": "Int64",
    "year": "Int64",
    "flag": "boolean",
    "date": "datetime64[s]",
}

_Parser = Callable[[str, ColumnSpec, Context], Outcome]
_PARSERS: dict[str, _Parser] = {
    "text": parse_text,
    "choice": parse_choice,
    "flag": parse_flag,
    "year": parse_year,
    "date": parse_date,
    "number": parse_number,
    "integer": parse_number,
}


@dataclass(frozen=True, eq=False)
class Parsed:
    """A parsed column.

    Attributes
    ----------
    cells
        Values, NA where missing or bad.
    which
        Number of each cell's outcome; -1 where it was plain and exact.
    outcomes
        What the distinct other texts mean.
    differ
        Whether it is known that no two cells are alike and none is missing.
    """

    cells: pd.Series
    which: npt.NDArray[np.int64]
    outcomes: tuple[Outcome, ...]
    differ: bool = False

    @property
    def codes(self) -> npt.NDArray[np.object_]:
        """Give the code per cell, empty where it was taken as it stood."""
        return self._spread([o.code for o in self.outcomes], "", object)

    def seen(self) -> npt.NDArray[np.float64]:
        """Give the number read per cell, also where it was refused; else NaN."""
        own = self.cells.to_numpy(np.float64, na_value=np.nan)
        if all(o.seen != o.seen for o in self.outcomes):
            return own
        read = self._spread([o.seen for o in self.outcomes], np.nan, np.float64)
        return np.where(np.isnan(own), read, own)

    def of_quality(self, *qualities: str) -> npt.NDArray[np.bool_]:
        """Mark the cells of these qualities."""
        return self._spread(
            [o.quality in qualities for o in self.outcomes], "exact" in qualities, bool
        )

    def _spread(
        self, values: list[Any], default: object, dtype: type
    ) -> npt.NDArray[Any]:
        if not values:
            return np.full(len(self.which), default, dtype=dtype)
        table: npt.NDArray[Any] = np.array([*values, default], dtype=dtype)
        return table[self.which]


def dtype_of(spec: ColumnSpec) -> str:
    """Give the type of a column of a table."""
    return _DTYPES.get(spec.kind, "object")


def parse_column(
    raw: pd.Series, spec: ColumnSpec, unit: str = "", context: Context | None = None
) -> Parsed:
    """Parse the texts of a column.

    Parameters
    ----------
    raw
        Texts; empty where the cell is empty.
    spec
        What the column may hold.
    unit
        Unit that its header states; empty: the column's own.
    context
        What else the header and the user say; it goes before `unit`.
    """
    about = context if context is not None else Context(unit)
    if len(raw) > BULK and not about.outside and not _repeats(raw, spec):
        bulk = _bulk(raw, spec, about)
        if bulk is not None:
            return bulk
    return _by_distinct(raw, spec, about)


def parser(spec: ColumnSpec) -> _Parser:
    """Give the function that reads one text of a column."""
    return parse_size if spec.notation == "pipe_size" else _PARSERS[spec.kind]


def _by_distinct(raw: pd.Series, spec: ColumnSpec, context: Context) -> Parsed:
    number, texts = pd.factorize(raw)
    read = parser(spec) if context.commas else _without_commas(parser(spec))
    outcomes = tuple(read(str(text), spec, context) for text in texts)
    values = pd.Series(
        [o.value for o in outcomes], dtype=dtype_of(spec), index=range(len(outcomes))
    )
    taken = pd.Series(values.array.take(number), raw.index, values.dtype, copy=False)
    which = number.astype(np.int64, copy=False)
    return Parsed(taken, which, outcomes)


def _without_commas(read: _Parser) -> _Parser:
    """Ask about numbers that hold a comma, instead of reading it."""

    def asked(text: str, spec: ColumnSpec, context: Context) -> Outcome:
        if spec.kind in {"number", "integer"} and _COMMA.search(text):
            return bad("inventory.comma_unclear")
        return read(text, spec, context)

    return asked


def _repeats(raw: pd.Series, spec: ColumnSpec) -> bool:
    """Tell whether a column of identifiers names few things, each many times."""
    if spec.kind != "text" or spec.unique:
        return False
    some = raw.iloc[:: max(1, len(raw) // max(BULK, 1))]
    return bool(some.nunique() < FEW * len(some))


def _bulk(raw: pd.Series, spec: ColumnSpec, context: Context) -> Parsed | None:
    """Read what is plain in bulk and the rest by distinct texts; None: no gain."""
    texts = arrow_texts(raw)
    differ = False
    values: npt.NDArray[Any]
    if spec.kind in {"number", "integer"}:
        values, plain = _numbers(texts, spec, context)
    elif spec.kind == "text" and is_identifier(spec):
        plain = _mask(texts, _PLAIN_TEXT)
        values = texts.to_numpy()
        differ = spec.unique and bool(plain.all()) and all_differ(texts)
    else:
        return None
    # One number for all: a column that is plain throughout costs no memory for it.
    which = np.broadcast_to(np.int64(-1), len(raw))
    outcomes: tuple[Outcome, ...] = ()
    if not plain.all():
        which = which.copy()
        rest = _by_distinct(raw[~plain], spec, context)
        outcomes = rest.outcomes
        which[~plain] = rest.which
        values[~plain] = rest.cells.to_numpy(dtype=values.dtype, na_value=_none(spec))
    cells = pd.Series(values, raw.index, dtype_of(spec), copy=False)
    return Parsed(cells, which, outcomes, differ)


def _none(spec: ColumnSpec) -> Any:
    return None if spec.kind == "text" else np.nan


def _mask(texts: pa.ChunkedArray, pattern: str) -> npt.NDArray[np.bool_]:
    return as_mask(pc.match_substring_regex(texts, pattern))


def _numbers(
    texts: pa.ChunkedArray, spec: ColumnSpec, context: Context
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Read plain numbers that fit the column; the rest is NaN and not plain.

    Empty cells are plain, too.
    """
    empty = as_mask(pc.equal(texts, ""))
    values = _cast(texts, empty)
    if values is None:
        values = _cast(texts, empty | rows_with(texts, _FOREIGN))
    if values is None:
        values = _cast(texts, ~_mask(texts, _PLAIN_NUMBER))
        assert values is not None  # every text left is a plain number
    unit = context.unit
    if unit and (scale := factor(unit, spec.unit) or 1.0) != 1.0:
        values = np.round(values * scale, 9)
    fits = np.isfinite(values)
    if spec.notation == "pipe_size" and not context.clean:
        fits &= ~marked(values, ONLY_STEEL)
    with np.errstate(invalid="ignore"):
        if spec.min is not None:
            fits &= values >= spec.min
        if spec.max is not None:
            fits &= values <= spec.max
        if spec.kind == "integer":
            fits &= values == np.round(values)
    if fits.all():
        return values, fits
    return np.where(fits, values, np.nan), fits | empty


def _cast(
    texts: pa.ChunkedArray, without: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64] | None:
    """Read numbers, NaN for the marked texts; None where another text is none."""
    if without.any():
        null = pa.scalar(None, pa.large_string())
        texts = pc.if_else(pa.array(without), null, texts)
    try:
        values = pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        return None
    found = np.asarray(values.to_numpy(), dtype=np.float64)
    return found if found.flags.writeable else found.copy()
