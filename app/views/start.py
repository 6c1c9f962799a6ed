"""Start: nothing is open yet; plan the demo county, or learn where runs belong."""

from __future__ import annotations

import streamlit as st

import job_panel
import state
from renewopt.runs.background import BackgroundRun, free_folder

say = state.say

st.title("renewopt")
st.markdown(say("app.start.intro"))
st.markdown(say("app.start.where", folder=state.runs_folder()))

shared = state.memory()
pressed = st.button(
    say("app.start.demo"), type="primary", key="demo", disabled=shared.job is not None
)
if pressed and shared.job is None:
    folder = state.runs_folder()
    target = free_folder(folder, "demo-county")
    try:
        shared.job = BackgroundRun.start(
            ["demo", "--lang", state.lang()], folder / ".jobs" / target.name, target
        )
    except OSError as error:
        st.error(say("app.cannot_write", folder=folder, detail=error.strerror))
    else:
        shared.base, shared.outcome = None, None
        st.rerun()
st.caption(say("app.start.demo_note"))
job_panel.full()
