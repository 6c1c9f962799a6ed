"""The linear relaxation of the pooled program: few columns first, the others priced.

Multipliers from a sample of the units say which works are far from worthwhile; the
program without them is small. What its multipliers say of the works left out decides
which of them have to be let in. At the end no column has a reduced cost of the wrong
sign, and the multipliers are those of the whole program. Stopped earlier they prove a
weaker bound: it is added up over all columns in any case.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from renewopt.core.array_model import FloatArray, IntArray
from renewopt.optimise.engines.base import Mip
from renewopt.optimise.engines.highs import Basis, relax, relax_from
from renewopt.optimise.program import Program

BoolArray = npt.NDArray[np.bool_]
SAMPLED_FROM = 15_000
"""Works from which on the first multipliers come from a sample of the units."""
SAMPLE = 10_000
"""Works that the sample has, about."""
FIRST_LOSS = 0.05
"""Works of the first program: lost against the best of the project, by their price."""
LET_IN = 20
"""Works of a project that one round lets in."""
MOST_ROUNDS = 12
GO_ON = 0.02
"""Share of new works up to which the primal simplex goes on from the last basis; where
there are more, presolve and the dual simplex are quicker from the start."""
EXACT = 5e-5
"""Wrong reduced costs at which pricing ends, as a share of the bound."""


@dataclass(frozen=True, eq=False)
class Dual:
    """Multipliers of the rows, the bound that they prove, and the relaxation's point.

    All in the scale of the program; no plan costs less than `bound`.
    """

    bound: float
    multipliers: FloatArray
    point: FloatArray


def solve_dual(
    program: Program, until: float, seed: int, first: BoolArray | None = None
) -> Dual | None:
    """Solve the relaxation by pricing, to a time of the monotonic clock.

    `first` are the works to begin with; else a sample of the units says which. None
    where even the first program is not done by then.
    """
    inside = _first_works(program, until, seed) if first is None else first.copy()
    best: Dual | None = None
    basis = Basis.of(len(program.mip.cost), program.mip.matrix.shape[0])
    for _ in range(MOST_ROUNDS):
        columns = program.mip.upper > 0
        columns[program.x] = inside
        follower, _, work = program.followers
        columns[follower] &= columns[work]
        answer = solve_part(program.mip, columns, until, basis)
        if answer is None and best is None and not inside.all():
            inside[:] = True  # a row may ask for what the sample would leave out
            continue
        if answer is None:
            break
        y, gains = program.balanced(answer[1])
        found = Dual(program.value(y), y, answer[0])
        if best is None or found.bound > best.bound:
            best = found
        wrong = ~inside & (gains < 0)
        loss = -gains[wrong].sum()
        if loss <= EXACT * abs(found.bound):
            break
        more = inside | _worst(program, np.where(wrong, gains, 0.0))
        new = np.count_nonzero(more) - np.count_nonzero(inside)
        basis.known = basis.known and bool(new <= GO_ON * np.count_nonzero(more))
        inside = more
    return best


def _worst(program: Program, gains: FloatArray) -> BoolArray:
    """Mark the works of each project that would gain most, where some would."""
    order = np.lexsort((gains, program.project))
    owner = program.project[order]
    place = np.arange(len(order))
    first = np.r_[True, owner[1:] != owner[:-1]] if len(order) else np.zeros(0, bool)
    rank = place - np.maximum.accumulate(np.where(first, place, 0))
    marks = np.zeros(len(gains), bool)
    marks[order[rank < LET_IN]] = True
    return marks & (gains < 0)


def _first_works(program: Program, until: float, seed: int) -> BoolArray:
    """Mark the works of the first program."""
    if len(program.x) < SAMPLED_FROM:
        return np.ones(len(program.x), bool)
    y = _sampled(program, until, seed)
    if y is None:
        return np.ones(len(program.x), bool)
    loss, price = program.losses(y)
    return (loss <= FIRST_LOSS * price) | program.asked


def _sampled(program: Program, until: float, seed: int) -> FloatArray | None:
    """Give multipliers of linking rows from a sample of the units.

    Limits are in proportion. Units come in the order of the packages: every n-th is a
    fair share of each kind. Of units with rows that ask for a work (running projects)
    all are there, each one n-th of itself: by chance too many of them would leave no
    way to keep the limits.
    """
    mip, link, unit = program.mip, program.link, program.unit
    step = max(2, round(len(program.x) / SAMPLE))
    first = int(np.random.default_rng(seed).integers(step))
    asked = np.zeros(int(unit.max(initial=-1)) + 2, bool)  # the last is that of amounts
    asked[unit[program.x[program.asked]]] = True
    shrunk = (unit < 0) | asked[unit]
    inside = shrunk | (unit % step == first)
    rows = link.copy()
    rows[program.terms_row[shrunk[mip.matrix.indices]]] = True
    row, column = (np.where(marks, 1 / step, 1.0) for marks in (rows, shrunk))
    part = replace(
        mip,
        row_lower=mip.row_lower * row,
        row_upper=mip.row_upper * row,
        lower=mip.lower * column,
        upper=mip.upper * column,
    )
    answer = solve_part(part, inside, until)
    return None if answer is None else np.where(link, answer[1], 0.0)


def solve_part(
    mip: Mip, inside: BoolArray, until: float, basis: Basis | None = None
) -> tuple[FloatArray, FloatArray] | None:
    """Solve the relaxation of some columns, all others at zero: point, multipliers.

    A basis of the whole program says where to begin, and is brought up to date.
    """
    left = until - time.monotonic()
    part, own, rows = part_of(mip, inside)
    if left <= 0:
        return None
    relaxed = relax_from(part, basis, own, rows, left) if basis else relax(part, left)
    if relaxed is None:
        return None
    point, y = np.zeros(len(inside)), np.zeros(mip.matrix.shape[0])
    point[own], y[rows] = relaxed.point, relaxed.multipliers
    # Rounding can leave a hair of a multiplier at a limit that is none.
    y[(y > 0) & np.isneginf(mip.row_lower) | (y < 0) & np.isposinf(mip.row_upper)] = 0.0
    return point, y


def part_of(mip: Mip, inside: BoolArray) -> tuple[Mip, IntArray, IntArray]:
    """Give the program of some columns, with the columns and the rows that it has."""
    own = np.flatnonzero(inside)
    part = sparse.csr_matrix(sparse.csc_matrix(mip.matrix)[:, own])
    rows = np.flatnonzero(np.diff(part.indptr))
    small = replace(
        mip,
        cost=mip.cost[own],
        matrix=part[rows],
        row_lower=mip.row_lower[rows],
        row_upper=mip.row_upper[rows],
        lower=mip.lower[own],
        upper=mip.upper[own],
        integer=mip.integer[own],
        column_scale=mip.column_scale[own],
        row_scale=mip.row_scale[rows],
    )
    return small, own, rows
