"""Street names as people write them: 人民路(建设街—胜利街) is a street and its ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from renewopt.inventory.words import DASHES, key, plain

_ENDS = (
    re.compile(r"^(?P<street>[^()]+?)\s*\((?P<ends>[^()]+?)\s*段?\)\s*段?$"),
    re.compile(r"^(?P<street>[^()]+?)\s*:\s*(?P<ends>[^()]+?)\s*段?$"),
    re.compile(r"^(?P<street>[^()/]+?)\s*/\s*(?P<ends>[^()/]+?\s*/\s*[^()/]+?)$"),
)
_SPLITS = (
    re.compile(r"\s*[至到/]\s*"),
    re.compile(r"\s+-\s+|\s+to\s+", re.IGNORECASE),
    re.compile(r"\s*-\s*"),
)


@dataclass(frozen=True)
class StreetName:
    """A street and, where they are written, the two streets between which it is meant.

    Attributes
    ----------
    street, ends
        Normal forms; `ends` is empty or has two, sorted: a segment has no direction.
    label
        The street as it is written.
    """

    street: str
    ends: tuple[str, ...] = ()
    label: str = field(default="", compare=False)


def street_name(text: str, aliases: Mapping[str, str]) -> StreetName:
    """Read a street name; what is not clearly a pair of ends belongs to the street.

    Parameters
    ----------
    aliases
        Normal form of another name → normal form of the usual one.
    """
    normal = plain(text).translate(DASHES)
    for pattern in _ENDS:
        found = pattern.match(normal)
        ends = _pair(found["ends"]) if found else ()
        if found and ends:
            pair = tuple(sorted(_usual(end, aliases) for end in ends))
            street = found["street"].strip()
            return StreetName(_usual(street, aliases), pair, street)
    return StreetName(_usual(normal, aliases), label=normal)


def usual_names(aliases: Mapping[str, str]) -> dict[str, str]:
    """Turn other name → usual name into normal forms."""
    return {key(other): key(usual) for other, usual in aliases.items()}


def _usual(text: str, aliases: Mapping[str, str]) -> str:
    normal = key(text)
    return aliases.get(normal, normal)


def _pair(text: str) -> tuple[str, ...]:
    """Split two ends; nothing where there are not exactly two."""
    for pattern in _SPLITS:
        parts = [part for part in pattern.split(text.strip()) if part]
        if len(parts) == 2 and parts[0] != parts[1]:
            return tuple(parts)
        if len(parts) > 2:
            return ()
    return ()
