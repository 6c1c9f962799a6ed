"""Funding: every package paid in full, by those who may, from money that is there."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from renewopt.audit.books import Books, Row, selects
from renewopt.audit.debt import construction_interest
from renewopt.audit.report import Flaw, flaw
from renewopt.audit.streets import joint_savings

LAST_MONTH = 10
"""Money that arrives later pays nothing in its year."""


def paid_in_full(books: Books, rule: Row) -> Iterator[Flaw]:
    """Compare what each package owes in each plan year with what its funds pay."""
    facts = books.facts
    due: dict[tuple[str, int], int] = {}
    paid: dict[tuple[str, int], int] = {}
    for work_id, work in books.works.items():
        package = facts.package_of(work_id)
        for year, (cost, _) in facts.payments.get(work_id, {}).items():
            if year <= facts.last_year:
                due[package, year] = due.get((package, year), 0) + cost
        if books.saving[work_id]:
            key = (package, work["start_year"])
            due[key] = due.get(key, 0) - books.saving[work_id]
    for draw in books.draws:
        key = (draw.package_id, draw.year)
        paid[key] = paid.get(key, 0) + draw.amount
    for package, year in sorted({*due, *paid}):
        want, have = due.get((package, year), 0), paid.get((package, year), 0)
        if want != have:
            yield flaw(
                "audit.not_paid_in_full",
                rule["id"],
                f"{package} {year}",
                want / 100,
                have / 100,
                package=package,
                year=year,
            )


def fund_eligibility(books: Books, rule: Row) -> Iterator[Flaw]:
    """Judge each draw by what its fund may pay for."""
    facts = books.facts
    classes: dict[str, set[str]] = {}
    for project in facts.projects.values():
        classes.setdefault(project["package_id"], set()).add(project["asset_class"])
    for draw in books.draws:
        package = facts.packages.get(draw.package_id)
        fund = facts.funds.get(draw.fund_id)
        why = "unknown"
        if package is not None and fund is not None:
            why = _hindrance(fund, package, classes.get(draw.package_id, set()))
        if why:
            yield flaw(
                "audit.not_eligible",
                rule["id"],
                f"{draw.package_id} {draw.fund_id} {draw.year}",
                0,
                max(draw.amount, draw.received) / 100,
                package=draw.package_id,
                fund=draw.fund_id,
                year=draw.year,
                why=f"audit.why.{why}",
            )


def _hindrance(fund: Row, package: Row, classes: set[str]) -> str:
    """Name what forbids the fund to pay for the package; empty where nothing does."""
    natures, ownerships = _list(fund["natures"]), _list(fund["ownerships"])
    allowed = _list(fund["asset_classes"])
    if natures and package["nature"] not in natures:
        return "nature"
    if ownerships and package["ownership"] not in ownerships:
        return "ownership"
    if allowed and any(name not in allowed for name in classes):
        return "asset_class"
    kinds = _list(package["fund_kinds"])
    if kinds and fund["kind"] not in kinds:
        return "fund_kind"
    if fund["owner_only"] and package["legal_owner"] != fund["owner"]:
        return "owner"
    if fund["borrower"] and package["borrower"] != fund["borrower"]:
        return "borrower"
    return ""


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def fund_budget(books: Books, rule: Row) -> Iterator[Flaw]:
    """Empty each fund's purse year by year, oldest money first; old money lapses."""
    facts = books.facts
    for fund_id in sorted(facts.funds):
        keep = facts.funds[fund_id]["carry_over"]
        given = facts.fund_years.get(fund_id, {})
        wait = 1 if facts.funds[fund_id]["arrival_month"] > LAST_MONTH else 0
        # [year of the money, what is left of it]; at first what is carried in
        lots = [[y, n] for y, n in sorted(given.items()) if y + wait < facts.first_year]
        for year in facts.plan_years:
            lots.append([year - wait, given.get(year - wait, 0)])
            if keep >= 0:
                lots = [lot for lot in lots if lot[0] + keep >= year]
            have = sum(left for _, left in lots)
            want = sum(
                d.received
                for d in books.draws
                if d.fund_id == fund_id and d.year == year
            )
            if want > have:
                yield flaw(
                    "audit.fund_overdrawn",
                    rule["id"],
                    f"{fund_id} {year}",
                    have / 100,
                    want / 100,
                    fund=fund_id,
                    year=year,
                )
            _take(lots, want)


def held(books: Books, rule: Row) -> Iterator[Flaw]:
    """Hold what each package spent of early money against what had come by then."""
    facts = books.facts
    early = {name for name, fund in facts.funds.items() if fund["up_front"]}
    moves = [draw for draw in books.draws if draw.fund_id in early]
    places = sorted({(draw.package_id, draw.fund_id) for draw in moves})
    for year in facts.plan_years:
        for package, fund in places:
            past = [r for r in facts.history.get(package, ()) if r["fund_id"] == fund]
            own = [
                d
                for d in moves
                if (d.package_id, d.fund_id) == (package, fund) and d.year <= year
            ]
            came = sum(r["received"] - r["amount"] for r in past)
            came += sum(d.received for d in own)
            spent = sum(d.amount for d in own)
            if spent > came:
                yield flaw(
                    "audit.spent_too_early", rule["id"], f"{package} {fund} {year}",
                    came / 100, spent / 100, package=package, fund=fund, year=year,
                )  # fmt: skip
    for package in sorted({package for package, _ in places}):
        extra = sum(d.received - d.amount for d in moves if d.package_id == package)
        tail = sum(
            cost
            for work_id in books.works
            if facts.package_of(work_id) == package
            for year, (cost, _) in facts.payments.get(work_id, {}).items()
            if year > facts.last_year
        )
        if extra > tail:
            yield flaw(
                "audit.asked_too_much", rule["id"], package, tail / 100, extra / 100,
                package=package,
            )  # fmt: skip


def _take(lots: list[list[int]], want: int) -> None:
    for lot in lots:
        taken = min(lot[1], want)
        lot[1] -= taken
        want -= taken


class Life:
    """A package from its first payment to the end of the plan; `tail` is what follows.

    `cost` and `eligible` are net of savings; `received` is by fund; `tail` is the cost
    and the eligible cost that fall due after the plan.
    """

    def __init__(self, books: Books) -> None:
        facts = books.facts
        self.cost = dict.fromkeys(facts.packages, 0)
        self.eligible = dict.fromkeys(facts.packages, 0)
        self.received: dict[str, dict[str, int]] = {name: {} for name in facts.packages}
        self.tail = {name: [0, 0] for name in facts.packages}
        for package, rows in facts.history.items():
            for row in rows:
                self.cost[package] += row["cost"]
                self.eligible[package] += row["eligible_cost"]
                self._receive(package, row["fund_id"], row["received"])
        for work_id in books.works:
            package = facts.package_of(work_id)
            for year, (cost, eligible) in facts.payments.get(work_id, {}).items():
                if year <= facts.last_year:
                    self.cost[package] += cost
                    self.eligible[package] += eligible
                else:
                    self.tail[package][0] += cost
                    self.tail[package][1] += eligible
            self.cost[package] -= books.saving[work_id]
        for share in joint_savings(books):
            self.eligible[facts.package_of(share.work_id)] -= share.eligible
        for draw in books.draws:
            self._receive(draw.package_id, draw.fund_id, draw.received)

    def _receive(self, package: str, fund: str, money: int) -> None:
        own = self.received.setdefault(package, {})
        own[fund] = own.get(fund, 0) + money


def fund_share(books: Books, rule: Row) -> Iterator[Flaw]:
    """10000 × received ≤ share × base, per package and fund over its life.

    Several funds of one kind (batches) have the largest of their shares together. For
    money that comes up front the base is the whole package, what is due later included.
    """
    life = Life(books)
    funds = books.facts.funds
    batches: dict[tuple[str, str], list[str]] = {}
    tests: list[tuple[list[str], int]] = []
    for fund_id, fund in sorted(books.facts.funds.items()):
        if fund["max_share_bp"] is not None:
            tests.append(([fund_id], fund["max_share_bp"]))
            batches.setdefault((fund["kind"], fund["share_base"]), []).append(fund_id)
    for own in batches.values():
        most = max(books.facts.funds[name]["max_share_bp"] for name in own)
        tests += [(own, most)] * (len(own) > 1)
    for own, share in tests:
        counts = books.facts.funds[own[0]]["share_base"] == "eligible"
        bases = life.eligible if counts else life.cost
        for package, received in sorted(life.received.items()):
            got = sum(received.get(name, 0) for name in own)
            base = bases.get(package, 0)
            if any(funds[name]["up_front"] for name in own) and package in life.tail:
                base += life.tail[package][counts]
            if 10_000 * got > share * base:
                yield flaw(
                    "audit.share_exceeded",
                    rule["id"],
                    f"{package} {'+'.join(own)}",
                    share * base / 1_000_000,
                    got / 100,
                    package=package,
                    fund=" + ".join(own),
                    share=share / 100,
                )


def capital_share(books: Books, rule: Row) -> Iterator[Flaw]:
    """10000 × money from capital funds ≥ min_bp × cost, per package over its life."""
    life = Life(books)
    facts = books.facts
    capital = {name for name, fund in facts.funds.items() if fund["capital"]}
    least = int(rule["min_bp"])
    bonds = bonds_given(books, rule)
    counted = 0
    extra = construction_interest(books) if rule.get("construction_interest") else {}
    for name, package in sorted(facts.packages.items()):
        if not selects(rule.get("where"), package):
            continue
        got = sum(m for fund, m in life.received[name].items() if fund in capital)
        total = life.cost[name] + extra.get(name, 0)
        short = ceil(Fraction(least) * total / 10_000) - got
        part = min(max(0, short), bonds.get(name, 0))
        counted, got = counted + part, got + part
        if 10_000 * got < least * total:
            yield flaw(
                "audit.capital_short",
                rule["id"],
                name,
                float(least * total) / 1_000_000,
                got / 100,
                package=name,
                share=least / 100,
            )
    most = Fraction(int(rule.get("allowance_bp", 0)) * sum(bonds.values()), 10_000)
    if counted > most:
        yield flaw(
            "audit.bonds_as_capital", rule["id"], "allowance", float(most / 100),
            counted / 100,
        )  # fmt: skip


def bonds_given(books: Books, rule: Row) -> dict[str, int]:
    """Add up what the bonds that may count as capital give to each package."""
    found: dict[str, int] = {}
    for draw in books.draws:
        if draw.fund_id in rule.get("bonds", ()):
            found[draw.package_id] = found.get(draw.package_id, 0) + draw.received
    return found
