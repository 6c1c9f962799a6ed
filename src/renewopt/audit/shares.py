"""Floors, shares of districts, steps from year to year, and last year's plan."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from renewopt.audit.books import BP, Books, Row, exact, selects
from renewopt.audit.money_rules import meant
from renewopt.audit.report import Flaw, flaw


def _nominal(books: Books, rule: Row) -> dict[tuple[int, str], int]:
    """Add up nominal payments in the plan years by year and district."""
    facts = books.facts
    found: dict[tuple[int, str], int] = {}
    for work_id in books.works:
        features = facts.features(work_id)
        if not selects(rule.get("where"), features):
            continue
        for year, (cost, _) in facts.payments.get(work_id, {}).items():
            if year <= facts.last_year:
                key = (year, str(features["district"] or ""))
                found[key] = found.get(key, 0) + cost
    return found


def spending_floor(books: Books, rule: Row) -> Iterator[Flaw]:
    """Hold what is built in a year against the least that was promised."""
    spent = _nominal(books, rule)
    for year, least in sorted(rule["least"].items()):
        units = sum(n for (y, _), n in spent.items() if y == int(year))
        if units < exact(least) * 100:
            yield flaw(
                "audit.below_floor", rule["id"], str(year), float(exact(least)),
                units / 100, year=int(year),
            )  # fmt: skip


def district_share(books: Books, rule: Row) -> Iterator[Flaw]:
    """Hold each district's part against its least and its most."""
    spent = _nominal(books, rule)
    whole = sum(spent.values())
    for what in ("least", "most"):
        for name, share in sorted(rule.get(f"{what}_bp", {}).items()):
            units = sum(n for (_, place), n in spent.items() if place == name)
            bound = Fraction(share * whole, BP)
            if (units < bound) if what == "least" else (units > bound):
                yield flaw(
                    f"audit.district_{what}", rule["id"], f"{what} {name}",
                    float(bound / 100), units / 100, district=name, share=share / 100,
                )  # fmt: skip


def smoothing(books: Books, rule: Row) -> Iterator[Flaw]:
    """Compare what the funds give with the year before."""
    funds = meant(books, rule)
    given = dict.fromkeys(books.facts.plan_years, Fraction(0))
    for draw in books.draws:
        if draw.fund_id in funds and draw.year in given:
            given[draw.year] += draw.received
    before = exact(rule["before"]) * 100 if "before" in rule else None
    for year, units in given.items():
        if before is not None:
            steps = {"rise": units - before, "fall": before - units}
            for what, step in steps.items():
                if what in rule and step > exact(rule[what]) * 100:
                    yield flaw(
                        f"audit.{what}_too_great", rule["id"], f"{what} {year}",
                        float(exact(rule[what])), float(step / 100), year=year,
                    )  # fmt: skip
        before = units


def changes(books: Books, rule: Row) -> list[str]:
    """List the projects of last year's plan that are dropped or moved."""
    facts = books.facts
    found = []
    for project, year in sorted(rule["start"].items()):
        options = [facts.works[w] for w in facts.works_of.get(project, [])]
        if not any(work["start_year"] == year for work in options):
            continue
        done = [w for w in books.works.values() if w["project_id"] == project]
        if not any(work["start_year"] == year for work in done):
            found.append(project)
    return found


def change_cost(books: Books) -> Fraction:
    """Price of all changes against last year's plan, in units of 0.01 万元."""
    return sum(
        (
            exact(rule["price"]) * 100 * len(changes(books, rule))
            for rule in books.facts.rules_of("stability")
            if "price" in rule
        ),
        Fraction(0),
    )


def stability(books: Books, rule: Row) -> Iterator[Flaw]:
    """Count the changes against last year's plan."""
    names = changes(books, rule)
    if "at_most" in rule and len(names) > rule["at_most"]:
        yield flaw(
            "audit.too_many_changes", rule["id"], "at_most", rule["at_most"],
            len(names), "projects", projects=", ".join(names),
        )  # fmt: skip
