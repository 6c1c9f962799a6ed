"""Failure records: joined to the assets that they happened to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.parse import ParsedTable, TableCount
from renewopt.inventory.words import key

COLUMNS = (
    "failure_id", "asset_class", "asset_id", "date", "year", "kind", "corridor_id",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class JoinedFailures:
    """Records of today's assets, of their predecessors, and of assets not here."""

    failures: pd.DataFrame
    predecessors: pd.DataFrame
    unjoined: pd.DataFrame
    issues: tuple[CellIssue, ...]
    counts: tuple[TableCount, ...]


def join_failures(
    tables: Sequence[ParsedTable],
    assets: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
) -> JoinedFailures:
    """Join records to assets by class and identifier; set duplicates apart.

    A record is a duplicate if another one of the same asset has the same time. A record
    from a year before the asset was installed belongs to its predecessor.
    """
    issues: list[CellIssue] = []
    counts: list[TableCount] = []
    parts = []
    for table in tables:
        frame = _complete(table)
        frame["asset_class"] = _classes(frame, assets, catalogue)
        notes = _Notes(table, issues)
        unknown = frame["asset_class"].isna().to_numpy()
        notes.add(unknown, "inventory.failure_class", "questioned", frame["asset_id"])
        twice = frame.duplicated(["asset_class", "asset_id", "date"]).to_numpy()
        notes.add(twice, "inventory.duplicate_failure", "note", frame["asset_id"])
        place = _place(frame, assets)
        fresh = ~twice & ~unknown
        old, lost = (place == "predecessor") & fresh, (place == "unjoined") & fresh
        notes.add(old, "inventory.failure_predecessor", "note", frame["asset_id"])
        notes.add(lost, "inventory.failure_unjoined", "questioned", frame["asset_id"])
        left_out = table.count.left_out | {"duplicates": int(twice.sum())}
        kept = table.count.kept - int(twice.sum())
        counts.append(replace(table.count, kept=kept, left_out=left_out))
        parts.append(frame.assign(place=place)[~twice])
    if not parts:
        empty = _empty()
        return JoinedFailures(empty, empty, empty, (), ())
    records = pd.concat(parts, ignore_index=True)
    split = [
        records.loc[records["place"] == name, list(COLUMNS)].reset_index(drop=True)
        for name in ("asset", "predecessor", "unjoined")
    ]
    today, before, nowhere = split
    return JoinedFailures(today, before, nowhere, tuple(issues), tuple(counts))


@dataclass(frozen=True)
class _Notes:
    table: ParsedTable
    issues: list[CellIssue]

    def add(
        self,
        mask: npt.NDArray[np.bool_],
        code: str,
        severity: Severity,
        raw: pd.Series,
    ) -> None:
        """Note one issue per marked record."""
        file, sheet = self.table.file, self.table.sheet
        for i in np.flatnonzero(mask):
            row, text = int(self.table.rows[i]), str(raw.iloc[i])
            self.issues.append(CellIssue(file, sheet, row, "", text, code, severity))


def _empty() -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    return frame.astype({"date": "datetime64[s]", "year": "Int64"})


def _complete(table: ParsedTable) -> pd.DataFrame:
    """Add columns that the file lacks, the year, and identifiers by file and row."""
    frame = table.frame.copy()
    for name in ("failure_id", "asset_class", "kind", "corridor_id"):
        if name not in frame:
            frame[name] = pd.Series(None, index=frame.index, dtype=object)
    stem = Path(table.file).stem
    made = pd.Series(
        [f"{stem}-{row}" for row in table.rows], index=frame.index, dtype=object
    )
    frame["failure_id"] = frame["failure_id"].where(frame["failure_id"].notna(), made)
    frame["year"] = frame["date"].dt.year.astype("Int64")
    placed = frame["corridor_id"].astype(object)
    frame["corridor_id"] = placed.where(placed.notna(), None)
    return frame[list(COLUMNS)]


def _classes(
    frame: pd.DataFrame, assets: Mapping[str, pd.DataFrame], catalogue: Catalogue
) -> pd.Series:
    """Turn class names into ids; without a name, the one class that has the asset."""
    words: dict[str, str] = {}
    for name, model in sorted(catalogue.asset_classes.items()):
        words |= {key(text): name for text in (name, model.title.zh, model.title.en)}
    stated = frame["asset_class"]
    found = stated.map(lambda text: words.get(key(text)), na_action="ignore")
    owners = pd.Series(
        {
            asset_id: name
            for asset_id, name in _holders(assets).items()
            if name is not None
        },
        dtype=object,
    )
    by_id = frame["asset_id"].map(owners).astype(object)
    classes = found.where(stated.notna(), by_id).astype(object)
    return classes.where(classes.notna(), None)


def _holders(assets: Mapping[str, pd.DataFrame]) -> dict[str, str | None]:
    """Map each asset to its class; None where two classes have the identifier."""
    holders: dict[str, str | None] = {}
    for name, frame in sorted(assets.items()):
        for asset_id in frame["asset_id"]:
            holders[asset_id] = None if asset_id in holders else name
    return holders


def _place(
    frame: pd.DataFrame, assets: Mapping[str, pd.DataFrame]
) -> npt.NDArray[np.object_]:
    """Say for each record: asset, predecessor or unjoined."""
    place = np.full(len(frame), "unjoined", dtype=object)
    for name, table in assets.items():
        mine = (frame["asset_class"] == name).to_numpy(dtype=bool)
        ids = frame.loc[mine, "asset_id"]
        place[mine] = np.where(ids.isin(table["asset_id"]), "asset", "unjoined")
        if "install_year" in table:
            built = table.set_index("asset_id")["install_year"].astype("float64")
            since = ids.map(built).to_numpy(dtype=np.float64)
            year = frame.loc[mine, "year"].to_numpy(dtype=np.float64)
            place[mine] = np.where(year < since, "predecessor", place[mine])
    return place
