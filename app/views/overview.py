"""Overview: what the plan achieves, how good it is proven to be, what it leaves."""

from __future__ import annotations

import streamlit as st

import charts
import frames
import parts
import state
from renewopt.text import label, render_all

say = state.say
desk = state.desk()
run, words = desk.run, desk.words
summary, figures = run.summary, run.summary["figures"]
parts.head(desk, "app.page.overview")


def fig(code: str) -> str:
    """Say a figure."""
    return label(f"fig.{code}", desk.lang)


risk = figures["risk"]
cells = st.columns(4)
cells[0].metric(
    say("app.overview.removed"),
    f"{risk['share_of_removable']:.1%}",
    help=say(
        "app.overview.removed_help",
        removed=risk["removed"],
        removable=risk["removable"],
    ),
    border=True,
)
cells[1].metric(
    say("app.overview.today"),
    f"{risk['share_of_today']:.1%}",
    help=say(
        "app.overview.today_help", renewed=risk["renewed_today"], today=risk["today"]
    ),
    border=True,
)
cells[2].metric(
    say("app.overview.cost"),
    f"{summary['cost']:,.1f}",
    help=say("app.overview.cost_help"),
    border=True,
)
duties = " / ".join(f"{frames.served(summary, k):,.0f}" for k in ("placed", "required"))
cells[3].metric(
    say("app.overview.duties"),
    duties,
    help=say("app.overview.duties_help"),
    border=True,
)
cells = st.columns(4)
cells[0].metric(
    say("app.overview.gap"),
    "—" if summary["gap"] is None else f"{summary['gap']:.2%}",
    help=say("app.overview.gap_help", bound=summary["bound"]),
    border=True,
)
cells[1].metric(
    fig("cost_uncertainty"),
    f"±{summary['cost_uncertainty']:.0%}",
    help=say("app.overview.uncertainty_help"),
    border=True,
)
cells[2].metric(
    say("app.overview.missing_money"),
    f"{frames.served(summary, 'missing_money'):,.1f}",
    help=say("app.overview.missing_help"),
    border=True,
)
breaches = summary["audit"]["breaches"]
cells[3].metric(
    say("app.overview.audit"),
    say("app.overview.audit_clean")
    if not breaches
    else say("app.overview.audit_breached", count=breaches),
    help=say("app.overview.audit_help"),
    border=True,
)
st.caption(
    say(
        "app.overview.proof",
        status=summary["status"],
        stopped_by=summary["stopped_by"],
        engine=summary["engine"],
        seconds=summary["seconds"],
    )
    + ("" if summary["repeatable"] else " " + say("app.overview.may_differ"))
)

st.header(say("app.overview.baselines"))
beside = frames.beside_baselines(run)
shown = (
    beside.assign(
        plan=beside["plan"].map(words.of),
        share_of_removable=beside["share_of_removable"].map("{:.1%}".format),
        share_of_today=beside["share_of_today"].map("{:.1%}".format),
        objective=beside["objective"].map("{:,.1f}".format),
        cost=beside["cost"].map("{:,.1f}".format),
        missing_money=beside["missing_money"].map("{:,.1f}".format),
    )
    .astype("str")
    .set_index("plan")
)
left, right = st.columns([1, 2], vertical_alignment="center")
bars = beside.assign(
    row=beside["plan"].map(words.of),
    part=[
        say("app.overview.this_plan")
        if name == "plan"
        else say("app.overview.today_practice")
        for name in beside["plan"]
    ],
    value=beside["share_of_removable"],
)
titles = {
    "row": label("comparison", desk.lang),
    "part": label("col.kind", desk.lang),
    "value": say("app.overview.removed"),
}
colours = {
    say("app.overview.this_plan"): charts.STRONG,
    say("app.overview.today_practice"): charts.QUIET,
}
left.altair_chart(
    charts.bars(bars[["row", "part", "value"]], colours, titles, ".0%", legend=False),
    width="stretch",
)
flat = shown.rename(columns=fig).T.reset_index(names=label("figure", desk.lang))
with right:
    parts.table(flat, words=1)

st.header(say("app.overview.figures"))
parts.table(frames.yearly(run, words), words=1)
st.caption(say("app.overview.figures_note"))
for gain in frames.gains(run, words):
    st.caption(say("app.overview.gain", **gain))

st.header(label("sheet.duties", desk.lang))
parts.table(frames.duty_counts(run, words), words=1)
missing = frames.unserved(run, words)
if len(missing):
    with st.expander(say("app.overview.unserved", count=len(missing))):
        parts.table(missing, words=20)
if run.warnings:
    with st.expander(say("app.overview.notes", count=len(run.warnings))):
        for sentence in render_all(run.warnings, desk.lang):
            st.text(sentence)
