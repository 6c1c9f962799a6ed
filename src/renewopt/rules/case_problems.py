"""What a case itself says that no plan may rest on, whatever the rules are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from renewopt.core.errors import Message, message
from renewopt.core.tables import records


def free_works(problem: Any) -> Iterable[Message]:
    """Refuse works that nothing is paid for: a mode without a cost would win always."""
    case = problem.case
    works = case.work_facts[case.work_facts["status"] != "running"]
    free = works[~works["work_id"].isin(set(case.payments["work_id"]))]
    if len(free):
        named = ", ".join(free["work_id"][:5])
        yield message("case.work_without_cost", works=named, count=len(free))


def early_works(problem: Any) -> Iterable[Message]:
    """Refuse works that are offered before their package can be ready."""
    case = problem.case
    works = case.work_facts[case.work_facts["status"] != "running"]
    early = works[(works["start_year"] < works["first_start"]).fillna(False)]
    for package, own in early.groupby("package_id", sort=True):
        yield message(
            "policy.before_ready",
            package=package,
            first=int(own["first_start"].iloc[0]),
            works=", ".join(own["work_id"][:5]),
            count=len(own),
        )


def ownerless_debt(problem: Any) -> Iterable[Message]:
    """Refuse bonds for packages that nobody applies for and owes.

    A bank loan names its borrower itself; every bond is some legal owner's.
    """
    case, funds = problem.case, problem.policy.funds
    bonds = funds.loc[funds["debt"] & (funds["borrower"] == ""), "fund_id"]
    nobody = case.packages.loc[case.packages["legal_owner"] == "", "package_id"]
    pairs = problem.eligible_pairs
    pairs = pairs[pairs["fund_id"].isin(bonds) & pairs["package_id"].isin(nobody)]
    for fund, own in pairs.groupby("fund_id", sort=True):
        yield message(
            "policy.bond_without_owner",
            fund=fund,
            packages=", ".join(own["package_id"][:5]),
            count=len(own),
        )


def excluded_works(problem: Any) -> Iterable[Message]:
    """Refuse works in modes that the case's own exclusions bar."""
    case = problem.case
    bars = case.exclusions[case.exclusions["exempt"] == ""]
    bars = bars.drop_duplicates(["project_id", "mode"])
    works = case.work_facts[case.work_facts["status"] != "running"]
    keys = ["project_id", "mode"]
    both = works[["work_id", *keys]].merge(bars, on=keys)
    for row in records(both.drop_duplicates(keys)):
        yield message(
            "policy.excluded_work",
            work=row.work_id,
            mode=row.mode,
            pack=row.pack,
            exclusion=row.exclusion,
            clause=row.clause,
        )


def included_problems(problem: Any) -> Iterable[Message]:
    """Refuse prices that other projects lower where nothing makes these be built."""
    bound = [
        rule
        for rule in problem.policy.of_kind("coupling")
        if rule.link == "included" and rule.needs
    ]
    if (problem.case.links["link"] == "included").any() and not bound:
        yield message("policy.included_free")


def moved_problems(problem: Any) -> Iterable[Message]:
    """Refuse works of moving in that nothing keeps with what takes them in."""
    links = problem.case.links
    moved = links[links["other_mode"] != ""]
    rules = [rule for rule in problem.policy.of_kind("coupling") if rule.how == "with"]
    bound = moved["link"].isin([rule.link for rule in rules])
    for link in sorted(set(moved.loc[~bound, "link"])):
        yield message("policy.moved_free", link=link)
    own = moved[bound]
    twice = own[own.duplicated(["link", "other_id", "other_mode"], keep=False)]
    for (link, project, _), rows in twice.groupby(["link", "other_id", "other_mode"]):
        yield message(
            "policy.moved_twice",
            link=link,
            project=project,
            others=", ".join(sorted(rows["project_id"])),
        )


def cut_off(problem: Any) -> Iterable[Message]:
    """Refuse works that retire assets which nobody takes over from for certain.

    Whoever takes over may be in no project that can be retired itself: whatever is
    chosen, the customers stay connected.
    """
    case = problem.case
    works = case.work_facts[case.work_facts["retires"] == 1]
    assets = case.project_assets.merge(
        works[["project_id", "asset_class", "status"]].drop_duplicates(),
        on="project_id",
    )
    leaving = set(zip(assets["asset_class"], assets["asset_id"], strict=True))
    own = assets[assets["status"] != "running"]
    keys = ["project_id", "asset_id"]
    pairs = own.merge(case.handovers, on=keys, how="left")
    named = zip(pairs["asset_class"], pairs["taken_by"], strict=True)
    bad = pairs[
        pairs["taken_by"].isna() | np.array([p in leaving for p in named], bool)
    ]
    for row in records(bad.drop_duplicates(keys)):
        taker = "–" if pd.isna(row.taken_by) else str(row.taken_by)
        yield message(
            "case.cut_off", project=row.project_id, asset=row.asset_id, taker=taker
        )
    listed = set(own["project_id"])
    fresh = works[works["status"] != "running"]
    for project in sorted(set(fresh["project_id"]) - listed):
        yield message("case.cut_off", project=project, asset="–", taker="–")


def idle_weights(problem: Any) -> list[Message]:
    """Name further benefits that are weighed but that no work has."""
    works = problem.case.works
    return [
        message("policy.objective_idle", value=name)
        for name, weight in sorted(problem.policy.objective.weights.items())
        if weight and name in works and not works[name].any()
    ]
