"""Money as two small tables, and the policy that follows from what was typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from renewopt.core.errors import InputError, Message, message
from renewopt.core.money import to_units, to_wan
from renewopt.rules.assemble import policy_problems
from renewopt.rules.policy import Policy, make_policy
from renewopt.rules.problem import Problem

CEILINGS = {"debt_limit": "limit", "debt_service": "purse"}
"""Kinds of rule whose yearly amounts are edited, and the key that holds them."""


def budgets(policy: Policy, years: list[int]) -> pd.DataFrame:
    """Give new money by fund (index) and year (columns), in 万元."""
    table = policy.fund_years.pivot_table(
        index="fund_id", columns="year", values="amount", aggfunc="sum", fill_value=0
    )
    table = table.reindex(policy.funds["fund_id"], fill_value=0)
    return _named_years(to_wan(table.reindex(columns=years, fill_value=0)))


def ceilings(policy: Policy, years: list[int]) -> pd.DataFrame:
    """Give debt limits and purses by rule (index) and year (columns), in 万元.

    A year without a limit is empty.
    """
    rows = {
        rule.id: {year: getattr(rule, key).get(year) for year in years}
        for kind, key in CEILINGS.items()
        for rule in policy.of_kind(kind)
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=years)
    return _named_years(table)


def _named_years(table: pd.DataFrame) -> pd.DataFrame:
    table = table.astype("float64")
    table.columns = pd.Index([str(year) for year in table.columns])
    table.index.name = "id"
    return table


def edited_policy(
    problem: Problem, budget: pd.DataFrame, ceiling: pd.DataFrame
) -> Policy:
    """Give the policy with other amounts; everything else stays.

    Raises
    ------
    InputError
        With every cell that is empty, negative or finer than 0.01 万元, and with
        whatever the rules refuse.
    """
    policy = problem.policy
    needed = ceilings(policy, problem.case.plan_years).notna()
    problems: list[Message] = []
    money = _units(budget, budget.notna() | True, problems)
    limits = _units(ceiling, needed, problems)
    if problems:
        raise InputError(*problems)
    tables = [
        _with_limits(rule.as_table(), limits.get(rule.id, {}), CEILINGS.get(rule.kind))
        for rule in policy.rules
    ]
    edited = make_policy(
        {"objective": policy.objective.model_dump(), "rule": tables},
        policy.funds,
        _fund_years(policy, money),
        policy.existing_debt,
        "policy.toml",
    )
    refused = policy_problems(Problem(problem.case, edited))
    if refused:
        raise InputError(*refused)
    return edited


def _units(
    table: pd.DataFrame, needed: pd.DataFrame, problems: list[Message]
) -> dict[str, dict[int, int]]:
    """Turn cells into units by row and year; add what is wrong to `problems`."""
    found: dict[str, dict[int, int]] = {}
    for name, row in table.iterrows():
        own = found.setdefault(str(name), {})
        for year, value in row.items():
            place = {"row": str(name), "year": str(year)}
            if pd.isna(value):
                if needed.loc[str(name), str(year)]:
                    problems.append(message("app.money.empty", **place))
            elif value < 0:
                problems.append(message("app.money.negative", **place, value=value))
            else:
                try:
                    own[int(str(year))] = to_units(value, f"{name} {year}")
                except InputError as error:
                    problems.extend(error.messages)
    return found


def _with_limits(
    table: dict[str, Any], limits: Mapping[int, int], key: str | None
) -> dict[str, Any]:
    if key is None or not limits:
        return table
    typed = {str(year): to_wan(units) for year, units in limits.items()}
    kept = {str(year): amount for year, amount in table[key].items()}
    return {**table, key: {y: str(a) for y, a in (kept | typed).items()}}


def _fund_years(policy: Policy, money: Mapping[str, Mapping[int, int]]) -> pd.DataFrame:
    """Replace the plan years; keep what a fund has in other years."""
    old = policy.fund_years
    typed = {(fund, year) for fund, own in money.items() for year in own}
    keys = zip(old["fund_id"], old["year"], strict=True)
    kept = old[[key not in typed for key in keys]]
    new = pd.DataFrame(
        [
            (fund, year, units)
            for fund, own in money.items()
            for year, units in own.items()
        ],
        columns=["fund_id", "year", "amount"],
    )
    return pd.concat([kept, new], ignore_index=True)


def differences(
    before: pd.DataFrame, after: pd.DataFrame
) -> Iterator[tuple[str, str, float, float]]:
    """Yield (row, year, before, after) of every amount that was changed."""
    for name in before.index:
        for year in before.columns:
            old, new = before.loc[name, year], after.loc[name, year]
            if old != new and not (pd.isna(old) and pd.isna(new)):
                yield str(name), str(year), float(old), float(new)
