"""Draw size: money comes in amounts that a finance bureau handles."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from renewopt.core.array_model import IntArray, LinearModel
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.schedule import Breach, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.life import draw_terms
from renewopt.rules.problem import Problem


class DrawSize(Rule):
    """received[p, t, f] = step · parcels[p, t, f], and 0 or at least `least_draw`.

    With `drawn` 0 or 1: least_draw · drawn ≤ received ≤ most · drawn. A bond of 12.37
    万元 is refused by any finance bureau.
    """

    structural: ClassVar[bool] = True
    kind: Literal["draw_size"] = "draw_size"

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add parcels where a fund has a step, yes-or-no where it has a least draw."""
        for column, family in (("step", "parcels"), ("least_draw", "drawn")):
            sizes = _sizes(problem, column)
            draws = draw_terms(model, list(sizes))
            if not len(draws):
                continue
            col = draws["col"].to_numpy(np.int64)
            size = np.array([sizes[str(fund)] for fund in draws["fund_id"]], np.int64)
            # A draw beyond what is due is for `paid_in_full` to find, not for these.
            most = model.upper[col] + UNITS_PER_WAN
            keys = pd.MultiIndex.from_frame(draws[["package_id", "year", "fund_id"]])
            parcels = family == "parcels"
            upper = most // size if parcels else np.ones_like(size)
            helper = model.add_columns(family, keys, upper=upper)
            names = draws["package_id"] + " " + draws["fund_id"] + " "
            names = names + draws["year"].astype(str)
            cases: list[tuple[str, IntArray, int | None, int | None]] = (
                [("step", size, 0, 0)]
                if parcels
                else [("least", size, 0, None), ("most", most, None, 0)]
            )
            for word, factor, lower, upto in cases:
                model.add_rows(
                    self.id,
                    np.tile((names + f" {word}").to_numpy(object), 2),
                    np.concatenate([col, helper]),
                    np.concatenate([np.ones_like(factor), -factor]),
                    lower=lower,
                    upper=upto,
                )

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Give whole parcels, and whether there is a draw."""
        draws = schedule.draws[schedule.draws["received"] > 0]
        keys = pd.MultiIndex.from_frame(draws[["package_id", "year", "fund_id"]])
        steps = _sizes(problem, "step")
        size = np.array([steps.get(str(f), 1) for f in draws["fund_id"]], np.int64)
        parcels = draws["received"].to_numpy(np.int64) // size
        return {
            "parcels": pd.Series(parcels, index=keys),
            "drawn": pd.Series(1, index=keys, dtype=np.int64),
        }

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Look at the size of every draw."""
        funds = {str(fund.fund_id): fund for fund in records(problem.policy.funds)}
        found = []
        for draw in records(schedule.draws):
            fund, money = funds.get(str(draw.fund_id)), int(draw.received)
            if fund is None or money <= 0:
                continue
            place = f"{draw.package_id} {draw.fund_id} {draw.year}"
            least, step = int(fund.least_draw), int(fund.step)
            if money < least:
                found.append(Breach(self.id, place, least / 100, money / 100))
            elif step and money % step:
                good = money - money % step
                found.append(Breach(self.id, place, good / 100, money / 100))
        return found


def _sizes(problem: Problem, column: str) -> dict[str, int]:
    """Give the least draw, or the step, of the funds that have one; for `build`."""
    funds = problem.policy.funds
    return {
        str(fund): int(size)
        for fund, size in zip(funds["fund_id"], funds[column], strict=True)
        if size > 0
    }
