"""Street segments of the demo county taken away and found again, against the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.load import load
from renewopt.core.data import data_dir
from renewopt.inventory import Inventory, read_inventory
from renewopt.inventory.corridors import place_in_corridors

NOISES_M = (0.0, 3.0, 8.0)
"""Standard error of every end of every line, in metres."""
M_PER_DEGREE = 111_000.0


@dataclass(frozen=True)
class Quality:
    """How well pairs of assets of two classes in one street segment were found.

    Attributes
    ----------
    pairs, found, right
        True pairs, pairs found, and pairs found that are true.
    placed
        Share of the assets with a true segment that were placed at all.
    stray
        Assets without a true segment that were placed.
    """

    pairs: int
    found: int
    right: int
    placed: float
    stray: int

    @property
    def precision(self) -> float:
        """Share of the pairs found that are true."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found."""
        return self.right / self.pairs if self.pairs else 1.0


def measure(
    inventory: Inventory,
    catalogue: Catalogue,
    road_layer: bool,
    streets: bool = True,
    noise_m: float = 0.0,
    seed: int = 1,
) -> Quality:
    """Take the identifiers away, place the assets again and compare.

    Parameters
    ----------
    road_layer
        Whether the table of corridors (with coordinates) is there; else the graph.
    streets
        Whether assets keep their street names.
    noise_m
        Standard error of the coordinates.
    """
    truth = _labels(inventory.assets)
    drop = ["corridor_id", "corridor_source", *([] if streets else ["street"])]
    bare = {
        name: _shaken(frame.drop(columns=drop, errors="ignore"), noise_m, seed)
        for name, frame in inventory.assets.items()
    }
    layer = inventory.corridors if road_layer else inventory.corridors.iloc[:0]
    placed = place_in_corridors(bare, layer, catalogue)
    return compare(truth, _labels(placed.assets))


def _labels(assets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List class, asset and segment of everything."""
    parts = [
        frame.reindex(columns=["asset_id", "corridor_id"]).assign(asset_class=name)
        for name, frame in sorted(assets.items())
    ]
    return pd.concat(parts, ignore_index=True)


def _shaken(frame: pd.DataFrame, noise_m: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng([seed, len(frame)])
    out = frame.copy()
    for column in [c for c in frame if str(c).endswith(("lon", "lat"))]:
        error = rng.normal(0.0, noise_m / M_PER_DEGREE, len(frame))
        out[column] = out[column] + error
    return out


def compare(truth: pd.DataFrame, found: pd.DataFrame) -> Quality:
    """Compare pairs of assets of two classes in one segment."""
    keys = ["asset_class", "asset_id"]
    both = truth.merge(found, on=keys, suffixes=("_true", "_found"))
    true, got = both["corridor_id_true"], both["corridor_id_found"]
    right = _pairs(both.assign(cell=true.astype(str) + "|" + got.astype(str))
                   [true.notna() & got.notna()], "cell")  # fmt: skip
    return Quality(
        pairs=_pairs(both[true.notna()], "corridor_id_true"),
        found=_pairs(both[got.notna()], "corridor_id_found"),
        right=right,
        placed=float(got[true.notna()].notna().mean()),
        stray=int((true.isna() & got.notna()).sum()),
    )


def _pairs(frame: pd.DataFrame, column: str) -> int:
    """Count the pairs of assets of two classes that share a value."""
    by_class = frame.groupby([column, "asset_class"]).size()
    total = by_class.groupby(level=0).sum()
    same = (by_class**2).groupby(level=0).sum()
    return int((total**2 - same).sum() // 2)


def main() -> None:
    """Print precision and recall on the demo county and the small town."""
    catalogue = load()
    print(
        "| inventory | found by | coordinates | precision | recall | placed | stray |"
    )
    print("|---|---|--:|--:|--:|--:|--:|")
    for folder in ("demo-county", "small-town"):
        inventory = read_inventory(data_dir("inventories") / folder, catalogue)
        for title, layer, streets in (
            ("road layer", True, True),
            ("road layer, no street names", True, False),
            ("street graph", False, True),
        ):
            for noise in NOISES_M:
                q = measure(inventory, catalogue, layer, streets, noise)
                print(f"| {folder} | {title} | ±{noise:g} m | {q.precision:.4f} "
                      f"| {q.recall:.4f} | {q.placed:.4f} | {q.stray} |")  # fmt: skip
    for folder in ("demo-county",):
        inventory = read_inventory(data_dir("inventories") / folder, catalogue)
        named = _by_names_alone(inventory)
        q = measure(named, catalogue, True)
        print(f"| {folder} | name of the segment alone | none | {q.precision:.4f} "
              f"| {q.recall:.4f} | {q.placed:.4f} | {q.stray} |")  # fmt: skip


def _by_names_alone(inventory: Inventory) -> Inventory:
    """Write the whole name of the segment as the street; take the coordinates away."""
    names = inventory.corridors.set_index("corridor_id")["name"]
    assets = {}
    for name, frame in inventory.assets.items():
        out = frame.drop(columns=[c for c in frame if str(c).endswith(("lon", "lat"))])
        if "corridor_id" in out:
            full = out["corridor_id"].map(names)
            out = out.assign(street=full.where(full.notna(), out["street"]))
        assets[name] = out
    return replace(inventory, assets=assets)
