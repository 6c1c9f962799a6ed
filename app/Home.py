"""The planning desk: language, choice of the run, navigation."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

import job_panel
import state

HERE = Path(__file__).parent
# Pages in order, each with an icon that travels with Streamlit.
PAGES = {
    "overview": "dashboard",
    "money": "payments",
    "programme": "view_timeline",
    "risk": "grid_view",
    "map": "map",
    "projects": "table_rows",
}
# A local picture: a named icon would be fetched from the internet.
st.set_page_config(
    page_title="renewopt",
    page_icon=str(HERE / "static" / "icon.png"),
    layout="wide",
)
# Less empty space above the title than Streamlit leaves.
st.html("<style>[data-testid=stMainBlockContainer]{padding:2.6rem 3rem 2rem}</style>")
state.begin()
say = state.say

if state.run_folder() is None:
    start = st.Page("views/start.py", title=say("app.page.start"), default=True)
    page = st.navigation([start], position="hidden")
else:
    page = st.navigation(
        [
            st.Page(
                f"views/{name}.py",
                title=say(f"app.page.{name}"),
                icon=f":material/{icon}:",
                default=name == "overview",
            )
            for name, icon in PAGES.items()
        ]
    )

with st.sidebar:
    state.ask_language()
    state.ask_run()
    if page.url_path != "money":  # that page shows the run at length
        job_panel.small()

page.run()
