"""Facts of today in past years: abandoned, built later, undated, left by floods."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory
from renewopt.risk.as_of import AsOf, is_past
from renewopt.risk.backtest import backtest
from renewopt.risk.exposure import make_history
from renewopt.risk.features import choose_features
from renewopt.risk.kinds import Kinds
from renewopt.risk.model import Calibration, RateModel, kinds_of
from renewopt.risk.own import Choice
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
WATER = CATALOGUE.asset_classes["water_pipe"]
POINT = CATALOGUE.asset_classes["waterlogging_point"]
SIZE = 80


def _frame() -> pd.DataFrame:
    draw = np.random.default_rng(7)
    return pipes(
        SIZE,
        material=draw.choice(["grey_cast_iron", "pe"], SIZE),
        install_year=draw.integers(1960, 2005, SIZE),
        length_m=draw.uniform(50, 300, SIZE),
        diameter_mm=draw.choice([100.0, 300.0], SIZE),
        corridor_id=[f"c{i // 4}" for i in range(SIZE)],
    )


def _rows() -> list[tuple[str, str, int]]:
    draw = np.random.default_rng(8)
    return [
        ("water_pipe", f"p{asset:04d}", year)
        for year in range(2006, 2026)
        for asset in np.flatnonzero(draw.poisson(0.08, SIZE))
    ]


def _plain(history: object) -> RateModel:
    """Fit kinds alone: what windows hold is looked at here, not what trees learn."""
    features = choose_features(history, ("material", "diameter_mm"))  # type: ignore[arg-type]
    kinds: Kinds = kinds_of(history, features)  # type: ignore[arg-type]
    return RateModel("water_pipe", features, kinds, (), Choice(), Calibration(), 1)


def _judged(stock: Inventory) -> risk.Backtest:
    history = make_history(stock, WATER, AsOf(2025), recorded_from=2006)
    return backtest(history, [2018, 2020], 1, fitted=_plain)


def test_assets_abandoned_later_are_in_past_windows_as_they_were() -> None:
    """Who is abandoned today changes no figure of a past window, nor a past score."""
    failed = {asset for _, asset, year in _rows() if year in (2019, 2021)}
    frame = _frame()
    gone = frame["asset_id"].isin(failed)
    told = frame.assign(status=np.where(gone, "abandoned", None))
    stocks = [inventory({"water_pipe": f}, _rows()) for f in (frame, told)]
    one, other = (_judged(stock) for stock in stocks)
    pd.testing.assert_frame_equal(one.table, other.table)
    assert other.totals["seen"].sum() >= len(failed)
    past = [risk.score(stock, CATALOGUE, 2018, 1) for stock in stocks]
    pd.testing.assert_frame_equal(past[0].table, past[1].table)
    assert "risk.abandoned_unknown" in {note.code for note in past[1].notes}
    now = risk.score(stocks[1], CATALOGUE, 2025, 1).table["expected_failures"]
    assert (now[gone.to_numpy()] == 0).all()
    assert (now[~gone.to_numpy()] > 0).all()
    history = make_history(stocks[1], WATER, AsOf(2025))
    assert (history.exists(2025) == np.full(SIZE, True)).all()
    assert (history.exists(2026) == ~gone.to_numpy()).all()


def test_assets_built_later_change_no_figure_of_an_earlier_window() -> None:
    """Neither values nor intervals, whatever they are made of and wherever they lie."""
    frame = _frame()
    later = frame.iloc[:40].assign(
        asset_id=[f"new{i}" for i in range(40)],
        install_year=2022,
        material="steel",
        diameter_mm=900.0,
        corridor_id=["c0", "elsewhere"] * 20,
    )
    more = pd.concat([frame, later], ignore_index=True)
    one, other = (_judged(inventory({"water_pipe": f}, _rows())) for f in (frame, more))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.differences, other.differences)
    pd.testing.assert_frame_equal(one.lift, other.lift)
    scored = [
        risk.score(inventory({"water_pipe": f}, _rows()), CATALOGUE, 2018, 1)
        for f in (frame, more)
    ]
    tables = [s.table.set_index("asset_id").loc[frame["asset_id"]] for s in scored]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    both = [s.assets.set_index("asset_id").loc[frame["asset_id"]] for s in scored]
    pd.testing.assert_frame_equal(both[0], both[1])


def test_undated_facts_are_guarded_without_any_later_record() -> None:
    """The year of the tables tells that they are from later, records or not."""
    frame = pipes(2, install_year=1990)
    for year, same in ((2026, True), (2020, False), (2021, False)):
        stocks = [
            replace(
                inventory({"water_pipe": frame.assign(leakage_pct=leak)}),
                as_of_year=year,
            )
            for leak in (0.0, 30.0)
        ]
        assert is_past(stocks[0], 2020) is same
        rates = [
            risk.score(stock, CATALOGUE, 2020, 1).table["expected_failures"]
            for stock in stocks
        ]
        assert np.allclose(*rates) is same


LEFT = {
    "casualties": True, "severe": True, "premises_flooded": 80, "depth_cm": 90,
    "duration_min": 300, "traffic_cut": True, "ponding_area_m2": 9000,
    "return_period_y": 0.5,
}  # fmt: skip


def test_what_floods_left_behind_tells_no_past_year() -> None:
    """Depth, time, casualties and flooded homes move the present score only."""
    plain = pd.DataFrame({"asset_id": ["a", "b"], "point_type": "underpass"})
    later = [("waterlogging_point", "b", 2025)]
    stocks = [
        inventory({"waterlogging_point": f}, later)
        for f in (plain, plain.assign(**LEFT))
    ]
    for as_of, same in ((2020, True), (2025, False)):
        losses = [risk.score(s, CATALOGUE, as_of, 1).table["risk"] for s in stocks]
        assert np.allclose(*losses) is same


@pytest.mark.parametrize("name", [*LEFT, "events_5y", "impact", "works_status"])
def test_what_floods_left_behind_is_refused_as_a_feature(name: str) -> None:
    """`--feature` does not take what is written after the water came."""
    with pytest.raises(InputError) as error:
        AsOf(2020).features([name], POINT)
    assert error.value.messages[0].code == "risk.overwritten"


@pytest.mark.parametrize("name", ["status", "renewed_year", "inspection_year"])
def test_what_became_of_an_asset_is_refused_as_a_feature(name: str) -> None:
    """That it is abandoned, renewed or inspected may come of the failures."""
    with pytest.raises(InputError) as error:
        AsOf(2020).features([name], WATER)
    assert error.value.messages[0].code == "risk.overwritten"
