"""A package's life in rows: history plus plan years, for `build` methods only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.core.array_model import IntArray, LinearModel
from renewopt.core.case import PlanningCase
from renewopt.rules.dig_once import saving_terms
from renewopt.rules.funds import DebtTerms
from renewopt.rules.problem import Problem


def works_of(case: PlanningCase, projects: Sequence[str]) -> IntArray:
    """List the rows of `works` of the projects named, in the order of the case."""
    known = case.works_by_project
    found = [known[name] for name in dict.fromkeys(projects) if name in known]
    return np.sort(np.concatenate([np.zeros(0, np.int64), *found]))


def year_names(years: IntArray) -> npt.NDArray[np.object_]:
    """Give years as texts, each made once."""
    number, distinct = pd.factorize(years)
    names = np.array([str(year) for year in distinct], object)
    return names[number]


def base_terms(
    problem: Problem, model: LinearModel, base: str, *, tail: bool = False
) -> pd.DataFrame:
    """Give (package_id, col, coef) of the base (cost or eligible cost) less savings.

    Plan years, and with `tail` also what is paid after the last one.
    """
    case = problem.case
    owner = case.work_facts["package_id"].to_numpy(object)
    x = model.columns("x").to_numpy()
    within = (case.payments["year"] <= case.end_year).to_numpy() | tail
    name = "eligible_cost" if base == "eligible" else "cost"
    paid = case.payments[name].to_numpy(np.int64)[within]
    total = np.zeros(len(owner), np.int64)
    np.add.at(total, case.payment_works[within], paid)
    works = np.unique(case.payment_works[within])
    own = pd.DataFrame(
        {"package_id": owner[works], "col": x[works], "coef": total[works]}
    )
    saving = saving_terms(problem, model, eligible=base == "eligible")
    less = pd.DataFrame(
        {
            "package_id": owner[saving["work"].to_numpy(np.int64)],
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


@dataclass(frozen=True, eq=False)
class DebtDraws:
    """Draws of debt, and what they leave or cost in a year as whole numbers.

    Worked out once per fund and year of issue, however many packages draw.
    """

    terms: Mapping[str, DebtTerms]
    draws: pd.DataFrame

    @cached_property
    def _issues(self) -> tuple[IntArray, list[tuple[str, int]]]:
        pairs = pd.MultiIndex.from_frame(self.draws[["fund_id", "year"]])
        number, issues = pairs.factorize()
        return number.astype(np.int64), [(str(f), int(y)) for f, y in issues]

    def shares(
        self, share: Callable[[DebtTerms, int], Fraction], year: int
    ) -> tuple[IntArray, int]:
        """Give what `year` sees of each draw, in whole parts of the scale given."""
        number, issues = self._issues
        found = [share(self.terms[fund], year - issued) for fund, issued in issues]
        scale = lcm(*(part.denominator for part in found), 1)
        whole = np.array([int(part * scale) for part in found], np.int64)
        return whole[number] if len(number) else number, scale


def history_sum(
    problem: Problem, column: str, funds: Sequence[str] | None
) -> pd.Series:
    """Sum a column of the package history per package; `funds` None: all rows."""
    history = problem.case.package_history
    if funds is not None:
        history = history[history["fund_id"].isin(funds)]
    return history.groupby("package_id")[column].sum()
