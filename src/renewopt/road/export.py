"""The model of a run as a file that any solver reads."""

from __future__ import annotations

from pathlib import Path

from renewopt.core.errors import InputError
from renewopt.optimise.export import write_model
from renewopt.optimise.model import build_model
from renewopt.runs.run import load_run

KINDS = (".mps", ".lp")


def export_model(run: Path, target: Path) -> Path:
    """Write the objective of a run with its shortfall held; give the table of names.

    The best value that a solver finds for it lies between the objective and the bound
    of the run, both with a minus sign and in units of 0.01 万元.

    Raises
    ------
    InputError
        If the folder is no run, or the file's kind is neither `.mps` nor `.lp`.
    """
    if target.suffix.lower() not in KINDS:
        raise InputError.of("export.kind", file=target, known=", ".join(KINDS))
    found = load_run(run)
    held = {
        f"{stage['hardness']} {stage['measure']}": int(stage["value"])
        for stage in found.summary["stages"]
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    return write_model(build_model(found.problem), held, target)
