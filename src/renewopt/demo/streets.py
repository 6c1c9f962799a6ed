"""The street grid: streets, their segments (corridors), districts and age of town."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.demo.draw import Draw, FloatArray, when
from renewopt.demo.sizes import Size

ORIGIN_LON, ORIGIN_LAT = 111.0, 41.5
"""South-west corner: a round number in the steppe, not a real town."""
M_PER_DEGREE = 111_320.0

EAST_WEST = (
    "人民路", "建设路", "解放路", "胜利路", "和平路", "光明路", "新华路", "文化路",
    "团结路", "友谊路", "振兴路", "工业路", "富民路",
)  # fmt: skip
NORTH_SOUTH = (
    "中山街", "民主街", "幸福街", "朝阳街", "东风街", "青年街", "迎宾街", "站前街",
    "健康街", "教育街", "富强街", "银河街", "长江街", "黄河街",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Streets:
    """The grid.

    Attributes
    ----------
    corridors
        One row per segment: `corridor_id`, `name`, `street`, `district`,
        `road_class`, `length_m`, start and end in metres (`x1`, `y1`, `x2`, `y2`) from
        the south-west corner, `centre` (0 in the old centre, 1 at the edge).
    width_m, height_m
        Extent of the town.
    """

    corridors: pd.DataFrame
    width_m: float
    height_m: float


def make_streets(size: Size, seed: int) -> Streets:
    """Lay the grid: streets at slightly uneven distances."""
    draw = Draw(seed, "streets")
    x = _positions(size.columns, size.spacing_m, draw)
    y = _positions(size.rows, size.spacing_m, draw)
    rows: list[dict[str, object]] = []
    for j in range(size.rows):
        for i in range(size.columns - 1):
            ends = (NORTH_SOUTH[i], NORTH_SOUTH[i + 1])
            rows.append(_segment(EAST_WEST[j], ends, j, x[i], y[j], x[i + 1], y[j]))
    for i in range(size.columns):
        for j in range(size.rows - 1):
            ends = (EAST_WEST[j], EAST_WEST[j + 1])
            rows.append(_segment(NORTH_SOUTH[i], ends, i, x[i], y[j], x[i], y[j + 1]))
    frame = pd.DataFrame(rows)
    frame.insert(0, "corridor_id", [f"L{n:03d}" for n in range(1, len(frame) + 1)])
    width, height = float(x[-1]), float(y[-1])
    mid_x = (frame["x1"] + frame["x2"]) / 2 / width - 0.5
    mid_y = (frame["y1"] + frame["y2"]) / 2 / height - 0.5
    frame["centre"] = np.hypot(mid_x, mid_y) / np.hypot(0.5, 0.5)
    frame["district"] = _districts(mid_x, mid_y, size.districts)
    frame["length_m"] = np.hypot(
        frame["x2"] - frame["x1"], frame["y2"] - frame["y1"]
    ).round(1)
    return Streets(frame, width, height)


def _positions(number: int, spacing: float, draw: Draw) -> FloatArray:
    steps = spacing + draw.uniform(number - 1, -45.0, 45.0)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _segment(
    street: str,
    ends: tuple[str, str],
    rank: int,
    x1: float,
    y1: float,
    x2: float,
    y2: float,
) -> dict[str, object]:
    # Every fourth street is an arterial road, the ones half way between collectors.
    road_class = {0: "arterial", 2: "collector"}.get(rank % 4, "local")
    return {
        "street": street,
        "name": f"{street}（{ends[0]}—{ends[1]}）",
        "road_class": road_class,
        "x1": x1,
        "y1": y1,
        "x2": x2,
        "y2": y2,
    }


def _districts(x: pd.Series, y: pd.Series, names: tuple[str, ...]) -> list[str]:
    """Name the district: a centre and the four sides, or west and east."""
    if len(names) == 2:
        return [names[0] if value > 0 else names[1] for value in x]
    core = np.maximum(abs(x), abs(y)) < 0.2
    side = np.where(abs(x) > abs(y), np.where(x > 0, 1, 2), np.where(y < 0, 3, 4))
    return [names[0 if inside else k] for inside, k in zip(core, side, strict=True)]


def lon(x: npt.ArrayLike) -> FloatArray:
    """Turn metres east of the corner into degrees."""
    scale = M_PER_DEGREE * float(np.cos(np.radians(ORIGIN_LAT)))
    return np.round(ORIGIN_LON + np.asarray(x, np.float64) / scale, 6)


def lat(y: npt.ArrayLike) -> FloatArray:
    """Turn metres north of the corner into degrees."""
    return np.round(ORIGIN_LAT + np.asarray(y, np.float64) / M_PER_DEGREE, 6)


def with_pavement(streets: Streets, duty: set[str], seed: int) -> pd.DataFrame:
    """Give the table of corridors, with what the bureau knows of the pavement.

    A fifth of the segments was paved in the last years. Streets with duties were not
    paved after 2024, so that the closed years leave room before the deadlines.
    """
    draw = Draw(seed, "pavement")
    frame = streets.corridors
    number = len(frame)
    known = draw.chance(number, 0.22)
    year = draw.whole(number, 2016, 2026)
    latest = np.where(frame["corridor_id"].isin(duty), 2023, 2026)
    year = np.minimum(year, latest)
    kind = draw.pick(number, ("new", "rebuilt", "major_repair"), (0.2, 0.4, 0.4))
    planned = draw.chance(number, 0.04)
    planned_year = draw.whole(number, 2028, 2031)
    table = pd.DataFrame(
        {
            "corridor_id": frame["corridor_id"],
            "name": frame["name"],
            "street": frame["street"],
            "district": frame["district"],
            "road_class": frame["road_class"],
            "length_m": frame["length_m"],
            "last_paved": pd.Series(year).astype("Int64").where(known),
            "paving_kind": when(known, kind),
            "start_lon": lon(frame["x1"]),
            "start_lat": lat(frame["y1"]),
            "end_lon": lon(frame["x2"]),
            "end_lat": lat(frame["y2"]),
        }
    )
    later = pd.Series(planned_year).astype("Int64").where(planned)
    return table.assign(planned_road_work_year=later)
