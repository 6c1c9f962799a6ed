"""What works gain besides the loss removed, line by line: points and operating loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
import pandas as pd

from renewopt.catalogue.gains import Gain, Measure
from renewopt.catalogue.modes import BP
from renewopt.core.case_schema import POINTS
from renewopt.core.money import UNITS_PER_WAN
from renewopt.projects.benefit import counted_years, rest_of
from renewopt.projects.facts import ClassFacts
from renewopt.projects.settings import CaseSettings
from renewopt.projects.works import whole_sums
from renewopt.risk import RiskTable

OPERATING = "benefit_operating"
LATER = "benefit_later"
LINES = [
    "work_id", "measure", "item", "quantity", "unit", "rate", "factor", "from_year",
    "to_year", "source",
]  # fmt: skip
KEYS = ["asset_class", "asset_id"]


def gain_lines(
    facts: Sequence[ClassFacts],
    works: pd.DataFrame,
    members: pd.DataFrame,
    risk: RiskTable,
    settings: CaseSettings,
) -> pd.DataFrame:
    """List what each work gains in points, and the operating loss that it avoids.

    Points: those of the gaps of its assets that its mode fills. Operating loss (water
    leaked, heat lost, make-up water; no part of risk, so nothing counts twice): what
    the assets lose a year × the failures that the mode takes away × the discounted
    years from the year after completion to the end of the benefit years or of the
    service life. Repairs after failures are part of `risk_removed`.

    Parameters
    ----------
    works
        `work_id`, `project_id`, `mode`, `start_year`, `duration`, `life`.
    members
        Assets of the projects.
    """
    of_class = members.drop_duplicates("project_id").set_index("project_id")
    named = works.assign(asset_class=works["project_id"].map(of_class["asset_class"]))
    parts = [_avoided(facts, named, members, risk, settings)]
    for part in facts:
        own = named[named["asset_class"] == part.id]
        mine = members[members["asset_class"] == part.id]
        parts += [_points(part, gain, own, mine) for gain in part.asset_class.gain]
    return put_together(parts)


def put_together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Give the lines of all parts as the table `gains`."""
    filled = [lines for lines in parts if len(lines)]
    if not filled:
        return pd.DataFrame(columns=LINES)
    table = pd.concat(filled, ignore_index=True).reindex(columns=LINES)
    return table.astype({"from_year": "Int64", "to_year": "Int64"})


def later_lines(
    works: pd.DataFrame, loss: pd.Series, source: str, settings: CaseSettings
) -> pd.DataFrame:
    """List the loss removed after the benefit years, to the end of service life.

    At most `later_years` of them: what is said of the time after that is a guess. The
    loss is that of the last year that is known, so deterioration stands still from
    there on, and every year is discounted to the first plan year.

    Parameters
    ----------
    works
        `work_id`, `project_id`, `start_year`, `duration`, `effect_bp`, `life`.
    loss
        Loss a year by project.
    """
    now = works["project_id"].map(loss).fillna(0.0).to_numpy(np.float64)
    share = works["effect_bp"].to_numpy(np.float64) / BP
    years = counted_years(works, settings, later=True)
    lines = works[["work_id"]].assign(
        measure=LATER, item="later", quantity=1.0, unit="project",
        rate=np.round(now * share, 6), source=source,
    )  # fmt: skip
    lines = pd.concat([lines, years], axis=1)
    return lines[(lines["rate"] > 0) & (lines["factor"] > 0)]


def add_gains(works: pd.DataFrame, lines: pd.DataFrame) -> None:
    """Add the columns that the lines come to: whole points, money in units.

    Where nothing is gained the columns are there and 0, so that a weight on them is no
    fault of the scenario.
    """
    for measure in (LATER, OPERATING, *get_args(Measure)):
        own = lines[lines["measure"] == measure]
        one = 1 if measure.startswith(POINTS) else UNITS_PER_WAN
        sums = whole_sums(own, "rate", one)
        gained = works["work_id"].map(sums).fillna(0)
        works[measure] = gained.astype("int64")


def _points(
    part: ClassFacts, gain: Gain, works: pd.DataFrame, members: pd.DataFrame
) -> pd.DataFrame:
    frame = part.stated
    lacking = frame[part.select_stated(gain.where)]
    amounts = {
        "asset": pd.Series(1.0, index=lacking.index),
        "household": lacking["households"],
        "km": lacking["metres"] / 1000,
        "quantity": lacking["quantity"],
    }
    size = amounts[gain.per].fillna(0.0).to_numpy(np.float64)
    rows = pd.DataFrame({"asset_id": lacking["asset_id"], "quantity": size})
    rows = rest_of(members).merge(rows, on="asset_id")
    rows["quantity"] = rows["quantity"] * rows["rest"]
    size_of = rows.groupby("project_id")["quantity"].sum().round(2)
    modes = [mode.id for mode in part.asset_class.modes if gain.id in mode.fills]
    own = works[works["mode"].isin(modes)]
    lines = own.assign(quantity=own["project_id"].map(size_of))
    lines = lines[lines["quantity"] > 0]
    unit = part.asset_class.unit if gain.per == "quantity" else gain.per
    return lines.assign(
        measure=gain.measure,
        item=gain.id,
        unit=unit,
        rate=round(gain.points, 6),
        factor=1.0,
        source=gain.source,
    )


def _avoided(
    facts: Sequence[ClassFacts],
    works: pd.DataFrame,
    members: pd.DataFrame,
    risk: RiskTable,
    settings: CaseSettings,
) -> pd.DataFrame:
    if "running_loss" not in risk.assets:
        return pd.DataFrame()
    losing = risk.assets[risk.assets["running_loss"] > 0]
    own = losing[[*KEYS, "running_loss"]]
    own = own.astype({"asset_class": "str", "asset_id": "str"})
    loss = rest_of(members).merge(own, on=KEYS)
    lost = loss["running_loss"] * loss["rest"]
    yearly = lost.groupby(loss["project_id"]).sum()
    effects = pd.Series(
        {(p.id, m.id): m.effect_bp / BP for p in facts for m in p.asset_class.modes}
    )
    named = pd.MultiIndex.from_frame(works[["asset_class", "mode"]])
    share = effects.reindex(named).to_numpy(np.float64)
    rate = works["project_id"].map(yearly).fillna(0.0).to_numpy(np.float64) * share
    source = {p.id: _sources(p) for p in facts}
    lines = works.assign(
        measure=OPERATING,
        item="operating",
        quantity=1.0,
        unit="project",
        rate=np.round(rate, 6),
        source=works["asset_class"].map(source),
    )
    lines = pd.concat([lines, counted_years(works, settings, later=False)], axis=1)
    return lines[(lines["rate"] > 0) & (lines["factor"] > 0)]


def _sources(part: ClassFacts) -> str:
    running = part.asset_class.consequence.running
    return "; ".join(f"{item.id}: {item.source}" for item in running)
