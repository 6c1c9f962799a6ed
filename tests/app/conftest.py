"""The app as the user meets it, on a run of the caller."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

HOME = Path(__file__).resolve().parents[2] / "app" / "Home.py"
OpenDesk = Callable[..., AppTest]


@pytest.fixture
def open_desk(monkeypatch: pytest.MonkeyPatch) -> OpenDesk:
    """Give a function that opens a view of the desk on a run."""

    def open_view(
        run: Path | None, view: str = "overview", lang: str = "en"
    ) -> AppTest:
        if run is not None:
            monkeypatch.setenv("RENEWOPT_RUN", str(run))
        monkeypatch.setenv("RENEWOPT_LANG", lang)
        desk = AppTest.from_file(str(HOME), default_timeout=60).run()
        if view != "overview":
            desk.switch_page(f"views/{view}.py").run()
        assert [item.value for item in desk.exception] == []
        return desk

    return open_view


def until(desk: AppTest, done: Callable[[AppTest], bool], seconds: float = 90) -> None:
    """Run the page again and again, as its timer does, until `done`."""
    end = time.monotonic() + seconds
    while not done(desk):
        assert time.monotonic() < end, "the page never got there"
        time.sleep(0.3)
        desk.run()
        assert [item.value for item in desk.exception] == []
