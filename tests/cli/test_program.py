from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from renewopt.cli import main as program
from renewopt.cli.app import command
from renewopt.cli.show import exit_code
from renewopt.runs import Plan, load_run, write_run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run in an empty folder, in English unless a test says otherwise."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RENEWOPT_DEBUG", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def run(*arguments: str) -> int:
    """Run the program in this process."""
    return program.run([*arguments, "--lang", "en"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan",),
        ("nonsense",),
        ("plan", "a.toml", "--gap", "x"),
        ("check", "a", "--unknown"),
        ("template", "tramway"),
    ],
)
def test_wrong_use_is_told_without_a_traceback(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong use ends with 2, a sentence on stderr and nothing on stdout."""
    assert run(*arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Wrong use" in shown.err
    assert "Traceback" not in shown.err


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a verb the help is shown, and that is wrong use."""
    assert program.run([]) == 2
    assert "demo-data" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "missing"),
        ("score", "missing"),
        ("plan", "missing.toml"),
        ("solve", "missing"),
        ("audit", "missing"),
        ("app", "missing"),
        ("score", "missing", "--as-of", "soon"),
    ],
)
def test_missing_input_ends_with_2_and_one_json_object(
    arguments: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """A missing input is named; with --json as the one object; no file is left."""
    assert run(*arguments, "--json") == 2
    shown = capsys.readouterr()
    data = json.loads(shown.out)
    assert data["exit_code"] == 2
    assert data["errors"][0]["message"]
    assert "Traceback" not in shown.err
    assert list(tmp_path.iterdir()) == []


def test_messages_are_said_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    """--lang zh speaks Chinese."""
    assert program.run(["audit", "missing", "--lang", "zh"]) == 2
    assert "不是运行结果文件夹" in capsys.readouterr().err


def test_internal_error_names_its_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unexpected error gives a short message and a log with the traceback."""
    from renewopt import catalogue

    def broken(*_: object) -> None:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(catalogue, "load", broken)
    assert run("check", ".", "--json") == 1
    shown = capsys.readouterr()
    assert "ZeroDivisionError" in shown.err
    assert "Traceback" not in shown.err
    message = json.loads(shown.out)["errors"][0]["message"]
    log = Path(message.split("Log: ")[1].split(". Please")[0])
    assert "deep inside" in log.read_text(encoding="utf-8")
    log.unlink()


def test_debug_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """RENEWOPT_DEBUG=1 shows what happened."""
    from renewopt import catalogue

    def broken(*_: object) -> None:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(catalogue, "load", broken)
    monkeypatch.setenv("RENEWOPT_DEBUG", "1")
    assert run("check", ".") == 1
    assert "deep inside" in capsys.readouterr().err


def test_template_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The template verb writes a workbook and names it."""
    assert run("template", "project-list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["file"] == "project-list.xlsx"
    written = (tmp_path / "project-list.xlsx").read_bytes()
    assert len(written) > 1000
    # It may have been filled in since: the file is kept.
    assert run("template", "project-list", "--lang", "en") == 2
    assert "not replaced" in capsys.readouterr().err
    assert (tmp_path / "project-list.xlsx").read_bytes() == written


def test_check_and_score_of_a_town(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A generated town is read whole and scored; bad rows end with 1."""
    assert run("demo-data", "--size", "town", "-o", "town", "--json") == 0
    assert json.loads(capsys.readouterr().out)["synthetic"] is True
    assert run("check", "town", "-o", "clean", "--json") == 0
    checked = json.loads(capsys.readouterr().out)
    assert checked["issue_counts"]["rejected"] == 0
    assert (tmp_path / "clean" / "issues.csv").exists()
    assert run("score", "town", "--as-of", "2026", "-o", "risk.csv", "--json") == 0
    scored = json.loads(capsys.readouterr().out)
    assert scored["as_of_year"] == 2026
    assert scored["classes"]["heating_pipe"]["risk"] > 0
    assert (tmp_path / "risk.csv").exists()
    assert run("check", "town") == 0
    assert "Synthetic data" in capsys.readouterr().out


def test_demo_data_leaves_other_folders_alone(tmp_path: Path) -> None:
    """A folder that holds something else is refused."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("x", encoding="utf-8")
    assert run("demo-data", "--size", "town", "-o", "mine") == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["a.txt"]


def test_app_without_streamlit_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The app needs an extra; its absence is told with the remedy."""
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert run("app") == 2
    assert 'pip install "renewopt[app]"' in capsys.readouterr().err


def test_app_stays_on_this_machine() -> None:
    """The app listens on the local address and sends no statistics."""
    words = command(Path("Home.py"), 8600)
    assert "--server.address=127.0.0.1" in words
    assert "--server.port=8600" in words
    assert "--browser.gatherUsageStats=false" in words


class FakeRoad:
    """Stands for the road: reports two steps and writes the plan given."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.options: Any = None
        self.stopped = False

    def __call__(self, _: Path, **given: Any) -> Plan:
        """Travel the road."""
        from renewopt.road import Progress

        self.options = given.get("options")
        given["progress"](Progress("read", 0.0))
        given["progress"](Progress("objective", 1.0, 12.5, 13.0, 0.04))
        self.stopped = given["cancelled"]()
        write_run(self.plan, given["out"])
        return self.plan


@pytest.fixture
def road(tiny_plan: Plan, monkeypatch: pytest.MonkeyPatch) -> FakeRoad:
    """Replace both roads by one that gives the tiny plan at once."""
    from renewopt import road as real

    fake = FakeRoad(tiny_plan)
    monkeypatch.setattr(real, "plan_scenario", fake)
    monkeypatch.setattr(real, "solve_case", fake)
    return fake


def test_plan_prints_the_figures_in_order(
    road: FakeRoad, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Figures, duties, baselines, gap beside uncertainty, audit, folder; exit 1."""
    assert run("plan", "county.toml") == 1
    shown = capsys.readouterr()
    order = [
        "Synthetic data",
        "heating pipes, km",
        "Compounds renewed (320 households)",
        "Waterlogging points cleared",
        "share left",
        "Projects started",
        "Projects completed",
        "Money: County budget",
        "Cost in all",
        "Not placed (safety duty): G1",
        "Duties and targets not placed would cost 900.00",
        "Share of today's yearly risk",
        "Share of the removable risk",
        "Proven gap to the best possible: 0.50%",
        "Audit: no breach",
        "Files:",
    ]
    text = " ".join(shown.out.split())
    places = [text.find(item.replace("  ", " ")) for item in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert "Maximising the objective: best so far 12.50, gap 4.00%" in shown.err
    assert (tmp_path / "runs" / "county" / "plan.xlsx").exists()


def test_plan_json_is_one_object(
    road: FakeRoad, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json stdout holds the summary, the folder and the exit code only."""
    assert run("plan", "county.toml", "-o", "r", "--json") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["exit_code"] == 1
    assert data["folder"] == "r"
    assert data["gap"] == 0.005
    assert data["mandatory"]["safety_duty"]["missing_money"] == 900


def test_quiet_plan_says_nothing(
    road: FakeRoad, capsys: pytest.CaptureFixture[str]
) -> None:
    """--quiet prints neither progress nor result."""
    run("plan", "county.toml", "--quiet")
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


def test_given_options_go_before_the_scenario(road: FakeRoad, tmp_path: Path) -> None:
    """Only what is given replaces the scenario's [solve]; the rest of it stays."""
    scenario = tmp_path / "county.toml"
    scenario.write_text(
        'inventory = "."\npacks = ["national-15fyp"]\nstart_year = 2027\nyears = 5\n'
        "[solve]\ngap = 0.02\ntime_limit_s = 33\nseed = 5\n",
        encoding="utf-8",
    )
    run("plan", "county.toml")
    assert road.options is None
    run("plan", "county.toml", "--gap", "0.1", "--engine", "scip")
    options = road.options
    assert (options.gap, options.engine) == (0.1, "scip")
    assert (options.time_limit_s, options.seed) == (33, 5)


def test_solve_writes_where_it_is_told(road: FakeRoad, tmp_path: Path) -> None:
    """`solve` writes the run folder and takes the options."""
    assert run("solve", "case", "-o", "out", "--seed", "9") == 1
    assert road.options.seed == 9
    assert load_run(tmp_path / "out").summary["status"] == "optimal"


def test_plan_never_replaces_another_folder(road: FakeRoad, tmp_path: Path) -> None:
    """A target that is no run is refused before any work."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("x", encoding="utf-8")
    assert run("plan", "county.toml", "-o", "mine") == 2
    assert (tmp_path / "mine" / "a.txt").exists()


def _summary(**changes: Any) -> dict[str, Any]:
    duty = {"required": 2, "placed": 2, "late": 0, "missing_money": 0.0}
    return {
        "status": "optimal",
        "stopped_by": "gap",
        "rejected": 0,
        "audit": {"breaches": 0},
        "stages": [],
        "mandatory": {"safety_duty": duty, "assessed_target": dict(duty)},
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 0),
        ({"status": "feasible"}, 0),
        ({"status": "feasible", "stopped_by": "time"}, 1),
        ({"status": "cancelled", "stopped_by": "cancel"}, 130),
        ({"rejected": 3}, 1),
        ({"audit": {"breaches": 1}}, 1),
        ({"stages": [{"hardness": "target", "value": 1}]}, 1),
        (
            {"mandatory": {"assessed_target": {"required": 2, "placed": 1, "late": 0}}},
            1,
        ),
        (
            {"mandatory": {"assessed_target": {"required": 2, "placed": 2, "late": 1}}},
            0,
        ),
        ({"mandatory": {"safety_duty": {"required": 2, "placed": 2, "late": 1}}}, 1),
        ({"mandatory": {"preference": {"required": 2, "placed": 0, "late": 0}}}, 0),
    ],
)
def test_exit_codes(changes: dict[str, Any], expected: int) -> None:
    """The exit code follows docs/cli.md."""
    assert exit_code(_summary(**changes)) == expected


def test_interrupt_keeps_the_best_plan(tmp_path: Path) -> None:
    """Ctrl-C during a plan asks to stop; what was found is written, exit code 130."""
    code = (
        "import sys, time\n"
        "from dataclasses import replace\n"
        f"sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'src')!r}]\n"
        "from tests.tiny import tiny_plan\n"
        "from renewopt import road\n"
        "from renewopt.runs import write_run\n"
        "def travel(path, **given):\n"
        "    print('ready', flush=True, file=sys.stderr)\n"
        "    while not given['cancelled'](): time.sleep(0.02)\n"
        "    plan = tiny_plan()\n"
        "    proof = replace(plan.proof, status='cancelled', stopped_by='cancel')\n"
        "    write_run(replace(plan, proof=proof), given['out'])\n"
        "road.plan_scenario = travel\n"
        "from renewopt.cli.main import run\n"
        "sys.exit(run(['plan', 'county.toml', '-o', 'r', '--lang', 'en']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert process.stderr is not None
    while "ready" not in process.stderr.readline():
        assert process.poll() is None
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    shown = process.communicate(timeout=60)[1]
    assert process.returncode == 130, shown
    assert "best plan so far is kept" in shown
    assert load_run(tmp_path / "r").summary["status"] == "cancelled"


def test_default_seed_gives_the_shipped_county(tmp_path: Path) -> None:
    """Without --seed the very town that comes with the program is made."""
    from renewopt.core.data import data_dir

    assert run("demo-data", "--size", "town", "-o", "town", "--quiet") == 0
    shipped = data_dir("inventories") / "small-town"
    for path in sorted(shipped.iterdir()):
        assert (tmp_path / "town" / path.name).read_bytes() == path.read_bytes()
