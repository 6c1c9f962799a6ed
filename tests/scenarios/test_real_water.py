"""Real input: Kitchener's water mains through the whole road."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from renewopt import road
from renewopt.audit import audit_run

SCENARIO = Path(__file__).parents[2] / "benchmarks" / "kitchener.toml"
DATA = Path(__file__).parents[3] / "shared" / "data" / "water_kitchener_2023"

pytestmark = [
    pytest.mark.long,
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here"),
]


def test_planned_and_audited_in_minutes(tmp_path: Path) -> None:
    """15,900 mains: an audited plan within 1 % (time: see `benchmarks/`)."""
    plan = road.plan_scenario(SCENARIO, out=tmp_path / "run")
    report = audit_run(tmp_path / "run")
    assert not report.breaches
    assert plan.proof.gap <= 0.01
    assert plan.proof.objective > plan.baselines["greedy"].objective
    assert plan.proof.objective > plan.baselines["worst_first"].objective
    # Lengths against an independent count: every active main counts once.
    raw = pd.read_csv(DATA / "Water_Mains.csv", encoding="utf-8-sig")
    active = raw[raw["STATUS"] == "ACTIVE"]
    stock = plan.problem.case.stock
    assert stock["assets"].sum() == len(active)
    assert stock["length_m"].sum() == pytest.approx(
        active["Shape__Length"].sum(), rel=1e-3
    )
