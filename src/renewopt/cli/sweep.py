"""`renewopt sweep`: the projects of a run with more or less money."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from renewopt.cli.options import (
    EngineOption,
    GapOption,
    JsonOption,
    LangOption,
    ProcessesOption,
    QuietOption,
    SeedOption,
    TimeOption,
    output,
    told,
)
from renewopt.cli.plan import given_options
from renewopt.cli.progress import stoppable


def sweep(
    run: Annotated[Path, typer.Argument(metavar="RUN", help=told("arg.run"))],
    shares: Annotated[
        str, typer.Option("--shares", metavar="FROM:TO:COUNT", help=told("opt.shares"))
    ] = "0.85:1.15:7",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help=told("opt.sweep"))
    ] = None,
    bounds_only: Annotated[
        bool, typer.Option("--bounds-only", help=told("opt.bounds_only"))
    ] = False,
    gap: GapOption = None,
    time_limit: TimeOption = None,
    engine: EngineOption = None,
    seed: SeedOption = None,
    processes: ProcessesOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Bound and plan a run's projects under other amounts of money, as a table."""
    from renewopt import road
    from renewopt.road.sweep import as_row, write_sweep
    from renewopt.road.sweep import sweep as make

    screen = output(lang, as_json, quiet)
    given = given_options(gap, time_limit, engine, seed, processes)
    options = road.SolveOptions(**given)  # type: ignore[arg-type]
    with stoppable(screen) as stop:
        found = make(
            run, parse_shares(shares), options=options, plans=not bounds_only,
            cancelled=stop,
        )  # fmt: skip
        stopped = stop()
    if out is not None:
        write_sweep(found, out)
    rows = [as_row(one) for one in found]
    missing = not bounds_only and any(one.plan is None for one in found)
    code = 130 if stopped else int(missing)
    screen.result({"exit_code": code, "scenarios": rows})
    names = ("share", "money", "old_bound", "objective", "gap", "unplaced", "seconds")
    table = screen.make_table(
        screen.text("cli.sweep.title"), [screen.label(f"sweep.{n}") for n in names]
    )
    for row in rows:
        table.add_row(*(_shown(name, row[name]) for name in names))
    screen.table(table)
    return code


def _shown(name: str, value: object) -> str:
    if value is None:
        return "—"
    if name in ("share", "gap"):
        return f"{value:.2%}"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def parse_shares(text: str) -> list[float]:
    """Read FROM:TO:COUNT, or shares with commas.

    Raises
    ------
    typer.BadParameter
        If it is neither.
    """
    try:
        if ":" not in text:
            return [float(part) for part in text.split(",")]
        first, last, count = text.split(":")
        step = (float(last) - float(first)) / max(1, int(count) - 1)
        return [float(first) + step * number for number in range(int(count))]
    except ValueError:
        raise typer.BadParameter(f"{text}: 0.85:1.15:30, 0.9,1,1.1") from None
