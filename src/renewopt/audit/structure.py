"""Structure: choices and draws speak of things that exist, and sensibly."""

from __future__ import annotations

from collections.abc import Iterator

from renewopt.audit.books import Books, Choice, Draw
from renewopt.audit.report import Flaw, flaw

SCHEDULE = "audit.schedule"
FUNDING = "audit.funding"


def structure(books: Books) -> Iterator[Flaw]:
    """Check choices and draws row by row."""
    yield from _choices(books)
    yield from _handovers(books)
    yield from _draws(books)
    yield from _held(books)


def _choices(books: Books) -> Iterator[Flaw]:
    with_savings = bool(books.facts.rules_of("dig_once"))
    seen: set[str] = set()
    for choice in books.choices:
        work = books.facts.works.get(choice.work_id)
        if work is None:
            yield flaw(
                "audit.unknown_work",
                SCHEDULE,
                choice.project_id,
                0,
                1,
                "works",
                project=choice.project_id,
                work=choice.work_id,
            )
            continue
        if choice.work_id in seen:
            yield flaw(
                "audit.work_twice",
                SCHEDULE,
                choice.work_id,
                1,
                2,
                "works",
                work=choice.work_id,
            )
        seen.add(choice.work_id)
        yield from _choice(books, choice, with_savings=with_savings)


def _choice(books: Books, choice: Choice, *, with_savings: bool) -> Iterator[Flaw]:
    facts = books.facts
    work = facts.works[choice.work_id]
    if choice.project_id != work["project_id"]:
        yield flaw(
            "audit.foreign_work",
            SCHEDULE,
            choice.project_id,
            0,
            1,
            "works",
            project=choice.project_id,
            work=choice.work_id,
            owner=work["project_id"],
        )
    clause = facts.barred.get(work["project_id"], {}).get(work["mode"])
    if clause is not None and not facts.is_running(work["project_id"]):
        yield flaw(
            "audit.mode_excluded",
            SCHEDULE,
            choice.work_id,
            0,
            1,
            "works",
            work=choice.work_id,
            mode=work["mode"],
            pack=clause["pack"],
            exclusion=clause["exclusion"],
            clause=clause["clause"],
        )
    start = work["start_year"]
    if start not in facts.plan_years and not facts.is_running(work["project_id"]):
        limit = facts.first_year if start < facts.first_year else facts.last_year
        yield flaw(
            "audit.outside_window",
            SCHEDULE,
            choice.work_id,
            limit,
            start,
            "year",
            work=choice.work_id,
            first=facts.first_year,
            last=facts.last_year,
        )
    first = facts.packages[facts.package_of(choice.work_id)]["first_start"]
    if first is not None and start < first and not facts.is_running(work["project_id"]):
        yield flaw(
            "audit.before_ready",
            SCHEDULE,
            f"{choice.work_id} ready",
            first,
            start,
            "year",
            work=choice.work_id,
            package=facts.package_of(choice.work_id),
        )
    if choice.saving < 0 or (choice.saving and not with_savings):
        yield flaw(
            "audit.saving",
            SCHEDULE,
            f"saving {choice.work_id}",
            0,
            choice.saving / 100,
            work=choice.work_id,
        )


def _handovers(books: Books) -> Iterator[Flaw]:
    """Find what goes out of service and is taken over by nothing that stays in it."""
    facts = books.facts
    leaving: dict[str, set[str]] = {}
    works = {name: row for name, row in books.works.items() if row["retires"]}
    for work in works.values():
        project = work["project_id"]
        own = leaving.setdefault(facts.projects[project]["asset_class"], set())
        own |= {row["asset_id"] for row in facts.assets.get(project, [])}
    for name, work in works.items():
        project = work["project_id"]
        gone = leaving[facts.projects[project]["asset_class"]]
        if facts.is_running(project):
            continue
        takers: dict[str, set[str]] = {}
        for row in facts.handovers.get(project, []):
            takers.setdefault(row["asset_id"], set()).add(row["taken_by"])
        assets = {row["asset_id"] for row in facts.assets.get(project, [])}
        for asset in sorted(assets):
            found = takers.get(asset, set())
            if found and not found & gone:
                continue
            yield flaw(
                "audit.cut_off", SCHEDULE, f"{name} {asset}", 1, 0, "assets",
                work=name, asset=asset, takers=sorted(found & gone) or "–",
            )  # fmt: skip


def _draws(books: Books) -> Iterator[Flaw]:
    seen: set[tuple[str, int, str]] = set()
    for draw in books.draws:
        key = (draw.package_id, draw.year, draw.fund_id)
        place = f"{draw.package_id} {draw.fund_id} {draw.year}"
        yield from _draw_place(books, draw, place)
        if key in seen:
            yield flaw("audit.draw_twice", FUNDING, place, 1, 2, "rows")
        seen.add(key)
        for money in (draw.amount, draw.received):
            if money < 0:
                yield flaw("audit.negative", FUNDING, place, 0, money / 100)
        fund = books.facts.funds.get(draw.fund_id, {})
        if draw.amount != draw.received and not fund.get("up_front"):
            yield flaw(
                "audit.received_differs",
                FUNDING,
                place,
                draw.amount / 100,
                draw.received / 100,
            )


def _draw_place(books: Books, draw: Draw, place: str) -> Iterator[Flaw]:
    facts = books.facts
    money = max(draw.amount, draw.received) / 100
    known = (
        ("package", draw.package_id, draw.package_id in facts.packages),
        ("fund", draw.fund_id, draw.fund_id in facts.funds),
        ("year", draw.year, draw.year in facts.plan_years),
    )
    for what, value, good in known:
        if not good:
            yield flaw(
                "audit.unknown_in_draw",
                FUNDING,
                place,
                0,
                money,
                what=f"audit.what.{what}",
                value=value,
            )


def _held(books: Books) -> Iterator[Flaw]:
    """No package may spend money of a fund before it has received it."""
    for (package, fund), by_year in sorted(held(books).items()):
        for year, money in sorted(by_year.items()):
            if money < 0:
                yield flaw(
                    "audit.spent_before_received",
                    FUNDING,
                    f"{package} {fund} {year}",
                    0,
                    money / 100,
                )


def held(books: Books) -> dict[tuple[str, str], dict[int, int]]:
    """Give what a package holds of a fund at the end of each year with a draw.

    Σ received − Σ amount up to the year, what was received and paid before the plan
    included.
    """
    stock: dict[tuple[str, str], int] = {}
    for package, rows in books.facts.history.items():
        for row in rows:
            if row["fund_id"]:
                key = (package, row["fund_id"])
                change = row["received"] - row["amount"]
                stock[key] = stock.get(key, 0) + change
    found: dict[tuple[str, str], dict[int, int]] = {}
    for draw in sorted(books.draws, key=lambda d: d.year):
        key = (draw.package_id, draw.fund_id)
        stock[key] = stock.get(key, 0) + draw.received - draw.amount
        found.setdefault(key, {})[draw.year] = stock[key]
    return found
