"""What the user must know about a scored class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.selection import number_column
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory import Inventory
from renewopt.risk.learn import Correction
from renewopt.risk.official import Bounds, assessment_columns
from renewopt.risk.own_counts import counts_of_others
from renewopt.risk.prior import Prior, abandoned
from renewopt.risk.records import Records, predecessor_records
from renewopt.risk.renewed_later import renewed_later

FloatArray = npt.NDArray[np.float64]

FAR = 5
"""Years after the newest thing in an inventory from which a score says that it knows
nothing of the years between (editable assumption)."""
MOST_OF_ALL, MANY = 1 / 3, 20
"""Share of a class's failures that one asset may have, of at least so many records."""
YEARS = ("install_year", "renewed_year", "assessment_year")


def expert_notes(
    cls: AssetClass,
    prior: Prior,
    records: Records,
    correction: Correction,
    rule: int,
    counts: FloatArray,
) -> Iterator[Message]:
    """Tell what a class scored without a trained model rests on.

    Parameters
    ----------
    rule
        What `evidence.records_to_rule` gives.
    counts
        Own counts of the assets that were used in place of records; NaN: none.
    """
    yield from _ages(cls, prior)
    yield from recording_notes(cls, records.first_year, records.early, records.silent)
    if records.after:
        yield message("risk.records_after", asset_class=cls.id, count=records.after)
    counted = ~np.isnan(counts)
    if counted.any():
        yield message(
            "risk.own_counts",
            asset_class=cls.id,
            count=int(counted.sum()),
            columns=[record.column for record in cls.hazard.record],
            seen=float(np.nansum(counts)),
        )
    alone = correction.expert_share >= 1.0
    if records.used and counted.any():
        yield message(
            "risk.records_by_counts", asset_class=cls.id, records=records.used
        )
    if records.used and not counted.all():
        yield message(
            "risk.learned",
            asset_class=cls.id,
            records=records.used,
            first=records.first_year,
            last=records.last_year,
            expected=round(float(records.expected.sum()), 1),
            expert_share=float(np.mean(correction.expert_share)),
        )
    elif alone.all():
        if rule > 0:
            yield message("risk.no_records", asset_class=cls.id, needed=rule)
        else:
            yield message("risk.no_records_ever", asset_class=cls.id)
    elif alone.any():
        yield message(
            "risk.partly_cold",
            asset_class=cls.id,
            count=int(alone.sum()),
            total=len(alone),
        )


def one_asset_notes(
    cls: AssetClass, frame: pd.DataFrame, records: Records
) -> Iterator[Message]:
    """Tell of a number under which most failures of a class are recorded."""
    total = float(records.seen.sum())
    most = int(np.argmax(records.seen)) if total else 0
    if total >= MANY and records.seen[most] > MOST_OF_ALL * total:
        yield message(
            "risk.one_asset",
            asset_class=cls.id,
            asset=str(frame["asset_id"].iloc[most]),
            count=round(float(records.seen[most])),
            total=round(total),
        )


def recording_notes(
    cls: AssetClass, first: int, early: int, silent: Iterable[int]
) -> Iterator[Message]:
    """Tell which years count as not recorded, and from when records count."""
    if early:
        yield message(
            "risk.recorded_from", asset_class=cls.id, first=first, count=early
        )
    gaps = sorted(silent)
    if gaps:
        yield message("risk.not_recorded", asset_class=cls.id, years=gaps)


def renewed_later_notes(
    cls: AssetClass, frame: pd.DataFrame, year: int
) -> Iterator[Message]:
    """Tell that what was renewed later is not known as it was."""
    count = int(renewed_later(frame, year).sum())
    if count:
        yield message("risk.renewed_later", asset_class=cls.id, count=count, as_of=year)


def own_count_notes(
    cls: AssetClass, frame: pd.DataFrame, as_of_year: int
) -> Iterator[Message]:
    """Tell of counts that reach back before the renewal of their asset."""
    left = int(counts_of_others(frame, cls, as_of_year).sum())
    if left:
        yield message("risk.count_of_predecessor", asset_class=cls.id, count=left)


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
    cls: AssetClass,
    frame: pd.DataFrame,
    stated: pd.DataFrame,
    bounds: Bounds,
    last: int,
) -> Iterator[Message]:
    """Tell of outcomes that are only hints, and of what was not known yet.

    Parameters
    ----------
    frame, stated
        The assets as known in the as-of year, and as the inventory has them.
    last
        Last year scored.
    """
    gone = [
        name
        for name, date in cls.hazard.overwritten.items()
        if not date and name in stated
        if stated[name].notna().sum() > frame[name].notna().sum()
    ]
    if gone:
        yield message("risk.undated_left_out", asset_class=cls.id, columns=gone)
    back = int((abandoned(stated) & ~abandoned(frame)).sum())
    if back:
        yield message("risk.abandoned_unknown", asset_class=cls.id, count=back)
    column, date = assessment_columns(cls)
    if column not in stated:
        return
    rule = cls.hazard.assessment
    old = int(bounds.reasons["assessed_old"].sum()) if bounds.reasons else 0
    if rule is not None and old:
        yield message(
            "risk.assessment_old",
            asset_class=cls.id,
            count=old,
            years=rule.valid_years,
        )
    ending = bounds.ending(last) if bounds.reasons else 0
    if rule is not None and ending:
        yield message(
            "risk.assessment_ends",
            asset_class=cls.id,
            count=ending,
            years=rule.valid_years,
        )
    gone_too = (stated[column].notna() & frame[column].isna()).to_numpy(dtype=bool)
    undated = np.isnan(number_column(stated, date))
    late = int((gone_too & ~undated).sum())
    if late:
        yield message("risk.assessment_later", asset_class=cls.id, count=late)
    without = int((gone_too & undated).sum())
    if without:
        yield message("risk.assessment_undated", asset_class=cls.id, count=without)


def not_there(cls: AssetClass, frame: pd.DataFrame, last: int) -> Iterator[Message]:
    """Tell of assets that are built only after the last year scored."""
    count = int((number_column(frame, "install_year") > last).sum())
    if count:
        yield message("risk.not_there", asset_class=cls.id, count=count, last=last)


def require_some(inventory: Inventory, as_of_year: int, last: int) -> None:
    """Refuse years before anything with a date: there is nothing to tell risks by.

    What has no date (points, above all) would otherwise be scored as it is today, in a
    year from which nothing is known of it.

    Raises
    ------
    InputError
        Where years of building are stated and everything dated (built, renewed,
        assessed, failed) is later than the last year scored.
    """
    built = [_dated(frame, ("install_year",)) for frame in inventory.assets.values()]
    first = _first_dated(inventory)
    if first is not None and first > last and any(len(years) for years in built):
        raise InputError.of(
            "risk.nothing_there", as_of=as_of_year, last=last, first=first
        )


def before_known(inventory: Inventory, as_of_year: int) -> Iterator[Message]:
    """Tell that assets without any date are scored before anything is known."""
    first = _first_dated(inventory)
    if first is not None and first > as_of_year:
        yield message("risk.before_known", as_of=as_of_year, first=first)


def _first_dated(inventory: Inventory) -> int | None:
    """Give the first year in which anything was built, renewed, assessed or failed."""
    years = [_dated(frame, YEARS) for frame in inventory.assets.values()]
    records = (inventory.failures, inventory.predecessor_failures)
    years += [_dated(frame, ("year",)) for frame in records]
    known = np.concatenate(years)
    return int(known.min()) if len(known) else None


def worse_notes(worse: Iterable[Mapping[str, Any]]) -> Iterator[Message]:
    """Say where a baseline is better than the model beyond noise.

    Parameters
    ----------
    worse
        What `Backtest.worse` gives.
    """
    for item in worse:
        digits = 5 if item["measure"] == "brier" else 3
        value, low, high = (f"{item[k]:+.{digits}f}" for k in ("value", "low", "high"))
        yield message(
            "risk.worse_in",
            measure=f"backtest.{item['measure']}",
            name=item["name"],
            value=value,
            low=low,
            high=high,
        )


def abandoned_notes(cls: AssetClass, prior: Prior) -> Iterator[Message]:
    """Tell that nobody knows since when assets are out of use."""
    count = 0 if prior.last is None else int(np.isfinite(prior.last).sum())
    if count:
        yield message("risk.abandoned_unknown", asset_class=cls.id, count=count)


def far_ahead(inventory: Inventory, as_of_year: int) -> Iterator[Message]:
    """Tell that an as-of year is far beyond everything that is known."""
    newest = [_newest(frame, YEARS) for frame in inventory.assets.values()]
    newest.append(_newest(inventory.failures, ("year",)))
    known = [year for year in newest if year is not None]
    if known and as_of_year - max(known) > FAR:
        yield message("risk.far_ahead", as_of=as_of_year, last=max(known))


def _newest(frame: pd.DataFrame, columns: tuple[str, ...]) -> int | None:
    values = _dated(frame, columns)
    return int(values.max()) if len(values) else None


def _dated(frame: pd.DataFrame, columns: tuple[str, ...]) -> FloatArray:
    """Give the years that columns state."""
    years = [number_column(frame, name) for name in columns if name in frame]
    values = np.concatenate(years) if years else np.empty(0)
    return values[~np.isnan(values)]
