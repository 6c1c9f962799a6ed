"""A back-test as files: tables, and pictures of lift, calibration and place."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from renewopt.core.errors import InputError
from renewopt.report.svg import COLOURS, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Picture
from renewopt.risk import Backtest
from renewopt.text import Lang, label

TABLES = ("table", "differences", "totals", "calibration")
SHADES = ("#fee5d9", "#fcae91", "#fb6a4a", "#de2d26", "#7a0177")
"""Map colours from the lowest fifth of the segments to the highest."""
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)


def as_json(backtest: Backtest) -> dict[str, Any]:
    """Give the figures as plain values; what is not known is None."""
    plain: dict[str, Any] = {
        "asset_class": backtest.asset_class,
        "horizon": backtest.horizon,
        "windows": list(backtest.windows),
        "records": backtest.records,
    }
    for name in TABLES:
        plain[name] = [
            {str(key): _plain(value) for key, value in row.items()}
            for row in getattr(backtest, name).to_dict("records")
        ]
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_backtest(backtest: Backtest, folder: Path) -> list[Path]:
    """Write `backtest.csv`, `backtest.json` and the pictures in both languages.

    Raises
    ------
    InputError
        Where the folder cannot be written.
    """
    text = json.dumps(as_json(backtest), ensure_ascii=False, indent=2)
    files = {"backtest.json": text + "\n"}
    for lang in ("zh", "en"):
        files[f"lift.{lang}.svg"] = lift_picture(backtest, lang)
        files[f"calibration.{lang}.svg"] = calibration_picture(backtest, lang)
        if len(backtest.places):
            files[f"map.{lang}.svg"] = map_picture(backtest, lang)
    files["backtest.csv"] = backtest.table.to_csv(index=False, lineterminator="\n")
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = folder / name
            coding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
            path.write_text(content, encoding=coding, newline="\n")
            paths.append(path)
    except OSError as error:
        raise InputError.of(
            "report.cannot_write", file=str(folder), detail=str(error)
        ) from None
    return paths


def _title(backtest: Backtest, what: str, lang: Lang, window: int = 0) -> str:
    """Name picture, class and years judged: of all windows, or from one on."""
    first, last = backtest.windows[window] + 1, backtest.windows[-1] + backtest.horizon
    years = str(first) if first == last else f"{first}–{last}"
    name = label(backtest.asset_class, lang)
    return f"{label(f'picture.{what}', lang)} · {name} · {years}"


def lift_picture(backtest: Backtest, lang: Lang) -> str:
    """Draw the share of failures caught over the share of length."""
    picture = Picture(
        _title(backtest, "lift", lang),
        label("picture.length", lang),
        label("picture.caught", lang),
        (0, 1),
        (0, 1),
    )
    marks = [f"{value:.0%}" for value in GRID]
    picture.ticks_x(GRID, marks)
    picture.ticks_y(GRID, marks)
    shares = [float(value) for value in backtest.lift.index]
    for number, name in enumerate(backtest.lift.columns):
        colour = COLOURS[number % len(COLOURS)]
        values = [float(value) for value in backtest.lift[name]]
        if not any(math.isnan(value) for value in values):
            picture.line(shares, values, colour, 3.0 if number == 0 else 1.2)
        picture.key(label(str(name), lang), colour)
    return picture.svg()


def calibration_picture(backtest: Backtest, lang: Lang) -> str:
    """Draw expected counts with their interval, and what was recorded, by decile."""
    rows = backtest.calibration[backtest.calibration["kind"] == "decile"]
    top = float(max(rows["high"].max(), rows["seen"].max(), 1.0))
    picture = Picture(
        _title(backtest, "calibration", lang),
        label("picture.decile", lang),
        label("picture.failures", lang),
        (0.5, len(rows) + 0.5),
        (0, top * 1.05),
    )
    numbers = [int(n) for n in rows["number"]]
    picture.ticks_x(numbers, [str(n) for n in numbers])
    marks = [top * share for share in GRID]
    picture.ticks_y(marks, [f"{value:.0f}" for value in marks])
    expected, seen = COLOURS[1], COLOURS[0]
    for row in rows.to_dict("records"):
        x = float(row["number"])
        picture.interval(x, float(row["low"]), float(row["high"]), expected)
        picture.dot(x, float(row["expected"]), expected)
        picture.dot(x, float(row["seen"]), seen, 5.0)
    picture.key(label("picture.expected", lang), expected)
    picture.key(label("picture.recorded", lang), seen)
    return picture.svg()


def map_picture(backtest: Backtest, lang: Lang) -> str:
    """Draw the segments by what the last window expected, and where failures came."""
    places = backtest.places
    x, y = places["x"].to_numpy(dtype=float), places["y"].to_numpy(dtype=float)
    wide, high = np.ptp(x) or 1.0, np.ptp(y) or 1.0
    # Equal metres on both axes: the smaller extent is widened.
    ratio = (WIDTH - LEFT - RIGHT) / (HEIGHT - TOP - 60)
    wide, high = max(wide, high * ratio), max(high, wide / ratio)
    centre = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
    picture = Picture(
        _title(backtest, "map", lang, window=-1),
        label("picture.east", lang),
        label("picture.north", lang),
        (centre[0] - wide / 2, centre[0] + wide / 2),
        (centre[1] - high / 2, centre[1] + high / 2),
    )
    density = (places["expected"] / places["size"]).to_numpy(dtype=float)
    edges = np.quantile(density, [0.2, 0.4, 0.6, 0.8])
    band = np.searchsorted(edges, density, side="right")
    for number in np.argsort(band, kind="stable"):
        picture.dot(x[number], y[number], SHADES[band[number]], 1.8)
    failed = places["seen"].to_numpy(dtype=float) > 0
    for a, b in zip(x[failed], y[failed], strict=True):
        picture.dot(a, b, "#000000", 2.2)
    for number, colour in enumerate(SHADES):
        share = f"{number * 20}–{number * 20 + 20} %"
        picture.key(f"{label('picture.rate', lang)} {share}", colour)
    picture.key(label("picture.recorded", lang), "#000000")
    return picture.svg()
