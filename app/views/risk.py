"""Risk: where it sits today, and what the plan takes away."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import charts
import frames
import parts
import risk_tables
import state
from renewopt.risk.grades import risk_grade
from renewopt.text import label

say = state.say
desk = state.desk()
run, words = desk.run, desk.words
parts.head(desk, "app.page.risk")


def fields(assets: pd.DataFrame) -> pd.DataFrame:
    """Count assets in all 25 fields, with the grade of each field."""
    grid = pd.MultiIndex.from_product(
        [range(1, 6), range(1, 6)], names=["lof_grade", "cof_grade"]
    ).to_frame(index=False)
    counts = assets.groupby(["lof_grade", "cof_grade"]).size().rename("count")
    grid = grid.join(counts, on=["lof_grade", "cof_grade"]).fillna({"count": 0})
    grade = risk_grade(grid["lof_grade"].to_numpy(), grid["cof_grade"].to_numpy())
    return grid.assign(grade=grade)


titles = {
    "lof_grade": say("app.risk.lof"),
    "cof_grade": say("app.risk.cof"),
    "grade": label("col.grade", desk.lang),
    "count": say("app.risk.assets"),
}
risk = run.risk()
if risk is None:
    st.info(say("app.risk.none"))
else:
    assets = frames.risk_fields(risk, run)
    names = sorted(set(assets["asset_class"]))
    picked = st.pills(
        label("col.asset_class", desk.lang),
        names,
        default=names,
        selection_mode="multi",
        format_func=words.of,
        key="risk_classes",
    )
    assets = assets[assets["asset_class"].isin(picked)]
    left, right = st.columns(2)
    left.subheader(say("app.risk.before", count=len(assets)))
    left.altair_chart(charts.matrix(fields(assets), titles), width="stretch")
    rest = assets[~assets["renewed"]]
    right.subheader(say("app.risk.after", count=len(rest)))
    right.altair_chart(charts.matrix(fields(rest), titles), width="stretch")
    st.caption(say("app.risk.matrix_note"))

    shown = risk[risk["asset_class"].isin(picked)]
    if {"strongest", *risk_tables.PARTS} <= set(risk) and len(shown):
        st.header(say("app.risk.kinds"))
        parts.table(risk_tables.loss_by_kind(shown, words), words=1)
        st.caption(say("app.risk.kinds_note"))
        st.header(say("app.risk.worst", count=risk_tables.WORST))
        worst = risk_tables.worst(shown, run, words)
        parts.table(worst, words=4, height=420)
        st.caption(say("app.risk.worst_note"))

st.header(say("app.risk.by_class"))
by_class = frames.risk_by_class(run)
left, right = st.columns(2)
for place, part, whole, code in (
    (left, "renewed", "today", "app.risk.today"),
    (right, "removed", "removable", "app.risk.removable"),
):
    done, rest_word = say(f"app.risk.{part}"), say("app.risk.rest")
    long = pd.concat(
        [
            by_class.reset_index().assign(part=done, value=by_class[part].to_numpy()),
            by_class.reset_index().assign(
                part=rest_word,
                value=(by_class[whole] - by_class[part]).clip(lower=0).to_numpy(),
            ),
        ]
    )
    long = long.assign(row=long["asset_class"].map(words.of))
    words_here = {
        "row": label("col.asset_class", desk.lang),
        "part": label("col.kind", desk.lang),
        "value": say(code),
    }
    place.altair_chart(
        charts.bars(
            long[["row", "part", "value"]],
            {done: charts.STRONG, rest_word: charts.QUIET},
            words_here,
            ",.0f",
        ),
        width="stretch",
    )
st.caption(say("app.risk.by_class_note"))
