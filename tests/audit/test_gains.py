"""Gains of works are added up again, and so is what their years are worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from renewopt.audit.books import books_of, facts_of
from renewopt.audit.gains import gains
from renewopt.core.case import PlanningCase
from renewopt.core.schedule import Schedule
from renewopt.rules.problem import Problem
from tests.optimise.small import Fund, Work, small
from tests.projects.small import GAS, SETTINGS, rows
from tests.projects.test_gains import made
from tests.scenarios.rule_cases import money_table

WORK = "GAS-0001.replace.2027"


def found(change: Callable[[PlanningCase], PlanningCase]) -> list[tuple[str, str]]:
    """Give code and place of every flaw of a plan that renews one pipe in 2027."""
    settings = replace(SETTINGS, discount_rate_bp=400)
    case = change(made({"gas_pipe": rows(GAS, {})}, settings=settings))
    chosen = pd.DataFrame({"project_id": ["GAS-0001"], "work_id": [WORK]})
    schedule = Schedule(chosen.assign(saving=0), money_table({}))
    policy = small([Work("A27", (1,))], {"all": Fund((1, 0))}).policy
    books = books_of(facts_of(Problem(case, policy)), schedule)
    return [(flaw.message.code, flaw.breach.where) for flaw in gains(books)]


def set_to(column: str, value: object) -> Callable[[PlanningCase], PlanningCase]:
    """Give a change of one cell of the line of later years."""

    def change(case: PlanningCase) -> PlanningCase:
        lines = case.gains.copy()
        own = (lines["work_id"] == WORK) & (lines["measure"] == "benefit_later")
        assert own.sum() == 1
        lines.loc[own, column] = value
        return replace(case, gains=lines)

    return change


def test_what_the_case_states_is_what_it_comes_to() -> None:
    """A case as it was made has nothing to say."""
    assert found(lambda case: case) == []


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("rate", 9.0, "audit.gain"),
        ("factor", 99.0, "audit.gain_factor"),
        ("to_year", 2099, "audit.gain_factor"),
        ("from_year", 2027, "audit.gain_early"),
    ],
)
def test_a_line_that_was_changed_is_found(
    column: str, value: object, code: str
) -> None:
    """Rate, discounted years and the years themselves are recomputed."""
    assert code in [name for name, place in found(set_to(column, value))]


def test_a_work_that_states_more_than_its_lines_is_found() -> None:
    """The column of the work is one unit above its lines."""

    def change(case: PlanningCase) -> PlanningCase:
        works = case.works.copy()
        works.loc[works["work_id"] == WORK, "benefit_later"] += 1
        return replace(case, works=works)

    assert found(change) == [("audit.gain", f"{WORK} benefit_later")]
