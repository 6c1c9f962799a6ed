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
