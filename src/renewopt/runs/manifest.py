"""`manifest.json`: what a run was made from, so that it can be repeated and trusted."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from renewopt.core.errors import Message
from renewopt.runs.plan import Plan

PACKAGES = (
    "renewopt",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "ortools",
    "highspy",
    "pulp",
)
FORMAT = 1
"""Version of the run folder's format."""


def hash_inputs(paths: Iterable[Path]) -> dict[str, str]:
    """Give the SHA-256 of every file by its name (files of a folder: folder/name).

    Names are relative, so that a manifest tells nothing of the machine.
    """
    hashes: dict[str, str] = {}
    for path in sorted(set(paths)):
        if path.is_dir():
            files = sorted(f for f in path.rglob("*") if f.is_file())
            named = {f"{path.resolve().name}/{f.relative_to(path).as_posix()}": f
                     for f in files}  # fmt: skip
        else:
            named = {path.name: path}
        for name, file in named.items():
            hashes[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return hashes


def versions() -> dict[str, str]:
    """Give the versions of Python and of the packages that a plan depends on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue  # run from a folder without an installation
    return found


def manifest(plan: Plan, extras: Mapping[str, Any]) -> dict[str, Any]:
    """Compose the manifest; `extras` gives `inputs`, `options`, `seed`, `command`."""
    return {
        "format": FORMAT,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "case_digest": plan.problem.case.digest,
        "policy_digest": plan.problem.policy.digest,
        "repeatable": plan.proof.repeatable,
        "stopped_by": plan.proof.stopped_by,
        "inputs": {},
        "options": {},
        "seed": None,
        "titles": {code: dict(texts) for code, texts in sorted(plan.titles.items())},
        "warnings": [pack(message) for message in plan.warnings],
        **extras,
    }


def pack(message: Message) -> dict[str, Any]:
    """Turn a message into plain values for JSON."""
    return {"code": message.code, "params": _plain(message.params)}


def unpack(data: Mapping[str, Any]) -> Message:
    """Turn what `pack` gave back into a message."""
    return Message(
        str(data["code"]), {k: _revive(v) for k, v in data["params"].items()}
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return pack(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):  # numpy scalars
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def _revive(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"code", "params"}:
        return unpack(value)
    if isinstance(value, list):
        return [_revive(item) for item in value]
    return value
