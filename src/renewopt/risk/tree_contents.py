"""What tree tables of a model file may say: scikit-learn walks them unchecked.

Compiled code follows the numbers of a table without a look at their range: a column
beyond the table reads foreign memory, a child that leads back never ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_LOG = 20.0
"""Greatest |logarithm of a rate| that the leaves of a forest may add up to; training
stays below 13."""
CODES = 256
"""Codes of a column that trees can tell apart."""


def forest_problems(forest: Any, columns: int) -> Iterator[str]:
    """Name what no training writes into the tables of a forest.

    Parameters
    ----------
    columns
        Number of columns that it was grown on.
    """
    try:
        yield from _forest(forest, columns)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        yield f"forest: {error!r}"


def _forest(forest: Any, columns: int) -> Iterator[str]:
    flags = np.asarray(forest._bin_mapper.is_categorical_)
    if flags.shape != (columns,) or flags.dtype not in (np.bool_, np.uint8):
        yield "forest: which columns hold codes is not told"
        return
    categorical = flags == 1
    yield from _codes(forest, categorical)
    base = np.asarray(forest._baseline_prediction, dtype=np.float64)
    if base.shape != (1, 1) or not np.isfinite(base).all():
        yield f"forest: baseline {base.tolist()}"
        return
    high = low = float(base[0, 0])
    for number, round_ in enumerate(forest._predictors):
        if len(round_) != 1:
            yield f"tree {number}: {len(round_)} tables"
            return
        wrong = _table(round_[0], categorical)
        if wrong:
            yield f"tree {number}: {wrong}"
            return
        nodes = round_[0].nodes
        values = nodes["value"][nodes["is_leaf"] == 1]
        high, low = high + float(values.max()), low + float(values.min())
    if not -MOST_LOG <= low <= high <= MOST_LOG:
        yield f"forest: leaves add up to {low:.3g}…{high:.3g}"


def _codes(forest: Any, categorical: npt.NDArray[np.bool_]) -> Iterator[str]:
    known = forest._bin_mapper.known_categories
    if known is None:
        known = [None] * len(categorical)
    if len(known) != len(categorical):
        yield "forest: codes of other columns"
        return
    for is_code, codes in zip(categorical, known, strict=True):
        values = np.asarray([] if codes is None else codes, dtype=np.float64)
        if is_code and not ((values >= 0) & (values < CODES)).all():
            yield "forest: codes out of range"


def _table(tree: Any, categorical: npt.NDArray[np.bool_]) -> str:
    """Say what is wrong with one table; empty for a sound one."""
    from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE

    nodes, sets = tree.nodes, np.asarray(tree.raw_left_cat_bitsets)
    if not isinstance(nodes, np.ndarray) or nodes.dtype != PREDICTOR_RECORD_DTYPE:
        return "not a table of nodes"
    if nodes.ndim != 1 or not len(nodes):
        return "no nodes"
    if sets.ndim != 2 or sets.shape[1] != CODES // 32 or sets.dtype != np.uint32:
        return "codes of splits are damaged"
    flags = np.column_stack([nodes["is_leaf"], nodes["is_categorical"]])
    if (flags > 1).any():
        return "flags that are neither yes nor no"
    leaf = nodes["is_leaf"] == 1
    inner, own = nodes[~leaf], np.flatnonzero(~leaf)
    if not np.isfinite(nodes["value"][leaf]).all():
        return "leaves without a number"
    return _splits(inner, own, len(nodes), categorical, len(sets))


def _splits(
    inner: npt.NDArray[np.void],
    own: npt.NDArray[np.int64],
    size: int,
    categorical: npt.NDArray[np.bool_],
    sets: int,
) -> str:
    """Say what is wrong with the nodes that are no leaves."""
    column = inner["feature_idx"]
    if ((column < 0) | (column >= len(categorical))).any():
        return "columns that are not there"
    children = np.concatenate([inner["left"], inner["right"]]).astype(np.int64)
    parents = np.concatenate([own, own])
    if ((children <= parents) | (children >= size)).any():
        return "children that lead back or out of the table"
    if len(np.unique(children)) != len(children):
        return "children with two parents"
    by_code = inner["is_categorical"] == 1
    if (by_code & ~categorical[column]).any():
        return "codes of a column of numbers"
    if (inner["bitset_idx"][by_code] >= sets).any():
        return "codes that are not there"
    if np.isnan(inner["num_threshold"][~by_code]).any():
        return "splits without a number"
    return ""
