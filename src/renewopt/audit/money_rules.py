"""Rules about some money: coverage, growth of debt, review, lists, residents, parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from renewopt.audit.books import BP, Books, Row, exact, selects
from renewopt.audit.debt import accounts
from renewopt.audit.funding import LAST_MONTH
from renewopt.audit.income import earners
from renewopt.audit.report import Flaw, flaw

PARTS = {"red": 0, "orange": 5000, "yellow": 8000, "green": 10_000}
"""Part of the quota by band, where the rule does not say another."""


def meant(books: Books, rule: Row) -> list[str]:
    """List the funds that a rule names, one by one or by kind."""
    names, kinds = rule.get("funds", ()), rule.get("fund_kinds", ())
    return [
        fund_id
        for fund_id, fund in sorted(books.facts.funds.items())
        if fund_id in names or fund["kind"] in kinds
    ]


def _life(books: Books, funds: list[str]) -> dict[str, dict[str, int]]:
    """Give what each package received from the funds, before the plan and in it."""
    got: dict[str, dict[str, int]] = {name: {} for name in books.facts.packages}
    for package, rows in books.facts.history.items():
        for row in rows:
            if row["fund_id"] in funds:
                own = got.setdefault(package, {})
                own[row["fund_id"]] = own.get(row["fund_id"], 0) + row["received"]
    for draw in books.draws:
        if draw.fund_id in funds:
            own = got.setdefault(draw.package_id, {})
            own[draw.fund_id] = own.get(draw.fund_id, 0) + draw.received
    return got


def coverage(books: Books, rule: Row) -> Iterator[Flaw]:
    """Hold income against bonds with their interest, times the ratio asked for.

    Of every stretch of years: bonds that begin and end in it can be covered only by
    what is earned in it, after the year of the first and up to the last repayment.
    """
    facts, funds = books.facts, meant(books, rule)
    ratio = Fraction(rule.get("min_bp", 12_000), BP)
    coupon = Fraction(rule["planning_coupon_bp"], BP)
    fixed = rule.get("income_years")
    got, works = _bonds(books, funds), earners(books)
    groups = [sorted(group) for group in rule.get("merged", ())]
    joined = {name for group in groups for name in group}
    groups += [[name] for name in facts.packages if name not in joined]
    for group in groups:
        bonds = [bond for name in group for bond in got.get(name, ())]
        earning = [earner for name in group for earner in works.get(name, ())]
        if not fixed:
            bonds = [b for b in bonds if b.end >= facts.first_year]
        for first, last in _stretches(bonds) if not fixed else [(0, 0)]:
            within = [b for b in bonds if fixed or (first <= b.begin and b.end <= last)]
            owed = sum(b.money * (1 + b.tenor * coupon) for b in within)
            if fixed:
                income = sum(earner.units * int(fixed) for earner in earning)
            else:
                income = sum(earner.until(last, first + 1) for earner in earning)
            if ratio * owed > income:
                package = "+".join(group)
                where = package if fixed else f"{package} {first + 1}-{last}"
                yield flaw(
                    "audit.not_covered", rule["id"], where, income / 100,
                    float(ratio * owed / 100), package=package, ratio=float(ratio),
                )  # fmt: skip


@dataclass(frozen=True)
class _Bond:
    """Money of a debt fund: issued in or before a year, repaid in another."""

    begin: int
    end: int
    tenor: int
    money: int


def _bonds(books: Books, funds: list[str]) -> dict[str, list[_Bond]]:
    """List what each package owes to the funds; before the plan nothing is earned."""
    facts = books.facts
    issues = [(d.package_id, d.fund_id, d.year, d.received) for d in books.draws]
    for package, rows in facts.history.items():
        issues += [(package, r["fund_id"], r["year"], r["received"]) for r in rows]
    found: dict[str, list[_Bond]] = {}
    for package, fund, year, money in issues:
        if fund in funds and money:
            tenor = int(facts.funds[fund]["tenor_years"])
            begin = max(year, facts.first_year - 1)
            bond = _Bond(begin, year + tenor, tenor, money)
            found.setdefault(package, []).append(bond)
    return found


def _stretches(bonds: list[_Bond]) -> list[tuple[int, int]]:
    begins = sorted({bond.begin for bond in bonds})
    ends = sorted({bond.end for bond in bonds})
    return [(first, last) for first in begins for last in ends if first < last]


def debt_increase(books: Books, rule: Row) -> Iterator[Flaw]:
    """Hold what is issued less what is repaid in a year against the cap."""
    ledger = accounts(books)
    funds = meant(books, rule)
    for year, cap in sorted(rule["cap"].items()):
        growth = sum(
            (
                ledger[f].issued.get(int(year), 0)
                - ledger[f].repaid.get(int(year), Fraction(0))
                for f in funds
            ),
            Fraction(0),
        )
        if ceil(growth) > exact(cap) * 100:
            yield flaw(
                "audit.debt_grows", rule["id"], str(year), float(exact(cap)),
                ceil(growth) / 100, year=int(year), funds=funds,
            )  # fmt: skip


def bond_review(books: Books, rule: Row) -> Iterator[Flaw]:
    """Look at each draw: the package must have passed by then."""
    funds = meant(books, rule)
    early: dict[tuple[str, int], int] = {}
    for draw in books.draws:
        package = books.facts.packages.get(draw.package_id)
        if draw.fund_id not in funds or package is None or not draw.received:
            continue
        review = package["bond_review"]
        if review == "passed" or (review and int(review) <= draw.year):
            continue
        key = (draw.package_id, draw.year)
        early[key] = early.get(key, 0) + draw.received
    for (package_id, year), money in sorted(early.items()):
        yield flaw(
            "audit.not_reviewed", rule["id"], f"{package_id} {year}", 0, money / 100,
            package=package_id, year=year,
        )  # fmt: skip


def negative_list(books: Books, rule: Row) -> Iterator[Flaw]:
    """Look at each draw: no project of the package may be listed."""
    facts, funds = books.facts, meant(books, rule)
    listed: dict[str, str] = {}
    for name, project in facts.projects.items():
        package = facts.packages[project["package_id"]]
        if selects(rule.get("where"), {**package, **project}):
            listed.setdefault(project["package_id"], name)
    money: dict[str, int] = {}
    for draw in books.draws:
        if draw.fund_id in funds and draw.package_id in listed:
            money[draw.package_id] = money.get(draw.package_id, 0) + draw.received
    for package_id, amount in sorted(money.items()):
        if amount:
            yield flaw(
                "audit.on_negative_list", rule["id"], package_id, 0, amount / 100,
                package=package_id, project=listed[package_id],
            )  # fmt: skip


def resident_limit(books: Books, rule: Row) -> Iterator[Flaw]:
    """Hold residents' money against households × yuan × consent of the works."""
    facts = books.facts
    able = dict.fromkeys(facts.packages, 0)
    for work_id, work in books.works.items():
        project = facts.projects[work["project_id"]]
        yuan = Fraction(
            project["households"] * rule["yuan_per_household"] * project["consent_bp"],
            BP,
        )
        able[facts.package_of(work_id)] += yuan // 100
    for package, by_fund in sorted(_life(books, meant(books, rule)).items()):
        given = sum(by_fund.values())
        if given > able.get(package, 0):
            yield flaw(
                "audit.residents_overasked", rule["id"], package,
                able.get(package, 0) / 100, given / 100, package=package,
            )  # fmt: skip


def debt_band(books: Books, rule: Row) -> Iterator[Flaw]:
    """Hold the issues against the part of the quota that the band leaves."""
    parts = rule.get("quota_bp", PARTS)
    part = int(parts.get(rule.get("band", ""), 0))
    return part_of_fund(books, rule, part, "audit.band_exceeded")


def emergency_reserve(books: Books, rule: Row) -> Iterator[Flaw]:
    """Hold what a fund gives against what is not kept back."""
    part = BP - int(rule["keep_bp"])
    return part_of_fund(books, rule, part, "audit.reserve_used")


def part_of_fund(books: Books, rule: Row, part: int, code: str) -> Iterator[Flaw]:
    """Empty the open part of each fund's purse year by year, oldest money first."""
    facts = books.facts
    for fund_id in meant(books, rule):
        keep = facts.funds[fund_id]["carry_over"]
        wait = 1 if facts.funds[fund_id]["arrival_month"] > LAST_MONTH else 0
        given = facts.fund_years.get(fund_id, {})
        purse = {
            y: n * part // BP for y, n in given.items() if y + wait < facts.first_year
        }
        for year in facts.plan_years:
            purse[year - wait] = given.get(year - wait, 0) * part // BP
            if keep >= 0:
                purse = {y: n for y, n in purse.items() if year - y <= keep}
            have = sum(purse.values())
            need = want = sum(
                d.received
                for d in books.draws
                if d.fund_id == fund_id and d.year == year
            )
            if want > have:
                yield flaw(
                    code, rule["id"], f"{fund_id} {year}", have / 100, want / 100,
                    fund=fund_id, year=year, part=part / 100,
                )  # fmt: skip
            for source in sorted(purse):
                taken = min(need, purse[source])
                purse[source] -= taken
                need -= taken


def source_limit(books: Books, rule: Row) -> Iterator[Flaw]:
    """Count the funds that each package received money from, over its life."""
    named = rule.get("funds") or rule.get("fund_kinds")
    funds = meant(books, rule) if named else sorted(books.facts.funds)
    for package, by_fund in sorted(_life(books, funds).items()):
        known = books.facts.packages.get(package)
        if known is None or not selects(rule.get("where"), known):
            continue
        sources = sorted(fund for fund, money in by_fund.items() if money)
        if len(sources) > rule["at_most"]:
            yield flaw(
                "audit.too_many_sources", rule["id"], package, rule["at_most"],
                len(sources), "sources", package=package, funds=sources,
            )  # fmt: skip


def draw_size(books: Books, rule: Row) -> Iterator[Flaw]:
    """Look at each draw: large enough, and a multiple of the step."""
    for draw in books.draws:
        fund = books.facts.funds.get(draw.fund_id)
        if fund is None or draw.received <= 0:
            continue
        least, step = fund["least_draw"] or 0, fund["step"] or 0
        good = draw.received
        if draw.received < least:
            good = least
        elif step:
            good = draw.received // step * step
        if good != draw.received:
            yield flaw(
                "audit.draw_size", rule["id"],
                f"{draw.package_id} {draw.fund_id} {draw.year}", good / 100,
                draw.received / 100, package=draw.package_id, fund=draw.fund_id,
                year=draw.year, least=least / 100, step=step / 100,
            )  # fmt: skip
