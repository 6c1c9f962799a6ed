"""The two packages that are already running: works, remaining payments, history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.catalogue import AssetClass, Catalogue, Mode
from renewopt.catalogue.modes import BP
from renewopt.demo.networks import HEATING_COMPANY

HEATING_PACKAGE, COMPOUND_PACKAGE = "XJ-RL-2026", "XJ-XQ-2026"
STARTED = 2026
PAID_BP = (6000, 3700, 300)
"""Payments of the running works by year from 2026: progress, settlement, retention."""
OLD_YEAR = 2003
"""Year of the heating mains that are being replaced."""
CENTRAL_BP = 4500
"""Share of the eligible cost that central money paid so far (at most 60 %)."""


@dataclass(frozen=True, eq=False)
class Running:
    """Tables of the running packages."""

    packages: pd.DataFrame
    works: pd.DataFrame
    history: pd.DataFrame


def duty_corridors(assets: Mapping[str, pd.DataFrame], plan_start: int) -> pd.Series:
    """Give metres with a duty by corridor: gas assessed or grey iron, old heating."""
    gas, heat = assets["gas_pipe"], assets["heating_pipe"]
    urgent = gas["assessment_result"].isin(["immediate", "deadline"])
    urgent |= (gas["material"] == "grey_cast_iron") | gas["encroached"]
    old = heat["install_year"] <= plan_start - 20
    both = pd.concat([gas[urgent], heat[old]])
    return both.dropna(subset=["corridor_id"]).groupby("corridor_id")["length_m"].sum()


def mark_running_mains(
    assets: Mapping[str, pd.DataFrame], number: int, plan_start: int
) -> tuple[pd.DataFrame, list[list[str]]]:
    """Choose streets whose primary heating network is being replaced.

    Streets of 0.5–2 km without other duties are taken, so that what is open now
    closes no street in which a duty waits. Returns the heating pipes, the chosen ones
    old, and the chosen asset ids by project.
    """
    heat = assets["heating_pipe"]
    first = heat[
        (heat["level"] == "primary") & (heat["install_year"] > plan_start - 20)
    ]
    duty = duty_corridors(assets, plan_start)
    first = first.assign(duty=first["corridor_id"].map(duty).fillna(0.0))
    groups = first.groupby(["street", "district"]).agg(
        length=("length_m", "sum"), duty=("duty", "sum")
    )
    groups = groups[groups["length"].between(250, 2000)]
    groups["away"] = (groups["length"] - 1100).abs()
    chosen = groups.sort_values(["duty", "away"], kind="stable").index[:number]
    ids = [
        sorted(first.loc[(first["street"] == s) & (first["district"] == d), "asset_id"])
        for s, d in chosen
    ]
    flat = [asset for part in ids for asset in part]
    years = np.where(heat["asset_id"].isin(flat), OLD_YEAR, heat["install_year"])
    return heat.assign(install_year=years), ids


def make_running(
    assets: Mapping[str, pd.DataFrame],
    mains: list[list[str]],
    number: int,
    catalogue: Catalogue,
) -> Running:
    """Make both packages: what is still to be paid, what was received and paid.

    `mains` are the heating pipes by project, `number` the compounds.
    """
    compounds = _oldest_compounds(assets["residential_compound"], number)
    projects = [
        *(("heating_pipe", HEATING_PACKAGE, ids) for ids in mains),
        *(
            ("residential_compound", COMPOUND_PACKAGE, [i])
            for i in compounds["asset_id"]
        ),
    ]
    rows: list[dict[str, object]] = []
    paid = {HEATING_PACKAGE: 0.0, COMPOUND_PACKAGE: 0.0}
    for count, (name, package, ids) in enumerate(projects, start=1):
        model, frame = catalogue.asset_classes[name], assets[name].set_index("asset_id")
        mode = model.modes[0]
        cost = _cost(model, mode, frame.loc[ids])
        eligible = float(frame.loc[ids, "ownership"].iloc[0] != "operator")
        parts = [round(cost * bp / BP, 2) for bp in PAID_BP]
        paid[package] += parts[0]
        for year, part in enumerate(parts[1:], start=STARTED + 1):
            rows.append(
                {
                    "package_id": package,
                    "project_id": f"XJ-{count:02d}",
                    "project_name": _project_name(name, frame.loc[ids]),
                    "asset_class": name,
                    "asset_ids": ";".join(ids),
                    "mode": mode.id,
                    "start_year": STARTED,
                    "duration": 2,
                    "year": year,
                    "cost": part,
                    "eligible_cost": round(part * eligible, 2),
                }
            )
    return Running(_packages(compounds), pd.DataFrame(rows), _history(paid))


def _oldest_compounds(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    """Take the oldest compounds of the district that has most of them."""
    old = frame[frame["install_year"] <= 2000]
    district = old["district"].value_counts().sort_index().idxmax()
    mine = old[old["district"] == district]
    return mine.sort_values(["install_year", "asset_id"]).head(number)


def _cost(model: AssetClass, mode: Mode, frame: pd.DataFrame) -> float:
    """Give the cost at middle prices, 万元."""
    total = 0.0
    left = np.ones(len(frame), dtype=bool)
    for price in mode.price:
        mine = price.where.select(frame) & left
        total += float(frame.loc[mine, model.measure].sum()) * price.mid
        left &= ~mine
    return round(total, 2)


def _project_name(name: str, frame: pd.DataFrame) -> str:
    first = frame.iloc[0]
    if name == "heating_pipe":
        return f"{first['street']}（{first['district']}）供热一次管网"
    return f"{first['name']}改造"


def _packages(compounds: pd.DataFrame) -> pd.DataFrame:
    common = {"status": "running", "readiness": "施工"}
    heating = {
        "package_id": HEATING_PACKAGE,
        "name": "2026年供热一次管网改造（合成数据）",
        "project_code": "合成-2601-01",
        "legal_owner": HEATING_COMPANY,
        "nature": "quasi_public",
        "ownership": "operator",
        "net_income_per_year": 40.0,
        "operation_start": STARTED + 2,
        "borrower": HEATING_COMPANY,
        "bond_review": "passed",
    }
    old = {
        "package_id": COMPOUND_PACKAGE,
        "name": "2026年老旧小区改造（合成数据）",
        "project_code": "合成-2601-02",
        "legal_owner": compounds["owner"].iloc[0],
        "nature": "public",
        "ownership": "residents",
        "net_income_per_year": 8.0,
        "operation_start": STARTED + 2,
        "borrower": None,
        "bond_review": None,
    }
    return pd.DataFrame([heating | common, old | common])


def _history(paid: Mapping[str, float]) -> pd.DataFrame:
    """Cost rows, and the money that paid them: the company's own; grant and fiscal."""
    rows: list[tuple[str, str | None, float, float, float, float]] = []
    heating, compound = paid[HEATING_PACKAGE], round(paid[COMPOUND_PACKAGE], 2)
    heating = round(heating, 2)
    central = round(compound * CENTRAL_BP / BP, 2)
    fiscal = round(compound - central, 2)
    rows.append((HEATING_PACKAGE, None, 0.0, 0.0, heating, 0.0))
    rows.append((HEATING_PACKAGE, "heating-company", heating, heating, 0.0, 0.0))
    rows.append((COMPOUND_PACKAGE, None, 0.0, 0.0, compound, compound))
    rows.append((COMPOUND_PACKAGE, "central", central, central, 0.0, 0.0))
    rows.append((COMPOUND_PACKAGE, "fiscal", fiscal, fiscal, 0.0, 0.0))
    columns = ["package_id", "fund_id", "received", "amount", "cost", "eligible_cost"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(1, "year", STARTED)
    return frame
