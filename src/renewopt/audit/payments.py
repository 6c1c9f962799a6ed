"""Payments: what every chosen work costs, added up again from prices and quantities."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from renewopt.audit.books import Books, Row, exact
from renewopt.audit.report import Flaw, flaw
from renewopt.core.errors import Message

PAYMENTS = "audit.payments"
ASSETS = "audit.assets"
SAME = Fraction(1, 10**6)
"""Quantities are measured, not counted: they agree to a millionth of a unit."""


def payments(books: Books) -> Iterator[Flaw]:
    """Check price, quantities and timing of every chosen work, and every asset once."""
    for work_id, work in books.works.items():
        yield from _price(books, work_id, work)
        yield from _quantities(books, work_id, work)
        yield from _timing(books, work_id, work)
    yield from _assets_once(books)
    yield from _taken_off(books)


def payment_notes(books: Books) -> list[Message]:
    """Say where a price could not be recomputed: no lines, or a running contract."""
    bare = [w for w in books.works if not books.facts.cost_lines.get(w)]
    if not books.facts.cost_lines:
        return [Message("audit.no_cost_lines", {"count": len(bare)})] if bare else []
    open_contracts = [w for w in bare if _is_running(books, w)]
    if not open_contracts:
        return []
    return [Message("audit.running_without_lines", {"works": open_contracts})]


def _is_running(books: Books, work_id: str) -> bool:
    return books.facts.is_running(books.works[work_id]["project_id"])


def _price(books: Books, work_id: str, work: Row) -> Iterator[Flaw]:
    """Σ quantity × unit price × factor, rounded half up once, is Σ payments."""
    facts = books.facts
    lines = facts.cost_lines.get(work_id, [])
    stated = facts.total_cost(work_id)
    if not lines:
        if facts.cost_lines and not _is_running(books, work_id):
            yield flaw(
                "audit.price_without_lines",
                PAYMENTS,
                work_id,
                0,
                stated / 100,
                work=work_id,
            )
        return
    total = sum(
        (
            exact(line["quantity"]) * exact(line["unit_price"]) * exact(line["factor"])
            for line in lines
        ),
        Fraction(0),
    )
    right = floor(total * 100 + Fraction(1, 2))
    if right != stated:
        yield flaw(
            "audit.price",
            PAYMENTS,
            work_id,
            right / 100,
            stated / 100,
            work=work_id,
            start=work["start_year"],
        )


def _quantities(books: Books, work_id: str, work: Row) -> Iterator[Flaw]:
    """Check that the priced quantity of a unit is that of the project's assets.

    The lines of a unit share the quantity between them (prices by diameter), or each
    line prices all of it (pipe and paving per metre).
    """
    listed: dict[str, Fraction] = {}
    for asset in books.facts.assets.get(work["project_id"], []):
        unit = asset["unit"]
        listed[unit] = listed.get(unit, Fraction(0)) + exact(asset["quantity"])
    priced: dict[str, list[Fraction]] = {}
    for line in books.facts.cost_lines.get(work_id, []):
        if line["unit"] in listed and exact(line["factor"]) >= 0:
            priced.setdefault(line["unit"], []).append(exact(line["quantity"]))
    for unit, parts in sorted(priced.items()):
        right, total = listed[unit], sum(parts, Fraction(0))
        if abs(total - right) > SAME and any(abs(p - right) > SAME for p in parts):
            yield flaw(
                "audit.quantity",
                PAYMENTS,
                f"{work_id} {unit}",
                float(right),
                float(total),
                unit,
                work=work_id,
            )


def _taken_off(books: Books) -> Iterator[Flaw]:
    """Check that what comes off a price is paid by another work, and comes off once.

    A line with a negative factor names the project that pays for it: `less GAS-0007 …`,
    or an asset that the case leaves out, with the column that says so.
    """
    spared = [
        (f"less {row['asset_id']} ", f" ({row['reason']})")
        for row in books.facts.left_out
        if row["effect"] == "left_out"
    ]
    takers: dict[tuple[str, str], list[tuple[str, Fraction]]] = {}
    for work_id in books.works:
        for line in books.facts.cost_lines.get(work_id, []):
            if exact(line["factor"]) < 0 and not _spared(line, spared):
                _, payer, item = [*str(line["item"]).split(" ", 2), "", ""][:3]
                size = exact(line["quantity"])
                takers.setdefault((payer, item), []).append((work_id, size))
    for (payer, item), parts in sorted(takers.items()):
        works = [work_id for work_id, _ in parts]
        whole = sum(
            (exact(a["quantity"]) for a in books.facts.assets.get(payer, [])),
            Fraction(0),
        )
        place = f"{payer} {item}".strip()
        if payer not in books.work_of:
            yield flaw(
                "audit.metre_unpaid", PAYMENTS, place, 1, 0, "works",
                project=payer, work=works[0],
            )  # fmt: skip
        if len(works) > 1 and sum(size for _, size in parts) > whole + SAME:
            yield flaw(
                "audit.metre_off_twice", PAYMENTS, place, 1, len(works), "works",
                project=payer, works=works,
            )  # fmt: skip


def _spared(line: Row, spared: list[tuple[str, str]]) -> bool:
    """Tell whether a line is `less <asset> <price> (<reason>)` of what is left out."""
    item = str(line["item"])
    return item.endswith(")") and any(
        item.startswith(asset) and item.endswith(why) for asset, why in spared
    )


def _timing(books: Books, work_id: str, work: Row) -> Iterator[Flaw]:
    """Nothing is paid before the work starts."""
    for year, (cost, _) in sorted(books.facts.payments.get(work_id, {}).items()):
        if cost and year < work["start_year"]:
            yield flaw(
                "audit.paid_before_start",
                PAYMENTS,
                f"{work_id} {year}",
                work["start_year"],
                year,
                "year",
                work=work_id,
            )


def _assets_once(books: Books) -> Iterator[Flaw]:
    """Every asset is renewed, and paid, at most once over the chosen works."""
    facts = books.facts
    owners: dict[tuple[str, str], list[str]] = {}
    for project in sorted(books.work_of):
        asset_class = facts.projects[project]["asset_class"]
        for asset in facts.assets.get(project, []):
            owners.setdefault((asset_class, asset["asset_id"]), []).append(project)
    for (asset_class, asset_id), projects in sorted(owners.items()):
        if len(projects) > 1:
            yield flaw(
                "audit.asset_twice",
                ASSETS,
                f"{asset_class} {asset_id}",
                1,
                len(projects),
                "projects",
                projects=projects,
            )
