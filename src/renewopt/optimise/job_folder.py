"""The job folder: how a task reaches its worker and how the result comes back."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from renewopt.core.array_model import FloatArray, IntArray
from renewopt.optimise.hints import Hints
from renewopt.optimise.task import (
    SolveOptions,
    SolveResult,
    SolveTask,
    StageProof,
)
from renewopt.optimise.trust import Fault


def save_task(task: SolveTask, options: SolveOptions, folder: Path) -> None:
    """Write the task to a job folder."""
    arrays: dict[str, Any] = {
        "data": task.matrix.data,
        "indices": task.matrix.indices,
        "indptr": task.matrix.indptr,
        "shape": np.array(task.matrix.shape),
        "row_lower": task.row_lower,
        "row_upper": task.row_upper,
        "lower": task.lower,
        "upper": task.upper,
        "is_money": task.is_money,
        "is_draw": task.is_draw,
        "is_debt": task.is_debt,
        "missing": task.missing,
        "parcels": task.parcels,
        "x": task.x,
        "stage_coef": task.stage_coef,
        "stage_constant": task.stage_constant,
        "row_rule": task.row_rule,
        "quick_room": task.quick_room,
        "package": task.package,
        "quick_data": task.quick.data,
        "quick_indices": task.quick.indices,
        "quick_indptr": task.quick.indptr,
        "quick_shape": np.array(task.quick.shape),
    }
    arrays |= {f"fact_{name}": column for name, column in task.facts.items()}
    np.savez(folder / "task.npz", **arrays)
    spec = {
        "stage_names": task.stage_names,
        "rules": task.rules,
        "options": asdict(options),
    }
    (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")


def load_task(folder: Path) -> tuple[SolveTask, SolveOptions]:
    """Read what `save_task` wrote."""
    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    with np.load(folder / "task.npz") as file:
        a = {name: file[name] for name in file.files}
    matrix = sparse.csr_matrix(
        (a["data"], a["indices"], a["indptr"]), shape=tuple(a["shape"])
    )
    names = (
        "row_lower",
        "row_upper",
        "lower",
        "upper",
        "is_money",
        "is_draw",
        "is_debt",
        "missing",
        "parcels",
        "x",
        "stage_coef",
        "stage_constant",
        "row_rule",
        "quick_room",
        "package",
    )
    facts = {k.removeprefix("fact_"): v for k, v in a.items() if k.startswith("fact_")}
    task = SolveTask(
        matrix,
        **{name: a[name] for name in names},
        stage_names=tuple(spec["stage_names"]),
        facts=facts,
        quick=sparse.csr_matrix(
            (a["quick_data"], a["quick_indices"], a["quick_indptr"]),
            shape=tuple(a["quick_shape"]),
        ),
        rules=tuple(spec["rules"]),
    )
    return task, SolveOptions(**spec["options"])


def save_result(result: SolveResult, folder: Path) -> None:
    """Write the result: arrays first, then the file that says it is complete."""
    arrays: dict[str, Any] = {f"baseline_{k}": v for k, v in result.baselines.items()}
    arrays |= {
        f"instead_{result.conflict.index(rule)}": values
        for rule, values in result.instead.items()
    }
    if result.values is not None:
        arrays["values"] = result.values
    if result.multipliers is not None:
        arrays["multipliers"] = result.multipliers
    np.savez(folder / "result.npz", **arrays)
    data = {
        "status": result.status,
        "engine": result.engine,
        "bound": result.bound,
        "seconds": result.seconds,
        "stopped_by": result.stopped_by,
        "conflict": result.conflict,
        "detail": result.detail,
        "clocked": result.clocked,
        "held": result.held,
        "way": result.way,
        "stages": [asdict(stage) for stage in result.stages],
        "faults": [asdict(fault) for fault in result.faults],
    }
    part = folder / "result.part"
    part.write_text(json.dumps(data), encoding="utf-8")
    part.replace(folder / "result.json")


def load_result(folder: Path) -> SolveResult:
    """Read what `save_result` wrote."""
    data = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    with (folder / "result.npz").open("rb") as raw, np.load(raw) as file:
        a = {name: file[name] for name in file.files}
    data["stages"] = [StageProof(**stage) for stage in data["stages"]]
    data["faults"] = [Fault(**fault) for fault in data["faults"]]
    baselines = {
        k.removeprefix("baseline_"): v
        for k, v in a.items()
        if k.startswith("baseline_")
    }
    return SolveResult(
        values=a.get("values"),
        baselines=baselines,
        instead={
            rule: a[f"instead_{number}"]
            for number, rule in enumerate(data["conflict"])
            if f"instead_{number}" in a
        },
        multipliers=a.get("multipliers"),
        **data,
    )


def save_checkpoint(values: IntArray, folder: Path) -> None:
    """Keep the best plan so far, so that a crash does not lose it."""
    part = folder / "checkpoint.part.npy"
    np.save(part, values)
    part.replace(folder / "checkpoint.npy")


def load_checkpoint(folder: Path) -> IntArray | None:
    """Read the best plan that a worker kept; None where there is none to be read."""
    return _array(folder / "checkpoint.npy")


def save_proof(multipliers: FloatArray, held: list[int], folder: Path) -> None:
    """Keep the multipliers that prove a bound, so that a crash does not lose them."""
    part = folder / "proof.part.npz"
    np.savez(part, multipliers=multipliers, held=np.array(held, np.int64))
    part.replace(folder / "proof.npz")


def load_proof(folder: Path) -> tuple[FloatArray | None, list[int]]:
    """Read what `save_proof` wrote; None where there is nothing to be read."""
    try:
        with (folder / "proof.npz").open("rb") as raw, np.load(raw) as file:
            return np.asarray(file["multipliers"], float), file["held"].tolist()
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None, []


def save_hints(hints: Hints, folder: Path) -> None:
    """Write where the worker may begin."""
    arrays: dict[str, Any] = {"taken": hints.taken}
    if hints.multipliers is not None:
        arrays["multipliers"] = hints.multipliers
    np.savez(folder / "hints.npz", **arrays)


def load_hints(folder: Path) -> Hints | None:
    """Read what `save_hints` wrote; None where nothing was."""
    path = folder / "hints.npz"
    if not path.exists():
        return None
    with np.load(path) as file:
        multipliers = file["multipliers"] if "multipliers" in file.files else None
        return Hints(file["taken"], multipliers)


def _array(path: Path) -> IntArray | None:
    try:
        with path.open("rb") as file:
            found = np.load(file)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    return found if isinstance(found, np.ndarray) else None
