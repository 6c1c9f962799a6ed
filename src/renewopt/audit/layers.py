"""Layers: the plan below keeps to confirmed money, the plan above keeps all it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from renewopt.audit.books import Books
from renewopt.audit.report import Flaw, flaw
from renewopt.audit.sheets import Sheet
from renewopt.rules.problem import Problem

FOLDER = Path("layers") / "confirmed"
RULE = "audit.layers"
CENT = 0.006
"""Room for rounding: figures are stated to 0.01 万元."""
KEPT = "confirmed-layer"
"""Rule of the plan above that only that plan has."""


def same_means(above: Problem, below: Problem) -> Iterator[Flaw]:
    """Compare facts, rules, terms, debt and, year by year, money of both layers."""
    if above.case.digest != below.case.digest:
        yield flaw("audit.layer_case", RULE, "case", 1, 0, "match")
    pairs = {
        "rules": (_rules(above), _rules(below)),
        "objective": (above.policy.objective, below.policy.objective),
        "funds": (_rows(above.policy.funds), _rows(below.policy.funds)),
        "existing_debt": (
            _rows(above.policy.existing_debt),
            _rows(below.policy.existing_debt),
        ),
    }
    for name, (one, other) in pairs.items():
        if one != other:
            yield flaw("audit.layer_policy", RULE, name, 1, 0, "match", part=name)
    given = {
        (row["fund_id"], row["year"]): row["amount"]
        for row in _rows(below.policy.fund_years)
    }
    for row in _rows(above.policy.fund_years):
        right = row["amount"] if row["certainty"] == "confirmed" else 0
        found = given.pop((row["fund_id"], row["year"]), 0)
        if found != right:
            yield _money(row["fund_id"], row["year"], right, found)
    for (fund, year), found in sorted(given.items()):
        if found:
            yield _money(fund, year, 0, found)


def _money(fund: str, year: int, right: int, found: int) -> Flaw:
    return flaw(
        "audit.layer_money", RULE, f"{fund} {year}", right / 100, found / 100,
        fund=fund, year=year,
    )  # fmt: skip


def _rows(frame: Any) -> list[dict[str, Any]]:
    return [
        {key: None if value != value else value for key, value in row.items()}
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]


def _rules(problem: Problem) -> list[dict[str, Any]]:
    return [rule.as_table() for rule in problem.policy.rules if rule.id != KEPT]


def nested(above: Books, below: Books) -> Iterator[Flaw]:
    """Ask of every work of the confirmed plan whether the plan above has it too."""
    kept = {choice.work_id for choice in above.choices}
    for choice in below.choices:
        if choice.work_id not in kept:
            yield flaw(
                "audit.layer_lost", RULE, choice.project_id, 1, 0, "works",
                project=choice.project_id, work=choice.work_id,
            )  # fmt: skip
    yield from _money_kept(above, below)


def _money_kept(above: Books, below: Books) -> Iterator[Flaw]:
    """Ask of every draw below whether it is there above, but for further savings."""
    money = {(d.package_id, d.year, d.fund_id): d for d in above.draws}
    more = _saved(above)
    for package, saved in _saved(below).items():
        more[package] = more.get(package, 0) - saved
    for draw in below.draws:
        own = money.get((draw.package_id, draw.year, draw.fund_id))
        room = more.get(draw.package_id, 0)
        paid, got = (own.amount, own.received) if own else (0, 0)
        if paid + room < draw.amount or got + room < draw.received:
            yield flaw(
                "audit.layer_money_lost", RULE,
                f"{draw.package_id} {draw.year} {draw.fund_id}",
                draw.amount / 100, paid / 100, package=draw.package_id,
                year=draw.year, fund=draw.fund_id,
            )  # fmt: skip


def _saved(books: Books) -> dict[str, int]:
    found: dict[str, int] = {}
    for work_id, saving in books.saving.items():
        package = books.facts.package_of(work_id)
        found[package] = found.get(package, 0) + saving
    return found


def table(sheet: Sheet, above: Books, below: Books) -> Iterator[Flaw]:
    """Compare `layers.csv` with the two decisions, project by project."""
    stated = {row["project_id"]: row for row in sheet.rows}
    lower = {choice.project_id for choice in below.choices}
    for choice in above.choices:
        row = stated.pop(choice.project_id, {"layer": ""})
        right = "confirmed" if choice.project_id in lower else "added"
        if row["layer"] != right:
            yield flaw(
                "audit.layer_row", RULE, choice.project_id, 1, 0, "rows",
                project=choice.project_id, stated=row["layer"], right=right,
            )  # fmt: skip
    for name, row in sorted(stated.items()):
        yield flaw(
            "audit.layer_row", RULE, name, 0, 1, "rows",
            project=name, stated=row["layer"], right="—",
        )  # fmt: skip


def figures(stated: Mapping[str, Any], above: Books, below: Books) -> Iterator[Flaw]:
    """Recompute number and cost of the works of both layers."""
    own = _totals(below)
    whole = _totals(above)
    right = {
        "confirmed": own,
        "added": {key: round(whole[key] - own[key], 2) for key in own},
    }
    for layer, values in right.items():
        told = stated.get(layer) or {}
        for key, value in values.items():
            if abs(float(told.get(key) or 0) - value) > CENT:
                yield flaw(
                    "audit.differs", RULE, f"layers.{layer}.{key}", value,
                    float(told.get(key) or 0),
                )  # fmt: skip


def _totals(books: Books) -> dict[str, float]:
    cost = sum(books.facts.total_cost(name) for name in books.works)
    saved = sum(books.saving.values())
    return {"projects": len(books.works), "cost": float((cost - saved) / 100)}


def stated(summary: Mapping[str, Any], *, there: bool) -> Iterator[Flaw]:
    """Hold the summary to whether a confirmed layer lies in the folder."""
    told = summary.get("layers")
    wanted = told is not None and told["confirmed"]["status"] != "infeasible"
    if wanted != there:
        yield flaw(
            "audit.layer_missing", RULE, FOLDER.as_posix(), int(wanted), int(there),
            "folders",
        )  # fmt: skip
