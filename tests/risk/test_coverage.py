"""Counties whose true hazard is known: 85–95 % of assets lie in their 90 % interval.

Two kinds of truth: the expert rate moved as the model thinks experts err (a third of
the variance each for the class, for kinds and for single assets); and the generated
county, whose curves, soil and frailty are its own.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.catalogue import AssetClass
from renewopt.demo.draw import Draw
from renewopt.demo.generate import _assets
from renewopt.demo.hazards import draw_failures, true_rate
from renewopt.demo.sizes import SIZES
from renewopt.demo.streets import make_streets
from renewopt.inventory import Inventory
from renewopt.risk.artefact import MODEL_FILE, Artefact, hazard_fingerprint
from renewopt.risk.as_of import AsOf
from renewopt.risk.exposure import make_history
from renewopt.risk.model import fit
from renewopt.risk.prior import make_prior
from renewopt.risk.train import card_of
from renewopt.risk.windows import MODEL
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
ASSETS, COUNTIES = 150, 24
SPAN = (0.85, 0.95)
MOST_CAUTIOUS = 0.98
"""Where ten years of records are few for what is learned from them, intervals may be
too wide, never too narrow."""
SEEDS = (1, 2, 3)
LINES = ("gas_pipe", "heating_pipe", "water_pipe")
LAST, YEARS = 2025, 10

FloatArray = npt.NDArray[np.float64]


def _frame(cls: AssetClass, draw: np.random.Generator) -> pd.DataFrame:
    """Give assets of mixed kinds, ages and sizes."""
    frame = pipes(
        ASSETS,
        install_year=draw.integers(1970, 2012, ASSETS),
        length_m=draw.uniform(100, 2500, ASSETS).round(1),
        households=draw.integers(20, 900, ASSETS),
        floor_area_m2=8000.0,
    )
    for name in cls.hazard.learn:
        spec = cls.column(name)
        if spec is not None and spec.kind == "choice" and name in KINDS:
            frame[name] = draw.choice(spec.codes()[:3], ASSETS)
    return frame


KINDS = ("material", "level", "pressure_level", "lining", "point_type")


def _truth(
    cls: AssetClass, frame: pd.DataFrame, year: int, draw: np.random.Generator
) -> FloatArray:
    """Give the factor of every asset between its true and its expert rate."""
    sd = cls.hazard.log_sd / np.sqrt(3)
    kinds = [name for name in KINDS if name in frame]
    factor = np.full(len(frame), draw.normal(0, sd))
    for name in kinds:
        codes, names = pd.factorize(frame[name])
        factor += draw.normal(0, sd / np.sqrt(len(kinds)), len(names))[codes]
    own = sd if kinds else sd * np.sqrt(2)
    return np.asarray(np.exp(factor + draw.normal(0, own, len(frame))))


def _records(
    cls: AssetClass, frame: pd.DataFrame, factor: FloatArray, draw: np.random.Generator
) -> list[tuple[str, str, int]]:
    prior = make_prior(frame, cls, LAST)
    rows = []
    for year in range(LAST - YEARS + 1, LAST + 1):
        counts = draw.poisson(prior.expected(year) * factor)
        rows += [
            (cls.id, asset, year)
            for asset, count in zip(frame["asset_id"], counts, strict=True)
            for _ in range(count)
        ]
    return rows


def _covered(name: str, learned: bool) -> tuple[float, float]:
    """Give the share of assets whose failures, and loss, lie in their intervals."""
    cls = CATALOGUE.asset_classes[name]
    failures, losses = [], []
    for seed in range(COUNTIES):
        draw = np.random.default_rng(seed)
        frame = _frame(cls, draw)
        factor = _truth(cls, frame, LAST + 1, draw)
        rows = _records(cls, frame, factor, draw) if learned else []
        table = risk.score(inventory({name: frame}, rows), CATALOGUE, LAST, 1).table
        true = make_prior(frame, cls, LAST).expected(LAST + 1) * factor
        cost = table["cof"] * np.exp(draw.normal(0, cls.consequence.log_sd, ASSETS))
        failures.append(
            table["failures_low"].le(true) & table["failures_high"].ge(true)
        )
        losses.append(table["low"].le(true * cost) & table["high"].ge(true * cost))
    return float(np.mean(failures)), float(np.mean(losses))


@pytest.mark.parametrize("name", sorted(CATALOGUE.asset_classes))
def test_a_cold_start_covers_the_truth(name: str) -> None:
    """Without a record the expert intervals of failures and losses are honest."""
    for share in _covered(name, learned=False):
        assert SPAN[0] <= share <= SPAN[1]


@pytest.mark.parametrize("name", LINES)
def test_corrected_rates_cover_the_truth(name: str) -> None:
    """After ten years of records the narrower intervals still are."""
    most = MOST_CAUTIOUS if name == "water_pipe" else SPAN[1]
    for share in _covered(name, learned=True):
        assert SPAN[0] <= share <= most


@cache
def _county(seed: int) -> tuple[dict[str, pd.DataFrame], list[tuple[str, str, int]]]:
    """Give the pipes of a generated county and its records up to the last year."""
    streets = make_streets(SIZES["county"], seed)
    assets, _ = _assets(streets, SIZES["county"], seed, CATALOGUE)
    drawn = draw_failures(assets, seed)
    rows = [
        (str(name), str(asset), day.year)
        for name, asset, day in drawn[["asset_class", "asset_id", "date"]].itertuples(
            index=False
        )
        if day.year <= LAST and name in LINES
    ]
    return {name: assets[name] for name in LINES}, rows


def _trained(stock: Inventory, name: str, folder: Path) -> dict[str, Path]:
    """Train a model without judging it; write it for the catalogue."""
    cls = CATALOGUE.asset_classes[name]
    history = make_history(stock, cls, AsOf(LAST))
    rates = hazard_fingerprint(cls)
    made = Artefact(fit(history), MODEL, LAST, history.first_year, rates)
    card = card_of(made, history, None, [], stock)
    trained = risk.Trained(made, None, card, (), 0.0, 0.0)
    return {name: trained.write(folder) / MODEL_FILE}


CASES = [(name, state) for name in LINES for state in ("cold", "records")]
"""A trained model of water pipes beside them: it once missed a quarter of them."""


@pytest.mark.parametrize(("name", "state"), [*CASES, ("water_pipe", "trained")])
def test_the_generated_county_is_covered(name: str, state: str, tmp_path: Path) -> None:
    """Its true hazards are of other shapes, and every asset has its own frailty."""
    shares = []
    for seed in SEEDS:
        assets, rows = _county(seed)
        frame = assets[name]
        own = [r for r in rows if state != "cold" and r[0] == name]
        stock, catalogue = inventory({name: frame}, own), CATALOGUE
        if state == "trained":
            catalogue = replace(catalogue, risk_models=_trained(stock, name, tmp_path))
        table = risk.score(stock, catalogue, LAST, 1).table.set_index("asset_id")
        frailty = Draw(seed, f"failures {name}").frailty(len(frame))
        true = pd.Series(true_rate(name, frame, LAST + 1) * frailty, frame["asset_id"])
        true = true[true > 0]
        own = table.loc[true.index]
        held = own["failures_low"].le(true) & own["failures_high"].ge(true)
        shares.append(float(held.mean()))
    assert SPAN[0] <= np.mean(shares) <= SPAN[1]
