"""Texts: names and identifiers, as written but tidy."""

from __future__ import annotations

import re

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.outcome import MISSING_CELL, Context, Outcome, bad
from renewopt.inventory.words import TEXT_MISSING, is_error, key, tidy

FREE = frozenset({"remark"})
"""Columns of free text: every word in them is kept."""
_DATE = re.compile(
    r"^(19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}( \d{1,2}:\d{2}.*)?$"
    r"|^\d{1,2}月\d{1,2}日$|^\d{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$"
    r"|^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{1,2}$",
    re.IGNORECASE,
)
_ROUNDED = re.compile(r"^\d(\.\d+)?e\+?\d{2,3}$", re.IGNORECASE)


def is_identifier(spec: ColumnSpec) -> bool:
    """Tell whether the column holds identifiers, which must be taken to the letter."""
    return spec.unique or spec.name.endswith(("_id", "_code", "_node"))


def parse_text(text: str, spec: ColumnSpec, context: Context) -> Outcome:
    """Read a text; an identifier that a spreadsheet has changed is doubtful."""
    value = tidy(text)
    if not value:
        return MISSING_CELL
    if is_error(value):
        return bad("inventory.formula_error")
    if spec.name not in FREE and key(value) in TEXT_MISSING:
        return MISSING_CELL
    if is_identifier(spec):
        if _DATE.match(value):
            return Outcome(value, "doubtful", "inventory.id_is_date")
        if _ROUNDED.match(value):
            return Outcome(value, "doubtful", "inventory.id_rounded")
    return Outcome(value)
