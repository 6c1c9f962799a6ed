"""The demo county, end to end: what `make demo` promises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from renewopt import road
from renewopt.core.data import data_dir
from renewopt.core.proof import Mandatory
from renewopt.road import audit_folder
from renewopt.runs.plan import Plan

SCENARIO = data_dir("inventories") / "demo-county" / "scenario.toml"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Path]:
    """Plan the demo county once, to the gap of `make demo`.

    The limit is far off: it ends by its gap even where tests share the cores.
    One process: what two find together depends on the machine.
    """
    folder = tmp_path_factory.mktemp("demo") / "run"
    options = road.SolveOptions(gap=0.02, time_limit_s=900, processes=1)
    return road.plan_scenario(SCENARIO, out=folder, options=options), folder


def test_gap_is_proven_and_repeatable(planned: tuple[Plan, Path]) -> None:
    """The plan is within 2 % of the best possible and ended by its gap."""
    plan, _ = planned
    assert plan.proof.gap <= 0.02
    assert plan.proof.stopped_by == "gap"
    assert plan.proof.repeatable


def test_audit_is_clean_and_looked_at_everything(planned: tuple[Plan, Path]) -> None:
    """The auditor, from the files alone, finds nothing after looking at all of it."""
    plan, folder = planned
    report = audit_folder(folder)
    assert not report.breaches
    assert report.counts["projects"] == len(plan.problem.case.projects)
    assert report.counts["draws"] == len(plan.schedule.draws)
    assert report.counts["baselines"] == 2


def test_every_duty_is_in_time_or_named(planned: tuple[Plan, Path]) -> None:
    """No duty is silently left: missing ones carry a reason and the money."""
    plan, folder = planned
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    for hardness in ("safety_duty", "assessed_target"):
        level = plan.mandatory[hardness]
        assert level.required > 0
        assert level.late == 0
        assert level.placed == level.required
        assert summary["mandatory"][hardness]["missing_money"] == 0


def _rank(mandatory: dict[str, Mandatory], objective: int) -> tuple[int, ...]:
    missing = [mandatory[h].missing for h in ("safety_duty", "assessed_target")]
    return (*missing, -objective)


def test_better_than_both_baselines(planned: tuple[Plan, Path]) -> None:
    """Strictly better: fewer duties missing, or as few and a higher objective."""
    plan, _ = planned
    ours = _rank(dict(plan.mandatory), plan.proof.objective)
    for name in ("greedy", "worst_first"):
        baseline = plan.baselines[name]
        assert ours < _rank(dict(baseline.mandatory), baseline.objective)


def test_duties_cost_half_of_the_money(planned: tuple[Plan, Path]) -> None:
    """Safety duties and targets take 40–60 % of the five years' money."""
    plan, _ = planned
    case = plan.problem.case
    duties = case.obligations
    hard = duties["hardness"].isin(["safety_duty", "assessed_target"])
    cost = case.payments.groupby("work_id")["cost"].sum()
    works = case.works.assign(cost=case.works["work_id"].map(cost))
    least = works.groupby("project_id")["cost"].min()
    running = case.project_facts.loc[
        case.project_facts["status"] == "running", "project_id"
    ]
    due = set(duties.loc[hard, "project_id"]) | set(running)
    share = (
        least[least.index.isin(due)].sum()
        / plan.problem.policy.fund_years["amount"].sum()
    )
    assert 0.4 <= share <= 0.6
    # … and far from everything can be paid.
    assert least.sum() > 1.5 * plan.problem.policy.fund_years["amount"].sum()


def test_magnitudes_of_the_county(planned: tuple[Plan, Path]) -> None:
    """30–60 packages, two of them running, and the kilometres that were promised."""
    plan, _ = planned
    case = plan.problem.case
    assert 30 <= len(case.packages) <= 60
    assert (case.packages["status"] == "running").sum() == 2
    km = case.stock.groupby("asset_class")["length_m"].sum() / 1000
    assert km["gas_pipe"] == pytest.approx(150, rel=0.1)
    assert km["heating_pipe"] == pytest.approx(240, rel=0.1)
    assert km["water_pipe"] == pytest.approx(200, rel=0.1)
    assets = case.stock.groupby("asset_class")["assets"].sum()
    assert assets["waterlogging_point"] == 12
    assert assets["residential_compound"] == 90
