"""Run folders: a plan written whole, with its figures, and read back."""

from renewopt.runs.duties import count_duties, duty_table
from renewopt.runs.figures import figures
from renewopt.runs.folder import check_target, write_run
from renewopt.runs.ledger import debt_by_package, debt_ledger
from renewopt.runs.manifest import hash_inputs
from renewopt.runs.plan import Baseline, Plan
from renewopt.runs.run import Run, load_run
from renewopt.runs.summary import summarise

__all__ = [
    "Baseline",
    "Plan",
    "Run",
    "check_target",
    "count_duties",
    "debt_by_package",
    "debt_ledger",
    "duty_table",
    "figures",
    "hash_inputs",
    "load_run",
    "summarise",
    "write_run",
]
