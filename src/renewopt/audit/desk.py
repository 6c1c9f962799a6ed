"""The desk: one decision judged by the rules themselves and by own arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from renewopt.audit import (
    choices,
    couplings,
    debt,
    funding,
    goals,
    money_rules,
    shares,
    streets,
    works,
)
from renewopt.audit.books import Books, Row, books_of, facts_of
from renewopt.audit.gains import gains
from renewopt.audit.payments import payments
from renewopt.audit.report import Flaw, flaw, merged
from renewopt.audit.structure import structure
from renewopt.core.schedule import Breach, Schedule
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem

RECOMPUTED: dict[str, Callable[[Books, Row], Iterator[Flaw]]] = {
    "one_work": works.one_work,
    "running": works.running,
    "decided": choices.decided,
    "choose": choices.choose,
    "precedence": choices.precedence,
    "new_packages": couplings.new_packages,
    "coupling": couplings.coupling,
    "dig_once": streets.dig_once,
    "closed_corridor": streets.closed_corridor,
    "mandatory": works.mandatory,
    "annual_cap": works.annual_cap,
    "paid_in_full": funding.paid_in_full,
    "fund_budget": funding.fund_budget,
    "fund_eligibility": funding.fund_eligibility,
    "fund_share": funding.fund_share,
    "capital_share": funding.capital_share,
    "debt_limit": debt.debt_limit,
    "debt_service": debt.debt_service,
    "target": goals.target,
    "coverage": money_rules.coverage,
    "debt_increase": money_rules.debt_increase,
    "bond_review": money_rules.bond_review,
    "negative_list": money_rules.negative_list,
    "resident_limit": money_rules.resident_limit,
    "debt_band": money_rules.debt_band,
    "held": funding.held,
    "source_limit": money_rules.source_limit,
    "site_limit": choices.site_limit,
    "together": choices.together,
    "draw_size": money_rules.draw_size,
    "emergency_reserve": money_rules.emergency_reserve,
    "spending_floor": shares.spending_floor,
    "district_share": shares.district_share,
    "smoothing": shares.smoothing,
    "stability": shares.stability,
}
"""The auditor's own arithmetic for every kind of rule."""


def audit_schedule(problem: Problem, schedule: Schedule) -> list[Breach]:
    """Judge a decision: every rule's check, and everything recomputed.

    Parameters
    ----------
    problem
        Facts and policy.
    schedule
        Chosen works and draws, good or bad.

    Returns
    -------
    list
        Every breach once, in order; empty for a good plan.
    """
    books = books_of(facts_of(problem), schedule)
    found = [*unfit_rules(problem), *judge(problem, schedule, books)]
    return [item.breach for item in merged(found)]


def judge(problem: Problem, schedule: Schedule, books: Books) -> list[Flaw]:
    """List the flaws of a decision: own findings first, then those of the rules."""
    found = [*structure(books), *payments(books), *gains(books)]
    for table in books.facts.rules:
        found += _guarded(str(table["id"]), partial(_recompute, books, table))
    for rule in problem.policy.rules:
        found += rule_check(rule, problem, schedule)
    return found


def _recompute(books: Books, rule: Row) -> list[Flaw]:
    """Judge one rule with the auditor's own arithmetic."""
    own = RECOMPUTED.get(str(rule["kind"]))
    if own is not None:
        return list(own(books, rule))
    code, name = "audit.rule_not_recomputed", str(rule["id"])
    return [flaw(code, name, "", 1, 0, "checks", kind=rule["kind"])]


def unfit_rules(problem: Problem) -> Iterator[Flaw]:
    """Look whether the parameters of every rule fit the case."""
    for rule in problem.policy.rules:
        for item in rule.problems(problem):
            yield flaw(
                "audit.rule_unfit", rule.id, item.code, 0, 1, "problems", detail=item
            )


def rule_check(rule: Rule, problem: Problem, schedule: Schedule) -> list[Flaw]:
    """Run a rule's own check."""
    return _guarded(
        rule.id,
        lambda: [
            flaw("audit.rule_breached", rule.id, b.where, b.limit, b.actual, b.unit)
            for b in rule.check(problem, schedule)
        ],
    )


def _guarded(rule_id: str, check: Callable[[], Iterable[Flaw]]) -> list[Flaw]:
    """Run a check; tables that contradict each other can stop it.

    That is a finding too, and the other rules must still be looked at.
    """
    try:
        return list(check())
    except (LookupError, ValueError, TypeError, ArithmeticError) as error:
        return [
            flaw(
                "audit.rule_failed",
                rule_id,
                type(error).__name__,
                0,
                1,
                "failures",
                detail=str(error),
            )
        ]
