"""The worker process: reads a task, solves it, writes progress and the result.

Started as `python -m renewopt.optimise.worker FOLDER`. Solver libraries clash, hang and
crash; in a process of their own they cannot take the caller with them.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import traceback
from pathlib import Path

from renewopt.optimise.job_folder import (
    load_hints,
    load_task,
    save_checkpoint,
    save_proof,
    save_result,
)
from renewopt.optimise.pipeline import solve_task

PROGRESS_EVERY_S = 0.2


class Progress:
    """Appends progress lines, at most a few a second within one phase."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._began = time.monotonic()
        self._last = ("", 0.0)

    def __call__(self, phase: str, best: float | None, bound: float | None) -> None:
        """Append a line with the phase, the best value and the bound."""
        now = time.monotonic()
        if phase == self._last[0] and now - self._last[1] < PROGRESS_EVERY_S:
            return
        self._last = (phase, now)
        line = {
            "phase": phase,
            "elapsed": round(now - self._began, 2),
            "best": _finite(best),
            "bound": _finite(bound),
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _finite(value: float | None) -> float | None:
    return value if value is not None and abs(value) < 1e15 else None


def main(folder: Path) -> int:
    """Solve the task in `folder`; 1 if that failed, told on standard error."""
    cancel = folder / "cancel"
    tempfile.tempdir = str(folder)  # what a worker that is killed leaves goes with it
    try:
        task, options = load_task(folder)
        progress = Progress(folder / "progress.jsonl")
        result = solve_task(
            task,
            options,
            progress,
            cancel.exists,
            lambda values: save_checkpoint(values, folder),
            lambda y, held: save_proof(y, held, folder),
            load_hints(folder),
        )
    except Exception:
        traceback.print_exc()
        return 1
    save_result(result, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
