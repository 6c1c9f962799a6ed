"""The whole model as a file that any solver reads: for those who want to check."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from renewopt.core.array_model import FREE
from renewopt.core.tables import write_text_atomic
from renewopt.optimise.certificate import row_names
from renewopt.optimise.engines.base import Mip
from renewopt.optimise.model import BuiltModel


def write_model(built: BuiltModel, held: Mapping[str, int], path: Path) -> Path:
    """Write the objective with the shortfall held, as `.mps` or `.lp`.

    A minimisation in units of 0.01 万元: the negative of the plan's objective. All
    columns are whole numbers. Names are short (`c12`, `r7`); what they mean is in the
    table beside the file.

    Parameters
    ----------
    held
        Value of each shortfall stage that plans may not exceed.

    Returns
    -------
    Path
        The table of names: `name`, `what`, `key`.
    """
    from renewopt.optimise.engines.highs import write

    model = built.model
    matrix, lower, upper = model.matrix()
    names = [f"{rule} | {label} | {n}" for rule, label, n in row_names(model)]
    stages = [stage for stage in built.stages[:-1] if stage.name in held]
    if stages:
        own = sparse.csr_matrix(np.vstack([stage.coef for stage in stages]))
        matrix = sparse.vstack([matrix, own]).tocsr()
        limits = [held[stage.name] - stage.constant for stage in stages]
        lower = np.concatenate([lower, np.full(len(stages), -FREE)])
        upper = np.concatenate([upper, np.array(limits, np.int64)])
        names += [f"shortfall | {stage.name} | 0" for stage in stages]
    one = np.ones(model.n_columns)
    mip = Mip(
        built.stages[-1].coef.astype(np.float64),
        matrix.astype(np.float64),
        np.where(lower <= -FREE, -np.inf, lower.astype(np.float64)),
        np.where(upper >= FREE, np.inf, upper.astype(np.float64)),
        model.lower.astype(np.float64),
        model.upper.astype(np.float64),
        np.ones(model.n_columns, bool),
        one,
        np.ones(matrix.shape[0]),
    )
    write(mip, path)
    table = path.with_name(f"{path.name}.names.csv")
    write_text_atomic(table, _names(built, names))
    return table


def _names(built: BuiltModel, rows: list[str]) -> str:
    """Give the table of names as CSV."""
    columns = [""] * built.model.n_columns
    family = [""] * built.model.n_columns
    for name, series in built.model.families.items():
        for key, number in zip(series.index, series.to_numpy(), strict=True):
            parts = key if isinstance(key, tuple) else (key,)
            columns[number], family[number] = " | ".join(map(str, parts)), name
    table = pd.DataFrame(
        {
            "name": [f"c{i}" for i in range(len(columns))]
            + [f"r{i}" for i in range(len(rows))],
            "what": [*family, *["row"] * len(rows)],
            "key": [*columns, *rows],
        }
    )
    return str(table.to_csv(index=False, lineterminator="\n"))
