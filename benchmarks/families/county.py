"""A drawn county as a planning case and a policy: the product's own problem."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.families.draw import (
    MODES,
    SAFETY,
    SORTS,
    TARGET,
    WISH,
    Drawn,
    FloatArray,
    IntArray,
    draw,
)
from benchmarks.families.money import RATE_BP, START_YEAR, policy
from renewopt.core.case import PlanningCase, make_case
from renewopt.rules.problem import Problem

UNITS = 100
"""Units of 0.01 万元 in one 万元."""
INFLATION = 1.025
DISCOUNT = 1 / 1.04
BEYOND = 5
"""Years after the plan for which a removed loss counts."""
PROFILES = np.array([[1.0, 0.0, 0.0], [0.55, 0.45, 0.0], [0.35, 0.40, 0.25]])
RESOURCES = [("km", "km", 2), ("households", "households", 0)]
STILL_DUE = 0.1
"""Share of the cost of running works that is still to be paid."""


def county(projects: int, years: int, seed: int) -> Problem:
    """Make a synthetic county with every kind of rule; the same seed, the same case."""
    drawn = draw(projects, years, seed)
    case = _case(drawn)
    return Problem(case, policy(drawn, case))


def _case(drawn: Drawn) -> PlanningCase:
    works = _works(drawn)
    payments = _payments(drawn, works)
    first = payments[payments["year"] == payments["start_year"]]
    tables = {
        "projects": _projects(drawn),
        "packages": _packages(drawn),
        "works": works[
            ["work_id", "project_id", "mode", "start_year", "duration", "risk_removed"]
        ],
        "payments": payments[["work_id", "year", "cost", "eligible_cost"]],
        "use": _use(drawn, works),
        "resources": pd.DataFrame(RESOURCES, columns=["resource", "unit", "decimals"]),
        "corridors": _corridors(drawn),
        "corridor_projects": _links(drawn, first),
        "obligations": _obligations(drawn),
        "package_history": _history(drawn),
    }
    settings = {
        "start_year": START_YEAR,
        "years": drawn.years,
        "discount_rate_bp": 400,
        "price_base_year": START_YEAR - 1,
    }
    return make_case(settings, tables)


def names(prefix: str, numbers: IntArray, width: int = 5) -> list[str]:
    """Name things by number; names sort as the numbers do."""
    return [f"{prefix}{number:0{width}d}" for number in numbers.tolist()]


def _pick(values: list[str], where: IntArray) -> np.ndarray:
    return np.array(values, object)[where]


def _projects(drawn: Drawn) -> pd.DataFrame:
    number = np.arange(drawn.projects)
    network = np.array([s.network for s in SORTS])[drawn.sort]
    return pd.DataFrame(
        {
            "project_id": names("p", number),
            "package_id": names("b", drawn.package),
            "name": names("synthetic / 合成 ", number),
            "asset_class": _pick([s.asset_class for s in SORTS], drawn.sort),
            "district": names("d", drawn.district, 2),
            "households": drawn.households,
            "length_m": np.where(network, drawn.length * 1000, 0.0),
            "risk_now": drawn.risk.round(4),
        }
    )


def _packages(drawn: Drawn) -> pd.DataFrame:
    sort = np.zeros(len(drawn.running), np.int64)
    sort[drawn.package] = drawn.sort
    cost = np.bincount(drawn.package, drawn.cost[:, 0], len(sort))
    heating = sort == [s.asset_class for s in SORTS].index("heating_pipe")
    earns = np.array([s.ownership == "operator" for s in SORTS])[sort]
    return pd.DataFrame(
        {
            "package_id": names("b", np.arange(len(sort))),
            "name": names("synthetic / 合成 ", np.arange(len(sort))),
            "legal_owner": _pick([s.owner for s in SORTS], sort),
            "nature": _pick([s.nature for s in SORTS], sort),
            "ownership": _pick([s.ownership for s in SORTS], sort),
            "status": np.where(drawn.running, "running", "new"),
            "net_income_per_year": np.where(
                earns, np.rint(cost * 0.01 * UNITS), 0
            ).astype(np.int64),
            "operation_start": pd.array(
                np.where(earns, START_YEAR + 3, START_YEAR), "Int64"
            ),
            "borrower": np.where(heating, _owner("heating_pipe"), ""),
        }
    )


def _owner(asset_class: str) -> str:
    return next(s.owner for s in SORTS if s.asset_class == asset_class)


def _works(drawn: Drawn) -> pd.DataFrame:
    """Every project × mode × start; running projects go on with their one work."""
    project, mode = np.nonzero(drawn.modes)
    fresh = ~drawn.running[drawn.package[project]]
    start = np.arange(drawn.years)
    p = np.concatenate([np.repeat(project[fresh], len(start)), _going(drawn)])
    m = np.concatenate([np.repeat(mode[fresh], len(start)), 0 * _going(drawn)])
    s = np.concatenate([np.tile(start, int(fresh.sum())), 0 * _going(drawn)])
    duration = drawn.duration[p, m]
    growth = DISCOUNT * drawn.growth[p]
    last = drawn.years + BEYOND
    # Σ of the discounted, growing loss from the first year after the works on.
    years_of_loss = (growth**last - growth ** (s + duration)) / (growth - 1)
    removed = drawn.effect[p, m] * drawn.risk[p] * np.maximum(years_of_loss, 0)
    name = np.array(names("p", np.arange(drawn.projects)), object)[p]
    labels = np.array(MODES, object)[m]
    year = (START_YEAR + s).astype(str).astype(object)
    return pd.DataFrame(
        {
            "work_id": name + "-" + labels + "-" + year,
            "project_id": name,
            "mode": labels,
            "start_year": START_YEAR + s,
            "duration": duration,
            "risk_removed": np.rint(removed * UNITS).astype(np.int64),
            "p": p,
            "m": m,
            "s": s,
        }
    ).sort_values("work_id", ignore_index=True)


def _going(drawn: Drawn) -> IntArray:
    return np.flatnonzero(drawn.running[drawn.package])


def _payments(drawn: Drawn, works: pd.DataFrame) -> pd.DataFrame:
    """Split each cost over the years of works; of running works the rest is due."""
    p, m = works["p"].to_numpy(), works["m"].to_numpy()
    start, duration = works["s"].to_numpy(), works["duration"].to_numpy()
    due = np.where(drawn.running[drawn.package[p]], STILL_DUE, 1.0)
    eligible = np.array(
        [0.9 if s.ownership != "operator" else 0.0 for s in SORTS]
    )[drawn.sort[p]]  # fmt: skip
    parts = []
    for k in range(PROFILES.shape[1]):
        price = drawn.cost[p, m] * due * INFLATION ** (start + k + 1)
        cost = np.rint(price * PROFILES[duration - 1, k] * UNITS).astype(np.int64)
        paid = np.flatnonzero(cost > 0)
        parts.append(
            pd.DataFrame(
                {
                    "work_id": works["work_id"].to_numpy(object)[paid],
                    "year": START_YEAR + start[paid] + k,
                    "cost": cost[paid],
                    "eligible_cost": np.floor(cost * eligible).astype(np.int64)[paid],
                    "start_year": START_YEAR + start[paid],
                    "p": p[paid],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _use(drawn: Drawn, works: pd.DataFrame) -> pd.DataFrame:
    """Kilometres of networks, households of compounds, in the start year.

    Running works use nothing: their crews are there already.
    """
    p, m = works["p"].to_numpy(), works["m"].to_numpy()
    network = np.array([s.network for s in SORTS])[drawn.sort[p]]
    compound = drawn.sort[p] == len(SORTS) - 1
    fresh = ~drawn.running[drawn.package[p]]
    km = (drawn.length[p] * np.array([1.0, 1.0, 0.45])[m]).round(2)
    frame = pd.DataFrame(
        {
            "work_id": works["work_id"],
            "year": works["start_year"],
            "resource": np.where(network, "km", "households"),
            "amount": np.where(network, km, drawn.households[p]),
        }
    )
    return frame[(network | compound) & fresh]


def _corridors(drawn: Drawn) -> pd.DataFrame:
    number = np.arange(len(drawn.paved))
    known = drawn.paved < 0
    kinds = ["new", "rebuilt", "major_repair"]
    return pd.DataFrame(
        {
            "corridor_id": names("c", number),
            "name": names("synthetic street / 合成 ", number),
            "last_paved": pd.array(START_YEAR + drawn.paved, "Int64").take(
                np.where(known, number, -1), allow_fill=True
            ),
            "paving_kind": np.where(known, _pick(kinds, number % 3), ""),
        }
    )


def _links(drawn: Drawn, first: pd.DataFrame) -> pd.DataFrame:
    """Excavation by street: no saving may exceed a payment of the start year."""
    least = np.full(drawn.projects, np.inf)
    np.minimum.at(least, first["p"].to_numpy(), first["cost"].to_numpy(np.float64))
    project = drawn.link_project
    wish: FloatArray = 0.3 * drawn.cost[project, 0] * UNITS
    most = 0.9 * least[project] * 10_000 / RATE_BP
    cost = np.floor(np.minimum(wish, most) * drawn.link_share).astype(np.int64)
    return pd.DataFrame(
        {
            "corridor_id": names("c", drawn.link_street),
            "project_id": names("p", project),
            "excavation_cost": cost,
        }
    ).drop_duplicates(["corridor_id", "project_id"])


def _obligations(drawn: Drawn) -> pd.DataFrame:
    levels = {SAFETY: "safety_duty", TARGET: "assessed_target", WISH: "preference"}
    own = np.flatnonzero(drawn.duty)
    deadline = drawn.deadline[own]
    known = np.where(deadline >= 0, np.arange(len(own)), -1)
    return pd.DataFrame(
        {
            "project_id": names("p", own),
            "pack": "synthetic",
            "clause": "synthetic",
            "hardness": [levels[n] for n in drawn.duty[own].tolist()],
            "deadline": pd.array(START_YEAR + deadline, "Int64").take(
                known, allow_fill=True
            ),
        }
    )


def _history(drawn: Drawn) -> pd.DataFrame:
    """List what running packages paid last year, with the county's own money."""
    own = _going(drawn)
    spent = np.bincount(
        drawn.package[own], drawn.cost[own, 0] * (1 - STILL_DUE), len(drawn.running)
    )
    packages = np.flatnonzero(drawn.running)
    cost = np.rint(spent[packages] * UNITS).astype(np.int64)
    ids = names("b", packages)
    year = START_YEAR - 1
    money = pd.DataFrame(
        {"package_id": ids, "year": year, "fund_id": "fiscal", "received": cost,
         "amount": cost}
    )  # fmt: skip
    paid = pd.DataFrame(
        {"package_id": ids, "year": year, "fund_id": "", "cost": cost,
         "eligible_cost": np.floor(cost * 0.9).astype(np.int64)}
    )  # fmt: skip
    return pd.concat([money, paid], ignore_index=True)
