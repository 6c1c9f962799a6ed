"""Baselines in the model's place: rates that age, and reasons of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory
from renewopt.risk.artefact import Artefact, hazard_fingerprint
from renewopt.risk.as_of import AsOf
from renewopt.risk.baselines import BASELINES, predict_all
from renewopt.risk.exposure import History, make_history
from renewopt.risk.features import choose_features
from renewopt.risk.model import Calibration, RateModel, kinds_of
from renewopt.risk.notes import worse_notes
from renewopt.risk.own import Choice
from renewopt.risk.rivals import rival_forecast
from renewopt.risk.train import Trained, card_of
from renewopt.risk.windows import RIVALS, Backtest
from renewopt.text import render
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
WATER = CATALOGUE.asset_classes["water_pipe"]
YEARS = list(range(2021, 2031))


def _stock() -> Inventory:
    draw = np.random.default_rng(2)
    frame = pipes(
        60,
        material=["grey_cast_iron", "pe"] * 30,
        install_year=draw.integers(1950, 2000, 60),
        length_m=draw.uniform(50, 400, 60),
        diameter_mm=200.0,
    )
    rate = np.where(frame["material"] == "pe", 0.02, 0.3) * draw.gamma(1, 1, 60)
    rows = [
        ("water_pipe", f"p{asset:04d}", year)
        for year in range(2006, 2021)
        for asset in np.flatnonzero(draw.poisson(rate))
    ]
    return inventory({"water_pipe": frame}, rows)


STOCK = _stock()
HISTORY = make_history(STOCK, WATER, AsOf(2020))


def _kept(history: History, use: str) -> Trained:
    """Make a model without trees, of which `use` has won the back-test."""
    features = choose_features(history, ("material",))
    model = RateModel(
        asset_class="water_pipe",
        features=features,
        kinds=kinds_of(history, features),
        forest=(),
        choice=Choice(),
        calibration=Calibration(),
        records=history.used,
    )
    first = history.first_year
    made = Artefact(model, use, 2020, first, hazard_fingerprint(WATER))
    card = card_of(made, history, None, [], STOCK)
    return Trained(made, None, card, (), 0.0, 0.0)


def _scored(use: str, folder: Path) -> risk.RiskTable:
    path = _kept(HISTORY, use).write(folder) / "model.skops"
    known = replace(CATALOGUE, risk_models={"water_pipe": path})
    return risk.score(STOCK, known, 2020, len(YEARS))


def test_every_mandatory_baseline_can_win() -> None:
    """All but drawing by lot stand among those that may replace a model."""
    assert set(RIVALS) == set(BASELINES) - {"random"}


def test_the_best_rival_wins_and_better_values_are_named() -> None:
    """Logistic regression wins where it is better beyond noise; a lead is named.

    A model that is not better than drawing by lot is not said to be.
    """
    rows = [
        {"name": "logistic", "measure": "main", "value": -0.1, "low": -0.2,
         "high": -0.01},
        {"name": "age", "measure": "main", "value": -0.02, "low": -0.1, "high": 0.1},
        {"name": "random", "measure": "main", "value": -0.3, "low": -0.4,
         "high": -0.2},
    ]  # fmt: skip
    none = pd.DataFrame()
    judged = Backtest("water_pipe", 1, (2019,), 9, none, pd.DataFrame(rows),
                      none, none, none, none)  # fmt: skip
    assert judged.verdict() == ("logistic", ["age", "random"])
    assert judged.ahead() == ["logistic", "age"]
    assert judged.worse() == []


def test_measures_in_which_a_rival_is_better_are_listed() -> None:
    """Shares and AUC where it is higher, Brier where it is lower, beyond noise."""
    cases = [
        ("age", "top1_segment", -0.02, -0.03, -0.01),
        ("age", "top5_cost", -0.02, -0.03, 0.01),
        ("lookup", "brier", 0.002, 0.001, 0.003),
        ("lookup", "auc", 0.002, 0.001, 0.003),
        ("random", "top1_length", -0.3, -0.4, -0.2),
    ]
    rows = pd.DataFrame(cases, columns=["name", "measure", "value", "low", "high"])
    none = pd.DataFrame()
    judged = Backtest("water_pipe", 1, (2019,), 9, none, rows, none, none, none, none)
    said = [render(note, "en") for note in worse_notes(judged.worse())]
    assert [text.split(",")[0] for text in said] == ["By Brier", "By 1 % road"]
    assert "+0.00200" in said[0]


@pytest.mark.parametrize("use", sorted(set(RIVALS) - {"prior", "records"}))
def test_a_rival_ages_and_keeps_its_order(use: str) -> None:
    """Rates rise over the horizon, and rank assets as the back-test did."""
    found = rival_forecast(use, HISTORY, YEARS).expected
    assert (np.diff(found, axis=1) >= 0).all()
    assert found[:, -1].sum() > 1.05 * found[:, 0].sum()
    size = HISTORY.prior.exposure
    stated = predict_all(HISTORY, YEARS[:1])[use].score(size)
    rate = found[:, 0] / size
    for one, other in ((0, 1), (2, 3), (4, 9), (10, 31), (50, 20)):
        if use != "past_per_exposure" and abs(stated[one] - stated[other]) > 1e-9:
            above = stated[one] > stated[other]
            assert (rate[one] > rate[other]) == above, (one, other)
    level = STOCK.failures["year"].between(2011, 2020).sum() / 10
    assert found[:, 0].sum() == pytest.approx(level, rel=0.25)


@pytest.mark.parametrize("use", sorted(set(RIVALS) - {"prior", "records"}))
def test_reasons_speak_of_what_is_used(use: str, tmp_path: Path) -> None:
    """No expert group, multiplier or age stands among the reasons of a rival."""
    table = _scored(use, tmp_path)
    codes = set(table.assets["strongest"].str.split(";").explode())
    codes |= set(table.assets["reasons"].str.split(";").explode())
    foreign = ("group.", "rate.", "kind.", "learned", "age_")
    assert not [code for code in codes if code.startswith(foreign)]
    assert ("aged" in codes) == (use in {"age", "logistic"})
    own = {"past_per_exposure", "past_failures", "lookup", "logistic"}
    assert ("own_failures" in codes) == (use in own)
    assert ("kind_records" in codes) == (use in {"material_mean", "lookup", "logistic"})
    said = risk.assets_in_words(table, CATALOGUE)["why_en"]
    assert (said.str.count("; ") == 2).all()
    assert said.str.contains("won the back-test").any()


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("data", "recorded_from", 1800),
        ("data", "records", 10**9),
        ("calibration", "log_level", 5.0),
        ("", "use", "age"),
        ("", "fingerprint", "0"),
    ],
)
def test_a_model_that_is_not_what_its_card_says_is_refused(
    tmp_path: Path, part: str, name: str, value: object
) -> None:
    """Records, first year, level and the ranking in use are compared with the card."""
    import json

    _scored("model", tmp_path)
    file = tmp_path / "risk" / "water_pipe" / "card.json"
    card = json.loads(file.read_text("utf-8"))
    (card[part] if part else card)[name] = value
    file.write_text(json.dumps(card), "utf-8")
    path = file.with_name("model.skops")
    known = replace(CATALOGUE, risk_models={"water_pipe": path})
    with pytest.raises(InputError) as error:
        risk.score(STOCK, known, 2020, 1)
    told = error.value.messages[0]
    assert told.code == "risk.model_not_sealed"
    assert name in told.params["problems"] or name == "fingerprint"
    file.unlink()
    with pytest.raises(InputError) as error:
        risk.score(STOCK, known, 2020, 1)
    assert error.value.messages[0].code == "risk.model_card"
