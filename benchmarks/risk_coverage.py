"""How many true rates of generated counties lie in the 90 % intervals of the score.

Three states of each class: no records; ten years of records; a model trained on them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt import risk
from renewopt.catalogue.load import load
from renewopt.demo.draw import Draw
from renewopt.demo.generate import _assets
from renewopt.demo.hazards import draw_failures, true_rate
from renewopt.demo.sizes import SIZES
from renewopt.demo.streets import make_streets
from renewopt.inventory import Inventory
from renewopt.risk.artefact import MODEL_FILE
from renewopt.risk.windows import MODEL

CLASSES = ("gas_pipe", "heating_pipe", "water_pipe")
LAST = 2025
CATALOGUE = load()
STATES = ("cold", "records", "trained, what it uses", "trained, the model")


def main(arguments: Sequence[str] = ()) -> int:
    """Print the share covered by class and state, with least and greatest county."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks risk-coverage")
    parser.add_argument("--seeds", default="21-26", help="counties, as 21-26")
    first, last = map(int, parser.parse_args(arguments).seeds.split("-"))
    rows = [row for seed in range(first, last + 1) for row in county(seed)]
    found = pd.DataFrame(rows)
    print(
        "| class | state | covered | least–greatest | truth below | above "
        "| expected ÷ true | records |\n|---|---|--:|--:|--:|--:|--:|--:|"
    )
    for (name, state), own in found.groupby(["class", "state"], sort=False):
        mean = own.mean(numeric_only=True)
        print(
            f"| {name} | {state} | {mean['covered']:.3f} "
            f"| {own['covered'].min():.2f}–{own['covered'].max():.2f} "
            f"| {mean['below']:.3f} | {mean['above']:.3f} | {mean['ratio']:.2f} "
            f"| {own['records'].min()}–{own['records'].max()} |"
        )
    used = found[found["state"] == STATES[2]].groupby(["class", "used"]).size()
    print("\nIn use after training: "
          + ", ".join(f"{c} {u} × {n}" for (c, u), n in used.items()))  # fmt: skip
    return 0


def county(seed: int) -> Iterator[dict[str, object]]:
    """Score one county in every state, beside its true rates."""
    streets = make_streets(SIZES["county"], seed)
    assets, _ = _assets(streets, SIZES["county"], seed, CATALOGUE)
    drawn = draw_failures(assets, seed)
    drawn = drawn.assign(year=pd.to_datetime(drawn["date"]).dt.year)
    drawn = drawn[drawn["year"] <= LAST].assign(date=drawn["date"].astype(str))
    for name in CLASSES:
        frame, own = assets[name], drawn[drawn["asset_class"] == name]
        frailty = Draw(seed, f"failures {name}").frailty(len(frame))
        rate = true_rate(name, frame, LAST + 1) * frailty
        true = pd.Series(rate, frame["asset_id"])
        for state, used, table in _states(name, frame, own):
            yield {
                "class": name,
                "state": state,
                "used": used,
                "records": 0 if state == STATES[0] else len(own),
                **_covered(table, true[true > 0]),
            }


def _states(
    name: str, frame: pd.DataFrame, own: pd.DataFrame
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    stock = _stock(name, frame, own)
    bare = _stock(name, frame, own.iloc[:0])
    yield STATES[0], "prior", risk.score(bare, CATALOGUE, LAST, 1).table
    yield STATES[1], "records", risk.score(stock, CATALOGUE, LAST, 1).table
    trained = risk.train(stock, CATALOGUE, name, LAST)
    model = replace(trained, artefact=replace(trained.artefact, use=MODEL))
    for state, one in zip(STATES[2:], (trained, model), strict=True):
        with tempfile.TemporaryDirectory() as folder:
            path = one.write(Path(folder)) / MODEL_FILE
            with_model = replace(CATALOGUE, risk_models={name: path})
            table = risk.score(stock, with_model, LAST, 1).table
        yield state, one.artefact.use, table


def _covered(table: pd.DataFrame, true: pd.Series) -> dict[str, float]:
    own = table.set_index("asset_id").loc[true.index]
    low = own["failures_low"].le(true).to_numpy()
    high = own["failures_high"].ge(true).to_numpy()
    shares: list[npt.NDArray[np.bool_]] = [low & high, ~low, ~high]
    covered, below, above = (float(share.mean()) for share in shares)
    ratio = float(own["expected_failures"].sum() / true.sum())
    return {"covered": covered, "below": below, "above": above, "ratio": ratio}


def _stock(name: str, frame: pd.DataFrame, failures: pd.DataFrame) -> Inventory:
    """Make an inventory of one class and its records."""
    empty = pd.DataFrame()
    return Inventory(
        assets={name: frame},
        failures=failures.reset_index(drop=True),
        predecessor_failures=failures.iloc[:0],
        unjoined_failures=failures.iloc[:0],
        corridors=empty,
        packages=empty,
        running_works=empty,
        package_history=empty,
    )
