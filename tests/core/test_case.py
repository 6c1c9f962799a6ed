"""PlanningCase: its facts hold together, and are written and read back equal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from renewopt.core.case import PlanningCase, make_case
from renewopt.core.errors import InputError, Message

SETTINGS = {
    "start_year": 2027,
    "years": 2,
    "discount_rate_bp": 400,
    "price_base_year": 2026,
}


def tables() -> dict[str, pd.DataFrame]:
    """Give one running and one new project, with lengths to three decimals."""
    rows = {
        "projects": [
            {"project_id": "P2", "package_id": "K2", "asset_class": "gas_pipe"},
            {"project_id": "P1", "package_id": "K1", "asset_class": "heating_pipe"},
        ],
        "packages": [
            {"package_id": "K1", "status": "running", "operation_start": 2026},
            {"package_id": "K2", "nature": "quasi_public"},
        ],
        "works": [
            {"work_id": "W1", "project_id": "P1", "mode": "replace"}
            | {"start_year": 2025, "duration": 3, "risk_removed": 900},
            {"work_id": "W2", "project_id": "P2", "mode": "replace"}
            | {"start_year": 2027, "risk_removed": 305, "benefit_fire": 1},
        ],
        "payments": [
            {"work_id": "W2", "year": 2027, "cost": 5001, "eligible_cost": 4000},
            {"work_id": "W1", "year": 2027, "cost": 700, "eligible_cost": 0},
            {"work_id": "W2", "year": 2029, "cost": 99, "eligible_cost": 99},
        ],
        "resources": [
            {"resource": "km", "unit": "km", "decimals": 3},
            {"resource": "homes", "unit": "户", "decimals": 0},
        ],
        "use": [
            {"work_id": "W2", "year": 2027, "resource": "km", "amount": 1.235},
            {"work_id": "W2", "year": 2027, "resource": "homes", "amount": 320},
            {"work_id": "W2", "year": 2028, "resource": "km", "amount": 0.001},
        ],
        "corridors": [{"corridor_id": "C1", "last_paved": 2024, "paving_kind": "new"}],
        "corridor_projects": [
            {"corridor_id": "C1", "project_id": "P2", "excavation_cost": 1200}
        ],
        "obligations": [
            {"project_id": "P2", "pack": "p", "clause": "1"}
            | {"hardness": "safety_duty", "deadline": None},
        ],
    }
    return {name: pd.DataFrame(own) for name, own in rows.items()}


def tiny_case() -> PlanningCase:
    """Make the case of `tables`."""
    return make_case(SETTINGS, tables())


def refused(name: str, column: str, row: int, value: object) -> list[Message]:
    """Change one cell, so that the case is refused; give what was said."""
    changed = tables()
    changed[name].loc[row, column] = value
    with pytest.raises(InputError) as error:
        make_case(SETTINGS, changed)
    return list(error.value.messages)


def test_facts_are_sorted_and_joined() -> None:
    """Tables are in key order; works know package, nature and status."""
    case = tiny_case()
    assert case.plan_years == [2027, 2028]
    assert case.end_year == 2028
    assert case.projects["project_id"].tolist() == ["P1", "P2"]
    facts = case.work_facts.set_index("work_id")
    assert facts.loc["W1", ["package_id", "status"]].tolist() == ["K1", "running"]
    assert facts.loc["W2", ["nature", "status"]].tolist() == ["quasi_public", "new"]
    assert case.use["amount"].tolist() == [320, 1235, 1]


def test_order_of_rows_does_not_matter() -> None:
    """Shuffled tables are the same case."""
    shuffled = {name: table.iloc[::-1] for name, table in tables().items()}
    assert make_case(SETTINGS, shuffled).digest == tiny_case().digest


def test_written_and_read_back_equal(tmp_path: Path) -> None:
    """The digest survives the folder, with decimals, empty cells and open columns."""
    case = tiny_case()
    case.write(tmp_path)
    again = PlanningCase.read(tmp_path)
    assert again.digest == case.digest
    for (name, left), (_, right) in zip(case.tables(), again.tables(), strict=True):
        pd.testing.assert_frame_equal(left, right, obj=name)
    use = (tmp_path / "use.csv").read_text(encoding="utf-8-sig")
    assert "W2,2027,km,1.235" in use


def test_every_fact_counts() -> None:
    """One unit of money more is another case."""
    changed = tables()
    changed["payments"].loc[0, "cost"] = 5002
    assert make_case(SETTINGS, changed).digest != tiny_case().digest
    other = SETTINGS | {"discount_rate_bp": 401}
    assert make_case(other, tables()).digest != tiny_case().digest


def test_absent_tables_are_filled_in() -> None:
    """Without packages each project is its own public one; all cost is eligible."""
    few = {k: v for k, v in tables().items() if k in ("projects", "works", "payments")}
    few["projects"] = few["projects"].drop(columns="package_id")
    few["payments"] = few["payments"].drop(columns="eligible_cost")
    few["works"]["start_year"] = 2027
    case = make_case(SETTINGS, few)
    assert case.packages["package_id"].tolist() == ["P1", "P2"]
    assert set(case.packages["nature"]) == {"public"}
    assert (case.payments["eligible_cost"] == case.payments["cost"]).all()


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        ("projects", "package_id", "packages"),
        ("works", "project_id", "projects"),
        ("payments", "work_id", "works"),
        ("use", "resource", "resources"),
        ("corridor_projects", "corridor_id", "corridors"),
        ("obligations", "project_id", "projects"),
    ],
)
def test_references_must_exist(table: str, column: str, target: str) -> None:
    """A row that points to nothing is named with its table, column and target."""
    found = refused(table, column, 0, "nobody")
    item = next(m for m in found if m.code == "case.unknown_reference")
    assert item.params == {
        "table": table,
        "column": column,
        "target": target,
        "values": "nobody",
        "count": 1,
    }


def test_new_works_start_inside_the_plan() -> None:
    """A new work outside the plan years is named; a running one began before them."""
    for year in (2026, 2029):
        found = refused("works", "start_year", 1, year)
        assert [m.code for m in found] == ["case.start_outside"]
        assert found[0].params["works"] == "W2"
        assert (found[0].params["first"], found[0].params["last"]) == (2027, 2028)


def test_a_running_project_has_one_work() -> None:
    """Two works, or none, of a running project are refused with their number."""
    found = refused("works", "project_id", 1, "P1")
    assert [m.code for m in found] == ["case.running_one_work"]
    assert found[0].params == {"project": "P1", "count": 2}
    found = refused("works", "project_id", 0, "P2")
    assert ("case.running_one_work", 0) in {
        (m.code, m.params.get("count")) for m in found
    }


def test_payments_are_of_the_plan_or_later() -> None:
    """What was paid before the plan belongs to the history."""
    found = refused("payments", "year", 0, 2026)
    assert [m.code for m in found] == ["case.payment_before"]


def test_eligible_cost_is_part_of_cost() -> None:
    """More eligible cost than cost is refused."""
    found = refused("payments", "eligible_cost", 0, 5002)
    assert [m.code for m in found] == ["case.eligible_above_cost"]


def test_use_keeps_its_decimals() -> None:
    """An amount finer than the resource's decimals is refused, not rounded."""
    found = refused("use", "amount", 1, 320.5)
    assert [m.code for m in found] == ["case.use_too_fine"]
    assert found[0].params["resource"] == "homes"


def test_a_plan_has_years() -> None:
    """A plan without years is refused."""
    with pytest.raises(InputError) as error:
        make_case(SETTINGS | {"years": 0}, tables())
    assert "case.years" in {m.code for m in error.value.messages}


def test_everything_wrong_in_a_folder_is_said_at_once(tmp_path: Path) -> None:
    """Problems of several tables are reported together."""
    tiny_case().write(tmp_path)
    (tmp_path / "works.csv").unlink()
    (tmp_path / "use.csv").write_text("work_id,when\nW1,2027\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        PlanningCase.read(tmp_path)
    codes = [m.code for m in error.value.messages]
    assert "case.missing_table" in codes
    assert "table.unknown_column" in codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("start_year = 2027\nyears = 2\nyear = 3\n", ["toml.unknown_key"]),
        ('start_year = "2027"\nyears = 2\n', ["toml.not_integer"] * 2),
        ("start_year = 2027\n", ["toml.not_integer"]),
        (
            'start_year = 2027\nyears = 2\nmoney_unit = "元"\n',
            ["case.money_unit"],
        ),
        ("start_year = \n", ["toml.syntax"]),
    ],
)
def test_settings_are_checked(tmp_path: Path, text: str, codes: list[str]) -> None:
    """Unknown keys, wrong types, other units and bad syntax of case.toml are named."""
    tiny_case().write(tmp_path)
    (tmp_path / "case.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        PlanningCase.read(tmp_path)
    assert [m.code for m in error.value.messages] == codes


def test_a_folder_without_settings_is_no_case(tmp_path: Path) -> None:
    """Without case.toml the folder is refused."""
    with pytest.raises(InputError) as error:
        PlanningCase.read(tmp_path)
    assert error.value.messages[0].code == "file.missing"


@pytest.mark.parametrize(
    ("header", "cells"),
    [("", ""), (",eligible_cost", ","), (",eligible_cost", ",30.00")],
)
def test_a_file_that_says_nothing_means_all_of_it(
    tmp_path: Path, header: str, cells: str
) -> None:
    """Grants may pay for the whole cost where no column, or no cell, says otherwise."""
    make_case(SETTINGS, tables()).write(tmp_path)
    lines = [f"work_id,year,cost{header}", f"W1,2027,50{cells}", f"W2,2027,80{cells}"]
    (tmp_path / "payments.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    eligible = PlanningCase.read(tmp_path).payments["eligible_cost"].tolist()
    assert eligible == ([3000, 3000] if "30" in cells else [5000, 8000])
