"""Fixtures that several rooms share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from renewopt.runs import Plan

settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("ci")


LONGEST = (
    "test_demo_county",
    "test_mirror",
    "test_planted",
    "test_brute_force",
    "test_real_water",
    "test_backtest_real",
)
"""Modules that take minutes; each runs in one process, the others beside it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest modules, so that no process waits for another's last."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture
def tiny_plan() -> Plan:
    """Give a plan of five projects, worked out by hand."""
    from tests import tiny

    return tiny.tiny_plan()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plan the small town once, with its workbook; a wide gap is enough to look at."""
    from renewopt import road
    from renewopt.core.data import data_dir
    from renewopt.report import workbook
    from renewopt.runs import load_run

    folder = tmp_path_factory.mktemp("runs") / "small-town"
    options = road.SolveOptions(gap=0.2, time_limit_s=60)
    scenario = data_dir("inventories") / "small-town" / "scenario.toml"
    road.plan_scenario(scenario, out=folder, options=options)
    workbook(load_run(folder), folder / "plan.xlsx", "zh")
    return folder


@pytest.fixture
def tiny_run(tmp_path: Path) -> Path:
    """Write the run of five projects that is worked out by hand.

    Its costs are given without cost lines, so that it can be planned again.
    """
    from renewopt.rules.problem import Problem
    from renewopt.runs import write_run
    from tests import tiny

    plan = tiny.tiny_plan()
    case = replace(plan.problem.case, cost_lines=plan.problem.case.cost_lines.iloc[:0])
    plan = replace(plan, problem=Problem(case, plan.problem.policy))
    return write_run(plan, tmp_path / "runs" / "tiny")
