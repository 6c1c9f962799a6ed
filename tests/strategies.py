"""Hypothesis strategies: one per rule kind, a tiny problem with schedules around it.

Hypothesis draws the seed, `numpy` makes the case: cases are cheap to make this way,
limits can be set to what a plan just uses, and the same seed gives the same example.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from renewopt.core.case import PlanningCase
from renewopt.core.schedule import Schedule
from renewopt.rules import RULES
from renewopt.rules.problem import Problem
from tests.rules import making_policies as policies
from tests.rules import making_schedules as steps
from tests.rules.dice import Dice
from tests.rules.making_cases import random_case

SCHEDULES = 16
"""Schedules per example; the first is the plan that the limits were set to."""

SCHEDULES_TOGETHER = 12
"""Schedules per example of all kinds: each is judged by a dozen rules."""


@dataclass(frozen=True, eq=False)
class Example:
    """A problem, the rule kind it is about ("" for all) and schedules to judge."""

    kind: str
    problem: Problem
    schedules: tuple[Schedule, ...]
    seed: int = 0

    def __repr__(self) -> str:
        """Say how to make it again."""
        return f"example({self.kind!r}, {self.seed})"


_WORKS = (
    steps.settled(steps.move_work),
    steps.settled(steps.drop_work),
    steps.unsaved(steps.move_work),
    steps.unsaved(steps.drop_work),
)
_MORE = (steps.settled(steps.add_work), steps.unsaved(steps.add_work))
_MONEY = (steps.step_draw, steps.new_draw, steps.swap_fund, steps.shift_draw)
FOCUS: dict[str, tuple[steps.Step, ...]] = {
    "one_work": (steps.second_work, steps.move_work, steps.drop_work),
    "running": (steps.drop_running, steps.move_work, steps.drop_work),
    "decided": (*_WORKS[:2], *_MORE, *_MONEY, steps.early, steps.later),
    "choose": (*_WORKS[:2], *_MORE),
    "precedence": (*[steps.move_work] * 3, *[steps.drop_work] * 3, steps.add_work),
    "target": (*_WORKS[:2], *_MORE),
    "new_packages": (*_WORKS[:2], *_MORE),
    "coupling": (*[steps.move_work] * 3, steps.drop_work, *[steps.add_work] * 2),
    "dig_once": (*[steps.step_saving] * 3, steps.unsaved(steps.move_work)),
    "closed_corridor": (*[steps.add_work] * 3, steps.move_work),
    "mandatory": (steps.move_work, steps.drop_work),
    "annual_cap": (*_WORKS, *_MORE, *_MORE, steps.step_saving),
    "paid_in_full": (*_WORKS, steps.step_draw, steps.step_saving, steps.shift_draw),
    "fund_budget": (*_WORKS[:2], *_MONEY),
    "fund_eligibility": (steps.forbidden_fund, steps.swap_fund),
    "fund_share": (*_WORKS, *_MONEY, *[steps.favour_capped] * 8),
    "capital_share": (*_WORKS, *_MONEY, *[steps.favour_debt] * 6),
    "debt_limit": (*_MORE[:1], *_MONEY, *[steps.favour_debt] * 6),
    "debt_service": (*_MORE[:1], *_MONEY, *[steps.favour_debt] * 6),
    "coverage": (*_MONEY, *[steps.favour_debt] * 10),
    "debt_increase": (*_MORE[:1], *_MONEY, *[steps.favour_debt] * 6),
    "bond_review": (*_MONEY, *[steps.swap_fund] * 4, *[steps.new_draw] * 6),
    "negative_list": (*_WORKS[:2], *_MONEY, *[steps.favour_debt] * 4),
    "resident_limit": (*_WORKS, *_MONEY, *[steps.favour_capped] * 4),
    "debt_band": (*_WORKS[:2], *_MONEY, *[steps.favour_debt] * 4),
    "source_limit": (*_WORKS[:2], *_MONEY, *[steps.swap_fund] * 4),
    "draw_size": (*_MONEY, *[steps.round_draws] * 6),
    "site_limit": (steps.settled(steps.move_work), *[steps.add_work] * 5),
    "together": (*_WORKS[:2], *_MORE),
    "held": (*_WORKS, *_MONEY, *[steps.early] * 8, *[steps.later] * 3),
    "emergency_reserve": (*_MORE[:1], *_MONEY, *[steps.new_draw] * 4),
    "spending_floor": (*_WORKS[:2], *_MORE),
    "district_share": (*_WORKS[:2], *_MORE),
    "smoothing": (*_WORKS[:2], *_MORE[:1], *_MONEY),
    "stability": (*[steps.move_work] * 2, steps.drop_work, steps.add_work),
}
"""Steps that can break or mend a rule of each kind."""

NEEDS_PLAIN_WORKS = frozenset(
    {"dig_once", "closed_corridor", "mandatory", "precedence", "target", "coupling"}
    | {"stability"}
)
"""Kinds that speak of a project's start: they presume one work per project."""

SELDOM_BROKEN = {"site_limit": 8, "new_packages": 8, "coupling": 8}
"""Kinds that a step from a good plan mostly keeps: how often a step is taken again."""

_ALWAYS = frozenset(
    {"dig_once", "closed_corridor", "mandatory", "annual_cap", "capital_share"}
    | {"debt_limit", "debt_service", "decided", "choose"}
    | {"target", "new_packages"}
)
"""Kinds that are in every example of all kinds; of the others each is in some."""

_NEVER_LOOSE = frozenset(
    {"precedence", "coupling", "bond_review", "negative_list", "together"}
)
"""Kinds without a limit that could be wide: they have to fit the plan."""

_MONEYED = frozenset({"annual_cap", "paid_in_full", "fund_share", "capital_share"})
"""Kinds whose sums depend on dig-once savings."""


def example(kind: str, seed: int) -> Example:
    """Make the example of a seed; `kind` "" puts every kind of rule together."""
    dice = Dice(seed, list(RULES).index(kind) if kind else len(RULES))
    rate = dice.pick((2500, 5000, 3300))
    saves = kind in _MONEYED and dice.chance(0.6)
    shared = kind in {"", "dig_once", "closed_corridor"} or saves or dice.chance(0.3)
    case = random_case(
        dice,
        rate_bp=rate,
        shared=shared,
        running=kind == "running" or dice.chance(0.4),
    )
    funds = policies.random_funds(
        dice, granted=kind in {"fund_share", "resident_limit"}
    )
    if kind in {"held", "decided"} or (not kind and dice.chance(0.5)):
        funds = [f | {"up_front": not f.get("debt", False)} for f in funds]
    if kind == "draw_size":
        funds = [f | {"step": 2, "least_draw": dice.pick((0, 3))} for f in funds]
    debt = policies.random_debt(dice, funds)
    loan = any(fund["fund_id"] == "loan" for fund in funds)
    rules = _rules(dice, kind, rate, case, loan=loan)
    if saves:
        rules.append({"kind": "dig_once", "id": "dig_once-1", "rate_bp": rate})
    money = policies.loose_money(funds, case)
    loose = Problem(case, policies.make(rules, funds, money, debt))
    base = steps.base_state(dice, steps.World(loose))
    if kind == "draw_size":
        steps.round_draws(dice, steps.World(loose), base)
    plan = base.schedule(steps.World(loose))
    # With every rule at its limit hardly another plan is good: then bind only a few.
    few = not kind and dice.chance(0.85)
    if few:
        funds = [f | {"max_share_bp": 10_000} for f in funds]
    if (kind == "" and not few) or kind == "fund_share":
        funds = policies.tight_shares(dice, funds, loose, plan)
    if (kind == "" and not few) or kind == "fund_budget":
        money = policies.tight_money(dice, funds, loose, plan)
    tight = [
        policies.tighten(dice, rule, loose, plan)
        if rule["kind"] in _NEVER_LOOSE or not (few and dice.chance(0.93))
        else rule
        for rule in rules
    ]
    problem = Problem(case, policies.make(tight, funds, money, debt))
    return Example(kind, problem, _around(dice, kind, problem, base), seed)


def _rules(
    dice: Dice, kind: str, rate: int, case: PlanningCase, *, loan: bool
) -> list[policies.Row]:
    """Rule tables with loose limits; structural rules come by themselves."""
    optional = [k for k, cls in RULES.items() if not cls.structural]
    rules = [
        policies.loose_rule(dice, k, case)
        for k in optional
        if k == kind
        or (
            not kind
            and (k in _ALWAYS or dice.chance(0.1 if k in _NEVER_LOOSE else 0.4))
        )
    ]
    if kind == "new_packages":
        # With a year left free a package could nearly always begin in that one.
        rules = [r | {"cap": dict.fromkeys(case.plan_years, 9)} for r in rules]
    if kind == "coupling" and rate != 2500:  # one that has a price is never broken
        rules = [{key: r[key] for key in r if key != "price"} for r in rules]
    if kind == "site_limit" and rate != 5000:  # of a few works hardly two share a year
        rules = [r | {"where": {}} for r in rules]
    if not kind:
        rules.append(policies.loose_rule(dice, "annual_cap", case, 2))
        if loan:
            rules.append(policies.loose_rule(dice, "debt_service", case, 2))
    return [r | {"rate_bp": rate} if r["kind"] == "dig_once" else r for r in rules]


def _around(
    dice: Dice, kind: str, problem: Problem, base: steps.State
) -> tuple[Schedule, ...]:
    """Give the plan itself and schedules one to three steps away from it."""
    world = steps.World(problem)
    size = SCHEDULES if kind else SCHEDULES_TOGETHER
    rule = problem.policy.first(kind)
    states, schedules, good = [base], [base.schedule(world)], 0
    while len(states) < size:
        # Half are to be good: a step that gives the wrong sort is taken again.
        for _ in range(SELDOM_BROKEN.get(kind, 2)):
            state = _stepped(dice, kind, world, states)
            schedule = state.schedule(world)
            kept = rule is None or not rule.check(problem, schedule)
            if rule is None or kept is (2 * good < len(states)):
                break
        good += kept
        states.append(state)
        schedules.append(schedule)
    return tuple(schedules)


def _stepped(
    dice: Dice, kind: str, world: steps.World, states: list[steps.State]
) -> steps.State:
    """Take one to three steps from one of the plans."""
    focus = FOCUS[kind] if kind else tuple(s for own in FOCUS.values() for s in own)
    sane = not kind and dice.chance(0.6)
    state = states[0] if sane or dice.chance(0.5) else dice.pick(states)
    state = state.copy()
    for _ in range(dice.pick((1, 2, 3))):
        mostly = focus if dice.chance(0.8) else _PLAIN
        dice.pick(_SANE if sane else mostly)(dice, world, state)
    return state


_BREAKS_OTHERS = frozenset({"one_work", "fund_eligibility"})
_PLAIN = tuple(step for k in FOCUS for step in FOCUS[k] if k not in _BREAKS_OTHERS)
_SANE = (_WORKS[0], _WORKS[1], _MORE[0])
"""Steps after which savings and payments are right again."""

STRATEGIES: dict[str, st.SearchStrategy[Example]] = {
    kind: st.integers(0, 2**32 - 1).map(lambda seed, kind=kind: example(kind, seed))
    for kind in (
        "one_work",
        "running",
        "decided",
        "choose",
        "precedence",
        "target",
        "new_packages",
        "coupling",
        "dig_once",
        "closed_corridor",
        "mandatory",
        "annual_cap",
        "paid_in_full",
        "fund_budget",
        "fund_eligibility",
        "fund_share",
        "capital_share",
        "debt_limit",
        "debt_service",
        "coverage",
        "debt_increase",
        "bond_review",
        "negative_list",
        "resident_limit",
        "debt_band",
        "emergency_reserve",
        "held",
        "source_limit",
        "draw_size",
        "site_limit",
        "together",
        "spending_floor",
        "district_share",
        "smoothing",
        "stability",
    )
}
"""One strategy per rule kind: the rule with the structural ones."""

TOGETHER: st.SearchStrategy[Example] = st.integers(0, 2**32 - 1).map(
    lambda seed: example("", seed)
)
"""Every kind of rule in one policy."""
