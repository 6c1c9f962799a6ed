"""Every kind of rule binds where it is tight, and changes nothing with room."""

from __future__ import annotations

import pytest

from renewopt.rules import RULES
from tests.every_rule import CASES
from tests.optimise.small import decide


@pytest.mark.parametrize("kind", sorted(RULES))
def test_it_binds(kind: str) -> None:
    """The plan changes because the rule is tight; the works are worked out by hand."""
    case = CASES[kind]
    assert decide(case.tight).works == case.bound
    assert case.bound != case.free


@pytest.mark.parametrize("kind", sorted(RULES))
def test_with_room_it_does_not_bind(kind: str) -> None:
    """With one unit more, or another fact, the better plan is possible."""
    case = CASES[kind]
    assert decide(case.room).works == case.free
