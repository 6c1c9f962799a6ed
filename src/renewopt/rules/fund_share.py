"""Fund share: grants and contributions pay at most their share of a package."""

from __future__ import annotations

from collections.abc import Iterator
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
    of the chosen works less savings, over history and plan years. Funds of one kind
    (batches of a grant) have one ceiling together, the largest of theirs. Money that
    comes up front is for the whole package: its base has the payments after the plan.
    """

    structural: ClassVar[bool] = True
    kind: Literal["fund_share"] = "fund_share"

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add one row per package and fund, or batches of a fund, with a share."""
        for name, funds, share, share_base, tail in _ceilings(problem.policy.funds):
            draws = draw_terms(model, funds)
            # What was received before the plan counts, whoever may pay now.
            past = history_sum(problem, "received", funds)
            packages = sorted({*draws["package_id"], *past.index[past > 0]})
            base = base_terms(problem, model, share_base, tail=tail)
            base = base[base["package_id"].isin(packages)]
            column = "eligible_cost" if share_base == "eligible" else "cost"
            past_base = history_sum(problem, column, None)
            label = np.concatenate([draws["package_id"], base["package_id"]])
            upper = {
                f"{p} {name}": share * int(past_base.get(p, 0))
                - BP * int(past.get(p, 0))
                for p in packages
            }
            model.add_rows(
                self.id,
                label.astype(object) + f" {name}",
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
        capped: dict[tuple[str, str], dict[str, int]] = {}
        for fund in records(problem.policy.funds):
            if not pd.isna(fund.max_share_bp):
                own = {str(fund.fund_id): int(fund.max_share_bp)}
                capped.setdefault((fund.kind, fund.share_base), {}).update(own)
        rows = []
        table = problem.policy.funds
        early = set(table.loc[table["up_front"].astype(bool), "fund_id"])
        for (_, share_base), shares in capped.items():
            tests = [([fund_id], share) for fund_id, share in shares.items()]
            if len(shares) > 1:
                tests.append((sorted(shares), max(shares.values())))
            for funds, share in tests:
                for package, received in sorted(life.received_from(funds).items()):
                    whole = bool(early.intersection(funds))
                    base = life.base(package, str(share_base), tail=whole)
                    broken = BP * received > share * base
                    limit = share * base / BP / 100
                    place = f"{package} {'+'.join(funds)}"
                    finding = Finding(self.id, place, limit, received / 100)
                    rows.append((finding, broken))
        return rows


def _ceilings(funds: pd.DataFrame) -> Iterator[tuple[str, list[str], int, str, bool]]:
    """Yield name, funds, share and base of every test: each fund, then its batches.

    The last item says whether the base has the payments after the plan.
    """
    capped = funds[funds["max_share_bp"].notna()].sort_values("fund_id")
    for fund in records(capped):
        name, share = str(fund.fund_id), int(fund.max_share_bp)
        yield name, [name], share, str(fund.share_base), bool(fund.up_front)
    for (_, share_base), own in capped.groupby(["kind", "share_base"], sort=True):
        names = [str(name) for name in own["fund_id"]]
        if len(names) > 1:
            share = int(own["max_share_bp"].max())
            early = bool(own["up_front"].any())
            yield "+".join(names), names, share, str(share_base), early
