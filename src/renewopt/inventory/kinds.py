"""TableKind: what a table may be, an asset class or another table of a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from renewopt.catalogue import Catalogue
from renewopt.catalogue.columns import ColumnSpec
from renewopt.catalogue.extra_tables import extra_tables
from renewopt.inventory.words import key

_WORD = re.compile(r"[a-z]{1,6}")
"""A short word, which may well be part of another word."""


_NO_STREET = "(?![路街巷村])"
"""A word before these is part of a place: 泵站路 is a street."""


@dataclass(frozen=True)
class TableKind:
    """What a table may be: its columns and the file or sheet names that say so.

    Attributes
    ----------
    told_by
        Columns of which one must be there for its headers alone to tell it; empty: any.
    not_names
        Words in such a name which say that it is something else: 污水 in 污水管道.
    """

    id: str
    names: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    is_asset_class: bool
    told_by: tuple[str, ...] = ()
    not_names: tuple[str, ...] = ()


def extra_kind(table_id: str) -> TableKind:
    """Give the kind of one table of `extra_tables.toml`."""
    table = extra_tables()[table_id]
    return TableKind(table.id, table.names, table.columns, False)


def without_need(kind: TableKind, column: str) -> TableKind:
    """Give the kind with a column that may be absent or empty."""
    columns = tuple(
        c.model_copy(update={"required": False}) if c.name == column else c
        for c in kind.columns
    )
    return replace(kind, columns=columns)


def class_kind(catalogue: Catalogue, asset_class: str) -> TableKind:
    """Give the kind of one asset class."""
    model = catalogue.asset_classes[asset_class]
    names = (model.id, model.title.zh, model.title.en, *model.names)
    return TableKind(
        model.id, names, model.columns, True, model.told_by, model.not_names
    )


def all_kinds(catalogue: Catalogue) -> tuple[TableKind, ...]:
    """List every kind that an inventory folder may hold, in a fixed order."""
    classes = [class_kind(catalogue, name) for name in sorted(catalogue.asset_classes)]
    extras = [name for name in extra_tables() if name != "project_list"]
    return (*classes, *(extra_kind(name) for name in extras))


def kinds_by_name(text: str, kinds: tuple[TableKind, ...]) -> list[TableKind]:
    """List the kinds that a file or sheet name states, the longest name first.

    A kind whose name is only part of another's name there is left out, and one that
    the text denies by one of its `not_names`.
    """
    found: dict[str, tuple[str, TableKind]] = {}
    for kind in kinds:
        names = [key(n) for n in kind.names if states(text, n)]
        if names:
            found[kind.id] = (max(names, key=len), kind)
    whole = [
        (name, kind)
        for name, kind in found.values()
        if not any(name != other and name in other for other, _ in found.values())
    ]
    whole = [item for item in whole if not denying(text, item[1])]
    return [kind for _, kind in sorted(whole, key=lambda item: -len(item[0]))]


def states(text: str, name: str) -> bool:
    """Tell whether a file or sheet name has a kind's name in it.

    A short Latin word must stand by itself: there is no `road` in `broadway`.
    """
    if not _WORD.fullmatch(name):
        return key(name) in key(text)
    return re.search(f"(?<![a-z]){name}s?(?![a-z])", text.casefold()) is not None


def denying(text: str, kind: TableKind) -> str:
    """Give the longest word of a name which says that it is not this kind, or ""."""
    wanted = key(text)
    words = (w for w in kind.not_names if re.search(key(w) + _NO_STREET, wanted))
    return max(words, key=len, default="")


def other_thing(text: str, kinds: tuple[TableKind, ...]) -> str:
    """Give the word of a name which says that it is none of these kinds, or ""."""
    words = (denying(text, kind) for kind in kinds if kind.is_asset_class)
    return max(words, key=len, default="")
