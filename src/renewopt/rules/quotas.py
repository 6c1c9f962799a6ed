"""Quotas: a county's own part of what a document states for all becomes a target."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from renewopt.catalogue.packs import Pack
from renewopt.catalogue.quotas import Quota
from renewopt.core.errors import Message, message

Amounts = Mapping[str, Decimal | dict[int, Decimal]]
MEASURES = {
    "km": ("length_m", 1000),
    "households": ("households", 1),
    "items": ("projects", 1),
}
"""Measure of the target, and how many of its units make one of the quota's."""


def quota_rules(
    given: Amounts, packs: Sequence[Pack], file: str
) -> tuple[list[dict[str, Any]], list[Message]]:
    """Make a target of every part that the county states, and find what is wrong.

    A plain amount is due by the quota's year; amounts by year are milestones, the total
    so far. No part is derived from the document's own amount.
    """
    known = {quota.id: (pack, quota) for pack in packs for quota in pack.quota}
    rules, problems = [], []
    for name, stated in given.items():
        if name not in known:
            problems.append(
                message(
                    "scenario.quota_unknown",
                    file=file,
                    value=name,
                    known=", ".join(sorted(known)) or "–",
                )
            )
            continue
        pack, quota = known[name]
        years = stated if isinstance(stated, dict) else {quota.year: stated}
        _, scale = MEASURES[quota.unit]
        wrong = [y for y, v in years.items() if v < 0 or (v * scale) % 1]
        before = [y for y in years if not pack.valid_from <= y <= quota.year]
        if wrong or before or not years:
            problems.append(
                message(
                    "scenario.quota_amount",
                    file=file,
                    key=f"quotas.{name}",
                    unit=quota.unit,
                    first=pack.valid_from,
                    last=quota.year,
                )
            )
            continue
        rules.append(_target(pack, quota, years))
    return rules, problems


def _target(pack: Pack, quota: Quota, years: Mapping[int, Decimal]) -> dict[str, Any]:
    measure, scale = MEASURES[quota.unit]
    return {
        "kind": "target",
        "id": f"quota-{quota.id}",
        "title": {"zh": quota.title.zh, "en": quota.title.en},
        "cites": f"{quota.clause} “{quota.phrase}” ({pack.id}); the part: scenario",
        "measure": measure,
        "where": {"asset_class": list(quota.asset_class)},
        "amount": {str(y): int(years[y] * scale) for y in sorted(years)},
    }


def open_quotas(
    given: Amounts, packs: Sequence[Pack], classes: Collection[str]
) -> list[Message]:
    """Name the quotas of these classes whose part for this county nobody stated."""
    return [
        message(
            "scenario.quota_open",
            pack=pack.id,
            key=f"quotas.{quota.id}",
            clause=quota.clause,
            phrase=quota.phrase,
            amount=quota.amount,
            unit=quota.unit,
            year=quota.year,
        )
        for pack in packs
        for quota in pack.quota
        if quota.id not in given and {*quota.asset_class} & {*classes}
    ]
