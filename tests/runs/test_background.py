from __future__ import annotations

import time
from pathlib import Path

from renewopt.core.errors import message
from renewopt.rules.policy import Policy
from renewopt.runs import load_run
from renewopt.runs.background import BackgroundRun, free_folder, write_variant


def ended(job: BackgroundRun, seconds: float = 90) -> str:
    """Wait for the end; give how it ended."""
    end = time.monotonic() + seconds
    while (state := job.state()) == "running":
        assert time.monotonic() < end
        time.sleep(0.1)
    return state


def test_run_goes_on_beside_us(tiny_run: Path, tmp_path: Path) -> None:
    """A case is planned in another process: steps while it runs, a run at the end."""
    target = tmp_path / "runs" / "tiny-2"
    verb = ["solve", str(tiny_run / "case"), "--lang", "en"]
    job = BackgroundRun.start(verb, tmp_path / "job", target)
    assert ended(job) == "done"
    phases = [step.phase for step in job.steps()]
    assert phases[0] == "build"
    assert phases[-1] == "audit"
    assert job.result()["objective"] == 180.0
    assert job.errors() == []
    run = load_run(target)
    assert set(run.schedule.chosen["project_id"]) == {"C1", "H1", "H2", "W1"}
    assert 0 < job.seconds() < 90
    assert job.seconds() == job.seconds(), "the clock stops at the end"


def test_what_goes_with_a_case_stays(tiny_run: Path, tmp_path: Path) -> None:
    """Titles, warnings and the synthetic label survive another policy."""
    target = tmp_path / "again"
    job = BackgroundRun.start(
        ["solve", str(tiny_run / "case")], tmp_path / "job", target
    )
    assert ended(job) == "done"
    run = load_run(target)
    assert run.synthetic
    assert run.title("fiscal", "zh") == "县财政"
    assert message("policy.expired", pack="national-2022", year=2025) in run.warnings


def test_failure_is_told_in_words(tmp_path: Path) -> None:
    """A case that is not there: no run, and the sentence that the command said."""
    verb = ["solve", str(tmp_path / "nowhere"), "--lang", "en"]
    job = BackgroundRun.start(verb, tmp_path / "job", tmp_path / "run")
    assert ended(job) == "failed"
    assert any("nowhere" in sentence for sentence in job.errors())
    assert job.steps() == []


def test_kill_leaves_no_half_run(tiny_run: Path, tmp_path: Path) -> None:
    """A run that is ended at once leaves nothing where the run would be."""
    target = tmp_path / "run"
    verb = ["solve", str(tiny_run / "case"), "--gap", "0"]
    job = BackgroundRun.start(verb, tmp_path / "job", target)
    job.kill()
    assert job.state() == "failed"
    assert not target.exists()
    job.cancel()
    assert not job.cancelling, "what has ended cannot be cancelled"


def test_variant_has_the_same_facts(tiny_run: Path, tmp_path: Path) -> None:
    """Another policy is written beside the same tables."""
    run = load_run(tiny_run)
    policy = run.problem.policy
    years = policy.fund_years.assign(amount=policy.fund_years["amount"] // 2)
    half = Policy(
        policy.rules, policy.objective, policy.funds, years, policy.existing_debt
    )
    folder = write_variant(run, half, tmp_path / "case")
    names = {path.name for path in folder.iterdir()}
    assert {path.name for path in (tiny_run / "case").iterdir()} <= names
    assert Policy.read(folder).digest == half.digest != policy.digest
    works = "works.csv"
    assert (folder / works).read_bytes() == (tiny_run / "case" / works).read_bytes()


def test_free_names_count_up(tmp_path: Path) -> None:
    """A name that is taken gets a number."""
    assert free_folder(tmp_path, "county").name == "county"
    (tmp_path / "county").mkdir()
    (tmp_path / "county-2").mkdir()
    assert free_folder(tmp_path, "county").name == "county-3"
