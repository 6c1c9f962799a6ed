"""Greedy plans under all-or-none groups and shares: whole groups, and no empty plan."""

from __future__ import annotations

from typing import Any

import pytest

from tests.optimise.small import Fund, Work, small
from tests.optimise.solving import Model

A, B, C = Work("A27", (100,), 100), Work("B27", (80,), 60), Work("C27", (50,), 30)


def _greedy(works: list[Work], money: int, rule: dict[str, Any], **more: Any) -> Any:
    """Solve; give the works of both baselines, each audited."""
    model = Model.of(small(works, {"fiscal": Fund((money, 0))}, [rule], **more))
    result = model.solve()
    found = {}
    for name, values in result.baselines.items():
        assert model.breaches(values) == []
        found[name] = sorted(model.schedule(values).chosen["work_id"])
    return found


@pytest.mark.parametrize("name", ["greedy", "worst_first"])
def test_a_group_that_can_be_paid_is_whole(name: str) -> None:
    """A and B go together and 230 pay for all three."""
    rule = {"kind": "together", "projects": ["A", "B"]}
    assert _greedy([A, B, C], 230, rule)[name] == ["A27", "B27", "C27"]


@pytest.mark.parametrize("name", ["greedy", "worst_first"])
def test_a_group_that_cannot_is_left_out(name: str) -> None:
    """150 pay for A or B, not for both: only C is built."""
    rule = {"kind": "together", "projects": ["A", "B"]}
    assert _greedy([A, B, C], 150, rule)[name] == ["C27"]


def test_running_work_brings_its_group() -> None:
    """B runs, so A has to be built with it, before what is worth more."""
    rule = {"kind": "together", "projects": ["A", "B"]}
    works = [A, B, Work("C27", (100,), 900)]
    running = {"packages": {"PB": {"status": "running"}}}
    assert _greedy(works, 190, rule, **running)["greedy"] == ["A27", "B27"]


def test_shares_of_districts_do_not_empty_the_plan() -> None:
    """East may have 60 %: of A and B (180 of 230) the less worthy B gives way."""
    places = {"A": {"district": "east"}, "B": {"district": "east"},
              "C": {"district": "west"}}  # fmt: skip
    rule = {"kind": "district_share", "most_bp": {"east": 6700}}
    found = _greedy([A, B, C], 230, rule, projects=places)
    assert found["greedy"] == ["A27", "C27"]
