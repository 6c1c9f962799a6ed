"""What goes to the worker process and what comes back, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from renewopt.core.array_model import IntArray, LinearModel
from renewopt.optimise.model import BuiltModel
from renewopt.optimise.quick import money_rows
from renewopt.optimise.trust import Fault
from renewopt.rules.mandatory import LEVELS
from renewopt.rules.problem import Problem

MONEY_FAMILIES = (
    *("draw", "receipt", "saving", "short", "missing", "parcels", "counted"),
    "building",
)
"""Families of amounts (money, parcels of it); all others are yes-or-no decisions."""

NO_DUTY = 9
"""Level of works whose project has no duty."""

INTEGER_DRAWS_UP_TO = 120
"""Draw columns up to which draws are whole units while solving."""


@dataclass(frozen=True)
class SolveOptions:
    """How exactly and how long to solve.

    Attributes
    ----------
    gap
        Relative gap of the objective at which to stop.
    time_limit_s
        Seconds for everything; a stop by the clock makes the plan not repeatable.
    engine
        `auto`, `highs`, `scip` and `cp-sat` (through OR-Tools), `cbc` (through PuLP),
        or a program that the bureau owns (`gurobi`, `cplex`, `copt`).
    seed
        Seed handed to the engine.
    baselines
        Whether the greedy plans are made in any case, also where another run gives
        the first plan.
    processes
        Solver processes at a time; `auto` makes use of two.
    """

    gap: float = 0.005
    time_limit_s: float = 120.0
    engine: str = "auto"
    seed: int = 0
    baselines: bool = True
    processes: int = 2


@dataclass(frozen=True, eq=False)
class SolveTask:
    """A model as arrays, with what the greedy methods need to know of each work.

    Attributes
    ----------
    matrix, row_lower, row_upper
        Rows; `FREE` stands for no limit. Whole numbers.
    lower, upper
        Column bounds.
    is_money
        Columns that are amounts (may be continuous while solving).
    missing
        Columns that count what is missing of a target: each stands in one row, with
        works alone, which it fills up.
    is_draw
        Draw columns; counted to decide whether draws are whole while solving.
    is_debt
        Draws from funds that must be repaid.
    parcels
        Columns of draws in steps or of a least size: at 0, so is the draw.
    x
        Column number of each work.
    stage_coef, stage_constant, stage_names
        One row per stage, all to be minimised; the last is the negative objective.
    facts
        Per work: `project` (number), `start_year`, `order` (of its mode), `value`,
        `cost` (units), `risk` (of the project), `level` (of its duty, 9: none),
        `weight`, `late`.
    row_rule, rules
        Number of each row's rule, and the rules' identifiers.
    quick, quick_room
        Rows over works alone that every plan keeps (money over several years); the
        greedy methods ask them before the linear program.
    package
        Number of the package that an amount belongs to; -1: of none, or no amount.
    """

    matrix: sparse.csr_matrix
    row_lower: IntArray
    row_upper: IntArray
    lower: IntArray
    upper: IntArray
    is_money: npt.NDArray[np.bool_]
    is_draw: npt.NDArray[np.bool_]
    is_debt: npt.NDArray[np.bool_]
    missing: IntArray
    parcels: IntArray
    x: IntArray
    stage_coef: IntArray
    stage_constant: IntArray
    stage_names: tuple[str, ...]
    facts: dict[str, IntArray]
    row_rule: IntArray
    rules: tuple[str, ...]
    quick: sparse.csr_matrix
    quick_room: IntArray
    package: IntArray

    @property
    def whole_draws(self) -> bool:
        """Tell whether draws are whole units while solving."""
        return int(self.is_draw.sum()) <= INTEGER_DRAWS_UP_TO

    def without_parcels(self) -> SolveTask:
        """Give the same task without the money that comes in steps."""
        upper = self.upper.copy()
        upper[self.parcels] = self.lower[self.parcels]
        return replace(self, upper=upper)

    def stage_values(self, values: IntArray) -> IntArray:
        """Evaluate every stage at whole-number column values."""
        result: IntArray = self.stage_coef @ values + self.stage_constant
        return result

    def broken(self, values: IntArray) -> IntArray:
        """List the numbers of the rows that whole-number values break; exact."""
        total = self.matrix @ values
        rows = np.flatnonzero((total < self.row_lower) | (total > self.row_upper))
        outside = np.flatnonzero((values < self.lower) | (values > self.upper))
        return np.concatenate([rows, -1 - outside]).astype(np.int64)


def make_task(problem: Problem, built: BuiltModel) -> SolveTask:
    """Turn a built model into the arrays of a task."""
    model = built.model
    matrix, row_lower, row_upper = model.matrix()
    row_rule, rules = _row_rules(model)
    some = rows_that_ask(model)
    is_money = np.zeros(model.n_columns, bool)
    for family, series in model.families.items():
        if family.split(" ")[0] in MONEY_FAMILIES:
            is_money[series.to_numpy()] = True
    is_draw = np.zeros(model.n_columns, bool)
    draw = model.columns("draw")
    is_draw[draw.to_numpy()] = True
    is_debt = np.zeros(model.n_columns, bool)
    if len(draw):
        funds = problem.policy.funds
        debt = set(funds.loc[funds["debt"], "fund_id"])
        owed = draw.index.get_level_values("fund_id").isin(list(debt))
        is_debt[draw.to_numpy()[owed]] = True
    return SolveTask(
        matrix[some],
        row_lower[some],
        row_upper[some],
        model.lower,
        model.upper,
        is_money,
        is_draw,
        is_debt,
        _of_families(model, "missing"),
        _of_families(model, "parcels", "drawn"),
        model.columns("x").to_numpy(np.int64),
        np.vstack([stage.coef for stage in built.stages]),
        np.array([stage.constant for stage in built.stages], np.int64),
        tuple(stage.name for stage in built.stages),
        _facts(problem, built),
        row_rule[some],
        rules,
        *money_rows(problem),
        _packages(problem, model, is_money),
    )


def _packages(
    problem: Problem, model: LinearModel, is_money: npt.NDArray[np.bool_]
) -> IntArray:
    found = np.full(model.n_columns, -1, np.int64)
    known = pd.Index(problem.case.packages["package_id"])
    for series in model.families.values():
        if "package_id" in series.index.names:
            owner = known.get_indexer(series.index.get_level_values("package_id"))
            found[series.to_numpy()] = owner
    found[~is_money] = -1
    return found


def _of_families(model: LinearModel, *names: str) -> IntArray:
    found = [
        series.to_numpy(np.int64)
        for family, series in model.families.items()
        if family.split(" ")[0] in names
    ]
    return np.concatenate([*found, np.zeros(0, np.int64)])


def rows_that_ask(model: LinearModel) -> IntArray:
    """List the rows that column bounds alone do not keep already.

    A saving where nothing can be saved is such a row: its column can only be zero. Rows
    without terms stay, since one that cannot hold ends the run.
    """
    matrix, row_lower, row_upper = model.matrix()
    lower, upper = model.lower, model.upper
    fixed = lower == upper
    by_row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    open_terms = np.bincount(by_row[~fixed[matrix.indices]], minlength=matrix.shape[0])
    value = matrix @ np.where(fixed, lower, 0)
    kept = (value >= row_lower) & (value <= row_upper)
    idle = (open_terms == 0) & (np.diff(matrix.indptr) > 0) & kept
    return np.flatnonzero(~idle)


def _row_rules(model: LinearModel) -> tuple[IntArray, tuple[str, ...]]:
    rules = tuple(sorted({block.rule_id for block in model.rows}))
    number = [rules.index(block.rule_id) for block in model.rows]
    size = [len(block.labels) for block in model.rows]
    return np.repeat(np.array(number, np.int64), size), rules


def _facts(problem: Problem, built: BuiltModel) -> dict[str, IntArray]:
    case = problem.case
    works = case.work_facts
    cost = np.zeros(len(works), np.int64)
    np.add.at(cost, case.payment_works, case.payments["cost"].to_numpy(np.int64))
    x = built.model.columns("x").to_numpy()
    level = pd.Series(NO_DUTY, index=works.index)
    weight = pd.Series(0, index=works.index)
    late = pd.Series(0, index=works.index)
    objective = built.stages[-1]
    for stage in built.stages[:-1]:
        coef = stage.coef[x]
        if stage.level not in LEVELS:
            continue
        if stage.measure == "unplaced":
            first = (coef != 0) & (level == NO_DUTY)
            level[first] = LEVELS.index(stage.level)
            weight[first] = -coef[first]
        else:
            late = late.where(coef == 0, np.maximum(late, coef))
    columns = {
        "project": pd.factorize(works["project_id"])[0],
        "start_year": works["start_year"],
        "order": _mode_order(works),
        "value": -objective.coef[x],
        "cost": cost,
        "risk": np.floor(works["risk_now"] * 100),
        "level": level,
        "weight": weight,
        "late": late,
    }
    return {name: np.asarray(column, np.int64) for name, column in columns.items()}


def _mode_order(works: pd.DataFrame) -> IntArray:
    """Give each work the rank of its mode among its project's, in the case's order."""
    modes = works[["project_id", "mode"]].drop_duplicates()
    rank = modes.groupby("project_id").cumcount()
    pairs = pd.MultiIndex.from_frame(works[["project_id", "mode"]])
    known = pd.Series(rank.to_numpy(), index=pd.MultiIndex.from_frame(modes))
    order: IntArray = known.reindex(pairs).to_numpy(np.int64)
    return order


@dataclass(frozen=True, eq=False)
class StageProof:
    """What is known of one stage: its value, its bound, whether they meet."""

    name: str
    value: int
    bound: float
    proven: bool


@dataclass(frozen=True, eq=False)
class SolveResult:
    """What the worker found; `values` are whole numbers and break no row.

    Attributes
    ----------
    status
        optimal, feasible, infeasible, cancelled or failed.
    conflict
        Rules of which one has to give way, where the status is infeasible.
    values
        Column values of the plan; None where there is none.
    baselines
        Column values of `greedy` and `worst_first`, where they exist.
    bound
        Proven bound of the objective in units, at the shortfall held.
    clocked
        Whether the clock cut some step short, so that the plan may differ next time.
    multipliers
        Of the task's rows and the stages held, from the linear relaxation of the
        objective; above zero at a lower limit. None where it was not solved.
    held
        Value (without the constant) of each stage that was held then.
    faults
        What went wrong on the way, and was survived.
    way
        How the objective was gone about: `whole`, `neighbourhoods`, `portfolio` (those
        beside the whole model in a second process) or `large`; `old run` before it
        where another run gave the first plan. Empty where it was not reached.
    """

    status: str
    engine: str
    values: IntArray | None
    baselines: dict[str, IntArray]
    stages: list[StageProof]
    bound: float
    seconds: float
    stopped_by: str
    conflict: list[str] = field(default_factory=list)
    detail: str = ""
    clocked: bool = False
    multipliers: npt.NDArray[np.float64] | None = None
    held: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    way: str = ""


def trivial_bound(task: SolveTask) -> float:
    """Give the bound that column bounds alone prove."""
    coef = -task.stage_coef[-1]
    return float(np.maximum(coef * task.lower, coef * task.upper).sum())
