"""Columns of texts: how every reader makes its grid."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from renewopt.inventory.cells import cell_text

_STR = pd.StringDtype("pyarrow", na_value=np.nan)


def text_column(values: pa.Array | pa.ChunkedArray | Sequence[str]) -> pd.Series:
    """Give texts as a column of the kind `str`, without copying Arrow's own."""
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        values = pa.array(values, pa.large_string())
    if isinstance(values, pa.Array):
        values = pa.chunked_array([values])
    if values.type != pa.large_string():
        values = values.cast(pa.large_string())
    if values.null_count:
        values = values.fill_null("")
    return pd.Series(pd.arrays.ArrowStringArray(values, dtype=_STR))  # type: ignore[call-arg]


def grid_of(columns: Iterable[pd.Series]) -> pd.DataFrame:
    """Put text columns together as a grid whose columns are 0, 1 and so on."""
    return pd.DataFrame(dict(enumerate(columns)), copy=False)


def value_text(value: Any) -> str:
    """Give any value of a file or database as text; nothing becomes "" or stays."""
    kind = value.__class__
    if kind is str:
        return str(value)
    if value is None:
        return ""
    if kind is float:
        return "" if value != value else cell_text(value)
    if kind is Decimal:
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, np.generic):
        return value_text(value.item())
    return _other_text(value)


def _other_text(value: Any) -> str:
    if isinstance(value, bool | int | date | datetime):
        return cell_text(value)
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def arrow_texts(column: pa.ChunkedArray) -> pd.Series:
    """Give any Arrow column as texts: whole floats without `.0`, dates in ISO."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return text_column(column)
    if pa.types.is_integer(kind):
        return text_column(column.cast(pa.large_string()))
    return text_column([value_text(value) for value in column.to_pylist()])


def with_names(names: Sequence[str], columns: Sequence[pd.Series]) -> pd.DataFrame:
    """Make a grid whose first row holds the field names."""
    return grid_of(
        text_column(pa.chunked_array([[name], *_chunks(column)], pa.large_string()))
        for name, column in zip(names, columns, strict=True)
    )


def _chunks(column: pd.Series) -> list[pa.Array]:
    whole = pa.chunked_array(column.array.__arrow_array__())
    return [chunk.cast(pa.large_string()) for chunk in whole.chunks]
