"""Deadlines: by 2027 means 2027, not some year before it."""

from __future__ import annotations

import re

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.outcome import Context, Outcome, bounded, converted

_DONE = (
    r"(?:应|须|需|要)?(?:全部|全面|基本)?"
    r"(?:完成|完工|整改|改造|整治|更新|更换|消除)*(?:到位|完毕)?"
)
_BY = re.compile(
    r"^(?:应|须|需)?(?:于|在|到|至|截至|截止|截止到|截至到)?(\d{4})(?:年度?)?"
    r"(?:[.\-/]?(0?[1-9]|1[0-2])(?:月份?|(?=[^\d月]|$))"
    r"(?:[.\-/]?([0-2]?\d|3[01])[日号]?)?)?"
    r"(年?底|年?末|上半年|下半年|中旬|上旬|下旬|[1-4一二三四]季度)?"
    rf"(以前|之前|前|及以前|及之前|内|以内)?{_DONE}$"
)
_SIGN = re.compile(r"^(<|<=|≤|⩽|早于|不晚于|不迟于|最迟|最晚|by)(\d{4})年?底?前?$")


def deadline(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    """Read the year by which something must be done; None outside such columns.

    2028年前 and <2028 may mean the end of 2027 or of 2028; so may a day of January.
    """
    del context
    if not spec.deadline:
        return None
    sign, by = _SIGN.match(word), _BY.match(word)
    if sign:
        unclear = sign[1] in {"<", "早于"} or (word[-1] == "前" and "底" not in word)
        return _taken(int(sign[2]), unclear)
    if by is None or not (by[5] or _says_done(word)):
        return None
    within = by[2] is not None or by[4] is not None or by[5] not in _STRICT
    early = by[2] is not None and int(by[2]) == 1 and by[5] in _STRICT
    return _taken(int(by[1]), not within or early)


_STRICT = {"以前", "之前", "前"}
"""Words that may leave the named year out."""


def _says_done(word: str) -> bool:
    return not word[-1].isdigit() and word[-1] not in "年月日号底末度"


def _taken(year: int, unclear: bool) -> Outcome:
    if unclear:
        return bounded(year - 1, year - 1, year, "inventory.bounded_year")
    return converted(year, "inventory.year_in_words")
