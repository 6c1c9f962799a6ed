"""A desk on a small run: its folder, and the app as the user meets it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from renewopt import road
from renewopt.core.data import data_dir
from renewopt.report import workbook
from renewopt.runs import load_run, write_run
from tests import tiny

HOME = Path(__file__).resolve().parents[2] / "app" / "Home.py"
OpenDesk = Callable[..., AppTest]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plan the small town once; a wide gap is enough to look at."""
    folder = tmp_path_factory.mktemp("runs") / "small-town"
    options = road.SolveOptions(gap=0.2, time_limit_s=60)
    scenario = data_dir("inventories") / "small-town" / "scenario.toml"
    road.plan_scenario(scenario, out=folder, options=options)
    workbook(load_run(folder), folder / "plan.xlsx", "zh")
    return folder


@pytest.fixture
def tiny_run(tmp_path: Path) -> Path:
    """Write the run of five projects that is worked out by hand."""
    return write_run(tiny.tiny_plan(), tmp_path / "runs" / "tiny")


@pytest.fixture
def open_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenDesk]:
    """Give a function that opens a view of the desk on a run."""

    def open_view(run: Path | None, view: str = "overview", lang: str = "en") -> AppTest:
        if run is not None:
            monkeypatch.setenv("RENEWOPT_RUN", str(run))
        monkeypatch.setenv("RENEWOPT_LANG", lang)
        desk = AppTest.from_file(str(HOME), default_timeout=60).run()
        if view != "overview":
            desk.switch_page(f"views/{view}.py").run()
        assert [item.value for item in desk.exception] == []
        return desk

    yield open_view


def until(desk: AppTest, done: Callable[[AppTest], bool], seconds: float = 90) -> None:
    """Run the page again and again, as its timer does, until `done`."""
    end = time.monotonic() + seconds
    while not done(desk):
        assert time.monotonic() < end, "the page never got there"
        time.sleep(0.3)
        desk.run()
        assert [item.value for item in desk.exception] == []
