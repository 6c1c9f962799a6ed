"""Train a class's model, judge it against its rivals, and keep the better one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from renewopt.catalogue import Catalogue
from renewopt.core.data import data_dir
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory import Inventory
from renewopt.risk.artefact import (
    CARD_FILE,
    MODEL_FILE,
    Artefact,
    hazard_fingerprint,
    write_model,
)
from renewopt.risk.as_of import AsOf
from renewopt.risk.backtest import backtest
from renewopt.risk.exposure import History, make_history
from renewopt.risk.features import constant_features
from renewopt.risk.model import fit
from renewopt.risk.notes import (
    abandoned_notes,
    recording_notes,
    renewed_later_notes,
)
from renewopt.risk.records import predecessor_records
from renewopt.risk.renewed_later import renewed_later
from renewopt.risk.seal import sealed
from renewopt.risk.unread import (
    emptied_cells,
    emptied_notes,
    rejected_notes,
    rejected_rows,
)
from renewopt.risk.windows import MEAN, MODEL, RIVALS, Backtest

WINDOWS = 5
"""One-year windows, the last ones, that a new model is judged by."""
WINDOW_BAGS, WINDOW_ROWS = 2, 100_000
"""Forests averaged in these windows and asset-years that they are grown on: fewer than
in the model that is kept, which the windows therefore judge a little too low."""
YEARS_BEFORE = 4
"""Years of records that must lie before the first window."""
LEAST_JUDGED = 10
"""With fewer failures in all windows nothing can be said about which is better."""


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained model with all that is known of it.

    Attributes
    ----------
    backtest
        None where the records are too short for a single window.
    card
        The model card as plain values.
    notes
        What the user must know.
    learned_s, judged_s
        Processor time of the model that is kept, and of its back-test with all
        baselines; not part of the card, which is the same on every machine.
    """

    artefact: Artefact
    backtest: Backtest | None
    card: Mapping[str, Any]
    notes: tuple[Message, ...]
    learned_s: float
    judged_s: float

    def write(self, models: Path) -> Path:
        """Write model and card to `models/risk/<class>`, whole or not at all.

        Raises
        ------
        InputError
            Where `models` is the packaged folder, or nothing can be written.
        """
        folder = check_folder(models) / "risk" / self.artefact.model.asset_class
        try:
            folder.mkdir(parents=True, exist_ok=True)
            part = folder / f".{MODEL_FILE}.part"
            write_model(self.artefact, part)
            told = sealed(dict(self.card), self.artefact)
            text = json.dumps(told, ensure_ascii=False, indent=2, default=_plain)
            card = folder / f".{CARD_FILE}.part"
            card.write_text(text + "\n", encoding="utf-8")
            card.replace(folder / CARD_FILE)
            part.replace(folder / MODEL_FILE)
        except OSError as error:
            raise InputError.of(
                "risk.model_unwritable", file=str(folder), detail=str(error)
            ) from None
        return folder


def check_folder(models: Path) -> Path:
    """Refuse to write into the models that come with the product.

    Raises
    ------
    InputError
        Where `models` is the packaged folder.
    """
    if models.resolve() == data_dir("models").resolve():
        raise InputError.of("risk.packaged_models", folder=str(models))
    return models


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else str(value)


def class_history(
    inventory: Inventory,
    catalogue: Catalogue,
    asset_class: str,
    as_of: AsOf,
    recorded_from: int | None = None,
    refused: Iterable[str] = (),
) -> History:
    """Gather the history of one class, with something to learn from.

    Raises
    ------
    InputError
        Where the class is not known, has no assets, or no failure that counts.
    """
    if asset_class not in catalogue.asset_classes:
        known = sorted(catalogue.asset_classes)
        raise InputError.of("risk.unknown_class", value=[asset_class], known=known)
    cls = catalogue.asset_classes[asset_class]
    if not len(inventory.assets.get(asset_class, ())):
        raise InputError.of("risk.train_no_assets", asset_class=asset_class)
    history = make_history(inventory, cls, as_of, recorded_from, refused)
    if not history.used:
        raise InputError.of(
            "risk.train_no_failures",
            asset_class=asset_class,
            as_of=as_of.year,
            before=predecessor_records(
                inventory, cls, history.frame, history.prior, as_of.year
            ),
            later=history.later,
        )
    return history


def train(
    inventory: Inventory,
    catalogue: Catalogue,
    asset_class: str,
    as_of_year: int,
    *,
    wanted: Sequence[str] = (),
    refused: Mapping[str, str] | None = None,
    recorded_from: int | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Trained:
    """Learn the rate of a class and judge it by its own past.

    Parameters
    ----------
    as_of_year
        Last year that is known.
    wanted
        Columns to learn from besides those of the class.
    refused
        Column, ours or foreign → foreign column that the mapping says is overwritten
        after failures.
    recorded_from
        First year of systematic recording; found from the records where not given.
    told
        Called with back-test windows done and in all.

    Raises
    ------
    InputError
        Where there is nothing to learn from, or a wanted column may not be used.
    """
    as_of = AsOf(as_of_year)
    history = class_history(
        inventory, catalogue, asset_class, as_of, recorded_from, refused or ()
    )
    columns = as_of.features(wanted, history.cls, refused)
    windows = own_windows(history)
    began = time.process_time()
    judged = None
    if windows:
        judged = backtest(
            history,
            windows,
            1,
            fitted=lambda past: fit(past, columns, WINDOW_BAGS, WINDOW_ROWS),
            told=told,
        )
    use, ties, notes = _decide(judged, history)
    earliest = min(windows, default=as_of_year)
    notes += recording_notes(
        history.cls, history.first_year, history.early, history.silent
    )
    notes += abandoned_notes(history.cls, history.prior)
    notes += renewed_later_notes(history.cls, history.frame, earliest)
    notes += rejected_notes(inventory, asset_class)
    notes += emptied_notes(inventory, asset_class)
    fitting = time.process_time()
    model = fit(history, columns)
    fitted = time.process_time()
    constant = constant_features(history, model.features)
    if constant:
        told_of = message(
            "risk.train_constant", asset_class=asset_class, columns=list(constant)
        )
        notes.append(told_of)
    rates = hazard_fingerprint(catalogue.asset_classes[asset_class])
    artefact = Artefact(model, use, as_of_year, history.first_year, rates)
    card = card_of(artefact, history, judged, ties, inventory)
    seconds = fitted - fitting, fitting - began
    return Trained(artefact, judged, card, tuple(notes), *seconds)


def own_windows(history: History) -> list[int]:
    """List the as-of years of the windows that a model is judged by."""
    # Imported here: it takes a second and only training needs it.
    from sklearn.model_selection import TimeSeriesSplit

    years = np.array(history.recorded_years)
    count = min(WINDOWS, len(years) - YEARS_BEFORE)
    if count < 1:
        return []
    # The splitter wants two parts at least; the last `count` of them are the windows.
    parts = TimeSeriesSplit(n_splits=max(count, 2), test_size=1).split(years)
    return [int(years[judged[0]]) - 1 for _, judged in parts][-count:]


def _decide(
    judged: Backtest | None, history: History
) -> tuple[str, list[str], list[Message]]:
    """Choose what is used from now on, and say why."""
    name = history.cls.id
    notes = []
    if history.later:
        notes.append(
            message("risk.records_after", asset_class=name, count=history.later)
        )
    seen = 0 if judged is None else int(judged.totals["seen"].sum())
    if judged is None or seen < LEAST_JUDGED:
        note = message(
            "risk.train_too_few", asset_class=name, seen=seen, least=LEAST_JUDGED
        )
        return "records", [], [*notes, note]
    use, ties = judged.verdict()
    if use != MODEL:
        gap = judged.differences
        row = gap[(gap["name"] == use) & (gap["measure"] == "main")].iloc[0]
        notes.append(
            message(
                "risk.train_worse",
                asset_class=name,
                better=use,
                gap=float(-row["value"]),
            )
        )
    elif ties:
        notes.append(message("risk.train_tie", asset_class=name, ties=ties))
        ahead = judged.ahead()
        if ahead:
            notes.append(message("risk.train_ahead", asset_class=name, ahead=ahead))
    else:
        notes.append(message("risk.train_better", asset_class=name))
    return use, ties, notes


def card_of(
    artefact: Artefact,
    history: History,
    judged: Backtest | None,
    ties: list[str],
    inventory: Inventory,
) -> dict[str, Any]:
    """Put together what somebody must know before trusting the model."""
    import sklearn

    model = artefact.model
    name = model.asset_class
    rejected = sum(rows for rows, _ in rejected_rows(inventory, name).values())
    emptied = sum(cells.total() for cells in emptied_cells(inventory, name).values())
    return {
        "asset_class": model.asset_class,
        "as_of": artefact.as_of,
        "use": artefact.use,
        "ties": ties,
        "synthetic": inventory.synthetic,
        "sources": list(inventory.sources),
        "data": {
            "assets": len(history.frame),
            "exposure": float(history.prior.exposure.sum()),
            "exposure_unit": history.cls.hazard.per,
            "records": history.used,
            "of_predecessors": int(history.before.sum()),
            "at_places": int(history.at_place.sum()),
            "before_recording": history.early,
            "after_as_of": history.later,
            "recorded_from": history.first_year,
            "not_recorded": sorted(history.silent),
            "renewed_later": int(renewed_later(history.frame, artefact.as_of).sum()),
            "ever_failed": int((history.count(artefact.as_of, None) > 0).sum()),
            "year_unknown": int((~history.prior.age_known).sum()),
            "rejected": rejected,
            "emptied": emptied,
        },
        "features": [_feature(f.name, f.codes, history) for f in model.features],
        "hazard": artefact.hazard,
        "constant": list(constant_features(history, model.features)),
        "overwritten": dict(history.cls.hazard.overwritten),
        "choice": asdict(model.choice),
        "grown": len(model.forest),
        "calibration": asdict(model.calibration)
        | {"has_trend": model.calibration.has_trend},
        "scores": _scores(judged),
        "rivals": list(RIVALS),
        "versions": {"scikit-learn": sklearn.__version__},
    }


def _feature(name: str, codes: tuple[str, ...], history: History) -> dict[str, Any]:
    there = name in history.frame
    missing = float(history.frame[name].isna().mean()) if there else None
    return {"name": name, "codes": list(codes), "missing": missing}


def _scores(judged: Backtest | None) -> dict[str, Any] | None:
    if judged is None:
        return None
    means = judged.table[judged.table["window"] == MEAN]
    return {
        "windows": list(judged.windows),
        "horizon": judged.horizon,
        "measures": _records(means.drop(columns="window")),
        "differences": _records(judged.differences),
        "worse": judged.worse(),
        "totals": _records(judged.totals),
        "calibration": _records(judged.calibration),
    }


def _records(frame: Any) -> list[dict[str, Any]]:
    """Turn a table into plain rows; what is not known is None."""
    return [
        {
            str(k): None if isinstance(v, float) and not np.isfinite(v) else v
            for k, v in row.items()
        }
        for row in frame.to_dict("records")
    ]
