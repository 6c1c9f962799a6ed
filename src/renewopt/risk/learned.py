"""Scoring with a trained model, where the bureau's models folder has one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from renewopt.catalogue import AssetClass, Catalogue
from renewopt.core.errors import Message, message
from renewopt.inventory import Inventory
from renewopt.risk.artefact import Artefact, hazard_fingerprint
from renewopt.risk.as_of import AsOf
from renewopt.risk.exposure import History, make_history
from renewopt.risk.features import unseen_assets, unseen_codes
from renewopt.risk.learn import PART, Correction
from renewopt.risk.model import Forecast, forecast
from renewopt.risk.notes import recording_notes
from renewopt.risk.official import known_then
from renewopt.risk.prior import Prior, make_prior
from renewopt.risk.rivals import rival_forecast, rival_raised
from renewopt.risk.seal import read_sealed
from renewopt.risk.windows import MODEL

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

PLAIN = ("records", "prior")
"""Rivals that `score` works out without a model."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What a trained model says of the assets of a class.

    Attributes
    ----------
    correction
        As records without a model would give it.
    path
        Failures expected by asset and year, before the official assessment counts.
    records
        Failures that the model has learned from.
    unseen
        Assets of kinds (a material, a district) that it has never seen.
    raised
        Code → how much it raises the likelihood, where a rival is used in the model's
        place and the expert rates say nothing; None: the model.
    """

    correction: Correction
    path: FloatArray
    records: int
    unseen: BoolArray
    raised: dict[str, FloatArray] | None = None


def learned_rates(
    inventory: Inventory,
    catalogue: Catalogue,
    cls: AssetClass,
    prior: Prior,
    years: list[int],
) -> tuple[Learned | None, str, tuple[Message, ...]]:
    """Use the class's trained model.

    Returns
    -------
    What it says (None: there is none, or another ranking is used), the name of the
    ranking in use (empty: no model), and notes.

    Raises
    ------
    InputError
        Where the model file cannot be trusted or does not fit.
    """
    path = catalogue.risk_models.get(cls.id)
    if path is None:
        return None, "", ()
    # What the mapping of this inventory refuses is empty in its history.
    artefact = read_sealed(path, catalogue.asset_classes[cls.id])
    as_of = years[0] - 1
    if artefact.as_of > as_of:
        note = message(
            "risk.model_later", asset_class=cls.id, model=artefact.as_of, as_of=as_of
        )
        return None, "", (note,)
    if artefact.use in PLAIN:
        note = message(
            "risk.model_not_used",
            asset_class=cls.id,
            used=artefact.use,
            as_of=artefact.as_of,
        )
        return None, artefact.use, (note,)
    history = make_history(inventory, cls, AsOf(as_of), artefact.recorded_from)
    found = _with_todays_facts(_forecast(artefact, history, years), inventory, history)
    before = prior.expected(years[0])
    factor = np.divide(
        found.expected[:, 0], before, out=np.ones(len(before)), where=before > 0
    )
    unseen = unseen_assets(history.frame, artefact.model.features)
    correction = Correction(
        factor=factor,
        kind_factor=factor / found.own_factor,
        log_variance=found.log_variance + _kind_variance(cls) * unseen,
        shape=found.own_shape,
        expert_share=_expert_share(artefact.model.kinds.left, unseen, found),
    )
    notes = _notes(artefact, history, cls, catalogue.asset_classes[cls.id])
    raised = None
    if artefact.use != MODEL:
        raised = rival_raised(artefact.use, history, years)
    learned = Learned(
        correction, found.expected, artefact.model.records, unseen, raised
    )
    return learned, artefact.use, notes


def _expert_share(left: float, unseen: BoolArray, found: Forecast) -> FloatArray:
    """Give the part of the expert's uncertainty that is left, as without a model.

    A third each is about the class, its kinds and the asset itself: of a kind that was
    never seen all is left, of the asset what its own record does not tell.
    """
    kinds = np.where(unseen, 1.0, left)
    own = found.prior_shape / (found.prior_shape + found.informed)
    return np.asarray(PART * (left + kinds + own), dtype=np.float64)


def _kind_variance(cls: AssetClass) -> float:
    """Give what the expert does not know of a kind: nothing was learned about it."""
    return PART * cls.hazard.log_sd**2


def _forecast(artefact: Artefact, history: History, years: list[int]) -> Forecast:
    if artefact.use == MODEL:
        return forecast(artefact.model, history, years)
    return rival_forecast(artefact.use, history, years)


def _with_todays_facts(
    found: Forecast, inventory: Inventory, history: History
) -> Forecast:
    """Let what was never learned from move assets against each other, not the level.

    Columns overwritten without a date and official outcomes are not learned from, so
    that the learned level holds for all assets together, whatever they say. An asset's
    own record is about the same state as they are: with m such a factor and μ·E the
    failures that the model expected of the asset, m · (a + μ·E) ÷ (a + m·μ·E) is left,
    all of m without a record and little of it after a long one.
    """
    cls, as_of = history.cls, history.as_of.year
    frame = inventory.assets[cls.id].sort_values("asset_id", kind="stable")
    frame = known_then(frame.reset_index(drop=True), cls, as_of, inventory)
    now = make_prior(frame, cls, as_of, inventory.qualities).expected(as_of + 1)
    then = history.prior.expected(as_of + 1)
    moved = np.divide(now, then, out=np.ones(len(now)), where=then > 0)
    a, informed = found.prior_shape, found.informed
    moved *= (a + informed) / (a + moved * informed)
    total = float(found.expected[:, 0] @ moved)
    if total > 0:
        moved *= float(found.expected[:, 0].sum()) / total
    return replace(found, expected=found.expected * moved[:, None])


def _notes(
    artefact: Artefact, history: History, cls: AssetClass, stated: AssetClass
) -> tuple[Message, ...]:
    notes = [
        message(
            "risk.model_used",
            asset_class=cls.id,
            as_of=artefact.as_of,
            records=artefact.model.records,
            used=artefact.use,
        )
    ]
    if not history.used:
        notes.append(message("risk.model_no_records", asset_class=cls.id))
    unseen = unseen_codes(history.frame, artefact.model.features)
    if unseen:
        shown = [f"{name}: {', '.join(codes)}" for name, codes in unseen.items()]
        notes.append(message("risk.model_unseen", asset_class=cls.id, values=shown))
    if artefact.hazard != hazard_fingerprint(stated):
        notes.append(message("risk.model_other_rates", asset_class=cls.id))
    notes += recording_notes(cls, history.first_year, history.early, history.silent)
    if history.later:
        notes.append(
            message("risk.records_after", asset_class=cls.id, count=history.later)
        )
    return tuple(notes)
