from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import compare
import money_edit
from renewopt import text
from renewopt.core.errors import InputError
from renewopt.rules.problem import Problem
from renewopt.runs import load_run
from tests import tiny

PROBLEM = Problem(tiny.tiny_case(), tiny.tiny_policy())
YEARS = [2027, 2028, 2029]


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the two tables as they are first shown."""
    policy = PROBLEM.policy
    return money_edit.budgets(policy, YEARS), money_edit.ceilings(policy, YEARS)


def test_tables_show_the_policy_in_wan() -> None:
    """Funds and limits stand there by year, in 万元."""
    budget, ceiling = tables()
    assert budget.loc["bond"].tolist() == [50.0, 50.0, 50.0]
    assert budget.loc["fiscal"].tolist() == [60.0, 60.0, 60.0]
    assert ceiling.loc["limit"].tolist() == [70.0, 70.0, 70.0]


def test_untouched_tables_give_the_same_policy() -> None:
    """Nothing typed, nothing changed: the digest of the policy is the same."""
    assert money_edit.edited_policy(PROBLEM, *tables()).digest == PROBLEM.policy.digest


def test_only_what_was_typed_changes() -> None:
    """One amount and one limit are changed; all other amounts stay."""
    budget, ceiling = tables()
    budget.loc["bond", "2028"] = 12.34
    ceiling.loc["limit", "2029"] = 65.5
    policy = money_edit.edited_policy(PROBLEM, budget, ceiling)
    years = policy.fund_years.set_index(["fund_id", "year"])["amount"]
    assert years["bond", 2028] == 1234
    assert years.drop(("bond", 2028)).tolist() == [5000, 5000, 6000, 6000, 6000]
    limit = policy.first("debt_limit").limit
    assert limit == {2027: Decimal(70), 2028: Decimal(70), 2029: Decimal("65.5")}
    assert [rule.id for rule in policy.rules] == [r.id for r in PROBLEM.policy.rules]


def test_every_wrong_cell_is_named() -> None:
    """An empty, a negative and a too fine amount are all reported, with their place."""
    budget, ceiling = tables()
    budget.loc["bond", "2027"] = float("nan")
    budget.loc["fiscal", "2028"] = -1.0
    ceiling.loc["limit", "2029"] = 1.005
    with pytest.raises(InputError) as caught:
        money_edit.edited_policy(PROBLEM, budget, ceiling)
    said = text.render(caught.value, "en")
    assert len(said) == 3
    assert said[0].startswith("bond, 2027: the amount is empty")
    assert said[1].startswith("fiscal, 2028: the amount is -1")
    assert "1.005" in said[2]


def test_differences_are_listed() -> None:
    """Changed amounts are told with what they were."""
    budget, _ = tables()
    after = budget.copy()
    after.loc["bond", "2028"] = 10.0
    assert list(money_edit.differences(budget, after)) == [("bond", "2028", 50.0, 10.0)]


def test_changes_name_what_moved(tiny_run: Path) -> None:
    """In, out and moved are told apart from two schedules of the same projects."""
    before = load_run(tiny_run)
    table = before.tables["schedule"].copy()
    table.loc[table["project_id"] == "G1", ["selected", "mode", "start_year"]] = [
        True,
        "replace",
        2028,
    ]
    table.loc[table["project_id"] == "C1", "selected"] = False
    table.loc[table["project_id"] == "W1", "start_year"] = 2028
    table.loc[table["project_id"] == "H2", "mode"] = "other"
    after = replace(before, tables={**before.tables, "schedule": table})
    found = compare.changes(before, after).set_index("project_id")["change"].to_dict()
    assert found == {"G1": "in", "C1": "out", "W1": "moved", "H2": "other_mode"}
