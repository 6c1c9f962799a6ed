"""`renewopt app`: start the planning desk in a browser."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from renewopt.cli.options import JsonOption, LangOption, QuietOption, output, told
from renewopt.core.errors import InputError

RUN_VARIABLE = "RENEWOPT_RUN"
"""Tells the app which run to open; absent: it offers the demo."""


def app(
    run: Annotated[
        Path | None, typer.Argument(metavar="[RUN]", help=told("arg.app_run"))
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help=told("opt.port"))
    ] = 8501,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Start the app on this machine only and wait until it ends."""
    from renewopt.core.data import data_dir

    screen = output(lang, as_json, quiet)
    if importlib.util.find_spec("streamlit") is None:
        raise InputError.of("cli.app.no_streamlit")
    home = data_dir("app") / "Home.py"
    environment = {**os.environ, "RENEWOPT_LANG": screen.lang}
    if run is not None:
        if not (run / "manifest.json").is_file():
            raise InputError.of("runs.not_a_run", folder=run)
        environment[RUN_VARIABLE] = str(run.resolve())
    screen.result({"address": f"http://127.0.0.1:{port}", "run": str(run or "")})
    screen.say("cli.app.started", address=f"http://127.0.0.1:{port}")
    return _serve(command(home, port), environment)


def _serve(words: list[str], environment: dict[str, str]) -> int:
    """Run the server until it ends; take it along when we are told to end."""

    def on_terminate(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, on_terminate)
    # Its own output goes to stderr: stdout is for our result.
    web = subprocess.Popen(words, env=environment, stdout=sys.stderr)
    try:
        return 1 if web.wait() else 0
    except KeyboardInterrupt:
        web.terminate()
        web.wait()
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)


def command(home: Path, port: int) -> list[str]:
    """Give the command: local address, no browser window, no statistics sent."""
    options = {
        "server.headless": "true",
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.fileWatcherType": "none",
        "server.maxUploadSize": "50",
        "server.enableStaticServing": "true",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(home), *flags]
