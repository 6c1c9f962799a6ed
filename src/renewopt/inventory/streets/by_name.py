"""Street segments by name: the segment that a text names, or the street's only one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import pandas as pd

from renewopt.inventory.streets.names import StreetName, street_name, usual_names
from renewopt.inventory.words import key


@dataclass(frozen=True)
class StreetIndex:
    """The segments of a road layer by their names.

    Attributes
    ----------
    aliases
        Normal form of another name → normal form of the usual one.
    segments
        Street and ends → the segments of that name.
    streets
        Street → all its segments.
    """

    aliases: Mapping[str, str]
    segments: Mapping[StreetName, tuple[str, ...]] = field(default_factory=dict)
    streets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, text: str) -> StreetName:
        """Read a street name with the aliases of the index."""
        return street_name(text, self.aliases)

    def segment(self, name: StreetName) -> str | None:
        """Give the only segment that has the name."""
        if name.ends:
            found = self.segments.get(name, ())
        else:
            found = self.streets.get(name.street, ())
        return found[0] if len(found) == 1 else None


def index_streets(corridors: pd.DataFrame, aliases: Mapping[str, str]) -> StreetIndex:
    """Index a road layer by name, street and, where it has them, other names."""
    frame = corridors.reindex(columns=["corridor_id", "name", "street", "alias"])
    frame = frame.astype(object).where(frame.notna(), "")
    rows = list(frame.itertuples(index=False, name=None))
    own = {
        part.strip(): street
        for _, _, street, alias in rows
        for part in str(alias).replace("、", ";").replace("；", ";").split(";")
        if part.strip() and street
    }
    usual = usual_names({**own, **aliases})
    segments: dict[StreetName, list[str]] = {}
    streets: dict[str, list[str]] = {}
    for corridor_id, name, street, _ in rows:
        full = street_name(str(name), usual)
        base = street_name(str(street), usual).street if street else full.street
        if full.ends:
            segments.setdefault(StreetName(base, full.ends), []).append(corridor_id)
        if base:
            streets.setdefault(base, []).append(corridor_id)
    return StreetIndex(
        usual,
        {name: tuple(sorted(ids)) for name, ids in segments.items()},
        {name: tuple(sorted(ids)) for name, ids in streets.items()},
    )


def read_names(texts: pd.Series, index: StreetIndex) -> dict[str, StreetName]:
    """Read every distinct text once."""
    return {str(text): index.read(str(text)) for text in texts.dropna().unique()}


def named_id(name: StreetName) -> str:
    """Give the identifier of a segment that only names tell of; the same every time."""
    text = "|".join((name.street, *name.ends))
    return f"N-{sha256(key(text).encode()).hexdigest()[:12]}"
