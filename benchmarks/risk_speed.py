"""A million assets × ten years scored, beside scikit-learn's bare `predict` on them."""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from renewopt import risk
from renewopt.catalogue import load
from renewopt.inventory import Inventory
from renewopt.risk.artefact import MODEL_FILE, Artefact, hazard_fingerprint
from renewopt.risk.as_of import AsOf
from renewopt.risk.exposure import make_history
from renewopt.risk.features import AGE, ages, matrix
from renewopt.risk.model import RateModel, fit
from renewopt.risk.train import Trained, card_of

ASSETS, YEARS, LEARNED_FROM = 1_000_000, 10, 20_000
LAST, RECORDED = 2025, 10
PER_STREET = 12
CLASS = "water_pipe"


def main(assets: int = ASSETS) -> None:
    """Print processor seconds, ratio and peak memory, with and without a model."""
    catalogue = load()
    cls = catalogue.asset_classes[CLASS]
    stock = county(assets)
    part = county(min(LEARNED_FROM, assets))
    history = make_history(part, cls, AsOf(LAST))
    model = fit(history)
    if not model.forest:
        raise SystemExit("no trees were grown: nothing to compare with")
    years = list(range(LAST + 1, LAST + YEARS + 1))
    bare = _bare(model, stock, cls.id, years)
    with tempfile.TemporaryDirectory() as folder:
        artefact = Artefact(
            model, "model", LAST, history.first_year, hazard_fingerprint(cls)
        )
        card = card_of(artefact, history, None, [], part)
        made = Trained(artefact, None, card, (), 0.0, 0.0).write(Path(folder))
        path = made / MODEL_FILE
        learned = _timed(stock, replace(catalogue, risk_models={CLASS: path}))
    plain = _timed(stock, catalogue)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    trees = sum(tree.n_iter_ for tree in model.forest)
    print(f"{assets:,} assets × {YEARS} years; model of {len(model.forest)} forests, "
          f"{trees} trees, {len(model.features)} columns\n")  # fmt: skip
    print("| | processor seconds | ÷ bare predict |\n|---|--:|--:|")
    print(f"| bare `predict` of the forests, same rows and years | {bare:.1f} | 1 |")
    for name, seconds in (("with the trained model", learned), ("without", plain)):
        print(f"| `risk.score` {name} | {seconds:.1f} | {seconds / bare:.2f} |")
    print(f"\nPeak memory {peak:.1f} GiB, inventory and both tables included.")


def county(count: int) -> Inventory:
    """Draw pipes in streets, with ten years of records that follow age and material."""
    draw = np.random.default_rng(0)
    material = draw.choice(["pe", "ductile_iron", "grey_cast_iron", "cement"], count)
    year = draw.integers(1960, 2020, count)
    length = draw.uniform(20, 200, count).round(1)
    bad = np.isin(material, ["grey_cast_iron", "cement"])
    rate = np.where(bad, 0.4, 0.06) * length / 1000 * (LAST - year) / 30
    failed = draw.poisson(rate * RECORDED)
    street = np.arange(count) // PER_STREET
    frame = pd.DataFrame(
        {
            "asset_id": [f"p{i:07d}" for i in range(count)],
            "material": material,
            "install_year": year,
            "length_m": length,
            "diameter_mm": draw.choice([100.0, 150.0, 200.0, 300.0, 500.0], count),
            "corridor_id": [f"c{s}" for s in street],
            "street": [f"s{s // 8}" for s in street],
            "road_class": draw.choice(["arterial", "collector", "local"], count),
            "households": draw.integers(0, 400, count),
        }
    )
    where = np.repeat(np.arange(count), failed)
    when = draw.integers(LAST - RECORDED + 1, LAST + 1, len(where))
    failures = pd.DataFrame(
        {
            "failure_id": [f"f{i}" for i in range(len(where))],
            "asset_class": CLASS,
            "asset_id": frame["asset_id"].to_numpy()[where],
            "date": [f"{y}-07-01" for y in when],
            "year": when,
            "kind": "burst",
        }
    )
    none, empty = failures.iloc[:0], pd.DataFrame()
    return Inventory(
        assets={CLASS: frame},
        failures=failures,
        predecessor_failures=none,
        unjoined_failures=none,
        corridors=empty,
        packages=empty,
        running_works=empty,
        package_history=empty,
    )


def _bare(model: RateModel, stock: Inventory, cls: str, years: list[int]) -> float:
    """Time the forests' `predict` alone; the rows are made before.

    In processor time, as all here: the machine may be shared.
    """
    history = make_history(stock, load().asset_classes[cls], AsOf(LAST))
    x = matrix(history, model.features, years[0])
    at = [feature.name for feature in model.features].index(AGE)
    seconds = 0.0
    for year in years:
        x[:, at] = ages(history, year)
        began = time.process_time()
        for tree in model.forest:
            tree.predict(x)
        seconds += time.process_time() - began
    return seconds


def _timed(stock: Inventory, catalogue: object) -> float:
    began = time.process_time()
    table = risk.score(stock, catalogue, LAST, YEARS)  # type: ignore[arg-type]
    seconds = time.process_time() - began
    if len(table.table) != YEARS * len(stock.assets[CLASS]):
        raise SystemExit("rows are missing")
    return seconds
