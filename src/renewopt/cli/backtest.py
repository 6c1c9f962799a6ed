"""`renewopt backtest`: a class's model and every baseline in past years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from renewopt.cli.learning import (
    AssetsOption,
    ClassArgument,
    FailuresOption,
    FeatureOption,
    FromOption,
    check_recorded_from,
    read_tables,
    show,
    tell_rejected,
    unread,
    windows_told,
)
from renewopt.cli.options import (
    JsonOption,
    LangOption,
    MappingOption,
    ModelsOption,
    QuietOption,
    output,
    told,
)
from renewopt.cli.score import last_whole_year
from renewopt.core.errors import InputError
from renewopt.text import render_all

RANGE = re.compile(r"(\d{4})\.\.(\d{4})")


def backtest(
    asset_class: ClassArgument,
    assets: AssetsOption,
    failures: FailuresOption,
    as_of: Annotated[
        list[str],
        typer.Option("--as-of", metavar="DATE...", help=told("opt.as_of_windows")),
    ],
    horizon: Annotated[
        int,
        typer.Option("--horizon", min=1, max=20, metavar="N", help=told("opt.judged")),
    ] = 1,
    mapping: MappingOption = None,
    feature: FeatureOption = None,
    recorded_from: FromOption = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help=told("opt.backtest")),
    ] = None,
    models: ModelsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Judge the model and every baseline; 1 if rows of the tables were rejected."""
    from renewopt import catalogue, risk
    from renewopt.report.risk_pictures import as_json as plain
    from renewopt.report.risk_pictures import write_backtest
    from renewopt.risk.as_of import AsOf
    from renewopt.risk.train import class_history

    screen = output(lang, as_json, quiet)
    known = catalogue.load(models)
    years = window_years(as_of)
    stock, refused = read_tables(known, assets, failures, mapping, asset_class)
    last = AsOf(max(years, default=0) + horizon)
    check_recorded_from(recorded_from, last.year)
    history = class_history(stock, known, asset_class, last, recorded_from, refused)
    if history.last_recorded < last.year:
        ends = history.last_recorded - horizon
        raise InputError.of(
            "risk.bad_window",
            value=[year for year in years if year > ends],
            first=history.first_year,
            last=ends,
        )
    columns = last.features(feature or (), history.cls, refused)
    judged = risk.backtest(history, years, horizon, columns, told=windows_told(screen))
    if out is not None:
        write_backtest(judged, out)
    told_of = unread(stock, asset_class)
    screen.result(
        {
            **plain(judged),
            "file": None if out is None else str(out),
            "notes": render_all(told_of, screen.lang),
        }
    )
    if stock.synthetic:
        screen.line(screen.label("synthetic_note"))
    show(judged, screen)
    if out is not None:
        screen.say("cli.backtest.written", folder=out)
    screen.warn(told_of, mark="note")
    return 1 if tell_rejected(stock, screen, asset_class) else 0


def window_years(texts: Sequence[str]) -> list[int]:
    """Read as-of dates: years, dates, or ranges of years as 2013..2021.

    Raises
    ------
    InputError
        Where a text is none of them, or a range ends before it begins.
    """
    years: list[int] = []
    for text in texts:
        for part in text.split(","):
            found = RANGE.fullmatch(part.strip())
            if found:
                first, last = (last_whole_year(year) for year in found.groups())
                if first > last:
                    raise InputError.of("cli.backtest.backwards", value=part.strip())
                years += range(first, last + 1)
            else:
                years.append(last_whole_year(part.strip()))
    return sorted(set(years))
