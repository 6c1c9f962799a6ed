"""What the user must know about a scored class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.selection import number_column
from renewopt.core.errors import Message, message
from renewopt.inventory import Inventory
from renewopt.risk.learn import Correction
from renewopt.risk.official import Bounds
from renewopt.risk.prior import Prior
from renewopt.risk.records import Records, predecessor_records

FAR = 5
"""Years after the newest thing in an inventory from which a score says that it knows
nothing of the years between (editable assumption)."""
YEARS = ("install_year", "renewed_year", "assessment_year")


def expert_notes(
    cls: AssetClass, prior: Prior, records: Records, correction: Correction, rule: int
) -> Iterator[Message]:
    """Tell what a class scored without a trained model rests on.

    Parameters
    ----------
    rule
        What `evidence.records_to_rule` gives.
    """
    yield from _ages(cls, prior)
    if records.after:
        yield message("risk.records_after", asset_class=cls.id, count=records.after)
    if records.used:
        yield message(
            "risk.learned",
            asset_class=cls.id,
            records=records.used,
            first=records.first_year,
            last=records.last_year,
            expected=round(float(records.expected.sum()), 1),
            expert_share=float(np.mean(correction.expert_share)),
        )
    elif (correction.expert_share >= 1.0).all():
        if rule > 0:
            yield message("risk.no_records", asset_class=cls.id, needed=rule)
        else:
            yield message("risk.no_records_ever", asset_class=cls.id)


def predecessor_notes(
    inventory: Inventory,
    cls: AssetClass,
    frame: pd.DataFrame,
    prior: Prior,
    as_of_year: int,
) -> Iterator[Message]:
    """Tell that all there is was recorded before today's assets were built."""
    count = predecessor_records(inventory, cls, frame, prior, as_of_year)
    if count:
        yield message("risk.predecessors", asset_class=cls.id, count=count)


def _ages(cls: AssetClass, prior: Prior) -> Iterator[Message]:
    count = int(prior.reasons["age_unknown"].sum())
    if count and cls.hazard.age_if_missing is not None:
        yield message(
            "risk.age_unknown",
            asset_class=cls.id,
            count=count,
            total=len(prior.since),
            age=cls.hazard.age_if_missing.mid,
        )


def assessment_notes(
    cls: AssetClass, frame: pd.DataFrame, stated: pd.DataFrame, bounds: Bounds
) -> Iterator[Message]:
    """Tell of outcomes that are only hints, and of what was not known yet.

    Parameters
    ----------
    frame, stated
        The assets as known in the as-of year, and as the inventory has them.
    """
    gone = [
        name
        for name, date in cls.hazard.overwritten.items()
        if not date and name in stated
        if stated[name].notna().sum() > frame[name].notna().sum()
    ]
    if gone:
        yield message("risk.undated_left_out", asset_class=cls.id, columns=gone)
    rule = cls.hazard.assessment
    if rule is None or rule.column not in stated:
        return
    old = int(bounds.reasons["assessed_old"].sum()) if bounds.reasons else 0
    if old:
        yield message(
            "risk.assessment_old",
            asset_class=cls.id,
            count=old,
            years=rule.valid_years,
        )
    late = int(stated[rule.column].notna().sum() - frame[rule.column].notna().sum())
    if late:
        yield message("risk.assessment_later", asset_class=cls.id, count=late)


def far_ahead(inventory: Inventory, as_of_year: int) -> Iterator[Message]:
    """Tell that an as-of year is far beyond everything that is known."""
    newest = [_newest(frame, YEARS) for frame in inventory.assets.values()]
    newest.append(_newest(inventory.failures, ("year",)))
    known = [year for year in newest if year is not None]
    if known and as_of_year - max(known) > FAR:
        yield message("risk.far_ahead", as_of=as_of_year, last=max(known))


def _newest(frame: pd.DataFrame, columns: tuple[str, ...]) -> int | None:
    years = [number_column(frame, name) for name in columns if name in frame]
    values = np.concatenate(years) if years else np.empty(0)
    values = values[~np.isnan(values)]
    return int(values.max()) if len(values) else None
