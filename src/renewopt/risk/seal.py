"""A model file and its card belong together: what one says, the other must say too.

The card holds a fingerprint of all that the file foretells with. It is no signature,
since whoever can write one file can write the other; it shows files that were mixed up,
edited by hand or half copied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from renewopt.catalogue import AssetClass
from renewopt.core.errors import InputError
from renewopt.risk.artefact import CARD_FILE, Artefact, read_model

FINGERPRINT = "fingerprint"


def fingerprint(artefact: Artefact) -> str:
    """Give a fingerprint of everything that figures depend on."""
    model = artefact.model
    told = {
        **{k: v for k, v in vars(artefact).items() if k != "model"},
        "asset_class": model.asset_class,
        "records": model.records,
        "features": [asdict(feature) for feature in model.features],
        "kinds": asdict(model.kinds),
        "choice": asdict(model.choice),
        "calibration": asdict(model.calibration),
    }
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, default=list)
    seal = hashlib.sha256(text.encode())
    for tree in model.forest:
        seal.update(repr(tree._baseline_prediction).encode())
        for stage in tree._predictors:
            for grown in stage:
                seal.update(grown.nodes.tobytes())
                seal.update(grown.raw_left_cat_bitsets.tobytes())
    return seal.hexdigest()[:32]


def sealed(card: dict[str, Any], artefact: Artefact) -> dict[str, Any]:
    """Give the card as it is written beside the file of `artefact`."""
    return {**card, "use": artefact.use, FINGERPRINT: fingerprint(artefact)}


def read_sealed(path: Path, cls: AssetClass) -> Artefact:
    """Read a model file that agrees with the card beside it.

    Raises
    ------
    InputError
        Where the model file does not fit (see `read_model`), its card is not there or
        cannot be read, or the two do not say the same.
    """
    artefact = read_model(path, cls)
    file = path.with_name(CARD_FILE)
    try:
        card = json.loads(file.read_text("utf-8"))
        differ = list(_differences(card, artefact))
        same = card[FINGERPRINT] == fingerprint(artefact)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError.of(
            "risk.model_card", file=path.name, card=file.name, detail=repr(error)
        ) from None
    if differ or not same:
        raise InputError.of(
            "risk.model_not_sealed",
            file=path.name,
            card=file.name,
            problems="; ".join(differ) or "forest, features",
        )
    return artefact


def _differences(card: dict[str, Any], artefact: Artefact) -> Iterator[str]:
    """Name the figures that file and card state differently."""
    model, data = artefact.model, card["data"]
    stated = {
        "asset_class": (card["asset_class"], model.asset_class),
        "use": (card["use"], artefact.use),
        "as_of": (card["as_of"], artefact.as_of),
        "hazard": (card["hazard"], artefact.hazard),
        "recorded_from": (data["recorded_from"], artefact.recorded_from),
        "records": (data["records"], model.records),
    }
    for part, values in (("calibration", model.calibration), ("choice", model.choice)):
        stated |= {
            f"{part}.{name}": (card[part][name], value)
            for name, value in asdict(values).items()
        }
    for name, (said, held) in stated.items():
        if said != held:
            yield f"{name}: {said} ≠ {held}"
