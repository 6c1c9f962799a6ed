"""`renewopt rules`: which clause makes each asset mandatory, preferred or optional."""

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
from renewopt.core.errors import InputError, Message
from renewopt.text import render, render_all

if TYPE_CHECKING:
    import pandas as pd

    from renewopt.catalogue import Catalogue, Pack
    from renewopt.projects import CaseSettings, Clauses
    from renewopt.rules.scenario import Scenario

DEFAULT_PACK = "national-15fyp"
SUFFIXES = (".xlsx", ".csv")


def rules(
    inventory: Annotated[
        list[Path], typer.Argument(metavar="INVENTORY...", help=told("arg.paths"))
    ],
    pack: Annotated[
        list[str] | None, typer.Option("--pack", metavar="ID", help=told("opt.pack"))
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option("--scenario", metavar="FILE", help=told("opt.scenario")),
    ] = None,
    start_year: Annotated[
        int | None,
        typer.Option(
            "--start-year",
            min=2000,
            max=2200,
            metavar="YEAR",
            help=told("opt.start_year"),
        ),
    ] = None,
    asset_class: ClassOption = None,
    mapping: MappingOption = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help=told("opt.clauses")),
    ] = None,
    models: ModelsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Judge every asset by the packs; 1 if rows of the inventory were rejected."""
    from renewopt import catalogue, risk
    from renewopt.inventory import read_inventory
    from renewopt.projects import CaseSettings, judge_assets
    from renewopt.rules.quotas import open_quotas

    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise InputError.of("cli.rules.bad_suffix", file=out.name)
    screen = output(lang, as_json, quiet)
    names, year, asked = _asked(pack, scenario, start_year)
    models_read = catalogue.load(models)
    packs = models_read.named_packs(names, scenario.name if scenario else "--pack")
    changes: list[Message] = []
    settings = CaseSettings(year, 1, lang=screen.lang)
    if scenario is not None and asked is not None:
        packs, changes, settings = _of_county(asked, packs, settings, scenario.name)
    stock = read_inventory(
        list(inventory), models_read, asset_class=asset_class, mapping=mapping
    )
    scored = risk.score(stock, models_read, year - 1, 1)
    found = judge_assets(stock, scored, models_read, packs, settings)
    stated = asked.quotas if asked is not None else {}
    parts = open_quotas(stated, packs, stock.assets)
    found = replace(found, notes=(*changes, *found.notes, *parts))
    if out is not None:
        _write(found, out, screen, models_read)
    rejected = sum(count.rejected for count in stock.counts)
    _result(found, stock.synthetic, rejected, names, year, out, screen)
    if stock.synthetic:
        screen.line(screen.label("synthetic_note"))
    cold = risk.cold_line(risk.cold(scored), risk.partly_cold(scored))
    if cold is not None:
        screen.line(render(cold, screen.lang))
    _show(found, names, year, screen, models_read)
    screen.warn(found.notes, mark="note")
    if rejected:
        screen.say("cli.rejected", count=rejected)
    if out is not None:
        screen.say("cli.rules.written", file=out)
    return 1 if rejected else 0


def _asked(
    pack: list[str] | None, scenario: Path | None, start_year: int | None
) -> tuple[tuple[str, ...], int, Scenario | None]:
    """Give packs, first plan year and scenario, from the scenario or the options."""
    if scenario is None:
        year = start_year if start_year is not None else date.today().year + 1
        return tuple(pack or (DEFAULT_PACK,)), year, None
    from renewopt.rules.scenario import read_scenario

    given = {"--pack": pack, "--start-year": start_year}
    twice = [name for name, value in given.items() if value]
    if twice:
        raise InputError.of("cli.rules.two_sources", option=", ".join(twice))
    if not scenario.is_file():
        raise InputError.of("file.missing", file=scenario)
    read = read_scenario(scenario)
    return read.packs, read.start_year, read


def _of_county(
    scenario: Scenario, packs: list[Pack], settings: CaseSettings, file: str
) -> tuple[list[Pack], list[Message], CaseSettings]:
    """Apply what a scenario changes in its packs."""
    from renewopt.rules.county_packs import county_packs

    own, notes = county_packs(scenario, packs, file)
    settings = replace(
        settings,
        population_trend=scenario.county.population_trend,
        off_classes=scenario.off_classes,
        stricter=scenario.conflicts == "stricter",
    )
    return own, notes, settings


def _write(found: Clauses, path: Path, screen: Output, models: Catalogue) -> None:
    from renewopt.core.harmless import harmless_table
    from renewopt.report.clauses_workbook import clauses_workbook

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".xlsx":
            notes = tuple(render_all(found.notes, screen.lang))
            clauses_workbook(found, path, screen.lang, models, notes)
            return
        part = path.with_name(f".{path.name}.part")
        table = harmless_table(found.standing)
        table.to_csv(part, index=False, encoding="utf-8-sig")
        part.replace(path)
    except OSError as error:
        raise InputError.of("cli.cannot_write", file=path, detail=error) from None


def _by_clause(found: Clauses) -> pd.DataFrame:
    """Count the assets that each clause names."""
    said = found.said.assign(rule=found.said["trigger"].str.split(":", n=1).str[0])
    keys = ["asset_class", "hardness", "pack", "rule", "clause", "deadline"]
    counts = said.groupby(keys, dropna=False).size().rename("assets").reset_index()
    return counts.sort_values(
        ["asset_class", "assets", "rule"], ascending=[True, False, True]
    )


def _result(
    found: Clauses,
    synthetic: bool,
    rejected: int,
    packs: tuple[str, ...],
    year: int,
    out: Path | None,
    screen: Output,
) -> None:
    classes = {
        str(name): {str(key): int(n) for key, n in own.value_counts().items()}
        for name, own in found.standing.groupby("asset_class")["standing"]
    }
    clauses = [
        {**row, "deadline": _year(row["deadline"])}
        for row in _by_clause(found).to_dict("records")
    ]
    screen.result(
        {
            "start_year": year,
            "packs": list(packs),
            "synthetic": synthetic,
            "rejected": rejected,
            "classes": classes,
            "clauses": clauses,
            "exclusions": _exclusions(found),
            "differ": int(found.standing["differ"].sum()),
            "notes": render_all(found.notes, screen.lang),
            "file": None if out is None else str(out),
        }
    )


def _exclusions(found: Clauses) -> list[dict[str, Any]]:
    """Count the assets that each exclusion bars from a mode, and those exempt."""
    keys = ["asset_class", "pack", "exclusion", "clause", "mode"]
    free = found.barred["exempt"] != ""
    table = found.barred.assign(assets=~free, exempt=free)
    counted = table.groupby(keys)[["assets", "exempt"]].sum().reset_index()
    rows = counted.to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in rows]


def _year(value: Any) -> int | None:
    import pandas as pd

    return None if pd.isna(value) else int(value)


def _show(
    found: Clauses,
    packs: tuple[str, ...],
    year: int,
    screen: Output,
    models: Catalogue,
) -> None:
    from renewopt.projects import STANDINGS, count_standing

    def title(name: str) -> str:
        return models.asset_classes[name].title.in_lang(screen.lang)

    shown = screen.make_table(
        screen.text("cli.rules.title", packs=", ".join(packs), year=year),
        [screen.label("rules.class"), *(screen.label(s) for s in STANDINGS)],
    )
    for name, row in count_standing(found.standing, models).iterrows():
        shown.add_row(title(str(name)), *(f"{n:,}" for n in row))
    screen.table(shown)
    heads = ("class", "clause", "pack", "standing", "deadline", "assets")
    shown = screen.make_table(
        screen.text("cli.rules.by_clause"),
        [screen.label(f"rules.{name}") for name in heads],
        words=4,
    )
    for clause in _by_clause(found).to_dict("records"):
        due = _year(clause["deadline"])
        shown.add_row(
            title(clause["asset_class"]),
            f"{clause['rule']} · {clause['clause']}",
            clause["pack"],
            screen.label(clause["hardness"]),
            "" if due is None else str(due),
            f"{clause['assets']:,}",
        )
    screen.table(shown)
    differ = int(found.standing["differ"].sum())
    if differ:
        screen.say("cli.rules.differ", count=differ)
