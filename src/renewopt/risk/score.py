"""From an inventory to its risk table, as known at the end of the as-of year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass, Catalogue
from renewopt.catalogue.selection import number_column
from renewopt.core.errors import InputError, Message
from renewopt.inventory import Inventory
from renewopt.risk import notes
from renewopt.risk.as_of import as_mapped
from renewopt.risk.evidence import records_to_rule
from renewopt.risk.learn import (
    Correction,
    from_own_record,
    from_records,
    no_correction,
)
from renewopt.risk.learned import Learned, learned_rates
from renewopt.risk.loss import Loss, consequence, running_loss
from renewopt.risk.official import bounds, known_then
from renewopt.risk.own_counts import own_counts
from renewopt.risk.population import after_horizon, population_path
from renewopt.risk.prior import Prior, make_prior
from renewopt.risk.records import Records, class_records
from renewopt.risk.rows import failures_by_year, year_rows
from renewopt.risk.strongest import (
    NOT_BUILT,
    fillers,
    likelihood_raised,
    strongest,
)
from renewopt.risk.table import (
    ASSET_COLUMNS,
    MORE_ASSET_COLUMNS,
    MORE_YEAR_COLUMNS,
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


@dataclass(frozen=True)
class _Span:
    """The last year known, the years to score, and the population in them."""

    as_of: int
    years: list[int]
    population: list[float]


def score(
    inventory: Inventory,
    catalogue: Catalogue,
    as_of_year: int,
    horizon: int,
    population: Mapping[int, float] | None = None,
    heads: float = 0,
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
    population
        Year → population (heads, or any index): consequences that hang on people
        follow it. None: it stays as it is.
    heads
        Heads of the as-of year, where `population` is heads without it; 0: not known.

    Raises
    ------
    InputError
        Where the horizon is no positive number, a class is not in the catalogue or
        a population cannot be used.
    """
    if horizon < 1:
        raise InputError.of("risk.bad_horizon", value=horizon)
    unknown = sorted(set(inventory.assets) - set(catalogue.asset_classes))
    if unknown:
        known = sorted(catalogue.asset_classes)
        raise InputError.of("risk.unknown_class", value=unknown, known=known)
    years = list(range(as_of_year + 1, as_of_year + horizon + 1))
    people = population_path(population, as_of_year, years, heads)
    span = _Span(as_of_year, years, people)
    notes.require_some(inventory, as_of_year, years[-1])
    scored = [
        _score_class(inventory, catalogue, name, span)
        for name, frame in sorted(inventory.assets.items())
        if len(frame)
    ]
    return RiskTable(
        table=_concat([s.years for s in scored], (*YEAR_COLUMNS, *MORE_YEAR_COLUMNS)),
        assets=_concat(
            [s.assets for s in scored], (*ASSET_COLUMNS, *MORE_ASSET_COLUMNS)
        ),
        notes=(
            *notes.far_ahead(inventory, as_of_year),
            *notes.before_known(inventory, as_of_year),
            *after_horizon(population, years[-1]),
            *(note for s in scored for note in s.notes),
        ),
    )


def _concat(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame(columns=list(columns))
    if len(frames) == 1:  # spares a copy of what may be most of the memory
        return frames[0]
    return pd.concat(frames, ignore_index=True)


def _score_class(
    inventory: Inventory, catalogue: Catalogue, name: str, span: _Span
) -> _Scored:
    cls = as_mapped(catalogue.asset_classes[name], inventory)
    stated = inventory.assets[cls.id].sort_values("asset_id", kind="stable")
    stated = _with_road_class(stated.reset_index(drop=True), inventory.corridors)
    frame = known_then(stated, cls, span.as_of, inventory)
    prior = make_prior(frame, cls, span.as_of, inventory.qualities)
    records = class_records(inventory.failures, cls, frame, prior, span.as_of)
    learned, used, told = learned_rates(inventory, catalogue, cls, prior, span.years)
    correction = _correction(frame, cls, prior, records, span.as_of, learned, used)
    held = bounds(frame, cls, prior.exposure, span.as_of)
    path = None if learned is None else learned.path
    failures = failures_by_year(prior, correction, held, span.years, path)
    exposure = prior.exposure[:, None]
    rate = np.divide(
        failures[0], exposure, out=np.zeros_like(failures[0]), where=exposure > 0
    )
    loss = consequence(frame, cls, rate)
    table = year_rows(
        frame,
        cls,
        failures,
        correction,
        loss,
        span.years,
        span.population,
        prior.exposure,
    )
    first = failures[0][:, 0]
    of_first = table.iloc[:: len(span.years)]
    rival = None if learned is None else learned.raised
    raised = likelihood_raised(
        prior, cls, correction, held, span.years[0], first, rival
    )
    reasons = _prior_reasons(prior, raised, rival) | held.reasons | loss.reasons
    reasons |= _record_reasons(correction, rival)
    if learned is not None:
        reasons["unseen_kind"] = learned.unseen
    rule = records_to_rule(frame, cls, prior.expected(span.years[0]))
    counts, _ = own_counts(frame, cls, span.as_of)
    used_records = 0 if len(counts) and not np.isnan(counts).any() else records.used
    if learned is not None:
        used_records = learned.records
    assets = pd.DataFrame(
        {
            "asset_class": cls.id,
            "asset_id": frame["asset_id"].astype("str"),
            "grade": of_first["year_grade"].to_numpy(np.int64),
            "lof_grade": of_first["year_lof_grade"].to_numpy(np.int64),
            "cof_grade": of_first["year_cof_grade"].to_numpy(np.int64),
            "reasons": _join(reasons, len(frame)),
            "expert_share": correction.expert_share,
            "rate_multiplier": correction.factor,
            "strongest": np.where(
                (prior.since > span.years[-1]) | prior.reasons["not_built"],
                NOT_BUILT,
                _why(prior, cls, raised, loss, used if rival else ""),
            ),
            "records": used_records,
            "records_to_rule": rule,
            "running_loss": running_loss(frame, cls, prior.exposure),
            "feasibility": number_column(frame, "consent_rate") / 100,
        }
    )
    if learned is None:
        basis = notes.expert_notes(cls, prior, records, correction, rule, counts)
        told = (*basis, *told, *notes.own_count_notes(cls, frame, span.as_of))
        told = (*told, *notes.one_asset_notes(cls, frame, records))
    if learned is None and not records.used:
        before = notes.predecessor_notes(inventory, cls, frame, prior, span.as_of)
        told = (*told, *before)
    told = (
        *notes.not_there(cls, frame, span.years[-1]),
        *told,
        *notes.renewed_later_notes(cls, stated, span.as_of),
        *notes.assessment_notes(cls, frame, stated, held, span.years[-1]),
    )
    return _Scored(table, assets, told)


def _why(
    prior: Prior,
    cls: AssetClass,
    raised: Mapping[str, FloatArray],
    loss: Loss,
    rival: str,
) -> npt.NDArray[np.object_]:
    """Give the three strongest reasons; see `strongest`."""
    parts = [part.id for part in cls.consequence.part]
    return strongest(
        {**raised, **loss.raised},
        prior.reasons["abandoned"],
        fill=fillers(prior, loss.main, parts, rival),
    )


def _with_road_class(frame: pd.DataFrame, corridors: pd.DataFrame) -> pd.DataFrame:
    """Take the class of the road from the corridor where the asset has none."""
    if "corridor_id" not in frame or "road_class" not in corridors:
        return frame
    by_corridor = corridors.drop_duplicates("corridor_id").set_index("corridor_id")
    found = frame["corridor_id"].map(by_corridor["road_class"])
    if "road_class" in frame:
        found = frame["road_class"].where(frame["road_class"].notna(), found)
    return frame.assign(road_class=found)


def _correction(
    frame: pd.DataFrame,
    cls: AssetClass,
    prior: Prior,
    records: Records,
    as_of_year: int,
    learned: Learned | None,
    used: str,
) -> Correction:
    """Take what a trained model says, else records, else the expert rate alone."""
    if learned is not None:
        return learned.correction
    if used == "prior":
        return no_correction(len(frame), cls.hazard.log_sd)
    return _from_records(frame, cls, prior, records, as_of_year)


def _from_records(
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
    seen, years = own_counts(frame, cls, as_of_year)
    has = ~np.isnan(seen)
    if not has.any():
        return learned
    counted = from_own_record(seen, prior.expected(as_of_year) * years, log_sd)
    return Correction(
        factor=np.where(has, counted.factor, learned.factor),
        kind_factor=np.where(has, counted.kind_factor, learned.kind_factor),
        log_variance=np.where(has, counted.log_variance, learned.log_variance),
        shape=np.where(has, counted.shape, learned.shape),
        expert_share=np.where(has, counted.expert_share, learned.expert_share),
    )


def _prior_reasons(
    prior: Prior, raised: Mapping[str, FloatArray], rival: object
) -> dict[str, BoolArray]:
    """Leave out what the expert rates go by where a rival's rates are used."""
    return {
        code: held
        for code, held in prior.reasons.items()
        if rival is None
        or code in raised
        or not code.startswith(("group.", "rate.", "age_"))
    }


def _record_reasons(
    correction: Correction, rival: Mapping[str, FloatArray] | None
) -> dict[str, BoolArray]:
    size = len(correction.factor)
    if rival is not None:
        return {
            code: values > NOTABLE for code, values in rival.items() if code != "size"
        }
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
    packed = np.packbits(np.column_stack([*reasons.values()]), axis=1)
    rows = np.ascontiguousarray(packed).view(f"V{packed.shape[1]}").ravel()
    _, first, which = np.unique(rows, return_index=True, return_inverse=True)
    flags = [reasons[code] for code in reasons]
    texts = np.empty(len(first), dtype=object)
    for number, at in enumerate(first):
        codes = [code for code, on in zip(reasons, flags, strict=True) if on[at]]
        texts[number] = REASON_SEPARATOR.join(codes)
    return np.asarray(texts[which.ravel()], dtype=object)
