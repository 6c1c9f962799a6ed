"""Summary: objective, bound, totals, duties and baselines, recomputed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from renewopt.audit.books import Books, exact
from renewopt.audit.couplings import break_cost, broken_pairs
from renewopt.audit.figures import Money, by_fund, figures, risk, yearly_cost
from renewopt.audit.goals import missing_cost, staged_targets, target_figures
from renewopt.audit.report import Flaw, flaw
from renewopt.audit.shares import change_cost
from renewopt.audit.statements import tree_differs
from renewopt.audit.streets import waiver_cost, waivers
from renewopt.audit.works import FIRST, HARDNESS, duties, shortfall

SUMMARY = "audit.summary"
BASELINE = "audit.baseline"
BASELINES = ("greedy", "worst_first")
"""What a bureau does today; every plan is shown beside both."""

LEVELS = tuple(f"{level}.{what}" for level in FIRST for what in ("unplaced", "late"))
"""Shortfalls in the order in which they are minimised."""

UNIT = Fraction(1)
"""One unit of 0.01 万元, the room for rounding an objective."""


def objective(books: Books) -> Fraction:
    """Σ weight × benefit − waivers, broken pairs, misses and changes, in 0.01 万元."""
    total = Fraction(0)
    for work in books.works.values():
        for name, weight in books.facts.weights.items():
            # A point is worth its weight in 万元; all else is in units already.
            total += weight * work[name] * (100 if name.startswith("points_") else 1)
    total -= waiver_cost(books) + break_cost(books) + missing_cost(books)
    return total - change_cost(books)


def room(books: Books) -> Fraction:
    """Give the room for rounding an objective, in units.

    Half a unit where all weights are whole numbers; otherwise the value of every work
    may have been rounded.
    """
    whole = all(weight.denominator == 1 for weight in books.facts.weights.values())
    return UNIT / 2 * (1 if whole else 1 + len(books.works))


def summary(books: Books, stated: Mapping[str, Any]) -> Iterator[Flaw]:
    """Check every figure of `summary.json` that the tables can prove."""
    yield from _objective(books, stated, SUMMARY, "objective")
    yield from _bound(stated)
    paid = yearly_cost(books)
    right: dict[str, Any] = {
        "cost": Money(sum(paid.values())),
        "tail": _tail(books),
        "by_year": {str(year): Money(units) for year, units in paid.items()},
        "by_fund": {name: Money(units) for name, units in by_fund(books).items()},
        "mandatory": mandatory_counts(books),
        "figures": figures(books),
        "targets": target_figures(books),
    }
    for key, value in right.items():
        if key not in stated:
            yield flaw("audit.not_stated", SUMMARY, key, 1, 0, "figures")
        else:
            yield from tree_differs(SUMMARY, key, value, stated[key])
    yield from _waivers(books, stated)
    yield from _pairs(books, stated)
    yield from _stages(books, stated)


def _tail(books: Books) -> Money:
    last = books.facts.last_year
    return Money(sum(paid for year, paid in yearly_cost(books).items() if year > last))


def _objective(
    books: Books, stated: Mapping[str, Any], rule_id: str, place: str
) -> Iterator[Flaw]:
    right = objective(books)
    value = number(stated.get("objective"))
    if value is None or abs(value * 100 - right) > room(books):
        yield flaw(
            "audit.objective", rule_id, place, float(right / 100), float(value or 0)
        )


def _bound(stated: Mapping[str, Any]) -> Iterator[Flaw]:
    """Check that the bound is not below the plan, and the gap between them."""
    value, bound = number(stated.get("objective")), number(stated.get("bound"))
    gap = number(stated.get("gap"))
    if value is None:
        return  # told by the objective check
    if bound is None:
        yield flaw("audit.not_stated", SUMMARY, "bound", 1, 0, "figures")
        return
    if bound * 100 < value * 100 - UNIT:
        yield flaw("audit.bound_below", SUMMARY, "bound", float(value), float(bound))
    if value == 0:
        return  # no gap can be given
    right = (bound - value) / abs(value)
    room = Fraction(1, 10**6) + UNIT / 100 / abs(value)
    if gap is None or abs(gap - right) > room:
        yield flaw("audit.gap", SUMMARY, "gap", float(right), float(gap or 0), "")


def mandatory_counts(books: Books) -> dict[str, Any]:
    """Count required, placed, late and missing money, by hardness."""
    found: dict[str, Any] = {}
    everything = duties(books)
    for level in HARDNESS:
        own = [duty for duty in everything if duty.hardness == level]
        if own:
            missing = [duty for duty in own if duty.completion is None]
            found[level] = {
                "required": len(own),
                "placed": len(own) - len(missing),
                "late": sum(duty.status == "late" for duty in own),
                "missing_money": Money(sum(duty.cost for duty in missing)),
            }
    return found


def _waivers(books: Books, stated: Mapping[str, Any]) -> Iterator[Flaw]:
    right = {f"{c} {year}": Money(price) for c, year, price in waivers(books)}
    said = stated.get("waivers")
    rows = said if isinstance(said, list) else []
    other = {
        f"{row.get('corridor_id')} {row.get('year')}": row.get("price")
        for row in rows
        if isinstance(row, Mapping)
    }
    yield from tree_differs(SUMMARY, "waivers", right, other)


def _pairs(books: Books, stated: Mapping[str, Any]) -> Iterator[Flaw]:
    """Compare the broken pairs with those that the dates of the works show."""
    right: dict[str, Any] = {}
    for rule in books.facts.rules_of("coupling"):
        price = Money(int(exact(rule.get("price", 0)) * 100))
        for one, other in broken_pairs(books, rule):
            right[f"{rule['id']} {one} {other}"] = price
    said = stated.get("broken_pairs")
    other_pairs = {
        f"{row.get('rule')} {row.get('project_id')} {row.get('other_id')}": row.get(
            "price"
        )
        for row in (said if isinstance(said, list) else [])
        if isinstance(row, Mapping)
    }
    yield from tree_differs(SUMMARY, "broken_pairs", right, other_pairs)


def _stages(books: Books, stated: Mapping[str, Any]) -> Iterator[Flaw]:
    """Each stated shortfall is the recomputed one, and its bound not above it."""
    right = _shortfalls(books)
    said = stated.get("stages")
    for row in said if isinstance(said, list) else []:
        if not isinstance(row, Mapping):
            continue
        name = f"{row.get('hardness')}.{row.get('measure')}"
        value, bound = number(row.get("value")), number(row.get("bound"))
        place = f"stages.{name}"
        if value is None or value != right.get(name):
            yield flaw(
                "audit.differs",
                SUMMARY,
                place,
                right.get(name, 0),
                float(value or 0),
                "weight",
            )
        if value is not None and bound is not None and bound > value:
            yield flaw(
                "audit.stage_bound",
                SUMMARY,
                f"{place}.bound",
                float(value),
                float(bound),
                "weight",
            )


def _shortfalls(books: Books) -> dict[str, int]:
    """Give all that comes before the objective, in order: duties, then targets."""
    return {**dict(zip(LEVELS, shortfall(books), strict=True)), **staged_targets(books)}


def baseline(
    name: str, plan: Books, own: Books, stated: Mapping[str, Any]
) -> Iterator[Flaw]:
    """Check a baseline's figures, and that the plan is not worse than it."""
    place = f"baselines.{name}"
    yield from _objective(own, stated, BASELINE, f"{place}.objective")
    right = {
        "cost": Money(sum(yearly_cost(own).values())),
        "tail": _tail(own),
        "mandatory": mandatory_counts(own),
        "risk": risk(own),
    }
    for key, value in right.items():
        path = f"{place}.{key}"
        if key in stated:
            yield from tree_differs(BASELINE, path, value, stated[key])
        elif key != "risk":
            yield flaw("audit.not_stated", BASELINE, path, 1, 0, "figures")
    yield from _not_worse(name, plan, own)


def _not_worse(name: str, plan: Books, own: Books) -> Iterator[Flaw]:
    """Smaller shortfall, level by level, or the same and no lower objective."""
    mine, theirs = _shortfalls(plan), _shortfalls(own)
    for level, left in mine.items():
        right = theirs[level]
        if left < right:
            return
        if left > right:
            yield flaw(
                "audit.worse_than_baseline",
                BASELINE,
                f"{name} {level}",
                right,
                left,
                "weight",
                baseline=name,
            )
            return
    value, other = objective(plan), objective(own)
    if value + room(plan) - UNIT / 2 < other:
        yield flaw(
            "audit.worse_than_baseline",
            BASELINE,
            f"{name} objective",
            float(other / 100),
            float(value / 100),
            baseline=name,
        )


def number(value: Any) -> Fraction | None:
    """Read a JSON number exactly; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    return Fraction(value)
