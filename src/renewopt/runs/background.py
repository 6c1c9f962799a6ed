"""Background runs: the command line in a process of its own, watched through files.

The web process starts `renewopt solve` (or `plan`, `demo`) and forgets it: solver
libraries stay out of it, and a run goes on while pages are changed. A job folder holds
`progress.jsonl` (one line per step), `result.json` (what the command prints with
`--json`) and `log.txt` (its standard error).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from renewopt.rules.policy import Policy
from renewopt.runs.jobs import Progress
from renewopt.runs.run import Run

State = Literal["running", "done", "cancelled", "failed"]
CANCELLED = 130
"""Exit code of a run that was stopped; its best plan is kept."""
MARKER = "manifest.json"


@dataclass
class BackgroundRun:
    """One run that goes on in a process of its own.

    Attributes
    ----------
    job
        Folder of the job's files; made by `start`.
    run
        Run folder that the command writes.
    cancelling
        Whether `cancel` was called.
    """

    job: Path
    run: Path
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    ended: float | None = None
    cancelling: bool = False

    @classmethod
    def start(cls, verb: Sequence[str], job: Path, run: Path) -> BackgroundRun:
        """Start `renewopt VERB … -o RUN` and return at once.

        Parameters
        ----------
        verb
            The verb with its arguments, such as `["solve", CASE_DIR]`.
        job
            Folder for the job's files.
        run
            Run folder to write; must not exist yet.

        Raises
        ------
        OSError
            If the job folder cannot be written.
        """
        job.mkdir(parents=True, exist_ok=True)
        (job / "progress.jsonl").unlink(missing_ok=True)  # of an earlier try
        command = [
            *(sys.executable, "-m", "renewopt", *verb, "-o", str(run)),
            *("--json", "--quiet", "--progress-file", str(job / "progress.jsonl")),
        ]
        # Matrix libraries would otherwise spin on the cores that the engine needs; the
        # files hold Chinese whatever the locale of the server is.
        env = dict(os.environ, OMP_NUM_THREADS="1", PYTHONUTF8="1")
        with (
            (job / "result.json").open("wb") as out,
            (job / "log.txt").open("wb") as log,
        ):
            return cls(job, run, _popen(command, env, out, log))

    def state(self) -> State:
        """Tell how far it is; `done` and `cancelled` mean that there is a run."""
        code = self.process.poll()
        if code is None:
            return "running"
        if self.ended is None:
            self.ended = time.monotonic()
        if not (self.run / MARKER).is_file():
            return "failed"
        return "cancelled" if code == CANCELLED else "done"

    def seconds(self) -> float:
        """Give the wall time since the start, until the end."""
        end = time.monotonic() if self.ended is None else self.ended
        return end - self.started

    def steps(self) -> list[Progress]:
        """Read the complete lines of progress so far."""
        try:
            text = (self.job / "progress.jsonl").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        whole = text[: text.rfind("\n") + 1]
        return [Progress(**json.loads(line)) for line in whole.splitlines()]

    def cancel(self) -> None:
        """Ask it to stop and to keep its best plan; a second call changes nothing."""
        if not self.cancelling and self.process.poll() is None:
            self.cancelling = True
            self.process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End it at once, with whatever it started in its own session."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def result(self) -> dict[str, Any]:
        """Give what the command printed; empty where it printed nothing."""
        try:
            data = json.loads((self.job / "result.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def errors(self) -> list[str]:
        """Give the sentences in which the command said what is wrong."""
        found = self.result().get("errors", [])
        return [str(item["message"]) for item in found]


def _popen(
    command: Sequence[str], env: dict[str, str], out: IO[bytes], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=log,
        start_new_session=True,
    )


def write_variant(run: Run, policy: Policy, folder: Path) -> Path:
    """Write the case of a run with another policy: same facts, other means.

    What goes with the case (titles, risk, the synthetic label) goes along.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    shutil.copytree(run.folder / "case", folder, dirs_exist_ok=True)
    policy.write(folder)
    risk = run.folder / "risk.csv"
    if risk.exists():
        shutil.copyfile(risk, folder / "risk.csv")
    return folder


def free_folder(parent: Path, name: str) -> Path:
    """Find a free name in `parent`: `name`, else `name-2`, `name-3` and so on."""
    folder, number = parent / name, 1
    while folder.exists():
        number += 1
        folder = parent / f"{name}-{number}"
    return folder
