"""Columns that a table lacks although a class, a duty or the risk reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from renewopt.catalogue import AssetClass, Catalogue
from renewopt.catalogue.packs import DERIVED_COLUMNS

NEEDED, MANDATORY, RISK = "needed", "mandatory", "risk"
_SOFT = "preference"
_AGE = "install_year"
"""What an age is counted from."""


def absent_columns(
    assets: Mapping[str, pd.DataFrame], catalogue: Catalogue
) -> dict[str, dict[str, list[str]]]:
    """List per table the columns that are not there, with who reads them.

    `needed`: rows without it are no assets; `mandatory`: a duty of a policy pack asks
    for it, so that nobody can tell whether it binds; `risk`: rates or losses of the
    class depend on it.
    """
    out: dict[str, dict[str, list[str]]] = {}
    for name, frame in sorted(assets.items()):
        if name not in catalogue.asset_classes or not len(frame):
            continue
        cls = catalogue.asset_classes[name]
        readers: dict[str, list[str]] = {}
        ways = {
            NEEDED: (spec.name for spec in cls.columns if spec.required),
            MANDATORY: _duties(cls, catalogue),
            RISK: _risk(cls, frame),
        }
        for why, columns in ways.items():
            for column in dict.fromkeys(columns):
                if column not in frame and cls.column(column) is not None:
                    readers.setdefault(column, []).append(why)
        order = [spec.name for spec in cls.columns]
        out[name] = {c: readers[c] for c in sorted(readers, key=order.index)}
    return out


def _duties(cls: AssetClass, catalogue: Catalogue) -> Iterator[str]:
    for pack in catalogue.packs.values():
        for trigger in pack.trigger:
            if cls.id in trigger.asset_class and trigger.hardness != _SOFT:
                yield from _plain(trigger.where.columns())


def _risk(cls: AssetClass, frame: pd.DataFrame) -> Iterator[str]:
    hazard, loss = cls.hazard, cls.consequence
    selections = [item.where for item in (*hazard.group, *hazard.multiplier)]
    for part in loss.part:
        selections += [part.where, *(item.where for item in part.multiplier)]
        yield from filter(None, (part.per, part.scale.column if part.scale else ""))
    for selection in selections:
        yield from _plain(selection.columns())
    yield from (item.column for item in loss.running)
    if any(group.ages for group in hazard.group):
        yield _AGE
    own = [record.column for record in hazard.record]
    if own and not any(column in frame for column in own):
        yield own[0]  # one count is enough
    if hazard.return_period is not None:
        yield hazard.return_period.column


def _plain(columns: Iterable[str]) -> Iterator[str]:
    for column in columns:
        if column not in DERIVED_COLUMNS:
            yield column
        elif column == "age":
            yield _AGE
