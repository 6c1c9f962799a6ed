"""Inventory: files in, typed tables and a list of everything not taken out."""

from renewopt.inventory.impute import impute
from renewopt.inventory.inventory import Inventory
from renewopt.inventory.issues import CellIssue, issues_frame
from renewopt.inventory.profiles import load_mapping
from renewopt.inventory.project_library import (
    called_library,
    library_profile,
    read_library,
)
from renewopt.inventory.project_list import (
    ProjectList,
    is_project_list,
    read_project_list,
)
from renewopt.inventory.propose import TableProposal, propose
from renewopt.inventory.read import read_inventory
from renewopt.inventory.readers import read_source
from renewopt.inventory.sources import source_files
from renewopt.inventory.tables import TableCount
from renewopt.inventory.verdict import Problem, Verdict, verdict

__all__ = [
    "CellIssue",
    "Inventory",
    "Problem",
    "ProjectList",
    "TableCount",
    "TableProposal",
    "Verdict",
    "called_library",
    "impute",
    "is_project_list",
    "issues_frame",
    "library_profile",
    "load_mapping",
    "propose",
    "read_inventory",
    "read_library",
    "read_project_list",
    "read_source",
    "source_files",
    "verdict",
]
