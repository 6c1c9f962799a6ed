"""From an inventory to its risk table, as known at the end of the as-of year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass, Catalogue
from renewopt.catalogue.hazard import Z90
from renewopt.catalogue.selection import number_column
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory import Inventory
from renewopt.risk import grades
from renewopt.risk.learn import (
    Correction,
    from_own_record,
    from_records,
    no_correction,
)
from renewopt.risk.learned import learned_rates
from renewopt.risk.loss import consequence
from renewopt.risk.prior import Prior, make_prior
from renewopt.risk.records import Records, class_records
from renewopt.risk.table import (
    ASSET_COLUMNS,
    REASON_SEPARATOR,
    YEAR_COLUMNS,
    RiskTable,
)

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

NOTABLE = 1.25
"""A learned factor of kinds from which (or below 1 ÷ it) it counts as a reason."""


@dataclass(frozen=True)
class _Scored:
    years: pd.DataFrame
    assets: pd.DataFrame
    notes: tuple[Message, ...]


def score(
    inventory: Inventory, catalogue: Catalogue, as_of_year: int, horizon: int
) -> RiskTable:
    """Score every asset for the years after `as_of_year`.

    risk = expected failures · consequence; nothing that is recorded or renewed after
    the as-of year is used.

    Parameters
    ----------
    as_of_year
        Last year that is known.
    horizon
        Number of years to score, from the year after it.

    Raises
    ------
    InputError
        Where the horizon is no positive number or a class is not in the catalogue.
    """
    if horizon < 1:
        raise InputError.of("risk.bad_horizon", value=horizon)
    unknown = sorted(set(inventory.assets) - set(catalogue.asset_classes))
    if unknown:
        known = sorted(catalogue.asset_classes)
        raise InputError.of("risk.unknown_class", value=unknown, known=known)
    years = list(range(as_of_year + 1, as_of_year + horizon + 1))
    scored = [
        _score_class(inventory, catalogue, name, as_of_year, years)
        for name, frame in sorted(inventory.assets.items())
        if len(frame)
    ]
    return RiskTable(
        table=_concat([s.years for s in scored], YEAR_COLUMNS),
        assets=_concat([s.assets for s in scored], ASSET_COLUMNS),
        notes=tuple(note for s in scored for note in s.notes),
    )


def _concat(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(frames, ignore_index=True)


def _score_class(
    inventory: Inventory,
    catalogue: Catalogue,
    name: str,
    as_of_year: int,
    years: list[int],
) -> _Scored:
    cls = catalogue.asset_classes[name]
    frame = inventory.assets[cls.id].sort_values("asset_id", kind="stable")
    frame = _with_road_class(frame.reset_index(drop=True), inventory.corridors)
    prior = make_prior(frame, cls, as_of_year, inventory.qualities)
    records = class_records(inventory.failures, cls.id, frame, prior, as_of_year)
    learned, used, notes = learned_rates(inventory, catalogue, cls, prior, years)
    if learned is not None:
        correction = learned.correction
    elif used == "prior":
        correction = no_correction(len(frame), cls.hazard.log_sd)
    else:
        correction = _correct(frame, cls, prior, records, as_of_year)
    path = None if learned is None else learned.path
    cof, loss_reasons = consequence(frame, cls)
    table = _years(frame, cls, prior, correction, cof, years, path)
    first = table["lof"].to_numpy()[:: len(years)]
    lof_grade, cof_grade = grades.lof_grade(first), grades.cof_grade(cof)
    reasons = prior.reasons | loss_reasons | _record_reasons(records, correction)
    assets = pd.DataFrame(
        {
            "asset_class": cls.id,
            "asset_id": frame["asset_id"].astype("str"),
            "grade": grades.risk_grade(lof_grade, cof_grade),
            "lof_grade": lof_grade,
            "cof_grade": cof_grade,
            "reasons": _join(reasons, len(frame)),
            "expert_share": correction.expert_share,
            "rate_multiplier": correction.factor,
        }
    )
    if learned is None:
        notes = (*_notes(cls, prior, records, correction), *notes)
    return _Scored(table, assets, notes)


def _with_road_class(frame: pd.DataFrame, corridors: pd.DataFrame) -> pd.DataFrame:
    """Take the class of the road from the corridor where the asset has none."""
    if "corridor_id" not in frame or "road_class" not in corridors:
        return frame
    by_corridor = corridors.drop_duplicates("corridor_id").set_index("corridor_id")
    found = frame["corridor_id"].map(by_corridor["road_class"])
    if "road_class" in frame:
        found = frame["road_class"].where(frame["road_class"].notna(), found)
    return frame.assign(road_class=found)


def _correct(
    frame: pd.DataFrame,
    cls: AssetClass,
    prior: Prior,
    records: Records,
    as_of_year: int,
) -> Correction:
    """Use failure records, else the asset's own count; a count filled in wins."""
    log_sd = cls.hazard.log_sd
    if records.used:
        learned = from_records(frame, cls, records.seen, records.expected)
    else:
        learned = no_correction(len(frame), log_sd)
    own = cls.hazard.record
    if own is None or own.column not in frame:
        return learned
    seen = number_column(frame, own.column)
    hoped = prior.expected(as_of_year) * own.years
    counted = from_own_record(seen, hoped, log_sd)
    has = ~np.isnan(seen)
    return Correction(
        factor=np.where(has, counted.factor, learned.factor),
        kind_factor=np.where(has, counted.kind_factor, learned.kind_factor),
        log_variance=np.where(has, counted.log_variance, learned.log_variance),
        expert_share=np.where(has, counted.expert_share, learned.expert_share),
    )


def _years(
    frame: pd.DataFrame,
    cls: AssetClass,
    prior: Prior,
    correction: Correction,
    cof: FloatArray,
    years: list[int],
    path: FloatArray | None,
) -> pd.DataFrame:
    """Build the rows per asset and year, assets in order, years within them.

    Parameters
    ----------
    path
        What a trained model expects by asset and year; None: the expert rate times
        the factor from records.
    """
    factor = correction.factor * prior.factor_after
    expected, young, old = (
        np.column_stack([prior.expected(year, since) * factor for year in years])
        for since in (prior.since, prior.since_young, prior.since_old)
    )
    if path is not None:
        learned = path * prior.factor_after[:, None]
        change = np.divide(
            learned, expected, out=np.ones_like(learned), where=expected > 0
        )
        expected, young, old = learned, young * change, old * change
    spread = np.sqrt(correction.log_variance + cls.consequence.log_sd**2)
    wide = np.exp(Z90 * spread)[:, None]
    size, count = expected.shape
    return pd.DataFrame(
        {
            "asset_class": cls.id,
            "asset_id": frame["asset_id"].astype("str").repeat(count).array,
            "year": np.tile(np.array(years, dtype=np.int64), size),
            "lof": -np.expm1(-expected).ravel(),
            "expected_failures": expected.ravel(),
            "cof": np.repeat(cof, count),
            "risk": (expected * cof[:, None]).ravel(),
            "low": (young * cof[:, None] / wide).ravel(),
            "high": (old * cof[:, None] * wide).ravel(),
        }
    )


def _record_reasons(records: Records, correction: Correction) -> dict[str, BoolArray]:
    size = len(correction.factor)
    kind = correction.kind_factor
    own = correction.factor / kind
    return {
        "own_failures": own > NOTABLE,
        "learned_up": kind > NOTABLE,
        "learned_down": kind < 1.0 / NOTABLE,
        "expert_only": np.full(size, True) & (correction.expert_share >= 1.0),
    }


def _join(reasons: dict[str, BoolArray], size: int) -> npt.NDArray[np.object_]:
    """Join the codes that hold for each asset; each pattern is joined once."""
    flags = np.column_stack([*reasons.values(), np.zeros(size, dtype=np.bool_)])
    patterns, which = np.unique(flags, axis=0, return_inverse=True)
    codes = [*reasons, ""]
    texts = [
        REASON_SEPARATOR.join(code for code, on in zip(codes, row, strict=True) if on)
        for row in patterns
    ]
    return np.array(texts, dtype=object)[which.ravel()]


def _notes(
    cls: AssetClass, prior: Prior, records: Records, correction: Correction
) -> tuple[Message, ...]:
    notes: list[Message] = []
    count = int(prior.reasons["age_unknown"].sum())
    if count and cls.hazard.age_if_missing is not None:
        notes.append(
            message(
                "risk.age_unknown",
                asset_class=cls.id,
                count=count,
                total=len(prior.since),
                age=cls.hazard.age_if_missing.mid,
            )
        )
    if records.after:
        notes.append(
            message("risk.records_after", asset_class=cls.id, count=records.after)
        )
    if records.used:
        notes.append(
            message(
                "risk.learned",
                asset_class=cls.id,
                records=records.used,
                first=records.first_year,
                last=records.last_year,
                expected=round(float(records.expected.sum()), 1),
                expert_share=float(np.mean(correction.expert_share)),
            )
        )
    elif (correction.expert_share >= 1.0).all():
        notes.append(message("risk.no_records", asset_class=cls.id))
    return tuple(notes)
