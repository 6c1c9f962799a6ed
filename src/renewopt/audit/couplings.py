"""Couplings and openings: pairs of projects, and packages by their first year."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from renewopt.audit.books import Books, Row, exact, selects
from renewopt.audit.report import Flaw, flaw


def new_packages(books: Books, rule: Row) -> Iterator[Flaw]:
    """Find each package's first year and count the packages of every year."""
    facts = books.facts
    first: dict[str, int] = {}
    for work_id, work in books.works.items():
        name = facts.package_of(work_id)
        package = facts.packages[name]
        if package["status"] == "running" or not selects(rule.get("where"), package):
            continue
        first[name] = min(work["start_year"], first.get(name, work["start_year"]))
    for year, most in sorted((int(y), int(n)) for y, n in rule["cap"].items()):
        opened = sorted(name for name, begun in first.items() if begun == year)
        if len(opened) > most:
            yield flaw(
                "audit.packages_opened", rule["id"], str(year), most, len(opened),
                "packages", year=year, packages=opened,
            )  # fmt: skip


def broken_pairs(books: Books, rule: Row) -> list[tuple[str, str]]:
    """List the pairs of the rule's links that the plan does not keep."""
    found = []
    for row in books.facts.links:
        if row["link"] != rule["link"]:
            continue
        one, other = row["project_id"], row["other_id"]
        if rule["how"] == "with":
            if _years(books, one, row["mode"]) != _years(
                books, other, row["other_mode"]
            ):
                found.append((one, other))
        elif _is_there(books, one, row["mode"]) and not _kept(books, rule, row):
            found.append((one, other))
    return sorted(found)


def _is_there(books: Books, project: str, mode: str) -> bool:
    """Tell whether a project is chosen, in the mode that its link means."""
    work = books.work_of.get(project)
    return work is not None and (not mode or books.works[work]["mode"] == mode)


def _years(books: Books, project: str, mode: str) -> tuple[int, int] | None:
    """Give the first and last year of a project's works; None: not in this mode."""
    if not _is_there(books, project, mode):
        return None
    work = books.work_of[project]
    return books.works[work]["start_year"], books.completion[work]


def _kept(books: Books, rule: Row, row: Row) -> bool:
    one, other = row["project_id"], row["other_id"]
    there = _is_there(books, other, row["other_mode"])
    if rule["how"] == "instead":
        return not there
    if not there:
        return bool(rule["how"] == "together")
    begins = books.works[books.work_of[one]]["start_year"]
    partner = books.work_of[other]
    starts = books.works[partner]["start_year"]
    if rule["how"] == "together":
        apart = begins - starts
        most = int(rule.get("within_years", 0))
        return bool(-most <= apart <= most)
    ended = rule.get("after") == "completion"
    return bool(begins > books.completion[partner] if ended else begins >= starts)


def _pardoned(books: Books, rule: Row, project: str) -> bool:
    """Tell whether a pair of this project may be broken."""
    if rule["how"] == "with":
        return False
    if "price" in rule:
        return True
    duties = books.facts.duties.get("safety_duty", {})
    return bool(rule.get("free_duties", True)) and project in duties


def break_cost(books: Books) -> Fraction:
    """Price of all broken pairs, in units of 0.01 万元."""
    total = Fraction(0)
    for rule in books.facts.rules_of("coupling"):
        price = exact(rule.get("price", 0)) * 100
        total += price * len(broken_pairs(books, rule))
    return total


def coupling(books: Books, rule: Row) -> Iterator[Flaw]:
    """Find pairs that are broken and may not be, and works without what they need."""
    for one, other in broken_pairs(books, rule):
        if not _pardoned(books, rule, one):
            yield flaw(
                "audit.pair_broken", rule["id"], f"{one} {other}", 0, 1, "pairs",
                project=one, other=other,
            )  # fmt: skip
    if not rule.get("needs", False):
        return
    for row in books.facts.links:
        one, other = row["project_id"], row["other_id"]
        if row["link"] != rule["link"] or not _is_there(books, one, row["mode"]):
            continue
        if not _is_there(books, other, row["other_mode"]):
            yield flaw(
                "audit.pair_lacks", rule["id"], f"{one} {other} needs", 1, 0, "works",
                project=one, other=other,
            )  # fmt: skip
