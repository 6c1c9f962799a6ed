"""Cells: what is taken, what is repaired, and what is refused."""

from __future__ import annotations

import math
from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewopt.catalogue import Choice, ColumnSpec, Text, load
from renewopt.catalogue.columns import ColumnKind, Names
from renewopt.inventory.cells import AsOf, Context, cell_text, parse_column
from renewopt.inventory.cells import column as columns
from renewopt.inventory.cells.column import parser


def spec(kind: ColumnKind, name: str = "value", **more: object) -> ColumnSpec:
    """Make a column of one kind."""
    return ColumnSpec.model_validate(
        {
            "name": name,
            "kind": kind,
            "headers": Names(zh=("值",), en=("value",)),
            "doc": Text(zh="值", en="value"),
            **more,
        }
    )


LENGTH = spec("number", "length_m", unit="m", min=0.01, max=100_000)
DIAMETER = spec(
    "number", "diameter_mm", unit="mm", min=10, max=4000, notation="pipe_size"
)
YEAR = spec("year", "install_year", min=1900, max=2100, past=True)
GRADE = spec(
    "choice",
    choices=(
        Choice(code="pe", zh=("PE", "聚乙烯"), en=("polyethylene",)),
        Choice(code="none", zh=("无",), en=("no",)),
    ),
)


def parse(text: str, column: ColumnSpec, unit: str = "") -> tuple[object, str]:
    """Parse one cell."""
    parsed = parse_column(pd.Series([text], dtype=object), column, unit)
    value = parsed.cells.iloc[0]
    return (None if pd.isna(value) else value), str(parsed.codes[0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500", 500),
        ("1,200", 1200),
        ("１２００．５", 1200.5),
        (" 12.50 ", 12.5),
        ("1E+3", 1000),
        ("+7", 7),
        ("500m", 500),
        ("500 m", 500),
    ],
)
def test_clear_numbers_are_taken(text: str, value: float) -> None:
    """Thousands, full width, exponents and the column's own unit are exact."""
    assert parse(text, LENGTH) == (value, "")


@pytest.mark.parametrize(
    ("text", "value"), [("1.2公里", 1200), ("0.285 km", 285), ("500 米", 500)]
)
def test_a_unit_in_the_cell_is_converted_and_said(text: str, value: float) -> None:
    """Another unit of the same dimension is exact, but the change is reported."""
    assert parse(text, LENGTH) == (value, "inventory.unit_in_cell")


@pytest.mark.parametrize(
    "text",
    ["1,2", "12,34,567", "5 6", "inf", "0x10", "1_000", "500公斤", "1.2.3", "1e999",
     "=1+1", "300×400", "一百二", "若干", "几十米", "1/2", "50-30", "5+3", "500*"],
)  # fmt: skip
def test_unclear_numbers_are_never_guessed(text: str) -> None:
    """Odd commas, sums, boxes and numerals with two readings give no value."""
    assert parse(text, LENGTH) == (None, "inventory.not_a_number")


def test_header_unit_scales_and_cell_unit_wins() -> None:
    """A header in km makes 1.5 into 1,500 m; `500m` below it stays 500 m."""
    assert parse("1.5", LENGTH, "km") == (1500, "")
    assert parse("500m", LENGTH, "km") == (500, "inventory.unit_in_cell")


def test_bounds_are_inclusive_and_said() -> None:
    """Below and above the range there is no value and a reason."""
    assert parse("0.01", LENGTH) == (0.01, "")
    assert parse("-5", LENGTH) == (None, "inventory.too_small")
    assert parse("100000.1", LENGTH) == (None, "inventory.too_large")


@pytest.mark.parametrize(
    "text", ["DN200", "dn 200", "ＤＮ２００", "200mm", "200", "20cm"]
)
def test_nominal_diameters(text: str) -> None:
    """`DN200` is 200 mm; so are its other clear spellings."""
    assert parse(text, DIAMETER)[0] == 200


@pytest.mark.parametrize("text", ["PE200", "2×300", "DN200(PE)", "300×10", "大管"])
def test_sizes_with_two_readings_give_none(text: str) -> None:
    """What may be a material's mark, a count or a thin box is no size."""
    assert parse(text, DIAMETER) == (None, "inventory.not_a_number")


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1998", 1998),
        ("1998年", 1998),
        ("1998.0", 1998),
        ("1998/01/01", 1998),
        ("2003年10月", 2003),
        ("2003.10", 2003),
        ("2003-10-05", 2003),
        ("1979/01/01 00:00:00+00", 1979),
        ("２００３年", 2003),
    ],
)
def test_years_and_dates_give_years(text: str, year: int) -> None:
    """Four-digit years and real dates are years."""
    assert parse(text, YEAR) == (year, "")


@pytest.mark.parametrize("text", ["2003-02-30", "1998年改造", "20年代", "近年", "200"])
def test_unclear_years_are_never_guessed(text: str) -> None:
    """Days that do not exist, renewals and decades of two centuries give no year."""
    value, code = parse(text, YEAR)
    assert value is None
    assert code in {"inventory.not_a_year", "inventory.year_or_age"}


def test_years_out_of_range() -> None:
    """A year outside the column's range is refused with the range's code."""
    assert parse("1885", YEAR) == (None, "inventory.too_small")


@pytest.mark.parametrize("text", ["", " ", "/", "—", "不详", "未知", "N/A", "　"])
def test_words_for_missing(text: str) -> None:
    """What bureaus write for "not known" is missing, not wrong."""
    for column in (LENGTH, YEAR, GRADE, spec("flag"), spec("date")):
        assert parse(text, column) == (None, "")


def test_choices_by_alias() -> None:
    """Codes and words of both languages are one; `无` may be a choice."""
    assert parse("聚 乙烯", GRADE) == ("pe", "")
    assert parse("ｐｅ", GRADE) == ("pe", "")
    assert parse("无", GRADE) == ("none", "")
    assert parse("铁", GRADE) == (None, "inventory.not_a_choice")


@pytest.mark.parametrize(
    ("text", "value"),
    [("是", True), ("√", True), ("Y", True), ("1", True), ("否", False), ("×", False)],
)
def test_flags(text: str, value: bool) -> None:
    """Yes and no in the ways that bureaus write them."""
    assert parse(text, spec("flag")) == (value, "")
    assert parse("部分", spec("flag")) == (None, "inventory.not_a_flag")


def test_whole_numbers_stay_whole() -> None:
    """12.0 households are 12, 12.5 are refused."""
    homes = spec("integer", "households", unit="户")
    assert parse("12.0", homes) == (12, "")
    assert parse("12.5", homes) == (None, "inventory.not_whole")
    assert parse("1.2万户", homes) == (12_000, "inventory.unit_in_cell")


def test_dates() -> None:
    """A day is exact, a month is its first day and said, nonsense is refused."""
    day = spec("date")
    assert parse("2019年3月5日", day) == (pd.Timestamp(2019, 3, 5), "")
    assert parse("2017/12/01 15:15:00+00", day)[0] == pd.Timestamp(2017, 12, 1, 15, 15)
    assert parse("2019.3", day) == (
        pd.Timestamp(2019, 3, 1),
        "inventory.date_without_day",
    )
    assert parse("上周", day) == (None, "inventory.not_a_date")
    past = day.model_copy(update={"past": True})
    month = (pd.Timestamp(2021, 5, 1), "inventory.date_without_day")
    assert parse("21年5月", past) == month
    assert parse("21年5月3日", past) == (
        pd.Timestamp(2021, 5, 3),
        "inventory.short_year",
    )
    assert parse("49年5月", past) == (None, "inventory.not_a_date")
    assert parse("21年5月", day) == (None, "inventory.not_a_date")


def test_text_keeps_chinese_punctuation_but_not_widths() -> None:
    """Names stay as written; full-width letters and digits of identifiers do not."""
    text = spec("text")
    assert parse(" 人民路（东段） ", text) == ("人民路（东段）", "")
    assert parse("ＧＸ－００１", text) == ("GX-001", "")
    assert parse("=cmd|' /C calc'!A0", text) == ("=cmd|' /C calc'!A0", "")


@pytest.mark.parametrize(
    ("cell", "text"),
    [(200.0, "200"), (1.5, "1.5"), (True, "true"), (None, ""), ("x", "x"),
     (date(2020, 1, 2), "2020-01-02"), (datetime(2020, 1, 2), "2020-01-02"),
     (datetime(2020, 1, 2, 3, 4), "2020-01-02 03:04:00")],
)  # fmt: skip
def test_spreadsheet_cells_as_text(cell: object, text: str) -> None:
    """Whole floats lose `.0`, dates become ISO."""
    assert cell_text(cell) == text


COLUMNS = (
    LENGTH, DIAMETER, YEAR, GRADE, spec("flag"), spec("date"), spec("text", "asset_id"),
    spec("number", "cost", unit="万元", min=0), spec("integer", "events", unit="次"),
)  # fmt: skip
SIGNS = "0123456789.-~/×、,()年月日约余多近≥<以前后左右末初世纪代几十百千万亿半个三两〇"
WORDS = (
    "km",
    "m",
    "DN",
    "de",
    "Φ",
    "小时",
    "分",
    "年代",
    "1998",
    "公里",
    "#REF!",
    "米",
)
PIECES = st.sampled_from((*SIGNS, *WORDS))


@given(st.text(max_size=20) | st.lists(PIECES, max_size=8).map("".join))
def test_no_text_crashes_a_parser(text: str) -> None:
    """Whatever stands in a cell: a value within bounds and interval, or a reason."""
    for column in COLUMNS:
        for context in (Context(), Context(as_of=AsOf(2026), ages=True)):
            outcome = parser(column)(text, column, context)
            assert (outcome.value is None) == (outcome.quality in {"missing", "bad"})
            assert (outcome.code == "") == (outcome.quality in {"exact", "missing"})
            if outcome.quality == "bounded":
                assert isinstance(outcome.value, int | float)
                assert outcome.low <= outcome.value <= outcome.high
            if isinstance(outcome.value, int | float) and column.min is not None:
                assert column.min <= outcome.value <= (column.max or math.inf)


OURS = tuple(
    dict.fromkeys(
        column
        for model in load().asset_classes.values()
        for column in model.columns
    )
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=20) | st.lists(PIECES, max_size=8).map("".join))
def test_no_text_crashes_a_parser_of_ours(text: str) -> None:
    """Every column of every class: a value inside its stated interval, or a reason."""
    for column in OURS:
        outcome = parser(column)(text, column, Context(as_of=AsOf(2026)))
        assert (outcome.value is None) == (outcome.quality in {"missing", "bad"})
        if outcome.quality == "bounded":
            assert isinstance(outcome.value, int | float)
            assert outcome.low <= outcome.value <= outcome.high
        if column.kind == "choice" and outcome.value is not None:
            assert outcome.value in column.codes()


@given(st.lists(st.sampled_from(["5", "1.5公里", "约5", "x", "", "0", "7.25", "1e3"])))
def test_bulk_and_single_reading_agree(texts: list[str]) -> None:
    """A long column, read in bulk, gives what its cells give one by one."""
    raw = pd.Series(texts, dtype="str")
    single = parse_column(raw, LENGTH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "BULK", 0)
        bulk = parse_column(raw, LENGTH)
    pd.testing.assert_series_equal(single.cells, bulk.cells)
    assert single.codes.tolist() == bulk.codes.tolist()


@given(st.lists(st.text(max_size=8) | st.sampled_from(["A-1", "2024-01-02", "1E+15"])))
def test_bulk_identifiers_agree(texts: list[str]) -> None:
    """Identifiers read in bulk are those read one by one, doubts included."""
    ids = spec("text", "asset_id", unique=True)
    raw = pd.Series(texts, dtype=object)
    single = parse_column(raw, ids)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "BULK", 0)
        bulk = parse_column(raw, ids)
    assert single.cells.tolist() == bulk.cells.tolist()
    assert single.codes.tolist() == bulk.codes.tolist()
