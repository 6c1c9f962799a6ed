"""The exported model is the one that was planned: another reading of it agrees."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import highspy
import pytest

from renewopt import road
from renewopt.cli.main import run as program
from tests.audit import hand


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plan the case of the plan worked out by hand, to the proof."""
    folder = tmp_path_factory.mktemp("export")
    case = hand.write_hand_run(folder / "by_hand") / "case"
    options = road.SolveOptions(gap=0.0, time_limit_s=60)
    road.solve_case(case, out=folder / "run", options=options)
    return folder / "run"


@pytest.mark.parametrize("kind", ["mps", "lp"])
def test_another_solver_finds_the_same_value(
    planned: Path, tmp_path: Path, kind: str
) -> None:
    """Read from the file and solved, the model has the run's objective, negated."""
    file = tmp_path / f"model.{kind}"
    assert program(["export", str(planned), "-o", str(file), "--quiet"]) == 0
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(file))
    solver.run()
    summary = json.loads((planned / "summary.json").read_text("utf-8"))
    assert summary["status"] == "optimal"
    value = -solver.getInfo().objective_function_value / 100
    assert value == pytest.approx(summary["objective"], abs=0.01)
    with (tmp_path / f"model.{kind}.names.csv").open(encoding="utf-8") as text:
        names = {row["name"]: row for row in csv.DictReader(text)}
    assert len(names) == solver.getNumCol() + solver.getNumRow()
    assert {row["what"] for row in names.values()} >= {"x", "draw", "row"}


def test_other_kinds_of_file_are_refused(planned: Path, tmp_path: Path) -> None:
    """Only what solvers read is written."""
    assert program(["export", str(planned), "-o", str(tmp_path / "model.txt")]) == 2
    assert not (tmp_path / "model.txt").exists()
