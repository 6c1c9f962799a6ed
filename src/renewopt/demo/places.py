"""Compounds and waterlogging points, placed on the same grid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewopt.demo.draw import Draw
from renewopt.demo.networks import BUREAU
from renewopt.demo.sizes import Size
from renewopt.demo.streets import Streets, lat, lon

DRAINAGE = "合成县排水管理所"
_FIRST = (
    "幸福",
    "安居",
    "光明",
    "阳光",
    "育才",
    "建工",
    "纺织",
    "铁路",
    "粮食",
    "供销",
)
_SECOND = ("小区", "家园", "新村", "家属院", "花园", "苑")


def make_compounds(streets: Streets, size: Size, seed: int) -> pd.DataFrame:
    """Make old compounds: older and worse the nearer they are to the centre."""
    draw = Draw(seed, "compounds")
    number = size.compounds
    frame = streets.corridors
    near = np.argsort(
        frame["centre"].to_numpy() + draw.uniform(len(frame), 0, 0.5), kind="stable"
    )
    at = frame.iloc[near[:number]]
    order = np.argsort(
        at["centre"].to_numpy() + draw.uniform(number, 0, 0.35), kind="stable"
    )
    place = np.empty(number)
    place[order] = (np.arange(number) + 0.5) / number
    shares, bounds = zip(*size.ages["compound"], strict=True)
    year = np.floor(np.interp(place, shares, bounds)).astype(np.int64)
    weight = draw.uniform(number, 0.35, 1.65)
    households = np.round(
        weight / weight.sum() * number * size.households_per_compound
    ).astype(np.int64)
    per_home = draw.uniform(number, 62.0, 78.0)
    names = [f"{a}{b}" for a in _FIRST for b in _SECOND]
    picks = np.argsort(draw.uniform(len(names)), kind="stable")
    label = [
        names[picks[i % len(names)]] + ("" if i < len(names) else "二期")
        for i in range(number)
    ]
    age = 2026 - year
    owners = [
        f"合成县{d}办事处" if d.endswith("街道") else BUREAU for d in at["district"]
    ]
    return pd.DataFrame(
        {
            "asset_id": [f"XQ-{n:03d}" for n in range(1, number + 1)],
            "name": label,
            "district": at["district"].to_numpy(),
            "street": at["street"].to_numpy(),
            "owner": owners,
            "ownership": "residents",
            "install_year": year,
            "buildings": np.maximum(1, np.round(households / 36)).astype(np.int64),
            "households": households,
            "floor_area_m2": np.round(households * per_home, -1),
            "structure_grade": _by_age(draw, age, ("A", "B", "C", "D"), 0.002),
            "fire_grade": _by_age(draw, age, ("good", "fair", "poor"), 0.01),
            "pipes_grade": _by_age(draw, age, ("good", "fair", "poor"), 0.012),
            "envelope_grade": _by_age(draw, age, ("good", "fair", "poor"), 0.011),
            "consent_rate": np.round(draw.uniform(number, 62.0, 97.0), 1),
            "lon": lon((at["x1"] + at["x2"]) / 2 + draw.uniform(number, 40, 110)),
            "lat": lat((at["y1"] + at["y2"]) / 2 + draw.uniform(number, 40, 110)),
        }
    )


def _by_age(
    draw: Draw, age: np.ndarray, words: tuple[str, ...], slope: float
) -> list[str]:
    """Draw a state that is worse the older the compound is."""
    worse = np.clip(age * slope * 2 + draw.uniform(len(age), -0.45, 0.35), 0, 0.999)
    return [words[int(value * len(words))] for value in worse]


def make_points(streets: Streets, size: Size, seed: int) -> pd.DataFrame:
    """Make waterlogging points; the worst are severe ones, the first an underpass."""
    draw = Draw(seed, "points")
    number = size.points
    frame = streets.corridors
    at = frame.iloc[
        np.sort(np.argsort(draw.uniform(len(frame)), kind="stable")[:number])
    ]
    worst = np.argsort(np.argsort(-draw.uniform(number), kind="stable"), kind="stable")
    severe = worst < size.severe_points
    depth = np.where(
        severe, draw.whole(number, *size.severe_depth_cm), draw.whole(number, 14, 34)
    )
    minutes = np.where(
        severe, draw.whole(number, *size.severe_minutes), draw.whole(number, 25, 85)
    )
    kind = draw.pick(number, ("low_lying", "road", "compound"), (0.45, 0.4, 0.15))
    kind = [
        "underpass" if rank == 0 else k for rank, k in zip(worst, kind, strict=True)
    ]
    return pd.DataFrame(
        {
            "asset_id": [f"JSD-{n:02d}" for n in range(1, number + 1)],
            "name": [f"{name}积水点" for name in at["name"]],
            "district": at["district"].to_numpy(),
            "street": at["street"].to_numpy(),
            "corridor_id": at["corridor_id"].to_numpy(),
            "owner": DRAINAGE,
            "ownership": "public",
            "point_type": kind,
            "depth_cm": depth,
            "duration_min": minutes,
            "return_period_y": np.where(
                severe, 0.5, np.round(draw.uniform(number, 0.6, 2.5), 1)
            ),
            "severe": severe,
            "casualties": False,
            "premises_flooded": np.where(
                severe, draw.whole(number, 8, 25), draw.whole(number, 0, 8)
            ),
            "road_class": at["road_class"].to_numpy(),
            "households": draw.whole(number, 40, 400),
            "lon": lon((at["x1"] + at["x2"]) / 2),
            "lat": lat((at["y1"] + at["y2"]) / 2),
        }
    )
