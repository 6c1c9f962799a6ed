"""Street names: one form for many spellings, a street and its two ends."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewopt.inventory.streets.by_name import index_streets, named_id
from renewopt.inventory.streets.names import StreetName, street_name

ENDS = ("建设街", "胜利街")


@pytest.mark.parametrize(
    "text",
    [
        "人民路（建设街—胜利街）",
        "人民路(建设街-胜利街)",
        "人民路 （胜利街～建设街段）",
        "人民路：建设街至胜利街",
        "人民路（建设街到胜利街）",
        "人 民 路 / 建设街 / 胜利街",
        "大众路（建设街——胜利街）".replace("——", "—"),
    ],
)
def test_a_segment_in_many_spellings(text: str) -> None:
    """Brackets, dashes, words, order and other names mean the same segment."""
    found = street_name(text, {"大众路": "人民路"})
    assert found == StreetName("人民路", ENDS)


@pytest.mark.parametrize(
    "text",
    [
        "人民路",
        "人民路（北段）",
        "人民路（甲街—乙街—丙街）",
        "人民路（甲街—甲街）",
        "",
        "（—）",
    ],
)
def test_no_two_ends_no_segment(text: str) -> None:
    """What is not clearly a pair of ends is not read as one."""
    assert street_name(text, {}).ends == ()


def test_english_names_keep_their_hyphens() -> None:
    """A spaced dash parts the ends; a hyphen inside a name does not."""
    found = street_name("King St (Smith-Jones Ave - Main St)", {})
    assert found == StreetName("kingst", ("mainst", "smith-jonesave"))


@given(st.text())
def test_any_text_is_a_name(text: str) -> None:
    """Reading a name never fails, and the same text has the same identifier."""
    found = street_name(text, {})
    assert named_id(found) == named_id(street_name(text, {}))
    assert len(found.ends) in {0, 2}


def test_the_only_segment_of_a_name() -> None:
    """Names shared by two segments mean none; other names come with the segment."""
    corridors = pd.DataFrame(
        {
            "corridor_id": ["L1", "L2", "L3"],
            "name": ["人民路（甲街—乙街）", "人民路（乙街—丙街）", None],
            "street": ["人民路", "人民路", "建设路"],
            "alias": [None, None, "老建设路；建路"],
        }
    )
    index = index_streets(corridors, {"大众路": "人民路"})
    assert index.segment(index.read("大众路（乙街—甲街）")) == "L1"
    assert index.segment(index.read("人民路")) is None
    assert index.segment(index.read("建路")) == "L3"
    assert index.segment(index.read("人民路（甲街—丙街）")) is None
