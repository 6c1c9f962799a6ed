"""Rules about some money, as an oracle states them to CP-SAT: by their definitions."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Any

from tests.oracle_facts import BP, Facts, Row, ledger_of

Draws = dict[Any, Any]
"""(package, year, fund) → the variable of the draw."""


def money_rules(
    facts: Facts, model: Any, draw: Draws, able: dict[tuple[str, str], int]
) -> None:
    """State every rule about some money."""
    for kind, state in STATED.items():
        for rule in facts.rules[kind]:
            state(facts, model, draw, rule)
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
    """Count the sources that a package has money from: programmes, else kinds."""
    funds = named(facts, rule) or set(facts.funds)
    for package, row in facts.packages.items():
        if not _fits(row, rule.where.given()):
            continue
        count: list[Any] = []
        batches: dict[str, set[str]] = {}
        for fund in sorted(funds):
            terms = facts.funds[fund]
            batches.setdefault(terms["programme"] or terms["kind"], set()).add(fund)
        for batch in batches.values():
            past = [
                r["received"]
                for r in facts.history.get(package, [])
                if r["fund_id"] in batch
            ]
            own = [v for (p, _, f), v in draw.items() if p == package and f in batch]
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


def _coverage(facts: Facts, model: Any, draw: Draws, rule: Any) -> None:
    funds = named(facts, rule)
    if not funds:
        return
    groups = [list(group) for group in rule.merged]
    groups += [
        [name] for name in facts.packages if not any(name in own for own in groups)
    ]
    tenors = {fund: facts.funds[fund]["tenor_years"] for fund in funds}
    # Income up to any year covers all bonds whose tenor is over by then.
    ends = set(tenors.values()) if rule.income_years is None else {max(tenors.values())}
    for end, group in ((end, group) for end in ends for group in groups):
        owed: list[Any] = []
        for fund, name in ((f, n) for f in funds for n in group if tenors[f] <= end):
            whole = BP + tenors[fund] * rule.planning_coupon_bp
            own = [v for (p, _, f), v in draw.items() if (p, f) == (name, fund)]
            past = [
                row["received"]
                for row in facts.history.get(name, [])
                if row["fund_id"] == fund
            ]
            owed.append(whole * (sum(own) + sum(past)))
        income = 0
        for name in group:
            start = facts.packages[name]["operation_start"]
            yearly = facts.packages[name]["net_income_per_year"]
            if start is None:
                continue
            years = rule.income_years
            if years is None:
                last = facts.first + end
                years = len([y for y in range(facts.first, last + 1) if y >= start])
            income += yearly * years
        model.add(rule.min_bp * sum(owed) <= BP * BP * income)


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
    "coverage": _coverage,
    "debt_increase": _growth,
    "bond_review": _reviewed,
    "negative_list": _listed,
    "debt_band": _band,
    "emergency_reserve": _kept_back,
    "source_limit": _sources,
}
"""How each kind is stated."""
