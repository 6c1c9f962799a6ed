"""Proposals for mapping profiles: which header, value and unit means what.

A proposal is sure only where the name is one that is known (or differs by a slip of the
pen) and the cells under it fit; everything else is for a person to confirm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError, message
from renewopt.inventory.ends import LENGTH, told_by_place
from renewopt.inventory.kinds import TableKind, all_kinds, class_kind, states
from renewopt.inventory.named import IDENTIFIER, names_identify
from renewopt.inventory.proposal import (
    Candidate,
    ColumnProposal,
    TableProposal,
    ValueProposal,
)
from renewopt.inventory.propose_columns import (
    LEAST,
    bare_unit,
    column_proposal,
    each_once,
    similar,
)
from renewopt.inventory.propose_values import value_proposals
from renewopt.inventory.raw import RawTable
from renewopt.inventory.recognise import LEAST_HEADERS, tells_own
from renewopt.inventory.units import is_unit
from renewopt.inventory.words import key

__all__ = [
    "Candidate",
    "ColumnProposal",
    "TableProposal",
    "ValueProposal",
    "propose",
]


def propose(
    raws: Sequence[RawTable], catalogue: Catalogue, asset_class: str | None = None
) -> list[TableProposal]:
    """Propose a profile for the tables of one file.

    Sheets in which nothing is recognised are left out.

    Raises
    ------
    InputError
        Where no table is recognised at all, or the class is not known.
    """
    kinds = all_kinds(catalogue)
    if asset_class is not None:
        if asset_class not in catalogue.asset_classes:
            known = ", ".join(sorted(catalogue.asset_classes))
            raise InputError.of(
                "inventory.unknown_class", value=asset_class, known=known
            )
        kinds = (class_kind(catalogue, asset_class),)
    found = [item for raw in raws if (item := _table(raw, kinds)) is not None]
    if not found:
        known = ", ".join(kind.id for kind in kinds)
        names = ", ".join(dict.fromkeys(raw.file for raw in raws))
        raise InputError(message("inventory.unknown_class", value=names, known=known))
    return found


def _table(raw: RawTable, kinds: Sequence[TableKind]) -> TableProposal | None:
    """Take the kind that the name says, else the one that most columns are sure of.

    Raises
    ------
    InputError
        Where several kinds are as likely: a wrong class would go unseen.
    """
    named = [
        kind
        for text in (raw.sheet, raw.stem)
        if (kind := _named(text, kinds)) is not None
    ]
    if not named and len(kinds) > 1:
        kinds = [kind for kind in kinds if tells_own(raw, kind)]
    tried = [_as_kind(raw, kind) for kind in (named[:1] or kinds)]
    scores = [sum(c.sure for c in t.columns) - 2 * len(t.missing) for t in tried]
    best = [t for t, s in zip(tried, scores, strict=True) if s == max(scores)]
    if sum(bool(column.field) for column in best[0].columns) < LEAST_HEADERS:
        return None
    if len(best) > 1:
        place = f"{raw.file} [{raw.sheet}]" if raw.sheet else raw.file
        likely = ", ".join(item.table for item in best)
        raise InputError.of("inventory.class_unclear", file=place, known=likely)
    return best[0]


def _named(text: str, kinds: Sequence[TableKind]) -> TableKind | None:
    """Find the kind that a file or sheet name states: the longest name it contains."""
    found = [
        (len(key(name)), -number)
        for number, kind in enumerate(kinds)
        for name in kind.names
        if states(text, name)
    ]
    return kinds[-max(found)[1]] if found else None


def _as_kind(raw: RawTable, kind: TableKind) -> TableProposal:
    top = raw.top()
    row = _header_row(top, kind)
    header_rows = 2 if row + 1 < len(top) and _are_units(top[row + 1]) else 1
    body = raw.grid.iloc[row + header_rows :]
    below = top[row + 1] if header_rows == 2 else [""] * len(top[row])
    columns = [
        column_proposal(text, position, body, kind, below[position])
        for position, text in enumerate(top[row])
        if text.strip()
    ]
    columns = each_once(columns)
    fields = {column.field for column in columns}
    return TableProposal(
        raw.file,
        raw.sheet,
        raw.stem,
        kind.id,
        header_rows,
        tuple(columns),
        tuple(value_proposals(columns, body, kind)),
        tuple(_missing(raw, kind, fields)),
    )


def _missing(raw: RawTable, kind: TableKind, fields: set[str]) -> Iterator[str]:
    """List the needed columns that are neither there nor told by names or shapes."""
    told = {LENGTH} & told_by_place(raw, kind)
    if names_identify(kind, fields):
        told |= {IDENTIFIER}
    for spec in kind.columns:
        if spec.required and spec.name not in fields | told:
            yield spec.name


def _header_row(top: Sequence[Sequence[str]], kind: TableKind) -> int:
    """Choose the row with most known or similar headers; the upper one of equals."""
    scores = [
        sum(
            best
            for cell in row
            if cell.strip()
            and (best := similar(cell, kind.columns)[0].similarity) >= LEAST
        )
        for row in top
    ]
    return max(range(len(scores)), key=lambda i: (scores[i], -i), default=0)


def _are_units(cells: Sequence[str]) -> bool:
    """Tell whether a row holds units only, as below a header."""
    texts = [bare_unit(cell) for cell in cells if cell.strip()]
    return bool(texts) and all(is_unit(text) for text in texts)
