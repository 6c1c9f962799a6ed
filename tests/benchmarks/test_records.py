"""Failure records of the dirtier: their truth is right, and errors are seen."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from benchmarks.dirtier import records
from benchmarks.dirtier.counts import BOUNDED, FLAGGED, RECOVERED, WRONG
from benchmarks.dirtier.records import HEAD, make_records, score_records
from renewopt.catalogue import Catalogue, load
from renewopt.inventory import read_inventory

PIPES = "管线编号,管材,管长(m),敷设年份,所在道路,起点经度,起点纬度,终点经度,终点纬度\n"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def pipes(folder: Path) -> list[dict[str, object]]:
    """Write pipes, each in its own street a hundred metres from the next."""
    found: list[dict[str, object]] = []
    for i in range(len(records.KINDS) + 2):
        lat = 41.5 + i / 1000
        found.append(
            {"asset_id": f"W-{i:03d}", "street": f"第{i}街", "install_year": 1980 + i,
             "start_lon": 111.0, "start_lat": lat, "end_lon": 111.001, "end_lat": lat}
        )  # fmt: skip
    rows = [
        f"{a['asset_id']},PE,83.5,{a['install_year']},{a['street']},111.0,"
        f"{a['start_lat']},111.001,{a['end_lat']}\n"
        for a in found
    ]
    (folder / "water_pipe.csv").write_text(PIPES + "".join(rows), "utf-8-sig")
    return found


def test_records_are_scored(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every kind comes back right or asked about; a wrong join is seen as wrong."""
    monkeypatch.setattr(records, "PER_KIND", 1)
    made = make_records(pipes(tmp_path), Random(1), "W")
    file = tmp_path / "供水抢修记录.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.DictWriter(out, HEAD, restval="")
        table.writeheader()
        table.writerows(record.cells for record in made)
    found = read_inventory(tmp_path, catalogue)
    score = score_records(made, found, file.name)
    assert score.bad == []
    assert score.totals.total() == len(made) == len(records.KINDS) + 3
    assert score.cells["record_by_place", RECOVERED] == 1
    assert score.cells["record_year_only", BOUNDED] == 1
    assert score.cells["record_id_elsewhere", FLAGGED] == 1
    assert score.cells["record_before_birth", RECOVERED] == 1
    wrong = replace(found, failures=found.failures.assign(asset_id="W-000"))
    seen = score_records(made, wrong, file.name)
    assert seen.cells["record_by_identifier", WRONG] == 1
    assert len(list(records.record_report(score))) == len(records.KINDS) + 3
