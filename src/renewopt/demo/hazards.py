"""The true hazards of the synthetic county, and the failures drawn from them.

They are of the same order as the expert figures of the asset classes but not equal to
them: other shapes, a soil that the inventory does not show, and a frailty per asset.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from renewopt.demo.draw import Draw, FloatArray

FIRST_YEAR = 2017
LAST_DAY = date(2026, 6, 30)
"""Failure records run from the first day of `FIRST_YEAR` to this day."""
EVENTS_FROM = date(2021, 7, 1)
"""The "last five years" of the waterlogging points begin here."""

Curve = tuple[float, float, float, float]
# class: (material or level) → rate when new, rate when old (per km and year), years
# until it is 63 % of the way, shape.
_GAS = {
    "pe": (0.008, 0.04, 55, 2.2),
    "steel": (0.05, 0.34, 27, 2.6),
    "grey_cast_iron": (0.12, 0.75, 38, 2.2),
}
_HEATING = {"primary": (0.03, 0.30, 27, 2.8), "secondary": (0.06, 0.45, 24, 2.6)}
_WATER = {
    "pe": (0.02, 0.07, 70, 1.8),
    "pvc": (0.025, 0.09, 60, 1.8),
    "ductile_iron": (0.015, 0.07, 75, 2.0),
    "steel": (0.05, 0.25, 45, 2.0),
    "galvanised_steel": (0.1, 0.5, 35, 2.0),
    "grey_cast_iron": (0.14, 0.65, 55, 2.2),
    "cement": (0.12, 0.45, 45, 2.0),
    "asbestos_cement": (0.1, 0.4, 50, 2.0),
}
_KINDS = {
    "gas_pipe": (("泄漏", "第三方破坏"), (0.9, 0.1)),
    "heating_pipe": (("泄漏", "爆管"), (0.8, 0.2)),
    "water_pipe": (("爆管", "漏水"), (0.45, 0.55)),
    "waterlogging_point": (("积水",), (1.0,)),
}


def _curve(
    frame: pd.DataFrame, key: str, table: Mapping[str, Curve], year: int
) -> FloatArray:
    new, old, life, shape = (
        frame[key].map({k: v[i] for k, v in table.items()}).to_numpy(np.float64)
        for i in range(4)
    )
    age = np.maximum(year - frame["install_year"].to_numpy(np.float64), 0.0)
    return np.asarray(new + (old - new) * (1 - np.exp(-((age / life) ** shape))))


def true_rate(name: str, frame: pd.DataFrame, year: int) -> FloatArray:
    """Give the mean number of failures of each asset in a year, before frailty."""
    if name == "waterlogging_point":
        return 1.15 / frame["return_period_y"].to_numpy(np.float64)
    key, table = {
        "gas_pipe": ("material", _GAS),
        "heating_pipe": ("level", _HEATING),
        "water_pipe": ("material", _WATER),
    }[name]
    rate = _curve(frame, key, table, year) * frame["length_m"].to_numpy() / 1000
    if name == "gas_pipe":
        protected = (frame["cathodic_protection"] == "working").to_numpy()
        rate = np.where(protected, rate * 0.35, rate)
    if name == "heating_pipe":
        rate = np.where(frame["insulation"] == "failed", rate * 1.7, rate)
        rate = np.where(frame["laying_method"] == "ditch", rate * 1.25, rate)
    if name == "water_pipe":
        rate = np.where(frame["lining"] == "lined", rate * 0.6, rate)
    # The soil is harsher in the east; no column says so.
    east = (frame["start_lon"] > frame["start_lon"].median()).to_numpy()
    rate = np.where(east, rate * 1.25, rate * 0.8)
    return np.where(frame["install_year"] < year, rate, 0.0)


def draw_failures(assets: Mapping[str, pd.DataFrame], seed: int) -> pd.DataFrame:
    """Draw ten years of records; at most one per asset and day."""
    parts = []
    for name in _KINDS:
        frame = assets[name]
        draw = Draw(seed, f"failures {name}")
        frailty = draw.frailty(len(frame))
        for year in range(FIRST_YEAR, LAST_DAY.year + 1):
            mean = true_rate(name, frame, year) * frailty
            counts = draw.counts(mean)
            ids = np.repeat(frame["asset_id"].to_numpy(object), counts)
            days = [_day(name, year, u) for u in draw.uniform(len(ids))]
            kinds = draw.pick(len(ids), *_KINDS[name])
            parts.append(
                pd.DataFrame(
                    {"asset_class": name, "asset_id": ids, "date": days, "kind": kinds}
                )
            )
    records = pd.concat(parts, ignore_index=True)
    records = records[records["date"] <= LAST_DAY]
    records = records.sort_values(
        ["date", "asset_class", "asset_id"], ignore_index=True
    )
    records = records.drop_duplicates(["asset_class", "asset_id", "date"])
    records = records.reset_index(drop=True)
    records.insert(0, "failure_id", [f"G{n:05d}" for n in range(1, len(records) + 1)])
    return records


def _day(name: str, year: int, place: float) -> date:
    """Give the day at a place (0–1) of the season in which such failures happen."""
    if name == "waterlogging_point":
        return date(year, 6, 1) + timedelta(days=int(place * 122))
    if name == "heating_pipe":
        # The heating season runs from 15 October to 15 April: two parts of one year.
        day = int(place * 183)
        autumn = date(year, 10, 15) + timedelta(days=day - 105)
        return date(year, 1, 1) + timedelta(days=day) if day < 105 else autumn
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return date(year, 1, 1) + timedelta(days=int(place * days))


def with_events(points: pd.DataFrame, failures: pd.DataFrame) -> pd.DataFrame:
    """Add the bureau's count of the last five years to the waterlogging points."""
    mine = failures[failures["asset_class"] == "waterlogging_point"]
    recent = mine[mine["date"] >= EVENTS_FROM]
    counts = recent.groupby("asset_id").size()
    events = points["asset_id"].map(counts).fillna(0).astype(np.int64)
    return points.assign(events_5y=events)
