"""Map: where works start, year by year; drawn without a request to the internet."""

from __future__ import annotations

import streamlit as st

import charts
import maps
import parts
import state
from renewopt.text import label

say = state.say
desk = state.desk()
run, words = desk.run, desk.words
parts.head(desk, "app.page.map")

table = maps.shapes(run)
if table.empty or not table["path"].map(len).any():
    st.info(say("app.map.none"))
    st.stop()

years = sorted(int(year) for year in table["start_year"].dropna().unique())
left, right = st.columns([3, 2])
year = left.segmented_control(
    label("col.start_year", desk.lang),
    [0, *years],
    default=0,
    format_func=(
        {0: say("app.map.all_years")} | {y: str(y) for y in years}
    ).__getitem__,
    required=True,
    key="map_year",
)
by = right.segmented_control(
    say("app.map.colour"),
    ["year", "class"],
    default="year",
    format_func={
        code: say(f"app.map.by_{code}") for code in ("year", "class")
    }.__getitem__,
    required=True,
    key="map_colour",
)
shown = table["start_year"].notna()
if year:
    shown &= (table["start_year"] == year).fillna(False)

start = table["start_year"].map(lambda y: say("app.map.starts", year=int(y)), "ignore")
start = start.fillna(say("app.map.not_selected"))
table = table.assign(
    tip=table["name"]
    + "\n"
    + table["asset_class"].map(words.of)
    + "\n"
    + start.astype("str")
)
if by == "year":
    colours = {str(y): colour for y, colour in maps.year_colours(years).items()}
    table = table.assign(key=table["start_year"].astype("str"))
    named = colours
else:
    colours = charts.class_colours(sorted(set(table["asset_class"])))
    table = table.assign(key=table["asset_class"])
    named = {words.of(name): colour for name, colour in colours.items()}
grey = "#{:02X}{:02X}{:02X}".format(*maps.REST)
parts.legend(named | {say("app.map.rest"): grey})
shown = shown.astype(bool)
deck = maps.deck(table, {key: maps.rgb(own) for key, own in colours.items()}, shown)
st.pydeck_chart(deck, height=620, width="stretch")
count = table.loc[shown, "project_id"].nunique()
st.caption(say("app.map.note", count=count))
