"""`renewopt export`: the model of a run, for another solver to check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from renewopt.cli.options import JsonOption, LangOption, QuietOption, output, told


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help=told("arg.run"))],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help=told("opt.model"))
    ],
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Write the model of a run as .mps or .lp, with a table of its names."""
    from renewopt.road import export_model

    screen = output(lang, as_json, quiet)
    table = export_model(run, out)
    screen.result({"model": str(out), "names": str(table)})
    screen.say("cli.export.done", model=out, names=table)
    return 0
