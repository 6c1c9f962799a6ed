"""The objective stage of larger models: a bound from the relaxation, then better plans.

First the linear relaxation gives a bound and reduced costs. A program of the works
that are near to being worthwhile gives a good plan, and neighbourhoods (all but some
projects fixed) improve it until the gap to the bound is reached or the rounds are used
up. What is left out costs plans, never the validity of the bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count as count_up

import numpy as np
import numpy.typing as npt

from renewopt.core.array_model import IntArray
from renewopt.optimise.engines.base import Limits, Mip, Relaxation
from renewopt.optimise.task import SolveTask

NEAR = 0.0005
"""Works whose reduced cost is above this share of the objective are left out first."""
FREE_PROJECTS = 90
"""Projects that a neighbourhood leaves free."""
SUB_NODES = 60
FIRST_NODES = 12


def near_mip(task: SolveTask, mip: Mip, relaxed: Relaxation, near: float = NEAR) -> Mip:
    """Fix works at the relaxation's value where leaving it would cost too much."""
    far = near * abs(relaxed.bound)
    lower, upper = mip.lower.copy(), mip.upper.copy()
    x = task.x
    at_zero = (relaxed.point[x] < 1e-6) & (relaxed.reduced[x] > far)
    at_one = (relaxed.point[x] > 1 - 1e-6) & (relaxed.reduced[x] < -far)
    upper[x[at_zero]] = np.minimum(upper[x[at_zero]], 0.0)
    lower[x[at_one]] = np.maximum(lower[x[at_one]], 1.0)
    return replace(mip, lower=lower, upper=upper)


def fixed_mip(
    task: SolveTask, mip: Mip, taken: IntArray, free: npt.NDArray[np.bool_]
) -> Mip:
    """Fix every work at `taken` but those marked free."""
    lower, upper = mip.lower.copy(), mip.upper.copy()
    held = task.x[~free]
    value = taken[~free].astype(np.float64)
    lower[held] = np.maximum(lower[held], value)
    upper[held] = np.minimum(upper[held], value)
    return replace(mip, lower=lower, upper=upper)


def neighbourhoods(task: SolveTask, seed: int) -> Iterator[npt.NDArray[np.bool_]]:
    """Yield marks of the works left free, without end, in a fixed order for a seed.

    By turns: projects at random, projects whose works are much alike in worth, and all
    projects for two neighbouring starts only.
    """
    rng = np.random.default_rng(seed)
    facts = task.facts
    project, year = facts["project"], facts["start_year"]
    count = int(project.max(initial=0)) + 1
    worth = np.zeros(count)
    np.maximum.at(worth, project, facts["value"] / np.maximum(1, facts["cost"]))
    order = np.argsort(-worth, kind="stable")
    years = np.unique(year)
    for number in count_up():
        kind = number % 3
        if kind == 2 and len(years) > 2:
            first = rng.integers(0, len(years) - 1)
            near = np.isin(year, years[first : first + 2])
            chosen = np.zeros(count, bool)
            chosen[rng.permutation(count)[: 2 * FREE_PROJECTS]] = True
            yield near & chosen[project]
            continue
        chosen = np.zeros(count, bool)
        if kind == 0:
            chosen[rng.permutation(count)[:FREE_PROJECTS]] = True
        else:
            begin = rng.integers(0, max(1, count - FREE_PROJECTS))
            chosen[order[begin : begin + FREE_PROJECTS]] = True
        yield chosen[project]


def sub_limits(time_s: float, seed: int) -> Limits:
    """Limits of one neighbourhood: by nodes, so that a run can be repeated."""
    return Limits(0.0005, 0.5, time_s, seed, nodes=SUB_NODES)
