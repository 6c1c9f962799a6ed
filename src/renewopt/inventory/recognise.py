"""Recognise what a table is: by its sheet or file name, else by its headers."""

from __future__ import annotations

from renewopt.core.errors import InputError
from renewopt.inventory.headers import find_header
from renewopt.inventory.kinds import TableKind, kind_by_name
from renewopt.inventory.raw import RawTable

LEAST_HEADERS = 2
"""A row with fewer known headers is no header row, so the sheet holds no table."""


def recognise(
    raw: RawTable, kinds: tuple[TableKind, ...], forced: TableKind | None
) -> TableKind:
    """Say what kind of table it is.

    Parameters
    ----------
    forced
        The class that the user named; it holds for every table that is not, by its
        name, one of the other tables of an inventory folder.

    Raises
    ------
    InputError
        Where neither the names nor the headers tell; the known kinds are listed.
    """
    extras = tuple(kind for kind in kinds if not kind.is_asset_class)
    by_name = [
        kind
        for text in (raw.sheet, raw.stem)
        if (kind := kind_by_name(text, extras) or kind_by_name(text, kinds))
    ]
    if forced is not None:
        return next((k for k in by_name[:1] if not k.is_asset_class), forced)
    if by_name:
        return by_name[0]
    best = _by_headers(raw, kinds)
    if best is None:
        raise InputError.of(
            "inventory.unknown_class",
            value=f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file,
            known=", ".join(kind.id for kind in kinds),
        )
    return best


def has_header(raw: RawTable, kind: TableKind) -> bool:
    """Tell whether the table has a header row of the kind at all."""
    header = find_header(raw.top(), kind.columns)
    return len(header.matches) + len(header.twice) >= LEAST_HEADERS


def _by_headers(raw: RawTable, kinds: tuple[TableKind, ...]) -> TableKind | None:
    """Take the kind that knows the most headers, if no other knows as many."""
    scores = []
    for kind in kinds:
        header = find_header(raw.top(), kind.columns)
        if header.matches and not header.missing(kind.columns):
            scores.append((len(header.matches), kind))
    if not scores:
        return None
    top = max(score for score, _ in scores)
    best = [kind for score, kind in scores if score == top]
    return best[0] if len(best) == 1 and top >= LEAST_HEADERS else None
