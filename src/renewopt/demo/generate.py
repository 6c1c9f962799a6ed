"""Generate a synthetic county: an inventory folder with a scenario, from a seed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from renewopt.catalogue import Catalogue, ColumnSpec, load
from renewopt.catalogue.extra_tables import extra_tables
from renewopt.core.errors import InputError
from renewopt.demo.draw import Draw
from renewopt.demo.hazards import LAST_DAY, draw_failures, with_events
from renewopt.demo.networks import make_gas, make_heating, make_water
from renewopt.demo.places import make_compounds, make_points
from renewopt.demo.running import (
    Running,
    duty_corridors,
    make_running,
    mark_running_mains,
)
from renewopt.demo.scenario import START_YEAR, scenario_text
from renewopt.demo.sizes import SIZES, Size
from renewopt.demo.streets import Streets, make_streets, with_pavement
from renewopt.demo.writing import Lang, write_table

UNKNOWN_YEARS = 0.015
"""Share of water pipes whose year the bureau of the large county does not know."""


def generate_county(
    seed: int,
    folder: Path,
    size: Literal["county", "town"] = "county",
    catalogue: Catalogue | None = None,
) -> list[Path]:
    """Write a synthetic county; the same seed and size give the same bytes.

    Parameters
    ----------
    folder
        Is made if it is not there; files of these names are replaced.
    catalogue
        Asset classes whose headers and words are used; absent: the ones that
        `catalogue.load` finds.

    Raises
    ------
    InputError
        For an unknown size or a negative seed.
    """
    if size not in SIZES:
        raise InputError.of("demo.unknown_size", value=size, known=", ".join(SIZES))
    if seed < 0:
        raise InputError.of("demo.negative_seed", value=seed)
    models = catalogue if catalogue is not None else load()
    spec = SIZES[size]
    streets = make_streets(spec, seed)
    assets, running = _assets(streets, spec, seed, models)
    failures = draw_failures(assets, seed)
    assets["waterlogging_point"] = with_events(assets["waterlogging_point"], failures)
    duty = set(duty_corridors(assets, START_YEAR).index)
    if size == "county":
        assets["water_pipe"] = _forget_years(assets["water_pipe"], seed)
    tables = {
        **assets,
        "failures": failures,
        "corridors": with_pavement(streets, duty, seed),
        "packages": running.packages,
        "running_works": running.works,
        "package_history": running.history,
    }
    return _write(folder, tables, models, spec, seed)


def _assets(
    streets: Streets, size: Size, seed: int, models: Catalogue
) -> tuple[dict[str, pd.DataFrame], Running]:
    assets = {
        "gas_pipe": make_gas(streets, size, seed),
        "heating_pipe": make_heating(streets, size, seed),
        "water_pipe": make_water(streets, size, seed),
        "waterlogging_point": make_points(streets, size, seed),
        "residential_compound": make_compounds(streets, size, seed),
    }
    assets["heating_pipe"], mains = mark_running_mains(
        assets, size.running_streets, START_YEAR
    )
    for frame in assets.values():
        frame["status"] = "in_use"
    return assets, make_running(assets, mains, size.running_compounds, models)


def _forget_years(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    draw = Draw(seed, "forget")
    gone = draw.chance(len(frame), UNKNOWN_YEARS)
    years = frame["install_year"].astype("Int64")
    return frame.assign(install_year=years.mask(np.asarray(gone)))


def _write(
    folder: Path,
    tables: dict[str, pd.DataFrame],
    models: Catalogue,
    size: Size,
    seed: int,
) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for name, frame in tables.items():
        lang: Lang = "en" if name in size.english else "zh"
        if name == "failures":
            titles = {
                k: c.title.zh if lang == "zh" else c.title.en
                for k, c in models.asset_classes.items()
            }
            frame = frame.assign(asset_class=frame["asset_class"].map(titles))
        paths.append(folder / f"{name}.csv")
        write_table(paths[-1], frame, _columns(name, models), lang)
    texts = {
        "scenario.toml": scenario_text(size, seed),
        "inventory.toml": _about(size, seed),
    }
    for name, text in texts.items():
        paths.append(folder / name)
        paths[-1].write_bytes(text.encode())
    return paths


def _columns(name: str, models: Catalogue) -> tuple[ColumnSpec, ...]:
    if name in models.asset_classes:
        return models.asset_classes[name].columns
    return extra_tables()[name].columns


def _about(size: Size, seed: int) -> str:
    return f"""\
# 本文件夹全部为合成数据，不对应任何真实县城。
# Everything in this folder is synthetic; it is no real place.
synthetic = true
crs = "EPSG:4490"
as_of_year = {LAST_DAY.year}
seed = {seed}
title = {{ zh = "{size.name_zh}（合成数据）", en = "{size.name_en} (synthetic data)" }}
"""
