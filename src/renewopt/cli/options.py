"""Options that several verbs share, with their help in the user's language."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from renewopt.cli.output import Output, from_arguments
from renewopt.core.limits import MOST_SECONDS, MOST_SEED
from renewopt.text import Lang

START = from_arguments(sys.argv[1:])
"""Speaks the language of this process before its options are parsed."""


def told(code: str) -> str:
    """Give the help text of a code."""
    return START.text(f"cli.{code}")


LangOption = Annotated[Lang | None, typer.Option("--lang", help=told("opt.lang"))]
JsonOption = Annotated[bool, typer.Option("--json", help=told("opt.json"))]
QuietOption = Annotated[bool, typer.Option("--quiet", help=told("opt.quiet"))]
ModelsOption = Annotated[
    Path | None, typer.Option("--models", metavar="DIR", help=told("opt.models"))
]
ClassOption = Annotated[
    str | None, typer.Option("--class", metavar="CLASS", help=told("opt.class"))
]
MappingOption = Annotated[
    str | None, typer.Option("--mapping", metavar="FILE", help=told("opt.mapping"))
]
Band = Literal["red", "orange", "yellow", "green"]
BandOption = Annotated[
    Band | None, typer.Option("--debt-band", help=told("opt.debt_band"))
]
LayersOption = Annotated[bool, typer.Option("--layers", help=told("opt.layers"))]
StartOption = Annotated[
    Path | None, typer.Option("--from", metavar="RUN", help=told("opt.from"))
]
RunOption = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="RUN", help=told("opt.run"))
]
GapOption = Annotated[
    float | None,
    typer.Option("--gap", min=0, max=0.99, metavar="G", help=told("opt.gap")),
]
TimeOption = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        min=0.1,
        max=MOST_SECONDS,
        metavar="SECONDS",
        help=told("opt.time_limit"),
    ),
]
EngineOption = Annotated[
    str | None, typer.Option("--engine", metavar="E", help=told("opt.engine"))
]
ProgressOption = Annotated[
    Path | None,
    typer.Option("--progress-file", metavar="FILE", help=told("opt.progress_file")),
]
ProcessesOption = Annotated[
    int | None,
    typer.Option(
        "--processes", min=1, max=2, metavar="1|2", help=told("opt.processes")
    ),
]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", min=0, max=MOST_SEED, metavar="N", help=told("opt.seed")),
]


def output(lang: Lang | None, as_json: bool, quiet: bool) -> Output:
    """Build the output of a verb; the language of the process where none is given."""
    return Output(lang or START.lang, as_json=as_json, quiet=quiet)
