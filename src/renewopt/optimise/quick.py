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
    rows: list[sparse.csr_matrix] = []
    room: list[int] = []
    if len(problem.policy.funds):
        distinct = sorted(set(known), key=sorted)
        number = {funds: i for i, funds in enumerate(distinct)}
        kind = sets.map(number).fillna(-1).to_numpy(np.int64)
        spent = _spent(problem)
        for funds in distinct:
            within = np.array([own <= funds for own in distinct] + [False])
            inside = within[kind]
            for row, limit in _rows(problem, funds, spent):
                rows.append(sparse.csr_matrix(np.where(inside, row, 0)))
                room.append(limit)
    if not rows:
        none = np.zeros((0, len(works)), np.int64)
        return sparse.csr_matrix(none), np.zeros(0, np.int64)
    return sparse.vstack(rows).tocsr(), np.array(room, np.int64)


def _spent(problem: Problem) -> list[IntArray]:
    """Give the least that each work pays up to each plan year: less every saving."""
    case, saving = problem.case, _possible_saving(problem)
    start = case.works["start_year"].to_numpy(np.int64)
    return [
        _paid(problem, "cost", last) - np.where(start <= last, saving, 0)
        for last in case.plan_years
    ]


def _rows(
    problem: Problem, funds: frozenset[str], paid: list[IntArray]
) -> list[tuple[IntArray, int]]:
    case, money = problem.case, problem.policy.fund_years
    own = money[money["fund_id"].isin(funds)]
    past = case.package_history
    past = past[past["fund_id"].isin(funds)]
    held = int((past["received"] - past["amount"]).sum())
    found: list[tuple[IntArray, int]] = []
    for last, spent in zip(case.plan_years, paid, strict=True):
        limit = held + int(own.loc[own["year"] <= last, "amount"].sum())
        found.append((spent, limit))
    if len(case.package_history):
        return found  # shares over a life that began before the plan: left to the rows
    table = problem.policy.funds
    capped = table[table["fund_id"].isin(funds) & table["max_share_bp"].notna()]
    if len(capped):
        saving = _possible_saving(problem)
        spent = BP * (_paid(problem, "cost", case.end_year) - saving)
        for fund in records(capped):
            base = "eligible_cost" if fund.share_base == "eligible" else "cost"
            # Money up front is a share of the whole, payments after the plan included.
            years = case.payments["year"]
            last = int(years.max()) if fund.up_front else case.end_year
            spent = spent - int(fund.max_share_bp) * _paid(problem, base, last)
        free = own[~own["fund_id"].isin(capped["fund_id"])]
        found.append((spent.astype(np.int64), BP * int(free["amount"].sum())))
    return found


def _paid(problem: Problem, column: str, last: int) -> IntArray:
    case = problem.case
    own = (case.payments["year"] <= last).to_numpy()
    paid = np.zeros(len(case.works), np.int64)
    np.add.at(paid, case.payment_works[own], case.payments[column].to_numpy()[own])
    return paid


def _possible_saving(problem: Problem) -> IntArray:
    case, rule = problem.case, problem.policy.first("dig_once")
    if rule is None:
        return np.zeros(len(case.works), np.int64)
    amount = case.openings["excavation_cost"] * rule.rate_bp // BP
    total = amount.groupby(case.openings["work_id"]).sum()
    saving: pd.Series = case.works["work_id"].map(total).fillna(0)
    return saving.to_numpy(np.int64)
