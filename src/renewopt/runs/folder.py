"""The run folder: written whole or not at all, and read back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from renewopt.core.errors import InputError
from renewopt.core.tables import write_table, write_text_atomic
from renewopt.runs.about import CaseAbout
from renewopt.runs.duties import duty_table
from renewopt.runs.layers import LAYER_TABLE, layers_table
from renewopt.runs.ledger import debt_by_package, debt_ledger
from renewopt.runs.manifest import manifest, pack
from renewopt.runs.plan import Plan
from renewopt.runs.summary import summarise
from renewopt.runs.tables import (
    RUN_SCHEMAS,
    breaches_table,
    findings_table,
    funding_table,
    schedule_table,
)

MARKER = "manifest.json"
"""A folder with this file is a run; another one is never replaced."""


def check_target(folder: Path) -> None:
    """Refuse a target that holds something other than a run, before any work is done.

    Raises
    ------
    InputError
        If `folder` is a file, or a folder with content that is no run, or nothing can
        be written beside it.
    """
    there = next(parent for parent in folder.absolute().parents if parent.exists())
    try:
        with tempfile.TemporaryDirectory(dir=there):
            pass
    except OSError as error:
        raise InputError.of(
            "runs.not_writable", folder=there, detail=error.strerror
        ) from None
    if folder.is_dir():
        if any(folder.iterdir()) and not (folder / MARKER).is_file():
            raise InputError.of("runs.not_replaced", folder=folder)
    elif folder.exists():
        raise InputError.of("runs.not_replaced", folder=folder)


def write_run(
    plan: Plan, folder: Path, extras: Mapping[str, Any] | None = None
) -> Path:
    """Write a plan as a run folder; an existing run is replaced as a whole.

    The files are written to a temporary sibling that is renamed at the end, so that a
    reader sees the old run or the new one, never a mixture.

    Parameters
    ----------
    plan
        What to write.
    folder
        Where to.
    extras
        For the manifest: `inputs` (see `hash_inputs`), `options`, `seed`, `command`.

    Raises
    ------
    InputError
        If the folder holds something other than a run, or cannot be written.
    """
    check_target(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise InputError.of("runs.cannot_write", folder=folder, detail=error) from None
    try:
        _write_files(plan, part, extras or {})
        part.chmod(0o777 & ~_umask())
        _put_in_place(part, folder)
    except OSError as error:
        raise InputError.of("runs.cannot_write", folder=folder, detail=error) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _put_in_place(part: Path, folder: Path) -> None:
    old = part.with_name(f"{part.name}.old")
    if folder.exists():
        folder.rename(old)
    try:
        part.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _write_files(plan: Plan, folder: Path, extras: Mapping[str, Any]) -> None:
    case, schedule = plan.problem.case, plan.schedule
    case.write(folder / "case")
    plan.problem.policy.write(folder / "case")
    CaseAbout.of(plan).write(folder / "case")
    tables = {
        "schedule": schedule_table(case, schedule, plan.reasons),
        "funding": funding_table(case, schedule),
        "debt": debt_ledger(plan.problem, schedule),
        "debt_by_package": debt_by_package(plan.problem, schedule),
        "duties": duty_table(case, schedule),
        "findings": findings_table(plan.findings),
        "breaches": breaches_table(plan.breaches),
    }
    for name, table in tables.items():
        write_table(RUN_SCHEMAS[name], table, folder)
    for name, baseline in sorted(plan.baselines.items()):
        own = folder / "baselines" / name
        own.mkdir(parents=True)
        write_table(
            RUN_SCHEMAS["schedule"], schedule_table(case, baseline.schedule), own
        )
        write_table(RUN_SCHEMAS["funding"], funding_table(case, baseline.schedule), own)
    if plan.risk is not None:
        plan.risk.write(folder / "risk.csv")
    below = plan.layers.confirmed if plan.layers is not None else None
    if below is not None:
        table = layers_table(plan.problem, schedule, below.schedule)
        write_table(LAYER_TABLE, table, folder)
        (folder / CONFIRMED).mkdir(parents=True)
        _write_files(below, folder / CONFIRMED, extras)
    summary = summarise(plan)
    _json(folder / "summary.json", summary)
    _json(folder / "certificate.json", _certificate(plan, summary))
    reasons = {
        project: [pack(message) for message in found]
        for project, found in sorted(plan.reasons.items())
    }
    _json(folder / "reasons.json", reasons)
    _json(folder / MARKER, manifest(plan, extras))
    seal(folder)
    log = "".join(f"{line}\n" for line in plan.log)
    (folder / "log.txt").write_text(log, encoding="utf-8")


CONFIRMED = Path("layers") / "confirmed"
"""Where the confirmed layer of a plan lies in its folder: a whole run of its own."""
SEALED = (
    "risk.csv",
    "findings.csv",
    "reasons.json",
    "plan.xlsx",
    "summary.json",
    "layers.csv",
    "case/about.json",
)
"""Files that people read and that others do not prove, or not wholly."""


def seal(folder: Path) -> None:
    """Write the SHA-256 of the sealed files into the manifest; the audit compares."""
    path = folder / MARKER
    data = json.loads(path.read_text(encoding="utf-8"))
    data["sealed"] = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in SEALED
        if (folder / name).is_file()
    }
    text = json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
    write_text_atomic(path, text + "\n")


def _certificate(plan: Plan, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Say what proves the bound: multipliers, or the solver's tree taken on trust."""
    proof, proven = plan.proof, plan.certificate
    certified = proof.certified_bound
    return {
        "method": "solver_tree" if certified is None else "lagrangian",
        "bound": summary["bound"],
        "bound_units": int(proof.bound),
        "certified_bound_units": certified,
        "engine": proof.engine,
        "recomputable": certified is not None,
        **({} if proven is None or certified is None else proven.as_dict()),
        "case_digest": plan.problem.case.digest,
        "policy_digest": plan.problem.policy.digest,
    }


def _json(path: Path, data: Mapping[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
