"""Verdict: an import in a few figures, and what is wrong most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.inventory.absent import absent_columns
from renewopt.inventory.inventory import Inventory
from renewopt.inventory.issues import SEVERITIES, CellIssue, Severity, count_issues
from renewopt.inventory.project_list import ProjectList

WORST = 5
"""Problems that a verdict names."""


@dataclass(frozen=True)
class Problem:
    """Issues of one rule in one column.

    Attributes
    ----------
    count
        How many cells, or rows where `column` is empty.
    example
        The first of them.
    """

    rule: str
    column: str
    severity: Severity
    count: int
    example: CellIssue


@dataclass(frozen=True)
class Verdict:
    """An import in figures.

    Attributes
    ----------
    rows
        `read`, which is the sum of `kept`, `left_out` (on purpose or repeated),
        `subtotals` and `rejected`.
    issues
        Issues by severity: cells, or whole rows and columns.
    completeness
        Table → column → share of filled cells (0–1).
    absent
        Table → column that is not there → who reads it (`needed`, `mandatory`, `risk`);
        tables of asset classes only.
    worst
        The worst problems, rejected ones first, then by number.
    """

    rows: dict[str, int]
    issues: dict[str, int]
    completeness: dict[str, dict[str, float]]
    absent: dict[str, dict[str, list[str]]]
    worst: tuple[Problem, ...]


def verdict(
    found: Inventory | ProjectList, catalogue: Catalogue | None = None
) -> Verdict:
    """Sum up what was read; only a catalogue tells which columns are absent."""
    assets = found.assets if isinstance(found, Inventory) else {}
    counts = found.counts
    rows = {name: sum(getattr(c, name) for c in counts) for name in ("read", "kept")}
    rows["left_out"] = sum(sum(c.left_out.values()) for c in counts)
    rows["subtotals"] = sum(c.subtotals for c in counts)
    rows["rejected"] = sum(c.rejected for c in counts)
    return Verdict(
        rows,
        count_issues(found.issues),
        _completeness(found),
        {} if catalogue is None else absent_columns(assets, catalogue),
        tuple(problems(found.issues)[:WORST]),
    )


def problems(issues: Iterable[CellIssue]) -> list[Problem]:
    """Group issues by rule and column, the worst first; notes are no problems."""
    groups: dict[tuple[Severity, str, str], list[CellIssue]] = {}
    for issue in issues:
        if issue.severity != "note":
            place = (issue.severity, issue.code, issue.column)
            groups.setdefault(place, []).append(issue)
    found = [
        Problem(rule, column, severity, len(group), group[0])
        for (severity, rule, column), group in groups.items()
    ]
    return sorted(
        found,
        key=lambda p: (SEVERITIES.index(p.severity), -p.count, p.rule, p.column),
    )


def _completeness(found: Inventory | ProjectList) -> dict[str, dict[str, float]]:
    tables: dict[str, pd.DataFrame]
    if isinstance(found, Inventory):
        tables = dict(sorted(found.assets.items()))
    else:
        tables = {"project_list": found.projects.drop(columns="row")}
    return {name: _filled(frame) for name, frame in tables.items() if len(frame)}


def _filled(frame: pd.DataFrame) -> dict[str, float]:
    """Give the share of cells that are neither missing nor empty text."""
    return {
        str(column): float((frame[column].notna() & (frame[column] != "")).mean())
        for column in frame
    }
