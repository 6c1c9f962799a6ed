"""`renewopt score --points`: the score without money, on screen and in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from renewopt.cli.output import Output
from renewopt.cli.tables_out import csv_of, write_csv
from renewopt.text import LANGUAGES, render, render_all

if TYPE_CHECKING:
    import pandas as pd

    from renewopt.catalogue import Catalogue
    from renewopt.inventory import Inventory

TOP = 10


def points_verb(
    stock: Inventory, known: Catalogue, year: int, out: Path | None, screen: Output
) -> int:
    """Score by points; 1 if rows of the inventory were rejected."""
    from renewopt.risk import cold_line, score_points

    scored = score_points(stock, known, year)
    assets = _with_words(scored.assets, known)
    if out is not None:
        write_csv(out, csv_of(assets))
    rejected = sum(count.rejected for count in stock.counts)
    summary = _by_class(assets)
    screen.result(
        {
            "as_of_year": year,
            "synthetic": stock.synthetic,
            "rejected": rejected,
            "points": summary,
            "cold_start": dict(scored.cold),
            "worst": _worst(assets).to_dict("records"),
            "notes": render_all(scored.notes, screen.lang),
            "file": None if out is None else str(out),
        }
    )
    if stock.synthetic:
        screen.line(screen.label("synthetic_note"))
    _show(assets, summary, year, screen)
    screen.say("cli.points.no_money")
    line = cold_line(scored.cold)
    if line is not None:
        screen.line(render(line, screen.lang))
    screen.warn(scored.notes, mark="note")
    if rejected:
        screen.say("cli.rejected", count=rejected)
    if out is not None:
        screen.say("cli.points.written", file=out)
    return 1 if rejected else 0


def _with_words(assets: pd.DataFrame, known: Catalogue) -> pd.DataFrame:
    from renewopt.risk.words import reasons_in_words

    classes = known.asset_classes
    for lang in LANGUAGES:
        words = {
            (str(name), str(codes)): reasons_in_words(str(codes), classes[name], lang)
            for name, codes in assets[["asset_class", "strongest"]]
            .drop_duplicates()
            .itertuples(index=False)
        }
        pairs = zip(assets["asset_class"], assets["strongest"], strict=True)
        assets = assets.assign(
            **{f"why_{lang}": [words[str(name), str(codes)] for name, codes in pairs]}
        )
    return assets


def _by_class(assets: pd.DataFrame) -> dict[str, dict[str, Any]]:
    found = {}
    for name, own in assets.groupby("asset_class"):
        grades = own["grade"].value_counts()
        found[str(name)] = {
            "assets": len(own),
            "grades": {str(g): int(grades.get(g, 0)) for g in range(1, 6)},
            "known_share": round(float(own["known_share"].mean()), 4),
        }
    return found


def _worst(assets: pd.DataFrame) -> pd.DataFrame:
    product = assets["likelihood_points"] * assets["consequence_points"]
    ranked = assets.assign(product=product).sort_values(
        ["grade", "product", "asset_class", "asset_id"],
        ascending=[False, False, True, True],
    )
    return ranked.head(TOP).drop(columns="product")


def _show(
    assets: pd.DataFrame, summary: dict[str, dict[str, Any]], year: int, screen: Output
) -> None:
    columns = [
        screen.label(f"score.{n}") for n in ("class", "assets", "grades", "known")
    ]
    shown = screen.make_table(screen.text("cli.points.title", year=year), columns)
    for name, row in summary.items():
        grades = " / ".join(str(n) for n in row["grades"].values())
        share = f"{row['known_share']:.0%}"
        shown.add_row(screen.label(name), f"{row['assets']:,}", grades, share)
    screen.table(shown)
    names = ("asset", "class", "why", "likelihood", "consequence", "grade")
    columns = [screen.label(f"score.{name}") for name in names]
    title = screen.text("cli.points.worst", count=TOP)
    shown = screen.make_table(title, columns, words=3)
    for asset in _worst(assets).to_dict("records"):
        shown.add_row(
            asset["asset_id"],
            screen.label(asset["asset_class"]),
            asset[f"why_{screen.lang}"],
            f"{asset['likelihood_points']:.0f}",
            f"{asset['consequence_points']:.0f}",
            str(asset["grade"]),
        )
    screen.table(shown)
