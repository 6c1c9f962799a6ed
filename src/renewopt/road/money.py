"""The workbook of money that a scenario names, put into the scenario."""

from __future__ import annotations

from pathlib import Path

from renewopt.catalogue import Catalogue
from renewopt.inventory.money_book import read_money_book
from renewopt.rules.policy import read_toml
from renewopt.rules.scenario import Scenario, parse_scenario


def with_money(scenario: Scenario, path: Path, catalogue: Catalogue) -> Scenario:
    """Add what the workbook of `money` says to the scenario read from `path`.

    Raises
    ------
    InputError
        Where the workbook cannot be read, or what it says is no fund, debt or rule.
    """
    if not scenario.money:
        return scenario
    source = path.parent / scenario.money
    book = read_money_book(source, catalogue, scenario.start_year)
    data = read_toml(path)
    for name, entries in book.items():
        data[name] = [*data.get(name, []), *entries]
    return parse_scenario(data, f"{path.name} + {source.name}")
