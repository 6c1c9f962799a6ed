"""Texts: names and identifiers, as written but tidy."""

from __future__ import annotations

import re

from renewopt.catalogue.columns import ColumnSpec
from renewopt.core.harmless import unmarked
from renewopt.inventory.cells.outcome import (
    MISSING_CELL,
    Context,
    Outcome,
    bad,
    converted,
)
from renewopt.inventory.words import (
    TEXT_MISSING,
    is_error,
    key,
    tidy,
    visible,
)

FREE = frozenset({"remark"})
"""Columns of free text: every word in them is kept."""
DITTO = frozenset({"同上", "同前", "同左", "同上行", "ditto", "do."})
DITTO_MARKS = frozenset("〃″\"”“＂'’‘〞〝′")
"""Marks for "as above": what is above depends on how the rows are sorted."""
_DATE = re.compile(
    r"^(19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}( \d{1,2}:\d{2}.*)?$"
    r"|^\d{1,2}月\d{1,2}日$|^\d{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$"
    r"|^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{1,2}$",
    re.IGNORECASE,
)
_ROUNDED = re.compile(r"^\d(\.\d+)?e\+?\d{2,3}$", re.IGNORECASE)


_DASHES = re.compile("[‐‑‒–—―−﹣－]")
_WRAPPED = re.compile(r'^="(.*)"$')
_FLOAT = re.compile(r"^(\d{3,15})\.0$")
_INNER_SPACE = re.compile(r"[\u4e00-\u9fff] [\u4e00-\u9fff]")
_MARK = re.compile(
    r"[①-⑳⑴-⒇¹²³⁰-⁹]$|[\[【]\d{1,2}[\]】]$|[(（]注\s*\d{0,2}[)）]$|[*※]+$"
)
_SPAN = re.compile(r"^([^()（）]+?)\s*[(（]([^()（）]*[-—–~～－至到][^()（）]*)[)）]$")
_ALIAS = re.compile(
    r"[(（/](?:原|曾用名|又名|别名|旧称|旧名|现|即|俗称)|(?:原名|又名|曾用名)"
)


def is_identifier(spec: ColumnSpec) -> bool:
    """Tell whether the column holds identifiers, which must be taken to the letter."""
    return spec.unique or spec.name.endswith(("_id", "_code", "_node"))


def parse_text(text: str, spec: ColumnSpec, context: Context) -> Outcome:
    """Read a text; what spreadsheets or typists did to it is undone or asked about."""
    value = unmarked(tidy(text))
    if not value:
        return MISSING_CELL
    if is_error(value):
        return bad("inventory.formula_error")
    if value.casefold() in DITTO or DITTO_MARKS.issuperset(value):
        return bad("inventory.ditto")
    if spec.name in FREE:
        return Outcome(value)
    if key(value) in TEXT_MISSING:
        return MISSING_CELL
    found = _identifier(value) if is_identifier(spec) else _name(value, spec)
    if found is not None:
        return found
    if visible(text) != text:
        return converted(value, "inventory.invisible_characters")
    return Outcome(value)


def _identifier(value: str) -> Outcome | None:
    """Undo what spreadsheets do to identifiers; ask where they lost something."""
    if _DATE.match(value):
        return Outcome(value, "doubtful", "inventory.id_is_date")
    if _ROUNDED.match(value):
        return Outcome(value, "doubtful", "inventory.id_rounded")
    wrapped = _WRAPPED.match(value)
    bare = wrapped[1] if wrapped else value.removeprefix("'").removeprefix("’")
    whole = _FLOAT.match(bare)
    bare = _DASHES.sub("-", whole[1] if whole else bare).strip()
    if " " in bare:
        return Outcome(bare, "doubtful", "inventory.space_inside")
    if _MARK.search(bare):
        return Outcome(bare, "doubtful", "inventory.mark_in_name")
    if bare and bare != value:
        return converted(bare, "inventory.id_cleaned")
    return None


def _name(value: str, spec: ColumnSpec) -> Outcome | None:
    """Ask about marks, other names and spaces inside; split a street from its span."""
    if _MARK.search(value):
        return Outcome(value, "doubtful", "inventory.mark_in_name")
    if _ALIAS.search(value):
        return Outcome(value, "doubtful", "inventory.other_name")
    span = _SPAN.match(value) if spec.name == "street" else None
    if span:
        return converted(span[1], "inventory.street_span")
    if _INNER_SPACE.search(value):
        return Outcome(value, "doubtful", "inventory.space_inside")
    return None
