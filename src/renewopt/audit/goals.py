"""Targets: what has to be finished by when, added up again from the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from renewopt.audit.books import BP, Books, Row, exact, selects
from renewopt.audit.report import Flaw, flaw

UNITS = {"projects": "projects", "households": "households", "length_m": "m",
         "floor_area_m2": "m²", "quantity": ""}  # fmt: skip


@dataclass(frozen=True)
class Goal:
    """What a target asks for by the end of a year, and what is finished then."""

    year: int
    required: int
    reached: int

    @property
    def missing(self) -> int:
        """What is not finished in time."""
        return max(0, self.required - self.reached)


def goals(books: Books, rule: Row) -> list[Goal]:
    """Add up a target year by year."""
    facts, found = books.facts, []
    due: dict[int, int] = {}
    for stated in sorted(int(year) for year in _by_year(rule)):
        if stated <= facts.last_year:
            due[max(stated, facts.first_year)] = stated
    sizes: dict[str, int] = {}
    for year, stated in sorted(due.items()):
        if rule.get("left_bp") or not sizes:  # only ages change from year to year
            sizes = {name: _size(books, rule, name, year) for name in facts.projects}
        reached = 0
        for work_id, work in books.works.items():
            if work["retires"] and not rule.get("count_retired"):
                continue
            features = facts.features(work_id)
            if books.completion[work_id] <= year and selects(
                rule.get("where"), features
            ):
                reached += sizes[work["project_id"]]
        found.append(Goal(year, _required(books, rule, sizes, year, stated), reached))
    return found


def _by_year(rule: Row) -> dict[str, Any]:
    return dict(rule.get("amount") or rule.get("share_bp") or rule.get("left_bp") or {})


def _required(
    books: Books, rule: Row, sizes: dict[str, int], year: int, stated: int
) -> int:
    figures = {int(key): value for key, value in _by_year(rule).items()}
    if rule.get("amount"):
        return int(figures[stated])
    if rule.get("left_bp"):
        return _too_much(books, rule, year, int(figures[stated]))
    where = {k: v for k, v in (rule.get("where") or {}).items() if k != "mode"}
    whole = 0
    for name, size in sizes.items():
        project = books.facts.projects[name]
        package = books.facts.packages[project["package_id"]]
        if selects(where, {**package, **project}):
            whole += size
    return ceil(Fraction(int(figures[stated]) * whole, BP))


def _too_much(books: Books, rule: Row, year: int, left_bp: int) -> int:
    """Metres of that age that must be gone so that the share left is kept."""
    old = whole = Fraction(0)
    for row in books.facts.stock:
        if selects(rule.get("where"), row):
            whole += exact(row["length_m"] or 0)
            if _is_old(rule, row["install_year"], year):
                old += exact(row["length_m"] or 0)
    return _half_up(old) - _half_up(whole) * left_bp // BP


def _size(books: Books, rule: Row, project: str, year: int) -> int:
    """Give how much of a project counts, in whole units of the measure."""
    facts, measure = books.facts, rule.get("measure", "households")
    assets = facts.assets.get(project, [])
    if rule.get("left_bp"):
        old = [
            row for row in assets
            if row["unit"] == "m" and _is_old(rule, row["install_year"], year)
        ]  # fmt: skip
        return _half_up(sum((exact(row["quantity"] or 0) for row in old), Fraction(0)))
    asks = bool(rule.get("triggers") or rule.get("hardness"))
    named = _named(books, rule, project) if asks else set()
    if asks and not named:
        return 0
    if measure == "quantity":
        counted = [row for row in assets if not asks or row["asset_id"] in named]
        return _half_up(
            sum((exact(row["quantity"] or 0) for row in counted), Fraction(0))
        )
    if measure == "projects":
        return 1
    return _half_up(exact(facts.projects[project][measure] or 0))


def _named(books: Books, rule: Row, project: str) -> set[str]:
    """Name the project's assets that the clauses of the target mean."""
    levels, ids = rule.get("hardness") or (), rule.get("triggers") or ()
    found: set[str] = set()
    for level, by_project in books.facts.duties.items():
        for row in by_project.get(project, []):
            clause = str(row["trigger"]).split(":")[0]
            if (not levels or level in levels) and (not ids or clause in ids):
                found.add(row["asset_id"])
    return found


def _is_old(rule: Row, installed: int | None, year: int) -> bool:
    return installed is not None and year - installed >= int(rule["age"])


def _half_up(size: Fraction) -> int:
    return floor(size + Fraction(1, 2))


def target(books: Books, rule: Row) -> Iterator[Flaw]:
    """Find years in which a hard target is not reached."""
    if not rule.get("hard"):
        return
    unit = UNITS[rule.get("measure", "households")]
    for goal in goals(books, rule):
        if goal.missing:
            yield flaw(
                "audit.target_missed", rule["id"], str(goal.year), goal.required,
                goal.reached, unit, year=goal.year, missing=goal.missing,
            )  # fmt: skip


def staged_targets(books: Books) -> dict[str, int]:
    """Give what is missing of each target that comes before the objective, in order."""
    rules = [
        rule
        for rule in books.facts.rules_of("target")
        if not rule.get("hard") and rule.get("weight") is None
    ]
    rules.sort(key=lambda rule: (int(rule.get("rank", 1)), str(rule["id"])))
    return {
        f"target.{rule['id']}": sum(goal.missing for goal in goals(books, rule))
        for rule in rules
    }


def missing_cost(books: Books) -> Fraction:
    """Price of what is missing of priced targets, in units of 0.01 万元."""
    return sum(
        (
            exact(rule["weight"]) * 100 * goal.missing
            for rule in books.facts.rules_of("target")
            if rule.get("weight") is not None
            for goal in goals(books, rule)
        ),
        Fraction(0),
    )


def target_figures(books: Books) -> dict[str, dict[str, dict[str, int]]]:
    """Give required, reached and missing of every target by year."""
    return {
        str(rule["id"]): {
            str(goal.year): {
                "required": goal.required,
                "reached": goal.reached,
                "missing": goal.missing,
            }
            for goal in goals(books, rule)
        }
        for rule in books.facts.rules_of("target")
    }
