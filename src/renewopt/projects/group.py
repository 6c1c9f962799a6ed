"""Assets to projects: one street of one network, a compound, a waterlogging point."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.modes import Grouping
from renewopt.core.errors import Message, message
from renewopt.projects.facts import ClassFacts, texts
from renewopt.projects.join import join_small
from renewopt.projects.move_in import CALLED, TO
from renewopt.projects.places import Places, clusters, places_of
from renewopt.projects.prices import local_factors, price_numbers, unit_costs
from renewopt.projects.settings import CaseSettings
from renewopt.projects.split import balanced_parts

NO_DUTY = 3
"""Rank of an asset without any obligation."""
NO_YEAR = 9999
IntArray = npt.NDArray[np.int64]


def form_projects(
    part: ClassFacts,
    marks: pd.DataFrame,
    taken: Collection[str],
    settings: CaseSettings,
    barred: Mapping[str, Collection[str]] | None = None,
    corridors: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Group the candidates of a class into projects.

    Candidates are assets with an obligation, of at least the candidate age, or of at
    least the candidate grade, that no running work has. They are parted by the columns
    of `grouping.by` and `prefer`, by band of age, by level of duty with its deadline,
    by the modes that they may be renewed in, and where they are too far apart; what is
    longer or dearer than the greatest project is split along the street into parts that
    are as equal as possible; what is smaller than the least joins a neighbour with the
    same values of `by`. Every candidate is in exactly one project.

    Parameters
    ----------
    marks
        `asset_id`, `rank`, `due` of the assets with an obligation.
    taken
        Assets that running works renew.
    barred
        Assets that may not be renewed in each mode.
    corridors
        Street segments, whose ends place assets without coordinates.

    Returns
    -------
    pd.DataFrame
        The candidates in the order of their projects, with the columns of the class's
        facts and `project_id`, `project_name`, `rank` and `due` (the strictest of the
        project), `modes` (ids that all its assets may have, `;` between), `base_cost`
        (万元, first mode, base year) and `price_<mode>` (number of the price, −1: not
        this mode).
    """
    frame = _candidates(part, marks, taken)
    frame = _priced(replace(part, frame=frame), settings, barred or {})
    rules = part.asset_class.grouping
    streets = pd.DataFrame() if corridors is None else corridors
    spots = places_of(frame, streets)
    frame, like = _parted(frame, rules, spots)
    frame, order = _along_the_street(frame, spots)
    spots = spots.take(order)
    size = pd.concat(
        [
            frame["quantity"].fillna(0) / rules.max_quantity,
            frame["base_cost"] / rules.max_cost,
        ],
        axis=1,
    ).max(axis=1)
    piece = balanced_parts(frame["group"].to_numpy(np.int64), size.to_numpy(np.float64))
    parts = pd.DataFrame({"group": frame["group"], "piece": piece})
    number = np.asarray(
        parts.groupby(["group", "piece"], sort=True).ngroup(), dtype=np.int64
    )
    border = frame["border"].to_numpy(np.int64)
    frame["part"] = join_small(frame, number, border, like, spots, rules)
    return _numbered(part, frame, settings.lang)


def _parted(
    frame: pd.DataFrame, rules: Grouping, spots: Places
) -> tuple[pd.DataFrame, list[str]]:
    """Part the candidates by columns, duty, modes and distance: `border`, `group`.

    Also gives the columns that parts are preferably one in, the street first.
    """
    borders, likes = [], []
    for i, column in enumerate(rules.borders):
        borders.append(f"by_{i}")
        frame[borders[-1]] = texts(frame, column)
    if TO in frame:  # a project moves as a whole, into one place
        borders.append("by_place")
        frame[borders[-1]] = texts(frame, TO)
    for i, column in enumerate(sorted(rules.prefer, key=lambda c: c != "street")):
        likes.append(f"like_{i}")
        frame[likes[-1]] = texts(frame, column)
    if rules.age_band is not None:
        band = (frame["age"] // rules.age_band).fillna(-1).astype("int64")
        likes.append("like_age")
        frame[likes[-1]] = band.astype("str")
    frame["duty"] = frame["rank"].clip(upper=2)
    frame["duty_due"] = frame["due"].where(frame["duty"] < 2, NO_YEAR)
    frame["border"] = frame.groupby(borders, sort=True).ngroup()
    keys = [*borders, *likes, "duty", "duty_due", "modes"]
    group = np.asarray(frame.groupby(keys, sort=True).ngroup(), dtype=np.int64)
    # A street that is one run is one project, wherever its segments are missing.
    frame["piece"] = clusters(spots, group, rules.max_gap_m) if len(frame) else group
    frame["group"] = group
    first = frame.groupby(["group", "piece"])["asset_id"].transform("min")
    frame["group"] = (
        pd.DataFrame({"g": group, "a": first}).groupby(["g", "a"], sort=True).ngroup()
    )
    return frame.drop(columns=["piece", "duty", "duty_due", *borders]), likes


def _numbered(part: ClassFacts, frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Name the projects in the order of their first asset, and say what is one in them.

    Rank and due year of a project are those of its strictest duty; its modes are those
    that every asset may have.
    """
    frame["part"] = frame.groupby("part", sort=False).ngroup()
    frame = frame.sort_values("part", kind="stable", ignore_index=True)
    number = frame["part"] + 1
    width = max(4, len(str(number.max() if len(number) else 0)))
    code = part.asset_class.grouping.code
    frame["project_id"] = code + "-" + number.astype("str").str.zfill(width)
    strictest = (frame["rank"] * 10_000 + frame["due"]).groupby(frame["part"])
    own = strictest.transform("min")
    frame["rank"], frame["due"] = own // 10_000, own % 10_000
    common = []
    for mode in part.asset_class.modes:
        possible = frame[f"price_{mode.id}"] >= 0
        every = possible.groupby(frame["part"]).transform("all")
        frame[f"price_{mode.id}"] = frame[f"price_{mode.id}"].where(every, -1)
        common.append(every.map({True: f"{mode.id};", False: ""}).astype("str"))
    modes = common[0]
    for more in common[1:]:
        modes = modes + more
    frame["modes"] = modes.str.removesuffix(";")
    frame["project_name"] = _names(part, frame, lang)
    made = [c for c in frame if str(c).startswith("like_")]
    return frame.drop(columns=[*made, "group", "part", "border"])


def _candidates(
    part: ClassFacts, marks: pd.DataFrame, taken: Collection[str]
) -> pd.DataFrame:
    rules = part.asset_class.grouping
    frame = part.frame[~part.frame["asset_id"].isin(list(taken))]
    frame = frame.merge(marks[["asset_id", "rank", "due"]], on="asset_id", how="left")
    frame["rank"] = frame["rank"].fillna(NO_DUTY).astype("int64")
    frame["due"] = frame["due"].fillna(NO_YEAR).astype("int64")
    wanted = (frame["rank"] < NO_DUTY) | (frame["grade"] >= rules.candidate_grade)
    if CALLED in frame:
        wanted |= frame[CALLED]
    if rules.candidate_age is not None:
        wanted |= frame["age"] >= rules.candidate_age
    return frame[wanted.to_numpy(dtype=bool, na_value=False)].reset_index(drop=True)


def _priced(
    part: ClassFacts, settings: CaseSettings, barred: Mapping[str, Collection[str]]
) -> pd.DataFrame:
    """Add the price of every mode, the possible modes and the cost by the first."""
    frame = part.frame.copy()
    modes = pd.Series("", index=frame.index, dtype="str")
    cost = np.full(len(frame), np.nan)
    quantity = frame["quantity"].to_numpy(np.float64)
    frame["local"], frame["local_why"] = local_factors(part, settings)
    for mode in part.asset_class.modes:
        number = price_numbers(part, mode)
        number[frame["asset_id"].isin(list(barred.get(mode.id, ())))] = -1
        if mode.trend and settings.population_trend not in mode.trend:
            number[:] = -1
        frame[f"price_{mode.id}"] = number
        modes = modes + np.where(number >= 0, f"{mode.id};", "")
        own = quantity * unit_costs(mode, number, settings.cost_level)
        cost = np.where(np.isnan(cost), own, cost)
    frame["modes"] = modes.str.removesuffix(";")
    frame["base_cost"] = np.nan_to_num(cost) * frame["local"]
    frame["loss_band"] = loss_bands(frame)
    return frame


def loss_bands(frame: pd.DataFrame) -> pd.Series:
    """Give the band of the yearly loss per 万元 of cost, √2 times the one before it.

    The grade of an asset grows with its length; this does not, so that a short worn
    pipe is not parted from the long one that it belongs to.
    """
    loss = frame["risk_now"].astype("float64").to_numpy()
    cost = frame["base_cost"].to_numpy(np.float64)
    known = (loss > 0) & (cost > 0)
    band = np.full(len(frame), np.nan)
    band[known] = np.floor(2 * np.log2(loss[known] / cost[known]))
    return pd.Series(band, index=frame.index).astype("Int64")


def _along_the_street(
    frame: pd.DataFrame, spots: Places
) -> tuple[pd.DataFrame, IntArray]:
    """Order the assets of each group along its longer direction, corridor by corridor.

    Without coordinates: by corridor and identifier. Also gives the order taken.
    """
    middle = spots.middle
    place = pd.DataFrame(
        {"group": frame["group"], "x": middle[:, 0], "y": middle[:, 1]}
    )
    by_group = place.groupby("group")
    bounds = by_group.transform("max") - by_group.transform("min")
    along = np.where(bounds["x"] >= bounds["y"], place["x"], place["y"])
    rows = frame[["group", "corridor_id", "asset_id"]].assign(along=along)
    keys = ["group", "corridor_id"]
    rows["corridor_along"] = rows.groupby(keys)["along"].transform("mean").round(2)
    order = ["group", "corridor_along", "corridor_id", "along", "asset_id"]
    rows = rows.sort_values(order)
    taken = rows.index.to_numpy(np.int64)
    return frame.loc[taken].reset_index(drop=True), taken


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
