"""Numbers in a column of codes: 0.4MPa is a pressure level."""

from __future__ import annotations

import re
from typing import Any

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.outcome import Context, Outcome, bad, converted
from renewopt.inventory.units import factor, is_unit
from renewopt.inventory.words import has_mark, key, tight

_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)([^\d.].*)?$")


def parse_band(text: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read a number with a unit as the code of its band; None where it is no number.

    The unit stands in the cell or in the header; without one the number is not taken.
    """
    found = _NUMBER.match(key(tight(text).replace(" ", "|")))
    if found is None or spec.bands is None:
        return None
    if has_mark(text):
        return bad("inventory.footnote_mark")
    unit = found[2] or context.unit
    scale = factor(unit, spec.bands.unit) if unit and is_unit(unit) else None
    if scale is None:
        known = ", ".join(choice.zh[0] for choice in spec.choices)
        params = {"known": known, "unit": spec.bands.unit}
        return None if found[2] else bad("inventory.band_without_unit", params)
    value = round(float(found[1]) * scale, 9)
    codes = spec.bands.codes_of(value)
    if len(codes) == 1:
        return converted(codes[0], "inventory.number_for_choice", value)
    return bad("inventory.no_band", no_band(spec, codes, value), value)


def no_band(spec: ColumnSpec, codes: tuple[str, ...], value: float) -> dict[str, Any]:
    """Say why a number tells no code, as parameters of a sentence."""
    labels = {choice.code: choice.zh[0] for choice in spec.choices}
    unit = spec.bands.unit if spec.bands is not None else ""
    fits = ", ".join(labels[code] for code in codes) or "-"
    known = ", ".join(labels.values())
    return {"number": f"{value:g}", "unit": unit, "fits": fits, "known": known}
