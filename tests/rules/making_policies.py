"""Random policies whose limits sit at, just under or just over what a plan uses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from renewopt.core.case import PlanningCase
from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.rules.funds import FUND_YEARS, FUNDS
from renewopt.rules.policy import Policy, make_policy
from renewopt.rules.problem import Problem
from tests.rules.dice import Dice
from tests.rules.making_cases import CLASSES, FIRST, OWNERS
from tests.rules.making_limits import FITTED

Row = dict[str, Any]
_SIZES = ("projects", "households", "length_m")
LOOSE = 10**4
"""万元 that no tiny case can use up."""


def random_funds(dice: Dice, *, granted: bool = False) -> list[Row]:
    """Give three to five funds of every sort: fiscal, grant, bond, own money, loan."""
    grace = dice.whole(0, 2)
    fiscal = {"fund_id": "fiscal", "kind": "local_fiscal", "capital": True}
    fiscal |= {"natures": dice.pick(("", "public;quasi_public"))}
    fiscal |= {"carry_over": dice.pick((0, 1, -1))}
    grant = {"fund_id": "grant", "kind": "central_budget", "capital": True}
    grant |= {
        "ownerships": dice.pick(("", "public;residents")),
        "share_base": "eligible",
    }
    grant |= {
        "max_share_bp": dice.whole(1000, 9000),
        "carry_over": dice.pick((0, 1, 2)),
    }
    grant |= {"asset_classes": dice.pick(("", "", ";".join(CLASSES[:2])))}
    # Without throws of their own: now and then the grant is a batch of the own money.
    grant |= {"programme": "joint" if grant["carry_over"] else ""}
    bond = {"fund_id": "bond", "kind": "special_bond", "debt": True}
    bond |= {
        "natures": "public;quasi_public",
        "repayment": dice.pick(("bullet", "equal")),
    }
    bond |= {"tenor_years": grace + dice.whole(1, 4), "grace_years": grace}
    bond |= {"coupon_bp": dice.pick((0, 240, 1000, 3333))}
    # Without a throw of its own, so that the seeds of planted faults stay the same.
    bond |= {"interest_per_year": 2 if bond["coupon_bp"] in {240, 1000} else 1}
    own = {"fund_id": "own", "kind": "operator_fund", "capital": True, "carry_over": -1}
    own |= {"owner_only": True, "owner": dice.pick(OWNERS)}
    own |= {"max_share_bp": dice.pick((None, 5000)), "share_base": "cost"}
    own |= {"programme": "" if own["max_share_bp"] else "joint"}
    loan = {"fund_id": "loan", "kind": "bank_loan", "debt": True}
    loan |= {"borrower": dice.pick(OWNERS), "repayment": "equal"}
    loan |= {"tenor_years": dice.whole(2, 5), "grace_years": dice.whole(0, 1)}
    loan |= {"coupon_bp": dice.pick((0, 350, 5000))}
    others = [own, loan] if granted else [grant, own, loan]
    return [fiscal, bond, *[grant] * granted, *dice.some(others)]


def random_debt(dice: Dice, funds: list[Row]) -> list[Row]:
    """Owe something already on the debt funds, in plan years and after."""
    return [
        {
            "fund_id": fund["fund_id"],
            "year": year,
            "repaid": dice.whole(0, 3),
            "interest": dice.whole(0, 2),
        }
        for fund in funds
        if fund.get("debt")
        for year in range(FIRST, FIRST + 7)
        if dice.chance(0.3)
    ]


def loose_rule(dice: Dice, kind: str, case: PlanningCase, number: int = 1) -> Row:
    """Give a rule of the kind with limits that bind nothing."""
    some_years = sorted(dice.some(case.plan_years))
    rule: Row = {"kind": kind, "id": f"{kind}-{number}"}
    if kind == "annual_cap":
        rule["measure"] = dice.pick(("cost", "cost", "km", "crews"))
        rule["cap"] = dict.fromkeys(some_years, LOOSE)
        rule["where"] = _random_where(dice, case)
    elif kind == "capital_share":
        rule |= _loose_capital(dice)
    elif kind == "debt_limit":
        rule["funds"] = ["bond"]
        rule["limit"] = dict.fromkeys(some_years, LOOSE)
    elif kind == "debt_service":
        rule["funds"] = ["bond"]
        rule["payer"] = "government_fund_budget"
        rule["purse"] = dict.fromkeys(case.plan_years, LOOSE)
        rule["purse_after"] = LOOSE
        rule["income_first"] = number == 1 and dice.chance(0.8)
        if rule["income_first"] and dice.chance(0.4):
            rule["merged"] = _one_owner(dice, case)
        if number > 1:
            rule |= {"funds": ["loan"], "payer": "borrower"}
    elif kind == "closed_corridor":
        spans = ("opening", "new", "rebuilt", "major_repair")
        rule["years"] = {span: dice.whole(1, 4) for span in spans}
        rule["waiver_price"] = dice.whole(0, 3)
    elif kind == "mandatory":
        rule["weigh_by"] = dice.pick(("risk", "length_m", "households"))
    elif kind in {"choose", "precedence", "coupling", "new_packages", "target"}:
        rule |= _about_projects(dice, kind, case)
    return rule | _loose_money_rule(dice, kind, case)


def _loose_capital(dice: Dice) -> Row:
    """Ask for no capital, of all packages or some; at times bonds count as capital."""
    rule: Row = {"min_bp": 0}
    if dice.chance(0.4):
        rule["where"] = {"nature": ["public", "quasi_public"]}
    if dice.chance(0.4):
        rule |= {"bonds": ["bond"], "allowance_bp": dice.whole(1, 6000)}
    # Without a throw of its own, so that the seeds of planted faults stay the same.
    rule["construction_interest"] = ("where" in rule) != ("bonds" in rule)
    return rule


def _loose_money_rule(dice: Dice, kind: str, case: PlanningCase) -> Row:
    """Give the parameters of a rule about some money, with limits that bind nothing."""
    if kind == "coverage":
        coupon = dice.pick((0, 240, 450))
        rule = {"fund_kinds": ["special_bond"], "planning_coupon_bp": coupon}
        if dice.chance(0.3):
            rule["income_years"] = dice.whole(1, 9)
        if dice.chance(0.5):
            rule["merged"] = _one_owner(dice, case)
        return rule | {"min_bp": 0}
    if kind == "debt_increase":
        years = sorted(dice.some(case.plan_years))
        return {"funds": ["bond"], "cap": dict.fromkeys(years, LOOSE)}
    if kind == "site_limit":
        return {"at_most": 99, "where": _random_where(dice, case)}
    if kind == "together":
        return {"projects": _some_projects(dice, case, 2)}
    if kind in {"spending_floor", "district_share", "stability"}:
        return _loose_share(dice, kind, case)
    return dict(_LOOSE_TERMS.get(kind, {}))


def _loose_share(dice: Dice, kind: str, case: PlanningCase) -> Row:
    """Give floors of nothing, shares of everything, or a plan that may change."""
    if kind == "spending_floor":
        years = sorted(dice.some(case.plan_years))
        return {"least": dict.fromkeys(years, 0), "where": _random_where(dice, case)}
    if kind == "district_share":
        places = sorted(set(case.projects["district"]))
        bounds = {"least_bp": dict.fromkeys(places, 0)}
        bounds |= {"most_bp": dict.fromkeys(places, 10_000)}
        return bounds | {"where": dice.pick(({}, {}, {"mode": ["a"]}))}
    start = {
        str(name): int(dice.pick(list(own["start_year"])))
        for name, own in case.works.groupby("project_id")
    }
    price = {"price": dice.whole(0, 4) / 100} if dice.chance(0.5) else {}
    return {"start": start, "at_most": len(start)} | price


_LOOSE_TERMS: dict[str, Row] = {
    "bond_review": {"funds": ["bond"]},
    "negative_list": {"funds": ["bond"]},
    "resident_limit": {"funds": ["grant"], "yuan_per_household": 1_000_000}
    | {"where": {}},
    "debt_band": {"fund_kinds": ["special_bond"], "band": "orange"}
    | {"quota_bp": {"orange": 10_000}},
    "source_limit": {"at_most": 9},
    "emergency_reserve": {"funds": ["fiscal"], "keep_bp": 0},
    "smoothing": {"funds": ["fiscal", "bond"], "rise": LOOSE, "fall": LOOSE}
    | {"before": 0},
}


def _one_owner(dice: Dice, case: PlanningCase) -> list[list[str]]:
    """Put packages of one legal owner together."""
    own = case.packages.groupby("legal_owner")["package_id"].agg(list)
    return [sorted(dice.pick(list(own)))]


def _about_projects(dice: Dice, kind: str, case: PlanningCase) -> Row:
    if kind == "target":
        return {
            "hard": dice.chance(0.9),
            "measure": dice.pick(_SIZES),
            "amount": dict.fromkeys(sorted(dice.some(case.plan_years)), 0),
            "where": _random_where(dice, case),
            "hardness": dice.pick(([], [], ["safety_duty", "preference"])),
        }
    if kind == "new_packages":
        return {"cap": dict.fromkeys(sorted(dice.some(case.plan_years)), 9)}
    if kind == "coupling":
        return _coupling(dice, case)
    names = _some_projects(dice, case, 2)
    if kind == "choose":
        return {"projects": names}
    split = dice.whole(1, len(names) - 1)
    after = dice.pick(("start", "completion"))
    return {"first": names[:split], "then": names[split:], "after": after}


def _coupling(dice: Dice, case: PlanningCase) -> Row:
    how = dice.pick(("together", "with", "after", "instead"))
    rule: Row = {"link": dice.pick(("site", "outlet")), "how": how}
    if how == "together":
        rule |= {"within_years": dice.whole(0, 1), "needs": dice.chance(0.3)}
    if how == "after":
        rule["after"] = dice.pick(("start", "completion"))
    price, free = dice.chance(0.3), dice.chance(0.6)
    if how == "with":
        return rule
    if price:
        rule["price"] = dice.whole(0, 4) / 100
    return rule | {"free_duties": free}


def _some_projects(dice: Dice, case: PlanningCase, least: int) -> list[str]:
    return dice.some([str(p) for p in case.projects["project_id"]], least=least)


def _random_where(dice: Dice, case: PlanningCase) -> dict[str, list[str]]:
    options: list[dict[str, list[str]]] = [
        {},
        {},
        {"asset_class": [str(dice.pick(list(case.projects["asset_class"])))]},
        {"district": ["east"]},
        {"mode": ["a"]},
        {"nature": ["public", "quasi_public"], "district": ["east", "west"]},
        {"package_id": ["P1"]},
    ]
    return dice.pick(options)


def make(
    rules: list[Row], funds: list[Row], money: list[Row], debt: list[Row]
) -> Policy:
    """Make the policy of rule tables and fund tables."""
    return make_policy(
        {"rule": [_text_keys(rule) for rule in rules]},
        FUNDS.conform(pd.DataFrame(funds)),
        FUND_YEARS.conform(pd.DataFrame(money)),
        pd.DataFrame(debt, columns=["fund_id", "year", "repaid", "interest"]),
        "policy.toml",
    )


def _text_keys(rule: Row) -> Row:
    """Write years as a TOML file has them: as text."""
    return {
        key: {str(k): v for k, v in value.items()} if isinstance(value, dict) else value
        for key, value in rule.items()
    }


def loose_money(funds: list[Row], case: PlanningCase) -> list[Row]:
    """Give every fund more than enough in every year."""
    return [
        {"fund_id": fund["fund_id"], "year": year, "amount": LOOSE}
        for fund in funds
        for year in case.plan_years
    ]


def tight_money(
    dice: Dice, funds: list[Row], problem: Problem, base: Schedule
) -> list[Row]:
    """Give each fund what the plan draws, some of it a year early or late, ± 1."""
    years = problem.case.plan_years
    rows = []
    for fund in funds:
        own = base.draws[base.draws["fund_id"] == fund["fund_id"]]
        need = own.groupby("year")["received"].sum()
        money = {year: int(need.get(year, 0)) for year in years}
        keep = fund.get("carry_over", 0)
        for year in years:
            earliest = years[0] if keep < 0 else max(years[0], year - keep)
            source = dice.whole(earliest, year)
            if dice.chance(0.1):
                source = dice.pick(years)
            part = dice.whole(0, money[year])
            money[year] -= part
            money[source] += part
        if dice.chance(0.4):
            year = dice.pick(years)
            money[year] = max(0, money[year] + dice.pick((-1, 1, 3)))
        rows += [
            {"fund_id": fund["fund_id"], "year": year, "amount": amount}
            for year, amount in money.items()
        ]
    return rows


def _of_projects(
    dice: Dice, rule: Row, own: Any, problem: Problem, base: Schedule
) -> Row:
    """Ask for as many, or allow as many, as the plan has, sometimes one off."""
    if rule["kind"] == "precedence":
        return _waiting(dice, rule, own, problem, base)
    used = [f.used for f in own.explain(problem, base)]
    key = "amount" if rule["kind"] == "target" else "cap"
    off = dice.pick((0, 0, 0, -1, 1))
    years = sorted(rule[key])
    return {key: {y: max(0, int(n) + off) for y, n in zip(years, used, strict=True)}}


def tighten(dice: Dice, rule: Row, problem: Problem, base: Schedule) -> Row:
    """Set the rule's limits to what the plan uses, sometimes a unit off."""
    kind = rule["kind"]
    if kind in FITTED:
        return FITTED[kind](dice, rule, problem, base)
    off = dice.pick((0, 0, 0, 0, -1, 1))
    own = next(r for r in problem.policy.rules if r.id == rule["id"])
    used = {f.where: Decimal(str(f.used)) for f in own.explain(problem, base)}
    if kind == "annual_cap":
        scale = {"cost": 100, "km": 10, "crews": 1}[rule["measure"]]
        step = Decimal(1) / scale
        return rule | {
            "cap": {y: max(Decimal(0), used[str(y)] + off * step) for y in rule["cap"]}
        }
    step = Decimal(off) / 100
    if kind == "debt_limit":
        return rule | {
            "limit": {y: max(Decimal(0), used[str(y)] + step) for y in rule["limit"]}
        }
    if kind == "debt_service":
        purse = {y: max(Decimal(0), used[str(y)] + step) for y in rule["purse"]}
        after = [n for y, n in used.items() if int(y) > problem.case.end_year]
        most = max(after, default=Decimal(0))
        return rule | {"purse": purse, "purse_after": max(Decimal(0), most + step)}
    if kind == "decided":
        return rule | _decisions(dice, problem, base)
    if kind == "choose":
        count = int(base.chosen["project_id"].isin(rule["projects"]).sum())
        count = min(len(rule["projects"]), max(0, count + dice.pick((0, 0, 0, -1, 1))))
        both = {"at_most": count, "at_least": count}
        return rule | dice.pick((both, both, {"at_most": count}))
    if kind in {"target", "new_packages", "precedence"}:
        return rule | _of_projects(dice, rule, own, problem, base)
    if kind == "capital_share":
        return rule | {"min_bp": _least_share(dice, problem, base)}
    if kind == "mandatory":
        levels = ["safety_duty", "assessed_target"]
        hard = own.model_copy(update={"hard": tuple(levels)})
        broken = {b.where.split()[0] for b in hard.check(problem, base)}
        kept = [level for level in levels if level not in broken or dice.chance(0.35)]
        return rule | {"hard": kept}
    return rule


def _decisions(dice: Dice, problem: Problem, base: Schedule) -> Row:
    """Decide what the plan does, of some projects; sometimes one of them otherwise."""
    facts = problem.case.work_facts
    free = facts[facts["status"] != "running"]
    taken = set(base.chosen["work_id"])
    rule: Row = {"include": [], "exclude": [], "start": {}, "mode": {}}
    for project, works in free.groupby("project_id"):
        own = works[works["work_id"].isin(taken)]
        if not dice.chance(0.6):
            continue
        if own.empty or dice.chance(0.1):
            rule["exclude"].append(str(project))
            continue
        rule["include"] += [str(project)] * dice.chance(0.6)
        work = own.iloc[0]
        if dice.chance(0.4):
            rule["start"][str(project)] = int(work["start_year"])
        if dice.chance(0.4):
            rule["mode"][str(project)] = str(work["mode"])
    return rule | {"pay": _kept_money(dice, problem, base)}


def _kept_money(dice: Dice, problem: Problem, base: Schedule) -> list[Row]:
    """Keep some of the money that packages have, sometimes a unit more than they do."""
    owner = problem.case.work_facts.set_index("work_id")["package_id"]
    chosen = base.chosen
    packages = owner.reindex(chosen["work_id"]).to_numpy()
    saved = chosen["saving"].groupby(packages).sum()
    return [
        {"package": draw.package_id, "fund": draw.fund_id, "year": int(draw.year)}
        | {
            "amount": Decimal(int(draw.amount) + dice.pick((0, 0, 0, 0, 0, 1))) / 100,
            "received": Decimal(int(draw.received)) / 100,
            "saved": Decimal(int(saved.get(draw.package_id, 0))) / 100,
        }
        for draw in records(base.draws)
        if dice.chance(0.25)
    ]


def _waiting(dice: Dice, rule: Row, own: Any, problem: Problem, base: Schedule) -> Row:
    """Find an order of projects that the plan keeps, as a rule."""

    def kept(first: str, then: str) -> bool:
        pair = {"first": (first,), "then": (then,)}
        return not own.model_copy(update=pair).check(problem, base)

    taken = set(base.chosen["project_id"])
    names = dice.shuffled([str(p) for p in problem.case.projects["project_id"]])
    names.sort(key=lambda name: name not in taken)
    for first in names:
        later = [name for name in names if name != first and kept(first, name)]
        if later:
            return {"first": [first], "then": later[:4]}
    return {}


def _least_share(dice: Dice, problem: Problem, base: Schedule) -> int:
    """Basis points of capital that the plan just keeps, or one more."""
    own = problem.policy.first("capital_share")
    loose = own.model_copy(update={"min_bp": 10_000, "bonds": ()})
    shares = [
        int(f.used * 10_000 // f.limit)
        for f in loose.explain(problem, base)
        if f.limit > 0
    ]
    share = min(shares, default=2000) + dice.pick((0, 0, 0, 1))
    if own.bonds:  # a part of them may count: ask for more than there is otherwise
        share += dice.pick((0, 300, 1500))
    return min(10_000, max(0, share))


def tight_shares(
    dice: Dice, funds: list[Row], problem: Problem, base: Schedule
) -> list[Row]:
    """Set the largest share of capped funds to what the plan just keeps, or less."""
    capped = [
        fund | ({"max_share_bp": 10_000} if fund.get("max_share_bp") else {})
        for fund in funds
    ]
    money = loose_money(capped, problem.case)
    saving = [rule.as_table() for rule in problem.policy.of_kind("dig_once")]
    whole = Problem(problem.case, make(saving, capped, money, []))
    used: dict[str, list[int]] = {}
    for f in whole.policy.first("fund_share").explain(whole, base):
        if f.limit > 0:
            fund = f.where.split()[1]
            used.setdefault(fund, []).append(-int(-f.used * 10_000 // f.limit))
    return [
        fund
        | {
            "max_share_bp": min(
                10_000,
                max(0, max(used[fund["fund_id"]]) + dice.pick((0, 0, 0, -1, 1))),
            )
        }
        if fund["fund_id"] in used
        else fund
        for fund in funds
    ]
