"""`renewopt template`: an empty workbook to fill in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from renewopt.cli.options import (
    JsonOption,
    LangOption,
    ModelsOption,
    QuietOption,
    output,
    told,
)


def template(
    kind: Annotated[
        Literal["project-list"],
        typer.Argument(metavar="KIND", help=told("arg.template")),
    ],
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
    """Write the template of the project list."""
    from renewopt import catalogue
    from renewopt.report import project_list_template

    screen = output(lang, as_json, quiet)
    path = out or Path(f"{kind}.xlsx")
    year = first_year or date.today().year + 1
    project_list_template(path, screen.lang, catalogue.load(models), year)
    screen.result({"file": str(path), "kind": kind})
    screen.say("cli.template.written", file=path)
    return 0
