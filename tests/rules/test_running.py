"""Running: works under construction go on."""

from __future__ import annotations

from renewopt.core.schedule import Breach
from tests.rules import hand

PACKAGES = {"P1": {"status": "running"}}
WORKS = {"A26": hand.work("A", 2026, {2027: 300}), "B27": hand.work("B", 2027)}


def test_running_work_is_kept() -> None:
    """The one work of a running project is in the plan; new projects are free."""
    problem = hand.problem(
        WORKS, packages=PACKAGES, projects={"B": {"package_id": "P2"}}
    )
    assert hand.breaches(problem, "running", hand.plan(problem, ["A26"])) == []


def test_dropped_running_work_is_named() -> None:
    """Without its work a running project is a breach: 1 due, 0 found."""
    problem = hand.problem(
        WORKS, packages=PACKAGES, projects={"B": {"package_id": "P2"}}
    )
    assert hand.breaches(problem, "running", hand.plan(problem, ["B27"])) == [
        Breach("running", "A", 1, 0, "works")
    ]
