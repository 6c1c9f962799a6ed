"""`renewopt score`: likelihood, consequence and expected loss of every asset."""

from __future__ import annotations

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
from renewopt.core.errors import InputError
from renewopt.text import render_all

if TYPE_CHECKING:
    from renewopt.risk import RiskTable

TOP = 10
"""Assets shown on screen."""


def score(
    inventory: Annotated[
        list[Path], typer.Argument(metavar="INVENTORY...", help=told("arg.paths"))
    ],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help=told("opt.as_of"))
    ] = None,
    horizon: Annotated[
        int,
        typer.Option("--horizon", min=1, max=50, metavar="N", help=told("opt.horizon")),
    ] = 5,
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
    year = as_of_year(as_of)
    models_read = catalogue.load(models)
    stock = read_inventory(
        list(inventory), models_read, asset_class=asset_class, mapping=mapping
    )
    table = risk.score(stock, models_read, year, horizon)
    if out is not None:
        _write(table, out)
    rejected = sum(count.rejected for count in stock.counts)
    summary = _by_class(table)
    screen.result(
        {
            "as_of_year": year,
            "horizon": horizon,
            "synthetic": stock.synthetic,
            "rejected": rejected,
            "classes": summary,
            "notes": render_all(table.notes, screen.lang),
            "file": None if out is None else str(out),
        }
    )
    if stock.synthetic:
        screen.line(screen.label("synthetic_note"))
    _show(table, summary, year, screen)
    screen.warn(table.notes, mark="note")
    if rejected:
        screen.say("cli.rejected", count=rejected)
    if out is not None:
        screen.say("cli.score.written", file=out)
    return 1 if rejected else 0


def as_of_year(text: str | None) -> int:
    """Read `--as-of`: a year or an ISO date, by default last year.

    Only whole years that are over are known in full.
    """
    if text is None:
        return date.today().year - 1
    try:
        return int(text) if len(text) == 4 else date.fromisoformat(text).year
    except ValueError:
        raise InputError.of("cli.score.bad_date", value=text) from None


def _write(table: RiskTable, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        table.write(part)
        part.replace(path)
    except OSError as error:
        raise InputError.of("cli.cannot_write", file=path, detail=error) from None


def _by_class(table: RiskTable) -> dict[str, dict[str, Any]]:
    """Give assets, loss of the first year, grades and expert share by class."""
    first = table.table[table.table["year"] == table.table["year"].min()]
    loss = first.groupby("asset_class")["risk"].sum()
    failures = first.groupby("asset_class")["expected_failures"].sum()
    found = {}
    for name, own in table.assets.groupby("asset_class"):
        grades = own["grade"].value_counts()
        found[str(name)] = {
            "assets": len(own),
            "risk": round(float(loss[name]), 4),
            "expected_failures": round(float(failures[name]), 4),
            "grades": {str(g): int(grades.get(g, 0)) for g in range(1, 6)},
            "expert_share": round(float(own["expert_share"].mean()), 4),
        }
    return found


def _show(
    table: RiskTable, summary: dict[str, dict[str, Any]], year: int, screen: Output
) -> None:
    names = ("class", "assets", "failures", "loss", "grades", "expert")
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
    first = table.table[table.table["year"] == year + 1]
    worst = first.merge(table.assets, on=["asset_class", "asset_id"]).sort_values(
        ["risk", "asset_class", "asset_id"], ascending=[False, True, True]
    )
    columns = [screen.label(f"score.{n}") for n in ("asset", "class", "loss", "grade")]
    shown = screen.make_table(
        screen.text("cli.score.worst", count=TOP), columns, words=2
    )
    for asset in worst.head(TOP).to_dict("records"):
        name = screen.label(asset["asset_class"])
        loss, grade = f"{asset['risk']:,.2f}", str(asset["grade"])
        shown.add_row(asset["asset_id"], name, loss, grade)
    screen.table(shown)
