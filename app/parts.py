"""Parts that several views share."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd
import streamlit as st

import state
from renewopt.risk.evidence import cold_line
from renewopt.text import render


def head(desk: state.Desk, code: str) -> None:
    """Put the title of a page, with the label that data is synthetic where it is."""
    title, badge = st.columns([3, 1], vertical_alignment="center")
    title.title(state.say(code))
    county = desk.run.title("county", desk.lang)
    if county:
        title.caption(county)
    if desk.run.synthetic:
        # In both languages: a picture of the screen may go to anyone.
        with badge.container(horizontal=True, horizontal_alignment="right"):
            st.badge("合成数据 · synthetic data", color="orange")
    told = desk.run.summary
    cold = cold_line(told.get("cold_start", {}), told.get("cold_start_part"))
    if cold is not None:
        st.caption(render(cold, desk.lang))


def legend(colours: Mapping[str, str]) -> None:
    """Name the colours of a map."""
    cells = "".join(
        f'<span style="white-space:nowrap;margin-right:1.1rem">'
        f'<span style="display:inline-block;width:.8rem;height:.8rem;'
        f"background:{colour};border-radius:2px;margin-right:.35rem;"
        f'vertical-align:-1px"></span>{escape(name)}</span>'
        for name, colour in colours.items()
    )
    st.html(f"<div>{cells}</div>")


def table(frame: pd.DataFrame, *, words: int, height: int | None = None) -> None:
    """Show a small table without an index; all but the first `words` columns right."""
    columns = {
        name: st.column_config.Column(name, alignment="right")
        for name in frame.columns[words:]
    }
    st.dataframe(
        frame,
        hide_index=True,
        height="content" if height is None else height,
        width="stretch",
        column_config=columns,
        placeholder="",
    )
