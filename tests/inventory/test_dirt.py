"""Every kind of dirt in a cell that the importer claims to understand, one by one."""

from __future__ import annotations

import math

import pytest

from renewopt.inventory.cells import AsOf, Context
from renewopt.inventory.cells.column import parser
from tests.inventory.making import kind

PIPE, POINT, HOME = "water_pipe", "waterlogging_point", "residential_compound"


def read(table: str, column: str, text: str, **about: object) -> tuple[object, ...]:
    """Read one cell: (value, quality, low, high, code)."""
    spec = next(s for s in kind(table).columns if s.name == column)
    context = Context(**{"as_of": AsOf(2026), **about})  # type: ignore[arg-type]
    found = parser(spec)(text, spec, context)
    code = found.code.removeprefix("inventory.")
    return found.value, found.quality, found.low, found.high, code


@pytest.mark.parametrize(
    ("column", "text", "value", "low", "high", "code"),
    [
        ("length_m", "约500", 500, 450, 550, "bounded_number"),
        ("length_m", "500左右", 500, 450, 550, "bounded_number"),
        ("length_m", "~500", 500, 450, 550, "bounded_number"),
        ("length_m", "500余", 500, 500, 600, "bounded_number"),
        ("length_m", "120多米", 120, 120, 130, "bounded_number"),
        ("length_m", "近500", 475, 450, 500, "bounded_number"),
        ("length_m", "≥500", 500, 500, 100_000, "bounded_number"),
        ("length_m", "500+", 500, 500, 100_000, "bounded_number"),
        ("length_m", "不足500", 500, 0.01, 500, "bounded_number"),
        ("length_m", "1.5-2公里", 1750, 1500, 2000, "bounded_number"),
        ("length_m", "两三百", 250, 200, 300, "bounded_number"),
        ("diameter_mm", "de110", 100, 82.5, 110, "outside_diameter"),
        ("diameter_mm", "dn110", 100, 82.5, 110, "outside_diameter"),
        ("diameter_mm", "Φ219×6", 200, 200, 219, "outside_diameter"),
        ("diameter_mm", "D219*6", 200, 200, 219, "outside_diameter"),
        ("diameter_mm", "φ200", 200, 150, 200, "outside_diameter"),
        ("diameter_mm", "DN200/150", 200, 150, 200, "two_sizes"),
        ("diameter_mm", "8寸", 200, 200, 203.2, "size_in_inches"),
        ("install_year", "2000年前", 1994, 1900, 1999, "bounded_year"),
        ("install_year", "2000年以前", 1995, 1900, 2000, "bounded_year"),
        ("install_year", "2000年后", 2005, 2000, 2026, "bounded_year"),
        ("install_year", "约1998", 1998, 1996, 2000, "bounded_year"),
        ("install_year", "1998年左右", 1998, 1996, 2000, "bounded_year"),
        ("install_year", "九十年代", 1995, 1990, 1999, "bounded_year"),
        ("install_year", "上世纪80年代", 1985, 1980, 1989, "bounded_year"),
        ("install_year", "80年代初", 1981, 1980, 1982, "bounded_year"),
        ("install_year", "80年代中期", 1985, 1983, 1987, "bounded_year"),
        ("install_year", "80年代末", 1988, 1987, 1989, "bounded_year"),
        ("install_year", "八九十年代", 1989, 1980, 1999, "bounded_year"),
        ("install_year", "1985-1998", 1991, 1985, 1998, "bounded_year"),
        ("install_year", "1998、2005", 2001, 1998, 2005, "bounded_year"),
        ("install_year", "解放前", 1944, 1900, 1949, "bounded_year"),
    ],
)
def test_intervals(
    column: str, text: str, value: float, low: float, high: float, code: str
) -> None:
    """What leaves room is an estimate with the interval that is certain."""
    assert read(PIPE, column, text) == (value, "bounded", low, high, code)


@pytest.mark.parametrize(
    ("table", "column", "text", "value", "code"),
    [
        (PIPE, "length_m", "1.2公里", 1200, "unit_in_cell"),
        (PIPE, "length_m", "1公里200米", 1200, "unit_in_cell"),
        (PIPE, "length_m", "十二", 12, "chinese_number"),
        (PIPE, "burial_depth_m", "120cm", 1.2, "unit_in_cell"),
        (PIPE, "diameter_mm", "2×DN300", 300, "pair_of_pipes"),
        (PIPE, "diameter_mm", "300×400", 390.9, "box_section"),
        (PIPE, "diameter_mm", "0.2m", 200, "unit_in_cell"),
        (PIPE, "install_year", "98年", 1998, "short_year"),
        (PIPE, "install_year", "37895", 2003, "serial_date"),
        (PIPE, "install_year", "1998年建成", 1998, "year_in_words"),
        (PIPE, "install_year", "1998年底", 1998, "year_in_words"),
        (PIPE, "install_year", "200310", 2003, "compact_date"),
        (PIPE, "material", "球墨铸铁管道", "ductile_iron", "word_for_choice"),
        (PIPE, "asset_id", "RL—2—0070", "RL-2-0070", "id_cleaned"),
        (PIPE, "asset_id", "'0012", "0012", "id_cleaned"),
        (PIPE, "asset_id", '="XQ-1"', "XQ-1", "id_cleaned"),
        (PIPE, "asset_id", "100201.0", "100201", "id_cleaned"),
        (PIPE, "street", "人民路（建设街—胜利街）", "人民路", "street_span"),
        (PIPE, "street", "人民\u200b路", "人民路", "invisible_characters"),
        (POINT, "duration_min", "一个半小时", 90, "unit_in_cell"),
        (POINT, "duration_min", "1小时30分", 90, "unit_in_cell"),
        (POINT, "events_5y", "三次", 3, "chinese_number"),
        (HOME, "floor_area_m2", "2.4万㎡", 24_000, "unit_in_cell"),
        (HOME, "households", "1.2千户", 1200, "unit_in_cell"),
    ],
)
def test_conversions(
    table: str, column: str, text: str, value: object, code: str
) -> None:
    """What has one meaning is converted, and said."""
    found = read(table, column, text)
    assert (found[0], found[1], found[4]) == (value, "converted", code)


@pytest.mark.parametrize(
    ("table", "column", "text", "code"),
    [
        (PIPE, "length_m", "#REF!", "formula_error"),
        (PIPE, "street", "#N/A", "formula_error"),
        (PIPE, "length_m", "2024-01-02", "date_in_number"),
        (PIPE, "length_m", "336①", "footnote_mark"),
        (PIPE, "install_year", "15", "year_or_age"),
        (PIPE, "install_year", "98", "year_or_age"),
        (PIPE, "install_year", "2062", "future_year"),
        (PIPE, "install_year", "20080", "not_a_year"),
        (PIPE, "material", "灰口铸铁/PVC", "two_choices"),
        (PIPE, "material", "灰口铸鉄", "choice_near"),
        (PIPE, "material", "木头", "not_a_choice"),
        (PIPE, "street", "同上", "ditto"),
        (POINT, "severe", "部分", "not_a_flag"),
        (POINT, "events_5y", "多次", "not_a_number"),
    ],
)
def test_questions(table: str, column: str, text: str, code: str) -> None:
    """What has no one meaning gives no value, and a reason."""
    found = read(table, column, text)
    assert (found[0], found[1], found[4]) == (None, "bad", code)


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("asset_id", "2024-01-02", "id_is_date"),
        ("asset_id", "1.23E+15", "id_rounded"),
        ("asset_id", "1月2日", "id_is_date"),
        ("street", "富强街[1]", "mark_in_name"),
        ("street", "幸福街（原红旗路）", "other_name"),
        ("street", "站 前街", "space_inside"),
        ("install_year", "1900", "zero_date"),
    ],
)
def test_doubts(column: str, text: str, code: str) -> None:
    """What was probably changed on its way here is kept and asked about."""
    found = read(PIPE, column, text)
    assert (found[1], found[4]) == ("doubtful", code)
    assert str(found[0]) == text


@pytest.mark.parametrize(
    ("column", "text", "low", "high"),
    [
        ("depth_cm", "30-50cm", 30, 50),
        ("depth_cm", "及膝", 30, 65),
        ("depth_cm", "半米", 40, 60),
        ("duration_min", "半天", 180, 720),
        ("duration_min", "2小时左右", 108, 132),
        ("events_5y", "三四次", 3, 4),
    ],
)
def test_words_of_waterlogging(column: str, text: str, low: float, high: float) -> None:
    """Depths and times in words are intervals."""
    value, quality, *interval, _ = read(POINT, column, text)
    assert (quality, interval) == ("bounded", [low, high])
    assert low <= float(str(value)) <= high


def test_ages_need_the_year_that_they_were_counted_in() -> None:
    """15 under 管龄 is 2010 or 2011 if the table is of 2026; else nobody knows."""
    stated = read(PIPE, "install_year", "15", ages=True)
    assert stated == (2011, "bounded", 2010, 2011, "age_to_year")
    clock = read(PIPE, "install_year", "15", ages=True, as_of=AsOf(2026, stated=False))
    assert (clock[0], clock[4]) == (None, "age_needs_as_of")
    assert read(PIPE, "install_year", "1998", ages=True)[:2] == (1998, "exact")


def test_what_stands_as_it_is() -> None:
    """Exact cells carry no interval."""
    for text in ("DN200", "ＤＮ２００", "200", "200mm"):
        value, quality, low, high, code = read(PIPE, "diameter_mm", text)
        assert (value, quality, code) == (200, "exact", "")
        assert math.isnan(float(str(low)))
        assert math.isnan(float(str(high)))
