"""The auditor's own look at ties, openings and what comes off a price."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.audit.books import Books, books_of, facts_of
from renewopt.audit.couplings import break_cost, coupling, new_packages
from renewopt.audit.payments import payments
from tests.rules import hand

WORKS = {
    "A27": hand.work("A", 2027, {2027: 10_000}),
    "A28": hand.work("A", 2028, {2028: 10_000}),
    "B27": hand.work("B", 2027, {2027: 4000}, duration=2),
    "C27": hand.work("C", 2027, {2027: 4000}, mode="own"),
    "C28": hand.work("C", 2028, {2028: 4000}, mode="moves"),
}
LINES: list[dict[str, Any]] = [
    {"work_id": "A27", "item": "area", "quantity": 140, "unit": "m2", "unit_price": 1},
    {"work_id": "A27", "item": "less B pipe", "quantity": 40, "unit": "m"}
    | {"unit_price": 1, "factor": -1},
    {"work_id": "B27", "item": "pipe", "quantity": 40, "unit": "m", "unit_price": 1},
]


def books(
    *works: str, lines: bool = False, **rule: Any
) -> tuple[Books, dict[str, Any]]:
    """Give the books of a plan, and the rule."""
    full = {"kind": "coupling", "id": "tie", "link": "site", "how": "together"} | rule
    own = {name: {"package_id": f"P{name}"} for name in "ABC"}
    problem = hand.problem(
        WORKS,
        [full],
        projects=own,
        links=[("site", "A", "B"), ("move", "A", "C", "", "moves")],
        lines=[{"factor": 1} | row for row in LINES] * lines,
    )
    facts = facts_of(problem)
    return books_of(facts, hand.plan(problem, list(works))), full


def codes(found: Any) -> list[str]:
    """Give the codes of flaws."""
    return [flaw.message.code for flaw in found]


@pytest.mark.parametrize(
    ("works", "rule", "found"),
    [
        (("A27", "B27"), {}, []),
        (("A28", "B27"), {}, ["audit.pair_broken"]),
        (("A28", "B27"), {"within_years": 1}, []),
        (("A28", "B27"), {"price": 3}, []),
        (("A28",), {"how": "after"}, ["audit.pair_broken"]),
        (("A28", "B27"), {"how": "after"}, []),
        (
            ("A28", "B27"),
            {"how": "after", "after": "completion"},
            ["audit.pair_broken"],
        ),
        (("A27", "B27"), {"how": "instead"}, ["audit.pair_broken"]),
        (("A27",), {"needs": True}, ["audit.pair_lacks"]),
        (("A28", "C28"), {"how": "with", "link": "move"}, []),
        (("A28",), {"how": "with", "link": "move"}, ["audit.pair_broken"]),
        (("C28",), {"how": "with", "link": "move"}, ["audit.pair_broken"]),
        (("A27", "C28"), {"how": "with", "link": "move"}, ["audit.pair_broken"]),
        (("C27",), {"how": "with", "link": "move"}, []),
        (("A27", "C27"), {"how": "with", "link": "move"}, ["audit.pair_broken"]),
    ],
)
def test_ties(works: tuple[str, ...], rule: dict[str, Any], found: list[str]) -> None:
    """Kept, broken, pardoned at a price; moving in goes with what takes it in."""
    assert codes(coupling(*books(*works, **rule))) == found


def test_a_broken_pair_costs_its_price() -> None:
    """3 万元 are 300 units; a kept pair costs nothing."""
    assert break_cost(books("A28", "B27", price=3)[0]) == 300
    assert break_cost(books("A27", "B27", price=3)[0]) == 0


def test_packages_are_counted_by_their_first_year() -> None:
    """Two in 2027 where one may be opened."""
    cap = {"kind": "new_packages", "id": "few", "cap": {"2027": 1}}
    own, _ = books("A27", "B27")
    assert codes(new_packages(own, cap)) == ["audit.packages_opened"]
    own, _ = books("A28", "B27")
    assert codes(new_packages(own, cap)) == []


def test_what_comes_off_a_price_is_paid_by_another_work() -> None:
    """A costs 140 less the 40 of B: with B it is whole, without B a metre is unpaid."""
    own, _ = books("A27", "B27", lines=True)
    assert "audit.metre_unpaid" not in codes(payments(own))
    alone, _ = books("A27", lines=True)
    assert "audit.metre_unpaid" in codes(payments(alone))
