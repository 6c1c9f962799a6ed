"""Projects formed from real and made networks: how buildable, and at what price."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.real_water import DATA
from renewopt.catalogue import Catalogue
from renewopt.catalogue.load import load
from renewopt.core.case import PlanningCase
from renewopt.core.data import data_dir
from renewopt.inventory import Inventory, read_inventory
from renewopt.optimise.task import SolveOptions
from renewopt.projects import CaseSettings, make_case, quality
from renewopt.risk import RiskTable, score
from renewopt.road.solve import solve_problem
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.rules.policy import make_policy
from renewopt.rules.problem import Problem

SHARES = (0.1, 0.2, 0.3, 0.5)
"""Budgets, as shares of what renewing every candidate costs."""
SMALL = 600
"""Assets of the case that is solved both ways."""


@dataclass(frozen=True, eq=False)
class Network:
    """An inventory with its risk, and the years that it is planned for."""

    title: str
    inventory: Inventory
    risk: RiskTable
    settings: CaseSettings


def networks(catalogue: Catalogue) -> Iterator[Network]:
    """Yield the demo county and, where the data set is, Kitchener."""
    demo = read_inventory(data_dir("inventories") / "demo-county", catalogue)
    settings = CaseSettings(2027, 5, price_base_year=2026)
    yield Network("demo county", demo, score(demo, catalogue, 2026, 15), settings)
    if not DATA.is_dir():
        print("Kitchener's data set is not here.", file=sys.stderr)
        return
    real = read_inventory(DATA, catalogue, mapping="kitchener")
    settings = CaseSettings(2024, 5)
    yield Network("Kitchener", real, score(real, catalogue, 2023, 15), settings)


def one_by_one(catalogue: Catalogue) -> Catalogue:
    """Give the catalogue in which every line is a project of its own."""
    alone = {"max_quantity": 1e-6, "least_quantity": 0.0, "least_cost": 0.0}
    classes = {
        name: item.model_copy(
            update={"grouping": item.grouping.model_copy(update=alone)}
        )
        for name, item in catalogue.asset_classes.items()
    }
    return replace(catalogue, asset_classes=classes)


def part_of(network: Network, asset_class: str, count: int) -> Network:
    """Cut a small network out: whole streets of one class, in alphabetical order."""
    frame = network.inventory.assets[asset_class]
    streets = frame.groupby("street").size().sort_index().cumsum()
    own = frame[frame["street"].isin(streets[streets <= count].index)]
    running = network.inventory.running_works
    alone = replace(
        network.inventory,
        assets={asset_class: own.reset_index(drop=True)},
        running_works=running.iloc[:0],
    )
    return replace(network, inventory=alone)


def removed(case: PlanningCase, budget: int) -> float:
    """Solve for the most risk removed at a cost in the first year; 万元."""
    rule = {
        "kind": "annual_cap",
        "id": "money",
        "measure": "cost",
        "cap": {str(case.start_year): budget},
    }
    nothing = (FUNDS.empty(), FUND_YEARS.empty(), EXISTING_DEBT.empty())
    policy = make_policy({"rule": [rule]}, *nothing, "policy.toml")
    options = SolveOptions(gap=1e-4, time_limit_s=60, engine="highs")
    plan = solve_problem(Problem(case, policy), options=options)
    return plan.proof.objective / 100


def compare(network: Network, catalogue: Catalogue) -> Iterator[tuple[float, float]]:
    """Yield the share of the budget and the share of the risk removed that is reached.

    One plan year, so that a plan by project and one by segment spend the same money.
    """
    year = replace(network.settings, years=1)
    cases = [
        make_case(network.inventory, network.risk, models, [], year)[0]
        for models in (catalogue, one_by_one(catalogue))
    ]
    total = int(cases[1].payments["cost"].sum() // 100)
    for share in SHARES:
        budget = max(1, int(total * share))
        grouped, single = (removed(case, budget) for case in cases)
        yield share, grouped / single


def main() -> None:
    """Print the quality of the projects and what planning by project gives up."""
    catalogue = load()
    print(
        "| network | class | assets | projects | in one piece (25 m / 150 m) "
        "| size: least / ¼ / median / ¾ / most | stubs < 7 m, alone "
        "| below the least, risk in them | s |"
    )
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|")
    found = list(networks(catalogue))
    for network in found:
        packs = [catalogue.packs["national-15fyp"]]
        began = time.perf_counter()
        case, _ = make_case(
            network.inventory, network.risk, catalogue, packs, network.settings
        )
        seconds = time.perf_counter() - began
        for name in sorted(network.inventory.assets):
            rules = catalogue.asset_classes[name].grouping
            q = quality.measure(case, network.inventory, rules, name)
            sizes = " / ".join(f"{n:,.0f}" for n in q.quantiles)
            print(f"| {network.title} | {name} | {q.assets:,} | {q.projects:,} "
                  f"| {q.touching:.1%} / {q.near:.1%} | {sizes} "
                  f"| {q.stubs:,}, {q.stubs_alone} | {q.below}, {q.risk_below:.2%} "
                  f"| {seconds:.1f} |")  # fmt: skip
    print("\n| small network | budget | risk removed, by project ÷ by segment |")
    print("|---|--:|--:|")
    for network, name in zip(found, ("heating_pipe", "water_pipe"), strict=False):
        ratios = []
        for share, ratio in compare(part_of(network, name, SMALL), catalogue):
            ratios.append(ratio)
            print(f"| {network.title}, {name} | {share:.0%} | {ratio:.4f} |")
        print(f"| {network.title}, {name} | mean | {np.mean(ratios):.4f} |")
