"""`renewopt train`: learn a class's likelihood from records, judge it, keep it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from renewopt.cli.learning import (
    AsOfTextOption,
    AssetsOption,
    ClassArgument,
    FailuresOption,
    FeatureOption,
    FromOption,
    check_recorded_from,
    read_tables,
    show,
    tell_rejected,
    values_of,
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
from renewopt.text import render_all

if TYPE_CHECKING:
    from renewopt.risk.train import Trained

OWN_MODELS = Path("models")
"""The bureau's own folder of models, where `renewopt` runs."""


def train(
    asset_class: ClassArgument,
    assets: AssetsOption,
    failures: FailuresOption,
    as_of: AsOfTextOption,
    mapping: MappingOption = None,
    feature: FeatureOption = None,
    recorded_from: FromOption = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help=told("opt.own_models")),
    ] = None,
    models: ModelsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Train, back-test and keep a model; 1 if a baseline is used, or rows rejected."""
    from renewopt import catalogue, risk
    from renewopt.risk.train import check_folder

    screen = output(lang, as_json, quiet)
    known = catalogue.load(models)
    folder = check_folder(out or models or OWN_MODELS)
    year = last_whole_year(as_of)
    check_recorded_from(recorded_from, year)
    stock, refused = read_tables(known, assets, failures, mapping, asset_class)
    trained = risk.train(
        stock,
        known,
        asset_class,
        year,
        wanted=feature or (),
        refused=refused,
        recorded_from=recorded_from,
        told=windows_told(screen),
    )
    written = trained.write(folder)
    _pictures(trained, written)
    screen.result(
        {
            "folder": str(written),
            "use": trained.artefact.use,
            "card": trained.card,
            "notes": render_all(trained.notes, screen.lang),
        }
    )
    if stock.synthetic:
        screen.line(screen.label("synthetic_note"))
    if trained.backtest is not None:
        show(trained.backtest, screen)
    screen.warn(trained.notes, mark="note")
    level = trained.artefact.model.calibration
    if level.first_year:
        screen.say("cli.train.level", **values_of(level))
    else:
        screen.say("cli.train.level_none")
    screen.say("cli.train.time", learned=trained.learned_s, judged=trained.judged_s)
    screen.say("cli.train.written", folder=written)
    rejected = tell_rejected(stock, screen, asset_class)
    return 1 if rejected or trained.artefact.use != "model" else 0


def _pictures(trained: Trained, folder: Path) -> None:
    """Write the card in both languages and the back-test beside the model."""
    from renewopt.report.model_card import model_card
    from renewopt.report.risk_pictures import write_backtest

    for lang in ("zh", "en"):
        text = model_card(trained.card, lang)
        (folder / f"card.{lang}.md").write_text(text, encoding="utf-8")
    if trained.backtest is not None:
        write_backtest(trained.backtest, folder)
