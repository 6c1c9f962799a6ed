"""Maps without the internet: shapes of the case on a plain ground."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import pandas as pd
import pydeck

from renewopt.runs import Run

GROUND = "/app/static/blank.json"
"""Map style of one plain colour, served by the desk itself."""
REST = (168, 174, 182)
"""Colour of what is not renewed in the years shown."""
YEARS = ("#7A0177", "#C51B8A", "#F2671F", "#E6A700", "#2CA25F", "#0B7285", "#3B5BDB")
"""Colours of the first years of works; they repeat after seven."""

Point = tuple[float, float]


def read_wkt(text: str) -> list[Point]:
    """Read a POINT or LINESTRING of longitude and latitude; others are empty."""
    if not re.match(r"\s*(POINT|LINESTRING)\s*\(", text):
        return []
    inside = text[text.index("(") + 1 : text.rindex(")")]
    pairs = [pair.split() for pair in inside.split(",")]
    return [(float(pair[0]), float(pair[1])) for pair in pairs if len(pair) >= 2]


def year_colours(years: Sequence[int]) -> dict[int, str]:
    """Give every year its colour."""
    return {year: YEARS[number % len(YEARS)] for number, year in enumerate(years)}


def rgb(colour: str) -> tuple[int, int, int]:
    """Turn #RRGGBB into three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def shapes(run: Run) -> pd.DataFrame:
    """Give every shape with its project and the year in which its works start."""
    case = run.problem.case
    plan = run.tables["schedule"].set_index("project_id")["start_year"]
    table = case.shapes.merge(
        case.projects[["project_id", "name", "asset_class"]], on="project_id"
    )
    return table.assign(
        path=table["wkt"].map(read_wkt), start_year=table["project_id"].map(plan)
    )


def deck(
    table: pd.DataFrame, colours: Mapping[str, tuple[int, int, int]], shown: pd.Series
) -> pydeck.Deck:
    """Draw all shapes in grey and those `shown` in the colours of their `key`.

    `table` has `path`, `tip` and `key`.
    """
    lines = table["path"].map(len) > 1
    points = table["path"].map(len) == 1
    layers = [
        _lines(table[lines & ~shown], "rest-lines", None, 2),
        _points(table[points & ~shown], "rest-points", None, 3),
        _lines(table[lines & shown], "lines", colours, 4),
        _points(table[points & shown], "points", colours, 6),
    ]
    return pydeck.Deck(
        [layer for layer in layers if layer is not None],
        map_provider="carto",
        map_style=GROUND,
        initial_view_state=_view(table),
        # Plain text, not HTML: names come from files of others.
        tooltip={"text": "{tip}"},
    )


def _colour(
    table: pd.DataFrame, colours: Mapping[str, tuple[int, int, int]] | None
) -> list[list[int]]:
    if colours is None:
        return [[*REST, 150]] * len(table)
    return [[*colours.get(key, REST), 235] for key in table["key"]]


def _lines(
    table: pd.DataFrame,
    name: str,
    colours: Mapping[str, tuple[int, int, int]] | None,
    width: int,
) -> pydeck.Layer | None:
    if table.empty:
        return None
    data = table[["path", "tip"]].assign(
        colour=pd.Series(_colour(table, colours), table.index)
    )
    return pydeck.Layer(
        "PathLayer", data, id=name, get_path="path", get_color="colour",
        width_min_pixels=width, get_width=1, cap_rounded=True, pickable=True,
    )  # fmt: skip


def _points(
    table: pd.DataFrame,
    name: str,
    colours: Mapping[str, tuple[int, int, int]] | None,
    radius: int,
) -> pydeck.Layer | None:
    if table.empty:
        return None
    data = table[["tip"]].assign(
        at=table["path"].map(lambda path: path[0]),
        colour=pd.Series(_colour(table, colours), table.index),
    )
    return pydeck.Layer(
        "ScatterplotLayer", data, id=name, get_position="at", get_fill_color="colour",
        radius_min_pixels=radius, radius_max_pixels=radius * 2, get_radius=1,
        stroked=True, get_line_color=[255, 255, 255, 220], line_width_min_pixels=1,
        pickable=True,
    )  # fmt: skip


def _view(table: pd.DataFrame) -> pydeck.ViewState:
    """Fit all shapes: a map of zoom z shows 360/2^z degrees on 512 pixels."""
    flat = [point for path in table["path"] for point in path]
    lon, lat = [p[0] for p in flat], [p[1] for p in flat]
    middle = ((min(lon) + max(lon)) / 2, (min(lat) + max(lat)) / 2)
    wide = max(max(lon) - min(lon), 1e-4) / 1000
    squeeze = max(math.cos(math.radians(middle[1])), 0.1)
    high = max(max(lat) - min(lat), 1e-4) / squeeze / 560
    zoom = min(17.0, math.log2(360 / 512 / max(wide, high)) - 0.15)
    return pydeck.ViewState(longitude=middle[0], latitude=middle[1], zoom=zoom)
