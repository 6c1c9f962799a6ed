"""Marks: what a return workbook says, cell by cell and in its list of issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from renewopt.inventory.issues import SEVERITIES, CellIssue, Severity
from renewopt.inventory.raw import RawTable
from renewopt.report.return_places import Place, Places
from renewopt.text import Lang, label, render_remark

COLOURS: dict[Severity, str] = {
    "rejected": "FFC7CE",
    "questioned": "FFEB9C",
    "repaired": "BDD7EE",
}
"""Fill of a cell by the worst of its issues; a note colours nothing."""
AUTHOR = "renewopt"
COMMENTS = 5_000
"""Comments per sheet; more make spreadsheet programs crawl. Colours have no limit."""
LISTED = 60_000
"""Lines in the list of issues: a sheet holds some 65,000 links."""
TEXT_LIMIT = 32_767
"""Characters that a cell of a workbook holds."""
HEADINGS = (
    "file", "sheet", "row", "column", "cell", "raw", "parsed", "severity", "rule",
    "what_to_do",
)  # fmt: skip


@dataclass
class Mark:
    """All that is said at one cell."""

    severity: Severity
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Give the comment: each remark once, one under the other."""
        lines = list(dict.fromkeys(self.lines))
        if len(lines) == 1:
            return lines[0][:TEXT_LIMIT]
        numbered = (f"{n}. {line}" for n, line in enumerate(lines, start=1))
        return "\n".join(numbered)[:TEXT_LIMIT]


@dataclass(frozen=True)
class Line:
    """One line of the list of issues; `target` is the sheet that it links to."""

    issue: CellIssue
    place: Place | None
    target: str


def marks_of(
    issues: Sequence[CellIssue], places: Places, lang: Lang
) -> dict[Place, Mark]:
    """Join the issues of a table by cell, the worst severity first."""
    marks: dict[Place, Mark] = {}
    for issue in sorted(issues, key=lambda i: SEVERITIES.index(i.severity)):
        if issue.severity == "note":
            continue
        mark = marks.setdefault(places.of(issue), Mark(issue.severity))
        text = render_remark(issue.message(), lang)
        mark.lines.append(f"[{label(issue.severity, lang)}] {text}")
    return marks


def table_marks(
    raws: Sequence[RawTable],
    issues: Sequence[CellIssue],
    aliases: Mapping[str, Mapping[str, Sequence[str]]],
    lang: Lang,
) -> tuple[list[dict[Place, Mark]], list[Line]]:
    """Give the marks of each table of a file, and the lines of the list.

    `aliases` maps a sheet to our columns and their headers. Issues of a sheet that is
    not there (or of the whole file) are listed without a cell.
    """
    by_sheet: dict[tuple[str, str], list[CellIssue]] = {}
    for issue in issues:
        by_sheet.setdefault((issue.file, issue.sheet), []).append(issue)
    marks: list[dict[Place, Mark]] = []
    lines: list[Line] = []
    for raw in raws:
        own = by_sheet.pop((raw.file, raw.sheet), [])
        places = Places(raw, own, aliases.get(raw.sheet, {}))
        marks.append(marks_of(own, places, lang))
        lines += [Line(issue, places.of(issue), raw.sheet) for issue in own]
    lines += [Line(issue, None, "") for rest in by_sheet.values() for issue in rest]
    lines.sort(key=lambda line: SEVERITIES.index(line.issue.severity))
    return marks, lines


def listed(line: Line, lang: Lang) -> list[str | int]:
    """Give the cells of one line of the list, in the order of HEADINGS."""
    issue = line.issue
    cells: list[str | int] = [
        issue.file,
        issue.sheet,
        issue.row or "",
        issue.column,
        line.place.name if line.place else "",
        issue.raw[:TEXT_LIMIT],
        issue.parsed[:TEXT_LIMIT],
        label(issue.severity, lang),
        issue.code.removeprefix("inventory."),
        render_remark(issue.message(), lang)[:TEXT_LIMIT],
    ]
    return cells
