"""Rules about some money, as an oracle states them to CP-SAT: by their definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import lcm
from typing import Any

from tests.oracle_facts import BP, Facts, Row, ledger_of

Draws = dict[Any, Any]
"""(package, year, fund) → the variable of the draw."""
Income = Callable[[Iterable[str], int], int]
"""What packages earn in a year."""


def money_rules(
    facts: Facts,
    model: Any,
    draw: Draws,
    able: dict[tuple[str, str], int],
    income: Income,
) -> None:
    """State every rule about some money."""
    for kind, state in STATED.items():
        for rule in facts.rules[kind]:
            state(facts, model, draw, rule)
    for rule in facts.rules["coverage"]:
        _coverage(facts, model, draw, rule, income)
    for (_, _, name), money in draw.items():
        _sized(model, money, facts.funds[name])
    for rule in facts.rules["resident_limit"]:
        for package in facts.packages:
            given = _received(facts, draw, rule, package)
            model.add(sum(given) <= able.get((rule.id, package), 0))


def _sized(model: Any, money: Any, fund: Row) -> None:
    """Draw nothing, or at least so much, in whole parcels."""
    least, step = fund["least_draw"], fund["step"]
    if least:
        some = model.new_bool_var("")
        model.add(money >= least).only_enforce_if(some)
        model.add(money == 0).only_enforce_if(~some)
    if step:
        model.add_modulo_equality(0, money, step)


def _sources(facts: Facts, model: Any, draw: Draws, rule: Any) -> None:
    """Count the funds that a package has money from."""
    funds = named(facts, rule) or set(facts.funds)
    for package, row in facts.packages.items():
        if not _fits(row, rule.where.given()):
            continue
        count: list[Any] = []
        for fund in sorted(funds):
            past = [
                r["received"]
                for r in facts.history.get(package, [])
                if r["fund_id"] == fund
            ]
            own = [v for (p, _, f), v in draw.items() if (p, f) == (package, fund)]
            if sum(past) > 0:
                count.append(1)
                continue
            some = model.new_bool_var("")
            model.add(sum(own) == 0).only_enforce_if(~some)
            count.append(some)
        model.add(sum(count) <= rule.at_most)


def named(facts: Facts, rule: Any) -> set[str]:
    """List the funds that a rule means."""
    return {
        name
        for name, fund in facts.funds.items()
        if name in rule.funds or fund["kind"] in rule.fund_kinds
    }


def _received(facts: Facts, draw: Draws, rule: Any, package: str) -> list[Any]:
    funds = named(facts, rule)
    past = [
        row["received"]
        for row in facts.history.get(package, [])
        if row["fund_id"] in funds
    ]
    return past + [v for (p, _, f), v in draw.items() if p == package and f in funds]


def _coverage(facts: Facts, model: Any, draw: Draws, rule: Any, income: Income) -> None:
    """Hand the income of each year to bonds that run then, until all are covered."""
    funds = named(facts, rule)
    groups = [list(group) for group in rule.merged]
    groups += [
        [name] for name in facts.packages if not any(name in own for own in groups)
    ]
    last = facts.last + 99  # when every work is finished
    for group in groups:
        bonds = _bonds_of(facts, draw, funds, group)
        if rule.income_years is not None:
            owed = [money * _due(facts, rule, fund) for fund, _, money in bonds]
            whole = rule.income_years * income(group, last)
            model.add(rule.min_bp * sum(owed) <= BP * BP * whole)
            continue
        given: dict[int, list[Any]] = {}
        for fund, issued, money in bonds:
            end = issued + facts.funds[fund]["tenor_years"]
            years = range(max(issued + 1, facts.first), end + 1)
            if end < facts.first:  # repaid
                continue
            parts = [model.new_int_var(0, BP * BP * 10**7, "") for _ in years]
            for year, part in zip(years, parts, strict=True):
                given.setdefault(year, []).append(part)
            model.add(rule.min_bp * _due(facts, rule, fund) * money <= sum(parts))
        for year, parts in given.items():
            model.add(sum(parts) <= BP * BP * income(group, year))


def _due(facts: Facts, rule: Any, fund: str) -> int:
    return BP + int(facts.funds[fund]["tenor_years"]) * int(rule.planning_coupon_bp)


def _bonds_of(
    facts: Facts, draw: Draws, funds: set[str], group: list[str]
) -> list[tuple[str, int, Any]]:
    """List what a group issues: (fund, year, money)."""
    past = [
        (row["fund_id"], row["year"], row["received"])
        for name in group
        for row in facts.history.get(name, [])
        if row["fund_id"] in funds and row["received"]
    ]
    new = [(f, y, v) for (p, y, f), v in draw.items() if p in group and f in funds]
    return past + new


def _growth(facts: Facts, model: Any, draw: Draws, rule: Any) -> None:
    funds = named(facts, rule)
    for year, cap in rule.cap.items():
        terms: list[tuple[Fraction, Any]] = []
        for (_, issued, name), money in draw.items():
            if name not in funds or issued > year:
                continue
            ledger = [*ledger_of(facts.funds[name]), (Fraction(0), Fraction(0))]
            age = min(year - issued, len(ledger) - 1)
            before = ledger[age - 1][0] if age else Fraction(0)
            terms.append((ledger[age][0] - before, money))
        repaid = sum(
            row["repaid"]
            for row in facts.old_debt
            if row["fund_id"] in funds and row["year"] == year
        )
        room = Fraction(str(cap)) * 100 + repaid
        scale = lcm(room.denominator, *(share.denominator for share, _ in terms))
        model.add(
            sum(int(share * scale) * money for share, money in terms)
            <= int(room * scale)
        )


def _reviewed(facts: Facts, model: Any, draw: Draws, rule: Any) -> None:
    funds = named(facts, rule)
    for (package, year, fund), money in draw.items():
        word = facts.packages[package]["bond_review"]
        passed = word == "passed" or (word and int(word) <= year)
        if fund in funds and not passed:
            model.add(money == 0)


def _listed(facts: Facts, model: Any, draw: Draws, rule: Any) -> None:
    funds = named(facts, rule)
    for (package, _, fund), money in draw.items():
        rows = [
            facts.packages[package] | project
            for project in facts.projects.values()
            if project["package_id"] == package
        ]
        given = rule.where.given()
        if fund in funds and any(_fits(row, given) for row in rows):
            model.add(money == 0)


def _fits(row: Row, given: dict[str, tuple[str, ...]]) -> bool:
    return all(row[key] in values for key, values in given.items())


def _band(facts: Facts, model: Any, draw: Draws, rule: Any) -> None:
    _part(facts, model, draw, rule, rule.quota_bp[rule.band])


def _kept_back(facts: Facts, model: Any, draw: Draws, rule: Any) -> None:
    _part(facts, model, draw, rule, BP - rule.keep_bp)


def _part(facts: Facts, model: Any, draw: Draws, rule: Any, part: int) -> None:
    """Move the open part of each year's money to the years in which it is received."""
    for name in named(facts, rule):
        keep = facts.funds[name]["carry_over"]
        wait = int(facts.funds[name]["arrival_month"] > 10)
        moved: dict[tuple[int, int], Any] = {}
        for source, whole in facts.given[name].items():
            amount = whole * part // BP
            for year in facts.years:
                if year >= source + wait and (keep < 0 or year - source <= keep):
                    moved[source, year] = model.new_int_var(0, amount, "")
            model.add(sum(v for (s, _), v in moved.items() if s == source) <= amount)
        for year in facts.years:
            need = [v for (_, y, f), v in draw.items() if (y, f) == (year, name)]
            model.add(sum(need) == sum(v for (_, y), v in moved.items() if y == year))


def _even(facts: Facts, model: Any, draw: Draws, rule: Any) -> None:
    """Compare what the funds give with the year before, year by year."""
    funds = named(facts, rule)
    before = None if rule.before is None else int(rule.before * 100)
    for year in facts.years:
        now = sum(v for (_, y, f), v in draw.items() if y == year and f in funds)
        if before is not None:
            if rule.rise is not None:
                model.add(now - before <= int(rule.rise * 100))
            if rule.fall is not None:
                model.add(before - now <= int(rule.fall * 100))
        before = now


STATED: dict[str, Any] = {
    "smoothing": _even,
    "debt_increase": _growth,
    "bond_review": _reviewed,
    "negative_list": _listed,
    "debt_band": _band,
    "emergency_reserve": _kept_back,
    "source_limit": _sources,
}
"""How each kind is stated."""
