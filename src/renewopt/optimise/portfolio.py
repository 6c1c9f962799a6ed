"""Two searches on two cores: neighbourhoods here, the whole model in a second process.

Each gets the other's best plan; the second one's bound, which root cuts and its tree
make better than the relaxation's, counts like any engine's word (`trust.py`). Where
there is one core only, or the second process fails, the run goes on alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines.base import EngineResult, Limits, Mip
from renewopt.optimise.partner import save_mip, save_point
from renewopt.optimise.state import Run, take
from renewopt.optimise.trust import checked, note, room

WHO = "highs (second process)"
"""How faults and claims name it."""


COMMAND = ("-m", "renewopt.optimise.partner")
"""What Python runs as the second process; the folder comes after it."""


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Partner:
    """The second process, as the run sees it; a context that ends it.

    Attributes
    ----------
    bound
        What it proved of the objective (a maximum); infinite where nothing.
    alive
        Whether more is to be expected of it.
    """

    def __init__(self, run: Run, mip: Mip) -> None:
        """Start it with the best plan."""
        self.run, self.mip = run, mip
        self.bound = np.inf
        self.alive = True
        self._given: IntArray | None = run.best
        self._seen = 0
        self._folder = tempfile.TemporaryDirectory(
            prefix="renewopt-", ignore_cleanup_errors=True
        )
        folder = Path(self._folder.name)
        start = None if run.best is None else mip.scale(run.best)
        options = run.options
        limits = Limits(options.gap, 0.5, max(0.1, run.left()), options.seed)
        save_mip(mip, limits, start, folder)
        self._log = (folder / "log.txt").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, *COMMAND, str(folder)],
            env=dict(os.environ, OMP_NUM_THREADS="1"),
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
        )

    def exchange(self) -> None:
        """Take over its better plan and bound; hand over the run's best plan."""
        if not self.alive:
            return
        ended = self._process.poll()
        self._take_plan()
        status = self._take_bound()
        if status or ended is not None:
            self.alive = False
            if not status:
                self._fail("crash", self._words())
            return
        best = self.run.best
        if best is not None and best is not self._given:
            self._given = best
            save_point(self.mip.scale(best), Path(self._folder.name) / "known.npy")

    def _take_bound(self) -> str:
        """Read its bound; give how it ended, empty while it goes on."""
        run = self.run
        try:
            text = (Path(self._folder.name) / "state.json").read_text(encoding="utf-8")
            state = json.loads(text)
            status, told = str(state["status"]), state["bound"]
        except FileNotFoundError:
            return ""
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._fail("garbage", repr(error))
            return "failed"
        if isinstance(told, (int, float)) and np.isfinite(told):
            self.bound = min(self.bound, -float(told))
        if run.best is None:
            return status
        value = -int(run.task.stage_coef[-1] @ run.best)
        if status == "infeasible":
            self._fail("wrong_infeasible", f"a plan with {value} is known")
        elif self.bound < value - room(value):
            self._fail("wrong_bound", f"{self.bound:g}, a plan has {value}")
        return status

    def _take_plan(self) -> None:
        path = Path(self._folder.name) / "found.npy"
        try:
            changed = path.stat().st_mtime_ns
            if changed == self._seen:
                return
            self._seen = changed
            point = np.load(path)
        except FileNotFoundError:
            return
        except (OSError, ValueError, EOFError) as error:
            self._fail("garbage", repr(error))
            return
        run = self.run
        answer = EngineResult("feasible", point, np.inf, -np.inf, "")
        answer, fault = checked(self.mip, answer)
        if fault is not None:
            self._fail(*fault)
        if answer.x is None:
            return
        value = float(self.mip.cost @ answer.x)
        if run.best is None or value < run.task.stage_coef[-1] @ run.best - 0.5:
            # When a plan of the other comes depends on the machine.
            run.clocked = True
            take(run, answer)

    def _fail(self, kind: str, detail: str) -> None:
        """Note a fault; nothing that it said counts from now on."""
        note(self.run, kind, WHO, "objective", detail)
        self.bound, self.alive = np.inf, False

    def _words(self) -> str:
        path = Path(self._folder.name) / "log.txt"
        return path.read_text(encoding="utf-8", errors="replace").strip()

    def __enter__(self) -> Partner:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._log.close()
        self._folder.cleanup()
