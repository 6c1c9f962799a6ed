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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from renewopt.optimise.hints import Hints
from renewopt.optimise.job_folder import save_hints, save_task
from renewopt.optimise.received import receive
from renewopt.optimise.task import SolveOptions, SolveResult, SolveTask

POLL_S = 0.1
GRACE_S = 30.0
"""Seconds that a cancelled worker may take to hand over its plan."""
OVERRUN_S = 120.0
"""Seconds past its limit after which a worker counts as hung (it also reads, settles
draws in whole units and writes)."""
SECOND_TRY = ("worker_crash", "worker_garbage", "worker_plan")
"""Faults of a worker after which another one is started."""
LEAST_SECOND_S = 1.0
"""Seconds that must be left for it."""


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
    hints: Hints | None = None,
) -> SolveResult:
    """Solve a task in a worker process of its own.

    A worker that crashes is survived: a second one goes on from its best plan with
    another engine in the time that is left. Of one that hangs, or where the second
    crashes too, the best plan is returned with status `feasible`, or status `failed`
    where there was none. `faults` of the result say what happened.
    """
    began = time.monotonic()
    first = _job(task, options, progress, cancelled, hints)
    crashed = any(fault.kind in SECOND_TRY for fault in first.faults)
    left = options.time_limit_s - (time.monotonic() - began)
    if not crashed or left < LEAST_SECOND_S or (cancelled is not None and cancelled()):
        return first
    other = "scip" if options.engine in ("auto", "highs") else "highs"
    again = replace(options, engine=other, time_limit_s=left)
    begin = hints if first.values is None else Hints(first.values[task.x])
    second = _job(task, again, progress, cancelled, begin)
    return _better(task, first, second)


def _better(task: SolveTask, first: SolveResult, second: SolveResult) -> SolveResult:
    """Give the second result unless the first has the better plan; all that failed."""
    faults = [*first.faults, *second.faults]
    plans = [r for r in (second, first) if r.values is not None]
    if not plans:
        return replace(second, faults=faults)

    def key(result: SolveResult) -> tuple[int, ...]:
        assert result.values is not None
        return tuple(task.stage_values(result.values).tolist())

    return replace(min(plans, key=key), faults=faults)


def _job(
    task: SolveTask,
    options: SolveOptions,
    progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
    hints: Hints | None,
) -> SolveResult:
    """Let one worker process solve a task; give what it left, checked."""
    with tempfile.TemporaryDirectory(prefix="renewopt-") as name:
        folder = Path(name)
        save_task(task, options, folder)
        if hints is not None:
            save_hints(hints, folder)
        with (folder / "worker.log").open("wb") as log:
            process = _start(folder, log)
            try:
                ended = _watch(process, folder, options, progress, cancelled)
            finally:
                _kill(process)
        detail = (folder / "worker.log").read_text(encoding="utf-8", errors="replace")
        return receive(task, folder, ended, detail[-2000:])


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
            found = [p for line in whole.splitlines() if (p := _read(line))]
        yield found


def _read(line: bytes) -> Progress | None:
    """Read a line of progress; one that is none tells nothing."""
    try:
        return _progress(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


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
