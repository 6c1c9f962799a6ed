"""New packages: at most so many are opened in a year."""

from __future__ import annotations

import pytest

from renewopt.core.schedule import Breach, Finding
from renewopt.rules.problem import Problem
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027, {2027: 100}),
    "A28": hand.work("A", 2028, {2028: 100}),
    "B27": hand.work("B", 2027, {2027: 100}),
    "B28": hand.work("B", 2028, {2028: 100}),
    "C27": hand.work("C", 2027, {2027: 100}),
}
PROJECTS = {"B": {"package_id": "P2"}, "C": {"package_id": "P1"}}


def _problem(**rule: object) -> Problem:
    full = {"kind": "new_packages", "id": "few", "cap": {"2027": 1, "2028": 1}} | rule
    packages = {"P1": {"legal_owner": "X"}, "P2": {"legal_owner": "Y"}}
    return hand.problem(WORKS, [full], projects=PROJECTS, packages=packages)


def test_a_package_counts_in_the_year_of_its_first_start() -> None:
    """A and C are one package: with B in 2027 two open, with B in 2028 one a year."""
    problem = _problem()
    good = hand.plan(problem, ["A28", "C27", "B28"])
    assert hand.breaches(problem, "new_packages", good) == []
    assert hand.findings(problem, "new_packages", good) == [
        Finding("few", "2027", 1, 1, "packages"),
        Finding("few", "2028", 1, 1, "packages"),
    ]
    bad = hand.plan(problem, ["A28", "C27", "B27"])
    assert hand.breaches(problem, "new_packages", bad) == [
        Breach("few", "2027", 1, 2, "packages")
    ]


def test_selections_and_running_packages_do_not_count() -> None:
    """Only the packages of one owner; what runs already is not new."""
    both = ["A27", "B27"]
    own = _problem(where={"legal_owner": ["Y"]})
    assert hand.breaches(own, "new_packages", hand.plan(own, both)) == []
    one = {"A27": WORKS["A27"], "B27": WORKS["B27"]}
    running = hand.problem(
        one,
        [{"kind": "new_packages", "id": "few", "cap": {"2027": 1}}],
        projects={"B": {"package_id": "P2"}},
        packages={"P1": {"status": "running"}, "P2": {}},
    )
    assert hand.breaches(running, "new_packages", hand.plan(running, both)) == []


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ({"cap": {"2026": 1}}, ["rule.year_outside"]),
        ({"where": {"mode": ["replace"]}}, ["rule.where_key"]),
    ],
)
def test_refusals(rule: dict[str, object], codes: list[str]) -> None:
    """Years outside the plan, keys that packages do not have."""
    problem = _problem(**rule)
    own = problem.policy.first("new_packages")
    assert [m.code for m in own.problems(problem)] == codes


def test_nothing_selected_is_reported() -> None:
    """No package of that owner."""
    problem = _problem(where={"legal_owner": ["Z"]})
    own = problem.policy.first("new_packages")
    assert [m.code for m in own.warnings(problem)] == ["rule.selects_nothing"]
