"""Coupling: what the facts tie together is kept, or broken at a price."""

from __future__ import annotations

import pytest

from renewopt.core.schedule import Breach, Finding
from renewopt.rules.case_problems import moved_problems
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027, {2027: 100}),
    "A28": hand.work("A", 2028, {2028: 100}),
    "A29": hand.work("A", 2029, {2029: 100}),
    "B27": hand.work("B", 2027, {2027: 100}, duration=2),
    "B28": hand.work("B", 2028, {2028: 100}),
}
LINKS = [("site", "A", "B")]


def _problem(how: str, duty: bool = False, **rule: object) -> Problem:
    full = {"kind": "coupling", "id": "tie", "link": "site", "how": how} | rule
    duties = [("A", "safety_duty", 2027)] if duty else []
    return hand.problem(WORKS, [full], links=LINKS, duties=duties)


def _bad(problem: Problem, *works: str) -> list[str]:
    plan = hand.plan(problem, list(works))
    return [b.where for b in hand.breaches(problem, "coupling", plan)]


def test_together_means_the_same_year_or_so_many_apart() -> None:
    """Alone is good; two years apart is bad, and good within two."""
    same = _problem("together")
    assert _bad(same, "A28", "B28") == []
    assert _bad(same, "A28") == _bad(same, "B28") == []
    assert _bad(same, "A27", "B28") == ["A B"]
    near = _problem("together", within_years=1)
    assert _bad(near, "A27", "B28") == []
    assert _bad(near, "A29", "B27") == ["A B"]


def test_needs_means_not_without() -> None:
    """A without B is bad, B without A is good."""
    needs = _problem("together", within_years=99, needs=True)
    assert _bad(needs, "A29", "B27") == _bad(needs, "B27") == []
    assert _bad(needs, "A27") == ["A B needs"]


def test_after_waits_for_start_or_completion() -> None:
    """B takes two years from 2027: A may start with it, or only in 2029."""
    start = _problem("after")
    assert _bad(start, "A27", "B27") == []
    assert _bad(start, "A27", "B28") == _bad(start, "A27") == ["A B"]
    done = _problem("after", after="completion")
    assert _bad(done, "A28", "B27") == ["A B"]
    assert _bad(done, "A29", "B27") == []


def test_instead_means_one_of_them() -> None:
    """Either alone."""
    either = _problem("instead")
    assert _bad(either, "A27") == _bad(either, "B28") == []
    assert _bad(either, "A27", "B28") == ["A B"]


def test_with_means_both_or_neither_in_the_same_years() -> None:
    """A takes one year, B27 two: 2028 is the same span; a mode leaves works out."""
    both = _problem("with")
    assert _bad(both) == _bad(both, "A28", "B28") == []
    assert _bad(both, "A28") == _bad(both, "B28") == ["A B"]
    assert _bad(both, "A27", "B27") == _bad(both, "A27", "B28") == ["A B"]
    works = WORKS | {"B29": hand.work("B", 2029, {2029: 100}, mode="own")}
    rule = {"kind": "coupling", "id": "tie", "link": "site", "how": "with"}
    moved = hand.problem(works, [rule], links=[("site", "A", "B", "", "replace")])
    assert _bad(moved, "B29") == []
    assert _bad(moved, "A29", "B29") == ["A B"]


def test_with_is_never_broken_and_has_no_price() -> None:
    """A safety duty pardons nothing; what has no meaning there is refused."""
    assert _bad(_problem("with", duty=True), "A28") == ["A B"]
    for key, value in (("price", 1), ("free_duties", False), ("needs", True)):
        problem = _problem("with", **{key: value})
        (rule,) = problem.policy.of_kind("coupling")
        (found,) = rule.problems(problem)
        assert (found.code, found.params["key"]) == ("rule.coupling_idle", key)


def test_modes_of_a_link_are_meant_by_every_rule() -> None:
    """Only B's works of one mode exclude A."""
    works = WORKS | {"B29": hand.work("B", 2029, {2029: 100}, mode="own")}
    rule = {"kind": "coupling", "id": "tie", "link": "site", "how": "instead"}
    either = hand.problem(works, [rule], links=[("site", "A", "B", "", "own")])
    assert _bad(either, "A27", "B28") == []
    assert _bad(either, "A27", "B29") == ["A B"]


def test_what_moves_needs_the_rule_and_one_place() -> None:
    """Links with modes and no rule of kind `with`; a project that would move twice."""
    rule = {"kind": "coupling", "id": "tie", "link": "site", "how": "instead"}
    twice = [("site", name, "B", "", "replace") for name in ("A", "C")]
    works = WORKS | {"C27": hand.work("C", 2027, {2027: 100})}
    free = hand.problem(works, [rule], links=twice[:1])
    assert [m.code for m in moved_problems(free)] == ["policy.moved_free"]
    bound = hand.problem(works, [rule | {"how": "with"}], links=twice)
    assert [m.code for m in moved_problems(bound)] == ["policy.moved_twice"]


def test_a_safety_duty_or_a_price_breaks_a_pair_openly() -> None:
    """The broken pair is listed with its price; without the exemption: a breach."""
    free = _problem("together", duty=True)
    assert _bad(free, "A27", "B28") == []
    plan = hand.plan(free, ["A27", "B28"])
    assert hand.findings(free, "coupling", plan) == [
        Finding("tie", "A B", 0.0, 0.0, "万元")
    ]
    strict = _problem("together", duty=True, free_duties=False)
    assert hand.breaches(strict, "coupling", plan) == [
        Breach("tie", "A B", 0, 1, "pairs")
    ]
    priced = _problem("together", price=2.5)
    assert _bad(priced, "A27", "B28") == []
    plan = hand.plan(priced, ["A27", "B28"])
    assert hand.findings(priced, "coupling", plan) == [
        Finding("tie", "A B", 0.0, 2.5, "万元")
    ]


@pytest.mark.parametrize(
    ("how", "rule", "codes"),
    [
        ("together", {"price": 0.001}, ["rule.too_fine"]),
        ("after", {"within_years": 1}, ["rule.coupling_idle"]),
        ("together", {"after": "completion"}, ["rule.coupling_idle"]),
        ("instead", {"needs": True}, ["rule.coupling_idle"]),
    ],
)
def test_refusals(how: str, rule: dict[str, object], codes: list[str]) -> None:
    """Prices finer than a unit, and parameters that would change nothing."""
    problem = _problem(how, **rule)
    own = problem.policy.first("coupling")
    assert [m.code for m in own.problems(problem)] == codes


def test_no_such_links_are_reported() -> None:
    """The case ties nothing of that sort."""
    problem = _problem("together", link="outlet")
    own = problem.policy.first("coupling")
    assert [m.code for m in own.warnings(problem)] == ["rule.selects_nothing"]
