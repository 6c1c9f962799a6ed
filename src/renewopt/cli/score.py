"""`renewopt score`: likelihood, consequence and expected loss of every asset."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from renewopt.cli.options import (
    ClassOption,
    JsonOption,
    LangOption,
    MappingOption,
    ModelsOption,
    QuietOption,
    output,
    told,
)
from renewopt.cli.output import Output
from renewopt.cli.score_points import points_verb
from renewopt.cli.tables_out import beside_of, check_out, csv_of, write_together
from renewopt.core.errors import InputError, message
from renewopt.text import render, render_all

if TYPE_CHECKING:
    import pandas as pd

    from renewopt.inventory import Inventory
    from renewopt.risk import RiskTable

TOP = 10
"""Assets shown on screen."""
HORIZON = 5
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years beyond these are typing errors."""


def score(
    inventory: Annotated[
        list[Path], typer.Argument(metavar="INVENTORY...", help=told("arg.paths"))
    ],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help=told("opt.as_of"))
    ] = None,
    horizon: Annotated[
        int | None,
        typer.Option("--horizon", min=1, max=50, metavar="N", help=told("opt.horizon")),
    ] = None,
    points: Annotated[bool, typer.Option("--points", help=told("opt.points"))] = False,
    population: Annotated[
        list[str] | None,
        typer.Option("--population", metavar="YEAR=N", help=told("opt.population")),
    ] = None,
    asset_class: ClassOption = None,
    mapping: MappingOption = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help=told("opt.risk"))
    ] = None,
    models: ModelsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Score the assets; 1 if rows of the inventory were rejected."""
    from renewopt import catalogue, risk
    from renewopt.inventory import read_inventory

    screen = output(lang, as_json, quiet)
    year = last_whole_year(as_of)
    people = population_index(population or [])
    if points and (horizon is not None or people):
        raise InputError.of("cli.score.points_alone")
    check_out(out, inventory, beside=not points)
    known = catalogue.load(models)
    stock = read_inventory(
        list(inventory), known, asset_class=asset_class, mapping=mapping
    )
    stock = dated(stock)
    if points:
        return points_verb(stock, known, year, out, screen)
    table = risk.score(stock, known, year, horizon or HORIZON, people)
    told_assets = risk.assets_in_words(table, known)
    files = [] if out is None else _write(table, told_assets, out)
    return _tell(table, told_assets, stock, (year, horizon or HORIZON), files, screen)


def _tell(
    table: RiskTable,
    first: pd.DataFrame,
    stock: Inventory,
    span: tuple[int, int],
    files: list[Path],
    screen: Output,
) -> int:
    """Say what was found; `span` is the as-of year and the number of years."""
    from renewopt import risk
    from renewopt.risk.unread import emptied_notes

    rejected = sum(count.rejected for count in stock.counts)
    notes = (*table.notes, *emptied_notes(stock))
    summary = _by_class(table, first)
    cold = risk.cold(table)
    partly = risk.partly_cold(table)
    line = risk.cold_line(cold, partly)
    screen.result(
        {
            "as_of_year": span[0],
            "horizon": span[1],
            "synthetic": stock.synthetic,
            "rejected": rejected,
            "classes": summary,
            "cold_start": cold,
            "cold_start_part": partly,
            "worst": _worst(first)[_SHOWN].to_dict("records"),
            "notes": render_all(notes, screen.lang),
            "file": str(files[0]) if files else None,
            "assets_file": str(files[1]) if files else None,
        }
    )
    if stock.synthetic:
        screen.line(screen.label("synthetic_note"))
    _show(first, summary, span[0], screen)
    if line is not None:
        screen.line(render(line, screen.lang))
    screen.warn(notes, mark="note")
    if rejected:
        screen.say("cli.rejected", count=rejected)
    if files:
        screen.say("cli.score.written", file=files[0], assets=files[1])
    return 1 if rejected else 0


_SHOWN = [
    "asset_class", "asset_id", "risk", "low", "high", "grade", "why_zh", "why_en",
]  # fmt: skip


def dated(stock: Inventory) -> Inventory:
    """Take tables that state no year as those of today.

    What they say without a date was then not known in an earlier as-of year.
    """
    if stock.as_of_year is not None:
        return stock
    return replace(stock, as_of_year=date.today().year)


def as_of_year(text: str) -> int:
    """Read the year of a date: a year or an ISO date."""
    return _day(text).year


def last_whole_year(text: str | None) -> int:
    """Read `--as-of`: the last year that is known in full, by default last year.

    Of a date within a year that is the year before, so that nothing later than the
    date is used.
    """
    if text is None:
        return date.today().year - 1
    day = _day(text)
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def _day(text: str) -> date:
    try:
        day = date(int(text), 12, 31) if len(text) == 4 else date.fromisoformat(text)
    except ValueError:
        raise InputError.of("cli.score.bad_date", value=text) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputError.of(
            "cli.score.far_date", value=text, first=FIRST_YEAR, last=LAST_YEAR
        )
    return day


def population_index(texts: list[str]) -> dict[int, float]:
    """Read `--population`: year=heads (or any index), repeated.

    Raises
    ------
    InputError
        With every text that is not of that form, and every year given twice.
    """
    index: dict[int, float] = {}
    problems = []
    for text in texts:
        year, _, value = text.partition("=")
        try:
            when, people = int(year), float(value)
        except ValueError:
            problems.append(message("cli.score.bad_population", value=text))
            continue
        if when in index:
            problems.append(message("cli.score.population_twice", year=when))
        index[when] = people
    if problems:
        raise InputError(*problems)
    return index


def _write(table: RiskTable, told_assets: pd.DataFrame, path: Path) -> list[Path]:
    """Write the risk table, and beside it one row per asset with reasons in words."""
    files = {path: table.write, beside_of(path): csv_of(told_assets)}
    return write_together(files)


def _by_class(table: RiskTable, first: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Give assets, loss of the first year by kind, grades and expert share by class."""
    from renewopt.catalogue.consequence import PART_KINDS

    found = {}
    for name, own in first.groupby("asset_class"):
        grades = own["grade"].value_counts()
        losses = {
            kind: float((own["expected_failures"] * own[f"cof_{kind}"]).sum())
            for kind in PART_KINDS
        }
        found[str(name)] = {
            "assets": len(own),
            "risk": round(float(own["risk"].sum()), 4),
            "risk_by_kind": {kind: round(value, 4) for kind, value in losses.items()},
            "running_loss": round(float(own["running_loss"].sum()), 4),
            "expected_failures": round(float(own["expected_failures"].sum()), 4),
            "grades": {str(g): int(grades.get(g, 0)) for g in range(1, 6)},
            "expert_share": round(float(own["expert_share"].mean()), 4),
            "records": int(own["records"].iloc[0]),
            "records_to_rule": int(own["records_to_rule"].iloc[0]),
        }
    return found


def _worst(first: pd.DataFrame) -> pd.DataFrame:
    keys = ["risk", "asset_class", "asset_id"]
    return first.sort_values(keys, ascending=[False, True, True]).head(TOP)


def _show(
    first: pd.DataFrame, summary: dict[str, dict[str, Any]], year: int, screen: Output
) -> None:
    names = ["class", "assets", "failures", "loss", "grades", "expert"]
    columns = [screen.label(f"score.{name}") for name in names]
    shown = screen.make_table(screen.text("cli.score.title", year=year + 1), columns)
    for name, row in summary.items():
        grades = " / ".join(str(n) for n in row["grades"].values())
        shown.add_row(
            screen.label(name),
            f"{row['assets']:,}",
            f"{row['expected_failures']:,.1f}",
            f"{row['risk']:,.1f}",
            grades,
            f"{row['expert_share']:.0%}",
        )
    screen.table(shown)
    _show_kinds(summary, screen)
    names = ["asset", "class", "why", "loss", "grade"]
    columns = [screen.label(f"score.{n}") for n in names]
    title = screen.text("cli.score.worst", count=TOP)
    shown = screen.make_table(title, columns, words=3)
    for asset in _worst(first).to_dict("records"):
        shown.add_row(
            asset["asset_id"],
            screen.label(asset["asset_class"]),
            asset[f"why_{screen.lang}"],
            f"{asset['risk']:,.2f}",
            str(asset["grade"]),
        )
    screen.table(shown)


def _show_kinds(summary: dict[str, dict[str, Any]], screen: Output) -> None:
    """Show what the expected loss consists of, 万元 a year."""
    kinds = list(next(iter(summary.values()))["risk_by_kind"]) if summary else []
    names = ["score.class", *(f"loss_kind.{kind}" for kind in kinds), "score.running"]
    columns = [screen.label(name) for name in names]
    shown = screen.make_table(screen.text("cli.score.kinds"), columns)
    for name, row in summary.items():
        values = [*row["risk_by_kind"].values(), row["running_loss"]]
        shown.add_row(screen.label(name), *(f"{value:,.1f}" for value in values))
    screen.table(shown)
