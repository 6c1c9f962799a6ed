"""Short ways to write the columns of a case table."""

from __future__ import annotations

from renewopt.core.tables import Column


def text(name: str, doc: str, required: bool = False, default: str = "") -> Column:
    """Make a column of text."""
    return Column(name, "text", required, doc=doc, default=default)


def money(name: str, doc: str, required: bool = False) -> Column:
    """Make a column of money, in units of 0.01 万元, never negative."""
    return Column(name, "money", required, "万元", doc, minimum=0, default=0)


def whole(name: str, doc: str, required: bool = False, unit: str = "") -> Column:
    """Make a column of whole numbers."""
    return Column(name, "integer", required, unit, doc)


def count(name: str, doc: str, unit: str = "") -> Column:
    """Make a column of whole numbers that are never negative."""
    return Column(name, "integer", False, unit, doc, minimum=0, default=0)


def number(name: str, doc: str, unit: str = "", required: bool = False) -> Column:
    """Make a column of numbers that are never negative."""
    return Column(name, "number", required, unit, doc, minimum=0, default=0.0)
