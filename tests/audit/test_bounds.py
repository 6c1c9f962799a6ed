"""A certificate is added up again; what it does not prove is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from renewopt import road
from renewopt.audit import AuditReport, audit_run
from tests.audit import hand


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plan the case of the plan worked out by hand, to the proof."""
    folder = tmp_path_factory.mktemp("bounds")
    case = hand.write_hand_run(folder / "by_hand") / "case"
    options = road.SolveOptions(gap=0.0, time_limit_s=60)
    road.solve_case(case, out=folder / "run", options=options)
    return folder / "run"


def _changed(
    planned: Path, folder: Path, file: str, change: Callable[[dict[str, Any]], None]
) -> AuditReport:
    run = Path(shutil.copytree(planned, folder / "run"))
    path = run / file
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return road.audit_folder(run)


def _places(report: AuditReport) -> list[str]:
    return [b.where for b in report.breaches if b.rule_id == "audit.certificate"]


def test_the_certificate_of_a_run_adds_up(planned: Path) -> None:
    """A plan comes with multipliers, whose bound is not below the plan or its tree."""
    certificate = json.loads((planned / "certificate.json").read_text("utf-8"))
    summary = json.loads((planned / "summary.json").read_text("utf-8"))
    assert certificate["method"] == "lagrangian"
    assert certificate["multipliers"]
    assert summary["certified_bound"] >= summary["objective"]
    assert summary["certified_gap"] >= summary["gap"] - 1e-9
    assert road.audit_folder(planned).ok


def test_other_multipliers_are_caught(planned: Path, tmp_path: Path) -> None:
    """Doubling the largest multiplier proves another bound than is stated."""

    def change(data: dict[str, Any]) -> None:
        largest = max(data["multipliers"], key=lambda row: abs(row[-1]))
        largest[-1] *= 2

    report = _changed(planned, tmp_path, "certificate.json", change)
    assert _places(report) == ["certified_bound_units"]
    # Without the rows of the model it cannot be seen; so the command builds them.
    assert audit_run(tmp_path / "run").ok


def test_a_row_that_is_not_there_is_caught(planned: Path, tmp_path: Path) -> None:
    """A certificate that names a row of another model proves nothing here."""

    def change(data: dict[str, Any]) -> None:
        data["multipliers"][0][1] = "nowhere"

    report = _changed(planned, tmp_path, "certificate.json", change)
    assert _places(report) == ["multipliers"]


def test_a_smaller_shortfall_is_caught(planned: Path, tmp_path: Path) -> None:
    """A bound of plans that place more duties does not speak of this plan."""

    def change(data: dict[str, Any]) -> None:
        data["held"][0][1] -= 1

    report = _changed(planned, tmp_path, "certificate.json", change)
    assert any(place.startswith("held ") for place in _places(report))


@pytest.mark.parametrize(
    ("key", "value"), [("certified_gap", -1.0), ("certified_bound", 0.0)]
)
def test_other_statements_are_caught(
    planned: Path, tmp_path: Path, key: str, value: float
) -> None:
    """The summary says of the certificate what the certificate says."""
    report = _changed(
        planned, tmp_path, "summary.json", lambda data: data.update({key: value})
    )
    assert key in _places(report)
