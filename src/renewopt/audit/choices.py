"""Choices about single projects: settled in advance, alternatives, who waits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from renewopt.audit.books import Books, Row, selects
from renewopt.audit.report import Flaw, flaw


def decided(books: Books, rule: Row) -> Iterator[Flaw]:
    """Hold every decision against what became of the project."""
    for project in sorted(set(rule.get("include", ()))):
        if project not in books.work_of:
            yield flaw(
                "audit.decided_in", rule["id"], f"include {project}", 1, 0, "works",
                project=project,
            )  # fmt: skip
    for work_id, work in books.works.items():
        project = work["project_id"]
        if project in rule.get("exclude", ()):
            yield flaw(
                "audit.decided_out", rule["id"], f"exclude {project}", 0, 1, "works",
                project=project,
            )  # fmt: skip
        for what, key in (("start", "start_year"), ("mode", "mode")):
            wanted = rule.get(what, {}).get(project)
            if wanted is not None and str(wanted) != str(work[key]):
                yield flaw(
                    "audit.decided_otherwise", rule["id"], f"{what} {project}", 0, 1,
                    "works", work=work_id, wanted=wanted, found=work[key],
                )  # fmt: skip
    for entry in rule.get("pay", ()):
        yield from _paid(books, rule, entry)


def _paid(books: Books, rule: Row, entry: Row) -> Iterator[Flaw]:
    """Add up what the package has of the fund in the year, and what it saved."""
    package, fund, year = entry["package"], entry["fund"], int(entry["year"])
    own = [
        draw
        for draw in books.draws
        if (draw.package_id, draw.fund_id, draw.year) == (package, fund, year)
    ]
    saved = sum(
        money
        for work_id, money in books.saving.items()
        if books.facts.package_of(work_id) == package
    )
    asked = {"amount": entry["amount"]}
    if books.facts.funds[fund]["up_front"]:
        asked["received"] = entry.get("received", entry["amount"])
    for column, money in asked.items():
        have = saved + sum(getattr(draw, column) for draw in own)
        least = Decimal(str(money)) + Decimal(str(entry.get("saved", 0)))
        if have < least * 100:
            yield flaw(
                "audit.decided_pay", rule["id"],
                f"pay {package} {year} {fund} {column}",
                float(least), have / 100, package=package, fund=fund, year=year,
            )  # fmt: skip


def choose(books: Books, rule: Row) -> Iterator[Flaw]:
    """Count the chosen works of the list."""
    named = set(rule["projects"])
    count = sum(1 for work in books.works.values() if work["project_id"] in named)
    most, least = rule.get("at_most"), rule.get("at_least", 0)
    if most is not None and count > most:
        yield flaw(
            "audit.chosen_too_many", rule["id"], "at_most", most, count, "projects"
        )
    if count < least:
        yield flaw(
            "audit.chosen_too_few", rule["id"], "at_least", least, count, "projects"
        )


def precedence(books: Books, rule: Row) -> Iterator[Flaw]:
    """Compare years: nothing starts before what it waits for."""
    for later in sorted(set(rule["then"])):
        if later not in books.work_of:
            continue
        start = books.works[books.work_of[later]]["start_year"]
        for earlier in sorted(set(rule["first"])):
            where = f"{later} after {earlier}"
            work_id = books.work_of.get(earlier)
            if work_id is None:
                yield flaw(
                    "audit.outlet_missing", rule["id"], where, 0, 1, "works",
                    project=later, first=earlier,
                )  # fmt: skip
                continue
            year = books.works[work_id]["start_year"]
            if rule.get("after") == "completion":
                year = books.completion[work_id] + 1
            if start < year:
                yield flaw(
                    "audit.too_early", rule["id"], where, year, start, "year",
                    project=later, first=earlier,
                )  # fmt: skip


def site_limit(books: Books, rule: Row) -> Iterator[Flaw]:
    """Count the works under way by district and year."""
    facts = books.facts
    for year in facts.plan_years:
        sites: dict[str, int] = {}
        for work_id, work in books.works.items():
            features = facts.features(work_id)
            under_way = work["start_year"] <= year <= books.completion[work_id]
            if under_way and selects(rule.get("where"), features):
                name = features["district"] or ""
                sites[name] = sites.get(name, 0) + 1
        for district, count in sorted(sites.items()):
            if count > rule["at_most"]:
                yield flaw(
                    "audit.too_many_sites", rule["id"], f"{district} {year}",
                    rule["at_most"], count, "sites", district=district, year=year,
                )  # fmt: skip


def together(books: Books, rule: Row) -> Iterator[Flaw]:
    """Look whether all of the projects are chosen, or none."""
    taken = [work["project_id"] for work in books.works.values()]
    leader = rule["projects"][0]
    first = taken.count(leader)
    for name in sorted(set(rule["projects"]) - {leader}):
        if taken.count(name) != first:
            yield flaw(
                "audit.not_together", rule["id"], name, first, taken.count(name),
                "works", project=name, first=leader,
            )  # fmt: skip
