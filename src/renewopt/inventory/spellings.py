"""Spellings: names that are probably one and the same, listed, never changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np
import pandas as pd

from renewopt.inventory.body import Body
from renewopt.inventory.cells import Parsed
from renewopt.inventory.headers import Match
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.tables import ParsedTable
from renewopt.inventory.words import key

COLUMNS = frozenset({"owner", "operator", "legal_owner", "district"})
MOST = 300
"""Distinct names up to which each is compared with each, letter by letter."""
RARE, COMMON = 0.25, 4
"""A name in up to this share of a common one's rows may be a slip of the pen.

合城县 for 合成县 sounds alike and is copied down: it stands in several rows.
"""
ODD = 0.5
"""Share of the rows below which another way to write sub-districts is the odd one."""
FORMS = ("街道办事处", "街道办", "街道")
"""Ways to write a sub-district behind its name; without any of them it is bare."""
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_LEGAL = re.compile(
    r"街道办事处|街道办|街道|办事处|居委会|股份|有限责任公司|有限公司|总公司|分公司|子公司|集团|公司|co\.?,?ltd\.?|[\s.,、·-]"
)
_PLACE = re.compile(r"[省市县区镇]")
_TELLING = frozenset(
    "东南西北中上下前后左右内外新老大小一二三四五六七八九十甲乙丙丁0123456789"
)
"""Characters in which names differ on purpose: 城南 and 城中, 一公司 and 二公司."""
_OTHER_PLACE = re.compile(r"[省市县区镇乡村社场园路街道局处科站所司组]|其他|全")
"""What is in the name of a place that is no sub-district written short."""


def note_spellings(
    body: Body, frame: pd.DataFrame, matches: Sequence[Match],
    read: Mapping[str, Parsed],
) -> None:  # fmt: skip
    """List the groups of names in columns of owners that are probably the same."""
    for match in matches:
        if match.spec.name not in COLUMNS or match.spec.name not in frame:
            continue
        column = frame[match.spec.name]
        names = _counted_once(column, read[match.spec.name])
        if len(names) < 2:
            continue
        for group in _groups(names):
            _ask(body, column, match, group, names)
        if match.spec.name == "district":
            _ask_form(body, column, match, names)


def spellings_between(tables: Sequence[ParsedTable]) -> Iterator[CellIssue]:
    """Ask about names that another table writes otherwise, where its own is alike."""
    for name in sorted(COLUMNS):
        held = [t for t in tables if name in t.frame and name in t.headers]
        if len(held) < 2:
            continue
        names = _counted([table.frame[name] for table in held])
        for group in _groups(names):
            common = _common(group, names)
            others = [other for other in group if other != common]
            for table in held:
                yield from _asked_between(table, name, others, common)


def _asked_between(
    table: ParsedTable, name: str, others: list[str], common: str
) -> Iterator[CellIssue]:
    """Ask row by row, but not again what the table's own names brought up."""
    text, position = table.headers[name]
    asked = {
        issue.row
        for issue in table.issues
        if issue.code in {"inventory.spelling", "inventory.district_form"}
        and issue.column == text
    }
    column = table.frame[name]
    for i in np.flatnonzero(column.isin(others).to_numpy(dtype=bool)):
        row = int(table.rows[i])
        if row not in asked:
            yield CellIssue(
                table.file, table.sheet, row, text, str(column.iloc[i]),
                "inventory.spelling", "questioned", {"common": common}, "", position,
            )  # fmt: skip


def _counted_once(column: pd.Series, parsed: Parsed) -> dict[str, int]:
    """Count the rows of each name; texts that were read once are not read again."""
    if (parsed.which < 0).any():
        return _counted([column])
    names: Counter[str] = Counter()
    counts = np.bincount(parsed.which, minlength=len(parsed.outcomes)).tolist()
    for outcome, rows in zip(parsed.outcomes, counts, strict=True):
        if rows and outcome.value is not None:
            names[str(outcome.value)] += rows
    return dict(names)


def _counted(columns: Sequence[pd.Series]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for column in columns:
        for name, number in column.dropna().value_counts().items():
            counts[str(name)] += int(number)
    return dict(counts)


def _ask(
    body: Body,
    column: pd.Series,
    match: Match,
    group: list[str],
    counts: dict[str, int],
) -> None:
    """Note the group once, and ask about each row that has a rarer spelling."""
    common = _common(group, counts)
    body.add(
        "inventory.spellings", "note", 0, match.header.text, " | ".join(group),
        position=match.position, rows=sum(counts[name] for name in group),
    )  # fmt: skip
    rare = column.isin([name for name in group if name != common]).to_numpy(dtype=bool)
    body.add_rows(
        rare, "inventory.spelling", "questioned", match.header.text, column,
        match.position, common=common,
    )  # fmt: skip


def _common(group: Sequence[str], counts: Mapping[str, int]) -> str:
    """Choose the spelling that the others are held against.

    Sub-districts are written alike in most files: the way of the column comes first,
    so that one street of a few rows is not held against its own rarer spelling.
    """
    way, _ = _main_form(counts)
    own = {name: bool(way) and form_of(name) == way for name in group}
    return max(group, key=lambda name: (own[name], counts[name], name))


def form_of(name: str) -> str | None:
    """Give how a sub-district is written; None for what is none."""
    for form in FORMS:
        if name.endswith(form) and name != form:
            return form
    return None if _OTHER_PLACE.search(name) or len(name) > 4 else ""


def _main_form(counts: Mapping[str, int]) -> tuple[str, int]:
    """Give how most sub-districts are written, and in how many rows; else "", 0."""
    ways: Counter[str] = Counter()
    for name, number in counts.items():
        form = form_of(name)
        if form is not None:
            ways[form] += number
    return max(ways.items(), key=lambda w: (w[1], w[0] == FORMS[-1]), default=("", 0))


def _ask_form(
    body: Body, column: pd.Series, match: Match, counts: dict[str, int]
) -> None:
    """Ask about the sub-districts that are written otherwise than most of them."""
    way, rows_alike = _main_form(counts)
    cores = {core(name) for name in counts if form_of(name) == way}
    odd = [
        name for name in counts
        if form_of(name) not in {None, way} and core(name) not in cores
    ]  # fmt: skip
    if not way or len(cores) < 2 or sum(counts[n] for n in odd) > ODD * rows_alike:
        return
    for name in sorted(odd):
        rows = (column == name).fillna(False).to_numpy(dtype=bool)
        body.add_rows(
            rows, "inventory.district_form", "questioned", match.header.text, column,
            match.position, form=way,
        )  # fmt: skip


def _groups(counts: Mapping[str, int]) -> Iterator[list[str]]:
    """Put names that are alike into groups, each name in one group."""
    leader = {name: name for name in counts}

    def root(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    first: dict[str, str] = {}
    for name in sorted(counts):
        leader[name] = root(first.setdefault(core(name), name))
    if len(counts) <= MOST:
        for one, two in combinations(sorted(counts), 2):
            if alike(one, two) or _slip(one, two, counts):
                leader[root(two)] = root(one)
    members: dict[str, list[str]] = {}
    for name in sorted(counts):
        members.setdefault(root(name), []).append(name)
    yield from (group for group in members.values() if len(group) > 1)


@lru_cache(maxsize=20_000)
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


def _slip(one: str, two: str, counts: Mapping[str, int]) -> bool:
    """Tell whether a rare name differs from a common one by a single character."""
    rare, common = sorted((one, two), key=counts.__getitem__)
    if counts[common] < COMMON or counts[rare] > max(1.0, RARE * counts[common]):
        return False
    a, b = core(rare), core(common)
    if not len(a) == len(b) >= 4:
        return False
    differ = [pair for pair in zip(a, b, strict=True) if pair[0] != pair[1]]
    return len(differ) == 1 and not all(letter in _TELLING for letter in differ[0])
