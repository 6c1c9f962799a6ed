"""Planted faults: each mistake in a `build` method is caught by the mirror test."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest

from renewopt.rules import RULES
from renewopt.rules.problem import Problem
from tests.faults.planted import FAULTS, Fault
from tests.rules.mirror import first_difference
from tests.strategies import Example, example

TRIES = 25
"""Examples within which a fault has to show."""

_example = lru_cache(maxsize=64)(example)


def _fresh(made: Example) -> Example:
    """Give an example whose problem has worked out nothing yet."""
    problem = Problem(made.problem.case, made.problem.policy)
    return replace(made, problem=problem)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_caught(fault: Fault) -> None:
    """Rows and check disagree on some schedule; without the fault they agree on it."""
    for seed in range(fault.seed, fault.seed + TRIES):
        made = _example(fault.kind, seed)
        with pytest.MonkeyPatch.context() as patch:
            fault.plant(patch)
            found = first_difference(_fresh(made))
        if found is not None:
            alone = replace(_fresh(made), schedules=(made.schedules[found],))
            assert first_difference(alone) is None
            return
    pytest.fail(f"{fault.name}: not caught within {TRIES} examples")


def test_every_kind_has_a_fault() -> None:
    """No kind of rule goes untested by a planted fault."""
    assert {fault.kind for fault in FAULTS} == set(RULES)
