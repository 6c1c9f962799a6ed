"""Quick money rows: what every plan keeps, over works alone; asked before any program.

For each set S of funds that some package may use, and each last year t, the packages
that may use nothing outside S cannot pay more up to t than S gives up to t:

    Σ (payments up to t − possible savings) · x  ≤  Σ_{f ∈ S} money of f up to t.

With funds that pay at most a share of their base, the same holds over all plan years
for what these cannot pay. Both follow from the funding rules; they cut nothing off.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from renewopt.core.array_model import IntArray
from renewopt.core.tables import records
from renewopt.rules.funds import BP
from renewopt.rules.problem import Problem


def money_rows(problem: Problem) -> tuple[sparse.csr_matrix, IntArray]:
    """Build the rows: matrix over works (in the case's order) and room per row."""
    works = problem.case.work_facts
    pairs = problem.eligible_pairs.groupby("package_id")["fund_id"].agg(frozenset)
    sets = works["package_id"].map(pairs)
    known = sets[sets.notna()]
    rows: list[IntArray] = []
    room: list[int] = []
    if len(problem.policy.funds):
        for funds in sorted(set(known), key=sorted):
            inside = np.array(
                [isinstance(own, frozenset) and own <= funds for own in sets]
            )
            for row, limit in _rows(problem, funds):
                rows.append(np.where(inside, row, 0))
                room.append(limit)
    size = (len(rows), len(works))
    matrix = sparse.csr_matrix(np.vstack(rows) if rows else np.zeros(size, np.int64))
    return matrix, np.array(room, np.int64)


def _rows(problem: Problem, funds: frozenset[str]) -> list[tuple[IntArray, int]]:
    case, money = problem.case, problem.policy.fund_years
    own = money[money["fund_id"].isin(funds)]
    saving = _possible_saving(problem)
    past = case.package_history
    past = past[past["fund_id"].isin(funds)]
    held = int((past["received"] - past["amount"]).sum())
    found: list[tuple[IntArray, int]] = []
    for last in case.plan_years:
        spent = _paid(problem, "cost", last) - np.where(
            case.works["start_year"].to_numpy() <= last, saving, 0
        )
        limit = held + int(own.loc[own["year"] <= last, "amount"].sum())
        found.append((spent.astype(np.int64), limit))
    if len(case.package_history):
        return found  # shares over a life that began before the plan: left to the rows
    table = problem.policy.funds
    capped = table[table["fund_id"].isin(funds) & table["max_share_bp"].notna()]
    if len(capped):
        spent = BP * (_paid(problem, "cost", case.end_year) - saving)
        for fund in records(capped):
            base = "eligible_cost" if fund.share_base == "eligible" else "cost"
            spent = spent - int(fund.max_share_bp) * _paid(problem, base, case.end_year)
        free = own[~own["fund_id"].isin(capped["fund_id"])]
        found.append((spent.astype(np.int64), BP * int(free["amount"].sum())))
    return found


def _paid(problem: Problem, column: str, last: int) -> IntArray:
    case = problem.case
    total = (
        case.payments[case.payments["year"] <= last].groupby("work_id")[column].sum()
    )
    paid: pd.Series = case.works["work_id"].map(total).fillna(0)
    return paid.to_numpy(np.int64)


def _possible_saving(problem: Problem) -> IntArray:
    case, rule = problem.case, problem.policy.first("dig_once")
    if rule is None:
        return np.zeros(len(case.works), np.int64)
    amount = case.corridor_projects["excavation_cost"] * rule.rate_bp // BP
    total = amount.groupby(case.corridor_projects["project_id"]).sum()
    saving: pd.Series = case.works["project_id"].map(total).fillna(0)
    return saving.to_numpy(np.int64)
