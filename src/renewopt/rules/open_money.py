"""Money without the rule that it needs: said before a plan relies on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.tables import records

CENTRAL = ("central_budget", "ultra_long_treasury")
"""Kinds of central money: a package has at most one source of them."""

NEEDS = {
    "special_bond": ("coverage", "bond_review"),
    "resident_fund": ("resident_limit",),
}
"""Rules that a kind of money needs: without them nothing asks who earns or pays it."""


def open_money(problem: Any, offered: set[str]) -> Iterable[Message]:
    """Name money of this plan that no rule of its kind holds.

    Bonds that nothing makes be earned and reviewed, residents' money that no household
    limits, central money of several funds, and old bonds that are owed nowhere.
    """
    funds = problem.policy.funds
    here = funds[funds["fund_id"].isin(offered)]
    for money, kinds in NEEDS.items():
        own = set(here.loc[here["kind"] == money, "fund_id"])
        for kind in kinds:
            for fund in sorted(own - _held(problem, kind)):
                yield message(f"policy.no_{kind}", fund=fund)
    central = set(here.loc[here["kind"].isin(CENTRAL), "fund_id"])
    limits = [set(r.own_funds(problem)) for r in problem.policy.of_kind("source_limit")]
    if len(central) > 1 and not any(central <= own for own in limits):
        yield message("policy.several_central", funds=", ".join(sorted(central)))
    yield from _owed_nowhere(problem)


def _held(problem: Any, kind: str) -> set[str]:
    return {f for rule in problem.policy.of_kind(kind) for f in rule.own_funds(problem)}


def _owed_nowhere(problem: Any) -> Iterable[Message]:
    """Name debt that packages took before the plan and no existing debt states."""
    policy, history = problem.policy, problem.case.package_history
    stated = set(policy.existing_debt["fund_id"])
    for fund in records(policy.funds[policy.funds["debt"]]):
        own = history.loc[history["fund_id"] == fund.fund_id, "received"].sum()
        if own and fund.fund_id not in stated:
            value = float(own) / UNITS_PER_WAN
            yield message("policy.owed_nowhere", fund=fund.fund_id, value=value)
