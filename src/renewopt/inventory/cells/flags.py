"""Flags: yes and no in the ways that bureaus write them."""

from __future__ import annotations

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.outcome import MISSING_CELL, Context, Outcome, bad
from renewopt.inventory.words import MISSING, is_circled, is_error, key

_TRUE = frozenset(
    {"是", "有", "√", "✓", "✔", "☑", "对", "1", "y", "yes", "true", "t", "真", "■", "●"}
)
_FALSE = frozenset(
    {"否", "无", "没有", "×", "x", "✗", "✘", "不是", "未", "0", "n", "no", "false", "f"}
    | {"假", "☐", "□", "○"}
)


def parse_flag(text: str, spec: ColumnSpec, context: Context) -> Outcome:
    """Read a yes or a no; an empty cell is neither."""
    if is_circled(text):
        return bad("inventory.footnote_mark")
    word = key(text)
    if word in _TRUE:
        return Outcome(True)
    if word in _FALSE:
        return Outcome(False)
    if word in MISSING:
        return MISSING_CELL
    return bad("inventory.formula_error" if is_error(word) else "inventory.not_a_flag")
