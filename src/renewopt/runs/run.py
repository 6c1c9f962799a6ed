"""Run: a run folder, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message, message
from renewopt.core.harmless import unmarked_column
from renewopt.core.schedule import Schedule
from renewopt.core.tables import TableSchema, read_table
from renewopt.rules.policy import Policy
from renewopt.rules.problem import Problem
from renewopt.runs.folder import CONFIRMED
from renewopt.runs.layers import LAYER_TABLE
from renewopt.runs.manifest import unpack
from renewopt.runs.tables import RUN_SCHEMAS


@dataclass(frozen=True, eq=False)
class Run:
    """A run folder: the problem, the decision and all tables that show it.

    Attributes
    ----------
    folder
        Where it lies.
    problem, schedule
        Facts and policy; the decision.
    summary, manifest
        Contents of the two JSON files.
    tables
        `schedule`, `funding`, `debt`, `debt_by_package`, `duties`, `findings`,
        `breaches` (money in units of 0.01 万元).
    baselines
        Schedules of the baselines by name.
    reasons
        By project: why it is in or out.
    warnings
        What the user was told.
    """

    folder: Path
    problem: Problem
    schedule: Schedule
    summary: Mapping[str, Any]
    manifest: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    baselines: Mapping[str, Schedule]
    reasons: Mapping[str, tuple[Message, ...]]
    warnings: tuple[Message, ...]

    @property
    def synthetic(self) -> bool:
        """Whether the inventory was generated, not real."""
        return bool(self.summary.get("synthetic", False))

    def title(self, code: str, lang: str) -> str | None:
        """Give what people call a class, mode, fund or rule; None where unknown."""
        texts = self.manifest.get("titles", {}).get(code, {})
        found = texts.get(lang) or next(iter(texts.values()), None)
        return None if found is None else str(found)

    @cached_property
    def confirmed(self) -> Run | None:
        """The confirmed layer below this plan; None where there is none."""
        folder = self.folder / CONFIRMED
        return load_run(folder) if folder.is_dir() else None

    def layers(self) -> pd.DataFrame | None:
        """Read the projects by layer; None for a run without a confirmed layer."""
        if self.confirmed is None:
            return None
        return read_table(LAYER_TABLE, self.folder)

    def risk(self) -> pd.DataFrame | None:
        """Read the risk table (万元/year); None where the case came without one."""
        path = self.folder / "risk.csv"
        if not path.exists():
            return None
        found = pd.read_csv(path)
        return found.assign(asset_id=unmarked_column(found["asset_id"]))


def load_run(folder: Path | str) -> Run:
    """Read a run folder.

    Raises
    ------
    InputError
        With every problem found: no run, a missing or unreadable file, bad cells.
    """
    folder = Path(folder)
    if not (folder / "manifest.json").is_file():
        raise InputError.of("runs.not_a_run", folder=folder)
    problems: list[Message] = []
    data = {
        name: _read_json(folder / f"{name}.json", problems)
        for name in ("summary", "manifest", "reasons")
    }
    tables: dict[str, pd.DataFrame] = {}
    for name, schema in RUN_SCHEMAS.items():
        if (folder / f"{name}.csv").exists():
            tables[name] = _read(schema, folder, problems)
        else:
            problems.append(message("runs.missing_file", file=f"{name}.csv"))
    baselines = {
        own.name: {name: _read(RUN_SCHEMAS[name], own, problems) for name in _DECISION}
        for own in sorted((folder / "baselines").glob("*"))
        if own.is_dir()
    }
    problem = None
    try:
        case_folder = folder / "case"
        problem = Problem(PlanningCase.read(case_folder), Policy.read(case_folder))
    except InputError as error:
        problems.extend(error.messages)
    if problems or problem is None:
        raise InputError(*problems)
    return Run(
        folder,
        problem,
        _schedule(tables),
        data["summary"],
        data["manifest"],
        tables,
        {name: _schedule(own) for name, own in baselines.items()},
        {k: tuple(unpack(m) for m in v) for k, v in data["reasons"].items()},
        tuple(unpack(m) for m in data["manifest"].get("warnings", [])),
    )


_DECISION = ("schedule", "funding")


def _schedule(tables: Mapping[str, pd.DataFrame]) -> Schedule:
    table = tables["schedule"]
    return Schedule(table[table["selected"]], tables["funding"])


def _read(schema: TableSchema, folder: Path, problems: list[Message]) -> pd.DataFrame:
    try:
        return read_table(schema, folder)
    except InputError as error:
        problems.extend(error.messages)
        return schema.empty()


def _read_json(path: Path, problems: list[Message]) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(message("runs.missing_file", file=path.name))
    except (OSError, ValueError) as error:
        problems.append(
            message("runs.unreadable_json", file=path.name, detail=str(error))
        )
    else:
        if isinstance(data, dict):
            return data
        problems.append(
            message("runs.unreadable_json", file=path.name, detail=type(data).__name__)
        )
    return {}
