"""Failure records: joined to the assets that they happened to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.imports import FailureJoin
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.join import links
from renewopt.inventory.join.pieces import with_shapes
from renewopt.inventory.join.records import (
    COLUMNS,
    TEXTS,
    cancelled,
    classes,
    empty_records,
    fallback_classes,
    gather,
)
from renewopt.inventory.join.shares import (
    CANCELLED,
    DUPLICATE,
    empty_shares,
    share_table,
)
from renewopt.inventory.join.twice import differs, perhaps_twice, told_twice
from renewopt.inventory.tables import ParsedTable, TableCount
from renewopt.inventory.words import key


@dataclass(frozen=True, eq=False)
class JoinedFailures:
    """Records of today's assets, of their predecessors, and of assets not here."""

    failures: pd.DataFrame
    predecessors: pd.DataFrame
    unjoined: pd.DataFrame
    shares: pd.DataFrame
    issues: tuple[CellIssue, ...]
    counts: tuple[TableCount, ...]


def join_failures(
    tables: Sequence[ParsedTable],
    assets: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
    shapes: Mapping[str, pd.DataFrame] | None = None,
    qualities: pd.DataFrame | None = None,
    until: int = links.NO_END,
) -> JoinedFailures:
    """Join records to assets; set cancelled ones and repetitions apart.

    By class and identifier, if its own coordinates do not lie elsewhere; else by the
    nearest asset of the class, if no other one that differs is nearly as near. A record
    from a year before the asset was installed or wholly renewed belongs to its
    predecessor. Records of one asset and day are one event, whatever file they stand
    in; without a day they may be, and are asked about.

    Parameters
    ----------
    shapes
        Per class the drawn lines that are known: `asset_id`, `wkb` in degrees.
    qualities
        `Inventory.qualities`: years of installation that are known as intervals.
    until
        Year in which the tables were true: later renewals do not count yet.
    """
    if not sum(len(table.frame) for table in tables):
        nothing = empty_records()
        shares = share_table(_bare(), pd.Series(dtype=object), tables)
        shares = shares if len(shares) else empty_shares()
        counts = tuple(table.count for table in tables)
        return JoinedFailures(nothing, nothing, nothing, shares, (), counts)
    figures = catalogue.imports.failures
    records = gather(tables)
    records["states_class"] = records["asset_class"].notna()
    records["asset_class"] = classes(records, assets, catalogue)
    records["asset_class"], taken = fallback_classes(records, tables, assets, catalogue)
    void, perhaps_void = cancelled(records, figures.cancelled)
    linked = links.link(records, with_shapes(assets, shapes), catalogue, until)
    records = records.assign(**{name: linked[name] for name in linked.columns[1:]})
    fate = linked["place"].mask(void, CANCELLED)
    twice = np.zeros(len(records), dtype=np.bool_)
    twice[~void] = told_twice(records[~void], figures.same_place_m)
    fate = fate.mask(twice, DUPLICATE)
    other = np.zeros(len(records), dtype=np.bool_)
    other[~void] = differs(records[~void], twice[~void])
    left = ~void & ~twice
    again = np.zeros(len(records), dtype=np.bool_)
    again[left] = perhaps_twice(records[left], figures.same_place_m)
    joined = fate.isin([links.ASSET, links.PREDECESSOR]).to_numpy()
    older = links.perhaps_older(records, qualities) & joined
    doubts = {
        "inventory.failure_perhaps_other": other,
        "inventory.failure_perhaps_cancelled": perhaps_void & ~twice,
        "inventory.failure_perhaps_older": older,
        "inventory.failure_perhaps_repeated": again,
    }
    said = _issues(records, fate, doubts, tables, figures)
    issues = taken + _unknown_assets(said, assets)
    born = links.of_birth_year(records, assets, until) & joined & ~older
    issues += _of_birth_year(records, born, tables)
    for name in (*TEXTS, "joined_by"):
        cells = records[name].astype(object)
        records[name] = cells.where(cells.notna(), None)
    kept = {
        name: records.loc[fate.isin(places), list(COLUMNS)].reset_index(drop=True)
        for name, places in _PARTS.items()
    }
    return JoinedFailures(
        **kept,
        shares=share_table(records, fate, tables),
        issues=tuple(issues),
        counts=tuple(_counts(records, void, twice, tables)),
    )


_SAME_YEAR = "inventory.failure_same_year"
SHOWN = 200
"""Rows that a question about many of them names."""
_PARTS = {
    "failures": [links.ASSET],
    "predecessors": [links.PREDECESSOR],
    "unjoined": [
        links.UNJOINED,
        links.NO_PLACE,
        links.FAR,
        links.AMBIGUOUS,
        links.SEVERAL,
        links.ELSEWHERE,
    ],
}


def _bare() -> pd.DataFrame:
    return empty_records().assign(table=pd.Series(dtype="int64"))


def _counts(
    records: pd.DataFrame,
    void: npt.NDArray[np.bool_],
    twice: npt.NDArray[np.bool_],
    tables: Sequence[ParsedTable],
) -> list[TableCount]:
    """Take what was left out from the rows kept, table by table."""
    out = []
    for number, table in enumerate(tables):
        mine = (records["table"] == number).to_numpy()
        gone = {
            "cancelled": int((void & mine).sum()),
            "duplicates": int((twice & mine).sum()),
        }
        left_out = dict(table.count.left_out)
        for reason, rows in gone.items():
            if rows or reason == "duplicates":
                left_out[reason] = left_out.get(reason, 0) + rows
        kept = table.count.kept - sum(gone.values())
        out.append(replace(table.count, kept=kept, left_out=left_out))
    return out


def _issues(
    records: pd.DataFrame,
    fate: pd.Series,
    doubts: Mapping[str, npt.NDArray[np.bool_]],
    tables: Sequence[ParsedTable],
    figures: FailureJoin,
) -> list[CellIssue]:
    """Say of every record that is not simply joined why; in the order of the rows."""
    found: list[CellIssue] = []
    unknown = (records["asset_class"].isna() & ~fate.isin(_GONE)).to_numpy()
    named = records["stated"].notna().to_numpy(dtype=bool)
    here = fate.isin([links.ASSET, links.PREDECESSOR]).to_numpy()
    changed = (records["stated"] != records["asset_id"]).to_numpy(dtype=bool)
    by_name = (records["joined_by"] == links.BY_NAME).to_numpy(dtype=bool)
    moved = here & changed & ~by_name
    other = moved & named
    marks: list[tuple[npt.NDArray[np.bool_], str, Severity]] = [
        ((fate == place).to_numpy() & ~unknown, code, severity)
        for place, code, severity in _SENTENCES
    ]
    marks += [
        (unknown & named, "inventory.failure_class", "questioned"),
        (unknown & ~named, "inventory.failure_no_class", "questioned"),
        (other, "inventory.failure_other_asset", "questioned"),
    ]
    marks += [(mask, code, "questioned") for code, mask in doubts.items()]
    cells = {str(name): records[name].to_numpy(dtype=object) for name in records}
    for mask, code, severity in marks:
        found += [
            _issue(cells, int(i), code, severity, tables, figures)
            for i in np.flatnonzero(mask)
        ]
    for number, table in enumerate(tables):
        own = (records["table"] == number).to_numpy()
        ways = {
            "inventory.failures_by_distance": moved & ~other,
            "inventory.failures_by_name": here & changed & by_name,
        }
        for code, mask in ways.items():
            rows = int((mask & own).sum())
            if rows:
                place = (table.file, table.sheet, 0, "", "")
                found.append(CellIssue(*place, code, "note", {"rows": rows}))
    return found


def _of_birth_year(
    records: pd.DataFrame,
    born: npt.NDArray[np.bool_],
    tables: Sequence[ParsedTable],
) -> list[CellIssue]:
    """Ask once per table about the records of the year in which their asset was laid.

    New pipes fail more often than others, and old ones are laid anew since they fail:
    either is usual, so one question with the rows is what a clerk can answer.
    """
    found = []
    for number, table in enumerate(tables):
        own = born & (records["table"] == number).to_numpy()
        rows = sorted(int(row) for row in records["row"][own])
        if rows:
            shown = ", ".join(map(str, rows[:SHOWN])) + " …" * (len(rows) > SHOWN)
            params = {"rows": len(rows), "list": shown}
            place, code = (table.file, table.sheet, 0, "", ""), _SAME_YEAR
            found.append(CellIssue(*place, code, "questioned", params))
    return found


def _void_text(
    cells: Mapping[str, npt.NDArray[np.object_]], i: int, words: Sequence[str]
) -> object:
    """Give the text of a record that says, or may say, that it never happened."""
    texts = [cells[name][i] for name in ("status", "kind", "cause", "remark")]
    said = [t for t in texts if not pd.isna(t) and any(w in key(str(t)) for w in words)]
    return said[0] if said else cells["status"][i]


def _unknown_assets(
    issues: Sequence[CellIssue], assets: Mapping[str, pd.DataFrame]
) -> list[CellIssue]:
    """Say of records without a class that no asset has their identifier, where so.

    That is where only one class could be meant, or an identifier differs in its case.
    """
    code = "inventory.failure_class"
    if all(issue.code != code for issue in issues):
        return list(issues)
    filled = [frame["asset_id"] for frame in assets.values() if len(frame)]
    ids = {key(str(own)): str(own) for column in filled for own in column}
    found = []
    for issue in issues:
        near = ids.get(key(issue.raw), "")
        if issue.code == code and (near or len(filled) == 1) and near != issue.raw:
            asked = "inventory.failure_unknown_asset"
            issue = replace(issue, code=asked, params={"near": near or "-"})
        found.append(issue)
    return found


_GONE = [CANCELLED, DUPLICATE]
_SENTENCES: tuple[tuple[str, str, Severity], ...] = (
    (DUPLICATE, "inventory.duplicate_failure", "note"),
    (CANCELLED, "inventory.failure_cancelled", "note"),
    (links.PREDECESSOR, "inventory.failure_predecessor", "note"),
    (links.UNJOINED, "inventory.failure_unjoined", "questioned"),
    (links.NO_PLACE, "inventory.failure_no_place", "questioned"),
    (links.FAR, "inventory.failure_far", "questioned"),
    (links.AMBIGUOUS, "inventory.failure_ambiguous", "questioned"),
    (links.SEVERAL, "inventory.failure_name_several", "questioned"),
    (links.ELSEWHERE, "inventory.failure_elsewhere", "questioned"),
)


def _issue(
    cells: Mapping[str, npt.NDArray[np.object_]],
    i: int,
    code: str,
    severity: Severity,
    tables: Sequence[ParsedTable],
    figures: FailureJoin,
) -> CellIssue:
    """Make the issue of one record."""
    table, row = tables[cells["table"][i]], int(cells["row"][i])
    stated, asset = cells["stated"][i], cells["asset_id"][i]
    params: dict[str, object] = {}
    raw = asset if pd.isna(stated) else stated
    if code in {"inventory.failure_far", "inventory.failure_ambiguous"}:
        within = figures.reach(cells["asset_class"][i])
        params = {"within": f"{within:g}", "tolerance": f"{figures.tolerance_m:g}"}
    elif code == "inventory.failure_elsewhere":
        raw = asset
        params = {
            "within": f"{figures.reach(cells['asset_class'][i]):g}",
            "distance": f"{cells['distance_m'][i]:g}",
        }
    elif code == "inventory.failure_perhaps_repeated":
        raw = next((v for v in (asset, cells["street"][i]) if not pd.isna(v)), "")
    elif code == "inventory.failure_other_asset":
        params = {"asset": asset, "distance": f"{cells['distance_m'][i]:g}"}
    elif code == "inventory.failure_name_several":
        name = cells["asset_name"][i]
        raw = raw if pd.isna(name) else name
    elif code in {"inventory.failure_cancelled", "inventory.failure_perhaps_cancelled"}:
        raw = _void_text(cells, i, figures.cancelled)
    text = "" if pd.isna(raw) else str(raw)
    return CellIssue(table.file, table.sheet, row, "", text, code, severity, params)
