"""The folder that `renewopt check -o` writes: clean tables, issues, what goes back."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import renewopt
from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError, Message
from renewopt.core.harmless import harmless
from renewopt.inventory import CellIssue, Inventory, ProjectList, verdict
from renewopt.report.clean_tables import write_tables
from renewopt.report.return_workbook import return_workbooks
from renewopt.text import Lang, render

SUMMARY = "summary.json"
WHAT = "renewopt check"
"""Value of `what` in the summary: by it a folder is known as an earlier output."""
RETURNS = "return"
"""Folder of the return workbooks; apart, so that the tables can be read by folder."""
ISSUE_COLUMNS = (
    "file", "sheet", "row", "column", "raw", "parsed", "rule", "severity", "message",
)  # fmt: skip


def check_folder(
    found: Inventory | ProjectList,
    sources: Sequence[str | Path],
    catalogue: Catalogue,
    folder: Path,
    lang: Lang,
    as_csv: bool = False,
) -> list[Message]:
    """Write what was found, all of it or nothing; return what the user should know.

    Clean tables as Parquet (as CSV too with `as_csv`), `issues.csv`, `summary.json`,
    and `return/<stem>.return.xlsx` for each source with something to correct.

    Raises
    ------
    InputError
        Where the folder may not be replaced (see `may_replace`) or cannot be written.
    """
    may_replace(folder, sources)
    with _replacing(folder) as part:
        write_tables(found, part, as_csv)
        write_issues(found.issues, part / "issues.csv", lang)
        returned = return_workbooks(
            sources, found.issues, found.counts, catalogue, part / RETURNS, lang
        )
        summary = summary_of(found, lang, catalogue)
        summary["returned"] = {
            item.path.relative_to(part).as_posix(): _digest(item.path)
            for item in returned
            if item.path is not None
        }
        text = json.dumps(summary, ensure_ascii=False, indent=2)
        (part / SUMMARY).write_text(text + "\n", encoding="utf-8")
    return [note for item in returned for note in item.notes]


def may_replace(folder: Path, sources: Sequence[str | Path]) -> None:
    """Make sure that nothing of the user's is lost when the folder is written.

    Raises
    ------
    InputError
        Where it holds anything but an earlier output, where a source lies in it, or
        where a return workbook in it has been worked on.
    """
    if folder.is_file():
        raise InputError.of("report.not_a_folder", file=folder)
    for source in sources:
        if "://" not in str(source):
            path = Path(source).resolve()
            if folder.resolve() in path.parents:
                raise InputError.of(
                    "report.source_inside", folder=folder, file=path.name
                )
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    summary = _earlier(folder)
    if summary is None:
        raise InputError.of("report.not_replaced", folder=folder)
    for name, digest in summary.get("returned", {}).items():
        path = folder / name
        if path.is_file() and _digest(path) != digest:
            raise InputError.of("report.return_edited", folder=folder, file=name)


def write_issues(issues: Iterable[CellIssue], path: Path, lang: Lang) -> None:
    """Write the list of issues as CSV: UTF-8 with BOM, one line per issue.

    A text that a spreadsheet program would run as a formula gets an apostrophe before
    it.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ISSUE_COLUMNS)
        for issue in issues:
            row = issue_row(issue, lang)
            writer.writerow([_harmless(row[name]) for name in ISSUE_COLUMNS])


def issue_row(issue: CellIssue, lang: Lang) -> dict[str, Any]:
    """Give an issue by the names of ISSUE_COLUMNS."""
    return {
        "file": issue.file,
        "sheet": issue.sheet,
        "row": issue.row,
        "column": issue.column,
        "raw": issue.raw,
        "parsed": issue.parsed,
        "rule": issue.code,
        "severity": issue.severity,
        "message": render(issue.message(), lang),
    }


def summary_of(
    found: Inventory | ProjectList, lang: Lang, catalogue: Catalogue
) -> dict[str, Any]:
    """Give the figures of an import, as in `summary.json` and with `--json`."""
    judged = verdict(found, catalogue)
    return {
        "what": WHAT,
        "version": renewopt.__version__,
        "synthetic": found.synthetic,
        "rows": judged.rows,
        "issue_counts": judged.issues,
        "tables": [
            {
                "file": count.file,
                "sheet": count.sheet,
                "table": count.table,
                "read": count.read,
                "kept": count.kept,
                "rejected": count.rejected,
                "subtotals": count.subtotals,
                "left_out": count.left_out,
            }
            for count in found.counts
        ],
        "completeness": judged.completeness,
        "absent": judged.absent,
        "worst": [
            {
                "rule": problem.rule,
                "column": problem.column,
                "severity": problem.severity,
                "count": problem.count,
                "example": issue_row(problem.example, lang),
            }
            for problem in judged.worst
        ],
    }


def _harmless(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value


def _earlier(folder: Path) -> Mapping[str, Any] | None:
    """Read the summary of an earlier output; None where it is something else."""
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(summary, dict) and summary.get("what") == WHAT
    return summary if known else None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """Give a new folder that takes the place of `folder` when all is written."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        detail = error.strerror or str(error)
        raise InputError.of("report.cannot_write", file=folder, detail=detail) from None
    try:
        part = work / "new"
        part.mkdir()
        yield part
        if folder.exists():
            folder.replace(work / "old")
        part.replace(folder)
    except OSError as error:
        detail = error.strerror or str(error)
        raise InputError.of("report.cannot_write", file=folder, detail=detail) from None
    finally:
        if (work / "old").exists() and not folder.exists():
            (work / "old").replace(folder)
        shutil.rmtree(work, ignore_errors=True)
