"""Every kind of rule says in words of its own what cannot be met, with its numbers."""

from __future__ import annotations

import pytest

from renewopt.rules import RULES
from renewopt.text import render
from renewopt.text.catalogue import sentence
from tests.every_rule import CASES
from tests.optimise.small import decide


@pytest.mark.parametrize("kind", sorted(RULES))
def test_every_kind_says_what_cannot_be_met(kind: str) -> None:
    """Of a plan that breaks it; of one that keeps it there is nothing to say."""
    case = CASES[kind]
    good = decide(case.tight).schedule
    rule = case.tight.policy.first(kind)
    assert rule.cannot(case.tight, good) is None
    bad = case.spoil(decide(case.room).schedule, good)
    said = rule.cannot(case.tight, bad)
    assert said is not None
    assert said.code.removesuffix("_out") == f"cannot.{kind}"
    worst = {(b.limit, b.actual) for b in rule.check(case.tight, bad)}
    if said.code == f"cannot.{kind}":
        numbers = (said.params["limit"], said.params["actual"])
        assert any(numbers == pytest.approx(pair, abs=0.005) for pair in worst)
    for lang in ("zh", "en"):
        text = render(said, lang)
        assert rule.id in text
        assert "{" not in text
        assert "label." not in text
    assert sentence(said.code, "zh") != sentence(said.code, "en")
