"""The second process: HiGHS on the whole model, beside the neighbourhood search.

Started as `python -m renewopt.optimise.partner FOLDER`. It ends by itself when whoever
started it does: its standard input is held open by the worker and by nobody else.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
from scipy import sparse

from renewopt.core.array_model import FloatArray
from renewopt.optimise.engines.base import EngineResult, Limits, Mip

TELL_EVERY_S = 0.2
PARTS = ("data", "indices", "indptr", "shape")


def save_mip(mip: Mip, limits: Limits, start: FloatArray | None, folder: Path) -> None:
    """Write what the second process is to solve."""
    arrays = {f.name: getattr(mip, f.name) for f in fields(Mip) if f.name != "matrix"}
    matrix = mip.matrix
    arrays |= {f"matrix_{name}": np.asarray(getattr(matrix, name)) for name in PARTS}
    if start is not None:
        arrays["start"] = start
    np.savez(folder / "program.npz", **arrays)
    words = (limits.gap, limits.absolute_gap, limits.time_s, limits.seed)
    (folder / "limits.json").write_text(json.dumps(words), encoding="utf-8")


def load_mip(folder: Path) -> tuple[Mip, Limits, FloatArray | None]:
    """Read what `save_mip` wrote."""
    with np.load(folder / "program.npz") as file:
        a = {name: file[name] for name in file.files}
    data, indices, indptr, shape = (a.pop(f"matrix_{name}") for name in PARTS)
    matrix = sparse.csr_matrix((data, indices, indptr), shape=tuple(shape))
    start = a.pop("start", None)
    words = json.loads((folder / "limits.json").read_text(encoding="utf-8"))
    return Mip(matrix=matrix, **a), Limits(*words), start


def save_point(point: FloatArray, path: Path) -> None:
    """Write a point in one step: who reads it finds a whole one or none."""
    part = path.with_suffix(".part.npy")
    np.save(part, point)
    part.replace(path)


class Desk:
    """What the second process tells and reads, as files of its folder."""

    def __init__(self, folder: Path) -> None:
        """Begin with nothing told."""
        self._folder = folder
        self._told = -np.inf
        self._seen = 0

    def bound(self, bound: float, status: str = "") -> None:
        """Tell a bound, and how the solver ended."""
        if not np.isfinite(bound):
            bound = -np.inf
        part = self._folder / "state.part"
        known = bound if np.isfinite(bound) else None
        part.write_text(json.dumps({"bound": known, "status": status}))
        part.replace(self._folder / "state.json")
        self._told = time.monotonic()

    def report(self, _: float, bound: float) -> bool:
        """Tell the bound now and then; never ask to stop: the process is ended."""
        if time.monotonic() - self._told > TELL_EVERY_S:
            self.bound(bound)
        return False

    def found(self, point: FloatArray) -> None:
        """Tell a plan."""
        save_point(point, self._folder / "found.npy")

    def offered(self) -> FloatArray | None:
        """Read the other search's plan, once."""
        path = self._folder / "known.npy"
        try:
            changed = path.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        if changed == self._seen:
            return None
        self._seen = changed
        point: FloatArray = np.load(path)
        return point


def solve(folder: Path) -> EngineResult:
    """Solve what is in `folder`; plans and bounds are told on the way."""
    from renewopt.optimise.engines.highs import solve_beside

    desk = Desk(folder)
    mip, limits, start = load_mip(folder)
    answer = solve_beside(mip, limits, start, desk.report, desk.found, desk.offered)
    if answer.x is not None:
        desk.found(answer.x)
    desk.bound(answer.bound, answer.status)
    return answer


def _end_with_starter() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_starter, daemon=True).start()
    solve(Path(sys.argv[1]))
