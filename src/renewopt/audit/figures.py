"""Figures: what a bureau is judged by, recomputed from facts and decision.

A work counts in the year of its completion. Leaves are `Money` (units of 0.01 万元),
`Ratio` (a measured number, shown with four decimals) or whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from renewopt.audit.books import Books, Row, exact

OLD_AGE = 15
"""Years from which heating pipe counts as old (Inner Mongolia 2023: 15 and more)."""


@dataclass(frozen=True)
class Money:
    """An amount in units of 0.01 万元, stated in 万元 exactly."""

    units: int


@dataclass(frozen=True)
class Ratio:
    """A measured number, stated with four decimals."""

    value: Fraction


def figures(books: Books) -> dict[str, Any]:
    """Recompute every figure of `summary.json`, key `figures`."""
    starts = [(w, row["start_year"]) for w, row in books.works.items()]
    ends = list(books.completion.items())
    return {
        "projects": _projects(books),
        "km_renewed": _lengths(books, retired=False),
        "km_retired": _lengths(books, retired=True),
        "compounds": _items(books, "residential_compound", households=True),
        "points_cleared": _items(books, "waterlogging_point", households=False),
        "old_heating": _old_heating(books),
        "starts": _count(year for _, year in starts),
        "completions": _count(year for _, year in ends),
        "starts_by_class": _by_class(books, starts),
        "completions_by_class": _by_class(books, ends),
        "money": _money(books),
        "risk": risk(books),
        "benefit": benefit(books),
    }


def benefit(books: Books) -> dict[str, Any]:
    """Add up every further benefit of the chosen works: money, and whole points."""
    found: dict[str, Any] = {}
    columns = {name for work in books.facts.works.values() for name in work}
    for name in sorted(c for c in columns if c.startswith(("benefit_", "points_"))):
        total = sum(work[name] for work in books.works.values())
        found[name] = total if name.startswith("points_") else Money(total)
    return found


def yearly_cost(books: Books) -> dict[int, int]:
    """Payments of the chosen works by year, less savings in the year of the start."""
    paid = dict.fromkeys(books.facts.plan_years, 0)
    for work_id, work in books.works.items():
        for year, (cost, _) in books.facts.payments.get(work_id, {}).items():
            paid[year] = paid.get(year, 0) + cost
        if books.saving[work_id]:
            start = work["start_year"]
            paid[start] = paid.get(start, 0) - books.saving[work_id]
    return dict(sorted(paid.items()))


def by_fund(books: Books) -> dict[str, int]:
    """Add up what each fund pays within the plan."""
    total: dict[str, int] = {}
    for draw in books.draws:
        if draw.amount or draw.received:
            total[draw.fund_id] = total.get(draw.fund_id, 0) + draw.amount
    return dict(sorted(total.items()))


def risk(books: Books) -> dict[str, Any]:
    """Risk removed, of what could be removed and of what there is today."""
    facts = books.facts
    best: dict[str, int] = {}
    for work in facts.works.values():
        project = work["project_id"]
        best[project] = max(best.get(project, 0), work["risk_removed"])
    removed = sum(work["risk_removed"] for work in books.works.values())
    in_plan = sum(
        books.works[name]["risk_removed"]
        for name, year in books.completion.items()
        if year <= facts.last_year
    )
    today = _total(facts.stock, "risk_now")
    today = today or _total(facts.projects.values(), "risk_now")
    renewed = sum(
        (exact(facts.projects[p]["risk_now"]) for p in _owners(books)), Fraction(0)
    )
    return {
        "removed": Money(removed),
        "removed_in_plan": Money(in_plan),
        "removable": Money(sum(best.values())),
        "share_of_removable": Ratio(_share(Fraction(removed), sum(best.values()))),
        "renewed_today": Ratio(renewed),
        "today": Ratio(today),
        "share_of_today": Ratio(_share(renewed, today)),
    }


def _owners(books: Books) -> list[str]:
    return [str(work["project_id"]) for work in books.works.values()]


def _projects(books: Books) -> dict[str, Any]:
    everything = [p["asset_class"] for p in books.facts.projects.values()]
    chosen = [books.facts.projects[p]["asset_class"] for p in _owners(books)]
    return {
        "all": len(everything),
        "chosen": len(chosen),
        "by_class": {
            name: {"all": everything.count(name), "chosen": chosen.count(name)}
            for name in sorted(set(everything))
        },
    }


def _metres(books: Books, project: str) -> Fraction:
    """Length of a project: of its assets in metres, else its own route length."""
    rows = books.facts.assets.get(project, [])
    listed = [exact(row["quantity"]) for row in rows if row["unit"] == "m"]
    if listed:
        return sum(listed, Fraction(0))
    return exact(books.facts.projects[project]["length_m"])


def _lengths(books: Books, *, retired: bool) -> dict[str, Any]:
    by_class: dict[str, dict[int, Fraction]] = {}
    for work_id, year in books.completion.items():
        if bool(books.works[work_id]["retires"]) != retired:
            continue
        project = books.works[work_id]["project_id"]
        metres = _metres(books, project)
        if metres > 0:
            own = by_class.setdefault(books.facts.projects[project]["asset_class"], {})
            own[year] = own.get(year, Fraction(0)) + metres
    total = sum((m for own in by_class.values() for m in own.values()), Fraction(0))
    return {
        "total": Ratio(total / 1000),
        "by_class": {
            name: {
                "total": Ratio(sum(own.values(), Fraction(0)) / 1000),
                "by_year": {str(y): Ratio(m / 1000) for y, m in sorted(own.items())},
            }
            for name, own in sorted(by_class.items())
        },
    }


def _items(books: Books, asset_class: str, *, households: bool) -> dict[str, Any]:
    """Count assets of a class; a project without listed assets is one."""
    facts = books.facts
    by_year: dict[int, int] = {}
    people = 0
    for work_id, year in books.completion.items():
        project = books.works[work_id]["project_id"]
        if facts.projects[project]["asset_class"] == asset_class:
            listed = {row["asset_id"] for row in facts.assets.get(project, [])}
            by_year[year] = by_year.get(year, 0) + (len(listed) or 1)
            people += facts.projects[project]["households"]
    found: dict[str, Any] = {
        "total": sum(by_year.values()),
        "by_year": {str(year): n for year, n in sorted(by_year.items())},
    }
    return {**found, "households": people} if households else found


def _old_heating(books: Books) -> dict[str, Any] | None:
    """Heating of 15 years and more in the first plan year, and what is left of it."""
    facts = books.facts
    stock = [row for row in facts.stock if row["asset_class"] == "heating_pipe"]
    if not stock:
        return None
    newest = facts.first_year - OLD_AGE
    old = _total([r for r in stock if _is_old(r, newest)], "length_m")
    done: dict[int, Fraction] = {}
    for work_id, year in books.completion.items():
        project = books.works[work_id]["project_id"]
        renewed = not books.works[work_id]["retires"]
        if renewed and facts.projects[project]["asset_class"] == "heating_pipe":
            rows = facts.assets.get(project, [])
            pipes = [r for r in rows if r["unit"] == "m" and _is_old(r, newest)]
            if pipes:
                done[year] = done.get(year, Fraction(0)) + _total(pipes, "quantity")
    last = max([facts.last_year, *done])
    left = {
        year: max(
            Fraction(0),
            old - sum((m for y, m in done.items() if y <= year), Fraction(0)),
        )
        for year in range(facts.first_year, last + 1)
    }
    unknown = [row for row in stock if row["install_year"] is None]
    return {
        "age": OLD_AGE,
        "km_at_start": Ratio(old / 1000),
        "km_unknown_year": Ratio(_total(unknown, "length_m") / 1000),
        "share_of_heating_at_start": Ratio(_share(old, _total(stock, "length_m"))),
        "km_left": {str(year): Ratio(m / 1000) for year, m in left.items()},
        "share_left": {str(year): Ratio(_share(m, old)) for year, m in left.items()},
    }


def _is_old(row: Row, newest: int) -> bool:
    return row["install_year"] is not None and row["install_year"] <= newest


def _money(books: Books) -> dict[str, Any]:
    years = list(books.facts.plan_years)
    paid = yearly_cost(books)
    table: dict[str, dict[int, int]] = {}
    for draw in books.draws:
        if draw.amount or draw.received:
            own = table.setdefault(draw.fund_id, {})
            own[draw.year] = own.get(draw.year, 0) + draw.amount
    return {
        "cost_by_year": {str(y): Money(paid[y]) for y in years},
        "tail_by_year": {
            str(y): Money(m) for y, m in paid.items() if y > books.facts.last_year
        },
        "by_fund_and_year": {
            fund: {str(y): Money(own.get(y, 0)) for y in years}
            for fund, own in sorted(table.items())
        },
        "saving": Money(sum(books.saving.values())),
        "works_value_by_year": {
            str(year): Money(units) for year, units in _done(books).items()
        },
    }


def _done(books: Books) -> dict[int, int]:
    """Value of the works done by year (完成投资), where the case states any."""
    done: dict[int, int] = {}
    for work_id in books.works:
        for year, units in books.facts.works_value.get(work_id, {}).items():
            if units:
                done[year] = done.get(year, 0) + units
    return dict(sorted(done.items()))


def _count(years: Iterable[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for year in sorted(years):
        found[str(year)] = found.get(str(year), 0) + 1
    return found


def _by_class(books: Books, events: list[tuple[str, int]]) -> dict[str, Any]:
    years: dict[str, list[int]] = {}
    for work_id, year in events:
        project = books.works[work_id]["project_id"]
        years.setdefault(books.facts.projects[project]["asset_class"], []).append(year)
    return {name: _count(own) for name, own in sorted(years.items())}


def _total(rows: Iterable[Row], column: str) -> Fraction:
    return sum((exact(row[column]) for row in rows), Fraction(0))


def _share(part: Fraction, whole: Fraction | int) -> Fraction:
    return part / whole if whole else Fraction(0)
