"""Decimal commas: what a comma between digits means, as the whole file tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from renewopt.inventory.bulk import arrow_texts, has_byte, may_hold
from renewopt.inventory.readers.texts import text_column
from renewopt.inventory.words import tight

Comma = Literal["thousands", "decimal", "unclear"]
"""What a comma between digits is; `unclear`: no number with one is taken."""

_COMMA = r"^\s*[+-]?\d+(?:[.\d]*\d)?,\d[\d,.]*\s*$"
"""A number with a comma in it, whatever it means."""
_DECIMAL = re.compile(r"[+-]?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,})|\d{1,3}(?:\.\d{3})+,\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3}){2,}|(?:,\d{3})+\.\d+)")
_EITHER = re.compile(r"[+-]?[1-9]\d*,\d{3}")
_QUOTED = re.compile(rb'"\s*[+-]?\d[\d.]*,\d')
_BETWEEN = re.compile(rb"\d,\d")
"""What a file holds that has such numbers; most have none, which is fast to tell."""
_POINT = r"^\s*[+-]?(?:\d+\.(?:\d{1,2}|\d{4,})|0\.\d+)\s*$"
"""A number with a decimal point, which is no group of thousands."""


def comma_of(grid: pd.DataFrame, delimiter: str, data: bytes) -> Comma:
    """Say what a comma between digits means in a file.

    It is a decimal comma where the cells are separated by semicolons, some number can
    mean nothing else, and none contradicts. Where numbers with commas contradict each
    other, or in a file with semicolons tell neither, they are not taken.
    """
    if not (_QUOTED if delimiter == "," else _BETWEEN).search(data):
        return "thousands"
    found = {text for column in _texts(grid) for text in _with_comma(column)}
    decimal = any(_DECIMAL.fullmatch(text) for text in found)
    thousands = any(_THOUSANDS.fullmatch(text) for text in found)
    if not decimal:
        either = any(_EITHER.fullmatch(text) for text in found)
        doubt = either and delimiter == ";" and not thousands
        return "unclear" if doubt and not _has_points(grid) else "thousands"
    whole = delimiter == ";" and not thousands and not _has_points(grid)
    return "decimal" if whole else "unclear"


def has_decimal(texts: pd.Series) -> bool:
    """Tell whether a column holds a number whose comma can only be a decimal one."""
    whole = arrow_texts(texts)
    if not has_byte(whole, ",") and not may_hold(whole, "，"):
        return False
    array = _array(texts)
    found = pc.unique(pc.filter(array, pc.match_substring_regex(array, "[,，]")))
    return any(_DECIMAL.fullmatch(tight(text)) for text in found.to_pylist())


def with_points(grid: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Write the decimal commas of a grid as points; give the number of cells."""
    columns, changed = {}, 0
    for name in grid:
        texts = grid[name]
        mine = _mask(_array(texts), _COMMA)
        if mine.any():
            changed += int(mine.sum())
            cells = texts.to_numpy(dtype=object, copy=True)
            for i in np.flatnonzero(mine):
                cells[i] = cells[i].replace(".", "").replace(",", ".")
            texts = text_column(list(cells))
        columns[name] = texts
    return pd.DataFrame(columns), changed


def _texts(grid: pd.DataFrame) -> Iterator[pa.Array]:
    return (_array(grid[name]) for name in grid)


def _array(texts: pd.Series) -> pa.Array:
    array = pa.array(texts, type=pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _mask(texts: pa.Array, pattern: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = pc.match_substring_regex(texts, pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _with_comma(texts: pa.Array) -> list[str]:
    found = pc.unique(pc.filter(texts, pc.match_substring_regex(texts, _COMMA)))
    return [str(text).strip() for text in found.to_pylist()]


def _has_points(grid: pd.DataFrame) -> bool:
    return any(_mask(column, _POINT).any() for column in _texts(grid))
