"""Two layers: the plan of confirmed money, and above it what more money would add."""

from __future__ import annotations

from dataclasses import replace

from renewopt.core.errors import ContradictionError, Message, message
from renewopt.optimise.task import SolveOptions
from renewopt.road.solve import Stop, Tell, solve_problem
from renewopt.road.start import Start
from renewopt.rules.layers import confirmed_problem, nested_problem, unsure_money
from renewopt.rules.problem import Problem
from renewopt.runs.plan import Layers, Plan


def solve_layers(
    problem: Problem,
    *,
    options: SolveOptions,
    progress: Tell | None = None,
    cancelled: Stop | None = None,
    start: Start | None = None,
) -> Plan:
    """Plan with confirmed money, then with all money, keeping what the first does.

    Each layer has the limits of `options` for itself. Where confirmed money cannot
    keep the hard rules (running works that count on a grant), the plan is made with
    all money, and its `layers` say why there is no confirmed one.

    Raises
    ------
    RenewoptError
        As `solve_problem`, for the plan with all money.
    """

    def solve(own: Problem, begin: Start | None = start) -> Plan:
        return solve_problem(
            own, options=options, progress=progress, cancelled=cancelled, start=begin
        )

    if unsure_money(problem.policy).empty:
        plan = solve(problem)
        note = message("layers.all_confirmed")
        return replace(plan, warnings=(*plan.warnings, note))
    try:
        confirmed = solve(confirmed_problem(problem))
    except ContradictionError as error:
        return replace(solve(problem), layers=Layers(None, tuple(error.messages)))
    plan = solve(nested_problem(problem, confirmed.schedule))
    return replace(plan, layers=Layers(confirmed))


def layer_note(problem: Problem) -> list[Message]:
    """Say that a plan without layers counts on money that is not confirmed."""
    money = unsure_money(problem.policy)
    if money.empty:
        return []
    names = sorted({f"{row.fund_id} {row.year}" for row in money.itertuples()})
    total = f"{int(money['amount'].sum()) / 100:,.2f}"
    return [message("layers.unsure", total=total, money=", ".join(names))]
