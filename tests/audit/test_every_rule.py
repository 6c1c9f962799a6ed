"""The auditor finds a breach of every kind of rule by its own arithmetic."""

from __future__ import annotations

import pytest

from renewopt.audit.books import books_of, facts_of
from renewopt.audit.desk import RECOMPUTED
from renewopt.rules import RULES
from tests.every_rule import CASES
from tests.optimise.small import decide


@pytest.mark.parametrize("kind", sorted(RULES))
def test_auditor_finds_the_breach(kind: str) -> None:
    """A plan that breaks the rule is refused by sum and by check; a good one is not."""
    case = CASES[kind]
    problem = case.tight
    good = decide(problem).schedule
    bad = case.spoil(decide(case.room).schedule, good)
    facts = facts_of(problem)
    table = next(rule for rule in facts.rules if rule["kind"] == kind)
    own = RECOMPUTED[kind]
    assert list(own(books_of(facts, good), table)) == []
    found = list(own(books_of(facts, bad), table))
    assert {item.breach.rule_id for item in found} == {table["id"]}
    checked = problem.policy.first(kind).check(problem, bad)
    assert {breach.rule_id for breach in checked} == {table["id"]}
    same = [(b.where, b.limit, b.actual) for b in checked]
    assert [(i.breach.where, i.breach.limit, i.breach.actual) for i in found] == same
