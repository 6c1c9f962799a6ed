"""The value of an inspection against hand calculation and plain integration."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.catalogue.hazard import Z90
from renewopt.core.errors import InputError
from renewopt.report.inspection_book import inspection_book
from renewopt.risk.inspection import COLUMNS, inspection_value
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
SIGMA = log(3) / Z90


def _integrated(benefit: float, cost: float, sigma: float, tau: float) -> float:
    """Average over what an inspection may say, without the closed form."""
    spread = sigma**2 / sqrt(sigma**2 + tau**2)
    z = np.linspace(-9, 9, 200_001)
    weight = np.exp(-(z**2) / 2) / sqrt(2 * np.pi)
    after = benefit * np.exp(spread * z - spread**2 / 2)
    best = np.trapezoid(np.maximum(after - cost, 0.0) * weight, z)
    return float(best - max(benefit - cost, 0.0))


@pytest.mark.parametrize("benefit", [1.0, 5.0, 9.0, 10.0, 14.0, 80.0])
@pytest.mark.parametrize("tau", [0.05, 0.3, 1.0])
def test_the_closed_form_is_the_integral(benefit: float, tau: float) -> None:
    """Whatever the loss ahead and the accuracy, against a cost of 10."""
    value, _ = inspection_value(
        np.array([benefit]), np.array([10.0]), np.array([SIGMA]), tau
    )
    assert value[0] == pytest.approx(_integrated(benefit, 10.0, SIGMA, tau), abs=1e-6)


def test_by_hand_at_the_point_of_indifference() -> None:
    """Loss = cost = 10, s = 0.6: 10 · (Φ(0.3) − Φ(−0.3)) = 2.358; Φ(−0.3) turns."""
    sigma = 0.6
    value, change = inspection_value(
        np.array([10.0]), np.array([10.0]), np.array([sigma]), 1e-6
    )
    assert value[0] == pytest.approx(10 * 0.235823, abs=1e-4)
    assert change[0] == pytest.approx(0.382089, abs=1e-5)


def test_nothing_to_learn_is_worth_nothing() -> None:
    """Without doubt, or far from the decision, an inspection is worth nothing."""
    value, change = inspection_value(
        np.array([10.0, 1e-6, 1e6]), np.full(3, 10.0), np.array([0.0, 0.6, 0.6]), 0.2
    )
    assert value[0] == 0.0
    assert change[0] == 0.0
    assert value[1:] == pytest.approx([0.0, 0.0], abs=1e-6)


def _found(
    count: int = 2, **columns: object
) -> tuple[risk.RiskTable, risk.Inspections]:
    frame = pipes(count, material="steel", diameter_mm=200.0, **columns)
    stock = inventory({"gas_pipe": frame})
    table = risk.score(stock, CATALOGUE, 2025, 15)
    return table, risk.inspect_first(stock, CATALOGUE, table, 0)


def test_a_pipe_by_hand() -> None:
    """Σ risk of 15 years × 0.95 against 100 m × 0.2; survey of 100 m × 0.001 + 0.05."""
    table, found = _found(
        1, install_year=1980, length_m=100.0, households=300, level="municipal"
    )
    row = found.assets.iloc[0]
    benefit = 0.95 * table.table["risk"].sum()
    tau = log(1.6) / Z90
    assert row["loss_ahead"] == pytest.approx(benefit)
    assert row["renewal_cost"] == pytest.approx(20.0)
    assert row["inspection_cost"] == pytest.approx(0.15)
    first = table.table.iloc[0]
    sigma = log(first["failures_high"] / first["failures_low"]) / (2 * Z90)
    assert row["value"] == pytest.approx(
        _integrated(benefit, 20.0, sigma, tau), abs=1e-5
    )
    assert row["decision_now"] == ("renew" if benefit > 20 else "leave")
    assert row["net_value"] == pytest.approx(row["value"] - 0.15)


def test_what_is_being_renewed_is_left_out() -> None:
    """Running works have decided: no inspection can change what is under way."""
    frame = pipes(3, material="steel", diameter_mm=200.0, install_year=1980)
    stock = inventory({"gas_pipe": frame})
    works = pd.DataFrame({"asset_class": ["gas_pipe"], "asset_ids": ["p0000; p0002"]})
    table = risk.score(stock, CATALOGUE, 2025, 15)
    found = risk.inspect_first(replace(stock, running_works=works), CATALOGUE, table, 0)
    assert found.assets["asset_id"].tolist() == ["p0001"]
    assert [note.params["count"] for note in found.notes] == [2]


def test_only_what_pays_is_listed_and_the_best_comes_first() -> None:
    """New pipes are far from any decision; the list is sorted by net value."""
    _, found = _found(
        40,
        install_year=[*range(1980, 2000), *range(2005, 2025)],
        level="yard",
        households=[1500] * 20 + [10] * 20,
        near_sensitive=[True] * 20 + [False] * 20,
        confined_space_near=[True] * 20 + [False] * 20,
        encroached=[True] * 20 + [False] * 20,
    )
    worth = found.worth
    assert 0 < len(worth) < len(found.assets) == 40
    assert (worth["net_value"] > 0).all()
    assert worth["net_value"].is_monotonic_decreasing
    rest = found.assets[~found.assets["asset_id"].isin(worth["asset_id"])]
    assert (rest["net_value"] <= 0).all()


def test_records_lower_the_value() -> None:
    """Where many records have removed the doubt, an inspection is worth less."""
    frame = pipes(30, material="steel", install_year=1985, diameter_mm=200.0)
    failures = [("gas_pipe", f"p{i % 30:04d}", 2014 + i // 30) for i in range(300)]
    values = []
    for stock in (
        inventory({"gas_pipe": frame}),
        inventory({"gas_pipe": frame}, failures),
    ):
        table = risk.score(stock, CATALOGUE, 2025, 15)
        ratio = table.table["failures_high"] / table.table["failures_low"]
        values.append(float(np.log(ratio).mean()))
    assert values[1] < 0.7 * values[0]


def test_what_is_decided_or_out_of_use_is_left_out() -> None:
    """Assessed assets that must go, and abandoned ones, are counted in a note."""
    _, found = _found(
        3,
        install_year=1980,
        assessment_result=["immediate", None, None],
        status=["in_use", "abandoned", "in_use"],
    )
    assert found.assets["asset_id"].tolist() == ["p0002"]
    assert found.notes[0].params == {"asset_class": "gas_pipe", "count": 2}


def test_bad_rates_and_foreign_tables_are_refused() -> None:
    """A negative rate, or a table without the interval of failures."""
    stock = inventory({"gas_pipe": pipes(1, material="pe", install_year=2000)})
    table = risk.score(stock, CATALOGUE, 2025, 1)
    with pytest.raises(InputError, match="bad_discount"):
        risk.inspect_first(stock, CATALOGUE, table, -1)
    bare = risk.RiskTable(table.table.drop(columns="failures_low"), table.assets)
    with pytest.raises(InputError, match="no_failure_interval"):
        risk.inspect_first(stock, CATALOGUE, bare)


def test_an_empty_inventory_has_nothing_to_inspect() -> None:
    """No assets, no rows, no error."""
    stock = inventory({})
    table = risk.score(stock, CATALOGUE, 2025, 1)
    assert risk.inspect_first(stock, CATALOGUE, table).worth.empty


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_says_it_in_words(tmp_path: Path, lang: str) -> None:
    """Every column has a heading, codes are labels, notes stand above."""
    _, found = _found(3, install_year=1980, households=1500)
    path = inspection_book(found.assets, ["note"], tmp_path / "a.xlsx", lang)  # type: ignore[arg-type]
    page = openpyxl.load_workbook(path).active
    assert page["A1"].value == "note"
    headings = [cell.value for cell in page[2]]
    assert len(headings) == len(COLUMNS)
    assert not any(str(text).startswith("col.") for text in headings)
    decision = page.cell(3, COLUMNS.index("decision_now") + 1).value
    assert decision in {"改造", "暂不改造", "renew", "leave"}
    assert page.max_row == 2 + 3


def test_exp_of_the_accuracy_is_what_the_file_says() -> None:
    """90 % of what an inspection says lies within ÷ and × the stated factor."""
    told = CATALOGUE.asset_classes["gas_pipe"].inspection
    assert told is not None
    assert exp(Z90 * told.log_sd) == pytest.approx(told.accuracy)
