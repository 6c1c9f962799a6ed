"""Money: change the amounts, start a run, see the new plan beside the last one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import compare
import job_panel
import money_edit
import parts
import state
from renewopt.core.errors import RenewoptError
from renewopt.report.sheets import Words
from renewopt.runs import Run
from renewopt.runs.background import BackgroundRun, free_folder, write_variant
from renewopt.text import label, render_all

say = state.say


def editor(
    name: str, run: Run, base: pd.DataFrame, names: list[str], heading: str
) -> pd.DataFrame:
    """Edit amounts by row and year; what was typed survives a change of page.

    The state of an editor dies with its page, so the typed amounts are kept apart and
    become the base when the page is entered again.
    """
    saved = st.session_state.setdefault("typed", {})
    place = (run.folder.name, name)
    key = f"edit-{name}-{run.folder.name}-{state.lang()}"
    if key not in st.session_state:
        st.session_state[f"base-{key}"] = saved.get(place, base).copy()
    amounts = st.session_state[f"base-{key}"]
    shown = amounts.set_axis(range(len(amounts))).copy()
    shown.insert(0, "title", names)
    columns: dict[str, Any] = {
        year: st.column_config.NumberColumn(year, min_value=0.0, format="%.2f")
        for year in amounts.columns
    }
    columns["title"] = st.column_config.TextColumn(heading, width="large")
    result = st.data_editor(
        shown,
        key=key,
        hide_index=True,
        disabled=["title"],
        column_config=columns,
        width="stretch",
    )
    typed: pd.DataFrame = (
        result.drop(columns="title").astype("float64").set_axis(amounts.index)
    )
    saved[place] = typed
    return typed


def fund_names(run: Run, words: Words) -> list[str]:
    """Name every fund with its kind; a bond's amounts are the quota of new issues."""
    found = []
    for row in run.problem.policy.funds.itertuples():
        name, kind = words.of(row.fund_id), label(str(row.kind), words.lang)
        quota = say("app.money.quota") if row.debt else ""
        same = kind.casefold() == name.casefold()
        notes = [part for part in ("" if same else kind, quota) if part]
        found.append(" · ".join([name, *notes]))
    return found


def start(run: Run, budget: pd.DataFrame, ceiling: pd.DataFrame) -> None:
    """Write the case with the new amounts and start a run on it."""
    shared, folder = state.memory(), state.runs_folder()
    stem = run.folder.name.rstrip("0123456789").removesuffix("-") or run.folder.name
    target = free_folder(folder, stem)
    job = folder / ".jobs" / target.name
    policy = money_edit.edited_policy(run.problem, budget, ceiling)
    case = write_variant(run, policy, job / "case")
    options = ["--gap", f"{st.session_state['gap'] / 100:g}"]
    options += ["--time-limit", f"{st.session_state['limit']:g}"]
    verb = ["solve", str(case), "--from", str(run.folder), "--lang", state.lang()]
    verb += options
    shared.job = BackgroundRun.start(verb, job, target)
    shared.base, shared.outcome = run.folder.name, None


def _delta(change: float, form: str) -> str:
    """Write a difference with its sign; one of shares is in percentage points."""
    if form.endswith("%"):
        return say("app.compare.points", value=f"{100 * change:+.1f}")
    return format(change, f"+{form}")


def comparison(run: Run, words: Words) -> None:
    """Ask for another plan of the same facts and stand the open one beside it."""
    digest = run.manifest.get("case_digest", "")
    others = [
        name
        for name in state.runs()
        if name != run.folder.name and state.case_digest(name) == digest
    ]
    if not others:
        return
    wanted = st.session_state.get("compare")
    chosen = st.selectbox(
        say("app.compare.with", run=run.folder.name),
        others,
        index=others.index(wanted) if wanted in others else 0,
        key=f"compare-{run.folder.name}",
    )
    try:
        side_by_side(state.load(chosen), run, words)
    except RenewoptError as error:
        st.error("\n\n".join(render_all(error.messages, words.lang)))


def side_by_side(before: Run, after: Run, words: Words) -> None:
    """Show the figures of both plans and the projects that changed."""
    lines = compare.headlines(before, after)
    for first in range(0, len(lines), 4):
        for cell, line in zip(st.columns(4), lines[first : first + 4], strict=False):
            change = line.after - line.before
            colour: Any = {True: "normal", False: "inverse", None: "off"}
            cell.metric(
                say(f"app.compare.{line.code}"),
                format(line.after, line.form),
                delta=_delta(change, line.form) if abs(change) > 1e-9 else None,
                delta_color=colour[line.more_is_better],
                help=say("app.compare.was", value=format(line.before, line.form)),
                border=True,
                height="stretch",
            )
    table = compare.changes(before, after)
    counts = table["change"].value_counts()
    st.subheader(
        say(
            "app.compare.changed",
            entered=int(counts.get("in", 0)),
            left=int(counts.get("out", 0)),
            moved=int(counts.get("moved", 0)),
            other=int(counts.get("other_mode", 0)),
        )
    )
    if table.empty:
        st.info(say("app.compare.same"))
        return
    shown = pd.DataFrame(
        {
            say("app.compare.change"): [
                say(f"app.compare.{code}") for code in table["change"]
            ],
            label("col.name", words.lang): table["name"],
            label("col.asset_class", words.lang): table["asset_class"].map(words.of),
            say("app.compare.start_before"): table["start_year_old"],
            say("app.compare.start_after"): table["start_year_new"],
            say("app.compare.mode_after"): table["mode_new"].fillna("").map(words.of),
            label("col.project_id", words.lang): table["project_id"],
        }
    )
    parts.table(shown, words=20, height=min(460, 40 + 36 * len(shown)))


desk = state.desk()
run, words = desk.run, desk.words
parts.head(desk, "app.page.money")
job_panel.full()
shared = state.memory()
fresh = shared.outcome is not None and shared.outcome[0] in {"done", "cancelled"}
if fresh:  # the new plan is what one wants to see first
    comparison(run, words)
st.caption(say("app.money.intro", run=run.folder.name))
policy, years = run.problem.policy, run.problem.case.plan_years

old_budget = money_edit.budgets(policy, years)
old_ceiling = money_edit.ceilings(policy, years)
if old_budget.empty:
    st.info(say("app.programme.no_funds"))
    st.stop()
st.subheader(say("app.money.budgets"))
budget = editor(
    "budget",
    run,
    old_budget,
    fund_names(run, words),
    label("col.fund", desk.lang),
)
ceiling = old_ceiling
if len(old_ceiling):
    st.subheader(say("app.money.ceilings"))
    rules = {rule.id: rule for rule in policy.rules}
    ceiling = editor(
        "ceiling",
        run,
        old_ceiling,
        [words.rule(rules[name]) for name in old_ceiling.index],
        say("app.money.rule"),
    )
total, change = budget.sum().sum(), (budget - old_budget).sum().sum()
edits = [
    *money_edit.differences(old_budget, budget),
    *money_edit.differences(old_ceiling, ceiling),
]
st.caption(
    say("app.money.total", total=total, change=f"{change:+,.2f}", count=len(edits))
)

options = run.manifest.get("options", {})
cells = st.columns([1, 1, 1, 2], vertical_alignment="bottom")
cells[0].number_input(
    say("app.money.gap"),
    *(0.0, 50.0, min(50.0, 100 * options.get("gap", 0.005)), 0.1),
    key="gap",
    help=say("app.money.gap_help"),
)
cells[1].number_input(
    say("app.money.limit"),
    *(5, 3600, min(3600, max(5, round(options.get("time_limit_s", 120)))), 30),
    key="limit",
    help=say("app.money.limit_help"),
)
pressed = cells[2].button(
    say("app.money.run"),
    type="primary",
    key="start_run",
    disabled=shared.job is not None,
)
if pressed and shared.job is None:
    try:
        start(run, budget, ceiling)
    except RenewoptError as error:
        st.error("\n\n".join(render_all(error.messages, desk.lang)))
    except OSError as error:
        place = state.runs_folder()
        st.error(say("app.cannot_write", folder=place, detail=error.strerror))
    else:
        st.rerun()
if not fresh:
    comparison(run, words)
