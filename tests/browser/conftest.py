"""A real browser on a real server, on this machine only."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from renewopt.cli.app import command
from renewopt.core.data import data_dir

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE_MS = 60_000
"""A slow machine with two busy cores gets there, too."""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def _lacking(what: str) -> None:
    """Skip on a machine without a browser; in CI that is a failure."""
    if os.environ.get("CI", "").lower() in {"true", "1"}:
        pytest.fail(f"{what} is missing, and CI must look at the app in a browser")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's chromium."""
    path = shutil.which("chromium")
    if path is None:
        _lacking("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _lacking("playwright")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def address(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the app on a copy of the small town, on a free port; give its address."""
    runs = tmp_path_factory.mktemp("desk") / "runs"
    shutil.copytree(town, runs / town.name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "RENEWOPT_RUN": str(runs / town.name),
        "RENEWOPT_LANG": "en",
        "OMP_NUM_THREADS": "1",
    }
    log = runs.parent / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            command(data_dir("app") / "Home.py", port), env=env, stdout=out, stderr=out
        )
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                pytest.fail(f"the app did not start: {log.read_text()[-2000:]}")
            time.sleep(0.2)


@pytest.fixture
def requests() -> list[str]:
    """Collect every address that the page asks for."""
    return []


@pytest.fixture
def page(browser: Browser, requests: list[str]) -> Iterator[Page]:
    """Open an empty page that writes down what it asks for."""
    own = browser.new_page(viewport={"width": 1440, "height": 900})
    own.set_default_timeout(PATIENCE_MS)
    own.on("request", lambda request: requests.append(request.url))
    own.on("websocket", lambda wire: requests.append(wire.url))
    yield own
    own.close()
