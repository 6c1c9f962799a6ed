"""The project list (项目库): a bureau's way in before it has inventories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.issues import CellIssue, count_issues, issues_frame
from renewopt.inventory.kinds import extra_kind, without_need
from renewopt.inventory.mapped import is_named, parse_mapped, parts_mapped
from renewopt.inventory.mapped_header import has_headers
from renewopt.inventory.parse import parse_table, parts_of
from renewopt.inventory.profiles import load_mapping
from renewopt.inventory.project_header import one_header
from renewopt.inventory.project_money import MONEY_SHEETS, money_table
from renewopt.inventory.project_rows import PEOPLE_PER_HOUSEHOLD, project_rows
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers import read_raw
from renewopt.inventory.readers.sheets import sheet_names
from renewopt.inventory.returned import tables_of
from renewopt.inventory.tables import ParsedTable, TableCount, write_table
from renewopt.inventory.words import key

__all__ = [
    "MONEY_SHEETS",
    "PEOPLE_PER_HOUSEHOLD",
    "ProjectList",
    "is_project_list",
    "read_project_list",
]


LIBRARY_NAMES = ("项目库", "项目清单", "谋划项目")
"""What files and sheets of projects are called."""


@dataclass(frozen=True, eq=False)
class ProjectList:
    """A bureau's list of projects and the money it has.

    Attributes
    ----------
    projects
        `row`, `name`, `project_code`, `legal_owner`, `asset_class`, `nature`,
        `ownership`, `total_cost` (万元), `length_m`, `floor_area_m2`, `items`,
        `households`, `population`, `grade` (1–5), `assessment_result`,
        `assessment_deadline`, `readiness`, `first_year`, `last_year`, `fund_kinds`
        (ids, ';' between; empty: any), `district`, `street`, `net_income_per_year`,
        `remark`. `households` is filled from the people where only these are
        given.
    money
        `fund_kind`, `owner`, `year`, `amount` (万元), `certainty`; with money only.
    money_years
        Years that the sheet of money has columns for: the years of the plan.
    money_problems
        What in the sheet of money could not be taken. No plan is made without it:
        money that is left out would change everything.
    issues, counts
        What was not taken as it stood, and what became of the rows.
    """

    projects: pd.DataFrame
    money: pd.DataFrame
    issues: tuple[CellIssue, ...] = ()
    counts: tuple[TableCount, ...] = ()
    source: str = ""
    money_years: tuple[int, ...] = ()
    money_problems: tuple[Message, ...] = ()

    synthetic = False
    """A list comes from a bureau; generated data comes as an inventory folder."""

    def issues_frame(self) -> pd.DataFrame:
        """Give the issues as a table."""
        return issues_frame(self.issues)

    def issue_counts(self) -> dict[str, int]:
        """Count the issues by severity, all severities named."""
        return count_issues(self.issues)

    def write_clean(self, folder: Path, csv: bool = False) -> list[Path]:
        """Write projects and money (Parquet or CSV) and the issues; give the paths."""
        folder.mkdir(parents=True, exist_ok=True)
        tables = {"projects": self.projects, "money": self.money}
        paths = [write_table(table, folder, n, csv) for n, table in tables.items()]
        issues = self.issues_frame()
        return [*paths, write_table(issues, folder, "issues", csv=True)]


def is_project_list(paths: Sequence[str | Path]) -> bool:
    """Tell whether the files given are one workbook with a sheet of money (资金).

    Only the names of the sheets are looked at; an unreadable workbook is none.
    """
    path = Path(paths[0]) if len(paths) == 1 else Path()
    if path.suffix.lower() not in {".xlsx", ".xlsm", ".xls"} or not path.is_file():
        return False
    return not set(map(key, sheet_names(path))).isdisjoint(map(key, MONEY_SHEETS))


def read_project_list(
    path: str | Path,
    catalogue: Catalogue,
    mapping: Mapping | str | Path | None = None,
    money_needed: bool = True,
    grade_needed: bool = True,
) -> ProjectList:
    """Read a project list: sheets of projects, and sheet 资金 the money by year.

    Parameters
    ----------
    mapping
        A profile with `projects` for a list with headers of its own; without one the
        first sheet that is not the money is read.
    money_needed
        Whether a list without the sheet of money is refused; else it is an issue.
    grade_needed
        Whether every row needs a hazard grade; beside inventories the loss of a row is
        that of its assets.

    Raises
    ------
    InputError
        Where the file cannot be read or a needed column or sheet is absent. Bad cells
        raise nothing: they are issues.
    """
    profile = load_mapping(mapping, catalogue) if mapping is not None else None
    raws = list(tables_of(read_raw(Path(path))))
    money_raw = next((r for r in raws if key(r.sheet) in map(key, MONEY_SHEETS)), None)
    rest = [one_header(raw) for raw in raws if raw is not money_raw]
    problems: list[Message] = []
    issues: list[CellIssue] = []
    name = Path(path).name
    if money_raw is None and money_needed:
        known = ", ".join(MONEY_SHEETS)
        problems.append(message("inventory.no_money_sheet", file=name, known=known))
    elif money_raw is None:
        issues.append(
            CellIssue(name, "", 0, "", "", "inventory.no_money_yet", "questioned")
        )
    try:
        tables = _tables(rest, profile, name, issues, grade_needed)
    except InputError as error:
        raise InputError(*problems, *error.messages) from None
    if problems:
        raise InputError(*problems)
    money = pd.DataFrame(columns=["fund_kind", "owner", "year", "amount", "certainty"])
    years: tuple[int, ...] = ()
    money_issues: list[CellIssue] = []
    if money_raw is not None:
        money, years, money_issues = money_table(money_raw, catalogue)
    frames, counts = [], []
    for table in tables:
        frame, notes = project_rows(table, catalogue)
        gone = int(notes.rejected.sum())
        kept, rejected = table.count.kept - gone, table.count.rejected + gone
        counts.append(replace(table.count, kept=kept, rejected=rejected))
        issues += (*table.issues, *notes.issues)
        frames.append(frame)
    projects = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    return ProjectList(
        projects,
        money,
        (*issues, *money_issues),
        tuple(counts),
        Path(path).name,
        years,
        tuple(i.message() for i in money_issues if i.severity == "rejected"),
    )


def _tables(
    raws: Sequence[RawTable],
    profile: Mapping | None,
    file: str,
    issues: list[CellIssue],
    grade_needed: bool,
) -> list[ParsedTable]:
    """Read the sheets of projects: those of the profile, else the first one."""
    kind = extra_kind("project_list")
    kind = kind if grade_needed else without_need(kind, "grade")
    if not raws:
        raise InputError.of("inventory.no_project_sheet", file=file)
    if profile is None:
        return [parse_table(part, kind) for part in parts_of(raws[0], kind)]
    if not profile.projects:
        raise InputError.of("inventory.no_list_profile", value=profile.id, file=file)
    tables: list[ParsedTable] = []
    problems: list[Message] = []
    for raw in raws:
        # A file of text is one table, and its only sheet has no name.
        named = (
            t
            for t in profile.projects
            if is_named(raw, t.files, t.sheets if raw.sheet else ())
        )
        mapping = next(named, None)
        try:
            if mapping is not None and has_headers(raw, mapping):
                parts = parts_mapped(raw, kind, mapping)
                tables += [parse_mapped(part, kind, mapping) for part in parts]
                continue
        except InputError as error:
            problems += error.messages
        code = "inventory.file_not_mapped"
        issues.append(CellIssue(raw.file, raw.sheet, 0, "", "", code, "note"))
    if problems:
        raise InputError(*problems)
    if not tables:
        raise InputError.of("inventory.no_list_sheet", file=file, value=profile.id)
    return tables
