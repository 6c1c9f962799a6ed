"""The score without money: weights and scales, overrides, and no money anywhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.core.errors import InputError
from renewopt.risk import score_points
from renewopt.risk.points import COLUMNS
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()


def _assets(cls: str, frame: pd.DataFrame, **more: object) -> pd.DataFrame:
    return score_points(inventory({cls: frame}, **more), CATALOGUE, 2025).assets  # type: ignore[arg-type]


def test_a_gas_pipe_by_hand() -> None:
    """Age 25 → 80, steel 60, no protection 100; empty cells 50; households 200 → 60."""
    frame = pipes(
        material=["steel"],
        install_year=[2000],
        cathodic_protection=["none"],
        households=[200],
    )
    row = _assets("gas_pipe", frame).iloc[0]
    likely = 0.20 * 80 + 0.20 * 60 + 0.10 * 100 + 50 * 0.50
    assert row["likelihood_points"] == pytest.approx(likely)
    assert row["consequence_points"] == pytest.approx(0.35 * 60 + 0.65 * 50)
    assert row["known_share"] == pytest.approx((0.5 + 0.35) / 2)
    assert (row["likelihood_grade"], row["consequence_grade"]) == (4, 3)
    assert row["grade"] == 4
    assert row["strongest"] == "points.by_households;points.by_age;points.by_material"


def test_recorded_failures_count_only_where_records_are() -> None:
    """Three leaks in five years on a kilometre: 0.6 a year → 100; none → 0."""
    frame = pipes(2, material="steel", install_year=2000)
    without = _assets("gas_pipe", frame)["likelihood_points"].tolist()
    failures = [("gas_pipe", "p0000", year) for year in (2021, 2023, 2025)]
    with_records = _assets("gas_pipe", frame, failures=failures)["likelihood_points"]
    assert with_records.tolist() == pytest.approx([without[0] + 10, without[1] - 10])


def test_the_assessment_overrides_the_points_both_ways() -> None:
    """Renew now is 5, fit for service at most 2, an outcome too old binds nothing."""
    frame = pipes(
        3, material="grey_cast_iron", install_year=1970, households=900
    ).assign(
        assessment_result=["ok", "immediate", "ok"],
        assessment_year=[2024, 2024, 2010],
        near_sensitive=True,
    )
    table = _assets("gas_pipe", frame)
    assert table["grade"].tolist()[:2] == [2, 5]
    assert table["grade"].tolist()[2] > 2
    assert table["strongest"][1].startswith("points.is_immediate")


def test_willingness_stands_beside_the_need() -> None:
    """Consent gives points of feasibility and moves nothing else."""
    frame = pd.DataFrame(
        {
            "asset_id": ["a", "b", "c"],
            "install_year": 1985,
            "households": 100,
            "floor_area_m2": 9000.0,
            "structure_grade": "C",
            "consent_rate": [20.0, 100.0, None],
        }
    )
    table = _assets("residential_compound", frame)
    assert table["feasibility_points"].tolist()[:2] == [20.0, 100.0]
    assert np.isnan(table["feasibility_points"][2])
    same = table[["likelihood_points", "known_share"]]
    assert (same == same.iloc[0]).all(axis=None)


def test_classes_without_records_are_named_as_by_the_score_in_money() -> None:
    """Neither records nor a count of its own: cold, with the same number."""
    pipe = pipes(2, material="steel", install_year=2000)
    point = pd.DataFrame({"asset_id": ["a"], "depth_cm": 5.0})
    counted = point.assign(events_5y=1)
    for stock, cold in (
        (inventory({"gas_pipe": pipe, "waterlogging_point": point}), 2),
        (inventory({"gas_pipe": pipe, "waterlogging_point": counted}), 1),
        (inventory({"gas_pipe": pipe}, [("gas_pipe", "p0000", 2024)]), 0),
    ):
        found = score_points(stock, CATALOGUE, 2025).cold
        assert found == risk.cold(risk.score(stock, CATALOGUE, 2025, 1))
        assert len(found) == cold


def test_a_severe_point_is_five_whatever_its_points() -> None:
    """Points that were severe or hurt people are the highest grade."""
    frame = pd.DataFrame(
        {"asset_id": ["a", "b"], "severe": [True, False], "depth_cm": 5.0}
    )
    assert _assets("waterlogging_point", frame)["grade"].tolist() == [5, 3]


def test_abandoned_assets_have_no_points() -> None:
    """Out of use is grade 1 with its one reason."""
    row = _assets("gas_pipe", pipes(material=["steel"], status=["abandoned"])).iloc[0]
    assert (row["likelihood_points"], row["grade"]) == (0.0, 1)
    assert row["strongest"] == "abandoned"


def test_no_money_is_in_the_table() -> None:
    """Its columns are points and grades; nothing of it can be added to a loss."""
    table = _assets("water_pipe", pipes(install_year=[1990]))
    assert tuple(table.columns) == COLUMNS
    assert not {"risk", "cof", "low", "high"} & set(table.columns)


@pytest.mark.parametrize("name", sorted(CATALOGUE.asset_classes))
def test_every_class_has_weights_with_sources(name: str) -> None:
    """Each factor says where it comes from; pipes' and points' sides add up to 1."""
    points = CATALOGUE.asset_classes[name].points
    assert points is not None
    assert all(item.source for item in points.factor)
    if name != "residential_compound":
        for side in ("likelihood", "consequence"):
            total = sum(item.weight for item in points.of_side(side))  # type: ignore[arg-type]
            assert total == pytest.approx(1.0)


def test_a_class_without_weights_is_named() -> None:
    """A bureau's class without [points] cannot be scored by points, and it is said."""
    cls = CATALOGUE.asset_classes["gas_pipe"].model_copy(update={"points": None})
    bare = replace(CATALOGUE, asset_classes={"gas_pipe": cls})
    with pytest.raises(InputError, match="points_none"):
        score_points(inventory({"gas_pipe": pipes()}), bare, 2025)


@pytest.mark.parametrize(
    ("material", "protection", "points"),
    [
        ("steel", "working", 0.20 * 35 + 0.10 * 20),
        ("steel", "none", 0.20 * 60 + 0.10 * 100),
        ("pe", "none", 0.20 * 20 + 0.10 * 0),
        ("pe", None, 0.20 * 20 + 0.10 * 0),
    ],
)
def test_protection_counts_for_steel_only(
    material: str, protection: str | None, points: float
) -> None:
    """Working protection makes steel better; what does not rust needs none."""
    frame = pipes(1, material=material, cathodic_protection=[protection])
    row = _assets("gas_pipe", frame).iloc[0]
    assert row["likelihood_points"] == pytest.approx(points + 50 * 0.70)


def test_heat_loss_is_no_sign_of_ground_water() -> None:
    """Nothing states ground water or frost; heat lost is a consequence only."""
    rows = [
        _assets("heating_pipe", pipes(1, heat_loss_pct=loss)).iloc[0]
        for loss in (5.0, 25.0)
    ]
    assert rows[0]["likelihood_points"] == rows[1]["likelihood_points"]
    assert rows[0]["consequence_points"] < rows[1]["consequence_points"]
