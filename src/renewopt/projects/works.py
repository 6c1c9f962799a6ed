"""Projects × modes × start years: what each work costs, when, and what it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.asset_class import AssetClass
from renewopt.catalogue.modes import BP, Mode, stretched
from renewopt.core.money import UNITS_PER_WAN
from renewopt.projects.approvals import may_start
from renewopt.projects.benefit import NO_END
from renewopt.projects.settings import CaseSettings

LOCAL = " @ "
"""Stands in the item of a cost line before what its local factor is for."""
IntArray = npt.NDArray[np.int64]
Spans = Mapping[str, Mapping[int, int]]

RESOURCES = pd.DataFrame(
    [("households", "households", 0), ("km", "km", 3), ("sites", "sites", 0)],
    columns=["resource", "unit", "decimals"],
)
"""What works take up besides money; km to the metre."""


@dataclass(frozen=True, eq=False)
class WorkTables:
    """Tables of works as a case has them; `works` also has `effect_bp`."""

    works: pd.DataFrame
    cost_lines: pd.DataFrame
    payments: pd.DataFrame
    use: pd.DataFrame


def new_works(
    asset_class: AssetClass,
    members: pd.DataFrame,
    settings: CaseSettings,
    less: pd.DataFrame | None = None,
    stages: Mapping[str, str] | None = None,
    spans: Spans | None = None,
) -> WorkTables:
    """Make the works of every project of a class that is not running.

    Cost = Σ quantity × unit price × price factor of the start year, rounded once per
    work; payments split it by the mode's profile so that they add up to it.

    Parameters
    ----------
    members
        Assets of the projects as `group.form_projects` gives them.
    less
        Cost lines that are taken off because other projects pay for what a price
        includes: `project_id`, `mode`, the columns of a cost line, and `priced_as`, the
        class whose price factor counts.
    stages
        Step of the approval that a project's package has reached, where it is not that
        of all packages formed here.
    spans
        For projects that move into another: the years of its works by their start.
    """
    parts = [_lines(asset_class, mode, members, settings) for mode in asset_class.modes]
    lines = pd.concat(parts, ignore_index=True)
    lines = lines.assign(sign=1, priced_as=asset_class.id)
    if less is not None and len(less):
        own = less[less["project_id"].isin(lines["project_id"])]
        taken = own[lines.columns.drop("sign")].assign(sign=-1)
        lines = pd.concat([lines, taken], ignore_index=True)
    lines = lines.merge(_factors(lines, settings), on="priced_as")
    lines = lines[may_start(lines, asset_class, settings, stages or {})]
    moving = {mode.id for mode in asset_class.modes if mode.moves_in}
    lines = lines[~lines["mode"].isin(moving) | (years_of(lines, spans) > 0)]
    local = lines.pop("local").fillna(1.0)
    lines["factor"] = (lines["factor"] * local).round(6) * lines.pop("sign")
    lines["work_id"] = work_ids(lines)
    by_mode = {mode.id: mode for mode in asset_class.modes}
    heads = ["work_id", "project_id", "mode", "start_year"]
    works = lines[heads].drop_duplicates("work_id").sort_values("work_id")
    works["cost"] = cost_units(lines).reindex(works["work_id"]).to_numpy(np.int64)
    years = pd.Series(durations(works, by_mode, members, settings), works.index)
    works["duration"] = years.where(
        ~works["mode"].isin(moving), years_of(works, spans)
    ).astype("int64")
    ends = [mode.id for mode in asset_class.modes if mode.gives_up]
    works["retires"] = works["mode"].isin(ends).astype("int64")
    works["effect_bp"] = works["mode"].map({m: effect(by_mode[m]) for m in by_mode})
    works["life"] = works["mode"].map(
        {m: by_mode[m].service_life or NO_END for m in by_mode}
    )
    works = works.reset_index(drop=True)
    funded = _funded(members)
    operator = members.loc[members["ownership"] == "operator", "project_id"]
    payments = pd.concat(
        [
            _payments(works[works["mode"] == mode.id], mode, set(operator), funded)
            for mode in asset_class.modes
        ],
        ignore_index=True,
    )
    amounts = quantities(asset_class, members)
    columns = ["work_id", "item", "quantity", "unit", "unit_price", "factor", "source"]
    return WorkTables(works, lines[columns], payments, resource_use(works, amounts))


def years_of(rows: pd.DataFrame, spans: Spans | None) -> pd.Series:
    """Give the years that a project's move takes from each start; 0: none begins."""
    known = spans or {}
    pairs = zip(rows["project_id"], rows["start_year"], strict=True)
    found = [known.get(project, {}).get(start, 0) for project, start in pairs]
    return pd.Series(found, index=rows.index, dtype="int64")


def _factors(lines: pd.DataFrame, settings: CaseSettings) -> pd.DataFrame:
    """Give the price factor of every start year, by the class that is priced."""
    return pd.DataFrame(
        [
            (name, year, settings.cost_factor(name, year))
            for name in sorted(set(lines["priced_as"]))
            for year in settings.plan_years
        ],
        columns=["priced_as", "start_year", "factor"],
    )


def effect(mode: Mode) -> float:
    """Give the share of the loss that is gone: fewer failures, and milder ones."""
    return BP - (BP - mode.effect_bp) * (BP - mode.consequence_bp) / BP


def durations(
    works: pd.DataFrame,
    by_mode: Mapping[str, Mode],
    members: pd.DataFrame,
    settings: CaseSettings,
) -> IntArray:
    """Give the years of works: those of the mode, or what its pace and season ask.

    Months = setup + quantity / pace; years = months over the season's months, rounded
    up. The season is no longer than the construction window of the approval.
    """
    window = 12 if settings.approval is None else settings.approval.window_months
    size = members.groupby("project_id")["quantity"].sum()
    quantity = works["project_id"].map(size).fillna(0).to_numpy(np.float64)
    years = np.zeros(len(works), dtype=np.int64)
    for name, mode in by_mode.items():
        own = (works["mode"] == name).to_numpy(dtype=bool)
        years[own] = mode.duration
        if mode.pace is not None:
            months = mode.pace.setup_months + quantity / mode.pace.per_month
            season = min(mode.pace.season_months, window)
            need = np.ceil(months / season - 1e-9).astype(np.int64)
            years[own] = np.maximum(years, need)[own]
    return years


def longer(parts: Sequence[int], years: int, duration: int) -> list[int]:
    """Stretch a profile by year to works that take longer; retention stays at the end.

    The parts of the years of works are shared out in equal parts over the longer works.
    """
    if years <= duration:
        return list(parts)
    return stretched(parts, duration, years)


def cost_units(lines: pd.DataFrame) -> pd.Series:
    """Give Σ quantity × unit price × factor per work in units, rounded half up once.

    Reckoned with whole numbers (quantities have two decimals, prices and factors six),
    so that whoever adds up the lines again gets the same cost to the unit.
    """
    return whole_sums(lines, "unit_price", UNITS_PER_WAN)


def whole_sums(lines: pd.DataFrame, price: str, per_one: int) -> pd.Series:
    """Give Σ quantity × price × factor per work times `per_one`, half up to a whole."""
    scales = {"quantity": 100, price: 10**6, "factor": 10**6}
    product = pd.Series(1, index=lines.index, dtype="object")
    for column, scale in scales.items():
        whole = np.rint(lines[column].to_numpy(np.float64) * scale).astype(np.int64)
        product = product * whole.astype(object)
    total = product.groupby(lines["work_id"], sort=True).sum()
    one_unit = 100 * 10**6 * 10**6 // per_one
    return ((total + one_unit // 2) // one_unit).astype("int64")


def work_ids(frame: pd.DataFrame) -> pd.Series:
    """Name works `<project>.<mode>.<start year>`."""
    year = frame["start_year"].astype("str")
    return frame["project_id"].astype("str") + "." + frame["mode"] + "." + year


def _lines(
    asset_class: AssetClass, mode: Mode, members: pd.DataFrame, settings: CaseSettings
) -> pd.DataFrame:
    """Add up the quantities of each project by price; add the mode's fixed cost."""
    number = members[f"price_{mode.id}"]
    own = members[number >= 0]
    if "local" not in own:
        own = own.assign(local=1.0, local_why="")
    keys = ["project_id", f"price_{mode.id}", "local", "local_why"]
    lines = own.groupby(keys, sort=True)["quantity"].sum().round(2).reset_index()
    price = lines.pop(f"price_{mode.id}").to_numpy(np.int64)
    prices = pd.DataFrame(
        {
            "item": [p.id for p in mode.price],
            "unit_price": [p.at(settings.cost_level) for p in mode.price],
            "source": [p.source for p in mode.price],
        }
    )
    parts = prices.iloc[price].reset_index(drop=True)
    lines = pd.concat([lines, parts], axis=1)
    # What costs more where it lies is a line of its own.
    there = lines.pop("local_why").astype("str")
    word = LOCAL + there
    lines["item"] = lines["item"].astype("str") + word.where(there != "", "")
    lines["source"] = _sources(lines["source"], there, settings)
    lines = lines.assign(mode=mode.id, unit=asset_class.unit)
    if mode.fixed is None or not len(lines):
        return lines
    once = lines[["project_id"]].drop_duplicates().assign(
        quantity=1.0, item="fixed", unit_price=mode.fixed.at(settings.cost_level)
    )  # fmt: skip
    once = once.assign(
        source=mode.fixed.source, mode=mode.id, unit="project", local=1.0
    )
    return pd.concat([lines, once[lines.columns]], ignore_index=True)


def _sources(own: pd.Series, there: pd.Series, settings: CaseSettings) -> list[str]:
    """Add to the source of a price where its local factors come from."""
    known = {item.why: item.source for item in settings.local}
    found = []
    for source, why in zip(own.astype("str"), there, strict=True):
        more = [f"{word}: {known.get(word, '')}" for word in why.split("+") if word]
        found.append("; ".join([source, *more]))
    return found


def split_exactly(total: IntArray, shares: Sequence[int]) -> IntArray:
    """Split whole amounts by shares so that the parts add up; shape (rows, parts).

    Each part is the difference of two cumulative amounts rounded down.
    """
    reached = np.cumsum(shares)
    whole = int(reached[-1])
    up_to = total[:, None] * reached[None, :] // whole
    parts: IntArray = np.diff(up_to, axis=1, prepend=0).astype(np.int64)
    return parts


def _funded(members: pd.DataFrame) -> pd.Series:
    """Give the part of each project that grants paid for before, basis points."""
    if "funded" not in members:
        return pd.Series(dtype="float64")
    weight = members["base_cost"].where(members["base_cost"] > 0, 1e-9)
    by_project = members["project_id"]
    paid = (weight * members["funded"]).groupby(by_project).sum()
    share = paid / weight.groupby(by_project).sum()
    return pd.Series(np.ceil((share * BP).round(6)), index=share.index)


def _payments(
    works: pd.DataFrame, mode: Mode, operator: set[str], funded: pd.Series
) -> pd.DataFrame:
    groups = [
        _paid(own, mode, int(str(years)), operator, funded)
        for years, own in works.groupby("duration", sort=True)
    ]
    filled = [group for group in groups if len(group)]
    if not filled:
        return pd.DataFrame(columns=["work_id", "year", "cost", "eligible_cost"])
    return pd.concat(filled, ignore_index=True)


def _paid(
    works: pd.DataFrame, mode: Mode, years: int, operator: set[str], funded: pd.Series
) -> pd.DataFrame:
    """Pay the works that take so many years; their value grows while they go on."""
    profile = longer(mode.payment_bp, years, mode.duration)
    done = [1] * years
    if mode.progress_bp:
        done = longer(mode.progress_bp, years, mode.duration)
    count = max(len(profile), len(done))
    profile, done = (p + [0] * (count - len(p)) for p in (profile, done))
    cost = works["cost"].to_numpy(np.int64)
    parts, value = split_exactly(cost, profile), split_exactly(cost, done)
    start = works["start_year"].to_numpy(np.int64)
    table = pd.DataFrame(
        {
            "work_id": np.repeat(works["work_id"].to_numpy(object), count),
            "year": (start[:, None] + np.arange(count)[None, :]).ravel(),
            "cost": parts.ravel(),
            "works_value": value.ravel(),
        }
    )
    grants = ~works["project_id"].isin(operator).to_numpy(dtype=bool)
    eligible = np.repeat(np.where(grants, mode.eligible_bp, 0), count)
    left = BP - works["project_id"].map(funded).fillna(0).to_numpy(np.float64)
    rest = np.repeat(left.astype(np.int64), count)
    table["eligible_cost"] = table["cost"] * eligible * rest // (BP * BP)
    return table[(table["cost"] > 0) | (table["works_value"] > 0)]


def quantities(asset_class: AssetClass, members: pd.DataFrame) -> pd.DataFrame:
    """Give what each project takes up in total, by resource in its last decimal."""
    by_project = members.groupby("project_id", sort=True)
    if asset_class.geometry == "line":
        metres = by_project["metres"].sum()
        return pd.DataFrame({"km": metres.round().astype("int64")})
    households = by_project["households"].sum().round().astype("int64")
    return pd.DataFrame(
        {"sites": by_project.size().astype("int64"), "households": households}
    )


def resource_use(works: pd.DataFrame, amounts: pd.DataFrame) -> pd.DataFrame:
    """Spread kilometres over the years of works; sites and households in the first.

    Amounts in natural units (km with three decimals).
    """
    found: list[pd.DataFrame] = []
    for duration, own in works.groupby("duration", sort=True):
        for resource in amounts.columns:
            total = own["project_id"].map(amounts[resource]).to_numpy(np.int64)
            shares = [1] * int(str(duration)) if resource == "km" else [1]
            parts = split_exactly(total, shares)
            start = own["start_year"].to_numpy(np.int64)[:, None]
            table = pd.DataFrame(
                {
                    "work_id": np.repeat(own["work_id"].to_numpy(object), len(shares)),
                    "year": (start + np.arange(len(shares))[None, :]).ravel(),
                    "resource": resource,
                    "amount": parts.ravel() / (1000 if resource == "km" else 1),
                }
            )
            found.append(table[table["amount"] > 0])
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()
