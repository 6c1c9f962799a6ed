"""How much of every rule is used, year by year or place by place, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renewopt.report.sheets import Sheet, Words
from renewopt.runs import Run
from renewopt.text import label

AT_LEAST = frozenset({"capital_share", "target", "spending_floor", "decided"})
"""Kinds whose limit is a least: what is left is what exceeds it."""


def rule_use(run: Run, words: Words) -> Sheet:
    """List every rule of the plan: limit, used, left; or only that it is kept."""
    rows = []
    findings = run.tables["findings"]
    broken = set(run.tables["breaches"]["rule_id"])
    for rule in run.problem.policy.rules:
        own = findings[findings["rule_id"] == rule.id]
        name = words.rule(rule)
        if own.empty:
            state = "rule.broken" if rule.id in broken else "rule.kept"
            rows.append((name, rule.id, label(state, words.lang), *[None] * 3, ""))
        for row in own.to_dict("records"):
            limit, used = round(row["limit"], 2), round(row["used"], 2)
            left = used - limit if _is_least(rule, row) else limit - used
            numbers = (limit, used, round(left, 2))
            place = words.where(row["where"])
            rows.append((name, rule.id, place, *numbers, words.unit(row["unit"])))
    headings = words.headings(
        ("rule", "wide"),
        ("rule_id", "text"),
        ("where", "wide"),
        ("limit", "number"),
        ("used", "number"),
        ("left", "number"),
        ("unit", "text"),
    )
    return words.sheet("rule_use", headings, rows)


def _is_least(rule: Any, row: Mapping[Any, Any]) -> bool:
    if rule.kind == "capital_share":
        return bool(row["where"] != "allowance")
    least = rule.kind == "district_share" and row["where"].startswith("least ")
    return least or rule.kind in AT_LEAST
