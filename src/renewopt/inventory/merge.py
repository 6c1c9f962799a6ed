"""Several files of one kind become one table, identifiers still unique."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.column import dtype_of
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind
from renewopt.inventory.tables import ParsedTable, TableCount


def merge_tables(
    tables: Sequence[ParsedTable], kind: TableKind
) -> tuple[pd.DataFrame, list[CellIssue], list[TableCount]]:
    """Put tables of one kind together; an identifier counts where it stands first.

    Returns the table (with every column of the kind where there is no file at all),
    the rows rejected because an earlier file has their identifier, and the row counts.
    """
    if not tables:
        return _empty(kind.columns), [], []
    issues: list[CellIssue] = []
    counts: list[TableCount] = []
    frames: list[pd.DataFrame] = []
    seen: dict[str, set[object]] = {s.name: set() for s in kind.columns if s.unique}
    for table in tables:
        clash = pd.Series(False, index=table.frame.index)
        for name, ids in seen.items():
            if name in table.frame and len(tables) > 1:
                column = table.frame[name]
                again = column.notna() & column.isin(ids)
                issues += _clashes(table, name, again)
                clash |= again
                ids |= set(column.dropna())
        gone = int(clash.sum())
        frames.append(table.frame[~clash] if gone else table.frame)
        counts.append(
            replace(
                table.count,
                kept=table.count.kept - gone,
                rejected=table.count.rejected + gone,
            )
        )
    order = [s.name for s in kind.columns if any(s.name in frame for frame in frames)]
    types = {s.name: dtype_of(s) for s in kind.columns if s.name in order}
    typed = [_typed(frame, types) for frame in frames]
    whole = typed[0] if len(typed) == 1 else pd.concat(typed)
    return whole.reset_index(drop=True), issues, counts


def _typed(frame: pd.DataFrame, types: dict[str, str]) -> pd.DataFrame:
    """Give a table the columns and types of its kind; most have them already."""
    own = {str(name): str(kind) for name, kind in frame.dtypes.items()}
    if list(own.items()) == list(types.items()):
        return frame
    return frame.reindex(columns=list(types)).astype(types)


def _clashes(table: ParsedTable, name: str, again: pd.Series) -> list[CellIssue]:
    code = "inventory.duplicate_id_file"
    return [
        CellIssue(
            table.file, table.sheet, int(table.rows[i]), name,
            str(table.frame[name].iloc[i]), code, "rejected",
        )
        for i in again.to_numpy().nonzero()[0]
    ]  # fmt: skip


def _empty(specs: Sequence[ColumnSpec]) -> pd.DataFrame:
    return pd.DataFrame({s.name: pd.Series(dtype=dtype_of(s)) for s in specs})
