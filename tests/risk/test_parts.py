"""The parts of a consequence, running losses and the population that moves them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.catalogue.consequence import PART_KINDS
from renewopt.core.errors import InputError
from renewopt.risk.loss import consequence
from renewopt.risk.population import population_path
from renewopt.risk.records import season_weights
from renewopt.risk.table import PART_COLUMNS
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()


def _score(cls: str, frame: pd.DataFrame, **options: object) -> risk.RiskTable:
    return risk.score(inventory({cls: frame}), CATALOGUE, 2025, 3, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(CATALOGUE.asset_classes))
def test_parts_add_up_to_the_consequence_exactly(name: str) -> None:
    """From left to right, as a reader of the file adds them, nothing is left over."""
    draw = np.random.default_rng(1)
    frame = pipes(
        200,
        install_year=draw.integers(1960, 2020, 200),
        households=draw.integers(1, 3000, 200),
        floor_area_m2=8000.0,
        diameter_mm=draw.uniform(50, 900, 200),
        premises_flooded=draw.integers(0, 50, 200),
        depth_cm=draw.uniform(5, 90, 200),
        road_class="arterial",
        point_type="underpass",
    )
    for population in (None, {2027: 0.9}):
        table = _score(name, frame, population=population).table
        total = table[PART_COLUMNS[0]].to_numpy()
        for column in PART_COLUMNS[1:]:
            total = total + table[column].to_numpy()
        assert (total == table["cof"].to_numpy()).all()
        assert (total > 0).all()


def test_parts_of_a_heating_pipe_by_hand() -> None:
    """Repair 8; heat and water 3; road 0.2; 200 households × 0.005; scald 0.2."""
    frame = pipes(level=["primary"], install_year=[2001], households=[200])
    row = _score("heating_pipe", frame).table.iloc[0]
    parts = [row[column] for column in PART_COLUMNS]
    assert parts == pytest.approx([0.2, 1.0, 0.2, 3.0, 8.0])


@pytest.mark.parametrize("name", sorted(CATALOGUE.asset_classes))
def test_every_kind_of_loss_is_counted_or_said_to_be_zero(name: str) -> None:
    """No kind is silently absent: a part counts it, or a reason says why it is 0."""
    losses = CATALOGUE.asset_classes[name].consequence
    counted = {part.kind for part in losses.part}
    assert counted | set(losses.none) == set(PART_KINDS)
    assert all(why.zh and why.en for why in losses.none.values())


@pytest.mark.parametrize("name", ["gas_pipe", "heating_pipe", "water_pipe"])
def test_service_is_households_by_days_by_value(name: str) -> None:
    """Households without service, for how long, at a value per household and day."""
    frame = pipes(2, install_year=[2001] * 2, households=[100, 400])
    table = _score(name, frame).table
    one, four = table[table["year"] == 2026]["cof_service"]
    cls = CATALOGUE.asset_classes[name]
    (part,) = (p for p in cls.consequence.part if p.kind == "service")
    assert part.days is not None
    assert one == pytest.approx(100 * part.mid * part.days.mid)
    assert four == pytest.approx(4 * one)
    longer = part.days.model_copy(update={"mid": 2 * part.days.mid})
    parts = [
        p.model_copy(update={"days": longer}) if p is part else p
        for p in cls.consequence.part
    ]
    loss = cls.consequence.model_copy(update={"part": tuple(parts)})
    edited = cls.model_copy(update={"consequence": loss})
    rate = np.ones((len(frame), 1))
    assert consequence(frame, edited, rate).kinds[0, 1] == pytest.approx(2 * one)


def test_compounds_differ_in_consequence_and_grade() -> None:
    """Households and floor of a building, structure and fire safety move the loss."""
    size = 6
    frame = pipes(
        size,
        install_year=[1985, 1992, 1996, 2001, 2012, 1996],
        buildings=[10, 10, 10, 10, 10, None],
        households=[900, 300, 300, 120, 300, 300],
        floor_area_m2=[90000.0, 34000.0, 34000.0, 10000.0, 34000.0, 34000.0],
        structure_grade=["D", "C", "B", "B", "B", "B"],
        fire_grade=["poor", "poor", "fair", "fair", "good", "fair"],
    )
    table = _score("residential_compound", frame)
    first = table.table[table.table["year"] == 2026].set_index("asset_id")
    safety = first["cof_safety"].to_numpy()
    # The first has 0.325 defects per home: D and poor would be 3 · 6.5e-4 accidents.
    worst = 300 * 1.667 * 5e-4 / (0.1 * 2.5 * 1.3)
    assert safety == pytest.approx(
        [worst, 0.6 * 1.5 * 1.5, 0.6, 0.6 * 0.4, 0.6 * 0.7, 0.6]
    )
    repair = first["cof_repair"].to_numpy()
    assert repair == pytest.approx(
        [0.5 * 9000 / 3400, 0.5, 0.5, 0.5 * 0.4, 0.5, 0.5], rel=1e-3
    )
    service = first["cof_service"].to_numpy()
    per_home = 0.002 * 0.3
    assert service == pytest.approx([per_home * n for n in (90, 30, 30, 12, 30, 30)])
    grades = table.assets["grade"].tolist()
    assert grades[0] == 5
    assert len(set(grades)) >= 4


def test_scales_of_a_class_are_its_own() -> None:
    """Compounds are graded by the likelihood of one household, pipes as a whole."""
    frame = pipes(2, install_year=[1996] * 2, households=[30, 3000], buildings=[1, 100],
                  floor_area_m2=[3400.0, 340000.0])  # fmt: skip
    compounds = _score("residential_compound", frame).assets
    assert len(set(compounds["lof_grade"])) == 1
    heating = _score("heating_pipe", frame.assign(length_m=[100.0, 10000.0])).assets
    assert len(set(heating["lof_grade"])) == 2


def test_a_shrinking_county_has_less_to_lose() -> None:
    """People's parts follow the index, line by line between years; others stay."""
    frame = pipes(level=["primary"], install_year=[2001], households=[200])
    table = _score("heating_pipe", frame, population={2027: 0.9}).table
    assert table["cof_service"].tolist() == pytest.approx([0.95, 0.9, 0.9])
    assert table["cof_safety"].tolist() == pytest.approx([0.19, 0.18, 0.18])
    assert table["cof_repair"].tolist() == [8.0] * 3
    assert (table["risk"] == table["expected_failures"] * table["cof"]).all()


def test_population_may_be_heads_with_the_as_of_year() -> None:
    """Heads of the as-of year are the base; before the first year it stays."""
    heads = {2025: 200_000.0, 2030: 180_000.0}
    assert population_path(heads, 2025, [2026, 2030, 2040]) == pytest.approx(
        [0.98, 0.9, 0.9]
    )
    assert population_path(None, 2025, [2026]) == [1.0]
    with pytest.raises(InputError, match="population"):
        population_path({2030: 0.0}, 2025, [2026])


@pytest.mark.parametrize(
    "index",
    [{2030: 48_000.0}, {2025: 50_000.0, 2030: 0.95}, {2025: 1.0, 2030: 48_000.0}],
)
def test_heads_without_the_as_of_year_are_refused(index: dict[int, float]) -> None:
    """Heads and an index are never divided by one another."""
    with pytest.raises(InputError, match=r"population_scale.*as_of=2025"):
        population_path(index, 2025, [2026, 2030])


def test_heads_of_the_county_are_the_base() -> None:
    """11,000 of 12,000 heads; an index stays one; far from both: refused."""
    assert population_path({2030: 11_000.0}, 2029, [2030], 12_000) == [11_000 / 12_000]
    assert population_path({2030: 0.95}, 2029, [2030], 12_000) == [0.95]
    own = {2029: 10_000.0, 2030: 11_000.0}
    assert population_path(own, 2029, [2030], 12_000) == pytest.approx([1.1])
    with pytest.raises(InputError, match="population_scale"):
        population_path({2030: 11_000.0}, 2029, [2030], 200_000)


def test_populations_of_years_that_are_not_scored() -> None:
    """Before the as-of year they are refused; after the horizon it is said."""
    frame = pipes(level=["primary"], install_year=[2001], households=[200])
    for year in (30, 2020):
        with pytest.raises(InputError, match=f"population_before.*{year}"):
            _score("heating_pipe", frame, population={year: 0.5, 2027: 0.9})
    told = _score("heating_pipe", frame, population={2027: 0.9, 2040: 0.8})
    notes = [n.params for n in told.notes if n.code == "risk.population_after"]
    assert notes == [{"years": [2040], "last": 2028}]


def test_running_losses_stand_beside_the_risk() -> None:
    """12 % leakage: two points above 10 % × 0.1 per km; the loss stays as it was."""
    plain = pipes(2, material="pe", install_year=2000)
    leaky = plain.assign(leakage_pct=[12.0, None])
    before, after = _score("water_pipe", plain), _score("water_pipe", leaky)
    assert after.assets["running_loss"].tolist() == pytest.approx([0.2, 0.0])
    assert before.assets["running_loss"].tolist() == [0.0, 0.0]
    assert after.table["cof"].tolist() == before.table["cof"].tolist()


def test_leakage_and_pressure_raise_the_likelihood_of_water_pipes() -> None:
    """25 % leakage × 1.3, 0.8 MPa × 1.5, and together."""
    frame = pipes(
        3,
        material="pe",
        install_year=2000,
        leakage_pct=[25.0, None, 25.0],
        pressure_mpa=[None, 0.8, 0.8],
    )
    plain = _score("water_pipe", pipes(1, material="pe", install_year=2000)).table
    found = _score("water_pipe", frame).table["expected_failures"].to_numpy()[::3]
    assert found / plain["expected_failures"][0] == pytest.approx([1.3, 1.5, 1.95])


def test_make_up_water_and_heat_loss_raise_heating_pipes() -> None:
    """A loop that loses 3 % of its water × 1.6; 15 % heat loss × 1.15 and money."""
    frame = pipes(2, level="primary", install_year=2001).assign(
        makeup_water_pct=[3.0, None], heat_loss_pct=[None, 18.0]
    )
    plain = _score("heating_pipe", pipes(1, level="primary", install_year=2001)).table
    scored = _score("heating_pipe", frame)
    found = scored.table["expected_failures"].to_numpy()[::3]
    assert found / plain["expected_failures"][0] == pytest.approx([1.6, 1.15])
    assert scored.assets["running_loss"].tolist() == pytest.approx(
        [2.5 * 0.2, 10 * 0.3]
    )


def test_summer_records_of_heating_pipes_count_a_quarter() -> None:
    """Ten leaks in July move the rate less than ten in January."""
    stock = inventory(
        {"heating_pipe": pipes(20, level="primary", install_year=2000)},
        [("heating_pipe", f"p{i:04d}", 2020) for i in range(10)],
    )
    summer = stock.failures.assign(date="2020-07-15")
    cls = CATALOGUE.asset_classes["heating_pipe"]
    assert season_weights(stock.failures, cls).tolist() == [1.0] * 10
    assert season_weights(summer, cls).tolist() == [0.25] * 10
    assert season_weights(summer.assign(date="2020"), cls).tolist() == [1.0] * 10
    winter, hot = (
        risk.score(s, CATALOGUE, 2025, 1).table["expected_failures"].sum()
        for s in (stock, replace(stock, failures=summer))
    )
    assert hot < winter


def test_a_points_rate_without_record_follows_depth_duration_and_deficit() -> None:
    """Shallow and short 0.3; deficit 3; deep and long 2; small deficit 0.5; else 1."""
    frame = pd.DataFrame(
        {
            "asset_id": ["a", "b", "c", "d", "e", "f"],
            "depth_cm": [10.0, 30.0, 60.0, 30.0, 30.0, 60.0],
            "duration_min": [20.0, 60.0, 150.0, 60.0, 60.0, 150.0],
            "capacity_deficit_pct": [None, 40.0, None, 5.0, None, None],
            "return_period_y": [None, None, None, None, None, 4.0],
        }
    )
    found = _score("waterlogging_point", frame).table["expected_failures"].to_numpy()
    assert found[::3] == pytest.approx([0.3, 3.0, 2.0, 0.5, 1.0, 0.25])


def test_residents_willingness_is_feasibility_and_no_risk() -> None:
    """Consent stands in a column of its own and changes no loss."""
    frame = pd.DataFrame(
        {
            "asset_id": ["a", "b"],
            "install_year": 1985,
            "households": 100,
            "floor_area_m2": 9000.0,
            "consent_rate": [40.0, 95.0],
        }
    )
    scored = _score("residential_compound", frame)
    assert scored.assets["feasibility"].tolist() == pytest.approx([0.4, 0.95])
    risks = scored.table.groupby("asset_id")["risk"].sum()
    assert risks["a"] == risks["b"]
