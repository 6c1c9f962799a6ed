"""Income: what the chosen works bring in, year by year, and when packages operate."""

from __future__ import annotations

from dataclasses import dataclass

from renewopt.audit.books import Books, Facts


@dataclass(frozen=True)
class Earner:
    """Something that is built: what it brings in a year, and from which year on."""

    units: int
    since: int

    def until(self, last: int, first: int) -> int:
        """Add up the years from `first` to `last`."""
        return sum(self.units for year in range(first, last + 1) if year >= self.since)


def earners(books: Books) -> dict[str, list[Earner]]:
    """List what earns, by package: nothing that is not chosen and completed.

    Only a running package without projects, of which nothing is left to be built, earns
    as a whole.
    """
    facts = books.facts
    found: dict[str, list[Earner]] = {name: [] for name in facts.packages}
    with_projects = {project["package_id"] for project in facts.projects.values()}
    for name, package in facts.packages.items():
        start = package["operation_start"]
        stands = package["status"] == "running" and name not in with_projects
        if stands and start is not None:
            found[name].append(Earner(package["net_income_per_year"], start))
    parts: dict[str, dict[str, int]] = {}
    members = _members(facts)
    for work_id, work in books.works.items():
        project, name = work["project_id"], facts.package_of(work_id)
        start = _opening(facts, project)
        if start is not None:
            if name not in parts:
                parts[name] = _parts(facts, name, members[name])
            since = max(start, books.completion[work_id] + 1)
            found[name].append(Earner(parts[name][project], since))
    return found


def _members(facts: Facts) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, row in sorted(facts.projects.items()):
        found.setdefault(row["package_id"], []).append(name)
    return found


def _opening(facts: Facts, project: str) -> int | None:
    """Give the year from which a project may earn; None: it never does."""
    own: int | None = facts.projects[project]["operation_start"]
    if own is not None:
        return own
    package: int | None = facts.packages[facts.projects[project]["package_id"]][
        "operation_start"
    ]
    return package


def _parts(facts: Facts, package: str, members: list[str]) -> dict[str, int]:
    """Give the projects' own incomes, or parts of the package's by what they cost.

    Parts are cut from the whole in the order of the identifiers, to whole units.
    """
    own = {name: int(facts.projects[name]["net_income_per_year"]) for name in members}
    if any(own.values()):
        return own
    prices = {
        name: max(facts.total_cost(work) for work in facts.works_of[name])
        for name in members
        if name in facts.works_of
    }
    if not any(prices.values()):
        prices = dict.fromkeys(prices, 1)
    income, whole = facts.packages[package]["net_income_per_year"], sum(prices.values())
    before = 0
    for name, price in prices.items():
        up_to = before + price
        own[name] = int(income * up_to // whole - income * before // whole)
        before = up_to
    return own


def operating(books: Books) -> dict[str, int]:
    """Give the first year in which each package is completed and in operation.

    Where nobody says when operation starts, completion alone counts.
    """
    facts = books.facts
    found = {}
    for name, package in facts.packages.items():
        start = package["operation_start"]
        found[name] = facts.first_year if start is None else int(start)
    for work_id, work in books.works.items():
        name = facts.package_of(work_id)
        own = facts.projects[work["project_id"]]["operation_start"]
        found[name] = max(found[name], books.completion[work_id] + 1, own or 0)
    return found
