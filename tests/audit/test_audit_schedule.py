"""A decision is judged to the unit, by the rules and by the auditor's arithmetic."""

from __future__ import annotations

import pandas as pd
import pytest

from renewopt.audit import audit_schedule, desk
from renewopt.audit.books import books_of, facts_of
from renewopt.core.schedule import Breach, Schedule
from renewopt.rules import RULES
from renewopt.rules.problem import Problem
from tests.audit import hand

Key = tuple[str, int, str]


@pytest.fixture(scope="module")
def problem() -> Problem:
    """Give facts and policy worked out by hand."""
    return hand.hand_problem()


def moved(units: int, *pairs: tuple[Key, Key]) -> Schedule:
    """Move money (units of 0.01 万元) from one draw to another, pair by pair."""
    good = hand.hand_schedule()
    draws = {
        (r["package_id"], r["year"], r["fund_id"]): int(r["amount"])
        for r in good.draws.to_dict("records")
    }
    for source, target in pairs:
        draws[source] = draws.get(source, 0) - units
        draws[target] = draws.get(target, 0) + units
    rows = [(*key, amount, amount) for key, amount in draws.items()]
    columns = "package_id year fund_id amount received"
    return Schedule(good.chosen, hand.frame(columns, *rows))


def own(problem: Problem, schedule: Schedule) -> list[Breach]:
    """Judge with the auditor's arithmetic alone."""
    books = books_of(facts_of(problem), schedule)
    return [
        flaw.breach
        for rule in books.facts.rules
        for flaw in desk.RECOMPUTED[rule["kind"]](books, rule)
    ]


def by_rules(problem: Problem, schedule: Schedule) -> list[Breach]:
    """Judge with the rules' own checks alone."""
    found = [rule.check(problem, schedule) for rule in problem.policy.rules]
    return [breach for breaches in found for breach in breaches]


def test_every_kind_of_rule_is_recomputed() -> None:
    """A new kind of rule without its own arithmetic in the audit is named."""
    assert sorted(set(RULES) - set(desk.RECOMPUTED)) == []


def test_the_good_plan_is_clean(problem: Problem) -> None:
    """Nothing is found in the plan worked out by hand, nor in its baselines."""
    for schedule in (
        hand.hand_schedule(),
        hand.greedy_schedule(),
        hand.worst_schedule(),
    ):
        assert audit_schedule(problem, schedule) == []


TO_THE_UNIT: dict[str, tuple[Schedule, str, str, float, float]] = {
    # 60 % of the eligible 68 is 40.8, all of which the good plan uses.
    "grant_share": (
        moved(1, (("PH", 2027, "fiscal"), ("PH", 2027, "grant"))),
        "fund_share", "PH grant", 40.8, 40.81,
    ),
    # 20 % of 116 is 23.2, which the good plan just has.
    "capital": (
        moved(1, (("PC", 2029, "fiscal"), ("PC", 2029, "bond"))),
        "capital", "PC", 23.2, 23.19,
    ),
    # 2027: 60, carried over once. 16 less is spent in 2028, so 4.8 of 2027 lapses;
    # in 2029 there are 20 + 3, but 13.2 + 16 is wanted, though 83 were given in all.
    "lapse": (
        moved(
            1600,
            (("PH", 2028, "fiscal"), ("PH", 2028, "bond")),
            (("PC", 2029, "bond"), ("PC", 2029, "fiscal")),
        ),
        "fund_budget", "fiscal 2029", 23.0, 29.2,
    ),
    # The quota of 2027 is 20; 10 + 10.01 is issued.
    "quota": (
        moved(1001, (("PH", 2027, "fiscal"), ("PH", 2027, "bond"))),
        "fund_budget", "bond 2027", 20.0, 20.01,
    ),
    # End of 2028: 10 + 55 + 10 of old debt = 75, and 5.01 more.
    "debt_limit": (
        moved(501, (("PH", 2028, "fiscal"), ("PH", 2028, "bond"))),
        "limit", "2028", 80.0, 80.01,
    ),
    "other_owner": (
        moved(300, (("PH", 2028, "fiscal"), ("PH", 2028, "gasco"))),
        "fund_eligibility", "PH gasco 2028", 0.0, 3.0,
    ),
    "loan_for_another": (
        moved(300, (("PH", 2028, "fiscal"), ("PH", 2028, "loan"))),
        "fund_eligibility", "PH loan 2028", 0.0, 3.0,
    ),
    "underpaid": (
        moved(1, (("PH", 2028, "fiscal"), ("PH", 2029, "fiscal"))),
        "paid_in_full", "PH 2028", 25.0, 24.99,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TO_THE_UNIT))
def test_money_is_judged_to_the_unit(problem: Problem, name: str) -> None:
    """0.01 万元 too much is a breach, found alike by rule and by recomputation."""
    schedule, rule_id, where, limit, actual = TO_THE_UNIT[name]
    for found in (
        own(problem, schedule),
        by_rules(problem, schedule),
        audit_schedule(problem, schedule),
    ):
        same = [b for b in found if (b.rule_id, b.where) == (rule_id, where)]
        assert [(round(b.limit, 6), round(b.actual, 6)) for b in same] == [
            (limit, actual)
        ]


def _chosen(*rows: tuple[str, str, int]) -> Schedule:
    good = hand.hand_schedule()
    columns = ["project_id", "work_id", "saving"]
    return Schedule(pd.DataFrame(list(rows), columns=columns), good.draws)


CHOICES: dict[str, tuple[Schedule, str, str]] = {
    "two_works": (
        _chosen(("H1", "H1-27", 0), ("H1", "H1-28", 0), ("R1", "R1-26", 0)),
        "one_work", "H1",
    ),
    "running_dropped": (_chosen(("H1", "H1-27", 0)), "running", "R1"),
    "closed": (
        _chosen(("H2", "H2-28", 0), ("R1", "R1-26", 0)), "closed", "s2 2028",
    ),
    "saving_without_partner": (
        _chosen(("G1", "G1-27", 500), ("R1", "R1-26", 0)), "dig", "saving G1-27",
    ),
    "saving_not_taken": (
        _chosen(("G1", "G1-27", 0), ("H1", "H1-27", 0), ("R1", "R1-26", 0)),
        "dig", "saving G1-27",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_choices_are_judged(problem: Problem, name: str) -> None:
    """Works that may not stand together are found by rule and by recomputation."""
    schedule, rule_id, where = CHOICES[name]
    for found in (own(problem, schedule), by_rules(problem, schedule)):
        assert (rule_id, where) in [(b.rule_id, b.where) for b in found]


def test_unknown_things_do_not_stop_the_audit(problem: Problem) -> None:
    """Unknown works, packages, funds and years are named, and the rest is judged."""
    good = hand.hand_schedule()
    columns = "package_id year fund_id amount received"
    strange = hand.frame(columns, ("X", 2050, "lottery", 100, 90))
    schedule = Schedule(
        hand.frame("project_id work_id saving", ("G1", "ghost", 5), ("H1", "H2-28", 0)),
        pd.concat([good.draws, strange]),
    )
    found = [(b.rule_id, b.where) for b in audit_schedule(problem, schedule)]
    assert ("audit.schedule", "G1") in found
    assert ("audit.schedule", "H1") in found
    assert ("audit.funding", "X lottery 2050") in found
    assert ("running", "R1") in found


def test_a_check_that_cannot_run_is_a_finding(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that stops on contradictory tables is named; the others are judged."""

    def stop(*_: object) -> list[Breach]:
        raise KeyError("no such street")

    monkeypatch.setattr(RULES["dig_once"], "check", stop)
    found = audit_schedule(problem, hand.hand_schedule())
    assert [(b.rule_id, b.where) for b in found] == [("dig", "KeyError")]
