"""Reasons: for every project why it is in, or what stands against it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from renewopt.core.errors import Message, message
from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.explain.room import Room
from renewopt.rules.problem import Problem

_HARD = ("safety_duty", "assessed_target")


def reasons(
    problem: Problem, schedule: Schedule, *, searched: bool = True
) -> dict[str, tuple[Message, ...]]:
    """Give each project's reasons, the main one first.

    `searched` says whether the run ended by its gap: only then was a project with room
    and money left out for better ones; otherwise the search had not come so far.

    A project that is out is tried in each of its works against the room that the
    schedule leaves: first streets and capacities, then money.
    """
    room = Room.of(problem, schedule)
    facts = problem.case.project_facts
    chosen = problem.chosen_works(schedule.chosen["work_id"]).set_index("project_id")
    duties = _duties(problem)
    works = dict(list(_priced(problem).groupby("project_id")))
    moved = _moved(problem, chosen)
    found: dict[str, tuple[Message, ...]] = {}
    for row in records(facts):
        project = str(row.project_id)
        duty = duties.get(project, ())
        if project in chosen.index:
            found[project] = (
                (message("reason.running"),)
                if row.status == "running"
                else (
                    *duty,
                    *moved.get(project, ()),
                    _worth(works[project], str(chosen.loc[project, "work_id"])),
                )
            )
        else:
            own = works.get(project)
            found[project] = (
                *_against(problem, room, row, own, searched=searched),
                *duty,
            )
    return found


def _duties(problem: Problem) -> dict[str, tuple[Message, ...]]:
    """Give each project's first duty: the hardest, of these the earliest."""
    duties = problem.case.obligations
    duties = duties[duties["hardness"].isin(_HARD)]
    duties = duties.sort_values(["hardness", "deadline"], ascending=[False, True])
    return {
        str(row.project_id): (_duty(row),)
        for row in records(duties.drop_duplicates("project_id"))
    }


def _duty(row: Any) -> Message:
    facts = {"hardness": row.hardness, "pack": row.pack, "clause": row.clause}
    if pd.isna(row.deadline):
        return message("reason.duty_undated", **facts)
    return message("reason.duty", **facts, deadline=int(row.deadline))


def _moved(problem: Problem, chosen: pd.DataFrame) -> dict[str, tuple[Message, ...]]:
    """Say what moves into what, and how many duties are served by that."""
    links = problem.case.links
    modes = chosen["mode"].to_dict()
    duties = problem.case.obligations
    owed = duties[duties["hardness"].isin(_HARD)].groupby("project_id")["hardness"]
    count = owed.nunique().to_dict()
    ends = (chosen["start_year"] + chosen["duration"] - 1).to_dict()
    names = problem.case.projects.set_index("project_id")["name"].to_dict()
    found: dict[str, tuple[Message, ...]] = {}
    taken: dict[str, list[str]] = {}
    for row in records(links[links["other_mode"] != ""]):
        one, other = str(row.project_id), str(row.other_id)
        if modes.get(one) != row.mode or modes.get(other) != row.other_mode:
            continue
        taken.setdefault(one, []).append(other)
        found[other] = (
            message(
                "reason.moves_in", other=one, name=names[one], year=int(ends[other])
            ),
        )
    for one, others in taken.items():
        served = sum(count.get(name, 0) for name in others)
        found[one] = (
            message("reason.takes_in", others=", ".join(sorted(others)), duties=served),
        )
    return found


def _excluded(problem: Problem, project: str) -> tuple[Message, ...]:
    """Name the clauses that bar modes of a project."""
    table = problem.case.exclusions
    own = table[(table["project_id"] == project) & (table["exempt"] == "")]
    facts = ["pack", "exclusion", "clause", "phrase", "mode", "trigger"]
    return tuple(
        message("reason.excluded", **{name: getattr(row, name) for name in facts})
        for row in records(own.drop_duplicates(["exclusion", "mode"]))
    )


def _priced(problem: Problem) -> pd.DataFrame:
    case = problem.case
    cost = case.payments.groupby("work_id")["cost"].sum()
    works = case.works.sort_values(["project_id", "start_year", "work_id"])
    return works.assign(cost=works["work_id"].map(cost).fillna(0).astype("int64"))


def _worth(works: pd.DataFrame, work_id: str) -> Message:
    work = works[works["work_id"] == work_id].iloc[0]
    ratio = float(work["risk_removed"]) / max(1.0, float(work["cost"]))
    return message(
        "reason.worth",
        risk_removed=float(work["risk_removed"]) / 100,
        ratio=round(ratio, 3),
    )


def _titles(problem: Problem, blocking: set[str]) -> list[str | dict[str, str]]:
    """Give the rules' titles (in each language), by id where they have none."""
    rules = problem.policy.rules
    return [rule.title or rule.id for rule in rules if rule.id in blocking]


def _against(
    problem: Problem,
    room: Room,
    row: Any,
    works: pd.DataFrame | None,
    *,
    searched: bool,
) -> tuple[Message, ...]:
    """Say what stands against a project that is out."""
    bars = _excluded(problem, str(row.project_id))
    if works is None:
        return bars or (message("reason.no_work"),)
    project, package = str(row.project_id), str(row.package_id)
    blocks = [
        room.block(project, str(w), int(y))
        for w, y in zip(works["work_id"], works["start_year"], strict=True)
    ]
    open_works = works[[not block for block in blocks]]
    if open_works.empty:
        blocking = {rule for block in blocks for rule in block}
        return (message("reason.blocked", rules=_titles(problem, blocking)),)
    shut = _shut_years(problem, works, blocks)
    cheapest = int(open_works["cost"].min())
    left = room.money_left(package)
    if left < cheapest:
        return (
            message(
                "reason.money",
                cost=cheapest / 100,
                left=left / 100,
                missing=(cheapest - left) / 100,
            ),
            *shut,
        )
    best = open_works.assign(
        ratio=open_works["risk_removed"] / open_works["cost"].clip(lower=1)
    )["ratio"].max()
    return (
        message(
            "reason.outbid" if searched else "reason.unsearched",
            cost=cheapest / 100,
            left=left / 100,
            ratio=round(float(best), 3),
        ),
        *shut,
    )


def _shut_years(
    problem: Problem, works: pd.DataFrame, blocks: list[list[str]]
) -> tuple[Message, ...]:
    """Name the start years in which rules stand against every work, if there are any.

    Money may be there in just these years: the project then seems to have both.
    """
    starts = list(zip(works["start_year"].astype(int), blocks, strict=True))
    free = {year for year, block in starts if not block}
    shut = sorted({year for year, _ in starts} - free)
    if not shut:
        return ()
    rules = {rule for year, block in starts if year in shut for rule in block}
    return (
        message(
            "reason.shut_years",
            years=", ".join(map(str, shut)),
            rules=_titles(problem, rules),
        ),
    )
