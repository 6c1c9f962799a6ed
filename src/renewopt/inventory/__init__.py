"""Inventory: files in, typed tables and a list of everything not taken out."""

from renewopt.inventory.impute import impute
from renewopt.inventory.inventory import Inventory
from renewopt.inventory.issues import CellIssue, issues_frame
from renewopt.inventory.parse import TableCount
from renewopt.inventory.project_list import (
    ProjectList,
    is_project_list,
    read_project_list,
)
from renewopt.inventory.read import load_mapping, read_inventory

__all__ = [
    "CellIssue",
    "Inventory",
    "ProjectList",
    "TableCount",
    "impute",
    "is_project_list",
    "issues_frame",
    "load_mapping",
    "read_inventory",
    "read_project_list",
]
