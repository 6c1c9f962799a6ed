"""Streets: what is saved by digging once, and which streets were closed.

Recomputed corridor by corridor, as a road office would go through its list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from renewopt.audit.books import BP, Books, Row, exact
from renewopt.audit.report import Flaw, flaw


@dataclass(frozen=True)
class Share:
    """What one work saves on one corridor, in units of 0.01 万元.

    `eligible` is the part by which the eligible cost of the work falls.
    """

    work_id: str
    corridor_id: str
    year: int
    amount: int
    eligible: int


def joint_savings(books: Books) -> list[Share]:
    """List every saving that the starts of the decision are worth.

    Where projects of two or more classes start on a corridor in one year, each but the
    one with the largest excavation cost (ties: lowest project) saves
    ⌊rate × excavation cost⌋. Running works save nothing: their price is agreed.
    """
    rules = books.facts.rules_of("dig_once")
    if not rules:
        return []
    rate = int(rules[0]["rate_bp"])
    found: list[Share] = []
    for corridor in sorted(books.facts.digs):
        for year, starters in sorted(_starters(books, corridor).items()):
            classes = {books.facts.projects[p]["asset_class"] for p in starters}
            if len(classes) < 2:
                continue
            costs = {
                project: books.facts.trench(corridor, work) or 0
                for project, work in starters.items()
            }
            order = sorted(starters, key=lambda p: (-costs[p], p))
            for project in order[1:]:
                amount = rate * costs[project] // BP
                if amount:
                    work = starters[project]
                    cut = _eligible_cut(books, work, year, amount)
                    found.append(Share(work, corridor, year, amount, cut))
    return found


def _starters(books: Books, corridor: str) -> dict[int, dict[str, str]]:
    """Give who newly starts on the corridor: year → project → work."""
    found: dict[int, dict[str, str]] = {}
    for project in books.facts.digs[corridor]:
        work_id = books.work_of.get(project)
        if work_id is None or books.facts.trench(corridor, work_id) is None:
            continue
        if not books.facts.is_running(project):
            year = books.works[work_id]["start_year"]
            found.setdefault(year, {})[project] = work_id
    return found


def _eligible_cut(books: Books, work_id: str, year: int, amount: int) -> int:
    """Eligible cost falls in the proportion of eligible to cost, rounded down."""
    cost, eligible = books.facts.payments.get(work_id, {}).get(year, (0, 0))
    return amount * eligible // cost if cost else 0


def dig_once(books: Books, rule: Row) -> Iterator[Flaw]:
    """Compare stated savings with the recomputed ones; never above the payment."""
    due: dict[str, int] = {}
    for share in joint_savings(books):
        due[share.work_id] = due.get(share.work_id, 0) + share.amount
    for choice in books.choices:
        right = due.get(choice.work_id, 0)
        if choice.saving != right:
            yield flaw(
                "audit.saving",
                rule["id"],
                f"saving {choice.work_id}",
                right / 100,
                choice.saving / 100,
                work=choice.work_id,
            )
        work = books.works.get(choice.work_id)
        if work is None:
            continue
        paid, _ = books.facts.payments.get(choice.work_id, {}).get(
            work["start_year"], (0, 0)
        )
        if choice.saving > paid:
            yield flaw(
                "audit.saving_above_payment",
                rule["id"],
                f"{choice.work_id} {work['start_year']}",
                paid / 100,
                choice.saving / 100,
                work=choice.work_id,
            )


def openings(books: Books) -> dict[str, dict[int, dict[str, str]]]:
    """Give the new openings: corridor → year → project → work."""
    return {
        corridor: _starters(books, corridor) for corridor in sorted(books.facts.digs)
    }


def closed_until(books: Books, rule: Row, corridor: str, year: int) -> int | None:
    """Last closed year that covers `year`, or None where the corridor is free.

    Closed are the N full calendar years after an opening (of this plan or of a running
    work) and after the last paving, N by what was done; planned road works are a major
    repair of their year.
    """
    spans = rule["years"]
    facts = books.facts
    events = [(y, int(spans["opening"])) for y in _starters(books, corridor)]
    street = facts.corridors[corridor]
    if street["last_paved"] is not None:
        events.append((street["last_paved"], int(spans.get(street["paving_kind"], 0))))
    planned = street["planned_road_work_year"]
    if planned is not None and planned >= facts.first_year:
        events.append((planned, int(spans["major_repair"])))
    for project in facts.digs[corridor]:
        if facts.is_running(project):
            starts = [
                facts.works[work]["start_year"]
                for work in facts.works_of[project]
                if facts.trench(corridor, work) is not None
            ]
            events += [(year, int(spans["opening"])) for year in starts]
    ends = [start + span for start, span in events if start < year <= start + span]
    return max(ends, default=None)


def waivers(books: Books) -> list[tuple[str, int, int]]:
    """List (corridor, year, price in units): safety duties that open closed streets."""
    safety = books.facts.duties.get("safety_duty", {})
    return [
        (corridor, year, int(exact(rule["waiver_price"]) * 100))
        for rule in books.facts.rules_of("closed_corridor")
        for corridor, years in openings(books).items()
        for year, projects in sorted(years.items())
        if closed_until(books, rule, corridor, year) is not None
        and any(project in safety for project in projects)
    ]


def waiver_cost(books: Books) -> Fraction:
    """Price of all waivers, in units of 0.01 万元."""
    return Fraction(sum(price for _, _, price in waivers(books)))


def closed_corridor(books: Books, rule: Row) -> Iterator[Flaw]:
    """Find openings of closed streets without a safety duty."""
    safety = books.facts.duties.get("safety_duty", {})
    for corridor, years in openings(books).items():
        for year, projects in sorted(years.items()):
            until = closed_until(books, rule, corridor, year)
            if until is not None and not any(project in safety for project in projects):
                yield flaw(
                    "audit.closed_corridor",
                    rule["id"],
                    f"{corridor} {year}",
                    until,
                    year,
                    "year",
                    corridor=corridor,
                    projects=sorted(projects),
                )
