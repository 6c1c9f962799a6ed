"""Recognise what a table is: by its sheet or file name, else by its headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from renewopt.core.errors import InputError
from renewopt.inventory.ends import told_by_place
from renewopt.inventory.header_rows import find_header
from renewopt.inventory.headers import HeaderRow
from renewopt.inventory.kinds import TableKind, denying, kinds_by_name, other_thing
from renewopt.inventory.named import IDENTIFIER, tells_identifier
from renewopt.inventory.raw import RawTable

LEAST_HEADERS = 2
"""A row with fewer known headers is no header row, so the sheet holds no table."""


LEAST_SHARE = 0.4
"""Share of the headers that a kind must know to be recognised by them."""


@dataclass(frozen=True)
class Recognised:
    """What a table is, and by what that was told.

    Attributes
    ----------
    by
        `user` (named on the call), `name` (of the file or sheet) or `headers`.
    words
        The headers that told it, where `by` is `headers`.
    """

    kind: TableKind
    by: Literal["user", "name", "headers"]
    words: tuple[str, ...] = ()


def recognise(
    raw: RawTable, kinds: tuple[TableKind, ...], forced: TableKind | None
) -> Recognised:
    """Say what kind of table it is.

    Parameters
    ----------
    forced
        The class that the user named; it holds for every table that is not, by its
        name, one of the other tables of an inventory folder.

    Raises
    ------
    InputError
        Where neither the names nor the headers tell; the known kinds are listed, or
        the headers that would decide between those that fit. Where a name says that
        it is another thing.
    """
    extras = tuple(kind for kind in kinds if not kind.is_asset_class)
    for text in (raw.sheet, raw.stem):
        named = kinds_by_name(text, extras) or (
            [] if forced is not None else kinds_by_name(text, kinds)
        )
        if len(named) == 1:
            open_to = tuple(kind for kind in kinds if not denying(text, kind))
            return _by_name(raw, named[0], open_to)
        if named and not named[0].is_asset_class:
            return Recognised(named[0], "name")
        if named:
            return _by_headers(raw, tuple(named), named=True)
        if forced is None:
            _refuse_other(raw, text, kinds)
    if forced is not None:
        return Recognised(forced, "user")
    return _by_headers(raw, kinds)


def _by_name(
    raw: RawTable, kind: TableKind, kinds: tuple[TableKind, ...]
) -> Recognised:
    """Take the name's word, unless the table lacks what the kind needs.

    A kind that has headers of its own, none of which is there, and that lacks columns
    which it needs gives way to the one that the headers tell. Where they tell none, the
    name stands if it knows most of the headers: then what lacks is said. Records of
    what happened to assets (供水抢修) are no assets.
    """
    if kind.is_asset_class and (other := _records(raw, kind, kinds)) is not None:
        return other
    if kind.told_by:
        header = find_header(raw.top(), kind.columns, raw.merged)
        if _lacks(raw, header, kind) and not _has_own(header, kind):
            try:
                return _by_headers(raw, kinds)
            except InputError:
                if not mostly(header):
                    raise
    return Recognised(kind, "name")


def _records(
    raw: RawTable, kind: TableKind, kinds: tuple[TableKind, ...]
) -> Recognised | None:
    """Take a table that a class does not fit for the other table whose headers fit."""
    top = raw.top()
    own = find_header(top, kind.columns, raw.merged)
    if not _lacks(raw, own, kind):
        return None
    for other in kinds:
        header = find_header(top, other.columns, raw.merged)
        fits = header.score() > own.score() and mostly(header)
        if not other.is_asset_class and fits and not _lacks(raw, header, other):
            words = tuple(match.header.text for match in header.matches)
            return Recognised(other, "headers", words)
    return None


def _lacks(raw: RawTable, header: HeaderRow, kind: TableKind) -> bool:
    """Tell whether columns that the kind needs are neither there nor told by places."""
    missing = {spec.name for spec in header.missing(kind.columns)}
    if tells_identifier(kind, header.matches):
        missing -= {IDENTIFIER}
    return bool(missing) and not missing <= told_by_place(raw, kind)


def _has_own(header: HeaderRow, kind: TableKind) -> bool:
    """Tell whether one of the kind's own columns is there, or none is asked for."""
    found = {match.spec.name for match in header.matches}
    return not kind.told_by or not found.isdisjoint(kind.told_by)


def tells_own(raw: RawTable, kind: TableKind) -> bool:
    """Tell whether headers may tell the kind: it asks for none of its own, or has."""
    if not kind.told_by:
        return True
    return _has_own(find_header(raw.top(), kind.columns, raw.merged), kind)


def _refuse_other(raw: RawTable, text: str, kinds: tuple[TableKind, ...]) -> None:
    """Refuse a table whose name says that it is none of the classes.

    Its headers may fit one all the same: a sewer has a length and a material too.
    """
    word = other_thing(text, kinds)
    if word:
        raise InputError.of(
            "inventory.other_class",
            value=f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file,
            word=word,
            known=", ".join(kind.id for kind in kinds),
        )


def has_header(raw: RawTable, kind: TableKind) -> bool:
    """Tell whether the table has a header row of the kind at all."""
    header = find_header(raw.top(), kind.columns, raw.merged)
    return len(header.matches) + len(header.twice) >= LEAST_HEADERS


def _by_headers(
    raw: RawTable, kinds: tuple[TableKind, ...], *, named: bool = False
) -> Recognised:
    """Take the kind that knows the most headers, if no other knows as many.

    Parameters
    ----------
    named
        The kinds are named by the file or sheet, so that none needs headers of its own.
    """
    scores: list[tuple[int, TableKind, HeaderRow]] = []
    lacking: list[tuple[int, TableKind, HeaderRow]] = []
    for kind in kinds:
        header = find_header(raw.top(), kind.columns, raw.merged)
        if not named and not _has_own(header, kind):
            continue
        if header.matches and mostly(header):
            lacks = _lacks(raw, header, kind)
            (lacking if lacks else scores).append((header.score(), kind, header))
    top = max((score for score, _, _ in scores), default=0)
    best = [(kind, header) for score, kind, header in scores if score == top]
    place = f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file
    if top < LEAST_HEADERS:
        known = ", ".join(kind.id for kind in kinds)
        raise InputError.of("inventory.unknown_class", value=place, known=known)
    # A kind that knows more of the headers, but not all that it needs, is as likely.
    best += [(kind, header) for score, kind, header in lacking if score > top]
    if len(best) > 1:
        raise InputError.of(
            "inventory.class_tie",
            file=place,
            classes=", ".join(kind.id for kind, _ in best),
            headers=_deciding([kind for kind, _ in best]),
        )
    kind, header = best[0]
    words = tuple(match.header.text for match in header.matches)
    return Recognised(kind, "headers", words)


def mostly(header: HeaderRow) -> bool:
    """Tell whether the kind knows a good part of the headers, not just a few."""
    known = len(header.matches) + len(header.shadowed) + len(header.twice)
    return known >= LEAST_SHARE * (known + len(header.unknown))


def _deciding(kinds: list[TableKind]) -> str:
    """List, per kind, headers that only it knows."""
    parts = []
    for kind in kinds:
        others = {spec.name for k in kinds if k is not kind for spec in k.columns}
        own = [s.headers.zh[0] for s in kind.columns if s.name not in others]
        if own:
            parts.append(f"{kind.id}: {', '.join(own[:4])}")
    return "; ".join(parts) or "-"
