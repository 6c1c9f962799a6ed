"""Debt: a ledger issue by issue with exact fractions, to the last repayment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from renewopt.audit.books import BP, Books, Row, exact
from renewopt.audit.income import Earner, earners, operating
from renewopt.audit.report import Flaw, flaw

PAYERS = {
    "special_bond": "government_fund_budget",
    "general_bond": "general_public_budget",
    "bank_loan": "borrower",
    "enterprise_bond": "borrower",
}
"""Who may serve a debt: a loan served by the county would be hidden debt (隐性债务)."""


@dataclass
class Account:
    """One debt fund year by year, in units of 0.01 万元; existing debt included.

    `service` and `owed` are exact and per package; `existing` is service of what is
    owed already.
    """

    issued: dict[int, int] = field(default_factory=dict)
    repaid: dict[int, Fraction] = field(default_factory=dict)
    interest: dict[int, Fraction] = field(default_factory=dict)
    balance: dict[int, Fraction] = field(default_factory=dict)
    service: dict[tuple[str, int], Fraction] = field(default_factory=dict)
    owed: dict[tuple[str, int], Fraction] = field(default_factory=dict)
    existing: dict[int, int] = field(default_factory=dict)
    drawn: dict[tuple[str, int], int] = field(default_factory=dict)

    def last_year(self) -> int:
        """Last year with a payment; 0 without any."""
        return max([0, *(year for _, year in self.service), *self.existing])

    def shown(self, books: Books, fund: str, year: int) -> int:
        """Owed at the end of a year: each package's rounded up, and what is old."""
        own = [ceil(left) for (_, y), left in self.owed.items() if y == year]
        old = (r for r in books.facts.existing_debt if r["fund_id"] == fund)
        return sum(own) + sum(int(row["repaid"]) for row in old if row["year"] > year)

    def of(self, package: str, year: int) -> dict[str, int]:
        """Give a package's rounded figures of a year; they add up from year to year."""
        left = ceil(self.owed.get((package, year), Fraction(0)))
        before = ceil(self.owed.get((package, year - 1), Fraction(0)))
        issued = self.drawn.get((package, year), 0)
        service = ceil(self.service.get((package, year), Fraction(0)))
        repaid = before + issued - left
        return {
            "issued": issued,
            "repaid": repaid,
            "interest": service - repaid,
            "service": service,
            "balance": left,
        }

    def service_total(self, year: int) -> int:
        """Service of a year: each package's rounded up to the unit, then summed."""
        own = [ceil(due) for (_, y), due in self.service.items() if y == year]
        return sum(own) + self.existing.get(year, 0)


def accounts(books: Books) -> dict[str, Account]:
    """Open an account for every debt fund and post every issue and old debt to it."""
    facts = books.facts
    ledger = {
        name: Account() for name, fund in sorted(facts.funds.items()) if fund["debt"]
    }
    for draw in books.draws:
        if draw.fund_id in ledger and draw.received > 0:
            post_issue(
                ledger[draw.fund_id],
                facts.funds[draw.fund_id],
                draw.package_id,
                draw.year,
                draw.received,
            )
    for row in facts.existing_debt:
        if row["fund_id"] in ledger:
            _post_old(ledger[row["fund_id"]], row, facts.first_year)
    return ledger


def post_issue(
    account: Account, fund: Row, package: str, issue_year: int, money: int
) -> None:
    """Post one issue: interest on what is owed at each year's start, then principal.

    A bullet is repaid at the end of its tenor; "equal" in equal parts after the grace.
    Interest of two dates a year on an issue of the first half: one date is still in
    the year of the issue, the last one is that of the repayment.
    """
    tenor, grace = int(fund["tenor_years"]), int(fund["grace_years"])
    coupon = Fraction(int(fund["coupon_bp"]), BP)
    owed = Fraction(money)
    twice = fund.get("interest_per_year") == 2 and fund["arrival_month"] < 7
    key = (package, issue_year)
    account.drawn[key] = account.drawn.get(key, 0) + money
    account.owed[key] = account.owed.get(key, Fraction(0)) + owed
    account.issued[issue_year] = account.issued.get(issue_year, 0) + money
    _add(account.balance, issue_year, owed)
    if twice:
        _pay(account, package, issue_year, coupon * owed / 2, Fraction(0))
    for year in range(issue_year + 1, issue_year + tenor + 1):
        interest = coupon * owed / (2 if twice else 1)
        if fund["repayment"] == "bullet":
            principal = owed if year == issue_year + tenor else Fraction(0)
        else:
            due = year > issue_year + grace
            principal = Fraction(money, tenor - grace) if due else Fraction(0)
        owed -= principal
        if twice:
            interest += coupon * owed / 2
        _add(account.balance, year, owed)
        key = (package, year)
        account.owed[key] = account.owed.get(key, Fraction(0)) + owed
        _pay(account, package, year, interest, principal)


def _pay(
    account: Account, package: str, year: int, interest: Fraction, principal: Fraction
) -> None:
    _add(account.interest, year, interest)
    _add(account.repaid, year, principal)
    key = (package, year)
    due = account.service.get(key, Fraction(0)) + interest + principal
    account.service[key] = due


def construction_interest(books: Books) -> dict[str, int]:
    """Add up, by package, interest of plan years before it operates (建设期利息).

    Rounded up in every year, as it is paid.
    """
    facts = books.facts
    issues: dict[str, Account] = {}
    for draw in books.draws:
        fund = facts.funds.get(draw.fund_id)
        if fund is not None and fund["debt"] and draw.received > 0:
            account = issues.setdefault(draw.package_id, Account())
            post_issue(account, fund, draw.package_id, draw.year, draw.received)
    opens = operating(books)
    found = {}
    for package, account in issues.items():
        before = min(facts.last_year + 1, opens.get(package, facts.last_year + 1))
        own = [paid for year, paid in account.interest.items() if year < before]
        found[package] = sum(ceil(paid) for paid in own)
    return found


def _post_old(account: Account, row: Row, first_year: int) -> None:
    year = row["year"]
    _add(account.repaid, year, Fraction(row["repaid"]))
    _add(account.interest, year, Fraction(row["interest"]))
    both = row["repaid"] + row["interest"]
    account.existing[year] = account.existing.get(year, 0) + both
    for earlier in range(first_year, year):
        _add(account.balance, earlier, Fraction(row["repaid"]))


def _add(table: dict[int, Fraction], year: int, amount: Fraction) -> None:
    table[year] = table.get(year, Fraction(0)) + amount


def debt_limit(books: Books, rule: Row) -> Iterator[Flaw]:
    """Compare what the funds of the rule owe at each year's end with the limit."""
    ledger = accounts(books)
    for year, limit in sorted(_by_year(rule["limit"]).items()):
        owed = sum(
            (ledger[f].balance.get(year, Fraction(0)) for f in rule["funds"]),
            Fraction(0),
        )
        if ceil(owed) > limit:
            yield flaw(
                "audit.debt_limit",
                rule["id"],
                str(year),
                limit / 100,
                ceil(owed) / 100,
                year=year,
                funds=list(rule["funds"]),
            )


def debt_service(books: Books, rule: Row) -> Iterator[Flaw]:
    """Let income pay first and the payer's purse the rest, to the last repayment."""
    facts = books.facts
    ledger = accounts(books)
    purse, after = _by_year(rule["purse"]), int(exact(rule["purse_after"]) * 100)
    tenor = max(int(facts.funds[f]["tenor_years"]) for f in rule["funds"])
    owed = [year for f in rule["funds"] for year in ledger[f].existing]
    last = max([facts.last_year + tenor, *owed])
    # The same income cannot serve two debts: only one rule may count it.
    # General bonds are served by the general public budget alone.
    counts = rule.get("income_first")
    if counts is None or rule["payer"] == "general_public_budget":
        counts = rule["payer"] != "general_public_budget"
    earning = earners(books) if counts else {}
    for year in range(facts.first_year, last + 1):
        need = sum(ledger[f].existing.get(year, 0) for f in rule["funds"])
        need += _beyond_income(earning, ledger, rule, year)
        room = purse.get(year, after)
        if need > room:
            yield flaw(
                "audit.debt_service",
                rule["id"],
                str(year),
                room / 100,
                need / 100,
                year=year,
                funds=list(rule["funds"]),
            )
    yield from _wrong_payer(books, ledger, rule)


def _beyond_income(
    earning: dict[str, list[Earner]], ledger: dict[str, Account], rule: Row, year: int
) -> int:
    """Add up what the income of packages, or of those merged, leaves unpaid."""
    together = {
        package: tuple(sorted(group))
        for group in rule.get("merged", ())
        for package in group
    }
    due: dict[tuple[str, ...], Fraction] = {}
    for fund in rule["funds"]:
        for (package, when), money in ledger[fund].service.items():
            if when == year:
                who = together.get(package, (package,))
                due[who] = due.get(who, Fraction(0)) + money
    short = 0
    for who, money in due.items():
        income = sum(e.until(year, year) for p in who for e in earning.get(p, ()))
        short += max(0, ceil(money) - income)
    return short


def _wrong_payer(books: Books, ledger: dict[str, Account], rule: Row) -> Iterator[Flaw]:
    for fund_id in rule["funds"]:
        kind = books.facts.funds[fund_id]["kind"]
        right = PAYERS.get(kind, rule["payer"])
        if rule["payer"] != right:
            issued = sum(ledger[fund_id].issued.values())
            yield flaw(
                "audit.wrong_payer",
                rule["id"],
                f"{fund_id} {rule['payer']}",
                0,
                issued / 100,
                fund=fund_id,
                payer=f"audit.payer.{rule['payer']}",
                right=f"audit.payer.{right}",
            )


def _by_year(amounts: Row) -> dict[int, int]:
    """Amounts in 万元 by year, as units of 0.01 万元."""
    return {int(year): int(exact(amount) * 100) for year, amount in amounts.items()}
