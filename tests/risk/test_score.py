"""Scores worked out by hand: units, ages, consequence, intervals, grades."""

from __future__ import annotations

from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.catalogue.hazard import Z90
from renewopt.core.errors import InputError
from renewopt.risk.interval import interval
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()


def _score(
    cls: str, frame: pd.DataFrame, as_of: int = 2025, horizon: int = 1
) -> risk.RiskTable:
    return risk.score(inventory({cls: frame}), CATALOGUE, as_of, horizon)


def _first(table: risk.RiskTable) -> pd.Series:
    return table.table.iloc[0]


def test_gas_pipe_by_hand() -> None:
    """Half a kilometre of unprotected steel at its life of 25 years in 2026."""
    frame = pipes(
        material=["steel"], install_year=[2001], length_m=[500.0], households=[100]
    )
    row = _first(_score("gas_pipe", frame))
    expected = (0.05 + (0.30 - 0.05) * (1 - exp(-1))) * 0.5
    assert row["year"] == 2026
    assert row["expected_failures"] == pytest.approx(expected)
    assert row["lof"] == pytest.approx(1 - exp(-expected))
    # 100 households for a day, the road closed, the gas lost
    cof = 3 + 1e-3 * 1500 + 100 * 1 * 0.002 + 0.2 + 0.05
    assert row["cof"] == pytest.approx(cof)
    assert row["risk"] == pytest.approx(expected * cof)
    # two thirds of the rate's variance, all of the consequence's (both by a factor of
    # 3), and single assets that differ by Gamma(3)
    sigma = log(3) / Z90
    low, high = interval(np.array([sigma**2 * 5 / 3]), np.array([3.0]))
    assert row["low"] == pytest.approx(expected * cof * low[0])
    assert row["high"] == pytest.approx(expected * cof * high[0])
    low, high = interval(np.array([sigma**2 * 2 / 3]), np.array([3.0]))
    assert row["failures_low"] == pytest.approx(expected * low[0])
    assert row["failures_high"] == pytest.approx(expected * high[0])


def test_a_pair_counted_pipe_by_pipe_is_one_route() -> None:
    """2 × 500 m of supply and return fail like the 500 m of trench that they lie in."""
    frame = pipes(
        2,
        install_year=2001,
        length_m=[500.0, 1000.0],
        length_basis=["route", "single_pipe"],
    )
    route, single = _score("heating_pipe", frame).table["lof"]
    assert route == pytest.approx(single)


@pytest.mark.parametrize(("variance", "shape"), [(0.3, 3.0), (0.7, 1.5), (0.05, 12.0)])
def test_the_interval_is_that_of_the_two_together(
    variance: float, shape: float
) -> None:
    """A lognormal times a Gamma, drawn: 5 % lie below the interval and 5 % above."""
    draw = np.random.default_rng(0)
    rate = np.exp(draw.normal(0, sqrt(variance), 200_000))
    rate *= draw.gamma(shape, 1 / shape, 200_000)
    low, high = interval(np.array([variance]), np.array([shape]))
    assert np.mean(rate < low[0]) == pytest.approx(0.05, abs=0.01)
    assert np.mean(rate > high[0]) == pytest.approx(0.05, abs=0.01)


def test_heating_pipe_multipliers_by_hand() -> None:
    """Secondary network in a ditch with failed insulation: × 1.3 × 1.5."""
    frame = pipes(
        level=["secondary"],
        install_year=[2001],
        laying_method=["ditch"],
        insulation=["failed"],
        households=[200],
    )
    result = _score("heating_pipe", frame)
    row = _first(result)
    expected = (0.05 + 0.35 * (1 - exp(-1))) * 1.3 * 1.5
    assert row["expected_failures"] == pytest.approx(expected)
    assert row["cof"] == pytest.approx(8 + 3 + 0.005 * 200 + 1e-3 * 200 + 0.2)
    reasons = result.assets["reasons"].iloc[0].split(";")
    assert {"group.secondary", "rate.ditch_or_aerial", "rate.failed_insulation"} <= set(
        reasons
    )


def test_water_pipe_scales_with_diameter_and_road() -> None:
    """Repair and water lost × 400/200, 30 households assumed, arterial × 5."""
    frame = pipes(
        material=["pe"],
        install_year=[2000],
        diameter_mm=[400.0],
        road_class=["arterial"],
    )
    cof = _first(_score("water_pipe", frame))["cof"]
    assert cof == pytest.approx(5 + 0.03 + 10 + 0.3)


def test_road_class_comes_from_the_corridor() -> None:
    """A pipe without road class takes that of its corridor."""
    frame = pipes(material=["pe"], install_year=[2000], corridor_id=["c1"])
    corridors = pd.DataFrame({"corridor_id": ["c1"], "road_class": ["arterial"]})
    table = risk.score(
        inventory({"water_pipe": frame}, corridors=corridors), CATALOGUE, 2025, 1
    )
    assert _first(table)["cof"] == pytest.approx(2.5 + 0.03 + 10 + 0.15)


def test_waterlogging_point_by_hand() -> None:
    """Return period 2: half an event; no figure: one; underpass: people trapped."""
    frame = pd.DataFrame(
        {
            "asset_id": ["a", "b"],
            "return_period_y": [2.0, None],
            "point_type": ["underpass", "road"],
            "premises_flooded": [4, 0],
        }
    )
    table = _score("waterlogging_point", frame).table
    assert table["expected_failures"].tolist() == pytest.approx([0.5, 1.0])
    assert table["cof"].tolist() == pytest.approx([10 + 3 * 4 + 5e-3 * 500, 10])


def test_events_of_a_point_are_shrunk_towards_the_rate() -> None:
    """With 10 events in 5 years and 1 a year expected: (a + 10) / (a + 5)."""
    frame = pd.DataFrame({"asset_id": ["a", "b"], "events_5y": [10, 0]})
    result = _score("waterlogging_point", frame)
    log_sd = np.log(3) / 1.6448536269514722
    a = 1 / (np.exp(log_sd**2) - 1)
    assert result.table["expected_failures"].tolist() == pytest.approx(
        [(a + 10) / (a + 5), a / (a + 5)]
    )
    assert result.assets["expert_share"].tolist() == pytest.approx([a / (a + 5)] * 2)


def test_compound_by_hand() -> None:
    """100 households, built 1985, 2026: 0.10 per household; poor pipes × 1.5."""
    frame = pd.DataFrame(
        {
            "asset_id": ["c"],
            "install_year": [1985],
            "households": [100],
            "pipes_grade": ["poor"],
        }
    )
    row = _first(_score("residential_compound", frame))
    assert row["expected_failures"] == pytest.approx(100 * 0.10 * 1.5)
    # one building of 30 households cut off for a day, three times in ten
    assert row["cof"] == pytest.approx(0.5 + 2e-3 * 300 + 0.3 * 1 * 30 * 0.002)


def test_accidents_of_compounds_stay_in_their_range() -> None:
    """Per household and year 2e-5 to 5e-4, in every year, whatever age and grades say.

    The worst has 0.585 · 1.04^n defects per household, which alone would be 3.5
    accidents in a thousand homes; the best 0.00665 · 1.04^n, which would be 9e-6.
    """
    frame = pd.DataFrame(
        {
            "asset_id": ["best", "usual", "worst"],
            "install_year": [2025, 1995, 1985],
            "households": 300,
            "buildings": 10,
            "structure_grade": ["A", "B", "D"],
            "fire_grade": ["good", "fair", "poor"],
            "pipes_grade": ["good", "fair", "poor"],
            "envelope_grade": ["good", "fair", "poor"],
        }
    )
    table = _score("residential_compound", frame, horizon=15).table
    chance = table["expected_failures"] * table["cof_safety"] / 300 / 300
    chance.index = table["asset_id"]
    assert chance.between(2e-5 * (1 - 1e-9), 5e-4 * (1 + 1e-9)).all()
    assert chance["best"].iloc[0] == pytest.approx(2e-5)
    assert chance["usual"].iloc[0] == pytest.approx(0.05 * 2e-3)
    assert chance["worst"].tolist() == pytest.approx([5e-4] * 15)
    assert (table.groupby("asset_id")["risk"].diff().dropna() > 0).all()


def test_an_assessment_raises_the_likelihood() -> None:
    """An asset to be renewed now is four times as likely to fail, and says why."""
    frame = pipes(
        2, material="pe", install_year=2010, assessment_result=["immediate", "ok"]
    )
    result = _score("water_pipe", frame)
    first, second = result.table["expected_failures"]
    assert first == pytest.approx(4 * second)
    assert "rate.assessed_immediate" in result.assets["reasons"].iloc[0]


@pytest.mark.parametrize("name", sorted(CATALOGUE.asset_classes))
def test_older_is_never_less_likely_to_fail(name: str) -> None:
    """At all else equal, expected failures rise with age and from year to year."""
    years = np.arange(1950, 2026)
    frame = pipes(len(years), install_year=years, households=100, floor_area_m2=8000.0)
    table = _score(name, frame, horizon=10).table
    by_year = table["expected_failures"].to_numpy().reshape(len(years), 10)
    assert (np.diff(by_year, axis=1) >= 0).all()
    assert (np.diff(by_year, axis=0) <= 1e-12).all()


def test_unknown_year_uses_the_stated_age_and_a_wider_interval() -> None:
    """The middle age counts; young and old ages widen the interval; it is marked."""
    known = pipes(material=["pe"], install_year=[2000])
    unknown = known.assign(install_year=pd.array([None], dtype="Int64"))
    sure, unsure = _score("gas_pipe", known), _score("gas_pipe", unknown)
    a, b = _first(sure), _first(unsure)
    assert b["expected_failures"] == pytest.approx(a["expected_failures"])
    assert b["low"] < a["low"]
    assert b["high"] > a["high"]
    assert "age_unknown" in unsure.assets["reasons"].iloc[0]
    assert "risk.age_unknown" in [note.code for note in unsure.notes]


def test_abandoned_assets_carry_no_risk() -> None:
    """They stay in the table with nothing to lose."""
    frame = pipes(material=["steel"], install_year=[1980], status=["abandoned"])
    result = _score("gas_pipe", frame)
    assert _first(result)["risk"] == 0
    assert "abandoned" in result.assets["reasons"].iloc[0]


def test_a_renewal_makes_young_but_not_before_its_time() -> None:
    """A renewal after the as-of year is not known yet."""
    frame = pipes(2, material="steel", install_year=1980, renewed_year=[2020, 2026])
    first, second = _score("gas_pipe", frame).table["expected_failures"]
    assert first == pytest.approx(0.05 + 0.25 * (1 - exp(-((6 / 25) ** 2.5))))
    assert second > 0.29


def test_grades_follow_the_documented_bands() -> None:
    """Boundaries belong to the grade that they begin; the matrix never falls."""
    assert risk.grades.lof_grade(np.array([0, 0.01, 0.03, 0.1, 0.3])).tolist() == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert risk.grades.cof_grade(np.array([2.9, 3, 10, 30, 100])).tolist() == [
        1,
        2,
        3,
        4,
        5,
    ]
    lof, cof = np.meshgrid(np.arange(1, 6), np.arange(1, 6))
    matrix = risk.grades.risk_grade(lof, cof)
    assert (matrix[0, 0], matrix[2, 2], matrix[4, 4]) == (1, 3, 5)
    assert (np.diff(matrix, axis=0) >= 0).all()
    assert (np.diff(matrix, axis=1) >= 0).all()


def test_every_reason_has_a_title() -> None:
    """Codes of figures have titles in their file, the others a label."""
    frame = pipes(
        material=["steel"], install_year=[None], households=[500], encroached=[True]
    )
    reasons = _score("gas_pipe", frame).assets["reasons"].iloc[0].split(";")
    titles = CATALOGUE.asset_classes["gas_pipe"].reason_titles()
    plain = [code for code in reasons if code not in titles]
    assert plain == ["age_unknown", "expert_only"]
    assert titles["loss.many_households"].zh == "影响 200 户及以上"


def test_every_year_has_its_own_grades(tmp_path: Path) -> None:
    """Each row is graded by its own likelihood and loss; the first as the asset is."""
    frame = pipes(4, material="grey_cast_iron", install_year=[1950, 1980, 2000, 2020])
    stock = inventory({"water_pipe": frame})
    result = risk.score(stock, CATALOGUE, 2025, 40)
    table, own = result.table, result.assets
    likely = 1 + sum(
        (table["lof"] >= band).astype(int) for band in (0.01, 0.03, 0.1, 0.3)
    )
    costly = 1 + sum((table["cof"] >= band).astype(int) for band in (3, 10, 30, 100))
    field = 1 + sum((likely * costly >= band).astype(int) for band in (4, 8, 12, 20))
    assert table["year_lof_grade"].tolist() == likely.tolist()
    assert table["year_cof_grade"].tolist() == costly.tolist()
    assert table["year_grade"].tolist() == field.tolist()
    first = table[table["year"] == 2026]
    for name in ("grade", "lof_grade", "cof_grade"):
        assert first[f"year_{name}"].tolist() == own[name].tolist()
    last = table[table["year"] == 2065]
    assert first["year_lof_grade"].tolist() != last["year_lof_grade"].tolist()
    path = result.write(tmp_path / "risk.csv")
    again = risk.RiskTable.read(path).table
    assert again["year_grade"].tolist() == field.tolist()
    columns = pd.read_csv(path, encoding="utf-8-sig").columns
    assert list(columns[-3:]) == ["year_grade", "year_lof_grade", "year_cof_grade"]


def test_missing_length_is_refused() -> None:
    """A rate per kilometre needs the length of every pipe."""
    with pytest.raises(InputError) as caught:
        _score("gas_pipe", pipes(2, length_m=[None, 5.0]))
    assert caught.value.messages[0].params["assets"] == ["p0000"]


def test_bad_horizon_and_unknown_class_are_refused() -> None:
    """Nothing is scored for no year or for a class without a model file."""
    with pytest.raises(InputError, match="bad_horizon"):
        _score("gas_pipe", pipes(), horizon=0)
    with pytest.raises(InputError, match="unknown_class"):
        _score("steam_pipe", pipes())


def test_written_and_read_back_equal(tmp_path: Path) -> None:
    """The CSV holds both tables in full precision."""
    frame = pipes(3, material=["pe", "steel", None], install_year=[1999, 1980, 2010])
    result = _score("gas_pipe", frame, horizon=2)
    again = risk.RiskTable.read(result.write(tmp_path / "risk.csv"))
    pd.testing.assert_frame_equal(again.table, result.table)
    pd.testing.assert_frame_equal(again.assets, result.assets)


def test_an_empty_inventory_has_an_empty_table() -> None:
    """No assets, no rows, no error."""
    table = risk.score(inventory({}), CATALOGUE, 2025, 5)
    assert list(table.table.columns)[:3] == ["asset_class", "asset_id", "year"]
    assert len(table.assets) == 0
