"""Planning by project beside planning by segment, on the networks that are measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.grouping import SMALL, Network, compare, networks, part_of
from benchmarks.real_water import DATA
from renewopt.catalogue.load import load
from renewopt.core.data import data_dir
from renewopt.inventory import read_inventory
from renewopt.projects import CaseSettings
from renewopt.risk import score

LEAST = 0.97
"""Share of the risk removed by segments that projects have to reach at equal cost."""


def test_projects_of_the_demo_county_reach_the_segments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whole streets of gas pipes, the class file's grouping, money for 20 %."""
    monkeypatch.setattr("benchmarks.grouping.SHARES", (0.2,))
    catalogue = load()
    demo = read_inventory(data_dir("inventories") / "demo-county", catalogue)
    gas = {"gas_pipe": demo.assets["gas_pipe"]}
    alone = replace(demo, assets=gas)
    settings = CaseSettings(2027, 1, price_base_year=2026)
    network = Network("gas", alone, score(alone, catalogue, 2026, 5), settings)
    ((_, ratio),) = compare(part_of(network, "gas_pipe", 150), catalogue)
    assert LEAST <= ratio <= 1.0005


@pytest.mark.long
@pytest.mark.shared
@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
def test_projects_of_kitchener_reach_the_segments() -> None:
    """Whole segments of mains with their ROADSEGMENTID, money for 10 to 50 %."""
    catalogue = load()
    *_, kitchener = networks(catalogue)
    network = part_of(kitchener, "water_pipe", SMALL)
    ratios = [ratio for _, ratio in compare(network, catalogue)]
    assert min(ratios) >= LEAST
