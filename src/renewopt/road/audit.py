"""The audit of a run with its certificate added up again from the rows of the model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from renewopt.audit import AuditReport, audit_run
from renewopt.optimise.certificate import Certificate, certified_bound
from renewopt.optimise.model import build_model
from renewopt.rules.problem import Problem


def audit_folder(folder: Path) -> AuditReport:
    """Re-check a finished run; see `audit.audit_run`.

    The auditor's own arithmetic shares nothing with the model. Only a certificate
    speaks of the model's rows: they are built again from the case, and its multipliers
    are added up without a solver.

    Raises
    ------
    InputError
        If the folder is no run or a file is missing or unreadable.
    """
    return audit_run(folder, _recompute)


def _recompute(problem: Problem, data: Mapping[str, Any]) -> int | None:
    return certified_bound(build_model(problem), Certificate.from_dict(data))
