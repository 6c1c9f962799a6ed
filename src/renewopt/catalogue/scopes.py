"""Scopes that contain others: what the smaller one's price includes, theirs does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from renewopt.catalogue.asset_class import AssetClass
from renewopt.catalogue.modes import Mode, Price


def with_contained(modes: Sequence[Mode]) -> tuple[Mode, ...]:
    """Give the modes with what their prices include by the scopes that they contain.

    A price that says itself what it includes keeps that. Else it includes what the
    price of the same name of the first contained scope does, that says so.
    """
    by_id = {mode.id: mode for mode in modes}
    return tuple(_filled(mode, by_id, frozenset()) for mode in modes)


def resolved(asset_class: AssetClass) -> AssetClass:
    """Give a class with what all of its prices include."""
    if not any(mode.contains for mode in asset_class.modes):
        return asset_class
    modes = with_contained(asset_class.modes)
    return asset_class.model_copy(update={"modes": modes})


def _filled(mode: Mode, known: Mapping[str, Mode], above: frozenset[str]) -> Mode:
    below = [
        _filled(known[name], known, above | {mode.id})
        for name in mode.contains
        if name in known and name not in above
    ]
    prices = tuple(_included(price, below) for price in mode.price)
    return mode.model_copy(update={"price": prices})


def _included(price: Price, below: Sequence[Mode]) -> Price:
    if price.includes is not None:
        return price
    for mode in below:
        for other in mode.price:
            if other.includes is not None and price.id == other.id:
                return price.model_copy(update={"includes": other.includes})
    return price
