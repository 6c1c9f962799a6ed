"""Numbers cut into steps before trees are grown: weighted quantiles, once a panel.

scikit-learn sorts every column anew for each of its steps where rows have weights,
which takes five times as long as growing the trees. Here the steps are found once,
trees are grown on their numbers, and each split gets the value that it stands for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def edges_of(values: FloatArray, weight: FloatArray, steps: int) -> FloatArray:
    """Give the greatest value of every step but the last; NaN is no value.

    Parameters
    ----------
    steps
        Most steps; fewer where there are no more different values.
    """
    known = ~np.isnan(values)
    order = np.argsort(values[known], kind="stable")
    sorted_, weighed = values[known][order], np.cumsum(weight[known][order])
    distinct = np.unique(sorted_)
    if len(distinct) <= steps:
        return np.asarray((distinct[:-1] + distinct[1:]) / 2, dtype=np.float64)
    wanted = np.linspace(0, 1, steps + 1)[1:-1] * weighed[-1]
    at = np.minimum(np.searchsorted(weighed, wanted), len(sorted_) - 1)
    found = np.unique(sorted_[at])
    return np.asarray(found[found < distinct[-1]], dtype=np.float64)


def numbered(values: FloatArray, edges: FloatArray) -> FloatArray:
    """Give the number of the step of every value; NaN stays."""
    step = np.searchsorted(edges, values, side="left").astype(np.float64)
    return np.where(np.isnan(values), np.nan, step)


def with_values(
    tree: Any, x: FloatArray, edges: list[FloatArray], is_text: list[bool]
) -> Any:
    """Put the values of the steps into the splits of trees grown on their numbers.

    Parameters
    ----------
    tree
        A fitted `HistGradientBoostingRegressor`.
    x
        What it was fitted to.
    edges
        By column, what `edges_of` gives; of no use where the column is text.
    """
    codes = [np.unique(column[~np.isnan(column)]).astype(np.int64) for column in x.T]
    text = np.array(is_text, dtype=np.bool_)
    # Columns of codes come first within the trees.
    order = [*np.flatnonzero(text).tolist(), *np.flatnonzero(~text).tolist()]
    for stage in tree._predictors:
        for grown in stage:
            nodes = grown.nodes
            for at in np.flatnonzero(nodes["is_leaf"] == 0):
                column = order[int(nodes["feature_idx"][at])]
                if not is_text[column]:
                    there, split = codes[column], int(nodes["bin_threshold"][at])
                    # The last step and beyond: known values against none.
                    whole = split >= len(there) - 1
                    value = np.inf if whole else edges[column][there[split]]
                    nodes["num_threshold"][at] = value
    return tree
