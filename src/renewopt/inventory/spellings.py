"""Spellings: names that are probably one and the same, listed, never changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.cells import Parsed
from renewopt.inventory.headers import Match
from renewopt.inventory.words import key

COLUMNS = frozenset({"owner", "operator", "legal_owner", "district"})
MOST = 300
"""Distinct names up to which they are compared."""
RARE, COMMON = 0.02, 20
"""A name in fewer rows than this share of a common one's may be a slip of the pen."""
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_LEGAL = re.compile(
    r"街道办事处|街道办|街道|办事处|居委会|股份|有限责任公司|有限公司|总公司|分公司|子公司|集团|公司|co\.?,?ltd\.?|[\s.,、·-]"
)
_PLACE = re.compile(r"[省市县区镇]")


def note_spellings(
    body: Body, frame: pd.DataFrame, matches: Sequence[Match],
    read: Mapping[str, Parsed],
) -> None:  # fmt: skip
    """List the groups of names in columns of owners that are probably the same."""
    for match in matches:
        if match.spec.name not in COLUMNS or match.spec.name not in frame:
            continue
        names = _counted(frame[match.spec.name], read[match.spec.name])
        if not 2 <= len(names) <= MOST:
            continue
        for group in _groups(names):
            _ask(body, frame[match.spec.name], match, group, names)


def _counted(column: pd.Series, parsed: Parsed) -> dict[str, int]:
    """Count the rows of each name; texts that were read once are not read again."""
    names: dict[str, int] = {}
    if (parsed.which >= 0).all():
        counts = np.bincount(parsed.which, minlength=len(parsed.outcomes)).tolist()
        for outcome, rows in zip(parsed.outcomes, counts, strict=True):
            if rows and outcome.value is not None:
                name = str(outcome.value)
                names[name] = names.get(name, 0) + rows
    else:
        found = column.dropna().value_counts()
        names = {str(name): int(rows) for name, rows in found.items()}
    return names


def _ask(
    body: Body,
    column: pd.Series,
    match: Match,
    group: list[str],
    counts: dict[str, int],
) -> None:
    """Note the group once, and ask about each row that has a rarer spelling."""
    common = max(group, key=lambda name: (counts[name], name))
    body.add(
        "inventory.spellings", "note", 0, match.header.text, " | ".join(group),
        position=match.position, rows=sum(counts[name] for name in group),
    )  # fmt: skip
    rare = column.isin([name for name in group if name != common]).to_numpy(dtype=bool)
    body.add_rows(
        rare, "inventory.spelling", "questioned", match.header.text, column,
        match.position, common=common,
    )  # fmt: skip


def _groups(counts: dict[str, int]) -> Iterator[list[str]]:
    """Put names that are alike into groups, each name in one group."""
    leader = {name: name for name in counts}

    def root(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for one, two in combinations(sorted(counts), 2):
        if alike(one, two) or _slip(one, two, counts):
            leader[root(two)] = root(one)
    members: dict[str, list[str]] = {}
    for name in sorted(counts):
        members.setdefault(root(name), []).append(name)
    yield from (group for group in members.values() if len(group) > 1)


def core(name: str) -> str:
    """Give what names a unit apart from its legal form and place words."""
    bare = _LEGAL.sub("", _BRACKETS.sub("", key(name)))
    return _PLACE.sub("", bare) or bare


def alike(one: str, two: str) -> bool:
    """Tell whether one core is the other or a short form of it."""
    short, long = sorted((core(one), core(two)), key=len)
    short_form = any(word in one + two for word in ("街道", "办", "社区"))
    if short == long or short.isascii() or short_form:
        return short == long
    return len(short) >= 2 and _inside(short, long)


def _inside(short: str, long: str) -> bool:
    rest = iter(long)
    return all(letter in rest for letter in short)


def _slip(one: str, two: str, counts: dict[str, int]) -> bool:
    """Tell whether a rare name differs from a common one by a single character."""
    rare, common = sorted((one, two), key=counts.__getitem__)
    if counts[common] < COMMON or counts[rare] > max(1.0, RARE * counts[common]):
        return False
    a, b = core(rare), core(common)
    if not len(a) == len(b) >= 4:
        return False
    return sum(x != y for x, y in zip(a, b, strict=True)) == 1
