"""`renewopt demo-data`: make a synthetic county."""

from __future__ import annotations

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
from renewopt.core.errors import InputError

SHIPPED_SEED = 2026
"""Seed of the counties that come with the program."""


def demo_data(
    seed: Annotated[
        int, typer.Option("--seed", min=0, metavar="N", help=told("opt.demo_seed"))
    ] = SHIPPED_SEED,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="DIR", help=told("opt.demo_out"))
    ] = Path("demo-county"),
    size: Annotated[
        Literal["county", "town"], typer.Option("--size", help=told("opt.size"))
    ] = "county",
    models: ModelsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Write the folder of a synthetic county; the same seed gives the same bytes."""
    from renewopt import catalogue
    from renewopt.demo import generate_county

    screen = output(lang, as_json, quiet)
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not _generated(out)):
        raise InputError.of("cli.demo_data.not_replaced", folder=out)
    try:
        files = generate_county(seed, out, size=size, catalogue=catalogue.load(models))
    except OSError as error:
        raise InputError.of("cli.cannot_write", file=out, detail=error) from None
    names = sorted(str(path.relative_to(out)) for path in files)
    screen.result({"folder": str(out), "seed": seed, "synthetic": True, "files": names})
    screen.line(screen.label("synthetic_note"))
    screen.say("cli.demo_data.written", folder=out, files=names)
    return 0


def _generated(folder: Path) -> bool:
    """Tell whether a folder is one that this verb wrote."""
    about = folder / "inventory.toml"
    return about.is_file() and "synthetic = true" in about.read_text(encoding="utf-8")
