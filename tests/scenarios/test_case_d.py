"""A grant of 85 % of the first payments is legal; then it comes late and short."""

from __future__ import annotations

from renewopt.core.schedule import Schedule
from renewopt.rules.assemble import policy_problems
from renewopt.rules.problem import Problem
from tests.optimise.solving import Model
from tests.scenarios.case_d import ANNOUNCED, COST, ELIGIBLE, OTHERS, PACKAGE, problem


def _planned(given: Problem) -> Schedule:
    """Solve to proof and audit."""
    assert policy_problems(given) == []
    model = Model.of(given)
    result = model.solve()
    assert result.status == "optimal"
    assert model.breaches(model.plan(result)) == []
    return model.schedule(model.plan(result))


def _by_year(plan: Schedule, column: str, fund: str = "") -> dict[int, float]:
    """Add up the draws by year, in 万元."""
    draws = plan.draws if not fund else plan.draws[plan.draws["fund_id"] == fund]
    total = draws.groupby("year")[column].sum() / 100
    return {int(str(year)): float(n) for year, n in total.items() if n}


def test_sums_of_the_case() -> None:
    """What the case says, before any planning."""
    assert sum(COST.values()) == 5900
    assert sum(COST[name] for name in ANNOUNCED) == 4400
    assert sum(ELIGIBLE.values()) == 5000
    assert sum(ELIGIBLE[name] for name in ANNOUNCED) == 3700


def test_first_plan_holds_the_grant() -> None:
    """All twelve; 3,000 of the first year's 3,540 come from the grant: 85 %."""
    plan = _planned(problem(2027, {2027: 3000}, {2027: 800, 2028: 2100}))
    assert len(plan.chosen) == 12
    assert _by_year(plan, "amount") == {2027: 3540, 2028: 2183, 2029: 177}
    assert _by_year(plan, "received", "grant") == {2027: 3000}
    assert sum(_by_year(plan, "received", "fiscal").values()) == 2900
    assert round(3000 / 3540, 2) == 0.85


def test_grant_without_up_front_is_too_early() -> None:
    """Drawn only as it is paid out, the grant may still pay 85 % of the first year."""
    given = problem(2027, {2027: 3000}, {2027: 540, 2028: 2360})
    plan = _planned(given)
    assert _by_year(plan, "amount", "grant") == {2027: 3000}
    assert _by_year(plan, "amount", "fiscal") == {2027: 540, 2028: 2183, 2029: 177}


def test_after_the_shock() -> None:
    """Nine go on, 300 are unspent, three wait; 1,200 of the grant are missing."""
    given = problem(2028, {}, {2027: 800, 2028: 2100}, received=1800)
    plan = _planned(given)
    assert sorted(plan.chosen["project_id"]) == ANNOUNCED
    assert _by_year(plan, "amount") == {2028: 2640, 2029: 1628, 2030: 132}
    assert _by_year(plan, "received", "grant") == {}
    assert sum(_by_year(plan, "amount", "grant").values()) == 1800
    fiscal = _by_year(plan, "received", "fiscal")
    assert sum(fiscal.values()) == 2600  # of 2,900: 300 unspent
    assert fiscal[2028] >= 800  # what was carried in lapses after 2028
    share = given.policy.first("fund_share").explain(given, plan)
    assert [(f.where, f.limit, f.used) for f in share] == [
        (f"{PACKAGE} grant", 2220.0, 1800.0)
    ]
    missing = 0.6 * sum(ELIGIBLE.values()) - 1800
    assert missing == sum(COST[name] for name in OTHERS) - 300 == 1200


def test_carried_money_is_spent_first() -> None:
    """Without what is carried in, the nine announced cannot be paid."""
    given = problem(2028, {}, {2028: 2100}, received=1800)
    result = Model.of(given).solve()
    assert result.status == "infeasible"
    assert "fund_budget" in result.conflict
