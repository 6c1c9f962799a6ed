"""Debt ledgers: who owes and pays what, year by year, to the last payment.

For an issue `r` of year y (the money received), with tenor n and grace g, in year y+a:

    interest  = coupon × r × owed(a−1)
    principal = r × (owed(a−1) − owed(a))
    balance   = r × owed(a)

where owed(a) is 1 up to the end of the grace (bullet: until the year before y+n) and
falls by 1/(n−g) a year after it; interest twice a year: `DebtTerms.interest`. Sums are
exact fractions; what is shown (`balance`, `service`) is rounded up to 0.01 万元 once,
per package, fund and year. `repaid` is what the balance falls by, `interest` the rest
of the service. A fund's figures are the sums of its packages' and of what is owed
already: rows, years, packages and funds add up exactly.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from renewopt.core.schedule import Schedule
from renewopt.core.tables import Column, TableSchema, records
from renewopt.rules.funds import DebtTerms
from renewopt.rules.income import operation_years
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

DEBT_BY_PACKAGE = TableSchema(
    "debt_by_package",
    (
        Column("package_id", "text", doc="package; empty: owed already", default=""),
        Column("fund_id", "text", True, doc="debt fund"),
        Column("year", "integer", True, doc="year"),
        Column("issued", "money", False, "万元", "received in the year", 0, 0),
        Column("repaid", "money", False, "万元", "principal repaid", 0, 0),
        Column("interest", "money", False, "万元", "interest paid", 0, 0),
        Column(
            "before_operation",
            "money",
            False,
            "万元",
            "interest of it before the package operates: until its `operation_start`, "
            "and until all its works are completed (without a start: until then)",
            0,
            0,
        ),
        Column("service", "money", False, "万元", "principal and interest", 0, 0),
        Column("balance", "money", False, "万元", "owed at the end of the year", 0, 0),
    ),
    ("package_id", "fund_id", "year"),
    "Debt by package, fund and year, until everything is repaid. The sums over the "
    "packages are `debt.csv`.",
)

MONEY = ["issued", "repaid", "interest", "service", "balance"]


def debt_ledger(problem: Problem, schedule: Schedule) -> pd.DataFrame:
    """Add up the ledger of every debt fund (table `DEBT`, money in units)."""
    case, funds = problem.case, problem.policy.funds
    parts = debt_by_package(problem, schedule)
    limits = _limits(problem)
    rows: list[dict[str, object]] = []
    for fund in records(funds[funds["debt"].astype(bool)].sort_values("fund_id")):
        name = str(fund.fund_id)
        own = parts[parts["fund_id"] == name]
        sums: dict[int, Counter[str]] = defaultdict(Counter)
        for row in records(own):
            sums[int(row.year)].update({c: int(getattr(row, c)) for c in MONEY})
        last = max([case.end_year, *sums])
        for year in range(case.start_year, last + 1):
            limit, rule = limits.get((name, year), ("", ""))
            rows.append(
                {"fund_id": name, "kind": fund.kind, "year": year}
                | {column: sums[year][column] for column in MONEY}
                | {"limit": limit, "limit_rule": rule}
            )
    return DEBT.conform(pd.DataFrame(rows))


def debt_by_package(problem: Problem, schedule: Schedule) -> pd.DataFrame:
    """Compute the ledger of every package and debt fund (table `DEBT_BY_PACKAGE`)."""
    case, funds = problem.case, problem.policy.funds
    opens = operation_years(problem, schedule.chosen["work_id"])
    rows: list[dict[str, object]] = []
    for _, fund in funds[funds["debt"].astype(bool)].iterrows():
        name = str(fund["fund_id"])
        draws = schedule.draws
        issues = draws[(draws["fund_id"] == name) & (draws["received"] > 0)]
        for package, own in issues.groupby("package_id", sort=True):
            before = opens.get(str(package), case.end_year + 1)
            for row in _account(DebtTerms.of(fund), own):
                early = row["interest"] if row["year"] < before else 0
                place = {"package_id": str(package), "fund_id": name}
                rows.append({**place, "before_operation": early, **row})
        place = {"package_id": "", "fund_id": name}
        rows += [{**place, **row} for row in _old(problem, name)]
    return DEBT_BY_PACKAGE.conform(pd.DataFrame(rows))


def _account(terms: DebtTerms, issues: pd.DataFrame) -> Iterator[dict[str, int]]:
    """Run the ledger of one package and fund from its first issue on."""
    issued: dict[int, int] = defaultdict(int)
    balance: dict[int, Fraction] = defaultdict(Fraction)
    service: dict[int, Fraction] = defaultdict(Fraction)
    for row in records(issues):
        received, year = int(row.received), int(row.year)
        issued[year] += received
        for age in range(terms.tenor + 1):
            balance[year + age] += received * terms.balance(age)
            service[year + age] += received * terms.service(age)
    owed = 0
    for year in range(min(service), max(service) + 1):
        left, due = math.ceil(balance[year]), math.ceil(service[year])
        repaid = owed + issued[year] - left
        yield {
            "year": year,
            "issued": issued[year],
            "repaid": repaid,
            "interest": due - repaid,
            "service": due,
            "balance": left,
        }
        owed = left


def _old(problem: Problem, fund: str) -> Iterator[dict[str, int]]:
    """Give what is owed already; its balance is what is still to be repaid later."""
    debt, first = problem.policy.existing_debt, problem.case.start_year
    own = debt[(debt["fund_id"] == fund) & (debt["year"] >= first)]
    repaid_in = {int(row.year): int(row.repaid) for row in records(own)}
    interest_in = {int(row.year): int(row.interest) for row in records(own)}
    for year in range(first, max(repaid_in, default=first - 1) + 1):
        repaid, interest = repaid_in.get(year, 0), interest_in.get(year, 0)
        yield {
            "year": year,
            "issued": 0,
            "repaid": repaid,
            "interest": interest,
            "service": repaid + interest,
            "balance": sum(n for later, n in repaid_in.items() if later > year),
        }


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
