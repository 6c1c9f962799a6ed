"""Layers: confirmed money first, and above it what other money adds; both audited."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from renewopt.audit import audit_run
from renewopt.cli.show import exit_code
from renewopt.optimise.pipeline import solve_task
from renewopt.optimise.task import SolveOptions, SolveResult, SolveTask
from renewopt.report.layers import layer_lines
from renewopt.report.result_tables import result_tables
from renewopt.road import solve_case
from renewopt.rules.problem import Problem
from renewopt.runs import Run, load_run
from renewopt.text import render
from tests.optimise.small import Fund, Work, small

WORKS = [Work("A27", (100,), 100), Work("B27", (60,), 90), Work("C28", (50,), 20)]
FUNDS = {
    "fiscal": Fund((100, 0)),
    "grant": Fund((60, 50), kind="provincial_grant"),
}
OPTIONS = SolveOptions(gap=0.0, engine="highs", time_limit_s=30)


@pytest.fixture(scope="module", autouse=True)
def _inside() -> Iterator[None]:
    """Solve inside this process: a worker for each of many small plans is slow."""

    def solve(task: SolveTask, options: SolveOptions, *_: object) -> SolveResult:
        return solve_task(task, options, lambda *_: None, lambda: False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("renewopt.road.solve.run_job", solve)
        yield


def _unsure(problem: Problem, fund: str, years: tuple[int, ...]) -> Problem:
    """Say of a fund's money in some years that it is hoped for."""
    money = problem.policy.fund_years
    meant = (money["fund_id"] == fund) & money["year"].isin(years)
    said = money.assign(certainty=money["certainty"].mask(meant, "assumed"))
    return Problem(problem.case, replace(problem.policy, fund_years=said))


def _run(problem: Problem, folder: Path, *, layers: bool = True) -> Run:
    problem.case.write(folder / "given")
    problem.policy.write(folder / "given")
    solve_case(folder / "given", out=folder / "run", options=OPTIONS, layers=layers)
    return load_run(folder / "run")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Plan in layers with a grant that is assumed in both years."""
    problem = _unsure(small(WORKS, FUNDS), "grant", (2027, 2028))
    return _run(problem, tmp_path_factory.mktemp("layers"))


def _layer(run: Run, name: str) -> list[str]:
    table = run.layers()
    assert table is not None
    return table.loc[table["layer"] == name, "project_id"].tolist()


def test_assumed_grant_moves_its_works_up(run: Run) -> None:
    """100 of fiscal money do A; B and C need the grant and wait for it."""
    assert _layer(run, "confirmed") == ["A"]
    assert _layer(run, "added") == ["B", "C"]
    table = run.layers()
    assert table is not None
    assert table["waits_for"].tolist() == ["", "grant", "grant"]


def test_wishes_are_no_duties_of_the_confirmed_layer(tmp_path: Path) -> None:
    """B waits for the grant: of its duty and C's wish one duty is not placed."""
    duties = [("B", "safety_duty", 2027), ("C", "preference", 2028)]
    # A, decided, takes the confirmed money.
    decided = {"kind": "decided", "include": ["A"]}
    problem = _unsure(
        small(WORKS, FUNDS, [decided], duties=duties), "grant", (2027, 2028)
    )
    run = _run(problem, tmp_path)
    assert _layer(run, "confirmed") == ["A"]
    assert run.summary["layers"]["confirmed"]["unplaced"] == 1


def test_only_what_the_unsure_year_pays_moves(tmp_path: Path) -> None:
    """With 2027 confirmed and 2028 assumed only C, paid in 2028, is added."""
    run = _run(_unsure(small(WORKS, FUNDS), "grant", (2028,)), tmp_path)
    assert _layer(run, "confirmed") == ["A", "B"]
    assert _layer(run, "added") == ["C"]


def test_the_layers_are_nested(tmp_path: Path) -> None:
    """The confirmed plan does A for 100; with 150 B alone would be better: A stays."""
    works = [Work("A27", (100,), 100), Work("B27", (150,), 170)]
    funds = {"fiscal": Fund((100, 0)), "grant": Fund((50, 0))}
    run = _run(_unsure(small(works, funds), "grant", (2027,)), tmp_path)
    assert run.schedule.chosen["work_id"].tolist() == ["A27"]
    alone = _run(small(works, funds), tmp_path / "alone", layers=False)
    assert alone.schedule.chosen["work_id"].tolist() == ["B27"]


def test_the_confirmed_plan_keeps_its_money(tmp_path: Path) -> None:
    """B may not start on A's fiscal money while A waits for a grant that may fail."""
    works = [
        Work("A28", (100,), 100),
        Work("B27", (100,), 60),
        Work("B28", (100,), 50),
    ]
    fiscal = Fund((100, 0), carry_over=1)
    funds = {"fiscal": fiscal, "grant": Fund((0, 100))}
    unsure = _unsure(small(works, funds), "grant", (2028,))
    run = _run(unsure, tmp_path)
    assert run.schedule.chosen["work_id"].tolist() == ["A28", "B28"]
    paid = run.schedule.draws.set_index("package_id")["fund_id"].to_dict()
    assert paid == {"PA": "fiscal", "PB": "grant"}
    at_once = _run(unsure, tmp_path / "once", layers=False)
    assert at_once.schedule.chosen["work_id"].tolist() == ["A28", "B27"]
    folder = _spoilt(run, tmp_path / "spoilt")
    path = folder / "funding.csv"
    text = path.read_text(encoding="utf-8-sig").replace("PA,2028,fiscal", "PA,2028,gra")
    text = text.replace("PB,2028,grant", "PB,2028,fiscal").replace("gra,", "grant,")
    path.write_text(text, encoding="utf-8")
    assert "audit.layer_money_lost" in {m.code for m in audit_run(folder).messages}


def test_both_layers_are_audited_runs(run: Run) -> None:
    """The folder holds the confirmed plan as a run; both pass the audit."""
    assert run.confirmed is not None
    assert audit_run(run.folder).breaches == ()
    assert audit_run(run.confirmed.folder).breaches == ()
    assert run.confirmed.summary["by_fund"] == {"fiscal": 100.0}
    assert run.summary["layers"]["confirmed"]["cost"] == 100.0
    assert run.summary["layers"]["added"] == {
        "objective": 110.0, "projects": 2, "cost": 110.0
    }  # fmt: skip
    assert exit_code(run.summary) == 0


def test_layers_are_said_and_in_the_workbook(run: Run) -> None:
    """Both languages name the layers, the money waited for, and the works by layer."""
    for lang, words in (("zh", "保底方案"), ("en", "Confirmed layer")):
        texts = [render(item, lang) for item in layer_lines(run)]
        assert texts[0].startswith(words)
        assert len(texts) == 3  # two years of the grant
        sheet = next(s for s in result_tables(run, lang) if s.code == "layers")
        assert [row[1] for row in sheet.rows] == ["A", "", "B", "C", ""]


def test_without_the_flag_unsure_money_is_named(tmp_path: Path) -> None:
    """A plan at once counts on all money, and says how much of it is not sure."""
    run = _run(_unsure(small(WORKS, FUNDS), "grant", (2028,)), tmp_path, layers=False)
    assert [m.code for m in run.warnings if m.code == "layers.unsure"]
    assert run.summary["layers"] is None
    assert run.confirmed is None


def test_with_sure_money_only_there_is_one_plan(tmp_path: Path) -> None:
    """Where everything is confirmed the flag makes one plan and says why."""
    run = _run(small(WORKS, FUNDS), tmp_path)
    assert [m.code for m in run.warnings if m.code == "layers.all_confirmed"]
    assert run.summary["layers"] is None


def test_running_works_on_an_assumed_grant(tmp_path: Path) -> None:
    """No confirmed layer where running works need the grant: said, year by year."""
    running = {"packages": {"PB": {"status": "running"}}}
    problem = small(WORKS[1:], {**FUNDS, "fiscal": Fund((20, 0))}, **running)
    run = _run(_unsure(problem, "grant", (2027, 2028)), tmp_path)
    below = run.summary["layers"]["confirmed"]
    assert below["status"] == "infeasible"
    assert below["must"][0] == {
        "year": 2027, "running": 60.0, "confirmed": 20.0, "short": 40.0
    }  # fmt: skip
    text = "\n".join(render(item, "zh") for item in layer_lines(run))
    assert "没有保底方案" in text
    assert "缺 40.00 万元" in text
    assert exit_code(run.summary) == 1
    assert audit_run(run.folder).breaches == ()


def _spoilt(run: Run, folder: Path) -> Path:
    shutil.copytree(run.folder, folder)
    return folder


def test_auditor_sees_money_that_is_not_sure(run: Run, tmp_path: Path) -> None:
    """A confirmed layer with a grant that is not confirmed is refused."""
    folder = _spoilt(run, tmp_path / "run")
    path = folder / "layers" / "confirmed" / "case" / "fund_years.csv"
    text = path.read_text(encoding="utf-8-sig")
    assert "grant,2027,0,assumed" in text
    path.write_text(text.replace("grant,2027,0,", "grant,2027,60,"), encoding="utf-8")
    codes = {m.code for m in audit_run(folder).messages}
    assert "audit.layer_money" in codes


def test_auditor_sees_a_lost_work(run: Run, tmp_path: Path) -> None:
    """A plan above that leaves out a work of the confirmed plan is refused."""
    folder = _spoilt(run, tmp_path / "run")
    for name in ("schedule.csv", "layers.csv"):
        lines = (folder / name).read_text(encoding="utf-8-sig").splitlines()
        kept = [line for line in lines if not line.startswith("A,")]
        (folder / name).write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert "audit.layer_lost" in {m.code for m in audit_run(folder).messages}


def test_auditor_sees_false_layers(run: Run, tmp_path: Path) -> None:
    """A project in the wrong layer, false figures and a missing layer are refused."""
    folder = _spoilt(run, tmp_path / "run")
    path = folder / "layers.csv"
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("B,added", "B,confirmed"), encoding="utf-8")
    data = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    data["layers"]["added"]["cost"] = 1.0
    (folder / "summary.json").write_text(json.dumps(data), encoding="utf-8")
    report = audit_run(folder)
    assert "audit.layer_row" in {m.code for m in report.messages}
    assert "layers.added.cost" in {b.where for b in report.breaches}
    shutil.rmtree(folder / "layers")
    assert "audit.layer_missing" in {m.code for m in audit_run(folder).messages}
