"""Survey: the tables that say where their assets are, and the points that help them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Nodes as NodeHeaders
from renewopt.inventory.geometry import (
    Nodes,
    TableGeometry,
    ends_of,
    extract,
    joined_nodes,
    read_nodes,
)
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.raw import RawTable
from renewopt.inventory.survey_points import Chosen, Lines, choose_points
from renewopt.inventory.tables import ParsedTable


@dataclass(frozen=True, eq=False)
class _Entry:
    """One table; `points` and `headers` are what its profile says of its ends."""

    raw: RawTable
    table: ParsedTable
    kind: TableKind
    points: Nodes | None
    headers: NodeHeaders | None


@dataclass(eq=False)
class Survey:
    """What has been read so far that says where assets are."""

    entries: list[_Entry] = field(default_factory=list)
    nodes: list[Nodes] = field(default_factory=list)
    records: list[tuple[RawTable, ParsedTable, TableKind]] = field(default_factory=list)
    """Tables of failure records, which may be points too."""

    def add(
        self, raw: RawTable, table: ParsedTable, kind: TableKind,
        points: Nodes | None = None, headers: NodeHeaders | None = None,
    ) -> None:  # fmt: skip
        """Take a table of assets."""
        self.entries.append(_Entry(raw, table, kind, points, headers))

    def geometries(
        self, catalogue: Catalogue
    ) -> tuple[list[TableGeometry], list[CellIssue]]:
        """Take the coordinates out of the tables; say which points are in doubt."""
        found: list[TableGeometry] = []
        issues: list[CellIssue] = []
        lines = self._lines()
        for entry, mine in zip(self.entries, lines, strict=True):
            points = entry.points
            if points is None and mine.ends:
                others = [line for line in lines if line.ends]
                chosen = choose_points(mine, others, self.nodes)
                points = chosen.nodes
                issues += _refused(entry, mine, chosen)
            kind, shape = entry.kind, catalogue.asset_classes[entry.kind.id].geometry
            own = extract(entry.raw, entry.table, kind, shape, points, entry.headers)
            if own is None:
                continue
            found.append(own)
            if own.nodes is not None and points is not None:
                issues += [issue for issue in points.issues if issue not in issues]
        return found, issues

    def _lines(self) -> list[Lines]:
        """Say of each table which points its lines name, where there are points."""
        if not self.nodes:
            none: frozenset[str] = frozenset()
            return [
                Lines(e.raw.file, e.raw.sheet, e.kind.id, none) for e in self.entries
            ]
        ends = [ends_of(e.raw, e.table, e.headers) for e in self.entries]
        return [
            Lines(entry.raw.file, entry.raw.sheet, entry.kind.id, *found)
            for entry, found in zip(self.entries, ends, strict=True)
        ]


def _refused(entry: _Entry, mine: Lines, chosen: Chosen) -> list[CellIssue]:
    """Ask about points of these numbers that may be those of other lines."""
    if not chosen.lost:
        return []
    tables = dict.fromkeys(
        f"{n.file} [{n.sheet}]" if n.sheet else n.file for n in chosen.refused
    )
    params = {"nodes": ", ".join(tables), "points": chosen.lost}
    place = (entry.raw.file, entry.raw.sheet, 0, mine.header, "")
    return [CellIssue(*place, "inventory.nodes_of_others", "questioned", params)]


def points_of(
    raws: Iterable[RawTable], headers: NodeHeaders | None
) -> tuple[Nodes | None, list[CellIssue], list[str]]:
    """Read the survey points that a profile means.

    Returns the points, what was wrong with them, and the sheets that hold them.
    """
    issues: list[CellIssue] = []
    tables: list[Nodes] = []
    for raw in raws if headers is not None else ():
        nodes = read_nodes(raw, headers)
        if nodes is not None:
            issues += [*raw.issues, *nodes.issues]
            tables.append(nodes)
    points = joined_nodes(tables)
    issues += points.issues if points is not None else ()
    return points, issues, [nodes.sheet for nodes in tables]
