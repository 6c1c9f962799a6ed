"""Statements: figures that a run states beside those that the books come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from renewopt.audit.figures import Money, Ratio
from renewopt.audit.report import Flaw, flaw

ROUNDING = Fraction(6, 100_000)
"""Measured figures are stated with four decimals."""


def tree_differs(rule_id: str, place: str, right: Any, stated: Any) -> Iterator[Flaw]:
    """Compare recomputed figures with stated ones, leaf by leaf."""
    if isinstance(right, Mapping):
        other = stated if isinstance(stated, Mapping) else {}
        for key in sorted({*right, *other}):
            path = f"{place}.{key}" if place else str(key)
            if key not in right:
                yield flaw("audit.stated_too_much", rule_id, path, 0, 1, "figures")
            elif key not in other:
                yield flaw("audit.not_stated", rule_id, path, 1, 0, "figures")
            else:
                yield from tree_differs(rule_id, path, right[key], other[key])
        return
    if not _leaf_agrees(right, stated):
        if isinstance(right, str) or isinstance(stated, (str, Mapping, list)):
            yield text_differs(rule_id, place, str(stated), str(right))
        else:
            unit = "万元" if isinstance(right, Money) else ""
            yield differs(rule_id, place, _number(right), _number(stated), unit)


def _leaf_agrees(right: Any, stated: Any) -> bool:
    if right is None or isinstance(right, (str, bool)):
        return bool(right == stated)
    if isinstance(stated, bool) or not isinstance(stated, (int, Decimal)):
        return False
    value = Fraction(stated)
    if isinstance(right, Money):
        return value * 100 == right.units
    if isinstance(right, Ratio):
        return abs(value - right.value) <= ROUNDING
    return bool(value == right)


def _number(value: Any) -> float:
    if isinstance(value, Money):
        return value.units / 100
    if isinstance(value, Ratio):
        return float(value.value)
    return 0.0 if value is None else float(value)


def differs(
    rule_id: str, where: str, right: float | None, stated: float | None, unit: str
) -> Flaw:
    """Say that a stated number is not that of the books (empty counts as 0)."""
    return flaw("audit.differs", rule_id, where, right or 0, stated or 0, unit)


def text_differs(rule_id: str, where: str, stated: str, right: str) -> Flaw:
    """Say that a stated word is not the one that the books give."""
    return flaw(
        "audit.text_differs", rule_id, where, 1, 0, "match", stated=stated, right=right
    )
