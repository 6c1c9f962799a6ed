"""Assets to projects: one street of one network, a compound, a waterlogging point."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.modes import CostLevel
from renewopt.core.errors import Message, message
from renewopt.projects.facts import ClassFacts, texts
from renewopt.projects.prices import price_numbers, unit_costs
from renewopt.projects.settings import CaseSettings
from renewopt.projects.split import balanced_parts

NO_DUTY = 3
"""Rank of an asset without any obligation."""
NO_YEAR = 9999
FloatArray = npt.NDArray[np.float64]


def form_projects(
    part: ClassFacts,
    marks: pd.DataFrame,
    taken: Collection[str],
    settings: CaseSettings,
    barred: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """Group the candidates of a class into projects.

    Candidates are assets with an obligation, of at least the candidate age, or of at
    least the candidate grade, that no running work has. A project has one value in
    each column of `grouping.by`, one level of duty with one deadline, and assets that
    may be renewed in the same modes; a street that is longer or dearer than the
    greatest project is split along it into parts that are as equal as possible.

    Parameters
    ----------
    marks
        `asset_id`, `rank`, `due` of the assets with an obligation.
    taken
        Assets that running works renew.
    barred
        Assets that may not be renewed in each mode.

    Returns
    -------
    pd.DataFrame
        The candidates in the order of their projects, with the columns of the class's
        facts and `project_id`, `name`, `rank`, `due`, `modes` (ids, `;` between),
        `base_cost` (万元, first mode, base year) and `price_<mode>` (number of the
        price, −1: not this mode).
    """
    frame = _candidates(part, marks, taken)
    frame = _priced(replace(part, frame=frame), settings.cost_level, barred or {})
    rules = part.asset_class.grouping
    keys = []
    for i, column in enumerate(rules.by):
        keys.append(f"by_{i}")
        frame[keys[-1]] = texts(frame, column)
    frame["duty"] = frame["rank"].clip(upper=2)
    frame["duty_due"] = frame["due"].where(frame["duty"] < 2, NO_YEAR)
    keys += ["duty", "duty_due", "modes"]
    frame["group"] = frame.groupby(keys, sort=True).ngroup()
    frame = _along_the_street(frame)
    size = pd.concat(
        [
            frame["quantity"].fillna(0) / rules.max_quantity,
            frame["base_cost"] / rules.max_cost,
        ],
        axis=1,
    ).max(axis=1)
    frame["part"] = balanced_parts(
        frame["group"].to_numpy(np.int64), size.to_numpy(np.float64)
    )
    number = frame.groupby(["group", "part"], sort=True).ngroup() + 1
    width = max(4, len(str(number.max() if len(number) else 0)))
    frame["project_id"] = rules.code + "-" + number.astype("str").str.zfill(width)
    frame["project_name"] = _names(part, frame, settings.lang)
    return frame.drop(
        columns=[*(k for k in keys if k.startswith("by_")), "duty", "duty_due"]
    )


def _candidates(
    part: ClassFacts, marks: pd.DataFrame, taken: Collection[str]
) -> pd.DataFrame:
    rules = part.asset_class.grouping
    frame = part.frame[~part.frame["asset_id"].isin(list(taken))]
    frame = frame.merge(marks[["asset_id", "rank", "due"]], on="asset_id", how="left")
    frame["rank"] = frame["rank"].fillna(NO_DUTY).astype("int64")
    frame["due"] = frame["due"].fillna(NO_YEAR).astype("int64")
    wanted = (frame["rank"] < NO_DUTY) | (frame["grade"] >= rules.candidate_grade)
    if rules.candidate_age is not None:
        wanted |= frame["age"] >= rules.candidate_age
    return frame[wanted.to_numpy(dtype=bool, na_value=False)].reset_index(drop=True)


def _priced(
    part: ClassFacts, level: CostLevel, barred: Mapping[str, Collection[str]]
) -> pd.DataFrame:
    """Add the price of every mode, the possible modes and the cost by the first."""
    frame = part.frame.copy()
    modes = pd.Series("", index=frame.index, dtype="str")
    cost = np.full(len(frame), np.nan)
    quantity = frame["quantity"].to_numpy(np.float64)
    for mode in part.asset_class.modes:
        number = price_numbers(part, mode)
        number[frame["asset_id"].isin(list(barred.get(mode.id, ())))] = -1
        frame[f"price_{mode.id}"] = number
        modes = modes + np.where(number >= 0, f"{mode.id};", "")
        own = quantity * unit_costs(mode, number, level)
        cost = np.where(np.isnan(cost), own, cost)
    frame["modes"] = modes.str.removesuffix(";")
    frame["base_cost"] = np.nan_to_num(cost)
    return frame


def _along_the_street(frame: pd.DataFrame) -> pd.DataFrame:
    """Order the assets of each group along its longer direction, corridor by corridor.

    Without coordinates: by corridor and identifier.
    """
    x, y = _middle(frame, "lon"), _middle(frame, "lat")
    group = frame["group"]
    # A degree of longitude is shorter than one of latitude, by the cosine of latitude.
    flat = float(np.cos(np.radians(np.nanmean(y)))) if np.isfinite(y).any() else 1.0
    place = pd.DataFrame({"group": group, "x": x * flat, "y": y})
    bounds = place.groupby("group").transform("max") - place.groupby("group").transform(
        "min"
    )
    along = np.where(bounds["x"] >= bounds["y"], place["x"], place["y"])
    frame = frame.assign(along=along)
    keys = ["group", "corridor_id"]
    frame["corridor_along"] = frame.groupby(keys)["along"].transform("mean")
    order = ["group", "corridor_along", "corridor_id", "along", "asset_id"]
    frame = frame.sort_values(order, ignore_index=True)
    return frame.drop(columns=["along", "corridor_along"])


def _middle(frame: pd.DataFrame, axis: str) -> FloatArray:
    """Give the asset's middle, rounded so that its order never hangs on rounding."""
    names = [axis] if axis in frame else [f"start_{axis}", f"end_{axis}"]
    if any(name not in frame for name in names):
        return np.full(len(frame), np.nan)
    total = sum(frame[name].to_numpy(np.float64, na_value=np.nan) for name in names)
    return np.asarray(total / len(names), dtype=np.float64).round(7)


def _names(part: ClassFacts, frame: pd.DataFrame, lang: str) -> pd.Series:
    """Name projects by place, level and class; a number where a name comes twice."""
    title = part.asset_class.title.in_lang(lang)
    first = frame.groupby("project_id")["asset_id"].transform("first")
    single = frame.groupby("project_id")["asset_id"].transform("size") == 1
    place = frame["street"].where(frame["street"] != "", frame["district"])
    if part.asset_class.geometry == "point":
        # A compound or point is known by its own name.
        own = frame["name"].where(frame["name"] != "", frame["asset_id"])
        base = own.where(single, place + " " + title)
    else:
        titles = level_titles(part, lang)
        level = frame["level"].map(lambda code: titles.get(code, "")).astype("str")
        base = (place + " " + level + " " + title).str.split().str.join(" ")
    rows = pd.DataFrame(
        {"project_id": frame["project_id"], "base": base, "first": first}
    )
    heads = rows.drop_duplicates("project_id").sort_values("project_id")
    twice = heads.duplicated("base", keep=False)
    number = heads.groupby("base").cumcount() + 1
    suffix = np.where(twice, " #" + number.astype("str"), "")
    names = pd.Series((heads["base"] + suffix).to_numpy(), index=heads["project_id"])
    return frame["project_id"].map(names)


def level_titles(part: ClassFacts, lang: str) -> dict[str, str]:
    """Give the words for the levels of a class, by code."""
    column = part.asset_class.column("level")
    choices = column.choices if column is not None else ()
    return {c.code: (c.zh if lang == "zh" else c.en)[0] for c in choices}


def group_warnings(part: ClassFacts, frame: pd.DataFrame) -> list[Message]:
    """Report candidates without mode, of unknown size or without a street."""
    size_assumed = np.zeros(len(frame), dtype=bool)
    for mode in part.asset_class.modes:
        assumed = np.array([*(price.assumed for price in mode.price), False])
        size_assumed |= assumed[frame[f"price_{mode.id}"].to_numpy(np.int64)]
    line = part.asset_class.geometry == "line"
    counts = {
        "projects.no_mode": int((frame["modes"] == "").sum()),
        "projects.size_assumed": int(size_assumed.sum()),
        "projects.no_street": int((frame["street"] == "").sum()) if line else 0,
    }
    return [
        message(code, asset_class=part.id, count=count, total=len(frame))
        for code, count in counts.items()
        if count
    ]
