"""Project lists with headers of their own (项目库): told by name and headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping
from renewopt.core.errors import InputError
from renewopt.inventory.header_notes import header_problems
from renewopt.inventory.header_rows import find_header
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import extra_kind
from renewopt.inventory.mapped_header import find_names
from renewopt.inventory.project_list import (
    LIBRARY_NAMES,
    ProjectList,
    read_project_list,
)
from renewopt.inventory.readers import is_url, read_raw
from renewopt.inventory.readers.sheets import sheet_names
from renewopt.inventory.returned import source_stem, tables_of

NEEDED = frozenset({"name", "total_cost"})
LEAST_FIELDS = 5
"""Columns of a list that a sheet has at least to be one."""


def called_library(paths: Sequence[str | Path]) -> bool:
    """Tell whether one file is given, and it or a sheet of it is called 项目库."""
    path = _only_file(paths)
    if path is None:
        return False
    names = (source_stem(path.stem), *sheet_names(path))
    return any(word in name for name in names for word in LIBRARY_NAMES)


def library_profile(
    paths: Sequence[str | Path], catalogue: Catalogue
) -> Mapping | None:
    """Give the profile whose headers a sheet of the one file has; None: there is none.

    A sheet has them where the names and the cost of projects are there, and more.
    """
    path = _only_file(paths)
    if path is None:
        return None
    try:
        raws = list(tables_of(read_raw(path)))
    except InputError:
        return None
    for _, profile in sorted(catalogue.mappings.items()):
        for mapping in profile.projects:
            fields = [set(find_names(raw, mapping).chosen) for raw in raws]
            if any(own >= NEEDED and len(own) >= LEAST_FIELDS for own in fields):
                return profile
    return None


def read_library(
    path: str | Path, catalogue: Catalogue, profile: Mapping
) -> ProjectList:
    """Read a list by the profile that was found, and say so.

    A list under our own headers is read by them: it may have columns, as 资产编号,
    that no profile knows.

    Raises
    ------
    InputError
        As `read_project_list`.
    """
    if _is_ours(path, profile):
        return read_project_list(path, catalogue, money_needed=False)
    found = read_project_list(path, catalogue, profile, money_needed=False)
    params = {"mapping": profile.id}
    code = "inventory.list_by_profile"
    said = CellIssue(Path(path).name, "", 0, "", "", code, "note", params)
    return replace(found, issues=(said, *found.issues))


def _is_ours(path: str | Path, profile: Mapping) -> bool:
    """Tell whether the first sheet has more of our headers than of the profile's."""
    kind = extra_kind("project_list")
    raw = next(iter(tables_of(read_raw(Path(path)))))
    header = find_header(raw.top(), kind.columns, raw.merged)
    if any(header_problems(raw, kind, header)):
        return False
    theirs = (len(find_names(raw, table).chosen) for table in profile.projects)
    return len(header.matches) > max(theirs, default=0)


def _only_file(paths: Sequence[str | Path]) -> Path | None:
    if len(paths) != 1 or is_url(str(paths[0])):
        return None
    path = Path(paths[0])
    return path if path.is_file() else None
