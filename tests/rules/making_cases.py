"""Tiny random cases: a handful of projects, whole units, everything that rules read."""

from __future__ import annotations

from typing import Any

import pandas as pd

from renewopt.core.case import PlanningCase, make_case
from tests.rules.dice import Dice

FIRST = 2027
CLASSES = ("gas_pipe", "heating_pipe", "water_pipe")
OWNERS = ("north", "south")
KINDS_OF_PAVING = ("new", "rebuilt", "major_repair")
Row = dict[str, Any]


def random_case(
    dice: Dice, *, rate_bp: int, shared: bool, running: bool, projects: int = 6
) -> PlanningCase:
    """Make a case of 2–4 years, 1–3 packages and at most `projects` projects.

    `shared` puts several networks on few corridors; `running` makes P1 a package under
    construction, with history. A work pays at least its largest possible saving in its
    first year, as the dig-once rule asks.
    """
    years = dice.whole(2, 4)
    packages = [
        _package(dice, number, running=running and number == 1)
        for number in range(1, dice.whole(1, 3) + 1)
    ]
    classes = dice.some(CLASSES, least=2 if shared else 1)
    count = dice.whole(3 if shared else 2, projects)
    table = [_project(dice, name, packages, classes) for name in "ABCDEF"[:count]]
    corridors = [_corridor(dice, n) for n in range(1, dice.whole(1, 2) + 1)]
    digs = _digs(dice, table, corridors, often=shared)
    status = {p["package_id"]: p["status"] for p in packages}
    works: list[Row] = []
    payments: list[Row] = []
    use: list[Row] = []
    for project in table:
        need = sum(
            d["excavation_cost"] * rate_bp // 10_000
            for d in digs
            if d["project_id"] == project["project_id"]
        )
        own = _works(dice, project, years, status[project["package_id"]] == "running")
        for work in own:
            payments += _payments(dice, work, need)
            use += _use(dice, work)
        works += own
    duties = [row for project in table for row in _duties(dice, project, years)]
    links = _links(dice, [str(p["project_id"]) for p in table])
    tables = {
        "links": links,
        "projects": table,
        "packages": packages,
        "works": works,
        "payments": payments,
        "use": use,
        "resources": [
            {"resource": "km", "unit": "km", "decimals": 1},
            {"resource": "crews", "unit": "crews", "decimals": 0},
        ],
        "corridors": corridors,
        "corridor_projects": digs,
        "obligations": duties,
        "package_history": _history(dice) if running else [],
    }
    settings = {
        "start_year": FIRST,
        "years": years,
        "discount_rate_bp": 400,
        "price_base_year": FIRST - 1,
    }
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items() if rows}
    return make_case(settings, frames)


def _links(dice: Dice, names: list[str]) -> list[Row]:
    """Tie some projects together, in two sorts; of one sort some by their mode."""
    return [
        {"link": sort, "project_id": one, "other_id": other}
        | ({"mode": "a"} if sort == "outlet" and one < other else {})
        for sort in ("site", "outlet")
        for one in names
        for other in names
        if one != other and dice.chance(0.25)
    ]


def _package(dice: Dice, number: int, *, running: bool) -> Row:
    return {
        "package_id": f"P{number}",
        "legal_owner": dice.pick(OWNERS),
        "nature": dice.pick(
            ("public", "public", "quasi_public", "quasi_public", "commercial")
        ),
        "ownership": dice.pick(("public", "public", "residents", "operator")),
        "status": "running" if running else "new",
        "net_income_per_year": dice.pick((0, 1, 2, 4)),
        "operation_start": dice.pick((None, FIRST, FIRST + 1, FIRST + 2, FIRST + 3)),
        "borrower": dice.pick(("", *OWNERS)),
        "fund_kinds": dice.pick(("", "", "", "", "local_fiscal;special_bond")),
        "bond_review": ("passed", "", str(FIRST + 1))[number % 3],
    }


def _project(dice: Dice, name: str, packages: list[Row], classes: list[str]) -> Row:
    return {
        "project_id": name,
        "package_id": dice.pick(packages)["package_id"],
        "asset_class": dice.pick(classes),
        "district": dice.pick(("east", "west")),
        "households": dice.whole(0, 9),
        "length_m": dice.whole(0, 60) / 4,
        "risk_now": dice.whole(0, 60) / 1000,
        "consent_bp": 10_000 - 1111 * (ord(name) % 3),
    }


def _corridor(dice: Dice, number: int) -> Row:
    paved = dice.whole(FIRST - 6, FIRST + 1) if dice.chance(0.6) else None
    return {
        "corridor_id": f"s{number}",
        "last_paved": paved,
        "paving_kind": dice.pick(KINDS_OF_PAVING) if paved else "",
    }


def _digs(
    dice: Dice, projects: list[Row], corridors: list[Row], *, often: bool
) -> list[Row]:
    """Which project opens which corridor; small costs, so that ties happen."""
    return [
        {
            "corridor_id": corridor["corridor_id"],
            "project_id": project["project_id"],
            "excavation_cost": dice.pick((0, 2, 4, 4, 5, 8, 9)),
        }
        for corridor in corridors
        for project in projects
        if dice.chance(0.8 if often else 0.4)
    ]


def _works(dice: Dice, project: Row, years: int, running: bool) -> list[Row]:
    name = project["project_id"]
    if running:
        start = dice.whole(FIRST - 2, FIRST + 1)
        return [_work(dice, name, "a", start)]
    found = []
    for mode in ("a", "b")[: dice.whole(1, 2)]:
        starts = dice.some(range(FIRST, FIRST + years), least=0 if mode == "b" else 1)
        found += [_work(dice, name, mode, start) for start in sorted(starts)]
    return [] if dice.chance(0.05) else found


def _work(dice: Dice, project: str, mode: str, start: int) -> Row:
    return {
        "work_id": f"{project}{mode}{start % 100}",
        "project_id": project,
        "mode": mode,
        "start_year": start,
        "duration": dice.whole(1, 2),
        "risk_removed": dice.whole(0, 20),
    }


def _payments(dice: Dice, work: Row, need: int) -> list[Row]:
    """Pay over the works, often a year longer: beyond the plan that is the tail."""
    last = work["start_year"] + work["duration"] - 1 + dice.whole(0, 1)
    rows = []
    for year in range(work["start_year"], last + 1):
        cost = dice.whole(0, 6) + (need if year == work["start_year"] else 0)
        if year < FIRST or (cost == 0 and dice.chance(0.5)):
            continue
        eligible = cost if dice.chance(0.4) else dice.whole(0, cost)
        rows.append(
            {
                "work_id": work["work_id"],
                "year": year,
                "cost": cost,
                "eligible_cost": eligible,
            }
        )
    return rows


def _use(dice: Dice, work: Row) -> list[Row]:
    rows = []
    for year in range(work["start_year"], work["start_year"] + work["duration"]):
        for resource, scale in (("km", 10), ("crews", 1)):
            if dice.chance(0.8):
                amount = dice.whole(0, 5) / scale
                row = {"work_id": work["work_id"], "year": year}
                rows.append(row | {"resource": resource, "amount": amount})
    return rows


def _duties(dice: Dice, project: Row, years: int) -> list[Row]:
    rows = []
    for hardness in ("safety_duty", "assessed_target", "preference"):
        often = (0, 0, 0, 1, 2) if hardness == "safety_duty" else (0, 0, 1, 1, 2)
        for _ in range(dice.pick(often)):
            deadline = dice.whole(FIRST - 1, FIRST + years)
            rows.append(
                {
                    "project_id": project["project_id"],
                    "pack": "national-15fyp",
                    "clause": "1",
                    "hardness": hardness,
                    "deadline": None if dice.chance(0.25) else deadline,
                }
            )
    return rows


def _history(dice: Dice) -> list[Row]:
    """Cost and money of P1 in the year before the plan."""
    cost = dice.whole(0, 8)
    row = {"package_id": "P1", "year": FIRST - 1}
    rows = [row | {"fund_id": "", "cost": cost, "eligible_cost": dice.whole(0, cost)}]
    for fund in ("fiscal", "grant", "bond"):
        if dice.chance(0.5):
            money = dice.whole(0, 4)
            rows.append(row | {"fund_id": fund, "received": money, "amount": money})
    return rows
