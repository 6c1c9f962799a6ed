"""Works: one per project, running ones kept, yearly caps, duties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor, inf

from renewopt.audit.books import Books, Row, exact, selects
from renewopt.audit.report import Flaw, flaw

HARDNESS = ("safety_duty", "assessed_target", "preference")
"""Levels of duty, the strictest first."""
FIRST = HARDNESS[:2]
"""Levels that are placed before anything else."""


def one_work(books: Books, rule: Row) -> Iterator[Flaw]:
    """Count the works of each project; one is the most."""
    count: dict[str, int] = {}
    for choice in books.choices:
        work = books.facts.works.get(choice.work_id)
        project = choice.work_id if work is None else work["project_id"]
        count[project] = count.get(project, 0) + 1
    for project, number in sorted(count.items()):
        if number > 1:
            yield flaw(
                "audit.two_works",
                rule["id"],
                project,
                1,
                number,
                "works",
                project=project,
            )


def running(books: Books, rule: Row) -> Iterator[Flaw]:
    """Look for works under construction that the decision drops."""
    for project in sorted(books.facts.projects):
        if books.facts.is_running(project) and project not in books.work_of:
            yield flaw(
                "audit.running_dropped",
                rule["id"],
                project,
                1,
                0,
                "works",
                project=project,
            )


def annual_cap(books: Books, rule: Row) -> Iterator[Flaw]:
    """Add up the measure over the works meant, year by year."""
    facts, measure = books.facts, rule["measure"]
    used: dict[int, int] = {}
    for work_id, work in books.works.items():
        if not selects(rule.get("where"), facts.features(work_id)):
            continue
        if measure == "cost":
            for year, (cost, _) in facts.payments.get(work_id, {}).items():
                used[year] = used.get(year, 0) + cost
            start = work["start_year"]
            used[start] = used.get(start, 0) - books.saving[work_id]
        else:
            for row in facts.use.get(work_id, []):
                if row["resource"] == measure:
                    used[row["year"]] = used.get(row["year"], 0) + row["amount"]
    scale, unit = 100, "万元"
    if measure != "cost":
        resource = facts.resources[measure]
        scale, unit = 10 ** int(resource["decimals"]), resource["unit"]
    for year, limit in sorted((int(y), exact(v)) for y, v in rule["cap"].items()):
        if Fraction(used.get(year, 0), scale) > limit:
            yield flaw(
                "audit.cap_exceeded",
                rule["id"],
                str(year),
                float(limit),
                used.get(year, 0) / scale,
                unit,
                year=year,
                measure=measure,
            )


@dataclass(frozen=True)
class Duty:
    """A project with an obligation of one hardness and what becomes of it.

    `completion` is None where no work is chosen; `cost` (units of 0.01 万元) is that of
    the work chosen, else the least of the project's works; `moved_into` is the project
    whose works take it in.
    """

    hardness: str
    project_id: str
    deadline: int | None
    completion: int | None
    late: int
    weight: int
    cost: int
    moved_into: str = ""

    @property
    def status(self) -> str:
        """Give `placed`, `late` or `missing`."""
        if self.completion is None:
            return "missing"
        return "late" if self.late else "placed"


def duties(books: Books) -> list[Duty]:
    """List every duty, the strictest level first, by project."""
    facts = books.facts
    rules = facts.rules_of("mandatory")
    measure = rules[0].get("weigh_by", "risk") if rules else "risk"
    found: list[Duty] = []
    into = moved_into(books)
    for hardness in HARDNESS:
        for project, rows in sorted(facts.duties.get(hardness, {}).items()):
            dates = [row["deadline"] for row in rows if row["deadline"] is not None]
            deadline = min(dates, default=None)
            work = books.work_of.get(project)
            done = None if work is None else books.completion[work]
            late = 0
            if done is not None and deadline is not None:
                late = max(0, done - max(deadline, facts.first_year))
            weight = _weight(facts.projects[project], measure)
            cost = _duty_cost(books, project)
            found.append(
                Duty(
                    hardness, project, deadline, done, late, weight, cost,
                    into.get(project, ""),
                )
            )  # fmt: skip
    return found


def moved_into(books: Books) -> dict[str, str]:
    """Find the projects whose chosen works are part of another project's."""
    found: dict[str, str] = {}
    for row in books.facts.links:
        own = books.works.get(books.work_of.get(row["other_id"], ""))
        taker = books.works.get(books.work_of.get(row["project_id"], ""))
        if not row["other_mode"] or own is None or taker is None:
            continue
        if (taker["mode"], own["mode"]) == (row["mode"], row["other_mode"]):
            found[row["other_id"]] = row["project_id"]
    return found


def _duty_cost(books: Books, project: str) -> int:
    work = books.work_of.get(project)
    if work is not None:
        return books.facts.total_cost(work)
    own = books.facts.works_of.get(project, [])
    return min((books.facts.total_cost(name) for name in own), default=0)


def _weight(project: Row, measure: str) -> int:
    """Give the loss in 0.01 万元, metres or households; half up, at least 1."""
    if measure == "risk":
        size = exact(project["risk_now"]) * 100
    else:
        size = exact(project[measure])
    return max(1, floor(size + Fraction(1, 2)))


def shortfall(books: Books) -> tuple[int, ...]:
    """Give (unplaced, late) weight per level that comes first; less, in order, wins."""
    values: list[int] = []
    found = duties(books)
    for level in FIRST:
        own = [duty for duty in found if duty.hardness == level]
        values.append(sum(d.weight for d in own if d.completion is None))
        values.append(sum(d.weight * d.late for d in own))
    return tuple(values)


def mandatory(books: Books, rule: Row) -> Iterator[Flaw]:
    """Find hard duties that are not finished in time."""
    for duty in duties(books):
        if duty.hardness in rule.get("hard", ()) and duty.status != "placed":
            late = inf if duty.completion is None else float(duty.late)
            yield flaw(
                "audit.hard_duty",
                rule["id"],
                f"{duty.hardness} {duty.project_id}",
                0,
                late,
                "years late",
                hardness=duty.hardness,
                project=duty.project_id,
            )
