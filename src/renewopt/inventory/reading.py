"""What has been read so far: tables, survey points, issues, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from renewopt.catalogue.mapping import Nodes as NodeHeaders
from renewopt.core.errors import InputError, Message
from renewopt.inventory.cells import AsOf
from renewopt.inventory.geometry import Nodes
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.raw import RawTable
from renewopt.inventory.recognise import Recognised
from renewopt.inventory.survey import Survey
from renewopt.inventory.tables import ParsedTable, TableCount

PLACE = frozenset({"file", "row", "column", "value", "parsed"})
"""Parameters of a message that an issue holds as its place."""


@dataclass(eq=False)
class Reading:
    """What has been read so far, and for which year.

    Attributes
    ----------
    lenient
        Whether files that cannot be read are issues, so that the others are read.
    lost
        Tables that could not be taken, with the rows that they have.
    """

    as_of: AsOf
    tables: list[ParsedTable] = field(default_factory=list)
    issues: list[CellIssue] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)
    survey: Survey = field(default_factory=Survey)
    lenient: bool = False
    lost: list[TableCount] = field(default_factory=list)

    def add(
        self, raw: RawTable, table: ParsedTable, kind: TableKind,
        points: Nodes | None = None, headers: NodeHeaders | None = None,
    ) -> None:  # fmt: skip
        """Take a table that was read, with what its profile says of its ends."""
        self.tables.append(table)
        if kind.is_asset_class:
            self.survey.add(raw, table, kind, points, headers)
        elif kind.id == "failures":
            self.survey.records.append((raw, table, kind))

    def note(self, raw: RawTable, code: str) -> None:
        """Note that a whole table is not read."""
        self.issues.append(CellIssue(raw.file, raw.sheet, 0, "", "", code, "note"))

    def reject(
        self,
        file: str,
        sheet: str,
        error: InputError,
        severity: Severity = "rejected",
    ) -> None:
        """Say why a whole file or sheet was not taken."""
        for item in error.messages:
            params = {k: v for k, v in item.params.items() if k not in PLACE}
            column = str(item.params.get("column", ""))
            value = str(item.params.get("value", ""))
            place = (file, sheet, 0, column, value)
            self.issues.append(CellIssue(*place, item.code, severity, params))

    def note_class(self, raw: RawTable, found: Recognised) -> None:
        """Say what a table was taken for where only its headers tell."""
        if found.by == "headers":
            params = {"table": found.kind.id, "headers": ", ".join(found.words)}
            place = (raw.file, raw.sheet, 0, "", "")
            code = "inventory.class_by_headers"
            self.issues.append(CellIssue(*place, code, "note", params))
