"""Layers: what confirmed money alone allows, and what is added if more arrives.

The confirmed problem (保底方案) has the same facts and rules and only the money that is
confirmed. The problem above it (争取方案) has all money and keeps every work of the
confirmed plan, and the money that pays for it, package by package and year by year: a
rule of kind `decided` says so, so that model, auditor and people see it as any other
rule. The layers are nested; nothing is averaged; and if the unsure money never comes,
the confirmed plan still has its own.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from renewopt.core.money import to_wan
from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.rules.decided import Decided, Pay
from renewopt.rules.policy import Policy, with_structure
from renewopt.rules.problem import Problem

LAYER_RULE = "confirmed-layer"
"""Identifier of the rule that keeps what the confirmed plan does."""
TITLE = {
    "zh": "保底方案已安排的子项保持不变",
    "en": "What the confirmed layer does stays",
}


def unsure_money(policy: Policy) -> pd.DataFrame:
    """List the money that is not confirmed: rows of `fund_years` with an amount."""
    money = policy.fund_years
    unsure = (money["certainty"] != "confirmed") & (money["amount"] > 0)
    return money[unsure]


def confirmed_problem(problem: Problem) -> Problem:
    """Give the problem with confirmed money only."""
    policy = problem.policy
    money = policy.fund_years
    sure = money["amount"].where(money["certainty"] == "confirmed", 0)
    rules = tuple(rule for rule in policy.rules if rule.id != LAYER_RULE)
    own = replace(policy, rules=rules, fund_years=money.assign(amount=sure))
    return Problem(problem.case, own)


def nested_problem(problem: Problem, confirmed: Schedule) -> Problem:
    """Give the problem with all money that keeps works and money of `confirmed`."""
    facts = problem.chosen_works(confirmed.chosen["work_id"])
    own = facts[facts["status"] != "running"].sort_values("project_id")
    rules = [rule for rule in problem.policy.rules if rule.id != LAYER_RULE]
    pay = _kept_money(problem, confirmed)
    if len(own) or pay:
        names = [str(name) for name in own["project_id"]]
        rules.append(
            Decided(
                id=LAYER_RULE,
                title=TITLE,
                include=tuple(names),
                start=dict(zip(names, map(int, own["start_year"]), strict=True)),
                mode=dict(zip(names, map(str, own["mode"]), strict=True)),
                pay=pay,
            )
        )
    ordered = with_structure(rules, has_funds=len(problem.policy.funds) > 0)
    return Problem(problem.case, replace(problem.policy, rules=tuple(ordered)))


def _kept_money(problem: Problem, confirmed: Schedule) -> tuple[Pay, ...]:
    """Give every draw of the confirmed plan, with what its packages save already."""
    works = problem.chosen_works(confirmed.chosen["work_id"])
    saving = confirmed.chosen.set_index("work_id")["saving"]
    owner = works.set_index("work_id")["package_id"]
    saved = saving.groupby(owner.reindex(saving.index)).sum()
    return tuple(
        Pay(
            package=str(draw.package_id),
            fund=str(draw.fund_id),
            year=int(draw.year),
            amount=to_wan(int(draw.amount)),
            received=to_wan(int(draw.received)),
            saved=to_wan(int(saved.get(str(draw.package_id), 0))),
        )
        for draw in records(confirmed.draws)
    )
