"""What must hold between a problem and a changed copy of it, on cases of middle size.

More money, more quota, later deadlines or a rule less never make a plan worse; other
units, other names and a fund cut in two leave it as it is. No answer has to be known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from renewopt.core.case import PlanningCase, make_case
from renewopt.core.case_schema import CASE_SCHEMAS
from renewopt.rules.policy import Policy, make_policy
from renewopt.rules.problem import Problem
from renewopt.rules.target import Target
from tests.optimise.random_cases import random_problem
from tests.optimise.small import Fund, Work, bond, small
from tests.optimise.solving import Model

CASES = [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 12))]
PLACES = ("east", "north", "west")
CLASSES = ("gas_pipe", "heating_pipe", "water_pipe")
PROJECTS = 14


def problem_of(seed: int) -> Problem:
    """Make fourteen projects in seven packages with duties, funds, debt and rules."""
    dice = np.random.default_rng(seed)
    names = [chr(ord("A") + i) for i in range(PROJECTS)]
    works, projects, duties = [], {}, []
    for i, name in enumerate(names):
        cost, value = int(dice.integers(20, 90)), int(dice.integers(10, 200))
        works += [Work(f"{name}27", (cost, 5), value, km=1.0)]
        works += [Work(f"{name}28", (cost + 2,), value * 9 // 10, km=1.0)]
        projects[name] = {
            "package_id": f"P{i % 7}",
            "asset_class": CLASSES[i % 3],
            "district": PLACES[i % len(PLACES)],
            "risk_now": float(dice.integers(1, 50)),
        }
        if i % 3 == 0:
            duties.append((name, "safety_duty", 2027))
    packages = {
        f"P{i}": {"nature": ("public", "quasi_public")[i % 2]} for i in range(7)
    }
    funds = {
        "fiscal": Fund((120, 110), carry_over=1),
        "grant": Fund((60, 50), max_share_bp=5000, share_base="eligible"),
        "bond": bond((80, 60), natures="quasi_public", step=2, least_draw=6),
    }
    return small(
        works,
        funds,
        _rules(),
        projects=projects,
        packages=packages,
        duties=duties,
        debt=[("bond", 2027, 10, 1), ("bond", 2029, 20, 2)],
    )


def _rules() -> list[dict[str, Any]]:
    purse = {"purse": {"2027": 30, "2028": 30}, "purse_after": 120}
    payer = "government_fund_budget"
    return [
        {"kind": "mandatory"},
        {"kind": "annual_cap", "measure": "km", "cap": {"2027": 4, "2028": 5}},
        {"kind": "capital_share", "min_bp": 3000},
        {"kind": "debt_limit", "funds": ["bond"], "limit": {"2027": 90, "2028": 120}},
        {"kind": "debt_service", "funds": ["bond"], "payer": payer, **purse},
        {"kind": "site_limit", "at_most": 3},
        {"kind": "spending_floor", "least": {"2028": 40}},
        {"kind": "district_share", "most_bp": {"east": 6000}},
    ]


def key(problem: Problem) -> tuple[int, ...]:
    """Solve to proof; give shortfalls and the negative objective: less is better."""
    model = Model.of(problem)
    result = model.solve()
    assert result.status == "optimal", (result.status, result.conflict)
    return model.key(model.plan(result))


def _with_rules(problem: Problem, change: Callable[[Any], Any]) -> Problem:
    """Change rules; what becomes None is left out."""
    changed = [change(rule) for rule in problem.policy.rules]
    rules = tuple(rule for rule in changed if rule is not None)
    return Problem(problem.case, replace(problem.policy, rules=rules))


def _more_money(problem: Problem) -> Problem:
    """Give every fund but the bond a tenth more."""
    money = problem.policy.fund_years
    more = money["amount"].where(money["fund_id"] == "bond", money["amount"] * 11 // 10)
    return Problem(
        problem.case, replace(problem.policy, fund_years=money.assign(amount=more))
    )


def _more_quota(problem: Problem) -> Problem:
    """Let the county issue, and owe, half as much again."""
    money = problem.policy.fund_years
    more = money["amount"].where(money["fund_id"] != "bond", money["amount"] * 3 // 2)
    policy = replace(problem.policy, fund_years=money.assign(amount=more))
    wider = {
        "debt_limit": lambda r: {"limit": {y: n * 2 for y, n in r.limit.items()}},
        "debt_service": lambda r: {
            "purse": {y: n * 2 for y, n in r.purse.items()},
            "purse_after": r.purse_after * 2,
        },
    }

    def change(rule: Any) -> Any:
        terms = wider.get(rule.kind)
        return rule.model_copy(update=terms(rule)) if terms is not None else rule

    return _with_rules(Problem(problem.case, policy), change)


def _later(problem: Problem) -> Problem:
    """Give every duty a year more."""
    duties = problem.case.obligations
    tables = _tables(problem.case)
    tables["obligations"] = duties.assign(deadline=duties["deadline"] + 1)
    return Problem(_case(problem.case, tables), problem.policy)


@pytest.mark.parametrize("seed", CASES)
@pytest.mark.parametrize("change", [_more_money, _more_quota, _later])
def test_more_is_never_worse(change: Callable[[Problem], Problem], seed: int) -> None:
    """More money, more quota or later deadlines: shortfall, then value, as good."""
    problem = problem_of(seed)
    assert key(change(problem)) <= key(problem)


@pytest.mark.parametrize("seed", CASES)
def test_a_rule_less_is_never_worse(seed: int) -> None:
    """Leaving out any one rule that is not structural leaves a plan as good."""
    problem = problem_of(seed)
    base = key(problem)
    better = 0
    for kind in (rule["kind"] for rule in _rules() if rule["kind"] != "mandatory"):
        without = _with_rules(problem, lambda r, k=kind: None if r.kind == k else r)
        found = key(without)
        assert found <= base, kind
        better += found < base
    assert better > 0  # some rule binds: the comparison is about something


KEEP = {"one_work", "mandatory", "dig_once"}
"""Never taken away: what a plan is, what comes first, and savings that rows give."""
RANDOM = [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 40))]


@pytest.mark.parametrize("seed", RANDOM)
def test_any_rule_less_is_never_worse(seed: int) -> None:
    """The same for rules of every kind, on the random cases of the brute force."""
    problem = random_problem(seed)
    model = Model.of(problem)
    found = model.solve()
    if found.status == "infeasible":
        pytest.skip("the case is a contradiction: nothing is better than a plan")
    base = model.key(found.values)
    better = 0
    for rule in problem.policy.rules:
        if rule.kind in KEEP or (isinstance(rule, Target) and rule.staged):
            continue
        less = _with_rules(problem, lambda r, own=rule: None if r is own else r)
        freer = Model.of(less)
        plan = freer.key(freer.plan(freer.solve()))
        assert plan <= base, rule.kind
        better += plan < base
    assert better > 0


def _tables(case: PlanningCase) -> dict[str, pd.DataFrame]:
    tables = {name: getattr(case, name) for name in CASE_SCHEMAS}
    use = tables["use"]
    return tables | {"use": use.assign(amount=use["amount"] / 10)}  # km have a decimal


def _case(case: PlanningCase, tables: dict[str, pd.DataFrame]) -> PlanningCase:
    settings = {
        name: getattr(case, name)
        for name in ("start_year", "years", "discount_rate_bp", "price_base_year")
    }
    return make_case(settings, {n: t for n, t in tables.items() if len(t)})


MONEY_KEYS = ("limit", "purse", "purse_after", "least")


def _scaled(problem: Problem, by: int) -> Problem:
    """Multiply all costs, funds, debts and limits; income and benefit stay."""
    policy = problem.policy
    tables = _tables(problem.case)
    paid = tables["payments"]
    tables["payments"] = paid.assign(
        cost=paid["cost"] * by, eligible_cost=paid["eligible_cost"] * by
    )
    owed = policy.existing_debt
    means = replace(
        policy,
        funds=policy.funds.assign(
            step=policy.funds["step"] * by, least_draw=policy.funds["least_draw"] * by
        ),
        fund_years=policy.fund_years.assign(amount=policy.fund_years["amount"] * by),
        existing_debt=owed.assign(
            repaid=owed["repaid"] * by, interest=owed["interest"] * by
        ),
    )

    def change(rule: Any) -> Any:
        found = {}
        for name in MONEY_KEYS:
            value = getattr(rule, name, None)
            if isinstance(value, dict):
                found[name] = {year: n * by for year, n in value.items()}
            elif value is not None:
                found[name] = value * by
        return rule.model_copy(update=found)

    return _with_rules(Problem(_case(problem.case, tables), means), change)


@pytest.mark.parametrize("seed", CASES)
def test_other_units_of_money_change_nothing(seed: int) -> None:
    """All money times three: the same shortfall and objective."""
    problem = problem_of(seed)
    assert key(_scaled(problem, 3)) == key(problem)


def _renamed(problem: Problem) -> Problem:
    """Name projects, packages, works and districts anew, in reverse order."""
    tables = _tables(problem.case)
    names: dict[str, dict[str, str]] = {}
    for table, column in (("projects", "project_id"), ("packages", "package_id"),
                          ("works", "work_id"), ("projects", "district")):  # fmt: skip
        old = sorted(set(tables[table][column]))
        fresh = [f"n{len(old) - i:03d}" for i in range(len(old))]
        names[column] = dict(zip(old, fresh, strict=True))
    for table, frame in tables.items():
        own = {c: frame[c].map(names[c]) for c in names if c in frame}
        tables[table] = frame.assign(**own)

    def change(rule: Any) -> Any:
        if rule.kind != "district_share":
            return rule
        most = {names["district"][d]: n for d, n in rule.most_bp.items()}
        return rule.model_copy(update={"most_bp": most})

    return _with_rules(Problem(_case(problem.case, tables), problem.policy), change)


@pytest.mark.parametrize("seed", CASES)
def test_names_change_nothing(seed: int) -> None:
    """Other names of projects, packages and districts: the same key."""
    problem = problem_of(seed)
    assert key(_renamed(problem)) == key(problem)


def _halved(problem: Problem, name: str) -> Problem:
    """Cut a fund without step into two equal ones of its kind."""
    policy = problem.policy
    twin = policy.funds[policy.funds["fund_id"] == name].assign(fund_id=f"{name}-2")
    money = policy.fund_years
    half = money[money["fund_id"] == name]
    half = half.assign(amount=half["amount"] // 2)
    rest = money[money["fund_id"] != name]
    parts = [rest, half, half.assign(fund_id=f"{name}-2")]
    return Problem(problem.case, _made(policy, [policy.funds, twin], parts))


def _made(
    policy: Policy, funds: list[pd.DataFrame], money: list[pd.DataFrame]
) -> Policy:
    return make_policy(
        {"rule": [rule.as_table() for rule in policy.rules]},
        pd.concat(funds, ignore_index=True),
        pd.concat(money, ignore_index=True),
        policy.existing_debt,
        "policy.toml",
    )


@pytest.mark.parametrize("fund", ["fiscal", "grant"])
@pytest.mark.parametrize("seed", CASES)
def test_a_fund_in_two_halves_is_the_same_money(seed: int, fund: str) -> None:
    """Two halves, which together keep the share limit of the grant: the same key."""
    problem = problem_of(seed)
    assert key(_halved(problem, fund)) == key(problem)
