"""Random small problems: at most 12 works, every kind of rule on and off, little money.

The same number gives the same problem. Amounts are odd numbers of units of 0.01 万元,
so that shares and instalments do not come out even.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from renewopt.core.case import make_case
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.rules.policy import make_policy
from renewopt.rules.problem import Problem
from tests.optimise.random_rules import (
    count_bonds,
    some_money_rules,
    some_share_rules,
    some_work_rules,
)

FIRST = 2027
CLASSES = ("gas_pipe", "heating_pipe", "residential_compound", "water_pipe")
OWNERS = ("住建局", "热力公司")
NAMED_KINDS = ("local_fiscal;special_bond", "local_fiscal;central_budget;bank_loan")
"""What some packages say of who may pay for them."""
TABLES = (
    "projects",
    "packages",
    "works",
    "payments",
    "use",
    "corridors",
    "corridor_projects",
    "obligations",
    "package_history",
)
MOST_CHOICES = 1300
"""Choices of works per case, so that brute force stays quick."""
Rows = list[dict[str, Any]]


class Dice:
    """A seeded source of numbers, choices and coin flips."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, both included."""
        return int(self._rng.integers(low, high + 1))

    def pick(self, options: Any) -> Any:
        """Draw one of the options."""
        return options[self.whole(0, len(options) - 1)]

    def chance(self, share: float) -> bool:
        """Flip a coin."""
        return bool(self._rng.random() < share)


def random_problem(seed: int) -> Problem:
    """Make the problem of a number."""
    return Maker(Dice(seed), Dice(seed + 10**6), Dice(100_000 + seed)).problem()


class Maker:
    """Collects rows table by table."""

    def __init__(self, dice: Dice, ties: Dice, other: Dice) -> None:
        self.dice, self.ties = dice, ties
        self.early = other.chance(0.35)
        self.carried = other.whole(0, 900) if other.chance(0.35) else 0
        self.late = other.chance(0.25)
        self.light = other.chance(0.5)
        self.step = other.pick((0, 0, 7, 50))
        self.least = other.pick((0, 0, 400))
        self.dates = other.pick((1, 2))
        self.years = dice.whole(2, 4)
        self.last = FIRST + self.years - 1
        self.with_funds = dice.chance(0.9)
        self.tables: dict[str, Rows] = {name: [] for name in TABLES}

    def problem(self) -> Problem:
        """Make facts, then funds and rules that fit them."""
        self._packages()
        self._projects()
        self._streets()
        self._duties()
        self._links()
        tables = {name: pd.DataFrame(rows) for name, rows in self.tables.items()}
        tables["resources"] = pd.DataFrame(
            [{"resource": "km", "unit": "km", "decimals": 2}]
        )
        settings = {
            "start_year": FIRST,
            "years": self.years,
            "discount_rate_bp": 400,
            "price_base_year": 2026,
        }
        case = make_case(settings, {k: v for k, v in tables.items() if len(v)})
        funds, money = self._funds() if self.with_funds else ([], [])
        debt = self._old_debt(funds)
        rules = self._rules(funds, bool(debt))
        weights = {"risk_removed": 1.0}
        if self.dice.chance(0.3):
            weights["benefit_homes"] = self.dice.pick((0.25, 1.5))
        rules += self._targets()
        policy = make_policy(
            {"rule": rules, "objective": {"weights": weights}},
            FUNDS.conform(pd.DataFrame(funds)),
            FUND_YEARS.conform(pd.DataFrame(money)),
            EXISTING_DEBT.conform(pd.DataFrame(debt)),
            "policy.toml",
        )
        return Problem(case, policy)

    # -- facts -----------------------------------------------------------------

    def _packages(self) -> None:
        dice = self.dice
        for number in range(dice.whole(1, 4)):
            owner = dice.pick(OWNERS)
            earns = dice.chance(0.4)
            self.tables["packages"].append(
                {
                    "package_id": f"P{number}",
                    "legal_owner": owner,
                    "nature": dice.pick(("public", "public", "quasi_public")),
                    "ownership": dice.pick(("public", "residents", "operator")),
                    "status": "running" if dice.chance(0.12) else "new",
                    "net_income_per_year": dice.whole(10, 400) if earns else 0,
                    "operation_start": dice.whole(2027, 2030) if earns else None,
                    "borrower": owner,
                    "fund_kinds": dice.pick(("", "", "", *NAMED_KINDS)),
                    "bond_review": ("passed", str(FIRST + 1), "passed", "")[number],
                }
            )

    def _projects(self) -> None:
        dice = self.dice
        works, choices = 0, 1
        for number in range(dice.whole(2, 6)):
            package = dice.pick(self.tables["packages"])
            project = f"R{number}"
            running = package["status"] == "running"
            count = 1 if running else dice.pick((0, 1, 2, 2, 3, 3, 4))
            count = max(count, int(number == 0))  # some work there is
            if works + count > 12 or choices * (count + 1) > MOST_CHOICES:
                break
            works, choices = works + count, choices * (count + 1)
            self.tables["projects"].append(
                {
                    "project_id": project,
                    "package_id": package["package_id"],
                    "asset_class": dice.pick(CLASSES),
                    "district": dice.pick(("east", "west")),
                    "households": dice.whole(0, 300),
                    "length_m": dice.whole(0, 4000) / 2,
                    "risk_now": dice.whole(0, 4000) / 100,
                    "consent_bp": 10_000 - 1111 * (number % 3),
                }
            )
            # What a project of an operator may count as eligible is mostly nothing.
            share = 0 if package["ownership"] == "operator" else dice.whole(40, 100)
            slots = [(mode, FIRST + t) for mode in "ab" for t in range(self.years)]
            for _ in range(count):
                mode, start = slots.pop(dice.whole(0, len(slots) - 1))
                self._work(project, mode, start, share)
            if running and dice.chance(0.7):
                self._history(package["package_id"])

    def _work(self, project: str, mode: str, start: int, share: int) -> None:
        dice = self.dice
        name = f"{project}{mode}{start % 100}"
        duration = dice.pick((1, 1, 2, 3))
        self.tables["works"].append(
            {
                "work_id": name,
                "project_id": project,
                "mode": mode,
                "start_year": start,
                "duration": duration,
                "risk_removed": dice.whole(0, 9000),
                "benefit_homes": dice.whole(0, 1000),
            }
        )
        parts = dice.pick((1, 1, 2, 3))
        for year in range(start, start + parts):
            cost = dice.whole(300, 4000)
            self.tables["payments"].append(
                {
                    "work_id": name,
                    "year": year,
                    "cost": cost,
                    "eligible_cost": cost * share // 100,
                }
            )
        for year in range(start, start + duration):
            if dice.chance(0.8):
                amount = dice.whole(0, 150) / 100
                self.tables["use"].append(
                    {"work_id": name, "year": year, "resource": "km", "amount": amount}
                )

    def _history(self, package: str) -> None:
        rows = self.tables["package_history"]
        if any(row["package_id"] == package for row in rows):
            return
        cost = self.dice.whole(500, 3000)
        received = cost * self.dice.whole(20, 100) // 100
        rows.append(
            {"package_id": package, "year": 2026, "fund_id": "", "cost": cost}
            | {"eligible_cost": cost, "received": 0, "amount": 0}
        )
        rows.append(
            {"package_id": package, "year": 2026, "fund_id": "fiscal", "cost": 0}
            | {"eligible_cost": 0, "received": received}
            | {"amount": received * 2 // 3 if self.early else received}
        )

    def _streets(self) -> None:
        dice = self.dice
        first: dict[str, list[int]] = {}
        start = {w["work_id"]: w["start_year"] for w in self.tables["works"]}
        owner = {w["work_id"]: w["project_id"] for w in self.tables["works"]}
        for row in self.tables["payments"]:
            if row["year"] == start[row["work_id"]]:
                first.setdefault(owner[row["work_id"]], []).append(row["cost"])
        for number in range(dice.whole(0, 2)):
            paved = dice.chance(0.3)
            self.tables["corridors"].append(
                {
                    "corridor_id": f"s{number}",
                    "last_paved": dice.whole(2024, 2027) if paved else None,
                    "paving_kind": dice.pick(("new", "major_repair")) if paved else "",
                    "planned_road_work_year": None if paved else 2026 + number,
                }
            )
            for project in self.tables["projects"]:
                if dice.chance(0.7):
                    # A saving may not be more than what is paid in the first year.
                    most = min(first.get(project["project_id"], [1000]))
                    self.tables["corridor_projects"].append(
                        {
                            "corridor_id": f"s{number}",
                            "project_id": project["project_id"],
                            "excavation_cost": dice.pick((most, dice.whole(0, most))),
                        }
                    )

    def _duties(self) -> None:
        dice = self.dice
        levels = ("safety_duty", "assessed_target", "preference")
        for project in self.tables["projects"]:
            while dice.chance(0.45):
                dated = dice.chance(0.8)
                self.tables["obligations"].append(
                    {
                        "project_id": project["project_id"],
                        "pack": "pack",
                        "clause": "1",
                        "hardness": dice.pick(levels),
                        "deadline": dice.whole(2025, self.last) if dated else None,
                    }
                )

    # -- means -----------------------------------------------------------------

    def _funds(self) -> tuple[Rows, Rows]:
        dice = self.dice
        bullet, equal = {"repayment": "bullet"}, {"repayment": "equal"}
        kinds: dict[str, dict[str, Any]] = {
            "fiscal": {"kind": "local_fiscal", "capital": True},
            "grant": {
                "kind": "central_budget", "capital": True, "share_base": "eligible",
                "max_share_bp": dice.pick((3000, 6000, 8000)),
                "ownerships": dice.pick(("", "public;residents")),
            },
            "own": {
                "kind": "operator_fund", "capital": True, "owner_only": True,
                "owner": dice.pick(OWNERS),
            },
            "residents": {
                "kind": "resident_fund", "capital": True, "max_share_bp": 3000,
                "asset_classes": "gas_pipe;residential_compound",
            },
            "bond": {
                "kind": "special_bond", "debt": True, "natures": "public",
                "tenor_years": dice.whole(3, 6), "coupon_bp": dice.pick((0, 240, 333)),
                "interest_per_year": self.dates,
                "grace_years": dice.whole(0, 2), **dice.pick((bullet, equal)),
            },
            "loan": {
                "kind": "bank_loan", "debt": True, "natures": "quasi_public;commercial",
                "tenor_years": dice.whole(3, 5), "coupon_bp": 350,
                "grace_years": dice.whole(0, 2), **equal,
                "borrower": dice.pick(("", *OWNERS)),
            },
        }  # fmt: skip
        # Without a throw of its own, so that the cases stay the same: now and then the
        # grant and what residents give are one source.
        if kinds["grant"]["max_share_bp"] == 8000:
            for name in ("grant", "residents"):
                kinds[name]["programme"] = "joint"
        blank = {"debt": False, "capital": False, "share_base": "cost", "owner": ""}
        blank |= {"owner_only": False, "tenor_years": 0, "coupon_bp": 0}
        funds: Rows = []
        money: Rows = []
        running = any(p["status"] == "running" for p in self.tables["packages"])
        level = dice.pick((3000, 5000) if running else (900, 1500, 3000))
        for name, terms in kinds.items():
            if name != "fiscal" and dice.chance(0.4):
                continue
            carry = dice.pick((-1, 0, 0, 1, 2))
            funds.append(blank | {"fund_id": name, "carry_over": carry} | terms)
            for year in range(FIRST, self.last + 1):
                if dice.chance(0.85):
                    amount = dice.whole(level // 4, 2 * level)
                    money.append({"fund_id": name, "year": year, "amount": amount})
        self._timing(funds, money)
        return funds, money

    def _timing(self, funds: Rows, money: Rows) -> None:
        """Let some money come up front, late in the year, or from before the plan."""
        for fund in funds:
            if fund["fund_id"] in {"fiscal", "grant"} and self.early:
                fund["up_front"] = True
            if fund["fund_id"] in {"bond", "loan"}:
                fund |= {"step": self.step, "least_draw": self.least}
            if fund["carry_over"] == 0:
                continue
            if fund["fund_id"] == "grant" and self.late:
                fund["arrival_month"] = 11
            if fund["fund_id"] == "fiscal" and self.carried:
                row = {"fund_id": "fiscal", "year": FIRST - 1, "amount": self.carried}
                money.append(row)

    def _old_debt(self, funds: Rows) -> Rows:
        dice = self.dice
        return [
            {
                "fund_id": fund["fund_id"],
                "year": year,
                "repaid": dice.whole(0, 200),
                "interest": dice.whole(0, 20),
            }
            for fund in funds
            if fund["debt"] and dice.chance(0.3)
            for year in range(FIRST, FIRST + dice.whole(1, 6))
        ]

    def _links(self) -> None:
        """Tie some pairs of projects together."""
        names = [p["project_id"] for p in self.tables["projects"]]
        self.tables["links"] = [
            {"link": "site", "project_id": one, "other_id": other}
            for one in names
            for other in names
            if one != other and self.ties.chance(0.2)
        ]

    # -- wishes ----------------------------------------------------------------

    def _rules(self, funds: Rows, old: bool) -> Rows:
        debts = [f["fund_id"] for f in funds if f["debt"]]
        dice, rules = self.dice, []
        if dice.chance(0.8):
            weigh = dice.pick(("risk", "length_m", "households"))
            hard = dice.pick(([],) * 11 + (["safety_duty"], ["assessed_target"]))
            rules.append({"kind": "mandatory", "weigh_by": weigh, "hard": hard})
        if dice.chance(0.5):
            cap = {str(y): dice.whole(50, 300) / 100 for y in self._some_years()}
            where = dice.pick(({}, {"asset_class": list(CLASSES[:2])}, {"mode": ["a"]}))
            rules.append(
                {"kind": "annual_cap", "measure": "km", "cap": cap, "where": where}
            )
        if dice.chance(0.3) or not self.with_funds:
            cap = {str(y): dice.whole(500, 6000) / 100 for y in self._some_years()}
            where = dice.pick(({}, {"district": ["east"]}, {"nature": ["public"]}))
            rules.append(
                {"kind": "annual_cap", "measure": "cost", "cap": cap, "where": where}
            )
        if dice.chance(0.6):
            rules.append({"kind": "dig_once", "rate_bp": dice.pick((1500, 2500, 3333))})
        if dice.chance(0.6):
            years = {k: dice.whole(1, 3) for k in ("opening", "major_repair")}
            years |= {"new": dice.whole(1, 4), "rebuilt": 2}
            price = dice.whole(0, 2000) / 100
            rules.append(
                {"kind": "closed_corridor", "years": years, "waiver_price": price}
            )
        rules += self._money_rules(debts, old) if self.with_funds else []
        rules += [*self._choices(), *self._openings(), *self._couplings()]
        rules += some_work_rules(dice, self.tables)
        if self.with_funds:
            rules += some_money_rules(dice, [f["fund_id"] for f in funds], self.last)
        names = [f["fund_id"] for f in funds] if self.with_funds else []
        rules += some_share_rules(dice, self.tables, names, self.last)
        count_bonds(dice, rules, names)
        if self.light:  # many rules at once make most cases impossible
            rules = [rule for rule in rules if self.ties.chance(0.5)]
        return [rule | {"id": f"{i}-{rule['kind']}"} for i, rule in enumerate(rules)]

    def _choices(self) -> Rows:
        """Rules that name projects: decided, so many of these, one after the other."""
        dice, rules = self.dice, []
        running = {
            p["package_id"] for p in self.tables["packages"] if p["status"] == "running"
        }
        free = [
            p["project_id"]
            for p in self.tables["projects"]
            if p["package_id"] not in running
            and any(w["project_id"] == p["project_id"] for w in self.tables["works"])
        ]
        if len(free) < 2:
            return rules
        first, other = free[dice.whole(0, len(free) - 1)], free[0]
        own = [w for w in self.tables["works"] if w["project_id"] == first]
        work = dice.pick(own)
        if dice.chance(0.3):
            decision = dice.pick(
                (
                    {"include": [first]},
                    {"exclude": [first]},
                    {"start": {first: work["start_year"]}},
                    {"mode": {first: work["mode"]}},
                    {"mode": {first: work["mode"]}, "include": [first]},
                )
            )
            rules.append({"kind": "decided", **decision})
        if dice.chance(0.45):
            count = dice.whole(0, len(free) - 1)
            bound = dice.pick(({"at_most": count}, {"at_least": min(2, count)}))
            rules.append({"kind": "choose", "projects": free, **bound})
        if dice.chance(0.9) and first != other:
            pair = dice.pick(((first, other), (other, first)))
            after = dice.pick(("start", "completion"))
            rules.append(
                {"kind": "precedence", "first": [pair[0]], "then": [pair[1]]}
                | {"after": after}
            )
        return rules

    def _targets(self) -> Rows:
        """So much of a set by the end of some years: staged, hard or priced."""
        dice, rules = self.dice, []
        for _ in range(dice.pick((0, 1, 1, 2))):
            rule: dict[str, Any] = {"kind": "target", "rank": dice.whole(1, 2)}
            rule["measure"] = dice.pick(("projects", "households", "length_m"))
            rule["where"] = dice.pick(
                ({}, {"asset_class": list(CLASSES[:2])}, {"mode": ["a"]})
            )
            rule["hardness"] = dice.pick(([], [], ["safety_duty", "assessed_target"]))
            shares = {str(y): dice.whole(1, 9) * 1000 for y in self._some_years()}
            rule["share_bp"] = shares
            if dice.chance(0.4):
                del rule["share_bp"]
                rule["amount"] = {y: share // 1000 for y, share in shares.items()}
            rule |= dice.pick(({}, {}, {}, {"weight": 0.5}, {"hard": True}))
            if rule.get("hard"):  # a little, at the end: else most cases are impossible
                key, least = dice.pick((("share_bp", 500), ("amount", 1)))
                rule = {
                    k: v for k, v in rule.items() if k not in {"share_bp", "amount"}
                }
                rule |= {key: {str(self.last): least}, "where": {}, "hardness": []}
            rules.append(rule | {"id": f"t{len(rules)}-target"})
        return rules

    def _openings(self) -> Rows:
        """Limit the packages that are opened in some years."""
        if not self.ties.chance(0.35):
            return []
        plan = range(FIRST, self.last + 1)
        years = [y for y in plan if self.ties.chance(0.7)] or [FIRST]
        cap = {str(y): self.ties.whole(0, 2) for y in sorted(years)}
        return [{"kind": "new_packages", "cap": cap}]

    def _couplings(self) -> Rows:
        """Ask something of the projects that are tied together."""
        dice = self.ties
        if not self.tables["links"] or not dice.chance(0.8):
            return []
        how = dice.pick(("together", "after", "instead", "with"))
        rule: dict[str, Any] = {"kind": "coupling", "link": "site", "how": how}
        if how == "together":
            rule |= {"within_years": dice.whole(0, 1), "needs": dice.chance(0.3)}
        if how == "after":
            rule["after"] = dice.pick(("start", "completion"))
        if how != "with" and dice.chance(0.4):
            rule["price"] = dice.whole(0, 2000) / 100
        return [rule]

    def _money_rules(self, debts: list[str], old: bool) -> Rows:
        dice, rules = self.dice, []
        if dice.chance(0.6):
            where = dice.pick(({}, {}, {"ownership": ["public"]}))
            rules.append({"kind": "capital_share", "min_bp": 2000, "where": where})
        if debts and dice.chance(0.6):
            extra = 1400 if old else 0
            limit = {
                str(y): (dice.whole(0, 4000) + extra) / 100 for y in self._some_years()
            }
            funds = dice.pick((debts, debts[:1]))
            rules.append({"kind": "debt_limit", "funds": funds, "limit": limit})
        payers = {"bond": "government_fund_budget", "loan": "borrower"}
        for name in debts:
            if dice.chance(0.6):
                extra = 440 if old else 0
                purse = {
                    str(y): (dice.whole(0, 500) + extra) / 100
                    for y in range(FIRST, self.last + 1)
                }
                rules.append(
                    {
                        "kind": "debt_service", "funds": [name], "payer": payers[name],
                        "purse": purse, "purse_after": dice.whole(200, 2500) / 100,
                        # The same income cannot serve two debts.
                        "income_first": all(r["kind"] != "debt_service" for r in rules),
                        "merged": self._one_owner(),
                    }
                )  # fmt: skip
        return rules

    def _one_owner(self) -> list[list[str]]:
        """Put the packages of the first owner together where there are several."""
        packages = self.tables["packages"]
        owner = packages[0]["legal_owner"]
        own = [p["package_id"] for p in packages if p["legal_owner"] == owner]
        return [own] if len(own) > 1 else []

    def _some_years(self) -> list[int]:
        years = [y for y in range(FIRST, self.last + 1) if self.dice.chance(0.8)]
        return years or [FIRST]
