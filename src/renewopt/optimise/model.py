"""The model of a problem: columns for works and draws, then every rule's rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.core.array_model import IntArray, LinearModel
from renewopt.core.schedule import Schedule
from renewopt.optimise.objective import Stage, stages
from renewopt.rules.problem import Problem


@dataclass(frozen=True, eq=False)
class BuiltModel:
    """The array model with its stages (minimise each in order, the last maximised)."""

    model: LinearModel
    stages: tuple[Stage, ...]


def build_model(problem: Problem) -> BuiltModel:
    """Build columns, rows and stages; the same problem gives the same arrays."""
    model = LinearModel()
    add_plan_columns(problem, model)
    for rule in problem.policy.rules:
        rule.build(problem, model)
    return BuiltModel(model, tuple(stages(problem, model)))


def add_plan_columns(problem: Problem, model: LinearModel) -> None:
    """Add the columns that every rule may speak of: works and draws."""
    works = problem.case.works["work_id"]
    model.add_columns("x", pd.Index(works, name="work_id"))
    _add_draws(problem, model)


def _add_draws(problem: Problem, model: LinearModel) -> None:
    """One draw column per eligible package and fund, and per plan year.

    Money that comes up front has a column of its own for what is received.
    """
    case, pairs = problem.case, problem.eligible_pairs
    pairs = pairs.sort_values(["package_id", "fund_id"], ignore_index=True)
    years = case.plan_years
    keys = pd.MultiIndex.from_arrays(
        [
            np.repeat(pairs["package_id"].to_numpy(object), len(years)),
            np.tile(np.array(years), len(pairs)),
            np.repeat(pairs["fund_id"].to_numpy(object), len(years)),
        ],
        names=["package_id", "year", "fund_id"],
    )
    paid = case.payments.merge(case.work_facts[["work_id", "package_id"]], on="work_id")
    most = paid.groupby(["package_id", "year"])["cost"].sum()
    at = pd.MultiIndex.from_arrays([keys.get_level_values(0), keys.get_level_values(1)])
    upper = most.reindex(at).fillna(0).to_numpy(np.int64)
    model.add_columns("draw", keys, upper=upper)
    free = set(problem.policy.funds.loc[problem.policy.funds["up_front"], "fund_id"])
    early = keys[keys.get_level_values("fund_id").isin(list(free))]
    if len(early):
        most_of_all = paid.groupby("package_id")["cost"].sum()
        owner = early.get_level_values("package_id")
        whole = most_of_all.reindex(owner).fillna(0).to_numpy(np.int64)
        model.add_columns("receipt", early, upper=whole)


def schedule_values(
    problem: Problem, model: LinearModel, schedule: Schedule
) -> IntArray:
    """Write a schedule as column values; helper columns as the rules state them.

    Raises
    ------
    KeyError
        If the schedule uses a work or a draw that the model has no column for.
    """
    values = np.zeros(model.n_columns, np.int64)
    values[model.columns("x").loc[schedule.chosen["work_id"]]] = 1
    draws = schedule.draws
    if len(draws):
        keys = pd.MultiIndex.from_frame(draws[["package_id", "year", "fund_id"]])
        values[model.columns("draw").loc[keys]] = draws["amount"]
        receipt = model.columns("receipt")
        early = keys.isin(receipt.index)
        if early.any():
            values[receipt.loc[keys[early]]] = draws.loc[early, "received"]
    for rule in problem.policy.rules:
        for family, series in rule.helper_values(problem, schedule).items():
            columns = model.columns(family)
            # A place where nothing can happen has no column: its value is idle.
            there = series.index.isin(columns.index)
            if family == "saving" and (series[~there] != 0).any():
                raise KeyError("a saving where there can be none")
            series = series[there]
            if len(series):
                values[columns.loc[series.index]] = series
    return values


def values_schedule(problem: Problem, model: LinearModel, values: IntArray) -> Schedule:
    """Read a schedule off column values."""
    x = model.columns("x")
    works = x.index[values[x.to_numpy()] > 0]
    owner = problem.case.works.set_index("work_id")["project_id"]
    saving = model.columns("saving")
    saved = (
        pd.Series(values[saving.to_numpy()], index=saving.index).reindex(works)
        if len(saving)
        else pd.Series(0, index=works)
    )
    chosen = pd.DataFrame(
        {
            "project_id": owner.loc[works].to_numpy(),
            "work_id": works,
            "saving": saved.fillna(0).to_numpy(),
        }
    )
    draw = model.columns("draw")
    draws = draw.index.to_frame(index=False)
    draws["amount"] = values[draw.to_numpy()]
    draws["received"] = draws["amount"]
    receipt = model.columns("receipt")
    if len(receipt):
        keys = pd.MultiIndex.from_frame(draws[["package_id", "year", "fund_id"]])
        early = keys.isin(receipt.index)
        draws.loc[early, "received"] = values[receipt.loc[keys[early]]]
    return Schedule(chosen, draws)
