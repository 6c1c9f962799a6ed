"""Brute force over every choice of works, with an exact funding oracle.

Written from the definitions of the rules alone: nothing of the `build`, `check` or
`explain` of a rule is called. Every choice of works is judged in plain Python, sorted
by shortfall and objective, and the first one that can be paid for is the answer.
Whether it can be paid for is asked of CP-SAT in whole units (an engine that the product
does not use), in a formulation of its own: money moves from its year to the year in
which it is received, so carry-over is a transport, not sums over stretches of years.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import floor, lcm
from typing import Any

import pandas as pd
from ortools.sat.python import cp_model

from renewopt.rules.problem import Problem

BP = 10_000
LEVELS = ("safety_duty", "assessed_target")
MEASURE = {"risk": "risk_now", "length_m": "length_m", "households": "households"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """The best plan: shortfall (four stages), objective in units, works."""

    shortfall: tuple[int, ...]
    objective: int
    works: tuple[str, ...]

    @property
    def key(self) -> tuple[int, ...]:
        """Give the stages as minima, in order."""
        return (*self.shortfall, -self.objective)


@dataclass
class Oracle:
    """One problem as plain rows."""

    problem: Problem
    money_tests: int = 0
    refused: list[tuple[str, ...]] = field(default_factory=list)
    """Choices that are better than the answer, but cannot be paid for."""
    _funded: dict[Any, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the tables into rows."""
        case, policy = self.problem.case, self.problem.policy
        self.first, self.last = case.start_year, case.start_year + case.years - 1
        self.years = range(self.first, self.last + 1)
        self.projects = _by(case.projects, "project_id")
        self.packages = _by(case.packages, "package_id")
        self.works = _by(case.works, "work_id")
        self.payments = _groups(case.payments, "work_id")
        self.use = _groups(case.use, "work_id")
        self.streets = _groups(case.corridor_projects, "corridor_id")
        self.history = _groups(case.package_history, "package_id")
        self.corridors = _rows(case.corridors)
        self.duties = _rows(case.obligations)
        self.decimals = {r["resource"]: r["decimals"] for r in _rows(case.resources)}
        self.funds = _by(policy.funds, "fund_id")
        self.old_debt = _rows(policy.existing_debt)
        self.given: dict[str, dict[int, int]] = defaultdict(dict)
        for row in _rows(policy.fund_years):
            self.given[row["fund_id"]][row["year"]] = row["amount"]
        self.rules: dict[str, list[Any]] = defaultdict(list)
        for rule in policy.rules:
            self.rules[rule.kind].append(rule)
        self.classes: dict[str, set[str]] = defaultdict(set)
        for row in self.projects.values():
            self.classes[row["package_id"]].add(row["asset_class"])
        self.safety = {
            d["project_id"] for d in self.duties if d["hardness"] == "safety_duty"
        }

    # -- choices ---------------------------------------------------------------

    def best(self) -> Answer | None:
        """Give the first choice, best first, that keeps every rule; None without."""
        found = []
        for works in self.choices():
            answer = self.judge(works)
            if answer is not None:
                found.append(answer)
        found.sort(key=lambda a: (a.key, a.works))
        for answer in found:
            if self.can_be_paid(answer.works):
                return answer
            self.refused.append(answer.works)
        return None

    def choices(self) -> Iterator[tuple[str, ...]]:
        """Every choice of at most one work per project."""
        options: dict[str, list[str | None]] = {p: [None] for p in self.projects}
        for name, work in self.works.items():
            options[work["project_id"]].append(name)
        for choice in product(*options.values()):
            yield tuple(work for work in choice if work is not None)

    def judge(self, works: tuple[str, ...]) -> Answer | None:
        """Give shortfall and objective of a choice; None where a rule is broken.

        Money is asked last, by `can_be_paid`.
        """
        if not self._running_kept(works):
            return None
        waivers = self._waivers(works)
        if waivers is None or not self._caps_kept(works):
            return None
        shortfall, hard_kept = self._shortfall(works)
        if not hard_kept:
            return None
        value = sum(self._value(self.works[w]) for w in works)
        if waivers:
            price = Fraction(str(self.rules["closed_corridor"][0].waiver_price))
            value -= waivers * int(price * 100)
        return Answer(shortfall, value, works)

    def is_running(self, project: str) -> bool:
        """Tell whether a project is under construction."""
        package = self.packages[self.projects[project]["package_id"]]
        return bool(package["status"] == "running")

    def _running_kept(self, works: tuple[str, ...]) -> bool:
        kept = {self.works[w]["project_id"] for w in works}
        return all(p in kept for p in self.projects if self.is_running(p))

    def _value(self, work: Row) -> int:
        weights = self.problem.policy.objective.weights
        total = sum(Fraction(str(n)) * int(work[name]) for name, n in weights.items())
        return floor(total + Fraction(1, 2))

    # -- duties ----------------------------------------------------------------

    def _shortfall(self, works: tuple[str, ...]) -> tuple[tuple[int, ...], bool]:
        if not self.rules["mandatory"]:
            return (0, 0, 0, 0), True
        rule = self.rules["mandatory"][0]
        done = {
            self.works[w]["project_id"]: self.works[w]["start_year"]
            + self.works[w]["duration"]
            - 1
            for w in works
        }
        values: list[int] = []
        kept = True
        for level in LEVELS:
            unplaced = late = 0
            dates: dict[str, list[int]] = {}
            for duty in self.duties:
                if duty["hardness"] == level:
                    own = dates.setdefault(duty["project_id"], [])
                    own += [] if duty["deadline"] is None else [duty["deadline"]]
            for project, own in dates.items():
                weight = self._weight(self.projects[project], rule.weigh_by)
                years = 0
                if project not in done:
                    unplaced += weight
                elif own:
                    years = max(0, done[project] - max(min(own), self.first))
                late += years * weight
                if level in rule.hard and (project not in done or years):
                    kept = False
            values += [unplaced, late]
        return tuple(values), kept

    @staticmethod
    def _weight(project: Row, weigh_by: str) -> int:
        size = Fraction(str(project[MEASURE[weigh_by]]))
        size *= 100 if weigh_by == "risk" else 1
        return max(1, floor(size + Fraction(1, 2)))

    # -- streets ---------------------------------------------------------------

    def _starts(self, works: tuple[str, ...]) -> dict[tuple[str, int], list[Row]]:
        """List new starts by corridor and year, with their excavation cost there."""
        chosen = {self.works[w]["project_id"]: w for w in works}
        found: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for corridor, members in self.streets.items():
            for member in members:
                work = chosen.get(member["project_id"])
                if work is not None and not self.is_running(member["project_id"]):
                    year = self.works[work]["start_year"]
                    found[corridor, year].append(member | {"work_id": work})
        return found

    def _waivers(self, works: tuple[str, ...]) -> int | None:
        """Count openings of closed streets for a safety duty; None: not allowed."""
        if not self.rules["closed_corridor"]:
            return 0
        starts = self._starts(works)
        closings = self._closings(starts)
        count = 0
        for (corridor, year), members in starts.items():
            if any(t < year <= t + span for t, span in closings[corridor]):
                if not any(m["project_id"] in self.safety for m in members):
                    return None
                count += 1
        return count

    def _closings(
        self, starts: dict[tuple[str, int], list[Row]]
    ) -> dict[str, list[tuple[int, int]]]:
        """List what closes each corridor: (year, years closed after it)."""
        years = self.rules["closed_corridor"][0].years
        closings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for corridor, year in starts:
            closings[corridor].append((year, years.opening))
        for row in self.corridors:
            if row["last_paved"] is not None:
                span = getattr(years, row["paving_kind"])
                closings[row["corridor_id"]].append((row["last_paved"], span))
        for corridor, members in self.streets.items():
            for name in (m["project_id"] for m in members):
                if self.is_running(name):
                    own = [w for w in self.works.values() if w["project_id"] == name]
                    closings[corridor].append((own[0]["start_year"], years.opening))
        return closings

    def _savings(self, works: tuple[str, ...]) -> dict[str, tuple[int, int]]:
        """Give saving and fall of eligible cost of works that share a trench."""
        found: dict[str, tuple[int, int]] = {}
        for rule in self.rules["dig_once"]:
            for (_, year), members in self._starts(works).items():
                classes = {
                    self.projects[m["project_id"]]["asset_class"] for m in members
                }
                if len(classes) < 2:
                    continue
                members.sort(key=lambda m: (-m["excavation_cost"], m["project_id"]))
                for member in members[1:]:
                    amount = rule.rate_bp * member["excavation_cost"] // BP
                    paid = next(
                        p for p in self.payments[member["work_id"]] if p["year"] == year
                    )
                    less = amount * paid["eligible_cost"] // paid["cost"]
                    before = found.get(member["work_id"], (0, 0))
                    found[member["work_id"]] = (before[0] + amount, before[1] + less)
        return found

    # -- caps ------------------------------------------------------------------

    def _caps_kept(self, works: tuple[str, ...]) -> bool:
        savings = self._savings(works)
        for rule in self.rules["annual_cap"]:
            used: dict[int, int] = defaultdict(int)
            for name in works:
                if not self._meant(rule.where.given(), name):
                    continue
                if rule.measure == "cost":
                    for row in self.payments.get(name, []):
                        used[row["year"]] += row["cost"]
                    used[self.works[name]["start_year"]] -= savings.get(name, (0, 0))[0]
                    continue
                for row in self.use.get(name, []):
                    if row["resource"] == rule.measure:
                        used[row["year"]] += row["amount"]
            scale = 100 if rule.measure == "cost" else 10 ** self.decimals[rule.measure]
            for year, limit in rule.cap.items():
                if used[year] > Fraction(str(limit)) * scale:
                    return False
        return True

    def _meant(self, where: dict[str, tuple[str, ...]], work: str) -> bool:
        project = self.projects[self.works[work]["project_id"]]
        facts = self.packages[project["package_id"]] | project | self.works[work]
        return all(facts[key] in values for key, values in where.items())

    # -- money -----------------------------------------------------------------

    def can_be_paid(self, works: tuple[str, ...]) -> bool:
        """Tell whether the funds can pay for a choice under every money rule."""
        if not self.rules["paid_in_full"]:
            return True
        bills = Bills.of(self, works)
        key = bills.key()
        if key not in self._funded:
            enough = self._roughly_enough(bills)
            self._funded[key] = enough and self._solve_money(bills)
        return self._funded[key]

    def _roughly_enough(self, bills: Bills) -> bool:
        """All money given so far covers all bills so far: needed, and quick to ask."""
        for last in self.years:
            due = sum(n for (_, year), n in bills.due.items() if year <= last)
            given = sum(
                n
                for fund in self.funds
                for year, n in self.given[fund].items()
                if year <= last
            )
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
        if names and not self.classes[package["package_id"]] <= names:
            return False
        if fund["owner_only"] and package["legal_owner"] != fund["owner"]:
            return False
        return not fund["borrower"] or package["borrower"] == fund["borrower"]

    def _solve_money(self, bills: Bills) -> bool:
        self.money_tests += 1
        model = cp_model.CpModel()
        draw = self._draws(model, bills)
        self._budgets(model, draw)
        self._shares(model, draw, bills)
        for rule in self.rules["debt_limit"]:
            self._debt_limit(model, draw, rule)
        for rule in self.rules["debt_service"]:
            self._debt_service(model, draw, rule)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        status = solver.solve(model)
        assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE)
        return status != cp_model.INFEASIBLE

    def _draws(self, model: cp_model.CpModel, bills: Bills) -> dict[Any, Any]:
        """Money by package, year and fund; each bill is paid, no more and no less."""
        draw: dict[Any, Any] = {}
        for (package, year), due in sorted(bills.due.items()):
            for name, fund in self.funds.items():
                if due and self.may_pay(fund, self.packages[package]):
                    draw[package, year, name] = model.new_int_var(0, due, "")
            own = [v for (p, y, _), v in draw.items() if (p, y) == (package, year)]
            model.add(sum(own) == due)
        return draw

    def _budgets(self, model: cp_model.CpModel, draw: dict[Any, Any]) -> None:
        """Money of a year moves to the years in which it may be received."""
        for name, fund in self.funds.items():
            keep = fund["carry_over"]
            moved: dict[tuple[int, int], Any] = {}
            for source, amount in self.given[name].items():
                for year in self.years:
                    age = year - source
                    if age >= 0 and (keep < 0 or age <= keep):
                        moved[source, year] = model.new_int_var(0, amount, "")
                own = [v for (s, _), v in moved.items() if s == source]
                model.add(sum(own) <= amount)
            for year in self.years:
                need = [v for (_, y, f), v in draw.items() if (y, f) == (year, name)]
                model.add(
                    sum(need) == sum(v for (_, y), v in moved.items() if y == year)
                )

    def _shares(
        self, model: cp_model.CpModel, draw: dict[Any, Any], bills: Bills
    ) -> None:
        """Largest share of a fund and least share of capital, over each life."""
        for package in self.packages:
            history = self.history.get(package, [])
            for name, fund in self.funds.items():
                if fund["max_share_bp"] is None:
                    continue
                past = sum(r["received"] for r in history if r["fund_id"] == name)
                now = [v for (p, _, f), v in draw.items() if (p, f) == (package, name)]
                base = bills.cost[package]
                if fund["share_base"] == "eligible":
                    base = bills.eligible[package]
                model.add(BP * (past + sum(now)) <= fund["max_share_bp"] * base)
            for rule in self.rules["capital_share"]:
                where = rule.where.given()
                facts = self.packages[package]
                if all(facts[key] in values for key, values in where.items()):
                    capital = {n for n, f in self.funds.items() if f["capital"]}
                    past = sum(
                        r["received"] for r in history if r["fund_id"] in capital
                    )
                    now = [
                        v
                        for (p, _, f), v in draw.items()
                        if p == package and f in capital
                    ]
                    least = rule.min_bp * bills.cost[package]
                    model.add(BP * (past + sum(now)) >= least)

    def _debt_limit(self, model: Any, draw: dict[Any, Any], rule: Any) -> None:
        for year, limit in rule.limit.items():
            owed: list[tuple[Fraction, Any]] = []
            for (_, issued, name), money in draw.items():
                if name in rule.funds:
                    ledger = _ledger(self.funds[name])
                    age = year - issued
                    left = ledger[age][0] if 0 <= age < len(ledger) else Fraction(0)
                    owed.append((left, money))
            old = sum(
                r["repaid"]
                for r in self.old_debt
                if r["fund_id"] in rule.funds and r["year"] > year
            )
            room = Fraction(str(limit)) * 100 - old
            _at_most(model, owed, room)

    def _debt_service(self, model: Any, draw: dict[Any, Any], rule: Any) -> None:
        longest = max(self.funds[f]["tenor_years"] for f in rule.funds)
        old = [r for r in self.old_debt if r["fund_id"] in rule.funds]
        last = max([self.last + longest, *(r["year"] for r in old)])
        for year in range(self.first, last + 1):
            purse = Fraction(str(rule.purse.get(year, rule.purse_after))) * 100
            room = int(purse) - sum(
                r["repaid"] + r["interest"] for r in old if r["year"] == year
            )
            needs = []
            for name, package in self.packages.items():
                due = [
                    (_ledger(self.funds[f])[year - issued][1], money)
                    for (p, issued, f), money in draw.items()
                    if p == name
                    and f in rule.funds
                    and 1 <= year - issued <= self.funds[f]["tenor_years"]
                ]
                start, income = package["operation_start"], 0
                if start is not None and start <= year:
                    income = package["net_income_per_year"]
                if due:
                    # Whole units, so that service is rounded up per package and year.
                    need = model.new_int_var(0, 10**9, "")
                    _at_most(model, [*due, (Fraction(-1), need)], Fraction(income))
                    needs.append(need)
            model.add(sum(needs) <= room)


@dataclass
class Bills:
    """What a choice of works costs: bills by package and year, bases over the life."""

    due: dict[tuple[str, int], int]
    cost: dict[str, int]
    eligible: dict[str, int]

    @classmethod
    def of(cls, oracle: Oracle, works: tuple[str, ...]) -> Bills:
        """Add up payments, savings and history."""
        bills = cls(defaultdict(int), defaultdict(int), defaultdict(int))
        for package, rows in oracle.history.items():
            bills.cost[package] += sum(r["cost"] for r in rows)
            bills.eligible[package] += sum(r["eligible_cost"] for r in rows)
        savings = oracle._savings(works)
        for name in works:
            work = oracle.works[name]
            package = oracle.projects[work["project_id"]]["package_id"]
            saving, less = savings.get(name, (0, 0))
            for row in oracle.payments.get(name, []):
                if row["year"] <= oracle.last:
                    bills.due[package, row["year"]] += row["cost"]
                    bills.cost[package] += row["cost"]
                    bills.eligible[package] += row["eligible_cost"]
            if saving:
                bills.due[package, work["start_year"]] -= saving
                bills.cost[package] -= saving
                bills.eligible[package] -= less
        return bills

    def key(self) -> tuple[Any, ...]:
        """Tell bills apart: equal bills are paid alike."""
        tables = (self.due, self.cost, self.eligible)
        return tuple(tuple(sorted(t.items())) for t in tables)


def _ledger(fund: Row) -> list[tuple[Fraction, Fraction]]:
    """Balance at the end of, and service in, each year after an issue of one unit."""
    tenor, grace = fund["tenor_years"], fund["grace_years"]
    coupon = Fraction(fund["coupon_bp"], BP)
    rows = [(Fraction(1), Fraction(0))]
    for age in range(1, tenor + 1):
        owed = rows[-1][0]
        if fund["repayment"] == "bullet":
            principal = Fraction(int(age == tenor))
        else:
            principal = Fraction(int(age > grace), tenor - grace)
        rows.append((owed - principal, principal + coupon * owed))
    return rows


def _at_most(model: Any, terms: list[tuple[Fraction, Any]], room: Fraction) -> None:
    scale = lcm(room.denominator, *(share.denominator for share, _ in terms))
    total = sum(int(share * scale) * money for share, money in terms)
    model.add(total <= int(room * scale))


def _names(text: str) -> set[str]:
    return {name for name in text.split(";") if name}


def _rows(table: pd.DataFrame) -> list[Row]:
    """Rows as plain Python values; what is missing is None."""
    rows = table.astype("object").where(table.notna(), None).to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in rows]


def _by(table: pd.DataFrame, key: str) -> dict[str, Row]:
    return {row[key]: row for row in _rows(table)}


def _groups(table: pd.DataFrame, key: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(table):
        found[row[key]].append(row)
    return dict(found)
