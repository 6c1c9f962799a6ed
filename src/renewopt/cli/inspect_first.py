"""`renewopt inspect-first`: where an inspection is worth more than it costs."""

from __future__ import annotations

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
from renewopt.cli.score import dated, last_whole_year
from renewopt.cli.tables_out import csv_of, refuse_inputs, write_csv
from renewopt.core.errors import InputError
from renewopt.text import render, render_all

if TYPE_CHECKING:
    import pandas as pd

    from renewopt.inventory import Inventory
    from renewopt.risk import Inspections, RiskTable

TOP = 15
"""Assets shown on screen; the file and --json have all of them."""


def inspect_first(
    inventory: Annotated[
        list[Path], typer.Argument(metavar="INVENTORY...", help=told("arg.paths"))
    ],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help=told("opt.as_of"))
    ] = None,
    horizon: Annotated[
        int,
        typer.Option("--horizon", min=1, max=50, metavar="N", help=told("opt.ahead")),
    ] = 15,
    discount: Annotated[
        int,
        typer.Option(
            "--discount", min=0, max=10_000, metavar="BP", help=told("opt.discount")
        ),
    ] = 400,
    asset_class: ClassOption = None,
    mapping: MappingOption = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help=told("opt.inspections")),
    ] = None,
    models: ModelsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """List the inspections that pay; 1 if rows of the inventory were rejected."""
    from renewopt import catalogue, risk
    from renewopt.inventory import read_inventory

    screen = output(lang, as_json, quiet)
    if out is not None and out.suffix.lower() not in {".csv", ".xlsx"}:
        raise InputError.of("cli.inspect.bad_file", file=out)
    refuse_inputs([] if out is None else [out], inventory)
    year = last_whole_year(as_of)
    known = catalogue.load(models)
    stock = read_inventory(
        list(inventory), known, asset_class=asset_class, mapping=mapping
    )
    stock = dated(stock)
    table = risk.score(stock, known, year, horizon)
    found = risk.inspect_first(stock, known, table, discount)
    terms = {"as_of_year": year, "horizon": horizon, "discount_bp": discount}
    return _tell(table, found, stock, terms, out, screen)


def _tell(
    table: RiskTable,
    found: Inspections,
    stock: Inventory,
    terms: dict[str, int],
    out: Path | None,
    screen: Output,
) -> int:
    """Write the list and say what was found."""
    from renewopt import risk

    worth, cold = found.worth, risk.cold(table)
    line = risk.cold_line(cold, risk.partly_cold(table))
    said = [screen.label("synthetic_note")] if stock.synthetic else []
    said += [render(line, screen.lang)] if line is not None else []
    if out is not None:
        _write(worth, said, out, screen)
    rejected = sum(count.rejected for count in stock.counts)
    screen.result(
        {
            **terms,
            "synthetic": stock.synthetic,
            "rejected": rejected,
            "cold_start": cold,
            "cold_start_part": risk.partly_cold(table),
            "considered": len(found.assets),
            "worth": worth.to_dict("records"),
            "totals": _totals(worth),
            "notes": render_all(found.notes, screen.lang),
            "file": None if out is None else str(out),
        }
    )
    for text in said:
        screen.line(text)
    _show(worth, len(found.assets), screen)
    screen.warn([*table.notes, *found.notes], mark="note")
    if rejected:
        screen.say("cli.rejected", count=rejected)
    if out is not None:
        screen.say("cli.inspect.written", file=out)
    return 1 if rejected else 0


def _write(worth: pd.DataFrame, said: list[str], path: Path, screen: Output) -> None:
    if path.suffix.lower() == ".csv":
        write_csv(path, csv_of(worth))
        return
    from renewopt.report.inspection_book import inspection_book

    path.parent.mkdir(parents=True, exist_ok=True)
    inspection_book(worth, said, path, screen.lang)


def _totals(worth: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Give number, cost and value of the inspections by class."""
    return {
        str(name): {
            "assets": len(own),
            "inspection_cost": round(float(own["inspection_cost"].sum()), 4),
            "value": round(float(own["value"].sum()), 4),
        }
        for name, own in worth.groupby("asset_class")
    }


def _show(worth: pd.DataFrame, considered: int, screen: Output) -> None:
    cost, value = worth["inspection_cost"].sum(), worth["value"].sum()
    screen.say(
        "cli.inspect.total",
        count=len(worth),
        considered=considered,
        cost=f"{cost:,.1f}",
        value=f"{value:,.1f}",
    )
    if worth.empty:
        return
    names = [
        "asset_id", "asset_class", "decision_now", "chance_of_change", "value",
        "inspection_cost",
    ]  # fmt: skip
    columns = [screen.label(f"col.{name}") for name in names]
    title = screen.text("cli.inspect.title", count=min(TOP, len(worth)))
    shown = screen.make_table(title, columns, words=3)
    for row in worth.head(TOP).to_dict("records"):
        shown.add_row(
            row["asset_id"],
            screen.label(row["asset_class"]),
            screen.label(row["decision_now"]),
            f"{row['chance_of_change']:.0%}",
            f"{row['value']:,.2f}",
            f"{row['inspection_cost']:,.2f}",
        )
    screen.table(shown)
