"""Typing errors in headers: which missing column an unknown header may mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.header_cells import readings
from renewopt.inventory.headers import HeaderRow
from renewopt.inventory.words import key

LEAST_LETTERS = 4
"""Characters from which one wrong among them is a typing error."""
LEAST_LATIN = 5
_ALIKE = tuple(
    frozenset(group)
    for group in (
        "径经劲迳茎", "材才财", "长常張张", "设没社投", "埋理里", "深探琛", "压庄圧",
        "质值直", "级极及", "份分", "号好", "数树", "权杈", "态太", "户护", "积级",
    )
)  # fmt: skip
"""Characters that are typed or read for each other."""


def near_headers(header: HeaderRow, specs: Iterable[ColumnSpec]) -> dict[str, str]:
    """Map unknown headers to the header of a missing column that they nearly are."""
    read = {match.spec.name for match in header.matches}
    wanted = [
        key(name)
        for spec in specs
        if spec.name not in read
        for name in spec.headers.all()
    ]
    found = {}
    for text in header.unknown:
        near = next((w for name in _names(text) for w in wanted if _near(name, w)), "")
        if near:
            found[text] = near
    return found


def _names(text: str) -> Iterator[str]:
    """List what an unknown header may be called: whole, or below its group."""
    for part in dict.fromkeys((text, text.split(" ")[-1])):
        for name, _ in readings(part):
            yield name
        yield re.sub(r"[(\[].*$", "", key(part))


def _near(name: str, wanted: str) -> bool:
    """Tell whether one character, typed wrongly, is all that differs."""
    # rapidfuzz takes long to load and most tables need it nowhere.
    from rapidfuzz.distance import OSA

    if not name or any(letter.isdigit() for letter in name + wanted):
        return False
    if len(name) == len(wanted) and _looks_alike(name, wanted):
        return True
    least = LEAST_LATIN if wanted.isascii() else LEAST_LETTERS
    return (
        min(len(name), len(wanted)) >= least
        and OSA.distance(name, wanted, score_cutoff=1) <= 1
    )


def _looks_alike(name: str, wanted: str) -> bool:
    other = [{a, b} for a, b in zip(name, wanted, strict=True) if a != b]
    return len(other) == 1 < len(name) and any(other[0] <= group for group in _ALIKE)
