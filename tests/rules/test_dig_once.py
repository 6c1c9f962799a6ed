"""Dig-once: networks that open a street in one year share the trench."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.audit.books import books_of, facts_of
from renewopt.audit.streets import closed_corridor, joint_savings
from renewopt.core.schedule import Breach, Finding
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027, {2027: 900}),
    "B27": hand.work("B", 2027, {2027: 900}),
    "B28": hand.work("B", 2028, {2028: 900}),
    "C27": hand.work("C", 2027, {2027: 900}),
}
PROJECTS = {
    "A": {"asset_class": "gas_pipe"},
    "B": {"asset_class": "heating_pipe"},
    "C": {"asset_class": "gas_pipe"},
}
RULE = {"kind": "dig_once", "id": "dig", "rate_bp": 2500}
DIGS = [("s1", "A", 401), ("s1", "B", 500), ("s1", "C", 300)]


def _problem(digs: list[Any] | None = None, **more: Any) -> Problem:
    digs = DIGS if digs is None else digs
    return hand.problem(WORKS, [RULE], projects=PROJECTS, digs=digs, **more)


def _judge(problem: Problem, **savings: int) -> list[Breach]:
    return hand.breaches(problem, "dig_once", hand.plan(problem, savings))


def test_all_but_the_deepest_save() -> None:
    """B bears the trench; A saves ⌊25 % of 4.01⌋ = 1 and C 0.75 万元."""
    problem = _problem()
    assert _judge(problem, A27=100, B27=0, C27=75) == []
    plan = hand.plan(problem, {"A27": 100, "B27": 0, "C27": 75})
    assert hand.findings(problem, "dig_once", plan) == [
        Finding("dig", "s1 2027", 1.75, 1.75)
    ]


@pytest.mark.parametrize("stated", [99, 101, 0])
def test_wrong_saving_is_named(stated: int) -> None:
    """Stating a unit more or less than is due is a breach of that work."""
    assert _judge(_problem(), A27=stated, B27=0) == [
        Breach("dig", "saving A27", 1.0, stated / 100)
    ]


def test_one_network_alone_saves_nothing() -> None:
    """A and C are both gas: without heating there is nothing to share."""
    assert _judge(_problem(), A27=0, C27=0) == []
    assert _judge(_problem(), A27=0, C27=1) == [Breach("dig", "saving C27", 0.0, 0.01)]


def test_another_year_saves_nothing() -> None:
    """B opens the street in 2028: two trenches, no saving."""
    assert _judge(_problem(), A27=0, B28=0) == []


def test_ties_go_to_the_lower_id() -> None:
    """Equal costs: A bears the trench, B saves."""
    problem = _problem([("s1", "A", 400), ("s1", "B", 400)])
    assert _judge(problem, A27=0, B27=100) == []
    assert [b.where for b in _judge(problem, A27=100, B27=0)] == [
        "saving A27",
        "saving B27",
    ]


def test_corridors_add_up_floor_by_floor() -> None:
    """⌊0.99 / 4⌋ on each of two streets: 24 + 24 units, not ⌊1.98 / 4⌋ = 49."""
    digs = [("s1", "A", 99), ("s1", "B", 500), ("s2", "A", 99), ("s2", "B", 500)]
    problem = _problem(digs)
    assert _judge(problem, A27=48, B27=0) == []
    assert _judge(problem, A27=49, B27=0) != []


def test_every_mode_digs_its_own_trench() -> None:
    """A lined digs nothing; A in part digs less than B, A replaced digs more."""
    works = {
        "A.whole": hand.work("A", 2027, {2027: 900}),
        "A.part": hand.work("A", 2027, {2027: 900}, mode="partial"),
        "A.line": hand.work("A", 2027, {2027: 900}, mode="line"),
        "B27": hand.work("B", 2027, {2027: 900}),
        "C28": hand.work("C", 2028, {2028: 900}),
    }
    digs = [
        ("s1", "A", 800, "replace"),
        ("s1", "A", 100, "partial"),
        ("s1", "B", 400),
        ("s1", "C", 9),
    ]
    years = {"opening": 5, "new": 5, "rebuilt": 5, "major_repair": 5}
    closed = {"kind": "closed_corridor", "id": "closed", "years": years}
    rules = [RULE, closed | {"waiver_price": 1}]
    problem = hand.problem(works, rules, projects=PROJECTS, digs=digs)
    for saved in (
        {"A.whole": 0, "B27": 100},
        {"A.part": 25, "B27": 0},
        {"A.line": 0, "B27": 0},
    ):
        assert _judge(problem, **saved) == []
        books = books_of(facts_of(problem), hand.plan(problem, saved))
        shares = {share.work_id: share.amount for share in joint_savings(books)}
        assert shares == {work: n for work, n in saved.items() if n}
    assert _judge(problem, **{"A.line": 0, "B27": 100}) != []
    for work, blocked in (("A.whole", True), ("A.line", False)):
        plan = hand.plan(problem, [work, "C28"])
        assert bool(hand.breaches(problem, "closed_corridor", plan)) == blocked
        flaws = closed_corridor(books_of(facts_of(problem), plan), rules[1])
        assert bool(list(flaws)) == blocked


def test_running_works_share_nothing() -> None:
    """What is still to be paid for running works is agreed; they dug before."""
    works = {name: WORKS[name] for name in ("A27", "B27")}
    problem = hand.problem(
        works,
        [RULE],
        projects=PROJECTS | {"B": {"asset_class": "heating_pipe", "package_id": "P2"}},
        packages={"P2": {"status": "running"}},
        digs=DIGS[:2],
    )
    assert _judge(problem, A27=0, B27=0) == []


def test_saving_that_rounds_to_nothing_needs_no_payment() -> None:
    """A trench of 0.03 saves nothing, even for a work that pays a year later."""
    works = WORKS | {"C27": hand.work("C", 2027, {2028: 900})}
    digs = [("s1", "B", 500), ("s1", "C", 3)]
    problem = hand.problem(works, [RULE], projects=PROJECTS, digs=digs)
    assert hand.refusals(problem, "dig_once") == []
    assert _judge(problem, B27=0, C27=0) == []


def test_saving_above_the_payment_is_refused() -> None:
    """A work has to pay in its first year at least what it may save there."""
    works = WORKS | {"A27": hand.work("A", 2027, {2027: 99})}
    problem = hand.problem(works, [RULE], projects=PROJECTS, digs=DIGS)
    (found,) = hand.refusals(problem, "dig_once")
    assert (found[0], found[1]["work"]) == ("rule.saving_above_payment", "A27")
    assert hand.refusals(_problem(), "dig_once") == []


def test_no_shared_street_is_reported() -> None:
    """Where no two networks can meet, the rule has no effect."""
    assert hand.notes(_problem(DIGS[:1]), "dig_once") == ["rule.selects_nothing"]
    assert hand.notes(_problem(), "dig_once") == []
