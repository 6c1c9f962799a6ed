"""Projects: all of them, in or out, each with its reason; the workbook to take away."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

import frames
import parts
import state
from renewopt.report import workbook
from renewopt.text import label

say = state.say
desk = state.desk()
run, words = desk.run, desk.words
parts.head(desk, "app.page.projects")


def book() -> bytes:
    """Write the workbook of the run; only when it is asked for."""
    with tempfile.TemporaryDirectory(prefix="renewopt-") as name:
        return workbook(run, Path(name) / "plan.xlsx", desk.lang).read_bytes()


table = frames.projects(run, words)
cells = st.columns([2, 2, 2, 2])
part = cells[0].segmented_control(
    say("app.projects.which"),
    ["all", "in", "out"],
    default="all",
    format_func={c: say(f"app.projects.{c}") for c in ("all", "in", "out")}.__getitem__,
    required=True,
    key="projects_part",
)
if part != "all":
    table = table[table["selected"] == (part == "in")]
for cell, column in zip(
    cells[1:], ("asset_class", "district", "category"), strict=True
):
    options = sorted({str(value) for value in table[column]})
    picked = cell.multiselect(
        label(f"col.{column}", desk.lang),
        options,
        format_func=words.of,
        key=f"projects_{column}",
        placeholder=say("app.projects.any"),
    )
    if picked:
        table = table[table[column].isin(picked)]

count, download = st.columns([4, 1], vertical_alignment="center")
count.caption(
    say("app.projects.count", count=len(table), chosen=int(table["selected"].sum()))
)
download.download_button(
    say("app.projects.download"),
    book,
    file_name=f"{run.folder.name}-plan.xlsx",
    mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    on_click="ignore",
    key="download",
)
codes = {"asset_class": words.of, "category": words.of}
for column, speak in codes.items():
    table = table.assign(**{column: table[column].map(speak)})
heads = {code: label(f"col.{code}", desk.lang) for code in table.columns}
number, year = st.column_config.NumberColumn, "%d"
st.dataframe(
    table,
    hide_index=True,
    height=640,
    placeholder="",
    width="stretch",
    column_order=[
        "selected", "start_year", "completion", "name", "asset_class", "district",
        "category", "cost", "reason", "risk_removed", "risk_now", "grade", "mode",
        "legal_owner", "households", "project_id",
    ],
    column_config={
        **heads,
        "selected": st.column_config.CheckboxColumn(heads["selected"], width="small"),
        "start_year": number(heads["start_year"], format=year, width="small"),
        "completion": number(heads["completion"], format=year, width="small"),
        "cost": number(heads["cost"], format="accounting"),
        "risk_removed": number(heads["risk_removed"], format="accounting"),
        "risk_now": number(heads["risk_now"], format="%.2f"),
        "name": st.column_config.TextColumn(heads["name"], width="medium"),
        "reason": st.column_config.TextColumn(heads["reason"], width="large"),
    },
)  # fmt: skip
st.caption(say("app.projects.cost_note"))
