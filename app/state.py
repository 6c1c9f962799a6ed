"""What the desk remembers: language, the run that is open, the run in the background.

Everything is kept by the folder of runs, so that a reloaded page finds the newest plan
and a run that still goes on.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from renewopt.core.errors import RenewoptError, message
from renewopt.report.sheets import Words
from renewopt.runs import Run, load_run
from renewopt.runs.background import BackgroundRun
from renewopt.text import LANGUAGES, Lang, default_lang, render, render_all

RUN_VARIABLE = "RENEWOPT_RUN"
MARKER = "manifest.json"
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


@dataclass
class Memory:
    """What every browser window at this desk shares.

    Attributes
    ----------
    job
        The run in the background, until its result was taken over.
    base
        Run that the job started from; None for the demo.
    last
        Run that was opened last.
    outcome
        How the last job ended, as (kind, sentences), until it was read.
    """

    job: BackgroundRun | None = None
    base: str | None = None
    last: str | None = None
    outcome: tuple[str, list[str]] | None = None


@dataclass(frozen=True)
class Desk:
    """An open run in one language: what every view needs."""

    run: Run
    lang: Lang

    @property
    def words(self) -> Words:
        """Say codes of the run."""
        return Words(self.run, self.lang)

    @property
    def years(self) -> list[str]:
        """List the plan years."""
        return [str(year) for year in self.run.problem.case.plan_years]


def begin() -> None:
    """Set the language of the session and take over a job that has ended."""
    if "lang" not in st.session_state:
        st.session_state["lang"] = default_lang(st.query_params.get("lang"))
    settle()


def lang() -> Lang:
    """Give the language of the session."""
    chosen: Lang = st.session_state["lang"]
    return chosen


def say(code: str, **params: Any) -> str:
    """Say a code as a sentence in the language of the session."""
    return render(message(code, **params), lang())


def ask_language() -> None:
    """Ask for the language."""

    def change() -> None:
        if st.session_state["ask_lang"]:
            st.session_state["lang"] = st.session_state["ask_lang"]

    st.segmented_control(
        "中文 / English",
        LANGUAGES,
        default=lang(),
        format_func=LANGUAGE_NAMES.__getitem__,
        key="ask_lang",
        on_change=change,
        required=True,
        label_visibility="collapsed",
    )


def runs_folder() -> Path:
    """Give the folder of runs: beside the run that was named, else ./runs."""
    named = os.environ.get(RUN_VARIABLE)
    return Path(named).resolve().parent if named else Path.cwd() / "runs"


@st.cache_resource(show_spinner=False)
def _memory(folder: str) -> Memory:
    return Memory()


def memory() -> Memory:
    """Give what is shared at this desk."""
    return _memory(str(runs_folder()))


def runs() -> dict[str, str]:
    """List the runs by name, the newest first, each with its date."""
    found: list[tuple[str, str]] = []
    folder = runs_folder()
    for own in sorted(folder.iterdir()) if folder.is_dir() else []:
        if own.name.startswith(".") or not (own / MARKER).is_file():
            continue
        found.append((str(_manifest(own).get("created", "")), own.name))
    return {name: created for created, name in sorted(found, reverse=True)}


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        data = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def case_digest(name: str) -> str:
    """Give the seal of the facts of a run, to compare like with like."""
    return str(_manifest(runs_folder() / name).get("case_digest", ""))


def run_folder() -> Path | None:
    """Give the folder of the run that is open, if there is one."""
    name = st.session_state.get("run")
    known = runs()
    if name not in known:
        named = Path(os.environ.get(RUN_VARIABLE, ""))
        name = next((n for n in (memory().last, named.name) if n in known), None)
        name = name or next(iter(known), None)
        st.session_state["run"] = name
    return None if name is None else runs_folder() / str(name)


def open_run(name: str) -> None:
    """Open a run by name."""
    if name != st.session_state.get("run"):
        st.session_state["compare"] = memory().outcome = None
    st.session_state["run"] = memory().last = name


def ask_run() -> None:
    """Ask which run to open; names of runs are chosen, never typed."""
    known = runs()
    folder = run_folder()
    if folder is None:
        return
    names = list(known)
    chosen = st.selectbox(
        say("app.choose_run"),
        names,
        index=names.index(folder.name),
        format_func={n: f"{n} · {_when(known[n])}" for n in names}.__getitem__,
        help=say("app.choose_run_help", folder=runs_folder()),
    )
    if chosen != folder.name:
        open_run(chosen)
        st.rerun()


def _when(created: str) -> str:
    """Say a moment of a manifest in local time, short."""
    try:
        return datetime.fromisoformat(created).astimezone().strftime("%m-%d %H:%M")
    except ValueError:
        return ""


@st.cache_resource(max_entries=6, show_spinner=False)
def _load(folder: str, stamp: int) -> Run:
    return load_run(folder)


def load(name: str) -> Run:
    """Read a run; a run that was replaced on disk is read again."""
    folder = runs_folder() / name
    return _load(str(folder), (folder / MARKER).stat().st_mtime_ns)


def desk() -> Desk:
    """Give the open run; where it cannot be read, say why and stop the page."""
    folder = run_folder()
    if folder is None:
        st.stop()
    try:
        return Desk(load(folder.name), lang())
    except RenewoptError as error:
        for sentence in render_all(error.messages, lang()):
            st.error(sentence)
    except OSError as error:
        st.error(say("app.unreadable", folder=folder, detail=error.strerror))
    st.stop()


def settle() -> None:
    """Take over the result of a job that has ended: open its run, keep its words."""
    shared = memory()
    job = shared.job
    if job is None or (ended := job.state()) == "running":
        return
    shared.job = None
    if ended == "failed":
        detail = job.errors() or [say("app.job.crashed", log=job.job / "log.txt")]
        shared.outcome = ("cancelled" if job.cancelling else "failed", detail)
        return
    # The run holds its own copy of the case; a failed job is kept for its log.
    shutil.rmtree(job.job, ignore_errors=True)
    open_run(job.run.name)
    shared.outcome = (ended, [])
    st.session_state["compare"] = shared.base
