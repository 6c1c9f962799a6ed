"""Shortfall stages of large models: bounded by the pooled relaxation, then improved.

Only works of projects that a stage is about, works that rows ask for and those of the
best plan are in the programs; the relaxation lets in others where they would help.
"""

from __future__ import annotations

import time

import numpy as np

from renewopt.core.array_model import IntArray
from renewopt.optimise.duals import solve_dual
from renewopt.optimise.engines.base import Limits
from renewopt.optimise.large import large_engine, reduced_to, take_part
from renewopt.optimise.program import make_program
from renewopt.optimise.stages import stage_floor
from renewopt.optimise.state import Run

WHOLE = 1e-6
"""Stage values are whole numbers: a bound above n (by more than this) is n + 1."""
SHARE = 0.1
"""Share of the time left that the engine may take for one stage."""


def large_stage(run: Run, number: int, held: list[tuple[IntArray, int]]) -> str:
    """Lower one stage with all earlier ones held; its bound is the relaxation's."""
    task, pooled = run.task, run.pooled
    assert pooled is not None
    coef, constant = task.stage_coef[number], int(task.stage_constant[number])
    bound = float(stage_floor(task, number))
    if run.best is not None and int(coef @ run.best) + constant <= bound:
        run.stage_bounds.append(bound)
        return "optimal"
    run.tell(task.stage_names[number], None, None)
    program = make_program(task, pooled, number, [value for _, value in held])
    own = np.zeros(int(program.project.max(initial=-1)) + 1, bool)
    own[program.project[coef[task.x] != 0]] = True
    near = own[program.project] | program.asked
    if run.best is not None:
        near |= run.best[task.x] > 0
    until = time.monotonic() + SHARE * run.left()
    dual = solve_dual(program, until, run.options.seed, near)
    if dual is not None:
        least = np.ceil(dual.bound - WHOLE * max(1.0, abs(dual.bound)))
        bound = max(bound, float(least) + constant)
        near |= dual.point[program.x] > WHOLE
    run.stage_bounds.append(bound)
    known = np.inf if run.best is None else float(coef @ run.best)
    if known + constant > bound:
        limits = Limits(0.0, 0.99, SHARE * run.left(), run.options.seed)
        run.engine = large_engine(run)
        part = reduced_to(program, program.mip, near)
        take_part(run, program, part, limits, known)
    reached = np.inf if run.best is None else int(coef @ run.best) + constant
    return "optimal" if reached <= bound else "feasible"
