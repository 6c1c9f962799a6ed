"""Brute force over every choice of works, with an exact funding oracle.

Written from the definitions of the rules alone: nothing of the `build`, `check` or
`explain` of a rule is called. Every choice of works is judged in plain Python, sorted
by shortfall and objective, and the first one that can be paid for (`oracle_money.py`)
is the answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import floor
from typing import Any

from tests.oracle_facts import BP, Facts, Row
from tests.oracle_money import Bills, Purses

LEVELS = ("safety_duty", "assessed_target")
MEASURE = {"risk": "risk_now", "length_m": "length_m", "households": "households"}


@dataclass(frozen=True)
class Answer:
    """The best plan: shortfall (four stages, then targets), objective, works."""

    shortfall: tuple[int, ...]
    objective: int
    works: tuple[str, ...]

    @property
    def key(self) -> tuple[int, ...]:
        """Give the stages as minima, in order."""
        return (*self.shortfall, -self.objective)


@dataclass
class Oracle(Facts):
    """Judges choices of works of one problem."""

    refused: list[tuple[str, ...]] = field(default_factory=list)
    """Choices that are better than the answer, but cannot be paid for."""
    _funded: dict[Any, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the tables."""
        super().__post_init__()
        self.purses = Purses(self)

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
        if not self._choices_kept(works):
            return None
        waivers = self._waivers(works)
        if waivers is None or not self._caps_kept(works):
            return None
        shortfall, hard_kept = self._shortfall(works)
        targets, price, reached = self._targets(works)
        if not hard_kept or not reached:
            return None
        value = sum(self._value(self.works[w]) for w in works) - price
        if waivers:
            price = Fraction(str(self.rules["closed_corridor"][0].waiver_price))
            value -= waivers * int(price * 100)
        value -= self._break_price(works)
        for rule in self.rules["stability"]:
            value -= int(Fraction(str(rule.price or 0)) * 100) * self._changes(
                rule, works
            )
        return Answer((*shortfall, *targets), value, works)

    def _running_kept(self, works: tuple[str, ...]) -> bool:
        kept = {self.works[w]["project_id"] for w in works}
        return all(p in kept for p in self.projects if self.is_running(p))

    def _choices_kept(self, works: tuple[str, ...]) -> bool:
        """Ask the rules that name projects."""
        taken = {self.works[w]["project_id"]: self.works[w] for w in works}
        for rule in self.rules["decided"]:
            if set(rule.include) - set(taken) or set(rule.exclude) & set(taken):
                return False
            for project, work in taken.items():
                if rule.start.get(project, work["start_year"]) != work["start_year"]:
                    return False
                if rule.mode.get(project, work["mode"]) != work["mode"]:
                    return False
        for rule in self.rules["choose"]:
            count = len(set(rule.projects) & set(taken))
            most = count if rule.at_most is None else rule.at_most
            if not rule.at_least <= count <= most:
                return False
        if not self._groups_kept(taken) or not self._shares_kept(works):
            return False
        return (
            all(self._order_kept(rule, taken) for rule in self.rules["precedence"])
            and all(self._ties_kept(rule, taken) for rule in self.rules["coupling"])
            and all(self._openings_kept(r, taken) for r in self.rules["new_packages"])
        )

    def _ties_kept(self, rule: Any, taken: dict[str, Row]) -> bool:
        for one, other in self._pairs(rule):
            if one in taken and rule.needs and other not in taken:
                return False
            pardon = rule.price is not None or (rule.free_duties and one in self.safety)
            if not pardon and self._breaks(rule, taken, one, other):
                return False
        return True

    def _pairs(self, rule: Any) -> list[tuple[str, str]]:
        own = [row for row in self.links if row["link"] == rule.link]
        return [(row["project_id"], row["other_id"]) for row in own]

    @staticmethod
    def _breaks(rule: Any, taken: dict[str, Row], one: str, other: str) -> bool:
        if one not in taken:
            return False
        mine, theirs = taken[one]["start_year"], taken.get(other)
        if theirs is None:
            return bool(rule.how == "after")
        if rule.how == "instead":
            return True
        if rule.how == "together":
            return bool(abs(mine - theirs["start_year"]) > rule.within_years)
        wait = theirs["duration"] if rule.after == "completion" else 0
        return bool(mine < theirs["start_year"] + wait)

    def _break_price(self, works: tuple[str, ...]) -> int:
        taken = {self.works[w]["project_id"]: self.works[w] for w in works}
        total = Fraction(0)
        for rule in self.rules["coupling"]:
            broken = [p for p in self._pairs(rule) if self._breaks(rule, taken, *p)]
            total += len(broken) * Fraction(str(rule.price or 0)) * 100
        return int(total)

    def _openings_kept(self, rule: Any, taken: dict[str, Row]) -> bool:
        years: dict[str, list[int]] = {}
        for project, work in taken.items():
            package = self.projects[project]["package_id"]
            if self.packages[package]["status"] != "running":
                years.setdefault(package, []).append(work["start_year"])
        opened = [min(own) for own in years.values()]
        return all(opened.count(year) <= most for year, most in rule.cap.items())

    def _shares_kept(self, works: tuple[str, ...]) -> bool:
        """Ask for floors, shares of districts and few changes."""
        for rule in self.rules["spending_floor"]:
            spent = self._nominal(rule, works)
            for year, least in rule.least.items():
                if sum(n for (y, _), n in spent.items() if y == year) < least * 100:
                    return False
        for rule in self.rules["district_share"]:
            spent = self._nominal(rule, works)
            whole = sum(spent.values())
            for name in {*rule.least_bp, *rule.most_bp}:
                own = BP * sum(n for (_, d), n in spent.items() if d == name)
                if own < rule.least_bp.get(name, 0) * whole:
                    return False
                if own > rule.most_bp.get(name, BP) * whole:
                    return False
        return all(
            rule.at_most is None or self._changes(rule, works) <= rule.at_most
            for rule in self.rules["stability"]
        )

    def _nominal(self, rule: Any, works: tuple[str, ...]) -> dict[tuple[int, str], int]:
        found: dict[tuple[int, str], int] = defaultdict(int)
        for name in works:
            if self._meant(rule.where.given(), name):
                place = self.projects[self.works[name]["project_id"]]["district"]
                for row in self.payments.get(name, []):
                    if row["year"] <= self.last:
                        found[row["year"], place] += row["cost"]
        return found

    def _changes(self, rule: Any, works: tuple[str, ...]) -> int:
        """Count projects that could start as last year's plan said, and do not."""
        able = {
            (work["project_id"], work["start_year"]) for work in self.works.values()
        }
        does = {
            (self.works[w]["project_id"], self.works[w]["start_year"]) for w in works
        }
        wanted = set(rule.start.items()) & able
        return len(wanted - does)

    def _groups_kept(self, taken: dict[str, Row]) -> bool:
        """Ask for all or none, and for few sites at a time."""
        for rule in self.rules["together"]:
            if len(set(rule.projects) & set(taken)) not in {0, len(set(rule.projects))}:
                return False
        for rule in self.rules["site_limit"]:
            sites: dict[tuple[str, int], int] = defaultdict(int)
            for project, work in taken.items():
                if not self._meant(rule.where.given(), work["work_id"]):
                    continue
                district, first = self.projects[project]["district"], work["start_year"]
                for year in range(first, first + work["duration"]):
                    sites[district, year] += year in self.years
            if any(count > rule.at_most for count in sites.values()):
                return False
        return True

    @staticmethod
    def _order_kept(rule: Any, taken: dict[str, Row]) -> bool:
        for later in set(rule.then) & set(taken):
            for earlier in rule.first:
                if earlier not in taken:
                    return False
                year = taken[earlier]["start_year"]
                if rule.after == "completion":
                    year += taken[earlier]["duration"]
                if taken[later]["start_year"] < year:
                    return False
        return True

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

    def _targets(self, works: tuple[str, ...]) -> tuple[tuple[int, ...], int, bool]:
        """Give what staged targets lack, what others cost, whether hard ones hold."""
        staged: list[tuple[tuple[int, str], int]] = []
        price, kept = 0, True
        for rule in self.rules["target"]:
            missing = 0
            for year, amount in (rule.amount or rule.share_bp).items():
                set_ = {p: self._goal_size(rule, p) for p in self.projects}
                done = [
                    self.works[w]["project_id"]
                    for w in works
                    if self._meant(rule.where.given(), w)
                    and self.works[w]["start_year"] + self.works[w]["duration"] - 1
                    <= year
                ]
                need = amount
                if rule.share_bp:
                    need = -(-amount * sum(set_.values()) // BP)
                missing += max(0, need - sum(set_[p] for p in done))
            if rule.hard:
                kept &= not missing
            elif rule.weight is None:
                staged.append(((rule.rank, rule.id), missing))
            else:
                price += int(rule.weight * 100) * missing
        return tuple(missing for _, missing in sorted(staged)), price, kept

    def _goal_size(self, rule: Any, project: str) -> int:
        facts = self.packages[self.projects[project]["package_id"]]
        facts = facts | self.projects[project]
        where = {k: v for k, v in rule.where.given().items() if k != "mode"}
        levels = {d["hardness"] for d in self.duties if d["project_id"] == project}
        if any(facts[key] not in values for key, values in where.items()):
            return 0
        if rule.hardness and not levels & set(rule.hardness):
            return 0
        if rule.measure == "projects":
            return 1
        return floor(Fraction(str(facts[rule.measure])) + Fraction(1, 2))

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
        bills = self.bills(works)
        if bills.key() not in self._funded:
            self._funded[bills.key()] = self.purses.can_pay(bills)
        return self._funded[bills.key()]

    def _operate(self, bills: Bills, works: tuple[str, ...]) -> None:
        """Say what the works earn, and when they are done."""
        for name, row in self.packages.items():
            start, alone = row["operation_start"], not self.classes[name]
            if row["status"] == "running" and alone and start is not None:
                bills.earns[name, start] += row["net_income_per_year"]
        for name in works:
            work = self.works[name]
            package = self.projects[work["project_id"]]["package_id"]
            after = work["start_year"] + work["duration"]
            units, opens = self.income_of(work["project_id"])
            if units and opens is not None:
                bills.earns[package, max(opens, after)] += units
            bills.done[package] = max(bills.done[package], after)

    def bills(self, works: tuple[str, ...]) -> Bills:
        """Add up payments, savings and history."""
        bills = Bills(*(defaultdict(int) for _ in range(8)))
        for rule in self.rules["resident_limit"]:
            for name in works:
                project = self.projects[self.works[name]["project_id"]]
                yuan = project["households"] * rule.yuan_per_household
                yuan = yuan * project["consent_bp"] // BP
                bills.able[rule.id, project["package_id"]] += yuan // 100
        for package, rows in self.history.items():
            bills.cost[package] += sum(r["cost"] for r in rows)
            bills.eligible[package] += sum(r["eligible_cost"] for r in rows)
        savings = self._savings(works)
        self._operate(bills, works)
        for name in works:
            work = self.works[name]
            package = self.projects[work["project_id"]]["package_id"]
            saving, less = savings.get(name, (0, 0))
            for row in self.payments.get(name, []):
                if row["year"] > self.last:
                    bills.tail[package] += row["cost"]
                    bills.eligible_tail[package] += row["eligible_cost"]
                else:
                    bills.due[package, row["year"]] += row["cost"]
                    bills.cost[package] += row["cost"]
                    bills.eligible[package] += row["eligible_cost"]
            if saving:
                bills.due[package, work["start_year"]] -= saving
                bills.cost[package] -= saving
                bills.eligible[package] -= less
        return bills
