"""Each constraint changes a plan because it binds; the right answer is in the comment.

All amounts in 万元; `A27` is project A started in 2027.
"""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.core.errors import ContradictionError
from renewopt.optimise.task import SolveOptions
from renewopt.road import solve_problem
from renewopt.rules.assemble import policy_problems
from tests.optimise.small import Fund, Work, bond, decide, small

A, B = Work("A27", (100,), 100), Work("B27", (100,), 60)


def test_every_payment_has_to_be_paid() -> None:
    """A work whose second instalment finds no money is not begun."""
    # A (100) pays 60 + 60, B (50) pays 60 at once; 60 in 2027. Without money in 2028
    # only B can be paid in full; with it A is better and takes the 60 of 2027.
    works = [Work("A27", (60, 60), 100), Work("B27", (60,), 50)]
    assert decide(small(works, {"fiscal": Fund((60, 0))})).works == ["B27"]
    assert decide(small(works, {"fiscal": Fund((60, 60))})).works == ["A27"]


def test_payments_after_the_plan_need_no_money() -> None:
    """The tail after the last plan year is nobody's draw."""
    works = [Work("A28", (60, 60), 100)]
    decision = decide(small(works, {"fiscal": Fund((0, 60))}))
    assert decision.money("fiscal") == {("PA", 2028): 60}


def test_fund_is_eligible_by_nature() -> None:
    """Bonds for public works do not pay for the better quasi-public one."""
    packages = {"PA": {"nature": "quasi_public"}}
    free = {"bond": bond((100, 0))}
    bound = {"bond": bond((100, 0), natures="public;commercial")}
    assert decide(small([A, B], free, packages=packages)).works == ["A27"]
    assert decide(small([A, B], bound, packages=packages)).works == ["B27"]


def test_fund_is_eligible_by_ownership() -> None:
    """Central money is not for what the operator owns."""
    packages = {"PA": {"ownership": "operator"}}
    free = {"grant": Fund((100, 0))}
    bound = {"grant": Fund((100, 0), ownerships="public;residents")}
    assert decide(small([A, B], free, packages=packages)).works == ["A27"]
    assert decide(small([A, B], bound, packages=packages)).works == ["B27"]


def test_company_pays_for_its_own_only() -> None:
    """Money of the heating company goes to its own package."""
    packages = {"PA": {"legal_owner": "住建局"}, "PB": {"legal_owner": "热力公司"}}
    free = {"own": Fund((100, 0), owner="热力公司")}
    bound = {"own": Fund((100, 0), owner="热力公司", owner_only=True)}
    assert decide(small([A, B], free, packages=packages)).works == ["A27"]
    assert decide(small([A, B], bound, packages=packages)).works == ["B27"]


def test_package_names_its_money() -> None:
    """Where a package says which kinds may pay, no other money is used for it."""
    funds = {"fiscal": Fund((100, 0))}
    named = {"PA": {"fund_kinds": "special_bond;central_budget"}}
    allowed = {"PA": {"fund_kinds": "special_bond;local_fiscal"}}
    assert decide(small([A, B], funds, packages=named)).works == ["B27"]
    assert decide(small([A, B], funds, packages=allowed)).works == ["A27"]


def test_a_fifth_must_be_capital() -> None:
    """Too little own money makes the plan take the smaller work."""
    # Own money 10, bonds 100. A costs 100 and needs 20 of capital: too much. B costs
    # 50: 10 of capital and 40 of bonds.
    works = [A, Work("B27", (50,), 40)]
    funds = {"fiscal": Fund((10, 0)), "bond": bond((100, 0))}
    rule = {"kind": "capital_share", "min_bp": 2000}
    assert decide(small(works, funds)).works == ["A27"]
    decision = decide(small(works, funds, [rule]))
    assert decision.works == ["B27"]
    assert decision.money("fiscal") == {("PB", 2027): 10}
    assert decide(small(works, funds, [rule | {"min_bp": 1000}])).works == ["A27"]


def test_grant_share_counts_over_the_life() -> None:
    """85 % of the first year is fine; more than the share of the whole is not."""
    # A pays 100 + 100, grant 85 in 2027 and 35 in 2028, own money 15 and 65. At 60 %
    # the grant may give 120 of 200: just enough. At 59 % 118 + 80 < 200.
    works = [Work("A27", (100, 100), 100)]

    def funds(share: int) -> dict[str, Fund]:
        grant = Fund((85, 35), max_share_bp=share, share_base="eligible")
        return {"grant": grant, "fiscal": Fund((15, 65))}

    decision = decide(small(works, funds(6000)))
    assert decision.works == ["A27"]
    assert decision.money("grant") == {("PA", 2027): 85, ("PA", 2028): 35}
    assert decide(small(works, funds(5900))).works == []


def test_grant_share_counts_eligible_cost_only() -> None:
    """What is not eligible enlarges no grant."""
    # The grant gives at most 60 % of the eligible part: 60 of 100, or 30 of 50; own
    # money is 50.
    funds = {
        "grant": Fund((100, 0), max_share_bp=6000, share_base="eligible"),
        "fiscal": Fund((50, 0)),
    }
    assert decide(small([Work("A27", (100,), 9)], funds)).works == ["A27"]
    half = [Work("A27", (100,), 9, eligible=(50,))]
    assert decide(small(half, funds)).works == []


def test_bond_quota_holds_year_by_year() -> None:
    """Bonds of a year without quota are not issued."""
    # A is worth more in 2028, but there is a quota only in 2027.
    works = [Work("A27", (100,), 50), Work("A28", (100,), 80)]
    assert decide(small(works, {"bond": bond((100, 100))})).works == ["A28"]
    assert decide(small(works, {"bond": bond((100, 0))})).works == ["A27"]


def test_debt_limit_counts_the_balance_with_old_debt() -> None:
    """Old debt that is repaid in 2028 makes the plan wait for it."""
    # Limit 100. Old debt 50 is owed at the end of 2027: 50 + 80 > 100. At the end of
    # 2028 it is gone: 80 <= 100. Without old debt A starts in 2027.
    works = [Work("A27", (80,), 100), Work("A28", (80,), 90)]
    funds = {"bond": bond((80, 80))}
    rule = {"kind": "debt_limit", "funds": ["bond"]}
    rules = [rule | {"limit": {"2027": 100, "2028": 100}}]
    assert decide(small(works, funds, rules)).works == ["A27"]
    old = [("bond", 2028, 50, 2)]
    assert decide(small(works, funds, rules, debt=old)).works == ["A28"]


SERVICE = {"kind": "debt_service", "funds": ["bond"], "payer": "government_fund_budget"}


def test_income_serves_bonds_first_then_the_fund_budget() -> None:
    """A package with income needs no purse; income of one does not help another."""
    # Each issues 100 in 2027 at 5 %: 5 in 2028 and 2029, 105 in 2030. A earns 10 a
    # year: it needs 95 in 2030. B needs all. With 3 in the purse of 2028 B's 5 cannot
    # be paid, though A has 5 to spare; the purse after the plan holds for both.
    funds = {"bond": bond((200, 0))}
    earning = {"PA": {"net_income_per_year": 1000, "operation_start": 2028}}
    wide = SERVICE | {"purse": {"2027": 0, "2028": 5}, "purse_after": 200}
    tight = wide | {"purse": {"2027": 0, "2028": 3}}
    assert decide(small([A, B], funds, [wide], packages=earning)).works == [
        "A27",
        "B27",
    ]
    assert decide(small([A, B], funds, [tight], packages=earning)).works == ["A27"]
    # Without income nobody can serve a bond from 3 a year.
    assert decide(small([A, B], funds, [tight])).works == []


def test_one_income_serves_one_debt() -> None:
    """Income that serves the bond is not there for the loan as well."""
    # A (60 bond, 40 loan, both at 5 %) earns 200 a year. Bond first: 63 in 2030 are
    # covered; the loan's 42 must come from the borrower's purse.
    funds = {"bond": bond((60, 0)), "loan": bond((40, 0), kind="bank_loan")}
    packages = {"PA": {"net_income_per_year": 20_000, "operation_start": 2028}}
    first = SERVICE | {"id": "bond", "purse": {"2027": 0, "2028": 0}, "purse_after": 0}
    loan = {"kind": "debt_service", "id": "loan", "funds": ["loan"]}
    loan |= {"payer": "borrower", "purse": {"2027": 0, "2028": 2}}
    rich, poor = (loan | {"purse_after": n, "income_first": False} for n in (42, 41))
    assert decide(small([A], funds, [first, rich], packages=packages)).works == ["A27"]
    assert decide(small([A], funds, [first, poor], packages=packages)).works == []
    loan_too = [first, rich | {"income_first": True}]
    twice = small([A], funds, loan_too, packages=packages)
    assert [m.code for m in policy_problems(twice)] == ["rule.income_twice"]


def test_service_counts_to_the_last_repayment() -> None:
    """A purse after the plan that is too small forbids the bond within the plan."""
    # 105 fall due in 2030, two years after the plan.
    funds = {"bond": bond((100, 0))}
    rule = SERVICE | {"purse": {"2027": 9, "2028": 9}}
    assert decide(small([A], funds, [rule | {"purse_after": 105}])).works == ["A27"]
    assert decide(small([A], funds, [rule | {"purse_after": 104.99}])).works == []


LOAN: dict[str, Any] = {"kind": "bank_loan", "natures": "quasi_public;commercial"}


def test_loan_is_served_by_its_borrower_not_by_the_county() -> None:
    """Plenty of fiscal money repays no loan."""
    # A (quasi-public) is paid by a loan of 100: 105 fall due in 2030. The county has
    # 9,999 a year, the company 104.
    funds = {
        "loan": bond((100, 0), **LOAN, borrower="热力公司"),
        "fiscal": Fund((9999, 9999), natures="public"),
    }
    packages = {"PA": {"nature": "quasi_public", "borrower": "热力公司"}}
    rule = {"kind": "debt_service", "funds": ["loan"], "payer": "borrower"}
    rule |= {"purse": {"2027": 5, "2028": 5}}
    rich, poor = rule | {"purse_after": 105}, rule | {"purse_after": 104}
    assert decide(small([A], funds, [rich], packages=packages)).works == ["A27"]
    assert decide(small([A], funds, [poor], packages=packages)).works == []


def test_loan_with_a_public_payer_is_refused() -> None:
    """A policy that lets the county serve a loan is an input error."""
    funds = {"loan": bond((100, 0), **LOAN)}
    rule = SERVICE | {"funds": ["loan"], "purse": {"2027": 9, "2028": 9}}
    problem = small([A], funds, [rule | {"purse_after": 999}])
    assert [m.code for m in policy_problems(problem)] == ["rule.wrong_payer"]


@pytest.mark.parametrize(
    ("carry_over", "work"), [(0, "A27"), (1, "A28"), (2, "A29"), (-1, "A29")]
)
def test_money_lapses_after_its_carry_over(carry_over: int, work: str) -> None:
    """100 of 2027 wait for the best start as long as they are kept."""
    # Worth 10, 20, 30 in 2027, 2028, 2029; all money is of 2027.
    works = [Work(f"A{y}", (100,), 10 * (y - 26)) for y in (27, 28, 29)]
    funds = {"fiscal": Fund((100, 0, 0), carry_over=carry_over)}
    assert decide(small(works, funds, years=3)).works == [work]


def test_running_projects_are_kept_and_paid_first() -> None:
    """Work under construction takes the money of a much better new project."""
    works = [A, Work("R27", (100,), 1)]
    funds = {"fiscal": Fund((100, 0))}
    running = {"PR": {"status": "running"}}
    assert decide(small(works, funds)).works == ["A27"]
    assert decide(small(works, funds, packages=running)).works == ["R27"]


LEVELS = [
    ("S", "safety_duty", None),
    ("T", "assessed_target", None),
    ("V", "preference", None),
]


@pytest.mark.parametrize(
    ("money", "works"),
    [(100, ["S27"]), (200, ["S27", "T27"]), (300, ["S27", "T27", "V27"])],
)
def test_safety_goes_before_target_before_value(money: int, works: list[str]) -> None:
    """Each further 100 serves the next level; a preference is only worth its value."""
    options = [Work("S27", (100,), 1), Work("T27", (100,), 2), Work("V27", (100,), 900)]
    funds = {"fiscal": Fund((money, 0))}
    rule = {"kind": "mandatory"}
    assert decide(small(options, funds, [rule], duties=LEVELS)).works == works
    assert "V27" in decide(small(options, funds, duties=LEVELS)).works


def test_heavier_duty_is_placed_first() -> None:
    """Within a level the weight decides, by the unit that the rule names."""
    # One of two duties can be paid. By risk A (2 a year), by households B.
    projects = {"A": {"risk_now": 2.0, "households": 10}, "B": {"households": 50}}
    duties = [("A", "safety_duty", None), ("B", "safety_duty", None)]
    funds = {"fiscal": Fund((100, 0))}
    for weigh_by, works in (("risk", ["A27"]), ("households", ["B27"])):
        rule = {"kind": "mandatory", "weigh_by": weigh_by}
        problem = small([A, B], funds, [rule], duties=duties, projects=projects)
        assert decide(problem).works == works


@pytest.mark.parametrize(
    ("deadline", "work"), [(None, "T28"), (2028, "T28"), (2027, "T27"), (2025, "T27")]
)
def test_duty_is_finished_by_its_deadline(deadline: int | None, work: str) -> None:
    """A later start is worth more, but late; overdue counts from the first year."""
    works = [Work("T27", (100,), 10), Work("T28", (100,), 90)]
    funds = {"fiscal": Fund((100, 100))}
    duties = [("T", "assessed_target", deadline)]
    rule = {"kind": "mandatory"}
    assert decide(small(works, funds, [rule], duties=duties)).works == [work]


def test_late_is_better_than_never() -> None:
    """A duty that cannot be in time is still placed, late, before any value."""
    # Money only in 2028; T is two years late (done 2029) and still goes before V.
    works = [Work("T28", (100,), 1, duration=2), Work("V28", (100,), 90)]
    problem = small(
        works,
        {"fiscal": Fund((0, 100))},
        [{"kind": "mandatory"}],
        duties=[("T", "assessed_target", 2027)],
    )
    decision = decide(problem)
    assert decision.works == ["T28"]
    # risk_now 1 万元 is a weight of 100: nothing unplaced, 2 years late.
    assert [(s.name, s.value) for s in decision.result.stages] == [
        ("assessed_target unplaced", 0),
        ("assessed_target late", 200),
    ]


def test_capacity_holds_by_class() -> None:
    """Heating crews do 1.5 km a year; gas has its own."""
    # Two heating streets of 1 km: the less worthy one waits for 2028. Gas does not.
    works = [
        Work("A27", (10,), 100, km=1),
        Work("B27", (10,), 90, km=1),
        Work("B28", (10,), 80, km=1),
        Work("G27", (10,), 50, km=1),
        Work("G28", (10,), 40, km=1),
    ]
    projects = {"G": {"asset_class": "gas_pipe"}}
    funds = {"fiscal": Fund((99, 99))}
    cap = {"kind": "annual_cap", "measure": "km", "cap": {"2027": 1.5, "2028": 1.5}}
    heat = cap | {"where": {"asset_class": ["heating_pipe"]}}
    free = decide(small(works, funds, projects=projects)).works
    assert free == ["A27", "B27", "G27"]
    bound = decide(small(works, funds, [heat], projects=projects)).works
    assert bound == ["A27", "B28", "G27"]


def _street(*members: tuple[str, int], **corridor: Any) -> dict[str, Any]:
    return {
        "corridors": [{"corridor_id": "s1", **corridor}],
        "corridor_projects": [
            {"corridor_id": "s1", "project_id": p, "excavation_cost": 100 * cost}
            for p, cost in members
        ],
    }


def test_sharing_a_trench_saves_money() -> None:
    """Two networks in one street are cheaper together, and only so affordable."""
    # 50 + 50 cost 95 if they share: G has the smaller excavation, 25 % of 20 is 5.
    works = [Work("G27", (50,), 10), Work("H27", (50,), 20)]
    projects = {"G": {"asset_class": "gas_pipe"}}
    street = _street(("G", 20), ("H", 40))
    funds = {"fiscal": Fund((95, 0))}
    rule = {"kind": "dig_once", "rate_bp": 2500}
    alone = decide(small(works, funds, projects=projects, **street))
    assert alone.works == ["H27"]
    shared = decide(small(works, funds, [rule], projects=projects, **street))
    assert shared.works == ["G27", "H27"]
    assert shared.schedule.chosen["saving"].tolist() == [500, 0]
    assert shared.money("fiscal") == {("PG", 2027): 45, ("PH", 2027): 50}
    # Two streets of one network share nothing.
    same = decide(small(works, funds, [rule], **street))
    assert same.works == ["H27"]


CLOSED = {
    "kind": "closed_corridor",
    "years": {"opening": 5, "new": 5, "rebuilt": 5, "major_repair": 3},
    "waiver_price": 30,
}


def test_street_stays_closed_after_an_opening() -> None:
    """What cannot be dug together is not dug one after the other."""
    # 100 a year: A and B can be paid one after the other only.
    works = [A, Work("B27", (100,), 60), Work("B28", (100,), 60)]
    funds = {"fiscal": Fund((100, 100))}
    street = _street(("A", 0), ("B", 0))
    assert decide(small(works, funds, **street)).works == ["A27", "B28"]
    assert decide(small(works, funds, [CLOSED], **street)).works == ["A27"]
    loose = CLOSED | {"years": CLOSED["years"] | {"opening": 0}}  # type: ignore[operator]
    assert decide(small(works, funds, [loose], **street)).works == ["A27", "B28"]


@pytest.mark.parametrize(
    ("paved", "kind", "works"),
    [
        (None, "", ["A27"]),
        (2025, "major_repair", ["A29"]),
        (2024, "major_repair", ["A28"]),
        (2025, "new", []),
        (2022, "rebuilt", ["A28"]),
    ],
)
def test_street_stays_closed_after_earlier_paving(
    paved: int | None, kind: str, works: list[str]
) -> None:
    """Closed for 3 full years after a major repair, 5 after new or rebuilt paving."""
    options = [Work(f"A{y}", (100,), 100 - y) for y in (27, 28, 29)]
    street = _street(("A", 0), last_paved=paved, paving_kind=kind)
    funds = {"fiscal": Fund((100, 100, 100))}
    problem = small(options, funds, [CLOSED], years=3, **street)
    assert decide(problem).works == works


def test_running_work_closes_its_street() -> None:
    """What is dug now keeps others out for five years."""
    # R opens the street in 2027: A may join it then, but not come a year later.
    runs, funds = Work("R27", (10,), 1), {"fiscal": Fund((99, 99))}
    facts = {"packages": {"PR": {"status": "running"}}}
    facts |= _street(("A", 0), ("R", 0))
    joins, later = Work("A27", (10,), 9), Work("A28", (10,), 9)
    assert decide(small([runs, joins], funds, [CLOSED], **facts)).works == [
        "A27",
        "R27",
    ]
    assert decide(small([runs, later], funds, [CLOSED], **facts)).works == ["R27"]
    assert decide(small([runs, later], funds, **facts)).works == ["A28", "R27"]


@pytest.mark.parametrize(
    ("price", "works", "value"), [(30, ["A27", "B28"], 130), (150, ["B28"], 60)]
)
def test_safety_duty_may_open_a_closed_street(
    price: int, works: list[str], value: int
) -> None:
    """A waiver costs its price; where that is more than A is worth, A waits."""
    # B must be placed (2028, the only money that is left for it). A in 2027 closes the
    # street: a waiver for B. 100 + 60 - 30 = 130; at a price of 150 B alone: 60.
    problem = small(
        [A, Work("B28", (100,), 60)],
        {"fiscal": Fund((100, 100))},
        [CLOSED | {"waiver_price": price}, {"kind": "mandatory"}],
        duties=[("B", "safety_duty", None)],
        **_street(("A", 0), ("B", 0)),
    )
    decision = decide(problem)
    assert decision.works == works
    assert decision.result.bound == pytest.approx(100 * value)


def test_others_may_join_a_waived_opening() -> None:
    """In a street that is closed a duty opens, and another work uses the trench."""
    street = _street(("A", 0), ("B", 0), last_paved=2026, paving_kind="new")
    funds = {"fiscal": Fund((200, 0))}
    rules = [CLOSED, {"kind": "mandatory"}]
    duty = [("B", "safety_duty", 2027)]
    assert decide(small([A, B], funds, rules, **street)).works == []
    joined = decide(small([A, B], funds, rules, duties=duty, **street))
    assert joined.works == ["A27", "B27"]


def test_tail_after_the_plan_can_be_capped() -> None:
    """Of 60 after the plan only 50 may be left: B, which leaves 50, is built."""
    works = [Work("A28", (60, 60), 100), Work("B28", (70, 50), 90)]
    funds = {"fiscal": Fund((0, 70))}
    cap = {"kind": "annual_cap", "id": "tail", "measure": "cost", "cap": {"2029": 50}}
    assert decide(small(works, funds)).works == ["A28"]
    assert decide(small(works, funds, rules=[cap])).works == ["B28"]


def test_caps_end_with_the_last_payment() -> None:
    """A cap on a year in which nothing can be paid is a typing error."""
    works = [Work("A28", (60, 60), 100)]
    cap = {"kind": "annual_cap", "id": "tail", "measure": "cost", "cap": {"2030": 50}}
    problem = small(works, {"fiscal": Fund((0, 70))}, rules=[cap])
    assert [m.code for m in policy_problems(problem)] == ["rule.year_outside"]


def test_history_is_of_known_money_before_the_plan() -> None:
    """Money of an unknown fund would count as no capital, later money twice."""
    history = [
        {"package_id": "PA", "year": 2026, "fund_id": "moon", "received": 100},
        {"package_id": "PA", "year": 2027, "fund_id": "fiscal", "received": 100},
    ]
    problem = small([A], {"fiscal": Fund((100, 0))}, package_history=history)
    codes = [m.code for m in policy_problems(problem)]
    assert codes[:2] == ["policy.history_fund", "policy.history_year"]
    assert codes[2:] == ["policy.held"] * 2


def test_yearly_budget_works_without_funds() -> None:
    """A cap on cost is a plain yearly budget, less savings."""
    # 150 in 2027: one of two works of 100; 100 in 2028 for the other.
    works = [A, B, Work("B28", (100,), 50)]
    cap = {"kind": "annual_cap", "measure": "cost", "cap": {"2027": 150, "2028": 100}}
    assert decide(small(works, {})).works == ["A27", "B27"]
    assert decide(small(works, {}, [cap])).works == ["A27", "B28"]


def test_contradiction_of_hard_rules_is_named() -> None:
    """A hard duty beyond all money: exit code 3, with the rules that collide."""
    problem = small(
        [A],
        {"fiscal": Fund((99, 0))},
        [{"kind": "mandatory", "hard": ["safety_duty"]}],
        duties=[("A", "safety_duty", 2027)],
    )
    with pytest.raises(ContradictionError) as caught:
        solve_problem(problem, options=SolveOptions())
    assert caught.value.exit_code == 3
    (note,) = caught.value.messages
    assert note.code == "solve.contradiction"
    assert note.params["rules"] == "fund_budget, mandatory, paid_in_full"


def test_two_contradictions_at_once_are_still_named() -> None:
    """Where no single rule can be blamed, one whole contradiction is named."""
    # The hard duty cannot be paid, and the running work is above its cap: leaving out
    # any one rule leaves the other contradiction.
    problem = small(
        [A, Work("R27", (10,), 1, km=1)],
        {"fiscal": Fund((50, 0))},
        [
            {"kind": "mandatory", "hard": ["safety_duty"]},
            {"kind": "annual_cap", "measure": "km", "cap": {"2027": 0.5}},
        ],
        packages={"PR": {"status": "running"}},
        duties=[("A", "safety_duty", 2027)],
    )
    with pytest.raises(ContradictionError) as caught:
        solve_problem(problem, options=SolveOptions())
    assert caught.value.messages[0].params["rules"] in {
        "annual_cap, running",
        "fund_budget, mandatory, paid_in_full",
    }


MONEY = {"fiscal": Fund((100, 0))}


@pytest.mark.parametrize(
    ("decision", "works"),
    [
        ({}, ["A27"]),
        ({"include": ["B"]}, ["B27"]),
        ({"exclude": ["A"]}, ["B27"]),
        ({"start": {"A": 2028}}, ["B27"]),
    ],
)
def test_decisions_stand(decision: dict[str, Any], works: list[str]) -> None:
    """A (100) is better than B (60) for the same money, until people decide."""
    late = Work("A28", (100,), 90)
    rule = {"kind": "decided", "id": "said"} | decision
    problem = small([A, late, B], MONEY, [rule] if decision else [])
    assert decide(problem).works == works


def test_a_decision_against_the_money_is_a_contradiction() -> None:
    """B is in by decision, and there is money for nothing."""
    rule = {"kind": "decided", "id": "said", "include": ["B"]}
    problem = small([A, B], {"fiscal": Fund((10, 0))}, [rule])
    with pytest.raises(ContradictionError):
        solve_problem(problem, options=SolveOptions(gap=0.0, engine="highs"))


def test_alternatives_exclude_each_other() -> None:
    """Money for both, but at most one of the two; at least two of three asks for C."""
    both = {"fiscal": Fund((300, 0))}
    rule = {"kind": "choose", "id": "one", "projects": ["A", "B"], "at_most": 1}
    assert decide(small([A, B], both)).works == ["A27", "B27"]
    assert decide(small([A, B], both, [rule])).works == ["A27"]
    worthless = Work("C27", (100,), 0)
    least = {"kind": "choose", "id": "two", "projects": ["B", "C"], "at_least": 2}
    assert decide(small([A, B, worthless], both, [least])).works == [
        "A27",
        "B27",
        "C27",
    ]
    few = {"fiscal": Fund((200, 0))}
    assert decide(small([A, B, worthless], few, [least])).works == ["B27", "C27"]


def test_outlet_before_upstream() -> None:
    """The pipe (100) has to wait for its outlet (5), which is finished a year later."""
    works = [
        Work("A27", (50,), 100),
        Work("A28", (50,), 80),
        Work("B27", (50,), 5),
        Work("B28", (50,), 5),
    ]
    money = {"fiscal": Fund((50, 100))}
    assert decide(small(works, money)).works == ["A27", "B28"]
    rule = {"kind": "precedence", "id": "outlet", "first": ["B"], "then": ["A"]}
    assert decide(small(works, money, [rule])).works == ["A28", "B27"]
    done = rule | {"after": "completion"}
    assert decide(small(works, money, [done])).works == ["A28", "B27"]
    tight = {"fiscal": Fund((0, 100))}
    assert decide(small(works, tight, [rule])).works == ["A28", "B28"]
    assert decide(small(works, tight, [done])).works == ["B28"]


C = Work("C27", (100,), 1)
HOMES = {"A": {"households": 10}, "B": {"households": 30}, "C": {"households": 60}}


def target(**more: Any) -> dict[str, Any]:
    """Ask for some households by the end of 2027."""
    return {"kind": "target", "id": "homes"} | more


@pytest.mark.parametrize(
    ("rule", "works"),
    [
        ({"amount": {"2027": 10}}, ["A27"]),
        ({"amount": {"2027": 11}}, ["B27"]),
        ({"share_bp": {"2027": 6000}}, ["C27"]),
        ({"share_bp": {"2027": 6000}, "hard": True}, ["C27"]),
        ({"amount": {"2027": 500}}, ["C27"]),
        ({"amount": {"2027": 60}, "weight": 1}, ["A27"]),
        ({"amount": {"2027": 60}, "weight": 2}, ["C27"]),
    ],
)
def test_a_target_comes_before_the_objective(
    rule: dict[str, Any], works: list[str]
) -> None:
    """A (100) is worth more than B (60) and C (1), which have more households.

    One missing household costs 1 or 2: 50 fewer households weigh 50 or 100.
    """
    problem = small([A, B, C], MONEY, [target(**rule)], projects=HOMES)
    assert decide(problem).works == works


def test_targets_come_after_duties_and_by_rank() -> None:
    """A has the duty; then C has the households, B the kilometres."""
    facts = HOMES | {"B": {"households": 30, "length_m": 900.0}}
    homes = target(amount={"2027": 60})
    metres = target(id="metres", measure="length_m", amount={"2027": 900})
    duty = [("A", "assessed_target", 2027)]
    rules = [{"kind": "mandatory"}, homes, metres]
    given = small([A, B, C], MONEY, rules, projects=facts, duties=duty)
    assert decide(given).works == ["A27"]
    assert decide(small([A, B, C], MONEY, [homes, metres], projects=facts)).works == [
        "C27"
    ]
    first = [homes | {"rank": 2}, metres]
    assert decide(small([A, B, C], MONEY, first, projects=facts)).works == ["B27"]


def test_milestones_pull_works_forward() -> None:
    """Half of the obliged set by 2027: without, both wait for the cheaper year."""
    works = [
        Work("A27", (50,), 10),
        Work("A28", (50,), 20),
        Work("B27", (50,), 10),
        Work("B28", (50,), 20),
        Work("C27", (50,), 90),
        Work("C28", (50,), 1),
    ]
    money = {"fiscal": Fund((100, 100))}
    duties = [("A", "assessed_target", 2028), ("B", "assessed_target", 2028)]
    half = target(share_bp={"2027": 5000}, measure="projects")
    half |= {"hardness": ["assessed_target"]}
    assert decide(small(works, money, duties=duties)).works == ["A28", "B28", "C27"]
    found = decide(small(works, money, [half], duties=duties)).works
    assert sum(name in {"A27", "B27"} for name in found) == 1
    assert "C27" in found


def test_a_hard_target_out_of_reach_is_a_contradiction() -> None:
    """500 households are asked for, there are 100: the rule is named."""
    rule = target(amount={"2027": 500}, hard=True)
    problem = small([A, B, C], MONEY, [rule], projects=HOMES)
    with pytest.raises(ContradictionError) as caught:
        solve_problem(problem, options=SolveOptions(gap=0.0, engine="highs"))
    assert "homes" in str(caught.value.messages[0].params)


def test_a_missed_target_is_told() -> None:
    """The plan is complete; what is missing stands in its warnings and its proof."""
    rule = target(amount={"2027": 70})
    problem = small([A, B, C], MONEY, [rule], projects=HOMES)
    plan = solve_problem(problem, options=SolveOptions(gap=0.0, engine="highs"))
    (told,) = [note for note in plan.warnings if note.code == "rule.target_missed"]
    assert (told.params["missing"], told.params["projects"]) == (10, "A, B")
    assert [(s.hardness, s.measure, s.value) for s in plan.proof.stages] == [
        ("target", "homes", 10)
    ]
