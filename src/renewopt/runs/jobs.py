"""Jobs: one worker process per solve, with progress, cancel and a hard limit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from renewopt.optimise.job_folder import load_checkpoint, load_result, save_task
from renewopt.optimise.task import SolveOptions, SolveResult, SolveTask

POLL_S = 0.1
GRACE_S = 30.0
"""Seconds that a cancelled worker may take to hand over its plan."""
OVERRUN_S = 120.0
"""Seconds past its limit after which a worker counts as hung (it also reads, settles
draws in whole units and writes)."""


@dataclass(frozen=True)
class Progress:
    """One line of progress; `best` and `bound` belong to the phase, in 万元 or units.

    Attributes
    ----------
    phase
        `greedy`, `worst_first`, a shortfall stage, or `objective`.
    elapsed
        Seconds since the worker began.
    best, bound
        Best value and proven bound of the phase; None where there is none yet.
    gap
        Relative gap of the objective; None in other phases.
    """

    phase: str
    elapsed: float
    best: float | None = None
    bound: float | None = None
    gap: float | None = None

    @property
    def label(self) -> str:
        """Code of the phase's words; targets, which have names, share one."""
        word = "target" if self.phase.startswith("target ") else self.phase
        return f"phase.{word}"


def run_job(
    task: SolveTask,
    options: SolveOptions,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SolveResult:
    """Solve a task in a worker process of its own.

    A worker that crashes or hangs is survived: the best plan that it had is returned
    with status `feasible`, or status `failed` where it had none.
    """
    with tempfile.TemporaryDirectory(prefix="renewopt-") as name:
        folder = Path(name)
        save_task(task, options, folder)
        with (folder / "worker.log").open("wb") as log:
            process = _start(folder, log)
            try:
                ended = _watch(process, folder, options, progress, cancelled)
            finally:
                _kill(process)
        if (folder / "result.json").exists():
            return load_result(folder)
        detail = (folder / "worker.log").read_text(encoding="utf-8", errors="replace")
        return load_checkpoint(folder, ended, detail[-2000:])


def _start(folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    env = dict(os.environ, OMP_NUM_THREADS="1")
    command = [sys.executable, "-m", "renewopt.optimise.worker", str(folder)]
    return subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _watch(
    process: subprocess.Popen[bytes],
    folder: Path,
    options: SolveOptions,
    progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> str:
    """Wait for the end; tell progress, pass on a cancel, stop a worker that hangs."""
    hard = time.monotonic() + options.time_limit_s + OVERRUN_S
    lines = _new_lines(folder / "progress.jsonl")
    stopping = False
    while process.poll() is None:
        time.sleep(POLL_S)
        for line in next(lines):
            if progress is not None:
                progress(line)
        if cancelled is not None and not stopping and cancelled():
            stopping = True
            (folder / "cancel").touch()
            hard = min(hard, time.monotonic() + GRACE_S)
        if time.monotonic() > hard:
            return "cancel" if stopping else "hung"
    return "crash"


def _new_lines(path: Path) -> Iterator[list[Progress]]:
    """Yield, each time asked, the complete lines that were added since."""
    seen = 0
    while True:
        found: list[Progress] = []
        if path.exists():
            with path.open("rb") as file:
                file.seek(seen)
                added = file.read()
            whole = added[: added.rfind(b"\n") + 1]
            seen += len(whole)
            found = [_progress(json.loads(line)) for line in whole.splitlines()]
        yield found


def _progress(line: dict[str, float | str | None]) -> Progress:
    phase, elapsed = str(line["phase"]), float(line["elapsed"] or 0)
    best, bound = line["best"], line["bound"]
    if phase != "objective" or not isinstance(best, float):
        return Progress(
            phase,
            elapsed,
            best if isinstance(best, float) else None,
            bound if isinstance(bound, float) else None,
        )
    # The worker minimises the negative objective, in units of 0.01 万元.
    gap = None
    if isinstance(bound, float) and best:
        gap = abs(best - bound) / abs(best)
    shown = -bound / 100 if isinstance(bound, float) else None
    return Progress(phase, elapsed, -best / 100, shown, gap)
