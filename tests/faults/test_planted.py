"""Planted faults: each mistake in a `build` method is caught by the mirror test."""

from __future__ import annotations

from functools import lru_cache

import pytest

from renewopt.rules import RULES
from renewopt.rules.problem import Problem
from tests.faults.planted import FAULTS, Fault
from tests.rules.mirror import disagreements
from tests.strategies import Example, example

TRIES = 25
"""Examples within which a fault has to show."""

_example = lru_cache(maxsize=None)(example)


def _fresh(kind: str, seed: int) -> Example:
    """Give an example whose problem has worked out nothing yet."""
    made = _example(kind, seed)
    problem = Problem(made.problem.case, made.problem.policy)
    return Example(kind, problem, made.schedules, seed)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_caught(fault: Fault) -> None:
    """Rows and check disagree on some schedule; without the fault they agree on it."""
    for seed in range(TRIES):
        case = _fresh(fault.kind, seed)
        with pytest.MonkeyPatch.context() as patch:
            fault.plant(patch)
            found = next(disagreements(case), None)
        if found is not None:
            assert list(disagreements(_fresh(fault.kind, seed))) == []
            return
    pytest.fail(f"{fault.name}: not caught within {TRIES} examples")


def test_every_kind_has_a_fault() -> None:
    """No kind of rule goes untested by a planted fault."""
    assert {fault.kind for fault in FAULTS} == set(RULES)
