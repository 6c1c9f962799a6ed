"""Rules about some money for the random problems, each on and off."""

from __future__ import annotations

from typing import Any

FIRST = 2027
Rows = list[dict[str, Any]]


def some_money_rules(dice: Any, funds: list[str], last: int) -> Rows:
    """Give some rules about the funds of a problem; mostly with little room."""
    rules: Rows = []
    years = range(FIRST, last + 1)
    if dice.chance(0.45):
        keep = dice.pick((0, 700, 2500))
        rules.append({"kind": "emergency_reserve", "keep_bp": keep})
        rules[-1]["funds"] = dice.pick((funds, funds[:1]))
    if dice.chance(0.45):
        yuan = dice.whole(0, 60) * 100
        rules.append({"kind": "resident_limit", "yuan_per_household": yuan})
        rules[-1]["fund_kinds"] = ["resident_fund"]
    if dice.chance(0.45):
        rules.append({"kind": "source_limit", "at_most": dice.pick((1, 2, 2, 3))})
    return rules + _some_debt_rules(dice, funds, years)


def _some_debt_rules(dice: Any, funds: list[str], years: Any) -> Rows:
    rules: Rows = []
    debts = [name for name in funds if name in {"bond", "loan"}]
    if not debts:
        return rules
    own = {"funds": dice.pick((debts, debts[:1]))}
    if dice.chance(0.55):
        terms = {"min_bp": dice.pick((0, 3000, 12_000)), "planning_coupon_bp": 450}
        rules.append({"kind": "coverage", **own, **terms})
    if dice.chance(0.55):
        cap = {str(year): dice.whole(-100, 4000) / 100 for year in years}
        if not rules or dice.chance(0.8):
            cap = {year: max(0, amount) for year, amount in cap.items()}
        rules.append({"kind": "debt_increase", **own, "cap": cap})
    if dice.chance(0.55):
        rules.append({"kind": "bond_review", **own})
    if dice.chance(0.55):
        where = dice.pick(({"asset_class": ["gas_pipe"]}, {"ownership": ["operator"]}))
        rules.append({"kind": "negative_list", **own, "where": where})
    if dice.chance(0.55):
        band = dice.pick(("red", "orange", "yellow", "green"))
        rules.append({"kind": "debt_band", **own, "band": band})
    return rules


def some_work_rules(dice: Any, tables: dict[str, Rows]) -> Rows:
    """Give rules on sites and on projects that go together."""
    rules: Rows = []
    if dice.chance(0.45):
        rules.append({"kind": "site_limit", "at_most": dice.pick((1, 2, 3))})
    running = {p["package_id"] for p in tables["packages"] if p["status"] == "running"}
    free = [
        p["project_id"] for p in tables["projects"] if p["package_id"] not in running
    ]
    if len(free) > 1 and dice.chance(0.5):
        rules.append({"kind": "together", "projects": free[-2:]})
    return rules


def count_bonds(dice: Any, rules: Rows, funds: list[str]) -> None:
    """Let bonds count as capital, in some policies that ask for capital."""
    for rule in rules:
        if rule["kind"] == "capital_share" and "bond" in funds and dice.chance(0.5):
            rule |= {"bonds": ["bond"], "allowance_bp": dice.pick((500, 2000, 5000))}
            rule["construction_interest"] = rule["allowance_bp"] != 2000


def _floor(dice: Any, tables: dict[str, Rows], last: int) -> dict[str, float]:
    """Ask for a part of what some work costs in a year: so that one can reach it."""
    row = dice.pick([row for row in tables["payments"] if row["year"] <= last])
    return {str(row["year"]): dice.whole(0, row["cost"] // 2) / 100}


def some_share_rules(
    dice: Any, tables: dict[str, Rows], funds: list[str], last: int
) -> Rows:
    """Give floors, shares of districts, even effort and last year's plan."""
    rules: Rows = []
    costs = [row["cost"] for row in tables["payments"]]
    places = sorted({row["district"] for row in tables["projects"]})
    if dice.chance(0.28):
        rules.append({"kind": "spending_floor", "least": _floor(dice, tables, last)})
    if dice.chance(0.3):
        most = {dice.pick(places): dice.whole(70, 100) * 100}
        rules.append({"kind": "district_share", "most_bp": most})
        if dice.chance(0.4):
            rules[-1]["least_bp"] = {places[0]: dice.whole(0, 30) * 100}
            most.pop(places[0], None)
    if funds and dice.chance(0.45):
        step = dice.whole(max(costs) // 2, 3 * max(costs)) / 100
        rules.append({"kind": "smoothing", "funds": funds})
        rules[-1][dice.pick(("rise", "fall"))] = step
        rules[-1] |= dice.pick(({}, {"before": dice.whole(0, max(costs)) / 100}))
    if dice.chance(0.3):
        start = {w["project_id"]: w["start_year"] for w in tables["works"]}
        bound = {"at_most": dice.whole(len(start) * 2 // 3, len(start))}
        price = {"price": dice.whole(0, 300) / 100}
        rules.append({"kind": "stability", "start": start})
        rules[-1] |= dice.pick((bound, price, bound | price))
    return rules
