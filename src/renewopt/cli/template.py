"""`renewopt template`: an empty workbook to fill in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from renewopt.cli.options import (
    JsonOption,
    LangOption,
    ModelsOption,
    QuietOption,
    output,
    told,
)
from renewopt.core.errors import InputError

PROJECT_LIST = "project-list"
COUNTY_MONEY = "county-money"


def template(
    kind: Annotated[str, typer.Argument(metavar="TABLE", help=told("arg.template"))],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help=told("opt.template")),
    ] = None,
    first_year: Annotated[
        int | None,
        typer.Option("--first-year", min=2000, max=2100, help=told("opt.first_year")),
    ] = None,
    models: ModelsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Write the template of an asset class, another table or the project list."""
    from renewopt import catalogue
    from renewopt.report import (
        money_template,
        project_list_template,
        table_kinds,
        table_template,
    )

    screen = output(lang, as_json, quiet)
    known = catalogue.load(models)
    name = kind.replace("-", "_")
    path = out or Path(f"{kind}.xlsx")
    if path.exists():  # it may have been filled in
        raise InputError.of("cli.template.exists", file=path)
    year = first_year or date.today().year + 1
    if name == PROJECT_LIST.replace("-", "_"):
        project_list_template(path, screen.lang, known, year)
    elif name == COUNTY_MONEY.replace("-", "_"):
        money_template(path, screen.lang, known, year)
    elif name not in table_kinds(known):
        names = ", ".join((*table_kinds(known), PROJECT_LIST, COUNTY_MONEY))
        raise typer.BadParameter(
            screen.text("cli.template.unknown", value=kind, known=names)
        )
    elif first_year is not None:
        raise typer.BadParameter(screen.text("cli.template.no_money"))
    else:
        table_template(path, screen.lang, known, name)
    screen.result({"file": str(path), "kind": kind})
    if name == COUNTY_MONEY.replace("-", "_"):
        screen.say("cli.template.money", file=path)
        return 0
    verb = "plan" if kind == PROJECT_LIST else "check"
    screen.say("cli.template.written", file=path, verb=verb)
    return 0
