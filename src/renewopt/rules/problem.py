"""Problem: one case under one policy, and the shared facts that rules read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from renewopt.core.case import PlanningCase
from renewopt.core.tables import records
from renewopt.rules.funds import listed

if TYPE_CHECKING:
    from renewopt.rules.policy import Policy


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be decided: facts (case) and wishes and means (policy)."""

    case: PlanningCase
    policy: Policy

    @cached_property
    def kept(self) -> dict[str, Any]:
        """Tables that a rule works out once and needs several times, by its key."""
        return {}

    @cached_property
    def eligible_pairs(self) -> pd.DataFrame:
        """List (package_id, fund_id) where the fund may pay for the package.

        By nature, ownership, classes of the package's projects, the kinds of money
        that the package names and, for money that belongs to one owner, by legal owner.
        Facts, not rows: both the model and the people read this list;
        `fund_eligibility.check` judges draws by itself.
        """
        packages = self.case.packages
        classes: dict[str, set[str]] = {}
        for project in records(self.case.projects):
            classes.setdefault(project.package_id, set()).add(project.asset_class)
        rows: list[pd.DataFrame] = []
        for fund in records(self.policy.funds):
            mask = pd.Series(True, index=packages.index)
            if listed(str(fund.natures)):
                mask &= packages["nature"].isin(listed(str(fund.natures)))
            if listed(str(fund.ownerships)):
                mask &= packages["ownership"].isin(listed(str(fund.ownerships)))
            if listed(str(fund.asset_classes)):
                allowed = set(listed(str(fund.asset_classes)))
                fits = [
                    classes.get(p, set()) <= allowed for p in packages["package_id"]
                ]
                mask &= pd.Series(fits, index=packages.index, dtype=bool)
            if fund.owner_only:
                mask &= packages["legal_owner"] == fund.owner
            if fund.borrower:
                mask &= packages["borrower"] == fund.borrower
            named = [listed(str(kinds)) for kinds in packages["fund_kinds"]]
            own = [not kinds or fund.kind in kinds for kinds in named]
            mask &= pd.Series(own, index=packages.index, dtype=bool)
            ids = packages.loc[mask, "package_id"]
            rows.append(pd.DataFrame({"package_id": ids, "fund_id": fund.fund_id}))
        if not rows:
            return pd.DataFrame({"package_id": [], "fund_id": []}, dtype=str)
        return pd.concat(rows, ignore_index=True)

    @cached_property
    def safety_projects(self) -> frozenset[str]:
        """Projects with a safety duty, from the facts."""
        duties = self.case.obligations
        own = duties.loc[duties["hardness"] == "safety_duty", "project_id"]
        return frozenset(own)

    @cached_property
    def paving(self) -> dict[str, tuple[int, str]]:
        """Year and kind of each corridor's last paving, where it is known."""
        table = self.case.corridors
        known = table[table["last_paved"].notna()]
        return {
            str(row.corridor_id): (int(row.last_paved), str(row.paving_kind))
            for row in records(known)
        }

    @cached_property
    def road_works(self) -> dict[str, int]:
        """Year of the road works that are planned on a corridor, within the plan.

        An earlier year is no fact: what was paved since stands in `last_paved`.
        """
        table = self.case.corridors
        known = table[table["planned_road_work_year"] >= self.case.start_year]
        return {
            str(row.corridor_id): int(row.planned_road_work_year)
            for row in records(known)
        }

    @cached_property
    def running_starts(self) -> dict[str, list[int]]:
        """Start years of running works by corridor."""
        dug = self.case.openings
        starts: dict[str, list[int]] = {}
        for row in records(dug[dug["status"] == "running"]):
            starts.setdefault(str(row.corridor_id), []).append(int(row.start_year))
        return starts

    def chosen_works(self, work_ids: pd.Series) -> pd.DataFrame:
        """Facts of the chosen works, in the order of the case."""
        facts = self.case.work_facts
        return facts[facts["work_id"].isin(set(work_ids))]
