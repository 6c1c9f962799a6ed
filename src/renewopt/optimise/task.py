"""What goes to the worker process and what comes back: arrays in a job folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from renewopt.core.array_model import IntArray, LinearModel
from renewopt.optimise.model import BuiltModel
from renewopt.optimise.quick import money_rows
from renewopt.rules.mandatory import LEVELS
from renewopt.rules.problem import Problem

MONEY_FAMILIES = ("draw", "saving", "short")
"""Families of money columns; all other columns are yes-or-no decisions."""

NO_DUTY = 9
"""Level of works whose project has no duty."""

INTEGER_DRAWS_UP_TO = 600
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
        `auto`, `highs`, `scip` (through OR-Tools) or `cbc` (through PuLP).
    seed
        Seed handed to the engine.
    """

    gap: float = 0.005
    time_limit_s: float = 120.0
    engine: str = "auto"
    seed: int = 0


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
        Columns that are amounts of money (may be continuous while solving).
    is_draw
        Draw columns; counted to decide whether draws are whole while solving.
    is_debt
        Draws from funds that must be repaid.
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
    """

    matrix: sparse.csr_matrix
    row_lower: IntArray
    row_upper: IntArray
    lower: IntArray
    upper: IntArray
    is_money: npt.NDArray[np.bool_]
    is_draw: npt.NDArray[np.bool_]
    is_debt: npt.NDArray[np.bool_]
    x: IntArray
    stage_coef: IntArray
    stage_constant: IntArray
    stage_names: tuple[str, ...]
    facts: dict[str, IntArray]
    row_rule: IntArray
    rules: tuple[str, ...]
    quick: sparse.csr_matrix
    quick_room: IntArray

    @property
    def whole_draws(self) -> bool:
        """Tell whether draws are whole units while solving."""
        return int(self.is_draw.sum()) <= INTEGER_DRAWS_UP_TO

    def stage_values(self, values: IntArray) -> IntArray:
        """Evaluate every stage at whole-number column values."""
        result: IntArray = self.stage_coef @ values + self.stage_constant
        return result

    def broken(self, values: IntArray) -> IntArray:
        """Number the rows that whole-number values break; exact."""
        total = self.matrix @ values
        rows = np.flatnonzero((total < self.row_lower) | (total > self.row_upper))
        outside = np.flatnonzero((values < self.lower) | (values > self.upper))
        return np.concatenate([rows, -1 - outside]).astype(np.int64)


def make_task(problem: Problem, built: BuiltModel) -> SolveTask:
    """Turn a built model into the arrays of a task."""
    model = built.model
    matrix, row_lower, row_upper = model.matrix()
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
        matrix,
        row_lower,
        row_upper,
        model.lower,
        model.upper,
        is_money,
        is_draw,
        is_debt,
        model.columns("x").to_numpy(np.int64),
        np.vstack([stage.coef for stage in built.stages]),
        np.array([stage.constant for stage in built.stages], np.int64),
        tuple(stage.name for stage in built.stages),
        _facts(problem, built),
        *_row_rules(model),
        *money_rows(problem),
    )


def _row_rules(model: LinearModel) -> tuple[IntArray, tuple[str, ...]]:
    names = [rule for rule, _ in model.row_names()]
    rules = tuple(sorted(set(names)))
    number = {rule: i for i, rule in enumerate(rules)}
    return np.array([number[rule] for rule in names], np.int64), rules


def _facts(problem: Problem, built: BuiltModel) -> dict[str, IntArray]:
    case = problem.case
    works = case.work_facts
    cost = case.payments.groupby("work_id")["cost"].sum()
    x = built.model.columns("x").to_numpy()
    level = pd.Series(NO_DUTY, index=works.index)
    weight = pd.Series(0, index=works.index)
    late = pd.Series(0, index=works.index)
    objective = built.stages[-1]
    for stage in built.stages[:-1]:
        coef = stage.coef[x]
        if stage.measure == "unplaced":
            first = (coef != 0) & (level == NO_DUTY)
            level[first] = LEVELS.index(stage.level)
            weight[first] = -coef[first]
        else:
            late = late.where(coef == 0, np.maximum(late, coef))
    order = works.groupby("project_id")["mode"].transform(lambda m: pd.factorize(m)[0])
    columns = {
        "project": pd.factorize(works["project_id"])[0],
        "start_year": works["start_year"],
        "order": order,
        "value": -objective.coef[x],
        "cost": works["work_id"].map(cost).fillna(0),
        "risk": np.floor(works["risk_now"] * 100),
        "level": level,
        "weight": weight,
        "late": late,
    }
    return {name: np.asarray(column, np.int64) for name, column in columns.items()}


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


def save_task(task: SolveTask, options: SolveOptions, folder: Path) -> None:
    """Write the task to a job folder."""
    arrays: dict[str, Any] = {
        "data": task.matrix.data,
        "indices": task.matrix.indices,
        "indptr": task.matrix.indptr,
        "shape": np.array(task.matrix.shape),
        "row_lower": task.row_lower,
        "row_upper": task.row_upper,
        "lower": task.lower,
        "upper": task.upper,
        "is_money": task.is_money,
        "is_draw": task.is_draw,
        "is_debt": task.is_debt,
        "x": task.x,
        "stage_coef": task.stage_coef,
        "stage_constant": task.stage_constant,
        "row_rule": task.row_rule,
        "quick_room": task.quick_room,
        "quick_data": task.quick.data,
        "quick_indices": task.quick.indices,
        "quick_indptr": task.quick.indptr,
        "quick_shape": np.array(task.quick.shape),
    }
    arrays |= {f"fact_{name}": column for name, column in task.facts.items()}
    np.savez(folder / "task.npz", **arrays)
    spec = {
        "stage_names": task.stage_names,
        "rules": task.rules,
        "options": asdict(options),
    }
    (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")


def load_task(folder: Path) -> tuple[SolveTask, SolveOptions]:
    """Read what `save_task` wrote."""
    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    with np.load(folder / "task.npz") as file:
        a = {name: file[name] for name in file.files}
    matrix = sparse.csr_matrix(
        (a["data"], a["indices"], a["indptr"]), shape=tuple(a["shape"])
    )
    names = (
        "row_lower",
        "row_upper",
        "lower",
        "upper",
        "is_money",
        "is_draw",
        "is_debt",
        "x",
        "stage_coef",
        "stage_constant",
        "row_rule",
        "quick_room",
    )
    facts = {k.removeprefix("fact_"): v for k, v in a.items() if k.startswith("fact_")}
    task = SolveTask(
        matrix,
        **{name: a[name] for name in names},
        stage_names=tuple(spec["stage_names"]),
        facts=facts,
        quick=sparse.csr_matrix(
            (a["quick_data"], a["quick_indices"], a["quick_indptr"]),
            shape=tuple(a["quick_shape"]),
        ),
        rules=tuple(spec["rules"]),
    )
    return task, SolveOptions(**spec["options"])


def save_result(result: SolveResult, folder: Path) -> None:
    """Write the result: arrays first, then the file that says it is complete."""
    arrays = {f"baseline_{k}": v for k, v in result.baselines.items()}
    if result.values is not None:
        arrays["values"] = result.values
    np.savez(folder / "result.npz", **arrays)  # type: ignore[arg-type]
    data = {
        "status": result.status,
        "engine": result.engine,
        "bound": result.bound,
        "seconds": result.seconds,
        "stopped_by": result.stopped_by,
        "conflict": result.conflict,
        "detail": result.detail,
        "stages": [asdict(stage) for stage in result.stages],
    }
    part = folder / "result.part"
    part.write_text(json.dumps(data), encoding="utf-8")
    part.replace(folder / "result.json")


def load_result(folder: Path) -> SolveResult:
    """Read what `save_result` wrote."""
    data = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    with np.load(folder / "result.npz") as file:
        a = {name: file[name] for name in file.files}
    data["stages"] = [StageProof(**stage) for stage in data["stages"]]
    baselines = {
        k.removeprefix("baseline_"): v
        for k, v in a.items()
        if k.startswith("baseline_")
    }
    return SolveResult(values=a.get("values"), baselines=baselines, **data)


def save_checkpoint(values: IntArray, folder: Path) -> None:
    """Keep the best plan so far, so that a crash does not lose it."""
    part = folder / "checkpoint.part.npy"
    np.save(part, values)
    part.replace(folder / "checkpoint.npy")


def load_checkpoint(folder: Path, ended: str, detail: str) -> SolveResult:
    """Make a result of what a worker left that crashed, hung or was stopped."""
    path = folder / "checkpoint.npy"
    values = np.load(path) if path.exists() else None
    status = "failed" if values is None else "feasible"
    if ended == "cancel":
        status = "cancelled"
    bound = float("inf")
    if values is not None:
        task, _ = load_task(folder)
        bound = trivial_bound(task)
    return SolveResult(status, "", values, {}, [], bound, 0.0, ended, [], detail)


def trivial_bound(task: SolveTask) -> float:
    """Give the bound that column bounds alone prove."""
    coef = -task.stage_coef[-1]
    return float(np.maximum(coef * task.lower, coef * task.upper).sum())
