"""The audit of a run folder: from its files alone, without solver or model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from renewopt.audit import layers
from renewopt.audit.books import Books, Facts, facts_of
from renewopt.audit.bounds import Recompute, certificate_flaws
from renewopt.audit.desk import judge, unfit_rules
from renewopt.audit.payments import payment_notes
from renewopt.audit.report import AuditReport, Flaw, flaw, within
from renewopt.audit.sheets import (
    JSON_FILES,
    Sheet,
    cells,
    choices,
    draws,
    read_json,
    read_policy_text,
    read_sheet,
)
from renewopt.audit.summary import (
    BASELINE,
    BASELINES,
    SUMMARY,
    baseline,
    number,
    summary,
)
from renewopt.audit.tables import (
    debt_packages,
    debt_table,
    duty_table,
    holdings,
    listing,
)
from renewopt.audit.works import duties
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.core.schedule import Schedule
from renewopt.rules.policy import Policy
from renewopt.rules.problem import Problem

DIGEST = "audit.digest"
SHEETS = (
    "schedule.csv",
    "funding.csv",
    "debt.csv",
    "debt_by_package.csv",
    "duties.csv",
    "breaches.csv",
)


@dataclass(frozen=True)
class _Files:
    """Everything that was read from the folder."""

    problem: Problem
    facts: Facts
    sheets: Mapping[str, Sheet]
    baselines: Mapping[str, Mapping[str, Sheet]]
    summary: Mapping[str, Any]
    manifest: Mapping[str, Any]
    certificate: Mapping[str, Any]


def audit_run(folder: Path, recompute: Recompute | None = None) -> AuditReport:
    """Re-check a finished run from its tables alone.

    Every rule of the policy is checked, and structure, payments, funding, debt,
    savings, closed streets, caps, duties, objective, gap, baselines, figures and
    digests are recomputed with the auditor's own arithmetic.

    Parameters
    ----------
    recompute
        Adds up a certificate from the rows of the model, which the auditor does not
        know; without it a certificate is only held to what the summary says of it.

    Raises
    ------
    InputError
        If the folder is no run or a file is missing or unreadable.
    """
    found = _examine(folder, recompute)
    flaws = [*found.flaws, *layers.stated(found.files.summary, there=_below(folder))]
    notes = found.notes
    if _below(folder):
        below = _examine(folder / layers.FOLDER, recompute)
        flaws += within(layers.FOLDER.as_posix(), below.flaws)
        notes += [item for item in below.notes if item not in notes]
        flaws += _layers(folder, found, below)
    return AuditReport.of(flaws, notes, found.counts)


def _below(folder: Path) -> bool:
    return (folder / layers.FOLDER).is_dir()


def _layers(folder: Path, above: _Examined, below: _Examined) -> Iterator[Flaw]:
    """Judge what holds the two layers of a run together."""
    problems: list[Message] = []
    sheet = read_sheet(folder, "layers.csv", problems)
    if problems:
        raise InputError(*problems)
    yield from layers.same_means(above.files.problem, below.files.problem)
    yield from layers.nested(above.books, below.books)
    yield from layers.table(sheet, above.books, below.books)
    told = above.files.summary.get("layers") or {}
    yield from layers.figures(told, above.books, below.books)


@dataclass(frozen=True)
class _Examined:
    """One run folder with what was found in it."""

    files: _Files
    books: Books
    flaws: list[Flaw]
    notes: list[Message]
    counts: dict[str, int]


def _examine(folder: Path, recompute: Recompute | None) -> _Examined:
    """Judge one run folder: its flaws, notes and how much was looked at."""
    files = _read(folder)
    books, schedule = _decision(files.facts, files.sheets)
    flaws = [*unfit_rules(files.problem), *judge(files.problem, schedule, books)]
    flaws += listing(books, files.sheets["schedule.csv"])
    flaws += holdings(books, files.sheets["funding.csv"])
    flaws += debt_table(books, files.sheets["debt.csv"])
    flaws += debt_packages(books, files.sheets["debt_by_package.csv"])
    flaws += duty_table(books, files.sheets["duties.csv"])
    flaws += summary(books, files.summary)
    flaws += _stated_breaches(files, clean=not flaws)
    flaws += _baselines(files, books)
    flaws += _digests(files)
    flaws += certificate_flaws(
        files.problem, files.certificate, files.summary, recompute
    )
    flaws += _seals(folder, files.manifest)
    flaws += _status(files.summary)
    flaws += cells(files.sheets.values())
    counts = _counts(files, books)
    flaws += [
        flaw("audit.nothing_checked", SUMMARY, name, 1, 0, name)
        for name in ("rules", "projects")
        if not counts[name]
    ]
    notes = [*payment_notes(books), *_missing_baselines(files)]
    return _Examined(files, books, flaws, notes, counts)


def _seals(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Flaw]:
    """Compare the files that people read with what was written by the run."""
    for name, seal in sorted(manifest.get("sealed", {}).items()):
        path = folder / name
        own = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        if own != seal:
            code = "audit.seal_broken" if own else "audit.seal_missing"
            yield flaw(code, "audit.files", name, 1, 0, "files", file=name)


def _status(summary: Mapping[str, Any]) -> Iterator[Flaw]:
    """Compare what the summary says of its proof with the proof's own numbers."""
    stages = summary.get("stages", [])
    proven = all(stage["proven"] for stage in stages)
    gap = summary.get("gap")
    objective, bound = summary.get("objective") or 0, summary.get("bound") or 0
    if summary.get("status") == "optimal" and (
        not proven or gap is None or bound - objective > 0.01
    ):
        yield flaw("audit.not_optimal", SUMMARY, "status", 0, float(gap or 1), "gap")
    for stage in stages:
        place = f"stages {stage['hardness']} {stage['measure']}"
        value, limit = float(stage["value"]), float(stage["bound"])
        if limit > value or limit < 0 or (stage["proven"] and limit <= value - 1):
            yield flaw("audit.stage_proof", SUMMARY, place, value, limit, "weight")


def _read(folder: Path) -> _Files:
    if not (folder / "manifest.json").is_file():
        raise InputError.of("audit.not_a_run", folder=folder)
    problems: list[Message] = []
    texts = {name: read_json(folder, name, problems) for name in JSON_FILES}
    sheets = {name: read_sheet(folder, name, problems) for name in SHEETS}
    baselines = {
        own.name: {n: read_sheet(own, n, problems) for n in SHEETS[:2]}
        for own in sorted((folder / "baselines").glob("*"))
        if own.is_dir()
    }
    try:
        problem = Problem(
            PlanningCase.read(folder / "case"), Policy.read(folder / "case")
        )
        facts = facts_of(problem, read_policy_text(folder / "case"))
    except InputError as error:
        raise InputError(*problems, *error.messages) from None
    if problems:
        raise InputError(*problems)
    return _Files(
        problem,
        facts,
        sheets,
        baselines,
        texts["summary.json"],
        texts["manifest.json"],
        texts["certificate.json"],
    )


def _decision(facts: Facts, sheets: Mapping[str, Sheet]) -> tuple[Books, Schedule]:
    """Take the decision from `schedule.csv` and `funding.csv`, for books and rules."""
    books = Books(facts, choices(sheets["schedule.csv"]), draws(sheets["funding.csv"]))
    return books, schedule_of(books)


def schedule_of(books: Books) -> Schedule:
    """Give the rules' own checks the same decision as tables."""
    chosen = [(c.project_id, c.work_id, c.saving) for c in books.choices]
    money = [
        (d.package_id, d.year, d.fund_id, d.amount, d.received) for d in books.draws
    ]
    return Schedule(
        pd.DataFrame(chosen, columns=["project_id", "work_id", "saving"]),
        pd.DataFrame(
            money, columns=["package_id", "year", "fund_id", "amount", "received"]
        ),
    )


def _stated_breaches(files: _Files, *, clean: bool) -> Iterator[Flaw]:
    """Hold a run to the breaches that it was written with."""
    told = files.summary.get("audit")
    count = number(told.get("breaches")) if isinstance(told, Mapping) else None
    rows = len(files.sheets["breaches.csv"].rows)
    if count is None or count != rows:
        yield flaw(
            "audit.differs",
            SUMMARY,
            "audit.breaches",
            rows,
            float(count or 0),
            "breaches",
        )
    elif count and clean:
        yield flaw(
            "audit.stated_breaches",
            SUMMARY,
            "audit.breaches",
            0,
            float(count),
            "breaches",
        )


def _baselines(files: _Files, plan: Books) -> Iterator[Flaw]:
    """Judge each baseline by the same rules and compare the plan with it."""
    for name in _baseline_names(files):
        own = _stated_baselines(files).get(name)
        places = {
            f"{name} summary.json": isinstance(own, Mapping),
            f"{name} baselines/": name in files.baselines,
        }
        missing = [place for place, there in places.items() if not there]
        for place in missing:
            yield flaw(
                "audit.baseline_missing", BASELINE, place, 1, 0, "", baseline=name
            )
        if missing or not isinstance(own, Mapping):
            continue
        sheets = files.baselines[name]
        books, schedule = _decision(files.facts, sheets)
        flaws = judge(files.problem, schedule, books)
        flaws += listing(books, sheets["schedule.csv"])
        flaws += holdings(books, sheets["funding.csv"])
        flaws += cells(sheets.values())
        yield from within(f"baselines/{name}", flaws)
        yield from baseline(name, plan, books, own)


def _stated_baselines(files: _Files) -> Mapping[str, Any]:
    stated = files.summary.get("baselines")
    return stated if isinstance(stated, Mapping) else {}


def _baseline_names(files: _Files) -> list[str]:
    """Name the baselines to be judged: those of the run, and those it must have.

    What a bureau does today may miss what the policy makes hard; then a run may come
    without that baseline.
    """
    there = {*_stated_baselines(files), *files.baselines}
    hard = any(map(_demanding, files.facts.rules))
    return sorted(there if hard else {*there, *BASELINES})


DEMANDS = {
    "mandatory": "hard",
    "target": "hard",
    "choose": "at_least",
    "decided": "include",
    "stability": "at_most",
    "spending_floor": "least",
    "district_share": "kind",
    "smoothing": "kind",
}
"""Kinds of rules that a plan may break by leaving work out, and the key that does it.

Every other kind is kept by doing less, so that it bars no baseline.
"""


def _demanding(rule: Mapping[str, Any]) -> bool:
    value = rule.get(DEMANDS.get(str(rule["kind"]), ""))
    return value is not None and value not in (False, 0, [], {})


def _missing_baselines(files: _Files) -> list[Message]:
    absent = [name for name in BASELINES if name not in _baseline_names(files)]
    return [Message("audit.no_baseline", {"baseline": name}) for name in absent]


def _digests(files: _Files) -> Iterator[Flaw]:
    """Check that facts and policy are those that the plan was made for."""
    right = {
        "case_digest": files.problem.case.digest,
        "policy_digest": files.problem.policy.digest,
    }
    for file in ("manifest", "certificate"):
        stated = getattr(files, file)
        for key, digest in right.items():
            if stated.get(key) != digest:
                yield flaw(
                    "audit.digest",
                    DIGEST,
                    f"{file}.{key}",
                    1,
                    0,
                    "match",
                    stated=stated.get(key),
                    right=digest,
                )


def _counts(files: _Files, books: Books) -> dict[str, int]:
    facts = files.facts
    return {
        "rules": len(facts.rules),
        "projects": len(facts.projects),
        "works_chosen": len(books.works),
        "payments": sum(len(facts.payments.get(w, {})) for w in books.works),
        "cost_lines": sum(len(facts.cost_lines.get(w, [])) for w in books.works),
        "assets": sum(len(facts.assets.get(p, [])) for p in books.work_of),
        "draws": len(books.draws),
        "funds": len(facts.funds),
        "years": len(facts.plan_years),
        "duties": len(duties(books)),
        "corridors": len(facts.digs),
        "debt_rows": len(files.sheets["debt.csv"].rows),
        "baselines": len(files.baselines),
    }
