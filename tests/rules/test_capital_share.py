"""Capital share: enough of a package's cost is money that is not debt."""

from __future__ import annotations

from dataclasses import replace

from renewopt.audit.books import books_of, facts_of
from renewopt.audit.desk import RECOMPUTED
from renewopt.core.schedule import Breach, Finding
from renewopt.rules.after_plan import unfunded_after
from renewopt.rules.problem import Problem
from renewopt.text import render
from tests.rules import hand

WORKS = {"A27": hand.work("A", 2027, {2027: 600, 2028: 400, 2030: 900})}
FUNDS = hand.FISCAL | {"bond": {"debt": True, "tenor_years": 5}}
RULE = {"kind": "capital_share", "id": "capital", "min_bp": 2000}


def _judge(problem: Problem, capital: int) -> list[Breach]:
    draws = [
        ("P1", 2027, "bond", 600),
        ("P1", 2028, "fiscal", capital),
        ("P1", 2028, "bond", 400 - capital),
    ]
    return hand.breaches(problem, "capital_share", hand.plan(problem, ["A27"], draws))


def test_exactly_a_fifth_is_enough() -> None:
    """2 of 10 万元 are capital; the tail does not count."""
    problem = hand.problem(WORKS, [RULE], funds=FUNDS)
    assert _judge(problem, 200) == []
    assert _judge(problem, 199) == [Breach("capital", "P1", 2.0, 1.99)]


def test_the_tail_counts_where_it_is_asked_for() -> None:
    """9 万元 follow the plan: a fifth of all 19 is 3.8, less what is promised."""
    problem = hand.problem(WORKS, [RULE | {"tail_capital_bp": 0}], funds=FUNDS)
    assert _judge(problem, 380) == []
    assert _judge(problem, 379) == [Breach("capital", "P1", 3.8, 3.79)]
    assert _doubted(problem, 379) == _judge(problem, 379)
    promised = hand.problem(WORKS, [RULE | {"tail_capital_bp": 1500}], funds=FUNDS)
    assert _judge(promised, 245) == []
    assert _judge(promised, 244) == [Breach("capital", "P1", 2.45, 2.44)]
    assert _doubted(promised, 244) == _judge(promised, 244)
    assert _doubted(promised, 245) == []


def _doubted(problem: Problem, capital: int) -> list[Breach]:
    """Ask the auditor's own arithmetic."""
    draws = [("P1", 2027, "fiscal", capital), ("P1", 2028, "bond", 1000 - capital)]
    plan = hand.plan(problem, ["A27"], draws)
    books = books_of(facts_of(problem), plan)
    (rule,) = [r for r in books.facts.rules if r["kind"] == "capital_share"]
    return [flaw.breach for flaw in RECOMPUTED["capital_share"](books, rule)]


def test_what_follows_the_plan_is_told() -> None:
    """9 of 19 万元 have no fund; capital 2 is a fifth of 10, not of 19: 1.8 lack."""
    problem = hand.problem(WORKS, [RULE], funds=FUNDS)
    draws = [("P1", 2027, "fiscal", 200), ("P1", 2028, "bond", 800)]
    plan = hand.plan(problem, ["A27"], draws)
    tail, capital = unfunded_after(problem, plan)
    assert (tail.code, tail.params["total"]) == ("rule.unfunded_after", 9.0)
    assert [part.params["share"] for part in tail.params["packages"]] == [47.4]
    assert capital.code == "rule.capital_of_total"
    assert (capital.params["missing"], capital.params["share"]) == (1.8, 10.5)
    for note in (tail, capital):
        assert "P1" in render(note, "en")
        assert "P1" in render(note, "zh")
    asked = hand.problem(WORKS, [RULE | {"tail_capital_bp": 0}], funds=FUNDS)
    assert [n.code for n in unfunded_after(asked, plan)] == ["rule.unfunded_after"]


def test_retention_and_money_at_hand_are_no_matter() -> None:
    """5 % later is retention; money that came up front pays what follows the plan."""
    small = {"A27": hand.work("A", 2027, {2027: 950, 2030: 50})}
    problem = hand.problem(small, [], funds=FUNDS)
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "fiscal", 950)])
    assert unfunded_after(problem, plan) == []
    held = hand.problem(WORKS, [], funds=FUNDS)
    plan = hand.plan(held, ["A27"], [("P1", 2027, "fiscal", 1000)])
    early = replace(plan, draws=plan.draws.assign(received=1900))
    assert unfunded_after(held, early) == []


def test_history_counts() -> None:
    """5 万元 paid before the plan, 1.5 of it capital: 3 of 15 are due, 1.5 are left."""
    history = [
        {"package_id": "P1", "year": 2026, "cost": 500},
        {"package_id": "P1", "year": 2026, "fund_id": "fiscal", "received": 150},
    ]
    problem = hand.problem(WORKS, [RULE], funds=FUNDS, history=history)
    assert _judge(problem, 150) == []
    assert _judge(problem, 149) == [Breach("capital", "P1", 3.0, 2.99)]


def test_only_selected_packages_are_asked() -> None:
    """`where` speaks of packages; others may be all debt."""
    rule = RULE | {"where": {"nature": ["commercial"]}}
    problem = hand.problem(WORKS, [rule], funds=FUNDS)
    assert _judge(problem, 0) == []
    assert hand.notes(problem, "capital_share") == ["rule.selects_nothing"]


def test_room_left() -> None:
    """`explain` shows the capital against the least that is asked."""
    problem = hand.problem(WORKS, [RULE], funds=FUNDS)
    plan = hand.plan(problem, ["A27"], [("P1", 2027, "fiscal", 500)])
    assert hand.findings(problem, "capital_share", plan) == [
        Finding("capital", "P1", 2.0, 5.0)
    ]
    assert hand.notes(problem, "capital_share") == []


def test_key_that_packages_do_not_have_is_refused() -> None:
    """A package has no asset class: selecting by it is refused, not ignored."""
    rule = RULE | {"where": {"asset_class": ["gas_pipe"]}}
    problem = hand.problem(WORKS, [rule], funds=FUNDS)
    (found,) = hand.refusals(problem, "capital_share")
    assert (found[0], found[1]["key"]) == ("rule.where_key", "asset_class")
