"""Fund share: grants and contributions pay at most their share of a package."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from renewopt.core.array_model import LinearModel
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.funds import BP
from renewopt.rules.life import base_terms, draw_terms, history_sum
from renewopt.rules.life_check import Life
from renewopt.rules.problem import Problem


class FundShare(Rule):
    """10000 · Σ_t received[p, t, f] ≤ share_bp · base[p], per package p and fund f.

    The base is the eligible cost (grants; it excludes what operators own) or the cost
    of the chosen works less savings, over history and plan years.
    """

    structural: ClassVar[bool] = True
    kind: Literal["fund_share"] = "fund_share"

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per package and fund with a share."""
        capped = problem.policy.funds[problem.policy.funds["max_share_bp"].notna()]
        for fund in records(capped):
            share = int(fund.max_share_bp)
            fund_id = str(fund.fund_id)
            draws = draw_terms(model, [fund_id])
            # What was received before the plan counts, whoever may pay now.
            past = history_sum(problem, "received", [fund_id])
            packages = sorted({*draws["package_id"], *past.index[past > 0]})
            base = base_terms(problem, model, str(fund.share_base))
            base = base[base["package_id"].isin(packages)]
            name = "eligible_cost" if fund.share_base == "eligible" else "cost"
            past_base = history_sum(problem, name, None)
            label = np.concatenate([draws["package_id"], base["package_id"]])
            upper = {
                f"{p} {fund_id}": share * int(past_base.get(p, 0))
                - BP * int(past.get(p, 0))
                for p in packages
            }
            model.add_rows(
                self.id,
                label.astype(object) + f" {fund_id}",
                np.concatenate([draws["col"], base["col"]]),
                np.concatenate([np.full(len(draws), BP), -share * base["coef"]]),
                upper=upper,
            )

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Add up each package's life and compare."""
        return [
            Breach(self.id, f.where, f.limit, f.used)
            for f, broken in self._judge(problem, schedule)
            if broken
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report received money against the largest share."""
        return [finding for finding, _ in self._judge(problem, schedule)]

    def _judge(
        self, problem: Problem, schedule: Schedule
    ) -> list[tuple[Finding, bool]]:
        life = Life.of(problem, schedule)
        rows = []
        for fund in records(problem.policy.funds):
            if pd.isna(fund.max_share_bp):
                continue
            share, fund_id = int(fund.max_share_bp), str(fund.fund_id)
            for package, received in sorted(life.received_from([fund_id]).items()):
                base = life.base(package, str(fund.share_base))
                broken = BP * received > share * base
                limit = share * base / BP / 100
                finding = Finding(
                    self.id, f"{package} {fund_id}", limit, received / 100
                )
                rows.append((finding, broken))
        return rows
