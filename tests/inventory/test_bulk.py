"""Columns read in bulk: the same as text by text, whatever stands in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewopt.catalogue import load
from renewopt.inventory.bulk import (
    all_differ,
    among,
    arrow_texts,
    distinct,
    has_any,
    is_ascii,
    may_hold,
    rows_with,
    text_order,
)
from renewopt.inventory.cells import column
from renewopt.inventory.cells.column import Parsed, parse_column
from renewopt.inventory.geometry.wkb import lines_wkb, points_wkb, straight_ends
from renewopt.inventory.readers.clean import needs_cleaning

WATER = load().asset_classes["water_pipe"]
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.floats(allow_nan=True, allow_infinity=True).map(str),
        st.integers(-5, 3000).map(str),
        st.sampled_from(
            ["", " ", "1e5", "-0", "+5", "0005", ".5", "5.", "1.2.3", "--", "-", "1-2",
             "１２", "约120", "DN200", "九十年代", "JS-01", "A_1", "同上", "1,200",
             "nan", "1998-05-06", "inf", "0x10", "1_000", "12 ", "e5", "合计"],
        ),
    ),
    max_size=12,
)  # fmt: skip
MARK = np.isin(np.arange(256), list(b":t"))


def pieces(texts: list[str]) -> pa.ChunkedArray:
    """Give texts in Arrow, in two pieces of which the second one begins late."""
    half = len(texts) // 2
    late = pa.array(["前", *texts[half:]], pa.large_string())[1:]
    return pa.chunked_array([pa.array(texts[:half], pa.large_string()), late])


def said(parsed: Parsed) -> list[tuple[object, ...]]:
    """List what is said of each cell."""
    values = [None if pd.isna(v) else v for v in parsed.cells.tolist()]
    good = parsed.of_quality("exact") | parsed.of_quality("missing")
    qualities = [
        ("plain",) if plain else parsed.outcomes[which]
        for plain, which in zip(good, parsed.which, strict=True)
    ]
    numbers = parsed.cells.dtype != object
    seen = parsed.seen().tolist() if numbers else [None] * len(values)
    return [
        tuple(map(repr, cell))
        for cell in zip(values, parsed.codes, qualities, seen, strict=True)
    ]


@pytest.mark.parametrize(
    "name", ["asset_id", "corridor_id", "length_m", "diameter_mm", "households"]
)
@given(texts=TEXTS)
def test_bulk_reads_what_text_by_text_reads(name: str, texts: list[str]) -> None:
    """Long columns take another way; values, codes and intervals are the same."""
    spec = WATER.column(name)
    assert spec is not None
    raw = pd.Series(texts, dtype="str")
    slow = parse_column(raw, spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column, "BULK", -1)
        patch.setattr(column, "FEW", 0.0)
        fast = parse_column(raw, spec)
    assert said(fast) == said(slow)


def test_cells_read_in_bulk_can_be_changed() -> None:
    """Arrow's own numbers are read-only; a table's cells are not."""
    spec = WATER.column("length_m")
    assert spec is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column, "BULK", -1)
        cells = parse_column(pd.Series(["1.5", "2"], dtype="str"), spec).cells
    frame = pd.DataFrame({"length_m": cells}, copy=False)
    frame.loc[0, "length_m"] = np.nan
    assert frame["length_m"].isna().tolist() == [True, False]


@given(st.lists(st.text(max_size=4), max_size=12))
def test_texts_are_judged_like_python_does(texts: list[str]) -> None:
    """Order, sameness and letters are those of the texts, in pieces or not."""
    whole = pieces(texts)
    order = text_order(whole)
    assert [texts[i] for i in order] == sorted(texts)
    assert all_differ(whole) == (len(set(texts)) == len(texts))
    assert is_ascii(whole) == all(text.isascii() for text in texts)
    assert has_any(whole, MARK) == any(":" in t or "t" in t for t in texts)
    assert rows_with(whole, MARK).tolist() == [":" in t or "t" in t for t in texts]
    assert may_hold(whole, "计") or not any("计" in text for text in texts)


def test_known_texts_are_found() -> None:
    """Missing texts are known to nobody; with nothing known none is."""
    texts = pd.Series(["a", None, "b", "a"], dtype=object)
    assert among(texts, pd.Series(["a", None])).tolist() == [True, False, False, True]
    assert not among(texts, pd.Series([], dtype=object)).any()
    assert distinct(np.array([3, 1, 3, 2])).tolist() == [1, 2, 3]


def test_a_character_of_a_total_is_found_across_pieces() -> None:
    """The word is sought in the bytes of a column, so its neighbours do not matter."""
    assert may_hold(arrow_texts(["路", "合计"]), "计")
    assert not may_hold(arrow_texts(["路", "街道"]), "计")


def test_straight_lines_are_read_without_a_library() -> None:
    """Both ends come back as they were; other shapes are left to shapely."""
    ends = np.array([[111.0, 41.0, 111.5, 41.5], [112.0, 40.0, 112.5, 40.5]])
    lines = lines_wkb(ends[:, ::2].ravel(), ends[:, 1::2].ravel())
    found = straight_ends(lines)
    assert found is not None
    assert found.tolist() == ends.tolist()
    points = points_wkb(ends[:, 0], ends[:, 1])
    assert straight_ends(np.array([lines[0], points[0]], dtype=object)) is None
    assert straight_ends(np.array([], dtype=object)) is None


@pytest.mark.parametrize("at", [0, 131_070, 131_071, 131_072, 300_000])
@pytest.mark.parametrize(
    ("mark", "bad"),
    [("\ufffd", True), ("\x07", True), ("\x7f", True), ("\t", False), ("！", False)],
)
def test_broken_characters_are_found_wherever_they_stand(
    at: int, mark: str, bad: bool
) -> None:
    """Large files are looked through in blocks; no border hides a character."""
    data = ("a" * at + mark + "\r\n" + "b" * 10).encode()
    assert needs_cleaning(data) is bad
