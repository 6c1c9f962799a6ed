"""Tables of a run beside the books: works, holdings, debt and duties, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from renewopt.audit.books import Books, Row, exact
from renewopt.audit.debt import Account, accounts
from renewopt.audit.income import operating
from renewopt.audit.report import Flaw, flaw
from renewopt.audit.sheets import Sheet
from renewopt.audit.statements import differs, text_differs
from renewopt.audit.structure import FUNDING, SCHEDULE, held
from renewopt.audit.works import Duty, duties

DEBT = "audit.debt"
DUTIES = "audit.duties"
CATEGORIES = {True: "new", False: "reserve"}
"""Category by selection, for projects that are not under construction."""
NOTHING: Row = {
    "work_id": "",
    "mode": "",
    "start_year": None,
    "duration": None,
    "risk_removed": 0,
}
"""What is said of a project without a work."""


def listing(books: Books, sheet: Sheet) -> Iterator[Flaw]:
    """Check `schedule.csv`: every project once, and what it says of each work."""
    seen: dict[str, int] = {}
    for row in sheet.rows:
        seen[row["project_id"]] = seen.get(row["project_id"], 0) + 1
    for project in sorted({*seen, *books.facts.projects}):
        right = 1 if project in books.facts.projects else 0
        if seen.get(project, 0) != right:
            yield flaw(
                "audit.project_rows",
                SCHEDULE,
                project,
                right,
                seen.get(project, 0),
                "rows",
                project=project,
            )
    for number, row in enumerate(sheet.rows):
        if row["project_id"] in books.facts.projects:
            yield from _listed(books, sheet, number, row)


def _listed(
    books: Books, sheet: Sheet, number: int, row: dict[str, str]
) -> Iterator[Flaw]:
    facts, project = books.facts, row["project_id"]
    selected = sheet.flag(number, "selected")
    if selected and row["work_id"] not in facts.works:
        return  # an unknown work: found by the structure check
    work = facts.works[row["work_id"]] if selected else NOTHING
    running = facts.is_running(project)
    texts = {
        "work_id": work["work_id"],
        "mode": work["mode"],
        "category": "continuing" if running else _category(books, project, selected),
    }
    money = {
        "cost": facts.total_cost(work["work_id"]),
        "risk_removed": work["risk_removed"],
    }
    if not selected:
        money["saving"] = 0
    wholes = {name: work[name] for name in ("start_year", "duration")}
    page = Page(sheet, number, SCHEDULE, project)
    yield from page.compare(texts=texts, wholes=wholes, money=money)


def _category(books: Books, project: str, selected: bool) -> str:
    """Give the category; works of packages not approved in the first year are 前期."""
    facts = books.facts
    package = facts.packages[facts.projects[project]["package_id"]]
    first = package["first_start"]
    waits = first is not None and first > facts.first_year
    return "preparation" if selected and waits else CATEGORIES[selected]


def holdings(books: Books, sheet: Sheet) -> Iterator[Flaw]:
    """Check the column `held` of `funding.csv`."""
    right = held(books)
    for number, row in enumerate(sheet.rows):
        year = sheet.whole(number, "year") or 0
        units = right.get((row["package_id"], row["fund_id"]), {}).get(year, 0)
        stated = sheet.units(number, "held")
        if stated != units:
            place = f"{row['package_id']} {row['fund_id']} {year} held"
            yield differs(FUNDING, place, units / 100, stated / 100, "万元")


def debt_table(books: Books, sheet: Sheet) -> Iterator[Flaw]:
    """Compare `debt.csv` with the ledger, fund by fund, to the last repayment."""
    facts = books.facts
    ledger = accounts(books)
    expected = {
        (fund, year)
        for fund, account in ledger.items()
        for year in range(
            facts.first_year, max(facts.last_year, account.last_year()) + 1
        )
    }
    seen: set[tuple[str, int]] = set()
    for number, row in enumerate(sheet.rows):
        key = (row["fund_id"], sheet.whole(number, "year") or 0)
        if key not in expected or key in seen:
            yield differs(
                DEBT,
                f"{key[0]} {key[1]}",
                1 if key in seen else 0,
                2 if key in seen else 1,
                "rows",
            )
            continue
        seen.add(key)
        yield from _debt_row(books, ledger[key[0]], sheet, number, key)
    for fund, year in sorted(expected - seen):
        yield differs(DEBT, f"{fund} {year}", 1, 0, "rows")


def _debt_row(
    books: Books, account: Account, sheet: Sheet, number: int, key: tuple[str, int]
) -> Iterator[Flaw]:
    fund, year = key
    issued, service = account.issued.get(year, 0), account.service_total(year)
    left = account.shown(books, fund, year)
    # What the balance falls by, so that the years add up; the rest is interest.
    repaid = account.shown(books, fund, year - 1) + issued - left
    money = {
        "issued": issued,
        "repaid": repaid,
        "interest": service - repaid,
        "service": service,
        "balance": left,
    }
    page = Page(sheet, number, DEBT, f"{fund} {year}")
    texts = {"kind": books.facts.funds[fund]["kind"]}
    yield from page.compare(texts=texts, money=money)
    row, limits = sheet.rows[number], _limits(books, fund, year)
    if limits or row["limit"]:
        stated = sheet.units(number, "limit") if row["limit"] else None
        if stated is None or limits.get(row["limit_rule"]) != stated:
            right = limits.get(row["limit_rule"], min(limits.values(), default=0))
            place = f"{fund} {year} limit"
            yield differs(DEBT, place, right / 100, (stated or 0) / 100, "万元")


def debt_packages(books: Books, sheet: Sheet) -> Iterator[Flaw]:
    """Compare `debt_by_package.csv` with the ledger; old debt has no package."""
    right: dict[tuple[str, str, int], dict[str, int]] = {}
    for fund, account in accounts(books).items():
        for package, year, money in _of_packages(books, account):
            right[package, fund, year] = money
        for year, money in _owed_already(books, fund):
            right["", fund, year] = money
    seen: set[tuple[str, str, int]] = set()
    for number, row in enumerate(sheet.rows):
        key = (row["package_id"], row["fund_id"], sheet.whole(number, "year") or 0)
        place = f"{key[0] or '-'} {key[1]} {key[2]}"
        if key not in right or key in seen:
            again = key in seen
            yield differs(DEBT, place, int(again), 1 + again, "rows")
            continue
        seen.add(key)
        yield from Page(sheet, number, DEBT, place).compare(texts={}, money=right[key])
    for package, fund, year in sorted(set(right) - seen):
        yield differs(DEBT, f"{package or '-'} {fund} {year}", 1, 0, "rows")


def _of_packages(
    books: Books, account: Account
) -> Iterator[tuple[str, int, dict[str, int]]]:
    """Give each package's rows of one fund, from its first issue to its last year."""
    opens = operating(books)
    for package in sorted({name for name, _ in account.drawn}):
        years = [year for name, year in account.drawn if name == package]
        last = max(year for name, year in account.service if name == package)
        before = opens.get(package, books.facts.last_year + 1)
        for year in range(min(years), last + 1):
            money = account.of(package, year)
            early = money["interest"] if year < before else 0
            yield package, year, money | {"before_operation": early}


def _owed_already(books: Books, fund: str) -> Iterator[tuple[int, dict[str, int]]]:
    first = books.facts.first_year
    old = [row for row in books.facts.existing_debt if row["fund_id"] == fund]
    last = max((row["year"] for row in old), default=first - 1)
    for year in range(first, last + 1):
        due = [row for row in old if row["year"] == year]
        repaid = sum(row["repaid"] for row in due)
        interest = sum(row["interest"] for row in due)
        money = dict.fromkeys(("issued", "before_operation"), 0)
        money |= {"repaid": repaid, "interest": interest, "service": repaid + interest}
        later = sum(row["repaid"] for row in old if row["year"] > year)
        yield year, money | {"balance": later}


def _limits(books: Books, fund: str, year: int) -> dict[str, int]:
    """Debt limits of a fund in a year, by rule, in units."""
    found: dict[str, int] = {}
    for rule in books.facts.rules_of("debt_limit"):
        amounts = {int(y): int(exact(v) * 100) for y, v in rule["limit"].items()}
        if fund in rule["funds"] and year in amounts:
            found[rule["id"]] = amounts[year]
    return found


def duty_table(books: Books, sheet: Sheet) -> Iterator[Flaw]:
    """Compare `duties.csv` with the obligations and the chosen works."""
    right = {(d.hardness, d.project_id): d for d in duties(books)}
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(sheet.rows):
        key = (row["hardness"], row["project_id"])
        if key not in right or key in seen:
            yield differs(DUTIES, f"{key[0]} {key[1]}", 0, 1, "rows")
            continue
        seen.add(key)
        yield from _duty_row(right[key], sheet, number)
    for hardness, project in sorted(set(right) - seen):
        yield differs(DUTIES, f"{hardness} {project}", 1, 0, "rows")


def _duty_row(duty: Duty, sheet: Sheet, number: int) -> Iterator[Flaw]:
    wholes = {
        "deadline": duty.deadline,
        "completion": duty.completion,
        "years_late": duty.late,
    }
    page = Page(sheet, number, DUTIES, f"{duty.hardness} {duty.project_id}")
    texts, money = {"status": duty.status}, {"cost": duty.cost}
    yield from page.compare(texts=texts, wholes=wholes, money=money)


@dataclass(frozen=True)
class Page:
    """One row of a table, about to be compared with what it should say."""

    sheet: Sheet
    number: int
    rule_id: str
    place: str

    def compare(
        self,
        texts: Mapping[str, str] | None = None,
        wholes: Mapping[str, int | None] | None = None,
        money: Mapping[str, int] | None = None,
    ) -> Iterator[Flaw]:
        """Compare columns: text, whole numbers, and money in units."""
        for column, text in (texts or {}).items():
            said = self.sheet.rows[self.number][column]
            if said != text:
                yield text_differs(self.rule_id, f"{self.place} {column}", said, text)
        for column, right in (wholes or {}).items():
            stated = self.sheet.whole(self.number, column)
            if stated != right:
                place = f"{self.place} {column}"
                yield differs(self.rule_id, place, right, stated, "years")
        for column, units in (money or {}).items():
            said_units = self.sheet.units(self.number, column)
            if said_units != units:
                place = f"{self.place} {column}"
                yield differs(
                    self.rule_id, place, units / 100, said_units / 100, "万元"
                )
