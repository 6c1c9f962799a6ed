"""`renewopt solve`: plan a case folder that is already there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from renewopt.cli.options import (
    EngineOption,
    GapOption,
    JsonOption,
    LangOption,
    LayersOption,
    ProcessesOption,
    ProgressOption,
    QuietOption,
    RunOption,
    SeedOption,
    StartOption,
    TimeOption,
    output,
    told,
)
from renewopt.cli.plan import RUNS, given_options, run_road


def solve(
    case_dir: Annotated[
        Path, typer.Argument(metavar="CASE_DIR", help=told("arg.case"))
    ],
    out: RunOption = None,
    gap: GapOption = None,
    time_limit: TimeOption = None,
    engine: EngineOption = None,
    seed: SeedOption = None,
    processes: ProcessesOption = None,
    layers: LayersOption = False,
    start: StartOption = None,
    progress_file: ProgressOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Plan a case folder (facts and policy) and write the run folder."""
    from renewopt import road

    screen = output(lang, as_json, quiet)
    folder = out or RUNS / _name(case_dir)
    given: dict[str, Any] = given_options(gap, time_limit, engine, seed, processes)
    options = road.SolveOptions(**given)
    return run_road(
        lambda watch, stop: road.solve_case(
            case_dir,
            out=folder,
            options=options,
            progress=watch,
            cancelled=stop,
            layers=layers,
            start=start,
        ),
        folder,
        screen,
        progress_file,
    )


def _name(case_dir: Path) -> str:
    """Name a run after its case; the `case` of a run folder after the run."""
    path = case_dir.resolve()
    return f"{path.parent.name}-again" if path.name == "case" else path.name
