"""Take the pictures of the app in `docs/img` from a run: `take_pictures.py RUN`.

Needs chromium and the extras `app` and `dev`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from renewopt.cli.app import command
from renewopt.core.data import data_dir

FOLDER = Path(__file__).with_name("img")
PICTURES = {"app-overview": ("/?lang=en", 1180), "app-map-zh": ("/map?lang=zh", 900)}
"""Name of the picture: the page and its height in pixels."""
WIDTH = 1440


def main(run: Path) -> None:
    """Start the app on a run and save every picture."""
    if not (run / "summary.json").is_file():
        sys.exit(f"{run}: no run (summary.json is absent)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "RENEWOPT_RUN": str(run.resolve())}
    with subprocess.Popen(
        command(data_dir("app") / "Home.py", port), env=env, stdout=sys.stderr
    ) as server:
        try:
            _take(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()


def _take(address: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                break
        except OSError:
            time.sleep(0.2)
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for name, (path, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": WIDTH, "height": height})
            page.goto(address + path)
            page.wait_for_selector("h1")
            page.wait_for_timeout(6000)
            page.screenshot(path=str(FOLDER / f"{name}.png"))
            page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
