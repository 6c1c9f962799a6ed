"""Every rule of the catalogue binds, stands aside, and is watched by the auditor.

`docs/policies.md` has the table of the rules; the clauses that a case is made from
(population, redlines, heritage, consent, upkeep) are in `test_clauses_that_forbid.py`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from renewopt.audit import audit_schedule
from renewopt.audit.books import books_of, facts_of
from renewopt.audit.summary import baseline
from renewopt.core.schedule import Schedule
from renewopt.rules.problem import Problem
from tests.optimise.small import decide
from tests.scenarios.rule_cases import CASES, Shown, money_table, table


@pytest.mark.parametrize("rule", CASES)
def test_it_changes_the_plan(rule: str) -> None:
    """Without the rule the plan is one, with it another."""
    shown = CASES[rule]
    assert tuple(decide(shown.plain()).works) == shown.plain_works
    assert tuple(decide(shown.bound()).works) == shown.bound_works
    assert shown.plain_works != shown.bound_works


@pytest.mark.parametrize("rule", CASES)
def test_it_does_not_apply(rule: str) -> None:
    """Where the rule is there but means something else, the plan is the plain one."""
    shown = CASES[rule]
    expected = shown.idle_works or shown.plain_works
    assert tuple(decide(shown.idle()).works) == expected


@pytest.mark.parametrize("rule", CASES)
def test_the_auditor_finds_a_breach(rule: str) -> None:
    """A decision that breaks the rule is found, by the rule's own name."""
    shown = CASES[rule]
    problem = (shown.judged or shown.bound)()
    schedule = Schedule(table(shown.bad), money_table(shown.draws))
    if shown.caught == "objective":
        # A wish is broken by a plan that is worse than one that minds it, in the
        # auditor's own sums; without the wish the same plan is the better one.
        assert _worse(problem, shown) == {"other objective"}
        assert not _worse(shown.plain(), shown)
        return
    found = {breach.rule_id for breach in audit_schedule(problem, schedule)}
    assert shown.caught in found


SOFT = ("R-MANDATORY", "R-DEADLINE", "R-TARGET", "R-MAXIMISE2", "R-SAFETY-FIRST")
"""Rules that are judged above with `hard`, which packs do not set."""


@pytest.mark.parametrize("rule", SOFT)
def test_the_auditor_finds_a_soft_duty_left_out(rule: str) -> None:
    """As packs have it, a plan that leaves the duty out falls short in his own sums."""
    shown = CASES[rule]
    (where,) = _worse(shown.bound(), shown)
    assert where != "other objective"
    assert not _worse(shown.bound(), replace(shown, bad=shown.bound_works))


def _worse(problem: Problem, shown: Shown) -> set[str]:
    """Tell where the auditor finds the bad works worse than the right ones."""
    facts = facts_of(problem)
    plan, other = (
        books_of(facts, Schedule(table(works), money_table(())))
        for works in (shown.bad, shown.bound_works)
    )
    flaws = baseline("other", plan, other, {})
    worse = (f.breach for f in flaws if f.message.code == "audit.worse_than_baseline")
    return {str(breach.where) for breach in worse}
