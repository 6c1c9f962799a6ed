"""Debt ledger: what each debt fund owes and pays, year by year, to the last payment.

For an issue `r` of year y (the money received), with tenor n and grace g, in year y+a:

    interest  = coupon × r × owed(a−1)
    principal = r × (owed(a−1) − owed(a))
    balance   = r × owed(a)

where owed(a) is 1 up to the end of the grace (bullet: until the year before y+n) and
falls by 1/(n−g) a year after it. Sums are exact fractions; what is shown is rounded up
to 0.01 万元 once: `balance` per fund and year, `service` per package, fund and year
before it is summed. `repaid` is what the balance falls by, `interest` the rest of the
service: rows and years add up exactly.
Existing debt comes on top.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from renewopt.core.schedule import Schedule
from renewopt.core.tables import Column, TableSchema
from renewopt.rules.funds import DebtTerms
from renewopt.rules.problem import Problem

DEBT = TableSchema(
    "debt",
    (
        Column("fund_id", "text", True, doc="debt fund"),
        Column("kind", "text", False, doc="kind of fund", default=""),
        Column("year", "integer", True, doc="year"),
        Column("issued", "money", False, "万元", "received in the year", 0, 0),
        Column("repaid", "money", False, "万元", "principal repaid", 0, 0),
        Column("interest", "money", False, "万元", "interest paid", 0, 0),
        Column("service", "money", False, "万元", "principal and interest", 0, 0),
        Column("balance", "money", False, "万元", "owed at the end of the year", 0, 0),
        Column("limit", "text", False, "万元", "debt limit; empty: none", default=""),
        Column("limit_rule", "text", False, "", "rule that sets the limit", default=""),
    ),
    ("fund_id", "year"),
    "Debt by fund and year, existing debt included, until everything is repaid. A "
    "limit that a rule sets for several funds together is shown at each of them.",
)

Exact = dict[int, Fraction]


@dataclass
class _Account:
    """Exact sums of one fund by year; `service` is rounded up per package."""

    issued: dict[int, int]
    balance: Exact
    service: dict[int, int]


def debt_ledger(problem: Problem, schedule: Schedule) -> pd.DataFrame:
    """Compute the ledger of every debt fund (table `DEBT`, money in units)."""
    funds = problem.policy.funds
    debt = funds[funds["debt"].astype(bool)].sort_values("fund_id")
    limits = _limits(problem)
    rows: list[dict[str, object]] = []
    for _, fund in debt.iterrows():
        name = str(fund["fund_id"])
        issues = schedule.draws[schedule.draws["fund_id"] == name]
        existing = problem.policy.existing_debt
        account = _account(DebtTerms.of(fund), issues)
        own = existing[existing["fund_id"] == name]
        _add_existing(account, own, problem.case.start_year)
        last = max([problem.case.end_year, *account.service])
        first = problem.case.start_year
        owed = int(own.loc[own["year"] >= first, "repaid"].sum())
        for year in range(problem.case.start_year, last + 1):
            limit, rule = limits.get((name, year), ("", ""))
            left = math.ceil(account.balance[year])
            repaid = owed + account.issued[year] - left
            owed = left
            rows.append(
                {
                    "fund_id": name,
                    "kind": fund["kind"],
                    "year": year,
                    "issued": account.issued[year],
                    "repaid": repaid,
                    "interest": account.service[year] - repaid,
                    "service": account.service[year],
                    "balance": left,
                    "limit": limit,
                    "limit_rule": rule,
                }
            )
    return DEBT.conform(pd.DataFrame(rows))


def _account(terms: DebtTerms, issues: pd.DataFrame) -> _Account:
    account = _Account(
        defaultdict(int),
        defaultdict(Fraction),
        defaultdict(int),
    )
    per_package: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for row in issues[issues["received"] > 0].itertuples():
        received, year = int(str(row.received)), int(str(row.year))
        account.issued[year] += received
        account.balance[year] += received
        for age in range(1, terms.tenor + 1):
            before = received * terms.balance(age - 1)
            after = received * terms.balance(age)
            account.balance[year + age] += after
            due = terms.coupon * before + before - after
            per_package[str(row.package_id), year + age] += due
    for (_, year), amount in per_package.items():
        account.service[year] += math.ceil(amount)
    return account


def _add_existing(account: _Account, existing: pd.DataFrame, first: int) -> None:
    """Add what is owed already; its balance is what is still to be repaid later."""
    for row in existing.itertuples():
        year, repaid = int(str(row.year)), int(str(row.repaid))
        interest = int(str(row.interest))
        account.service[year] += repaid + interest
        for earlier in range(first, year):
            account.balance[earlier] += repaid


def _limits(problem: Problem) -> dict[tuple[str, int], tuple[str, str]]:
    """Collect the limit by fund and year, with the rule that sets it."""
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for rule in problem.policy.rules:
        if rule.kind != "debt_limit":
            continue
        table = rule.as_table()
        for year, amount in dict(table["limit"]).items():
            for fund in table["funds"]:
                found[str(fund), int(year)] = (str(amount), str(table["id"]))
    return found
