"""Result tables of money: by project and year, by fund and year, and debt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from renewopt.report.band import band_lines
from renewopt.report.sheets import REQUIRED, Sheet, Words, wan
from renewopt.runs import Run
from renewopt.runs.duties import chosen_works
from renewopt.text import render


def plan_by_year(run: Run, words: Words) -> Sheet:
    """Show what every chosen project is paid in each year, less savings."""
    case = run.problem.case
    years = case.plan_years
    works = chosen_works(case, run.schedule).sort_values(["start_year", "project_id"])
    paid: dict[str, dict[int, int]] = {}
    for row in case.payments.to_dict("records"):
        own = paid.setdefault(row["work_id"], {})
        own[row["year"]] = own.get(row["year"], 0) + row["cost"]
    rows: list[tuple[Any, ...]] = []
    for work in works.to_dict("records"):
        amounts = dict(paid.get(work["work_id"], {}))
        # A running project may have started before the plan: it saves nothing.
        if work["start_year"] in amounts:
            amounts[work["start_year"]] -= int(work["saving"])
        cells = [wan(amounts.get(year, 0)) for year in years]
        tail = wan(sum(v for y, v in amounts.items() if y > case.end_year))
        rows.append(
            (
                work["start_year"],
                work["completion"],
                work["project_id"],
                work["name"],
                words.of(work["asset_class"]),
                words.mode(work["mode"]),
                *cells,
                tail,
                round(sum(cells) + tail, 2),
            )
        )
    total = _column_sums(rows, 6, len(years) + 2)
    rows.append((None, None, "", words.of("total"), "", "", *total))
    headings = (
        *words.headings(
            ("start_year", "year"),
            ("completion", "year"),
            ("project_id", "text"),
            ("name", "wide"),
            ("asset_class", "text"),
            ("mode", "text"),
        ),
        *words.years(years),
        *words.headings(("tail", "money"), ("total", "money")),
    )
    return words.sheet("plan_by_year", headings, rows, bold=[len(rows) - 1])


def funding_balance(run: Run, words: Words) -> Sheet:
    """Show need, sources and gap by year, then new money and money received by fund."""
    case, policy = run.problem.case, run.problem.policy
    years = case.plan_years
    need = {year: run.summary["by_year"].get(str(year), 0.0) for year in years}
    paid = _by_fund(run.schedule.draws, "amount")
    received = _by_fund(run.schedule.draws, "received")
    offered = _by_fund(policy.fund_years, "amount")
    funds = [str(fund) for fund in policy.funds["fund_id"]]
    rows = [_row(words.of("need"), "", lambda year: need[year], years)]
    for fund in funds:
        name = words.of(fund)
        rows.append(_row(words.of("paid"), name, _amount(paid, fund), years))
    covered = {year: sum(paid.get((fund, year), 0) for fund in funds) for year in years}
    rows.append(_row(words.of("covered"), "", lambda y: wan(covered[y]), years))
    gap = len(rows)
    rows.append(
        _row(words.of("gap_money"), "", lambda y: need[y] - wan(covered[y]), years)
    )
    for fund in funds:
        name = words.of(fund)
        rows.append(_row(words.of("offered"), name, _amount(offered, fund), years))
        rows.append(_row(words.of("received"), name, _amount(received, fund), years))
    counts = run.summary["mandatory"]
    missing = sum(counts[name]["missing_money"] for name in REQUIRED if name in counts)
    rows.append(
        (words.of("missing_money"), "", *([None] * len(years)), round(missing, 2))
    )
    later = {y: v for y, v in run.summary["by_year"].items() if int(y) > case.end_year}
    tail = ", ".join(f"{year}: {paid:,.2f}" for year, paid in later.items() if paid)
    rows.append(
        (
            words.of("fig.tail"),
            tail,
            *([None] * len(years)),
            round(sum(later.values()), 2),
        )
    )
    headings = (
        *words.headings(("item", "wide"), ("fund", "wide")),
        *words.years(years),
        words.heading("total", "money"),
    )
    band = band_lines(run.problem, run.schedule)
    return words.sheet(
        "funding_balance",
        headings,
        rows,
        bold=[0, gap - 1, gap, len(rows) - 2],
        notes=[render(line, words.lang) for line in band],
    )


def debt(run: Run, words: Words) -> Sheet:
    """Show the debt ledger by fund and year until everything is repaid."""
    rows = [
        (
            words.of(row["fund_id"]),
            row["year"],
            wan(row["issued"]),
            wan(row["repaid"]),
            wan(row["interest"]),
            wan(row["service"]),
            wan(row["balance"]),
            float(row["limit"]) if row["limit"] else None,
        )
        for row in run.tables["debt"].to_dict("records")
    ]
    headings = words.headings(
        ("fund", "wide"),
        ("year", "year"),
        ("issued", "money"),
        ("repaid", "money"),
        ("interest", "money"),
        ("service", "money"),
        ("balance", "money"),
        ("limit", "money"),
    )
    return words.sheet("debt", headings, rows)


def debt_by_package(run: Run, words: Words) -> Sheet:
    """Show whose debt it is, by package, fund and year; first what is owed already."""
    names = run.problem.case.packages.set_index("package_id")["name"]
    rows = [
        (
            row["package_id"] or words.of("owed_already"),
            names.get(row["package_id"], ""),
            words.of(row["fund_id"]),
            row["year"],
            wan(row["issued"]),
            wan(row["repaid"]),
            wan(row["interest"]),
            wan(row["before_operation"]),
            wan(row["service"]),
            wan(row["balance"]),
        )
        for row in run.tables["debt_by_package"]
        .sort_values(["package_id", "fund_id", "year"])
        .to_dict("records")
    ]
    headings = words.headings(
        ("package", "text"),
        ("name", "wide"),
        ("fund", "wide"),
        ("year", "year"),
        ("issued", "money"),
        ("repaid", "money"),
        ("interest", "money"),
        ("before_operation", "money"),
        ("service", "money"),
        ("balance", "money"),
    )
    return words.sheet("debt_by_package", headings, rows)


def _by_fund(table: pd.DataFrame, column: str) -> dict[tuple[str, int], int]:
    sums: dict[tuple[str, int], int] = {}
    for row in table.to_dict("records"):
        key = (str(row["fund_id"]), int(row["year"]))
        sums[key] = sums.get(key, 0) + int(row[column])
    return sums


def _amount(sums: dict[tuple[str, int], int], fund: str) -> Callable[[int], float]:
    return lambda year: wan(sums.get((fund, year), 0))


def _row(
    item: str, fund: str, value: Callable[[int], float], years: list[int]
) -> tuple[Any, ...]:
    cells = [round(value(year), 2) for year in years]
    return (item, fund, *cells, round(sum(cells), 2))


def _column_sums(rows: list[tuple[Any, ...]], first: int, count: int) -> list[float]:
    return [
        round(sum(row[column] for row in rows), 2)
        for column in range(first, first + count)
    ]
