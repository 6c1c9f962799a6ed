"""The run in the background: how far it is, a button to stop it, how it ended."""

from __future__ import annotations

import streamlit as st

import state
from renewopt.runs.jobs import Progress
from renewopt.text import label

say = state.say
EVERY = 1.0
"""Seconds between two looks at a run that goes on."""


def small() -> None:
    """Show a line in the sidebar while a run goes on."""
    if state.memory().job is not None:
        st.divider()
        _line()


@st.fragment(run_every=EVERY)
def _line() -> None:
    job = state.memory().job
    if job is None or job.state() != "running":
        st.rerun()
    st.caption(say("app.job.running", seconds=f"{job.seconds():.0f}"))


def full() -> None:
    """Show the progress of the run, or how the last one ended."""
    shared = state.memory()
    if shared.job is not None:
        _progress()
    elif shared.outcome is not None:
        kind, sentences = shared.outcome
        if kind == "done":
            st.success(say("app.job.done"))
        elif kind == "cancelled" and not sentences:
            st.info(say("app.job.cancelled"))
        else:
            intro = "app.job.stopped" if kind == "cancelled" else "app.job.failed"
            st.error("\n\n".join([say(intro), *sentences]))


@st.fragment(run_every=EVERY)
def _progress() -> None:
    job = state.memory().job
    if job is None or job.state() != "running":
        st.rerun()
    steps = job.steps()
    last = steps[-1] if steps else Progress("build", 0.0)
    aims = [step for step in steps if step.phase == "objective" and step.best]
    with st.container(border=True):
        st.markdown(f"**{say('app.job.running', seconds=f'{job.seconds():.0f}')}**")
        cells = st.columns([2, 1, 1, 1, 1], vertical_alignment="bottom")
        phase = label(last.label, state.lang())
        cells[0].metric(say("app.job.phase"), phase)
        cells[1].metric(say("app.job.best"), _number(aims and aims[-1].best))
        cells[2].metric(say("app.job.bound"), _number(aims and aims[-1].bound))
        gap = aims[-1].gap if aims else None
        cells[3].metric(say("app.job.gap"), "—" if gap is None else f"{gap:.2%}")
        pressed = cells[4].button(
            say("app.job.cancel"), key="cancel", disabled=job.cancelling
        )
        if pressed:
            job.cancel()
            st.rerun(scope="fragment")
        if job.cancelling:
            st.caption(say("app.job.stopping"))


def _number(value: object) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else "—"
