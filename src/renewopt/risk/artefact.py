"""Model files: written and read without pickle, checked before they are used.

skops rebuilds only the types that are named here; a file that asks for others is
refused, so that a file from a stranger cannot run code.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from renewopt.catalogue import AssetClass
from renewopt.core.errors import InputError
from renewopt.risk.features import AGE, BEFORE, SINCE, SIZE, Feature
from renewopt.risk.kinds import Kinds
from renewopt.risk.model import Calibration, RateModel
from renewopt.risk.model_contents import contents_problems
from renewopt.risk.own import Choice

FORMAT = 4
"""Changes whenever older files can no longer be read."""
MODEL_FILE, CARD_FILE = "model.skops", "card.json"
TRUSTED = (
    "functools.partial",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
)
"""The only types besides scikit-learn's own and plain values that a file may hold:
the trees, and the check of codes that stands before them."""
FIGURES = ("per", "uncertainty", "age_if_missing", "group", "multiplier", "season",
           "return_period")  # fmt: skip
WORDS = ("title", "source")
DERIVED = (AGE, SINCE, SIZE, BEFORE, "place_rate", "street_rate", "near_rate")


@dataclass(frozen=True, eq=False)
class Artefact:
    """A trained model as it is kept.

    Attributes
    ----------
    use
        The ranking that won its back-test: `model`, or the baseline to be used.
    as_of
        Last year that it has learned from.
    recorded_from
        First year of systematic recording.
    hazard
        Fingerprint of the expert rates that it was trained with.
    """

    model: RateModel
    use: str
    as_of: int
    recorded_from: int
    hazard: str


def hazard_fingerprint(cls: AssetClass) -> str:
    """Give a short fingerprint of all figures that the expert rates depend on."""
    told = cls.hazard.model_dump(mode="json", include=set(FIGURES))
    text = json.dumps(_figures(told), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _figures(part: Any) -> Any:
    """Leave out what is only words."""
    if isinstance(part, dict):
        return {k: _figures(v) for k, v in part.items() if k not in WORDS}
    return [_figures(v) for v in part] if isinstance(part, list | tuple) else part


def write_model(artefact: Artefact, path: Path) -> Path:
    """Write a model file.

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    import sklearn
    from skops import io

    model = artefact.model
    data = {
        "format": FORMAT,
        "sklearn": sklearn.__version__,
        "asset_class": model.asset_class,
        "use": artefact.use,
        "as_of": artefact.as_of,
        "recorded_from": artefact.recorded_from,
        "hazard": artefact.hazard,
        "records": model.records,
        "features": [_feature_out(f) for f in model.features],
        "kinds": {
            "features": [_feature_out(f) for f in model.kinds.features],
            "centres": list(model.kinds.centres),
            "weights": list(model.kinds.weights),
            "left": model.kinds.left,
            "spread": model.kinds.spread,
        },
        "choice": asdict(model.choice),
        "calibration": asdict(model.calibration),
        "forest": list(model.forest),
    }
    try:
        io.dump(data, path)
    except OSError as error:
        raise InputError.of(
            "risk.model_unwritable", file=path.name, detail=str(error)
        ) from None
    return path


def read_model(path: Path, cls: AssetClass) -> Artefact:
    """Read a model file and check that it fits.

    Raises
    ------
    InputError
        Where the file is damaged, asks for types that are not trusted, has another
        format, was made by another scikit-learn or for another class, uses columns
        that the class does not have, or holds what no training writes.
    """
    data = _load(path)
    _check(data, path, cls)
    try:
        kinds = data["kinds"]
        model = RateModel(
            asset_class=str(data["asset_class"]),
            features=tuple(_feature_in(f) for f in data["features"]),
            kinds=Kinds(
                features=tuple(_feature_in(f) for f in kinds["features"]),
                centres=tuple(map(float, kinds["centres"])),
                weights=tuple(map(float, kinds["weights"])),
                left=float(kinds["left"]),
                spread=np.asarray(kinds["spread"], dtype=np.float64),
            ),
            forest=tuple(data["forest"]),
            choice=Choice(**_numbers(data["choice"])),
            calibration=Calibration(**_numbers(data["calibration"])),
            records=int(data["records"]),
        )
        found = Artefact(
            model,
            str(data["use"]),
            int(data["as_of"]),
            int(data["recorded_from"]),
            str(data["hazard"]),
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise InputError.of(
            "risk.model_damaged", file=path.name, detail=repr(error)
        ) from None
    _check_features(found.model, path, cls)
    years = (found.recorded_from, found.as_of)
    problems = contents_problems(found.model, found.use, years, cls)
    if problems:
        raise InputError.of(
            "risk.model_odd", file=path.name, problems="; ".join(problems)
        )
    return found


def _load(path: Path) -> dict[str, Any]:
    from skops import io

    try:
        asked = io.get_untrusted_types(file=path)
        strange = sorted(set(asked) - set(TRUSTED))
        if not strange:
            data = io.load(path, trusted=list(TRUSTED))
    except Exception as error:  # skops raises whatever its parts do
        raise InputError.of(
            "risk.model_damaged", file=path.name, detail=str(error)
        ) from None
    if strange:
        raise InputError.of("risk.model_untrusted", file=path.name, types=strange)
    if not isinstance(data, dict):
        raise InputError.of("risk.model_damaged", file=path.name, detail="no table")
    return data


def _check(data: dict[str, Any], path: Path, cls: AssetClass) -> None:
    import sklearn

    if data.get("format") != FORMAT:
        raise InputError.of(
            "risk.model_format", file=path.name, found=data.get("format"), known=FORMAT
        )
    if data.get("asset_class") != cls.id:
        raise InputError.of(
            "risk.model_class",
            file=path.name,
            found=data.get("asset_class"),
            asset_class=cls.id,
        )
    made = str(data.get("sklearn"))
    if made.split(".")[:2] != sklearn.__version__.split(".")[:2]:
        raise InputError.of(
            "risk.model_version", file=path.name, found=made, known=sklearn.__version__
        )


def _check_features(model: RateModel, path: Path, cls: AssetClass) -> None:
    known = {*cls.column_names(), *DERIVED}
    both = (*model.features, *model.kinds.features)
    unknown = sorted({f.name for f in both if f.name not in known})
    if unknown:
        raise InputError.of(
            "risk.model_features",
            file=path.name,
            columns=unknown,
            asset_class=cls.id,
        )


def _numbers(values: dict[str, Any]) -> dict[str, Any]:
    """Refuse text where numbers belong: Python would compare it later or never."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name} = {value!r}")
    return values


def _feature_out(feature: Feature) -> dict[str, Any]:
    return {"name": feature.name, "codes": list(feature.codes), "date": feature.date}


def _feature_in(data: dict[str, Any]) -> Feature:
    codes = tuple(str(code) for code in data["codes"])
    return Feature(str(data["name"]), codes, str(data["date"]))
