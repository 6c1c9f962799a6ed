"""Can a choice of works be paid for? Asked of CP-SAT in whole units.

A formulation of its own: money moves from its year to the year in which it is received,
so carry-over is a transport, not sums over stretches of years; debt is run as a ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from ortools.sat.python import cp_model

from tests.oracle_facts import BP, Facts, Row, ledger_of
from tests.oracle_more_money import money_rules


@dataclass
class Bills:
    """What a choice of works costs: bills by package and year, bases over the life."""

    due: dict[tuple[str, int], int]
    cost: dict[str, int]
    eligible: dict[str, int]
    tail: dict[str, int]
    """What is to be paid after the plan, by package."""
    able: dict[tuple[str, str], int]
    """What the residents of a package can give, by rule and package."""
    eligible_tail: dict[str, int]
    """What grants may pay of the tail, by package."""
    earns: dict[tuple[str, int], int]
    """What the works bring in every year, by package and first year."""
    done: dict[str, int]
    """First year after the last of the works of a package."""

    def key(self) -> tuple[Any, ...]:
        """Tell bills apart: equal bills are paid alike."""
        money = (self.due, self.cost, self.eligible, self.tail, self.eligible_tail)
        tables: tuple[dict[Any, int], ...] = (*money, self.able, self.earns, self.done)
        return tuple(tuple(sorted(t.items())) for t in tables)

    def income(self, packages: Iterable[str], year: int) -> int:
        """Add up what packages earn in a year."""
        own = set(packages)
        return sum(n for (p, y), n in self.earns.items() if p in own and y <= year)


@dataclass
class Purses:
    """The funds of a problem, asked bill by bill."""

    facts: Facts
    asked: int = 0

    def can_pay(self, bills: Bills) -> bool:
        """Tell whether every bill can be paid under every money rule."""
        return self._roughly_enough(bills) and self._solve(bills)

    def _roughly_enough(self, bills: Bills) -> bool:
        """All money given so far covers all bills so far: needed, and quick to ask."""
        for last in self.facts.years:
            due = sum(n for (_, year), n in bills.due.items() if year <= last)
            given = sum(
                n
                for fund in self.facts.funds
                for year, n in self.facts.given[fund].items()
                if year <= last
            )
            for package in self.facts.packages:
                given += sum(self._held(package, fund) for fund in self.facts.funds)
            if due > given:
                return False
        return True

    def may_pay(self, fund: Row, package: Row) -> bool:
        """Tell whether a fund may pay for a package."""
        for allowed, actual in (("natures", "nature"), ("ownerships", "ownership")):
            names = _names(fund[allowed])
            if names and package[actual] not in names:
                return False
        names = _names(fund["asset_classes"])
        if names and not self.facts.classes[package["package_id"]] <= names:
            return False
        names = _names(package["fund_kinds"])
        if names and fund["kind"] not in names:
            return False
        if fund["owner_only"] and package["legal_owner"] != fund["owner"]:
            return False
        return not fund["borrower"] or package["borrower"] == fund["borrower"]

    def _solve(self, bills: Bills) -> bool:
        self.asked += 1
        model = cp_model.CpModel()
        draw = self._receipts(model, self._draws(model, bills), bills)
        self._budgets(model, draw)
        self._shares(model, draw, bills)
        for rule in self.facts.rules["debt_limit"]:
            self._debt_limit(model, draw, rule)
        for rule in self.facts.rules["debt_service"]:
            self._debt_service(model, draw, rule, bills)
        money_rules(self.facts, model, draw, bills.able, bills.income)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        status = solver.solve(model)
        assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE)
        return status != cp_model.INFEASIBLE

    def _draws(self, model: cp_model.CpModel, bills: Bills) -> dict[Any, Any]:
        """Money by package, year and fund; each bill is paid, no more and no less."""
        draw: dict[Any, Any] = {}
        for (package, year), due in sorted(bills.due.items()):
            for name, fund in self.facts.funds.items():
                if due and self.may_pay(fund, self.facts.packages[package]):
                    draw[package, year, name] = model.new_int_var(0, due, "")
            own = [v for (p, y, _), v in draw.items() if (p, y) == (package, year)]
            model.add(sum(own) == due)
        return draw

    def _receipts(
        self, model: cp_model.CpModel, draw: dict[Any, Any], bills: Bills
    ) -> dict[Any, Any]:
        """Give what is received: as it is drawn, or before that if it is up front."""
        free = {name for name, fund in self.facts.funds.items() if fund["up_front"]}
        got = {key: var for key, var in draw.items() if key[2] not in free}
        for package, facts in self.facts.packages.items():
            stocks = []
            whole = sum(n for (p, _), n in bills.due.items() if p == package)
            for name in sorted(free):
                if not self.may_pay(self.facts.funds[name], facts):
                    continue
                before = stock = self._held(package, name)
                for year in self.facts.years:
                    key = (package, year, name)
                    most = max(0, whole + bills.tail[package])
                    got[key] = model.new_int_var(0, most, "")
                    stock = stock + got[key] - draw.get(key, 0)
                    model.add(stock >= 0)
                stocks.append(stock - before)
            model.add(sum(stocks) <= bills.tail[package])
        return got

    def _held(self, package: str, fund: str) -> int:
        rows = self.facts.history.get(package, [])
        return sum(r["received"] - r["amount"] for r in rows if r["fund_id"] == fund)

    def _budgets(self, model: cp_model.CpModel, draw: dict[Any, Any]) -> None:
        """Money of a year moves to the years in which it may be received."""
        for name, fund in self.facts.funds.items():
            keep, wait = fund["carry_over"], int(fund["arrival_month"] > 10)
            moved: dict[tuple[int, int], Any] = {}
            for source, amount in self.facts.given[name].items():
                for year in self.facts.years:
                    age = year - source
                    if age >= wait and (keep < 0 or age <= keep):
                        moved[source, year] = model.new_int_var(0, amount, "")
                own = [v for (s, _), v in moved.items() if s == source]
                model.add(sum(own) <= amount)
            for year in self.facts.years:
                need = [v for (_, y, f), v in draw.items() if (y, f) == (year, name)]
                model.add(
                    sum(need) == sum(v for (_, y), v in moved.items() if y == year)
                )

    def _shares(
        self, model: cp_model.CpModel, draw: dict[Any, Any], bills: Bills
    ) -> None:
        """Largest share of a fund and least share of capital, over each life."""
        counted: dict[str, list[Any]] = {}
        for package in self.facts.packages:
            history = self.facts.history.get(package, [])
            for name, fund in self.facts.funds.items():
                if fund["max_share_bp"] is None:
                    continue
                past = sum(r["received"] for r in history if r["fund_id"] == name)
                now = [v for (p, _, f), v in draw.items() if (p, f) == (package, name)]
                base = bills.cost[package]
                if fund["share_base"] == "eligible":
                    base = bills.eligible[package]
                if fund["up_front"]:  # a promise for the whole package
                    grant = fund["share_base"] == "eligible"
                    base += (bills.eligible_tail if grant else bills.tail)[package]
                model.add(BP * (past + sum(now)) <= fund["max_share_bp"] * base)
            for rule in self.facts.rules["capital_share"]:
                where = rule.where.given()
                facts = self.facts.packages[package]
                if all(facts[key] in values for key, values in where.items()):
                    capital = {n for n, f in self.facts.funds.items() if f["capital"]}
                    past = sum(
                        r["received"] for r in history if r["fund_id"] in capital
                    )
                    now = [
                        v
                        for (p, _, f), v in draw.items()
                        if p == package and f in capital
                    ]
                    part = self._counted(model, draw, rule, package, counted)
                    own = past + sum(now) + part
                    need = self._building_interest(model, draw, rule, package, bills)
                    cost = Fraction(rule.min_bp * bills.cost[package], BP)
                    if rule.tail_capital_bp is not None:
                        asked = rule.min_bp - rule.tail_capital_bp
                        cost += Fraction(asked * bills.tail[package], BP)
                    _at_most(model, [(Fraction(-1), own), *need], -cost)
        for rule in self.facts.rules["capital_share"]:
            given = [v for (_, _, f), v in draw.items() if f in rule.bonds]
            used = sum(counted.get(rule.id, []))
            model.add(BP * used <= rule.allowance_bp * sum(given))

    def _building_interest(
        self,
        model: cp_model.CpModel,
        draw: dict[Any, Any],
        rule: Any,
        package: str,
        bills: Bills,
    ) -> list[tuple[Fraction, Any]]:
        """Capital that the interest before operation asks for, year by year."""
        found: list[tuple[Fraction, Any]] = []
        if not rule.construction_interest:
            return found
        opens = self.facts.packages[package]["operation_start"]
        opens = self.facts.years[0] if opens is None else opens
        opens = max(opens, bills.done[package])
        for year in self.facts.years:
            due = []
            for (name, issued, fund), money in draw.items():
                age = year - issued
                if name != package or not self.facts.funds[fund]["debt"]:
                    continue
                ledger = ledger_of(self.facts.funds[fund])
                owed = [Fraction(1), *(left for left, _ in ledger)]
                if 0 <= age < len(ledger) and year < opens:
                    left, paid = ledger[age]
                    due.append((paid - (owed[age] - left), money))
            if due:
                whole = model.new_int_var(0, 10**9, "")
                _at_most(model, [*due, (Fraction(-1), whole)], Fraction(0))
                found.append((Fraction(rule.min_bp, BP), whole))
        return found

    @staticmethod
    def _counted(
        model: cp_model.CpModel,
        draw: dict[Any, Any],
        rule: Any,
        package: str,
        counted: dict[str, list[Any]],
    ) -> Any:
        """Let a part of the package's bonds be capital."""
        own = [v for (p, _, f), v in draw.items() if p == package and f in rule.bonds]
        if not own:
            return 0
        part = model.new_int_var(0, 10**9, "")
        model.add(part <= sum(own))
        counted.setdefault(rule.id, []).append(part)
        return part

    def _debt_limit(self, model: Any, draw: dict[Any, Any], rule: Any) -> None:
        for year, limit in rule.limit.items():
            owed: list[tuple[Fraction, Any]] = []
            for (_, issued, name), money in draw.items():
                if name in rule.funds:
                    ledger = ledger_of(self.facts.funds[name])
                    age = year - issued
                    left = ledger[age][0] if 0 <= age < len(ledger) else Fraction(0)
                    owed.append((left, money))
            old = sum(
                r["repaid"]
                for r in self.facts.old_debt
                if r["fund_id"] in rule.funds and r["year"] > year
            )
            room = Fraction(str(limit)) * 100 - old
            _at_most(model, owed, room)

    def _debt_service(
        self, model: Any, draw: dict[Any, Any], rule: Any, bills: Bills
    ) -> None:
        longest = max(self.facts.funds[f]["tenor_years"] for f in rule.funds)
        old = [r for r in self.facts.old_debt if r["fund_id"] in rule.funds]
        last = max([self.facts.last + longest, *(r["year"] for r in old)])
        for year in range(self.facts.first, last + 1):
            purse = Fraction(str(rule.purse.get(year, rule.purse_after))) * 100
            room = int(purse) - sum(
                r["repaid"] + r["interest"] for r in old if r["year"] == year
            )
            needs = []
            groups = [set(group) for group in rule.merged]
            joined = set().union(*groups)
            groups += [{name} for name in self.facts.packages if name not in joined]
            for group in groups:
                due = [
                    (ledger_of(self.facts.funds[f])[year - issued][1], money)
                    for (p, issued, f), money in draw.items()
                    if p in group
                    and f in rule.funds
                    and 0 <= year - issued <= self.facts.funds[f]["tenor_years"]
                ]
                income = bills.income(group if _income_pays(rule) else (), year)
                if due:
                    # Whole units, so that service is rounded up per package and year.
                    need = model.new_int_var(0, 10**9, "")
                    _at_most(model, [*due, (Fraction(-1), need)], Fraction(income))
                    needs.append(need)
            model.add(sum(needs) <= room)


def _income_pays(rule: Any) -> bool:
    """Tell whether the project pays first: never for general bonds."""
    if rule.payer == "general_public_budget":
        return False
    return rule.income_first is not False


def _at_most(model: Any, terms: list[tuple[Fraction, Any]], room: Fraction) -> None:
    scale = lcm(room.denominator, *(share.denominator for share, _ in terms))
    total = sum(int(share * scale) * money for share, money in terms)
    model.add(total <= int(room * scale))


def _names(text: str) -> set[str]:
    return {name for name in text.split(";") if name}
