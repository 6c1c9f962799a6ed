"""Money and rules of a synthetic county, as its scenario would state them."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.families.draw import PUBLIC, SORTS, Drawn, FloatArray
from renewopt.catalogue.load import load
from renewopt.core.case import PlanningCase
from renewopt.rules.assemble import assemble
from renewopt.rules.policy import Policy
from renewopt.rules.scenario import parse_scenario

START_YEAR = 2027
CLOSED = 5
"""Years that a street stays closed after new paving."""
RATE_BP = 2500
"""Dig-once rate; excavation is drawn so that no saving exceeds a payment."""
AFFORDABLE = 0.30
"""Money of all funds by the price of every project in its dearest mode; with the
cheaper modes a third to a half of the projects can be paid."""
Amounts = dict[str, float]


def policy(drawn: Drawn, case: PlanningCase) -> Policy:
    """Assemble the policy from funds and rules; none of the packs is asked."""
    funds = _funds(drawn)
    data = {
        "projects": "synthetic",
        "start_year": START_YEAR,
        "years": drawn.years,
        "fund": funds,
        "existing_debt": [_existing(drawn, funds)],
        "rule": [*_plain_rules(), *_caps(drawn, case), *_debt_rules(drawn, funds),
                 *_named_rules(drawn)],
    }  # fmt: skip
    scenario = parse_scenario(data, "synthetic county")
    return assemble(scenario, [], load().fund_kinds, "synthetic county")


def _wish(drawn: Drawn) -> FloatArray:
    """Price of every project in its dearest mode, 万元, by sort."""
    return np.bincount(drawn.sort, drawn.cost[:, 0], len(SORTS))


def _by_year(drawn: Drawn, total: float, spread: float, tag: int) -> Amounts:
    rng = np.random.default_rng([drawn.seed, drawn.projects, drawn.years, tag])
    part = 1.02 ** np.arange(drawn.years)
    part = part * rng.uniform(1 - spread, 1 + spread, drawn.years)
    amounts = total * part / part.sum()
    return {
        str(START_YEAR + t): round(float(a), 0) for t, a in enumerate(amounts.tolist())
    }


def _funds(drawn: Drawn) -> list[dict[str, Any]]:
    wish = _wish(drawn) * AFFORDABLE
    gas, heating, water, *_ = wish.tolist()
    county_own, compounds = float(wish[PUBLIC].sum()), float(wish[-1])
    owner = [sort.owner for sort in SORTS]
    plain: tuple[tuple[str, str, float, float, dict[str, Any]], ...] = (
        ("fiscal", "local_fiscal", 0.45 * county_own, 0.10, {}),
        ("central", "central_budget", 0.25 * county_own, 0.30, {}),
        (
            "bond",
            "special_bond",
            0.30 * float(wish.sum()),
            0.20,
            {"least_draw": 0, "step": 0},
        ),
        ("residents", "resident_fund", 0.15 * compounds, 0.0, {}),
        ("loan", "bank_loan", 0.25 * heating, 0.2, {"borrower": owner[1]}),
        ("gas", "operator_fund", 0.60 * gas, 0.1, {"owner": owner[0]}),
        ("heating", "operator_fund", 0.45 * heating, 0.1, {"owner": owner[1]}),
        ("water", "operator_fund", 0.60 * water, 0.1, {"owner": owner[2]}),
    )
    return [
        {"id": name, "kind": kind, "amount": _by_year(drawn, total, spread, tag)} | more
        for tag, (name, kind, total, spread, more) in enumerate(plain)
    ]


def _amounts(funds: list[dict[str, Any]], name: str) -> list[float]:
    fund = next(fund for fund in funds if fund["id"] == name)
    return list(fund["amount"].values())


def _existing(drawn: Drawn, funds: list[dict[str, Any]]) -> dict[str, Any]:
    """Bonds owed already: half repaid in the third year, half after the plan."""
    half = round(_amounts(funds, "bond")[0] * 0.75, 0)
    middle, later = START_YEAR + 2, START_YEAR + drawn.years + 1
    interest = {
        str(year): round((2 * half if year <= middle else half) * 0.03, 2)
        for year in range(START_YEAR, later + 1)
    }
    return {
        "fund": "bond",
        "repaid": {str(middle): half, str(later): half},
        "interest": interest,
    }


def _plain_rules() -> list[dict[str, Any]]:
    structural = ("one_work", "running", "paid_in_full", "fund_budget",
                  "fund_eligibility", "fund_share")  # fmt: skip
    closed = {"opening": CLOSED, "new": CLOSED, "rebuilt": CLOSED, "major_repair": 3}
    return [
        *({"kind": kind, "id": kind} for kind in structural),
        {"kind": "mandatory", "id": "duties"},
        {"kind": "dig_once", "id": "dig-once", "rate_bp": RATE_BP},
        {"kind": "closed_corridor", "id": "closed", "years": closed,
         "waiver_price": 30},
        {"kind": "capital_share", "id": "capital", "min_bp": 2500},
    ]  # fmt: skip


def _caps(drawn: Drawn, case: PlanningCase) -> list[dict[str, Any]]:
    """Kilometres per network, households of compounds, and payments after the plan."""
    rng = np.random.default_rng([drawn.seed, drawn.projects, drawn.years, 99])
    rules: list[dict[str, Any]] = []
    total = np.bincount(drawn.sort, drawn.length, len(SORTS))
    homes = np.bincount(drawn.sort, drawn.households, len(SORTS))
    for number, sort in enumerate(SORTS):
        if sort.asset_class == "waterlogging_point":
            continue
        measure = "km" if sort.network else "households"
        have = total[number] if sort.network else homes[number]
        mean = float(have) / drawn.years * float(rng.uniform(0.40, 0.65))
        cap = {
            str(year): round(max(mean * float(rng.uniform(0.9, 1.1)), 8.0), 1)
            if sort.network
            else float(int(max(mean, 900)))
            for year in case.plan_years
        }
        rules.append(
            {"kind": "annual_cap", "id": f"cap-{sort.asset_class}", "measure": measure,
             "cap": cap, "where": {"asset_class": [sort.asset_class]}}
        )  # fmt: skip
    yearly = AFFORDABLE * float(_wish(drawn).sum()) / drawn.years
    tail = {
        str(case.end_year + n): round(yearly * share, 0)
        for n, share in ((1, 0.10), (2, 0.03))
        if case.end_year + n <= int(case.payments["year"].max())
    }
    rules.append(
        {"kind": "annual_cap", "id": "cap-tail", "measure": "cost", "cap": tail}
    )
    return rules


def _debt_rules(drawn: Drawn, funds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    quota, loans = _amounts(funds, "bond"), sum(_amounts(funds, "loan"))
    owed = 2 * round(quota[0] * 0.75, 0)
    plan = range(START_YEAR, START_YEAR + drawn.years)
    issued = np.cumsum(quota)
    limit, purse = {}, {}
    for year, new in zip(plan, issued.tolist(), strict=True):
        left = owed if year < START_YEAR + 2 else owed / 2
        limit[str(year)] = round(left + 0.9 * new, 0)
        repaid = owed / 2 if year == START_YEAR + 2 else 0.0
        purse[str(year)] = round(repaid + 0.03 * owed + 0.02 * new, 0)
    after = round(max(owed / 2 + 0.05 * float(issued[-1]), max(quota) * 1.15), 0)
    return [
        {"kind": "debt_limit", "id": "debt-limit", "funds": ["bond"], "limit": limit},
        {"kind": "debt_service", "id": "bond-service", "funds": ["bond"],
         "payer": "government_fund_budget", "purse": purse, "purse_after": after},
        {"kind": "debt_service", "id": "loan-service", "funds": ["loan"],
         "payer": "borrower", "income_first": False,
         "purse": dict.fromkeys(purse, round(0.14 * loans, 0)),
         "purse_after": round(0.14 * loans, 0)},
    ]  # fmt: skip


def _named_rules(drawn: Drawn) -> list[dict[str, Any]]:
    """Decisions, alternatives and pairs that wait: disjoint projects without duties."""
    names = [f"p{number:05d}" for number in drawn.free.tolist()]
    few = max(1, drawn.projects // 200)
    take = iter(names)
    some = [[next(take) for _ in range(few)] for _ in range(4)]
    # Nobody can ask for works where the new paving is still closed.
    fresh = (drawn.paved < 0) & (drawn.paved >= 1 - CLOSED)
    shut = {f"p{n:05d}" for n in drawn.link_project[fresh[drawn.link_street]].tolist()}
    spare = iter([name for name in reversed(names) if name not in shut])
    for asked in (some[0], some[2]):
        asked[:] = [next(spare) if name in shut else name for name in asked]
    decided = {
        "kind": "decided", "id": "decided", "include": some[0], "exclude": some[1],
        "start": dict.fromkeys(some[2], START_YEAR + 1),
        "mode": dict.fromkeys(some[3], "replace"),
    }  # fmt: skip
    rules: list[dict[str, Any]] = [decided]
    for number in range(max(1, drawn.projects // 400)):
        group = [next(take) for _ in range(3)]
        rules.append({"kind": "choose", "id": f"one-of-{number}", "projects": group,
                      "at_most": 1})  # fmt: skip
    rules.append({"kind": "choose", "id": "some-of", "at_least": 1,
                  "projects": [next(take) for _ in range(3)]})  # fmt: skip
    for number in range(max(1, drawn.projects // 100)):
        rules.append({"kind": "precedence", "id": f"wait-{number}",
                      "first": [next(take)], "then": [next(take)],
                      "after": ("start", "completion")[number % 2]})  # fmt: skip
    return rules
