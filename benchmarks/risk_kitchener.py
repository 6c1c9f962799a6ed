"""Kitchener's breaks: nine one-year windows, every baseline, and few records kept."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from renewopt.catalogue.load import load
from renewopt.inventory import Inventory, read_inventory
from renewopt.risk import measures
from renewopt.risk.as_of import AsOf
from renewopt.risk.backtest import backtest
from renewopt.risk.exposure import History, make_history
from renewopt.risk.model import fit, forecast
from renewopt.risk.windows import MEAN, MODEL, Backtest

DATA = Path(__file__).parents[2] / "shared" / "data" / "water_kitchener_2023"
LAST = 2022
WINDOWS = range(2013, 2022)
RECORDED_FROM = 1997
KEPT = (5, 20, 50, 100)
DRAWS = 5
"""Random subsets of the records for each size."""
SMALL_AS_OF, SMALL_YEARS = 2017, 5
SHOWN = (
    "top1_length", "top5_length", "top10_length", "top5_never_failed", "top1_segment",
    "top5_segment", "top10_segment", "top5_cost", "top10_cost", "auc", "brier",
    "expected_seen",
)  # fmt: skip


def main() -> None:
    """Print the table of the nine windows and the curve of few records."""
    if not DATA.is_dir():
        print("The data set is not here; nothing measured.", file=sys.stderr)
        return
    catalogue = load()
    stock = read_inventory(DATA, catalogue, mapping="kitchener")
    cls = catalogue.asset_classes["water_pipe"]
    history = make_history(stock, cls, AsOf(LAST))
    began = time.process_time()
    fit(history)
    print(f"One fit: {time.process_time() - began:.1f} s of one core, "
          f"{len(history.frame):,} mains × {len(history.years)} years, "
          f"{history.used:,} breaks, recorded from {history.first_year}\n")  # fmt: skip
    judged = backtest(history, WINDOWS, 1)
    _measures(judged)
    _calibration(judged)
    _few(stock, history)


def _measures(judged: Backtest) -> None:
    mean = judged.table[judged.table["window"] == MEAN].set_index(["name", "measure"])
    print("| ranking | " + " | ".join(SHOWN) + " |\n|---" + "|--:" * len(SHOWN) + "|")
    for name in dict.fromkeys(judged.table["name"]):
        cells = [_figure(key, mean.loc[(name, key), "value"]) for key in SHOWN]
        print(f"| {name} | " + " | ".join(cells) + " |")
    own = mean.loc[MODEL]
    print(
        "\n| model, 90 % interval by corridor | value | low | high |\n|---|--:|--:|--:|"
    )
    for key in SHOWN[:9]:
        value, low, high = own.loc[key, ["value", "low", "high"]]
        print(f"| {key} | {value:.3f} | {low:.3f} | {high:.3f} |")
    print("\n| model less | 5 % | 10 % | mean of both | segment, 1 % |"
          "\n|---|---|---|---|---|")  # fmt: skip
    gaps = judged.differences.set_index(["name", "measure"])
    for name in dict.fromkeys(judged.differences["name"]):
        cells = [
            _gap(gaps, name, key)
            for key in ("top5_length", "top10_length", "main", "top1_segment")
        ]
        print(f"| {name} | " + " | ".join(cells) + " |")


def _figure(key: str, value: float) -> str:
    return f"{value:.5f}" if key == "brier" else f"{value:.3f}"


def _gap(gaps: pd.DataFrame, name: str, key: str) -> str:
    value, low, high = gaps.loc[(name, key), ["value", "low", "high"]]
    said = "better" if low > 0 else "worse" if high < 0 else "tie"
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f}) {said}"


def _calibration(judged: Backtest) -> None:
    totals = judged.totals
    print("\n| year | expected | recorded | 90 % interval |\n|---|--:|--:|---|")
    for row in totals.to_dict("records"):
        print(f"| {row['as_of'] + 1} | {row['expected']:.1f} | {row['seen']:.0f} "
              f"| {row['low']:.0f}–{row['high']:.0f} |")  # fmt: skip
    ratio = totals["expected"].sum() / totals["seen"].sum()
    inside = (totals["seen"] >= totals["low"]) & (totals["seen"] <= totals["high"])
    print(f"\nExpected ÷ recorded {ratio:.2f}; {inside.sum()} of {len(totals)} years "
          "inside their interval.\n")  # fmt: skip
    print("| band (share of length) | expected | recorded | 90 % interval |")
    print("|---|--:|--:|---|")
    for row in judged.calibration.to_dict("records"):
        if row["kind"] == "band":
            print(f"| to {row['share']:.0%} | {row['expected']:.1f} "
                  f"| {row['seen']:.0f} "
                  f"| {row['low']:.0f}–{row['high']:.0f} |")  # fmt: skip


def keep_some(stock: Inventory, count: int, seed: int) -> Inventory:
    """Keep a random few of the records up to `SMALL_AS_OF`; predecessors' go."""
    past = stock.failures[stock.failures["year"].between(RECORDED_FROM, SMALL_AS_OF)]
    chosen = past.sample(count, random_state=seed)
    none = stock.predecessor_failures.iloc[:0]
    return replace(
        stock, failures=chosen, predecessor_failures=none, unjoined_failures=none
    )


def _few(stock: Inventory, history: History) -> None:
    """Keep few records, foretell five years, count all failures that came."""
    years = list(range(SMALL_AS_OF + 1, SMALL_AS_OF + SMALL_YEARS + 1))
    past = history.cut(SMALL_AS_OF)
    there = past.exists(SMALL_AS_OF)
    seen = sum((history.failures_in(y) for y in years), np.zeros(len(there)))[there]
    size = past.prior.exposure[there]

    unit = past.places.of_asset
    alone = np.arange(len(unit)) + len(past.places.keys)
    unit = np.where(unit >= 0, unit, alone)[there]
    taken = measures.draws(int(unit.max()) + 1)

    def caught(expected: np.ndarray) -> np.ndarray:
        """Give the shares of the data and of every draw of corridors."""
        ranking = measures.rank(expected[there] / size)
        return measures.captures(ranking, size, seen, unit, taken)

    prior = np.column_stack([past.prior.expected(y) for y in years]).sum(axis=1)
    print(f"\nFew records kept (as of {SMALL_AS_OF}, {SMALL_YEARS} years after, "
          f"mean of {DRAWS} subsets; less the expert rates, with the 90 % interval "
          "over the same draws of corridors and the subsets)\n")  # fmt: skip
    print("| records kept | top 1 % | top 5 % | top 10 % | weight of the trees |")
    print("|--:|--:|--:|--:|--:|")
    expert = caught(prior)
    cells = [f"{v:.3f}" for v in expert[0]]
    print("| 0 (expert rates) | " + " | ".join(cells) + " | |")
    cls = history.cls
    for count in KEPT:
        rows, blends = [], []
        for seed in range(DRAWS):
            few = keep_some(stock, count, seed)
            own = make_history(few, cls, AsOf(SMALL_AS_OF), RECORDED_FROM)
            model = fit(own)
            blends.append(model.choice.blend)
            rows.append(caught(forecast(model, own, years).expected.sum(axis=1)))
        _row(str(count), rows, expert, float(np.mean(blends)))
    whole = fit(past)
    rows = [caught(forecast(whole, past, years).expected.sum(axis=1))]
    _row(f"{past.used} (all)", rows, expert, whole.choice.blend)


def _row(name: str, rows: list[np.ndarray], expert: np.ndarray, weight: float) -> None:
    """Print shares and their difference to the expert rates, draw by draw."""
    mean = np.mean([row[0] for row in rows], axis=0)
    gaps = np.vstack([row[1:] - expert[1:] for row in rows])
    low, high = np.nanquantile(gaps, [measures.LOW, measures.HIGH], axis=0)
    cells = [
        f"{value:.3f} ({value - known:+.3f}, {a:+.3f} to {b:+.3f})"
        for value, known, a, b in zip(mean, expert[0], low, high, strict=True)
    ]
    print(f"| {name} | " + " | ".join(cells) + f" | {weight:.2f} |")
