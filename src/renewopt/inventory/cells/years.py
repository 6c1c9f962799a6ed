"""Years: exact ones, dates, and all the ways of not quite knowing."""

from __future__ import annotations

import re
from datetime import datetime

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.amounts import plain_number
from renewopt.inventory.cells.chinese import CHARACTERS, chinese_number, digits_only
from renewopt.inventory.cells.dates import parse_date
from renewopt.inventory.cells.deadlines import deadline
from renewopt.inventory.cells.months import in_calendar, span_or_month
from renewopt.inventory.cells.numbers import allowed, fits
from renewopt.inventory.cells.outcome import (
    MISSING_CELL,
    Context,
    Outcome,
    bad,
    bounded,
    converted,
)
from renewopt.inventory.words import MISSING, has_mark, is_error, key, tight

ABOUT = 2
"""Years that “about” allows either way."""
BEFORE = 5
"""The estimate for “before 2000” lies this many years before the last possible one."""
OLDEST_AGE = 150
FIRST_YEAR = 1900
ZERO_YEAR = 1900
"""What spreadsheets make of an empty date; nobody means it."""

_YEAR = re.compile(r"^(\d{4})(?:\.0+)?年?$")
_MONTH = re.compile(r"^(\d{4})(?:年|[-/.])(\d{1,2})月?$")
_CJK_DIGITS = "零〇○一二三四五六七八九"
_CJK_YEAR = re.compile(rf"([{_CJK_DIGITS}]{{4}})(?=年|$)")
_SHORT = re.compile(rf"^'?(\d{{2}}|[{_CJK_DIGITS}]{{2}})年(?:(\d{{1,2}})月?)?$")
_BUILT = (
    "(?:建成|竣工|敷设|铺设|埋设|安装|投用|投产|投运|交付|通水|通气|"
    "建设|施工|建造|建|完工|启用)"
)
_PARTS = (
    r"(?:底|末|初|年中|春|夏|秋|冬|春季|夏季|秋季|冬季|上半年|下半年|年底|年初|年末)"
)
_WORDY = re.compile(
    rf"^(?:{_BUILT}于)?(\d{{4}})年?{_PARTS}?(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?"
    rf"(?:份)?{_BUILT}?(?:投入使用)?$"
)
_FULL = r"(\d{4})年?(?:[.\-/]?(?:0?[1-9]|1[0-2])月?)?"
_BEFORE = re.compile(
    rf"^{_FULL}(以前|之前|前|底前|年底前|底以前|及以前|及之前)(?:{_BUILT})?$"
)
_BEFORE_SIGN = re.compile(r"^(<|≤|<=|早于|不晚于)(\d{4})年?$")
_AFTER = re.compile(r"^(\d{4})年?(以后|之后|后|及以后)(?:建成|建|敷设)?$")
_AFTER_SIGN = re.compile(r"^(>|≥|>=|晚于|不早于)(\d{4})年?$")
_ABOUT = re.compile(
    r"^(?:约|大约|大概|估计|可能|~|≈|ca\.?|about|c\.)(\d{4})年?(?:左右|前后|建|建成)?$"
    r"|^(\d{4})年?(?:左右|前后|上下|\?|\((?:约|估|估计|大约|不确定|\?)\))$"
)
_RANGE = re.compile(
    r"^(\d{4})年?(?:\d{1,2}月)?(?:[-~/、,至到]+|和)(\d{4}|\d{2})年?(?:\d{1,2}月)?(?:间|之间)?$"
)
_DECADE = re.compile(
    rf"^(?:约|大约)?(?:(?:上|20|二十)世纪)?(\d{{2}}|\d{{4}}|[{CHARACTERS}]{{1,2}})年代"
    rf"(初|初期|早期|前期|中|中期|中叶|末|末期|后期|晚期|中后期|中前期)?(?:{_BUILT})?$"
)
_DECADES = re.compile(
    rf"^(?:(?:上|20)世纪)?(\d{{2}}|[{CHARACTERS}])(?:年代)?[-~、/至到]?"
    rf"(\d{{2}}|[{CHARACTERS}])(?:十)?年代$"
)
_DECADE_BEFORE = re.compile(
    rf"^(?:(?:上|20)世纪)?(\d{{2}}|[{CHARACTERS}]{{1,2}})年代(以前|之前|前|及以前)$"
)
_PART = {
    "": (0, 9), "初": (0, 2), "初期": (0, 3), "早期": (0, 4), "前期": (0, 4),
    "中": (3, 7), "中期": (3, 7), "中叶": (3, 7), "末": (7, 9), "末期": (7, 9),
    "后期": (5, 9), "晚期": (5, 9), "中后期": (4, 9), "中前期": (0, 6),
}  # fmt: skip
"""First and last year of a part of a decade."""
_ERAS = {
    "解放前": 1949, "建国前": 1949, "新中国成立前": 1949, "改革开放前": 1978,
}  # fmt: skip
_AGE = re.compile(
    rf"^(?:已经?(?:使?用|运行|投用|服役)|使用|运行|约|近)?(\d{{1,3}}(?:\.\d)?|[{CHARACTERS}]{{1,3}})年?(?:多|余|左右)?$"
)
_USED = re.compile(r"^已经?(?:使?用|运行|投用|服役)")
"""What makes a number of years an age whatever the header says."""
_SIX_DIGITS = re.compile(r"^\d{6}$")


def parse_year(text: str, spec: ColumnSpec, context: Context) -> Outcome:
    """Read a year; before, about, decades, ranges and ages give intervals."""
    if len(text) == 4 and text.isascii() and text.isdigit():
        return _held(Outcome(int(text)), spec, context)
    word = tight(text)
    if has_mark(text):
        return bad("inventory.footnote_mark")
    if key(word) in MISSING:
        return MISSING_CELL
    if is_error(word):
        return bad("inventory.formula_error")
    aged = context.ages or _USED.match(word) is not None
    if aged and (found := _age(word, context)) is not None:
        return _held(found, spec, context)
    word = _CJK_YEAR.sub(lambda m: str(digits_only(m[1])), word)
    if not in_calendar(word):
        return bad("inventory.not_a_year", allowed(spec))
    for way in (deadline, _definite, _interval):
        found = way(word, spec, context)
        if found is not None:
            return _held(found, spec, context)
    if _AGE.match(word):
        return bad("inventory.year_or_age", allowed(spec))
    return bad("inventory.not_a_year", allowed(spec))


def _held(found: Outcome, spec: ColumnSpec, context: Context) -> Outcome:
    """Hold a year to the column's bounds and, where it is past, to the present."""
    if not isinstance(found.value, int | float):
        return found
    value, last = int(found.value), context.as_of.year
    wrong = fits(value, spec)
    if wrong:
        return bad(wrong, allowed(spec), value)
    if spec.past and value == ZERO_YEAR and found.quality != "bounded":
        return Outcome(value, "doubtful", "inventory.zero_date", seen=value)
    low, high = found.low, found.high
    if found.quality == "bounded":
        low = max(low, spec.min if spec.min is not None else low)
        high = min(high, last if spec.past else high)
        value = int(min(max(value, low), high))
    if (spec.past and value > last) or low > high:
        return bad("inventory.future_year", {"year": last}, value)
    return Outcome(value, found.quality, found.code, low, high, value, found.params)


def _definite(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    found = _YEAR.match(word)
    if found:
        return Outcome(int(found[1]))
    day = parse_date(word, spec, context)
    if day.code == "inventory.year_as_date":
        return day
    if span := span_or_month(word):
        return span
    found = _MONTH.match(word)
    if found and 1 <= int(found[2]) <= 12:
        return Outcome(int(found[1]))
    if isinstance(day.value, datetime) and day.code != "inventory.date_without_day":
        year = day.value.year
        return converted(year, day.code) if day.code else Outcome(year)
    if isinstance(day.value, datetime) and _SIX_DIGITS.match(word):
        return converted(day.value.year, "inventory.compact_date")
    found = _WORDY.match(word)
    if found:
        return converted(int(found[1]), "inventory.year_in_words")
    return _short(word)


def _short(word: str) -> Outcome | None:
    """Read 98年 as 1998; 15年 may be an age, and 35年 nobody knows."""
    found = _SHORT.match(word)
    if found is None:
        return None
    number = int(found[1]) if found[1].isascii() else digits_only(found[1])
    if number is None or (found[2] and not 1 <= int(found[2]) <= 12):
        return None
    if number >= 50:
        return converted(1900 + number, "inventory.short_year")
    if number < 10 or found[2]:
        return converted(2000 + number, "inventory.short_year")
    return None


def _interval(word: str, spec: ColumnSpec, context: Context) -> Outcome | None:
    for way in (_about, _before, _after, _range, _decade, _decades):
        found = way(word, spec, context)
        if found is not None:
            low, mid, high = found
            code = "inventory.bounded_year"
            return bounded(int(mid), low, high, code) if low <= high else None
    return None


_Three = tuple[float, float, float] | None


def _about(word: str, spec: ColumnSpec, context: Context) -> _Three:
    found = _ABOUT.match(word)
    if found is None:
        return None
    year = int(found[1] or found[2])
    return year - ABOUT, year, year + ABOUT


def _oldest(spec: ColumnSpec) -> float:
    return spec.min if spec.min is not None else FIRST_YEAR


def _before(word: str, spec: ColumnSpec, context: Context) -> _Three:
    """Read 2000年前 (up to 1999), 2000年以前 and 2000年底前 (up to 2000)."""
    last: int | None = _ERAS.get(word)
    if found := _BEFORE.match(word):
        month = re.search(r"\d月|\d\.\d|\d[-/]\d", word) is not None
        last = int(found[1]) - (0 if found[2] not in {"前", "之前"} or month else 1)
    elif found := _BEFORE_SIGN.match(word):
        last = int(found[2]) - (1 if found[1] in {"<", "早于"} else 0)
    elif found := _DECADE_BEFORE.match(word):
        first = _decade_start(found[1])
        if first is not None:
            last = first + 9 if found[2] in {"以前", "及以前"} else first - 1
    if last is None:
        return None
    low = _oldest(spec)
    return low, max(last - BEFORE, low), last


def _after(word: str, spec: ColumnSpec, context: Context) -> _Three:
    """Read 2000年后: up to the present, where the column is about the past."""
    found = _AFTER.match(word)
    sign = _AFTER_SIGN.match(word)
    if not (found or sign) or not spec.past:
        return None
    first = int(found[1]) if found else int(sign[2]) if sign else 0
    if sign and sign[1] in {">", "晚于"}:
        first += 1
    last = context.as_of.year
    return first, min(first + BEFORE, last), last


def _range(word: str, spec: ColumnSpec, context: Context) -> _Three:
    found = _RANGE.match(word)
    if found is None:
        return None
    first = int(found[1])
    last = int(found[2])
    if len(found[2]) == 2:
        last += first // 100 * 100
        if int(found[2]) <= 12 and "年" not in word:
            return None
    if last < first and not re.search("[、,/和]", word):
        return None
    low, high = min(first, last), max(first, last)
    return low, (low + high) // 2, high


def _decade_start(text: str) -> int | None:
    """Give the first year: 90, 九十, 九〇 → 1990; 2000 → 2000; 20 has two readings."""
    if text.isascii():
        number: float | None = float(text)
    else:
        number = digits_only(text) if len(text) == 2 else None
        if number is None:
            number = chinese_number(text)
    if number is None or number % 10:
        return None
    if number >= 1000:
        return int(number)
    if number in {0, 10}:
        return 2000 + int(number)
    return 1900 + int(number) if 30 <= number <= 90 else None


def _decade(word: str, spec: ColumnSpec, context: Context) -> _Three:
    found = _DECADE.match(word)
    first = _decade_start(found[1]) if found else None
    if found is None or first is None:
        return None
    start, end = _PART[found[2] or ""]
    if word.startswith(("约", "大约")):
        start, end = start - ABOUT, end + ABOUT
    return first + start, first + (start + end + 1) // 2, first + end


def _decades(word: str, spec: ColumnSpec, context: Context) -> _Three:
    """Read 八九十年代 and 80-90年代."""
    found = _DECADES.match(word)
    if found is None:
        return None
    starts = [
        _decade_start(t if len(t) == 2 or t == "十" else f"{t}十")
        for t in found.groups()
    ]
    if starts[0] is None or starts[1] is None or starts[0] >= starts[1]:
        return None
    return starts[0], (starts[0] + starts[1] + 9) // 2, starts[1] + 9


def _age(word: str, context: Context) -> Outcome | None:
    """Read an age under a header of ages: it needs the year that it was true in."""
    found = _AGE.match(word)
    if found is None:
        return None
    read = plain_number(found[1])
    age = chinese_number(found[1]) if read is None else read
    if age is None or age > OLDEST_AGE:
        return None
    if not context.as_of.stated:
        return bad("inventory.age_needs_as_of")
    last = context.as_of.year - int(age)
    slack = ABOUT if not found[0].rstrip("年")[-1].isdigit() or word[0] in "约近" else 0
    return bounded(last, last - 1 - slack, last + slack, "inventory.age_to_year")
