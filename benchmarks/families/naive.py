"""What a user would write first: one funding column per project, year and fund.

The product asks for the money of a package as a whole; a plain model asks for it
project by project and adds up. All rules are the same, so both have the same plans.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from benchmarks.families.draw import IntArray
from renewopt.optimise.engines.base import Mip, make_mip
from renewopt.optimise.model import BuiltModel
from renewopt.optimise.task import SolveTask
from renewopt.rules.problem import Problem

PENALTY = 100
"""Price of a unit of shortfall: one objective instead of stages, as a user would."""


@dataclass(frozen=True, eq=False)
class Plain:
    """One integer program with shortfalls priced into its objective; `x`: works."""

    mip: Mip
    x: IntArray


def priced(task: SolveTask) -> IntArray:
    """Give the objective with every unit of shortfall at its price."""
    cost: IntArray = task.stage_coef[-1] + PENALTY * task.stage_coef[:-1].sum(axis=0)
    return cost


def compact(task: SolveTask) -> Plain:
    """Give the product's own rows as one program."""
    mip = make_mip(
        task.matrix,
        task.row_lower,
        task.row_upper,
        task.lower,
        task.upper,
        priced(task),
        ~task.is_money,
    )
    return Plain(mip, task.x)


def per_project(problem: Problem, built: BuiltModel, task: SolveTask) -> Plain:
    """Give each project of a package draws and payment rows of its own."""
    projects = problem.case.projects.groupby("package_id")["project_id"].agg(list)
    draw = built.model.columns("draw")
    package = draw.index.get_level_values("package_id")
    copies = np.array([len(projects.get(name, [""])) for name in package])
    times = np.ones(len(task.lower), np.int64)
    times[draw.to_numpy()] = copies
    source = np.repeat(np.arange(len(times)), times)
    place = np.arange(len(source)) - np.repeat(np.cumsum(times) - times, times)
    copied = sparse.csc_matrix(task.matrix)[:, source]
    full = np.array([rule == _paid(problem) for rule in task.rules])[task.row_rule]
    matrix = sparse.vstack(
        [copied.tocsr()[~full], _split(problem, built, copied, full, source, place)]
    ).tocsr()
    extra = matrix.shape[0] - int((~full).sum())
    zero = np.zeros(extra, np.int64)
    mip = make_mip(
        matrix,
        np.concatenate([task.row_lower[~full], zero]),
        np.concatenate([task.row_upper[~full], zero]),
        task.lower[source],
        task.upper[source],
        priced(task)[source],
        ~task.is_money[source],
    )
    return Plain(mip, np.searchsorted(source, task.x))


def _paid(problem: Problem) -> str:
    rule = problem.policy.first("paid_in_full")
    return rule.id if rule is not None else ""


def _split(
    problem: Problem,
    built: BuiltModel,
    copied: sparse.csc_matrix,
    full: np.ndarray,
    source: IntArray,
    place: IntArray,
) -> sparse.csr_matrix:
    """Split each payment row of a package into one row per project."""
    case, model = problem.case, built.model
    ranks = case.projects.groupby("package_id").cumcount()
    rank = dict(zip(case.projects["project_id"], ranks, strict=True))
    own = np.zeros(model.n_columns, np.int64)
    of_work = case.works["project_id"].map(rank).to_numpy(np.int64)
    own[model.columns("x").to_numpy()] = of_work
    saving = model.columns("saving")
    if len(saving):
        works = case.works.set_index("work_id")["project_id"].map(rank)
        own[saving.to_numpy()] = works.loc[saving.index].to_numpy(np.int64)
    own = own[source]
    own[place > 0] = place[place > 0]
    rows = copied.tocsr()[full].tocoo()
    most = int(own.max(initial=0)) + 1
    key = rows.row.astype(np.int64) * most + own[rows.col]
    _, number = np.unique(key, return_inverse=True)
    shape = (int(number.max(initial=-1)) + 1, copied.shape[1])
    return sparse.csr_matrix((rows.data, (number, rows.col)), shape=shape)
