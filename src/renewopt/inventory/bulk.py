"""Bulk: columns of texts as Arrow arrays, and what can be told of all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]


def arrow_texts(
    texts: pd.Series | npt.NDArray[np.object_] | Sequence[str],
) -> pa.ChunkedArray:
    """Give texts in Arrow, without copying those that are there already."""
    array = pa.array(texts, type=pa.large_string())
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def as_mask(found: Any) -> Mask:
    """Give an Arrow array of yes and no as a mask."""
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def letters(texts: pa.Array) -> npt.NDArray[np.uint8]:
    """Give the bytes of all texts together, in UTF-8."""
    data = texts.buffers()[2]
    if data is None or not len(texts):
        return np.zeros(0, dtype=np.uint8)
    ends = offsets(texts)
    return np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]


def offsets(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Give where each text begins among the bytes, and where the last one ends."""
    ends = texts.buffers()[1]
    if ends is None or not len(texts):
        return np.zeros(len(texts) + 1, dtype=np.int64)
    bounds = np.frombuffer(ends, dtype=np.int64)
    return bounds[texts.offset : texts.offset + len(texts) + 1]


def is_ascii(texts: pa.ChunkedArray) -> bool:
    """Tell whether no text has a character beyond ASCII."""
    parts = (letters(chunk).view(np.int8) for chunk in texts.chunks)
    return all(not len(codes) or int(codes.min()) >= 0 for codes in parts)


def has_any(texts: pa.ChunkedArray, wanted: npt.NDArray[np.bool_]) -> bool:
    """Tell whether one of the bytes that are marked occurs in the texts."""
    return any(bool(wanted[letters(chunk)].any()) for chunk in texts.chunks)


def has_byte(texts: pa.ChunkedArray, sought: str) -> bool:
    """Tell whether an ASCII character occurs in the texts."""
    code = ord(sought)
    return any(bool((letters(chunk) == code).any()) for chunk in texts.chunks)


def rows_with(texts: pa.ChunkedArray, wanted: npt.NDArray[np.bool_]) -> Mask:
    """Mark the texts in which one of the marked bytes occurs."""
    found = [np.zeros(0, dtype=bool)]
    for chunk in texts.chunks:
        ends, here = offsets(chunk), np.zeros(len(chunk), dtype=bool)
        at = np.flatnonzero(wanted[letters(chunk)]) + ends[0]
        here[np.searchsorted(ends, at, side="right") - 1] = True
        found.append(here)
    return np.concatenate(found)


def may_hold(texts: pa.ChunkedArray, word: str) -> bool:
    """Tell whether some text may hold a word of one Chinese character; quick."""
    sought = word.encode()
    for codes in (letters(chunk) for chunk in texts.chunks):
        size = max(len(codes) - len(sought) + 1, 0)
        found = codes[:size] == sought[0]
        for place, code in enumerate(sought[1:], 1):
            found &= codes[place : place + size] == code
        if found.any():
            return True
    return False


def text_order(texts: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Give the order of the texts: Arrow sorts them as Python does."""
    if ascending(texts):
        return np.arange(len(texts), dtype=np.int64)
    order = pc.sort_indices(texts.combine_chunks())
    return np.asarray(order.to_numpy(zero_copy_only=False), dtype=np.int64)


def ascending(texts: pa.ChunkedArray) -> bool:
    """Tell whether each text comes before the next, so that all differ."""
    if len(texts) < 2:
        return True
    return bool(pc.all(pc.less(texts.slice(0, len(texts) - 1), texts.slice(1))).as_py())


def all_differ(texts: pa.ChunkedArray) -> bool:
    """Tell whether no text stands there twice."""
    if ascending(texts) or _counted_up(texts):
        return True
    return len(set(texts.to_pylist())) == len(texts)


def _counted_up(texts: pa.ChunkedArray) -> bool:
    """Tell whether each text is longer than the one before, or comes after it.

    So P9, P10 and P11 do, in the order of their numbers: then all differ.
    """
    size = pc.binary_length(texts)
    before, after = texts.slice(0, len(texts) - 1), texts.slice(1)
    shorter, longer = size.slice(0, len(texts) - 1), size.slice(1)
    later = pc.and_(pc.equal(shorter, longer), pc.less(before, after))
    return bool(pc.all(pc.or_(pc.less(shorter, longer), later)).as_py())


def among(texts: pd.Series, known: pd.Series) -> Mask:
    """Mark the texts that are among the known ones; each is looked up once."""
    if not len(known):
        return np.zeros(len(texts), dtype=bool)
    number, names = pd.factorize(texts.to_numpy(dtype=object))
    here = set(known.dropna().to_numpy(dtype=object).tolist())
    marks = np.array([*(name in here for name in names), False], dtype=bool)
    return marks[number]


def distinct(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give the distinct numbers in order: sorting is faster than numpy's hashing."""
    whole = np.sort(codes)
    first = np.ones(len(whole), dtype=bool)
    first[1:] = whole[1:] != whole[:-1]
    return whole[first]
