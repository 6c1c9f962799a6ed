from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from renewopt.catalogue import load
from renewopt.core.errors import InputError, message
from renewopt.core.proof import Proof
from renewopt.risk import score
from renewopt.runs import Plan, hash_inputs, load_run, write_run
from renewopt.runs import folder as folder_module
from tests.risk.making import inventory


def test_written_run_reads_back_equal(tiny_plan: Plan, tmp_path: Path) -> None:
    """A run read back has the same facts, policy, decision, baselines and reasons."""
    write_run(tiny_plan, tmp_path / "run", {"seed": 7})
    run = load_run(tmp_path / "run")
    assert run.problem.case.digest == tiny_plan.problem.case.digest
    assert run.problem.policy.digest == tiny_plan.problem.policy.digest
    pd.testing.assert_frame_equal(run.schedule.chosen, tiny_plan.schedule.chosen)
    pd.testing.assert_frame_equal(run.schedule.draws, tiny_plan.schedule.draws)
    worst = tiny_plan.baselines["worst_first"].schedule
    pd.testing.assert_frame_equal(run.baselines["worst_first"].chosen, worst.chosen)
    assert run.reasons == tiny_plan.reasons
    assert run.warnings == tiny_plan.warnings
    assert run.manifest["seed"] == 7
    assert run.manifest["case_digest"] == tiny_plan.problem.case.digest
    assert run.title("fiscal", "zh") == "县财政"
    assert run.synthetic


def test_folder_has_the_documented_files(tiny_plan: Plan, tmp_path: Path) -> None:
    """Exactly the documented files are there, and nothing temporary beside."""
    write_run(tiny_plan, tmp_path / "run")
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {
        "summary.json", "manifest.json", "certificate.json", "reasons.json", "log.txt",
        "schedule.csv", "funding.csv", "debt.csv", "duties.csv", "findings.csv",
        "debt_by_package.csv", "breaches.csv", "case", "baselines",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_schedule_lists_every_project(tiny_plan: Plan, tmp_path: Path) -> None:
    """Selected or not, a project has its row, with category and reason."""
    write_run(tiny_plan, tmp_path / "run")
    table = pd.read_csv(tmp_path / "run" / "schedule.csv", encoding="utf-8-sig")
    table = table.set_index("project_id")
    assert list(table.index) == ["C1", "G1", "H1", "H2", "W1"]
    assert table.loc["H1", "category"] == "continuing"
    assert table.loc["C1", "category"] == "new"
    assert table.loc["G1", "category"] == "reserve"
    assert table.loc["G1", "reason"] == "explain.no_money"
    assert not table.loc["G1", "selected"]
    assert table.loc["H2", "cost"] == 40.0


def test_schedule_gives_each_reason_once(tiny_plan: Plan, tmp_path: Path) -> None:
    """A clause that bars two modes is two sentences, and one code in the table."""
    twice = [message("reason.excluded", mode=mode) for mode in ("line", "replace")]
    told = (*twice, message("reason.no_work"))
    write_run(replace(tiny_plan, reasons={"G1": told}), tmp_path / "run")
    table = pd.read_csv(tmp_path / "run" / "schedule.csv", encoding="utf-8-sig")
    reason = table.set_index("project_id")["reason"]
    assert reason["G1"] == "reason.excluded;reason.no_work"
    assert len(load_run(tmp_path / "run").reasons["G1"]) == 3


def test_existing_run_is_replaced_whole(tiny_plan: Plan, tmp_path: Path) -> None:
    """A second run leaves nothing of the first in the folder."""
    target = write_run(tiny_plan, tmp_path / "run")
    (target / "notes.txt").write_text("old", encoding="utf-8")
    write_run(replace(tiny_plan, baselines={}), target)
    assert not (target / "notes.txt").exists()
    assert not (target / "baselines").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_other_folder_is_never_replaced(tiny_plan: Plan, tmp_path: Path) -> None:
    """A folder that is no run is left alone and named."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(InputError, match=r"runs\.not_replaced"):
        write_run(tiny_plan, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8")


def test_failure_leaves_the_old_run(
    tiny_plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When writing fails half-way, the old run stays and nothing else is left."""
    target = write_run(tiny_plan, tmp_path / "run")
    before = (target / "summary.json").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module, "_json", full)
    with pytest.raises(InputError, match=r"runs\.cannot_write"):
        write_run(tiny_plan, target)
    assert (target / "summary.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_summary_has_the_contract_keys(tiny_plan: Plan, tmp_path: Path) -> None:
    """Other people's scripts find every documented key, in 万元."""
    write_run(tiny_plan, tmp_path / "run")
    summary = json.loads((tmp_path / "run" / "summary.json").read_text("utf-8"))
    assert summary["objective"] == 180.0
    assert summary["bound"] == 180.9
    assert summary["cost"] == pytest.approx(40 + 40 + 50 + 25)
    assert summary["by_year"] == {"2027": 90.0, "2028": 30.0, "2029": 30.0, "2030": 5.0}
    assert sum(summary["by_year"].values()) == summary["cost"]
    assert summary["by_fund"] == {"bond": 40.0, "fiscal": 110.0}
    assert summary["mandatory"]["safety_duty"] == {
        "required": 1, "placed": 0, "late": 0, "missing_money": 900.0,
    }  # fmt: skip
    assert summary["mandatory"]["assessed_target"]["late"] == 1
    assert summary["baselines"]["worst_first"]["cost"] == 40.0
    assert summary["audit"] == {"breaches": 0}
    assert summary["synthetic"] is True
    assert {
        "status", "gap", "bound_certified", "certified_bound", "engine", "seconds",
        "stopped_by", "repeatable", "stages", "waivers", "figures", "rejected",
        "cost_uncertainty",
    } <= set(summary)  # fmt: skip


def test_no_bound_gives_no_gap(tiny_plan: Plan, tmp_path: Path) -> None:
    """An infinite gap is written as null: JSON knows no infinity."""
    proof = Proof("feasible", 1, 10**9, float("inf"), "cbc", 1.0, "time", False)
    write_run(replace(tiny_plan, proof=proof), tmp_path / "run")
    summary = json.loads((tmp_path / "run" / "summary.json").read_text("utf-8"))
    assert summary["gap"] is None


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("summary.json", "{", "runs.unreadable_json"),
        ("schedule.csv", None, "runs.missing_file"),
        ("manifest.json", None, "runs.not_a_run"),
        ("funding.csv", "package_id,year,fund_id,amount,received\nP,x,f,1,1\n",
         "table.bad_cell"),
        ("case/case.toml", None, "file.missing"),
    ],
)  # fmt: skip
def test_damaged_run_is_named(
    tiny_plan: Plan, tmp_path: Path, name: str, text: str | None, code: str
) -> None:
    """A damaged run is refused with the file that is wrong."""
    target = write_run(tiny_plan, tmp_path / "run")
    if text is None:
        (target / name).unlink()
    else:
        (target / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=code):
        load_run(target)


def test_inputs_are_hashed_by_relative_name(tmp_path: Path) -> None:
    """A manifest tells which files were read, and nothing of the machine."""
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "gas_pipe.csv").write_bytes(b"abc")
    (tmp_path / "list.xlsx").write_bytes(b"")
    hashes = hash_inputs([tmp_path / "town", tmp_path / "list.xlsx"])
    assert list(hashes) == ["list.xlsx", "town/gas_pipe.csv"]
    assert hashes["town/gas_pipe.csv"].startswith("ba7816bf")


def test_a_place_that_takes_nothing_is_refused_before_the_work() -> None:
    """Minutes of solving would be lost otherwise."""
    with pytest.raises(InputError) as error:
        folder_module.check_target(Path("/proc/renewopt-run"))
    assert error.value.messages[0].code == "runs.not_writable"


def test_a_cold_start_is_in_the_summary(tiny_plan: Plan, tmp_path: Path) -> None:
    """Classes whose likelihood is expert judgement alone; none without a risk table."""
    assets = pd.DataFrame({"asset_id": ["a"], "length_m": [100.0], "material": ["pe"]})
    risk = score(inventory({"gas_pipe": assets}), load(), 2025, 2)
    write_run(replace(tiny_plan, risk=risk), tmp_path / "run")
    cold = load_run(tmp_path / "run").summary["cold_start"]
    assert set(cold) == {"gas_pipe"}
    assert cold["gas_pipe"] == risk.assets["records_to_rule"].iloc[0]
    write_run(tiny_plan, tmp_path / "other")
    assert load_run(tmp_path / "other").summary["cold_start"] == {}
