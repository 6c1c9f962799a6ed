"""Limits that just fit a plan, found by trying them on it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from renewopt.core.schedule import Schedule
from renewopt.rules.problem import Problem
from tests.rules.dice import Dice

Row = dict[str, Any]


def _rule(rule: Row, problem: Problem) -> Any:
    """Give the rule that the table became."""
    return next(r for r in problem.policy.rules if r.id == rule["id"])


def _kept(own: Any, problem: Problem, base: Schedule, **terms: Any) -> bool:
    """Tell whether the plan keeps the rule with other terms."""
    return not own.model_copy(update=terms).check(problem, base)


def _least(dice: Dice, most: int, kept: Any) -> int:
    """Find the least number that keeps, by halving; sometimes one off."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if kept(middle) else (middle + 1, high)
    return max(0, low + dice.pick((0, 0, 0, -1, 1)))


def _covered(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    own = _rule(rule, problem)
    whole = own.model_copy(update={"min_bp": 10_000})
    found = whole.explain(problem, base)
    ratio = min((int(f.limit / f.used * 10_000) for f in found), default=12_000)
    if not ratio:  # bonds without income: no ratio but 0 is kept
        ratio = dice.pick((0, 5000))
    return rule | {"min_bp": max(0, min(100_000, ratio + dice.pick((0, 0, -1, 1))))}


def _open_funds(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Name funds that the plan may use; for a list of what is barred, some places."""
    own = _rule(rule, problem)
    if rule["kind"] == "negative_list":
        district = dice.pick(("east", "west"))
        place = {"district": [district]}
        where = dice.pick((place, {"nature": ["quasi_public"]}, {}, place))
        rule, own = rule | {"where": where}, own.model_validate(rule | {"where": where})
    funds = [str(f) for f in problem.policy.funds["fund_id"]]
    good = [f for f in funds if _kept(own, problem, base, funds=(f,))]
    if not good or dice.chance(0.4):
        good = [*good, dice.pick(funds)]
    return rule | {"funds": sorted(set(good))}


def _able(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Find money that the plan's households can give, and what it asks of each."""
    most, own = 1_000_000, _rule(rule, problem)
    funds = [
        str(f)
        for f in dice.shuffled(list(problem.policy.funds["fund_id"]))
        if _kept(own, problem, base, funds=(f,), yuan_per_household=most)
    ]
    if not funds:
        return rule
    yuan = _least(
        dice,
        most,
        lambda n: _kept(own, problem, base, funds=(funds[0],), yuan_per_household=n),
    )
    asked = {"funds": funds[:1], "yuan_per_household": yuan}
    # Mostly of whoever is renewed; now and then of one class, which may be too little.
    some = {"asset_class": [str(problem.case.projects["asset_class"].iloc[0])]}
    return rule | asked | {"where": dice.pick(({}, {}, {}, some))}


def _part(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Leave open just the part of the money that the plan uses."""
    own = _rule(rule, problem)
    if rule["kind"] == "debt_band":
        part = _least(
            dice,
            10_000,
            lambda n: _kept(own, problem, base, quota_bp={"orange": n}),
        )
        return rule | {"quota_bp": {"orange": min(10_000, part)}}
    part = _least(dice, 10_000, lambda n: _kept(own, problem, base, keep_bp=10_000 - n))
    return rule | {"keep_bp": 10_000 - min(10_000, part)}


def _grown(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Let debt grow just as the plan lets it."""
    step = Decimal(dice.pick((0, 0, 0, -1, 1))) / 100
    found = _rule(rule, problem).explain(problem, base)
    used = {f.where: Decimal(str(f.used)) for f in found}
    return rule | {"cap": {year: used[str(year)] + step for year in rule["cap"]}}


def _counted(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Allow as many sources, or sites, as the plan has, or one less or more."""
    found = _rule(rule, problem).explain(problem, base)
    most = max((int(f.used) for f in found), default=1)
    least = int(rule["kind"] == "source_limit")
    return rule | {"at_most": max(least, most + dice.pick((0, 0, 0, -1, 1)))}


def _grouped(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Put together projects of which the plan has all, or none."""
    taken = set(base.chosen["project_id"])
    names = [str(p) for p in problem.case.projects["project_id"]]
    parts = [[n for n in names if (n in taken) is there] for there in (True, False)]
    good = [part for part in parts if len(part) > 1]
    if not good or dice.chance(0.1):
        return rule
    return rule | {"projects": dice.some(dice.pick(good), least=2)}


def _floored(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Ask for just what the plan spends."""
    step = Decimal(dice.pick((0, 0, 0, -1, 1))) / 100
    found = _rule(rule, problem).explain(problem, base)
    used = {f.where: Decimal(str(f.used)) for f in found}
    return rule | {
        "least": {y: max(Decimal(0), used[str(y)] + step) for y in rule["least"]}
    }


def _shared(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Bound each district by the share that it has, sometimes a basis point off."""
    own = _rule(rule, problem)
    least, most = {}, {}
    for name in rule["least_bp"]:
        high = _least(
            dice,
            10_000,
            lambda n, name=name: _kept(
                own, problem, base, least_bp={}, most_bp={name: n}
            ),
        )
        least[name] = max(0, high - dice.pick((1, 500, 2000, 5000)))
        most[name] = min(10_000, high + dice.pick((0, 0, 1000, 4000)))
    while sum(least.values()) > 10_000:
        least.popitem()
    return rule | {"least_bp": least, "most_bp": most}


def _stepped(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Allow just the greatest rise and fall of the plan."""
    step = Decimal(dice.pick((0, 0, 0, -1, 1))) / 100
    found = _rule(rule, problem).explain(problem, base)
    most = {
        what: max(
            (Decimal(str(f.used)) for f in found if f.where.startswith(what)),
            default=Decimal(0),
        )
        for what in ("rise", "fall")
    }
    return rule | {what: max(Decimal(0), n + step) for what, n in most.items()}


def _steady(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Allow as many changes as the plan makes, or one less or more."""
    count = len(_rule(rule, problem).changes(problem, base))
    return rule | {"at_most": max(0, count + dice.pick((0, 0, 0, -1, 1)))}


FITTED: dict[str, Any] = {
    "spending_floor": _floored,
    "district_share": _shared,
    "smoothing": _stepped,
    "stability": _steady,
    "site_limit": _counted,
    "together": _grouped,
    "source_limit": _counted,
    "debt_increase": _grown,
    "coverage": _covered,
    "bond_review": _open_funds,
    "negative_list": _open_funds,
    "resident_limit": _able,
    "debt_band": _part,
    "emergency_reserve": _part,
}
"""Kinds whose limits are found by trying them on the plan."""
