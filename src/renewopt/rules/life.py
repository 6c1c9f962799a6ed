"""A package's life in rows: history plus plan years, for `build` methods only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewopt.core.array_model import LinearModel
from renewopt.rules.dig_once import saving_terms
from renewopt.rules.problem import Problem


def base_terms(problem: Problem, model: LinearModel, base: str) -> pd.DataFrame:
    """Give (package_id, col, coef) of the base (cost or eligible cost) less savings.

    Only plan years count: the tail after the last plan year is in no test.
    """
    case = problem.case
    owner = case.work_facts.set_index("work_id")["package_id"]
    x = model.columns("x")
    paid = case.payments[case.payments["year"] <= case.end_year]
    name = "eligible_cost" if base == "eligible" else "cost"
    total = paid.groupby("work_id")[name].sum()
    own = pd.DataFrame(
        {
            "package_id": owner.loc[total.index].to_numpy(),
            "col": x.loc[total.index].to_numpy(),
            "coef": total.to_numpy(np.int64),
        }
    )
    saving = saving_terms(problem, model, eligible=base == "eligible")
    less = pd.DataFrame(
        {
            "package_id": owner.loc[saving["work_id"]].to_numpy(),
            "col": saving["col"].to_numpy(np.int64),
            "coef": -saving["coef"].to_numpy(np.int64),
        }
    )
    return pd.concat([own, less], ignore_index=True)


def draw_terms(model: LinearModel, funds: Sequence[str]) -> pd.DataFrame:
    """Give (package_id, year, fund_id, col) of what is received from the funds named.

    What is received is what is drawn, but for money that comes up front.
    """
    parts = []
    for family in ("draw", "receipt"):
        columns = model.columns(family)
        if len(columns):
            index = columns.index.to_frame(index=False)
            parts.append(index.assign(col=columns.to_numpy()))
    if not parts:
        empty = pd.DataFrame(columns=["package_id", "year", "fund_id", "col"])
        return empty.astype({"year": np.int64, "col": np.int64})
    table = pd.concat(parts, ignore_index=True)
    table = table[table["fund_id"].isin(funds)]
    return table.drop_duplicates(["package_id", "year", "fund_id"], keep="last")


def history_sum(
    problem: Problem, column: str, funds: Sequence[str] | None
) -> pd.Series:
    """Sum a column of the package history per package; `funds` None: all rows."""
    history = problem.case.package_history
    if funds is not None:
        history = history[history["fund_id"].isin(funds)]
    return history.groupby("package_id")[column].sum()
