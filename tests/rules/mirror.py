"""The mirror: whether a rule says the same in its rows and in its check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from renewopt.core.array_model import FREE, IntArray, LinearModel
from renewopt.core.schedule import Breach, Schedule
from renewopt.optimise.model import BuiltModel, build_model, schedule_values
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem
from tests.strategies import NEEDS_PLAIN_WORKS, Example

SAME_PLACES = frozenset(
    {
        "one_work",
        "running",
        "decided",
        "choose",
        "new_packages",
        "mandatory",
        "annual_cap",
        "paid_in_full",
        "fund_share",
        "capital_share",
        "debt_limit",
        "debt_service",
        "target",
        "dig_once",
        "closed_corridor",
        "coverage",
        "debt_increase",
        "bond_review",
        "negative_list",
        "resident_limit",
        "held",
        "site_limit",
        "together",
        "spending_floor",
        "district_share",
        "smoothing",
        "stability",
    }
)
"""Kinds whose rows and breaches speak of the same places one by one."""

PURSES = frozenset({"fund_budget", "debt_band", "emergency_reserve"})
"""Kinds that empty purses: only the first year of a breach is the same in both."""

HELPERS = {
    "new_packages": ("first",),
    "coupling": ("broken",),
    "dig_once": ("joint",),
    "closed_corridor": ("opening", "waiver"),
    "debt_service": ("short",),
    "source_limit": ("used",),
    "draw_size": ("parcels", "drawn"),
    "stability": ("changed",),
    "capital_share": ("counted", "building"),
}
"""Helper columns by the kind that adds them: the solver may set them as it likes."""


@dataclass(frozen=True)
class Verdict:
    """What rows and check of a rule say of one schedule."""

    rule: Rule
    rows: tuple[str, ...]
    breaches: tuple[Breach, ...]
    agree: bool
    expressible: bool = True

    @property
    def good(self) -> bool:
        """Tell whether the check has nothing to say."""
        return not self.breaches


def judge(example: Example, built: BuiltModel, schedule: Schedule) -> list[Verdict]:
    """Compare rows and check of the rules that the example is about."""
    problem = example.problem
    try:
        values = schedule_values(problem, built.model, schedule)
    except KeyError:
        return [_inexpressible(example, schedule)]
    broken: dict[str, list[str]] = {}
    for rule_id, label in built.model.broken_rows(values):
        broken.setdefault(rule_id, []).append(label)
    doubled = _doubled(problem, schedule)
    found = []
    any_breach = False
    for rule in problem.policy.rules:
        if example.kind not in {"", rule.kind}:
            continue
        breaches = rule.check(problem, schedule)
        any_breach |= bool(breaches)
        rows = broken.get(rule.id, [])
        loose = doubled and rule.kind in NEEDS_PLAIN_WORKS
        agree = loose or _agree(rule.kind, rows, breaches)
        if agree and breaches and example.kind and not loose:
            agree = not _escapes(rule, built.model, values)
        found.append(Verdict(rule, tuple(rows), tuple(breaches), agree))
    if not example.kind:
        rows = [f"{rule} {label}" for rule, own in broken.items() for label in own]
        whole = next(v for v in found if v.breaches) if any_breach else found[0]
        agree = bool(rows) == any_breach
        found.append(Verdict(whole.rule, tuple(rows), whole.breaches, agree))
    return found


def first_difference(example: Example) -> int | None:
    """Give the number of the first schedule on which rows and check differ."""
    built = build_model(example.problem)
    for number, schedule in enumerate(example.schedules):
        if not all(verdict.agree for verdict in judge(example, built, schedule)):
            return number
    return None


def _inexpressible(example: Example, schedule: Schedule) -> Verdict:
    """No column for a draw: the check of eligibility has to see why."""
    rule = example.problem.policy.first("fund_eligibility")
    breaches = rule.check(example.problem, schedule)
    return Verdict(
        rule, ("no column",), tuple(breaches), bool(breaches), expressible=False
    )


def _escapes(rule: Rule, model: LinearModel, values: IntArray) -> bool:
    """Tell whether other values of its helper columns make a broken rule hold.

    `helper_values` states what is true; rows that do not force the helpers to be true
    would let a solver break the rule unseen.
    """
    free = [
        model.columns(family).to_numpy()
        for family in model.families
        if family.split()[0] in HELPERS.get(rule.kind, ())
    ]
    columns = np.concatenate([np.zeros(0, np.int64), *free])
    if not len(columns):
        return False
    fixed = values.copy()
    fixed[columns] = 0
    rows, room = [], []
    for block in model.rows:
        if block.rule_id == rule.id:
            done = block.activity(fixed)
            part = np.zeros((len(block.labels), model.n_columns))
            np.add.at(part, (block.row, block.col), block.coef)
            rows.append(part[:, columns])
            room.append(np.stack([block.lower - done, block.upper - done]))
    least, most = np.concatenate(room, axis=1).astype(float)
    least[least < -FREE / 2], most[most > FREE / 2] = -np.inf, np.inf
    answer = milp(
        np.zeros(len(columns)),
        constraints=LinearConstraint(np.concatenate(rows), least, most),
        bounds=Bounds(model.lower[columns], model.upper[columns]),
        integrality=np.ones(len(columns)),
    )
    return bool(answer.status == 0)


def _doubled(problem: Problem, schedule: Schedule) -> bool:
    owner = problem.case.works.set_index("work_id")["project_id"]
    return bool(pd.Index(owner.loc[schedule.chosen["work_id"]]).has_duplicates)


def _agree(kind: str, rows: Iterable[str], breaches: list[Breach]) -> bool:
    rows = list(rows)
    if bool(rows) != bool(breaches):
        return False
    if kind in PURSES:
        return _first_years(_row_years(rows)) == _first_years(
            _split(b.where) for b in breaches
        )
    if kind not in SAME_PLACES:
        return True
    places = {" ".join(row.split()[:2]) for row in rows} if _street(kind) else {*rows}
    return places == {b.where for b in breaches}


def _street(kind: str) -> bool:
    return kind == "closed_corridor"


def _row_years(rows: Iterable[str]) -> Iterable[tuple[str, int]]:
    return (_split(row.split(" since ")[0]) for row in rows)


def _split(where: str) -> tuple[str, int]:
    fund, year = where.rsplit(" ", 1)
    return fund, int(year)


def _first_years(places: Iterable[tuple[str, int]]) -> dict[str, int]:
    """First broken year of each fund: later ones depend on what was left."""
    first: dict[str, int] = {}
    for fund, year in places:
        first[fund] = min(year, first.get(fund, year))
    return first
