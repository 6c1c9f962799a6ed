"""TOML text: what is written is read back equal."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from renewopt.core.toml_text import to_toml

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN = st.one_of(
    TEXT,
    st.booleans(),
    st.integers(-(2**62), 2**62),
    st.floats(allow_nan=False),
)
VALUE = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(PLAIN, max_size=3), st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(TEXT, VALUE, max_size=4))
def test_read_back_equal(data: dict[str, Any]) -> None:
    """Text of every script, numbers, flags, lists and tables survive the file."""
    assert tomllib.loads(to_toml(data)) == data


def test_tables_stand_in_blocks() -> None:
    """Lists of tables become blocks that people can edit, their values inline."""
    data = {
        "title": "规则 “一”",
        "objective": {"weights": {"risk_removed": 1.0}},
        "rule": [
            {"kind": "annual_cap", "cap": {"2027": 18, "2028": 18.5}},
            {"kind": "one_work", "where": {"level": ["primary", "二级"]}, "off": []},
        ],
    }
    text = to_toml(data)
    assert tomllib.loads(text) == data
    assert text.count("[[rule]]") == 2
    assert "cap = { 2027 = 18, 2028 = 18.5 }" in text
    assert text.startswith('title = "规则 “一”"\n')
