"""Programme: what is built when, with whose money, and the debt that it leaves."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import charts
import frames
import parts
import state
from renewopt.core.money import to_wan
from renewopt.text import label

say = state.say
desk = state.desk()
run, words = desk.run, desk.words
policy = run.problem.policy
parts.head(desk, "app.page.programme")

works = frames.works_by_year(run)
names = sorted(set(works["asset_class"]))
by_class = charts.class_colours(names)
colours = {words.of(name): colour for name, colour in by_class.items()}

st.header(say("app.programme.gantt"))
left, right = st.columns([1, 2])
grain = left.segmented_control(
    say("app.programme.rows"),
    ["package", "project"],
    default="package",
    format_func={
        c: say(f"app.programme.by_{c}") for c in ("package", "project")
    }.__getitem__,
    required=True,
    key="gantt_rows",
)
picked = right.pills(
    label("col.asset_class", desk.lang),
    names,
    default=names,
    selection_mode="multi",
    format_func=words.of,
    key="gantt_classes",
)
chosen = works[works["asset_class"].isin(picked)]
if chosen.empty:
    st.info(say("app.nothing"))
else:
    column = "package" if grain == "package" else "name"
    ident = "package_id" if grain == "package" else "project_id"
    text = chosen[column].where(chosen[column] != "", chosen[ident])
    # Names may be the same; the identifier keeps the rows apart.
    twice = chosen.assign(text=text).groupby("text")[ident].transform("nunique") > 1
    chosen = chosen.assign(
        row=text.where(~twice, text + " " + chosen[ident]),
        **{"class": chosen["asset_class"].map(words.of)},
    )
    cells = chosen.groupby(["row", "class", "year"], as_index=False).agg(
        count=("project_id", "nunique"), cost=("cost", "sum")
    )
    first = cells.groupby("row")["year"].transform("min")
    cells = cells.assign(first=first).sort_values(["class", "first", "row", "year"])
    titles = {
        "name": label("col.name", desk.lang),
        "class": label("col.asset_class", desk.lang),
        "year": label("col.year", desk.lang),
        "count": say("app.programme.count"),
        "cost": label("col.cost", desk.lang),
    }
    st.altair_chart(charts.gantt(cells, colours, titles), width="stretch")

st.header(label("chart.money", desk.lang))
money = frames.money_by_fund(run)
kinds = dict(zip(policy.funds["fund_id"], policy.funds["kind"], strict=True))
fund_colours = {
    words.of(fund): colour
    for fund, colour in charts.fund_colours(kinds).items()
    if fund in set(money["fund"])
}
titles = {
    "fund": label("col.fund", desk.lang),
    "year": label("col.year", desk.lang),
    "amount": say("app.programme.paid"),
    "offered": say("app.programme.offered"),
}
money = money.assign(fund=money["fund"].map(words.of))
bars = charts.stacked(
    charts.with_order(money, "fund", list(fund_colours)),
    *("fund", "amount", fund_colours, titles),
)
offered = policy.fund_years.groupby("year", as_index=False)["amount"].sum()
offered = offered[offered["year"].astype(str).isin(desk.years)]
offered = offered.assign(
    year=offered["year"].astype("str"), offered=to_wan(offered["amount"])
)
if len(money):
    limit = charts.ticks(offered[["year", "offered"]], "offered", titles)
    st.altair_chart(bars + limit, width="stretch")
    st.caption(say("app.programme.money_note"))
else:
    st.info(say("app.programme.no_funds"))

debt = run.tables["debt"]
if len(debt):
    st.header(label("sheet.debt", desk.lang))
    left, right = st.columns(2)
    for place, column, kind in (
        (left, "balance", "debt_limit"),
        (right, "service", "debt_service"),
    ):
        room = frames.room(run, kind)
        own = debt[debt[column] > 0]
        frame = pd.DataFrame(
            {
                "fund": own["fund_id"].map(words.of),
                "year": own["year"].astype("str"),
                "amount": to_wan(own[column]),
            }
        )
        words_here = titles | {
            "amount": label(f"col.{column}", desk.lang),
            "limit": label("col.limit", desk.lang),
        }
        here = {name: fund_colours.get(name, charts.QUIET) for name in frame["fund"]}
        chart = charts.stacked(
            charts.with_order(frame, "fund", list(here)),
            *("fund", "amount", here, words_here),
        ).mark_bar()
        if kind == "debt_limit" and len(room):
            chart += charts.ticks(room[["year", "limit"]], "limit", words_here, 14)
        place.subheader(label(f"col.{column}", desk.lang))
        place.altair_chart(chart, width="stretch")
        for rule in policy.of_kind(kind):
            room_here = room[room["rule_id"] == rule.id]
            tight = room_here[room_here["used"] > 0]
            tight = tight.assign(share=tight["used"] / tight["limit"].clip(lower=0.01))
            if len(tight):
                least = tight.sort_values(
                    ["share", "year"], ascending=[False, True]
                ).iloc[0]
                place.caption(
                    say(
                        "app.programme.room",
                        rule=words.rule(rule),
                        year=least["year"],
                        used=float(least["used"]),
                        limit=float(least["limit"]),
                    )
                )

st.header(say("app.programme.starts"))
left, right = st.columns(2)
for place, code in ((left, "starts"), (right, "completions")):
    found = run.summary["figures"][f"{code}_by_class"]
    frame = pd.DataFrame(
        [
            {"class": words.of(name), "year": year, "count": count}
            for name, own in found.items()
            for year, count in own.items()
        ],
        columns=["class", "year", "count"],
    )
    words_here = {
        "class": label("col.asset_class", desk.lang),
        "year": label("col.year", desk.lang),
        "count": label(f"fig.{code}", desk.lang),
    }
    place.altair_chart(
        charts.stacked(
            charts.with_order(frame, "class", list(colours)),
            *("class", "count", colours, words_here),
            height=290,
            columns=3,
        ),
        width="stretch",
    )
