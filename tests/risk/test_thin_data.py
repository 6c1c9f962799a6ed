"""Training on little: empty columns, short records, kinds that stopped failing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory
from renewopt.risk.as_of import AsOf
from renewopt.risk.backtest import backtest
from renewopt.risk.exposure import make_history
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
WATER = CATALOGUE.asset_classes["water_pipe"]
Failure = tuple[str, str, int]
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def _pipes(count: int = 120) -> pd.DataFrame:
    draw = np.random.default_rng(3)
    return pipes(
        count,
        material=draw.choice(["pe", "cast_iron"], count),
        install_year=draw.integers(1950, 2000, count),
        length_m=draw.uniform(50, 400, count),
        diameter_mm=draw.choice([100.0, 200.0], count),
    )


def _fails(years: range, count: int, asset_class: str = "water_pipe") -> list[Failure]:
    """Spread `count` failures over assets and years."""
    return [
        (asset_class, f"p{number * 7 % 120:04d}", years[number % len(years)])
        for number in range(count)
    ]


def _codes(found: risk.Trained) -> set[str]:
    return {note.code for note in found.notes}


@pytest.mark.parametrize(
    ("column", "named"),
    [("install_year", {"age", "since"}), ("diameter_mm", {"diameter_mm"})],
)
def test_a_column_without_values_is_said(column: str, named: set[str]) -> None:
    """Nothing is learned from an empty column; card and notes name it."""
    frame = _pipes().assign(**{column: pd.array([None] * 120, dtype="Float64")})
    stock = inventory({"water_pipe": frame}, _fails(range(2008, 2021), 200))
    found = risk.train(stock, CATALOGUE, "water_pipe", 2020)
    assert named <= set(found.card["constant"])
    note = next(n for n in found.notes if n.code == "risk.train_constant")
    assert named <= set(note.params["columns"])
    assert found.backtest is not None
    assert np.isfinite(found.backtest.totals["expected"]).all()


def test_points_without_years_are_trained_and_judged() -> None:
    """Points that flood have no year of construction: trees and back-test stand."""
    frame = pd.DataFrame(
        {"asset_id": [f"p{i:04d}" for i in range(120)], "point_type": "underpass"}
    )
    name = "waterlogging_point"
    stock = inventory({name: frame}, _fails(range(2008, 2021), 300, name))
    found = risk.train(stock, CATALOGUE, name, 2020)
    assert {"age", "since", "point_type"} <= set(found.card["constant"])
    history = make_history(stock, CATALOGUE.asset_classes[name], AsOf(2020))
    judged = backtest(history, [2017, 2018], 2)
    assert judged.totals["expected"].gt(0).all()


def test_assets_of_the_future_are_refused() -> None:
    """Failures from before every asset was built are none of theirs, and said so."""
    frame = _pipes().assign(install_year=2040)
    stock = inventory({"water_pipe": frame}, _fails(range(2008, 2021), 50))
    with pytest.raises(InputError) as error:
        risk.train(stock, CATALOGUE, "water_pipe", 2020)
    said = error.value.messages[0]
    assert (said.code, said.params["before"]) == ("risk.train_no_failures", 50)


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("first", [2018, 2019, 2020])
def test_records_of_the_last_years_keep_the_expert(first: int, count: int) -> None:
    """Records too short for a single window judge nothing: said, and no crash."""
    stock = inventory({"water_pipe": _pipes()}, _fails(range(first, 2021), count))
    found = risk.train(stock, CATALOGUE, "water_pipe", 2020)
    assert found.artefact.use == "records"
    assert found.backtest is None
    assert "risk.train_too_few" in _codes(found)
    assert found.artefact.recorded_from >= first


def test_nothing_is_known_before_recording_began() -> None:
    """A cut before the first record has no failures, exposure or years."""
    stock = inventory({"water_pipe": _pipes()}, _fails(range(2018, 2021), 60))
    past = make_history(stock, WATER, AsOf(2020)).cut(2015)
    assert (past.used, len(past.years), past.last_recorded) == (0, 0, 2017)
    assert not past.count(2015, None).any()
    assert not past.exposed(2015, 20.0).any()


def _all_failed() -> Inventory:
    """Every pipe failed twice by 2018, none after."""
    return inventory({"water_pipe": _pipes()}, _fails(range(2008, 2019), 240))


@pytest.fixture(scope="module")
def trained() -> risk.Trained:
    """Train on pipes that have all failed and then stopped."""
    return risk.train(_all_failed(), CATALOGUE, "water_pipe", 2020)


@pytest.mark.parametrize("use", ["lookup", "past_per_exposure", "model"])
@pytest.mark.parametrize("told", [True, False])
def test_no_likelihood_is_zero(
    trained: risk.Trained, tmp_path: Path, use: str, told: bool
) -> None:
    """Kinds without later failures, or without records, can still fail."""
    folder = replace(trained, artefact=replace(trained.artefact, use=use)).write(
        tmp_path
    )
    known = replace(CATALOGUE, risk_models={"water_pipe": folder / "model.skops"})
    stock = _all_failed() if told else inventory({"water_pipe": _pipes()})
    table = risk.score(stock, known, 2020, 2).table
    assert table["lof"].gt(1e-6).all()
    assert table["risk"].gt(0).all()
    expert = risk.score(inventory(stock.assets), CATALOGUE, 2020, 2).table
    ratio = table["expected_failures"].sum() / expert["expected_failures"].sum()
    assert 0.02 < ratio < 50


@pytest.mark.parametrize("year", [2008, 2013, 2020])
def test_all_failures_in_one_year_are_learned_from(year: int) -> None:
    """The first years fill the rates nearby only: no trees can be grown then."""
    stock = inventory({"water_pipe": _pipes()}, _fails(range(year, year + 1), 300))
    found = risk.train(stock, CATALOGUE, "water_pipe", 2020, recorded_from=2008)
    assert found.artefact.model.forest == ()
    assert found.artefact.model.choice.blend == 0
    assert found.artefact.model.records == 300
