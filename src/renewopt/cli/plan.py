"""`renewopt plan`: from a scenario or a project list to a funded plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from renewopt.cli.options import (
    BandOption,
    EngineOption,
    GapOption,
    JsonOption,
    LangOption,
    LayersOption,
    MappingOption,
    ModelsOption,
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
from renewopt.cli.output import Output
from renewopt.cli.progress import Stop, Watch, stoppable, watching
from renewopt.cli.show import exit_code, result_as_json, show_run

if TYPE_CHECKING:
    from renewopt.road import SolveOptions
    from renewopt.runs import Plan

RUNS = Path("runs")
"""Where runs go by default, each named after what was planned."""


def plan(
    scenario: Annotated[
        Path,
        typer.Argument(metavar="SCENARIO.toml|PROJECTS.xlsx", help=told("arg.plan")),
    ],
    out: RunOption = None,
    gap: GapOption = None,
    time_limit: TimeOption = None,
    engine: EngineOption = None,
    seed: SeedOption = None,
    processes: ProcessesOption = None,
    mapping: MappingOption = None,
    models: ModelsOption = None,
    layers: LayersOption = False,
    start: StartOption = None,
    debt_band: BandOption = None,
    progress_file: ProgressOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Plan a scenario and write the run folder."""
    from renewopt import road

    screen = output(lang, as_json, quiet)
    if mapping is not None and scenario.suffix.lower() == ".toml":
        raise typer.BadParameter(screen.text("cli.plan.mapping_in_scenario"))
    folder = out or RUNS / _name(scenario)
    given = given_options(gap, time_limit, engine, seed, processes)
    return run_road(
        lambda watch, stop: road.plan_scenario(
            scenario,
            out=folder,
            models=models,
            options=solve_options(scenario, given),
            progress=watch,
            cancelled=stop,
            lang=screen.lang,
            mapping=mapping,
            layers=layers,
            start=start,
            debt_band=debt_band,
        ),
        folder,
        screen,
        progress_file,
    )


def solve_options(
    scenario: Path, given: dict[str, float | int | str]
) -> SolveOptions | None:
    """Put what was given over the scenario's own `[solve]`; None: that as it is."""
    from renewopt.road import SolveOptions
    from renewopt.rules.scenario import read_scenario

    if not given:
        return None
    own: dict[str, Any] = {}
    if scenario.suffix.lower() == ".toml":
        own = read_scenario(scenario).solve.model_dump()
    return SolveOptions(**{**own, **given})


def _name(scenario: Path) -> str:
    """Name a run after its scenario; `scenario.toml` says less than its folder."""
    stem = scenario.stem
    return scenario.resolve().parent.name if stem == "scenario" else stem


def given_options(
    gap: float | None,
    time_limit: float | None,
    engine: str | None,
    seed: int | None,
    processes: int | None = None,
) -> dict[str, float | int | str]:
    """Collect the options that were given; the others come from the scenario."""
    options = {
        "gap": gap,
        "time_limit_s": time_limit,
        "engine": engine,
        "seed": seed,
        "processes": processes,
    }
    return {name: value for name, value in options.items() if value is not None}


def run_road(
    travel: Callable[[Watch, Stop], Plan],
    folder: Path,
    screen: Output,
    progress_file: Path | None = None,
) -> int:
    """Plan with progress, write the workbook, show the result; give the exit code."""
    from renewopt.report import workbook
    from renewopt.runs import check_target, load_run
    from renewopt.runs.folder import seal

    check_target(folder)
    with stoppable(screen) as stop, watching(screen, progress_file) as watch:
        travel(watch, stop)
    run = load_run(folder)
    for one in (run.confirmed, run):
        if one is not None:
            workbook(one, one.folder / "plan.xlsx", screen.lang)
            seal(one.folder)
    code = exit_code(run.summary)
    screen.result(result_as_json(run, code, screen))
    show_run(run, screen)
    screen.warn(run.warnings, mark="note")
    return code
