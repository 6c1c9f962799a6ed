"""What `train` and `backtest` share: options, the tables they read, what they show."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from renewopt.cli.options import told
from renewopt.cli.output import Output
from renewopt.cli.score import FIRST_YEAR
from renewopt.core.errors import InputError, Message
from renewopt.text import render

if TYPE_CHECKING:
    from renewopt.catalogue import Catalogue
    from renewopt.inventory import Inventory
    from renewopt.risk.model import Calibration
    from renewopt.risk.windows import Backtest

SHOWN = (
    "top1_length",
    "top5_length",
    "top10_length",
    "top5_cost",
    "top5_never_failed",
    "top5_segment",
    "auc",
    "brier",
    "expected_seen",
)
"""Measures shown on screen; all of them go to -o and --json."""

ClassArgument = Annotated[str, typer.Argument(metavar="CLASS", help=told("arg.class"))]
AssetsOption = Annotated[
    list[Path], typer.Option("--assets", metavar="PATH", help=told("opt.assets"))
]
FailuresOption = Annotated[
    list[Path], typer.Option("--failures", metavar="PATH", help=told("opt.failures"))
]
AsOfTextOption = Annotated[
    str, typer.Option("--as-of", metavar="DATE", help=told("opt.as_of_known"))
]
FeatureOption = Annotated[
    list[str] | None,
    typer.Option("--feature", metavar="COLUMN", help=told("opt.feature")),
]
FromOption = Annotated[
    int | None,
    typer.Option("--recorded-from", metavar="YEAR", help=told("opt.recorded_from")),
]


def check_recorded_from(year: int | None, last: int) -> None:
    """Refuse a first year of recording that no record can have.

    Parameters
    ----------
    last
        Last year that is known.

    Raises
    ------
    InputError
        Where the year is after the last one known, or no plausible year.
    """
    if year is not None and not FIRST_YEAR <= year <= last:
        raise InputError.of(
            "cli.learning.bad_from", value=year, first=FIRST_YEAR, last=last
        )


def read_tables(
    known: Catalogue,
    assets: Sequence[Path],
    failures: Sequence[Path],
    mapping: str | None,
    asset_class: str,
) -> tuple[Inventory, dict[str, str]]:
    """Read the tables, and give the columns that the mapping says are overwritten.

    Raises
    ------
    InputError
        Where a table cannot be read or the class is not known.
    """
    from renewopt.inventory import read_inventory
    from renewopt.inventory.profiles import load_mapping

    if asset_class not in known.asset_classes:
        raise InputError.of(
            "risk.unknown_class", value=[asset_class], known=sorted(known.asset_classes)
        )
    profile = None if mapping is None else load_mapping(mapping, known)
    paths = list(dict.fromkeys([*assets, *failures]))
    stock = read_inventory(list(paths), known, mapping=profile)
    refused: dict[str, str] = {}
    for table in () if profile is None else profile.assets:
        if table.asset_class == asset_class:
            refused |= table.refused()
    return stock, refused


def unread(stock: Inventory, asset_class: str) -> tuple[Message, ...]:
    """Give the notes on what of the tables was not read."""
    from renewopt.risk.unread import emptied_notes, rejected_notes

    return (*rejected_notes(stock, asset_class), *emptied_notes(stock, asset_class))


def tell_rejected(stock: Inventory, screen: Output, asset_class: str) -> int:
    """Say how many rows were rejected of what rates hang on; give the number."""
    from renewopt.risk.unread import rejected_rows

    rejected = sum(rows for rows, _ in rejected_rows(stock, asset_class).values())
    if rejected:
        screen.say("cli.rejected", count=rejected)
    return rejected


def windows_told(screen: Output) -> Callable[[int, int], None] | None:
    """Tell of each window that is done, on stderr."""
    if screen.quiet:
        return None

    def tell(done: int, total: int) -> None:
        screen.err.print(screen.text("cli.backtest.window", done=done, total=total))

    return tell


def show(judged: Backtest, screen: Output) -> None:
    """Print the means over windows, the calibration and the comparison."""
    from renewopt.risk.windows import MEAN

    mean = judged.table[judged.table["window"] == MEAN]
    wide = mean.pivot(index="name", columns="measure", values="value")
    title = screen.text(
        "cli.backtest.title",
        asset_class=judged.asset_class,
        count=len(judged.windows),
        first=judged.windows[0],
        last=judged.windows[-1],
        horizon=judged.horizon,
    )
    columns = ["name", *SHOWN]
    table = screen.make_table(title, [screen.label(f"backtest.{c}") for c in columns])
    for name in dict.fromkeys(judged.table["name"]):
        cells = [_cell(measure, wide.loc[name, measure]) for measure in SHOWN]
        table.add_row(screen.label(name), *cells)
    screen.table(table)
    _show_intervals(judged, screen)
    _show_totals(judged, screen)
    _show_calibration(judged, screen)


def _cell(measure: str, value: float) -> str:
    """Show what cannot be told (no asset that never failed, say) as a dash."""
    if math.isnan(value):
        return "–"
    return f"{value:.5f}" if measure == "brier" else f"{value:.3f}"


def _show_intervals(judged: Backtest, screen: Output) -> None:
    """Say of every baseline whether the model beats it, ties or loses."""
    from renewopt.risk.notes import worse_notes

    gaps = judged.differences[judged.differences["measure"] == "main"]
    columns = ["name", "difference", "low", "high", "outcome"]
    title = screen.text("cli.backtest.compared")
    table = screen.make_table(title, [screen.label(f"backtest.{c}") for c in columns])
    for row in gaps.to_dict("records"):
        outcome = "better" if row["low"] > 0 else "worse" if row["high"] < 0 else "tie"
        table.add_row(
            screen.label(str(row["name"])),
            *(f"{row[key]:+.3f}" for key in ("value", "low", "high")),
            screen.label(f"backtest.{outcome}"),
        )
    screen.table(table)
    for note in worse_notes(judged.worse()):
        screen.line(render(note, screen.lang))


def _show_totals(judged: Backtest, screen: Output) -> None:
    """Show expected and recorded by window, and whether chance explains the rest."""
    columns = ["years", "expected", "seen", "ratio", "low", "high", "inside"]
    title = screen.text("cli.backtest.totals")
    table = screen.make_table(title, [screen.label(f"backtest.{c}") for c in columns])
    whole = judged.calibration[judged.calibration["kind"] == "all"]
    rows = [*judged.totals.to_dict("records"), *whole.to_dict("records")]
    for row in rows:
        seen, expected = float(row["seen"]), float(row["expected"])
        inside = row["low"] <= seen <= row["high"]
        table.add_row(
            _years_of(row, judged.horizon) or screen.label("backtest.whole"),
            f"{expected:.1f}",
            f"{seen:.0f}",
            f"{expected / seen:.2f}" if seen else "–",
            *(f"{row[key]:.0f}" for key in ("low", "high")),
            screen.label("backtest.yes" if inside else "backtest.no"),
        )
    screen.table(table)


def _years_of(row: dict[Hashable, Any], horizon: int) -> str:
    """Name the years judged of one window; nothing for all of them."""
    if "as_of" not in row:
        return ""
    first = int(row["as_of"]) + 1
    return f"{first}" if horizon == 1 else f"{first}–{first + horizon - 1}"


def _show_calibration(judged: Backtest, screen: Output) -> None:
    bands = judged.calibration[judged.calibration["kind"] == "band"]
    columns = ["band", "expected", "seen", "low", "high"]
    title = screen.text("cli.backtest.calibration")
    table = screen.make_table(title, [screen.label(f"backtest.{c}") for c in columns])
    for row in bands.to_dict("records"):
        table.add_row(
            f"≤ {row['share']:.0%}",
            f"{row['expected']:.1f}",
            *(f"{row[key]:.0f}" for key in ("seen", "low", "high")),
        )
    screen.table(table)


def values_of(calibration: Calibration) -> dict[str, Any]:
    """Give what is said of level and trend."""
    return {
        "first": calibration.first_year,
        "last": calibration.last_year,
        "trend": calibration.trend,
        "sd": calibration.trend_sd,
        "found": "trend_yes" if calibration.has_trend else "trend_no",
        "between": calibration.year_variance**0.5,
    }
