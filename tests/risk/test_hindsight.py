"""What was written after a date tells nothing of it: renewals, outcomes, gauges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.inventory import Inventory
from renewopt.risk.as_of import AsOf
from renewopt.risk.baselines import predict_all
from renewopt.risk.exposure import make_history
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
WATER = CATALOGUE.asset_classes["water_pipe"]
SIZE = 600
YEARS = range(2006, 2026)


def _renewed_where_it_failed() -> Inventory:
    """Make steel pipes that fail by chance; most that failed are PE since 2025."""
    draw = np.random.default_rng(0)
    rows = [
        ("water_pipe", f"p{asset:04d}", year)
        for year in YEARS
        for asset in np.flatnonzero(draw.poisson(0.03, SIZE))
    ]
    failed = {asset for _, asset, year in rows if 2016 <= year <= 2024}
    frame = pipes(SIZE, install_year=draw.integers(1970, 1990, SIZE))
    renewed = frame["asset_id"].isin(failed).to_numpy() & (draw.random(SIZE) < 0.7)
    frame = frame.assign(
        length_m=100.0,
        material=np.where(renewed, "pe", "steel"),
        diameter_mm=np.where(renewed, 200, 100),
        renewed_year=np.where(renewed, 2025, np.nan),
    )
    return inventory({"water_pipe": frame}, rows)


def test_the_new_material_tells_no_past_year_that_a_pipe_will_fail() -> None:
    """By no ranking stand pipes that were renewed later above those that were not."""
    stock = _renewed_where_it_failed()
    past = make_history(stock, WATER, AsOf(2025)).cut(2015)
    later = stock.assets["water_pipe"]["renewed_year"].notna().to_numpy()
    assert later.sum() > 50
    assert past.frame["material"].tolist() == ["steel"] * SIZE
    for name, found in predict_all(past, [2016]).items():
        ratio = found.expected[later].mean() / found.expected[~later].mean()
        assert ratio == pytest.approx(1.0, abs=0.35), name


def test_failures_before_a_renewal_count_in_past_windows() -> None:
    """A pipe renewed in 2025 had its failure of 2016 as the pipe that it was."""
    stock = _renewed_where_it_failed()
    whole = make_history(stock, WATER, AsOf(2025))
    seen = whole.failures_then(2016, whole.cut(2015)).sum()
    assert seen == (stock.failures["year"] == 2016).sum()
    assert seen > whole.failures_in(2016).sum()


def test_a_past_score_says_what_was_renewed_later() -> None:
    """The material of today moves no past score, and the count is said."""
    stock = _renewed_where_it_failed()
    frame = stock.assets["water_pipe"]
    honest = inventory({"water_pipe": frame.assign(material="steel", diameter_mm=100)})
    today = inventory({"water_pipe": frame})
    scored = [risk.score(s, CATALOGUE, 2015, 1) for s in (honest, today)]
    pd.testing.assert_frame_equal(scored[0].table, scored[1].table)
    said = [n.params for n in scored[1].notes if n.code == "risk.renewed_later"]
    assert said == [
        {
            "asset_class": "water_pipe",
            "count": int(frame["renewed_year"].notna().sum()),
            "as_of": 2015,
        }
    ]
    assert "risk.renewed_later" not in {
        n.code for n in risk.score(today, CATALOGUE, 2025, 1).notes
    }


@pytest.mark.parametrize("name", ["gas_pipe", "heating_pipe"])
@pytest.mark.parametrize(
    ("year", "as_of", "known", "code"),
    [
        (2024, 2020, False, "risk.assessment_later"),
        (None, 2020, False, "risk.assessment_undated"),
        (2019, 2020, True, ""),
        (None, 2025, True, ""),
    ],
)
def test_an_outcome_counts_from_its_year_on(
    name: str, year: int | None, as_of: int, known: bool, code: str
) -> None:
    """Of both networks with assessments, dated later or not dated at all."""
    frame = pipes(2, material="steel", level="primary", install_year=2010)
    told = frame.assign(assessment_result=["immediate", None], assessment_year=year)
    late = [(name, "p0001", 2025)]
    scored = [
        risk.score(inventory({name: f}, late), CATALOGUE, as_of, 1)
        for f in (frame, told)
    ]
    same = np.allclose(*(s.table["expected_failures"] for s in scored))
    assert same is not known
    codes = {n.code for n in scored[1].notes}
    assert (code in codes) if code else not any("assessment" in c for c in codes)


@pytest.mark.parametrize(
    ("name", "column", "bad"),
    [
        ("water_pipe", "leakage_pct", 30),
        ("water_pipe", "pressure_mpa", 0.9),
        ("heating_pipe", "makeup_water_pct", 5),
        ("heating_pipe", "heat_loss_pct", 20),
    ],
)
def test_gauges_of_today_say_nothing_of_a_past_year(
    name: str, column: str, bad: float
) -> None:
    """Leakage, pressure, make-up water and heat loss have no date of their own."""
    frame = pipes(2, install_year=1995)
    late = [(name, "p0001", 2025)]
    for as_of, same in ((2020, True), (2025, False)):
        rates = [
            risk.score(
                inventory({name: frame.assign(**{column: [value, 0.0]})}, late),
                CATALOGUE,
                as_of,
                1,
            ).table["expected_failures"]
            for value in (0.0, bad)
        ]
        assert np.allclose(*rates) is same


def test_an_outcome_and_the_record_that_led_to_it_count_once() -> None:
    """Expected failures of assessed pipes stay near those that they have a year."""
    draw = np.random.default_rng(3)
    frame = pipes(200, material="pe", install_year=1990)
    truth = np.where(np.arange(200) < 40, 0.25, 0.03)
    rows = [
        ("gas_pipe", f"p{asset:04d}", year)
        for year in range(2011, 2026)
        for asset in np.flatnonzero(draw.poisson(truth))
    ]
    told = frame.assign(
        assessment_result=np.where(truth > 0.1, "deadline", None),
        assessment_year=np.where(truth > 0.1, 2025.0, np.nan),
    )
    table = risk.score(inventory({"gas_pipe": told}, rows), CATALOGUE, 2025, 1).table
    expected = table["expected_failures"].to_numpy()
    assert expected[:40].sum() == pytest.approx(10.0, rel=0.25)
    assert expected.sum() == pytest.approx(truth.sum(), rel=0.25)
