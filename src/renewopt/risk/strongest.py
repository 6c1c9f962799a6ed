"""The strongest reasons of an asset's loss: what raises it most above the usual.

Every reason has a factor: expected annual loss with it ÷ without it. The usual is a new
asset of the class's mean kind, size and exposure, without multipliers or records.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from renewopt.catalogue import AssetClass
from renewopt.risk.learn import Correction
from renewopt.risk.official import Bounds
from renewopt.risk.prior import Prior
from renewopt.risk.table import REASON_SEPARATOR

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

SHOWN = 3
LEAST = 1.05
"""Factor from which something counts as a reason (editable assumption)."""
NONE, OUT_OF_USE, REST, NOT_BUILT = "usual", "abandoned", "rest", "not_built"
"""Reason of an asset that nothing raises, of one that cannot fail any more, what stands
where nothing more raises it, and of one that is not there in the years scored."""
MAIN, KIND, BY = "main.", "kind.", "by."
"""Before the code of a part that is most of the loss, of the asset's group, and of the
baseline that gives the likelihood: they raise nothing, but the loss is made of them."""
STATED = "return_period"
"""Reason of an asset whose rate is one over its return period."""


def likelihood_raised(
    prior: Prior,
    cls: AssetClass,
    correction: Correction,
    bounds: Bounds,
    year: int,
    expected: FloatArray,
    rival: Mapping[str, FloatArray] | None = None,
) -> dict[str, FloatArray]:
    """Give, by code, what raises the likelihood in `year` above the usual.

    Parameters
    ----------
    expected
        Failures per year after everything, the official bounds included.
    rival
        What a ranking says that is used in place of expert rates and model: its own
        reasons alone, beside facts of today, which move assets in any case.
    """
    today = {*cls.hazard.overwritten}
    found = _by_curve(prior, year) if rival is None else {}
    for item in cls.hazard.multiplier:
        fits = prior.reasons[f"rate.{item.id}"]
        moves = rival is None or item.after_records or today & {*item.where.columns()}
        if moves:
            found[f"rate.{item.id}"] = np.where(fits, item.factor, 1.0)
    if rival is None:
        found["own_failures"] = correction.factor / correction.kind_factor
        found["learned_up"] = correction.kind_factor
    there = (prior.exposure > 0) & prior.exists(year)
    usual = prior.exposure[there].mean() if there.any() else 1.0
    found["size"] = prior.exposure / usual
    found |= rival or {}
    before = prior.expected(year) * correction.factor
    lifted = np.divide(expected, before, out=np.ones(len(before)), where=before > 0)
    for code, held in bounds.reasons.items():
        if code.startswith("assessed."):
            found[code] = np.where(held & (expected <= bounds.least), lifted, 1.0)
    return found


def _by_curve(prior: Prior, year: int) -> dict[str, FloatArray]:
    """Part the rate into the kind when new, and age; or take the return period."""
    age = np.maximum(year - prior.since, 0.0)
    new, now = np.zeros(len(age)), np.zeros(len(age))
    for number, group in enumerate(prior.hazard.group):
        chosen = prior.group == number
        new[chosen] = group.rate(np.zeros(1))[0]
        now[chosen] = group.rate(age[chosen])
    weight = prior.exposure * prior.exists(year)
    usual = float(np.average(new, weights=weight)) if weight.any() else 0
    kind = new / usual if usual > 0 else np.ones(len(age))
    aged = np.divide(now, new, out=np.ones(len(age)), where=new > 0)
    stated = ~np.isnan(prior.own_rate)
    found = {
        f"group.{group.id}": np.where((prior.group == number) & ~stated, kind, 1.0)
        for number, group in enumerate(prior.hazard.group)
    }
    found["aged"] = np.where(stated, 1.0, aged)
    often = np.divide(prior.own_rate, now, out=np.ones(len(age)), where=now > 0)
    found[STATED] = np.where(stated, often, 1.0)
    return found


def strongest(
    raised: Mapping[str, FloatArray],
    out_of_use: BoolArray,
    least: float = LEAST,
    fill: Mapping[str, BoolArray] | None = None,
) -> npt.NDArray[np.object_]:
    """Join the codes of the strongest reasons of each asset, the first the strongest.

    Ties go to the code that comes first.

    Parameters
    ----------
    raised
        Code → how strong it is for each asset.
    least
        What a reason must pass.
    fill
        Code → assets of which it is said where fewer reasons raise them.
    """
    size = len(out_of_use)
    more = fill or {}
    codes = [*raised, *more, NONE, OUT_OF_USE, ""]
    best = np.full((SHOWN, size), least)
    which = np.full((SHOWN, size), len(codes) - 1, dtype=np.int32)
    for number, factor in enumerate(raised.values()):
        value, code = factor.copy(), np.full(size, number, dtype=np.int32)
        for place in range(SHOWN):
            moves = value > best[place]
            value[moves], best[place][moves] = best[place][moves], value[moves]
            code[moves], which[place][moves] = which[place][moves], code[moves]
    which[0][which[0] == len(codes) - 1] = len(codes) - 3
    _fill(which, codes, more, len(raised))
    which[:, out_of_use] = len(codes) - 1
    which[0][out_of_use] = len(codes) - 2
    return _joined(which, codes)


def _fill(
    which: npt.NDArray[np.int32],
    codes: list[str],
    more: Mapping[str, BoolArray],
    first: int,
) -> None:
    """Fill empty places, with nothing that is already said as raising the loss."""
    empty = len(codes) - 1
    for number, (code, holds) in enumerate(more.items(), start=first):
        plain = code.removeprefix(MAIN).removeprefix(KIND)
        same = codes.index(plain) if plain in codes else -1
        open_ = holds & ~(which == same).any(axis=0)
        for place in which:
            taken = open_ & (place == empty)
            place[taken] = number
            open_ &= ~taken


def fillers(
    prior: Prior, main: npt.NDArray[np.int32] | None, parts: list[str], rival: str
) -> dict[str, BoolArray]:
    """Say what is most of each asset's loss, and of what kind it is.

    Parameters
    ----------
    main, parts
        Number of the part that costs most, and the names of the parts.
    rival
        The baseline that the rate goes by, in place of the expert's kinds; empty: none.
    """
    found: dict[str, BoolArray] = {}
    everyone = np.ones(len(prior.group), dtype=np.bool_)
    if main is not None:
        found = {f"{MAIN}part.{name}": main == n for n, name in enumerate(parts)}
    if rival:
        found[f"{BY}{rival}"] = everyone
    else:
        stated = ~np.isnan(prior.own_rate)
        for number, group in enumerate(prior.hazard.group):
            chosen = (prior.group == number) & ~stated
            found[f"{KIND}group.{group.id}"] = chosen
        if stated.any():
            found[f"{KIND}{STATED}"] = stated
    return {**found, REST: everyone}


def _joined(which: npt.NDArray[np.int32], codes: list[str]) -> npt.NDArray[np.object_]:
    """Join codes by column; each pattern is joined once."""
    key = np.zeros(which.shape[1], dtype=np.int64)
    for place in which:
        key = key * len(codes) + place
    patterns, first, back = np.unique(key, return_index=True, return_inverse=True)
    texts = np.empty(len(patterns), dtype=object)
    for number, at in enumerate(first):
        names = [codes[code] for code in which[:, at]]
        texts[number] = REASON_SEPARATOR.join(name for name in names if name)
    return np.asarray(texts[back.ravel()], dtype=object)
