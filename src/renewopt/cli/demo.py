"""`renewopt demo`: plan the county that comes with the program."""

from __future__ import annotations

from pathlib import Path

from renewopt.cli.options import (
    JsonOption,
    LangOption,
    ProgressOption,
    QuietOption,
    RunOption,
    TimeOption,
    output,
)
from renewopt.cli.plan import RUNS, given_options, run_road, solve_options

COUNTY = "demo-county"


def demo(
    out: RunOption = None,
    time_limit: TimeOption = None,
    progress_file: ProgressOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Plan the synthetic demo county and print the result and where the files are."""
    from renewopt import road
    from renewopt.core.data import data_dir

    screen = output(lang, as_json, quiet)
    scenario = data_dir("inventories") / COUNTY / "scenario.toml"
    folder: Path = out or RUNS / COUNTY
    given = given_options(None, time_limit, None, None)
    return run_road(
        lambda watch, stop: road.plan_scenario(
            scenario,
            out=folder,
            options=solve_options(scenario, given),
            progress=watch,
            cancelled=stop,
            lang=screen.lang,
        ),
        folder,
        screen,
        progress_file,
    )
