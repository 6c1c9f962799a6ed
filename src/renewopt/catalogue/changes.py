"""What a scenario changes of the class files: grouping, modes, prices, key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from renewopt.catalogue.asset_class import AssetClass
from renewopt.catalogue.class_problems import problems as class_problems
from renewopt.catalogue.load import Catalogue
from renewopt.catalogue.modes import Grouping, Mode, Price, stretched
from renewopt.catalogue.parse import validate
from renewopt.catalogue.scopes import with_contained
from renewopt.core.errors import InputError, Message, message

PARTS = ("grouping", "mode", "modes")


def changed(
    catalogue: Catalogue, changes: Mapping[str, Mapping[str, Any]], file: str
) -> Catalogue:
    """Give the catalogue with the changes of a scenario.

    Parameters
    ----------
    changes
        By class: `grouping` (keys of it), `mode` by id (keys of it; `price` by id),
        `modes` (ids of those that are offered).

    Raises
    ------
    InputError
        With every class, mode, price or key that does not exist, and every value that
        the class file could not have either.
    """
    found: list[Message] = []
    classes = dict(catalogue.asset_classes)
    for name, change in changes.items():
        key = f"classes.{name}"
        if name not in classes:
            found.append(_unknown(file, key, name, classes))
            continue
        if strange := sorted(set(change) - set(PARTS)):
            found += [
                message(
                    "toml.unknown_key",
                    file=file,
                    key=f"{key}.{part}",
                    known=", ".join(PARTS),
                )
                for part in strange
            ]
            continue
        made, notes = _class(classes[name], change, file, key)
        found += notes
        classes[name] = made
    if found:
        raise InputError(*found)
    return replace(catalogue, asset_classes=classes)


def _class(
    item: AssetClass, change: Mapping[str, Any], file: str, key: str
) -> tuple[AssetClass, list[Message]]:
    found: list[Message] = []
    update: dict[str, Any] = {}
    if "grouping" in change:
        grouping, notes = _part(
            Grouping, item.grouping, change["grouping"], file, f"{key}.grouping"
        )
        found += notes
        update["grouping"] = grouping
    own = _table(change.get("mode", {}))
    by_mode = {mode.id: mode for mode in item.modes}
    found += [
        _unknown(file, f"{key}.mode.{name}", name, by_mode)
        for name in own
        if name not in by_mode
    ]
    offered = change.get("modes", list(by_mode))
    offered = offered if isinstance(offered, list) else [offered]
    found += [
        _unknown(file, f"{key}.modes", str(name), by_mode)
        for name in offered
        if name not in by_mode
    ]
    every = []
    for mode in item.modes:
        if mode.id in own:
            mode, notes = _mode(mode, own[mode.id], file, f"{key}.mode.{mode.id}")
            found += notes
        every.append(mode)
    modes = _offered(every, offered)
    if found or not modes:
        none = [] if modes else [_unknown(file, f"{key}.modes", "[]", by_mode)]
        return item, [*found, *none]
    made = item.model_copy(update=update | {"modes": tuple(modes)})
    return made, list(class_problems(made, file))


def _offered(modes: Sequence[Mode], offered: Sequence[str]) -> list[Mode]:
    """Keep the modes that are offered; they include what those left out would have."""
    if len(modes) == len(set(offered)):
        return list(modes)
    found = [mode for mode in with_contained(modes) if mode.id in offered]
    ids = {mode.id for mode in found}
    return [
        mode.model_copy(
            update={"contains": tuple(name for name in mode.contains if name in ids)}
        )
        for mode in found
    ]


def _mode(mode: Mode, change: Any, file: str, key: str) -> tuple[Mode, list[Message]]:
    rest = dict(_table(change))
    own = _table(rest.pop("price", {}))
    by_price = {price.id: price for price in mode.price}
    found = [
        _unknown(file, f"{key}.price.{name}", name, by_price)
        for name in own
        if name not in by_price
    ]
    rest = _with_profiles(mode, rest)
    prices = []
    for price in mode.price:
        if price.id in own:
            where = f"{key}.price.{price.id}"
            made, notes = _part(Price, price, own[price.id], file, where)
            found += notes
            price = made or price
        prices.append(price)
    made_mode, notes = _part(
        Mode, mode.model_copy(update={"price": tuple(prices)}), rest, file, key
    )
    return made_mode or mode, [*found, *notes]


def _with_profiles(mode: Mode, change: dict[str, Any]) -> dict[str, Any]:
    """Share the payments of the years of works out over another number of years.

    A profile that the scenario gives itself is taken as it stands.
    """
    years = change.get("duration", mode.duration)
    if type(years) is not int or years < 1 or years == mode.duration:
        return change
    made = dict(change)
    for key in ("payment_bp", "progress_bp"):
        parts = getattr(mode, key)
        if parts and key not in change:
            made[key] = stretched(parts, mode.duration, years)
    return made


def _part(
    model: type[Any], old: BaseModel, change: Any, file: str, key: str
) -> tuple[Any, list[Message]]:
    return validate(model, old.model_dump() | dict(_table(change)), file, key)


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"": value}


def _unknown(file: str, key: str, value: str, known: Mapping[str, Any]) -> Message:
    return message(
        "catalogue.change_unknown",
        file=file,
        key=key,
        value=value,
        known=", ".join(_sorted(known)),
    )


def _sorted(known: Mapping[str, Any]) -> Iterator[str]:
    return iter(sorted(known))
