"""Failure records of all files as one table, each with its row and class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.inventory.cells.dates import days_of
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.join.by_name import only_class
from renewopt.inventory.join.plane import BoolArray
from renewopt.inventory.kinds import (
    TableKind,
    class_kind,
    kinds_by_name,
    other_thing,
)
from renewopt.inventory.tables import ParsedTable
from renewopt.inventory.words import key

TEXTS = (
    "failure_id", "asset_class", "asset_id", "asset_name", "district", "kind",
    "corridor_id", "street", "cause", "status", "remark",
)  # fmt: skip
COLUMNS = (
    "failure_id", "asset_class", "asset_id", "date", "last_date", "year", "kind",
    "corridor_id", "street", "cause", "status", "lon", "lat", "joined_by", "distance_m",
    "asset_name", "district", "remark",
)  # fmt: skip
"""What a table of records holds; `joined_by` is `id`, `name` or `distance`.

`last_date` stands where only a month or year is known, from `date` on.
"""
_NO_DAY = "inventory.date_without_day"
_DONE = "已"
_ABOUT = ("cause", "remark")
"""Columns that tell about a record; a word there is asked about, never believed."""
COMPOUNDS = "residential_compound"


def empty_records() -> pd.DataFrame:
    """Give a table without records."""
    frame = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    floats = dict.fromkeys(("lon", "lat", "distance_m"), "float64")
    days = dict.fromkeys(("date", "last_date"), "datetime64[s]")
    return frame.astype({**days, "year": "Int64", **floats})


def gather(tables: Sequence[ParsedTable]) -> pd.DataFrame:
    """Put the tables together, in their order.

    Columns are `COLUMNS`, `stated` (the identifier as the file has it), and `table`
    and `row`: which table and which row of it a record comes from.
    """
    parts = []
    for number, table in enumerate(tables):
        frame = table.frame.reindex(columns=list(COLUMNS))
        stem = Path(table.file).stem
        made = np.array([f"{stem}-{row}" for row in table.rows], dtype=object)
        for name in (*TEXTS, "joined_by"):
            cells = frame[name].astype(object)
            frame[name] = cells.where(cells.notna(), None)
        own = frame["failure_id"].notna()
        frame["numbered"] = own
        frame["failure_id"] = frame["failure_id"].where(own, made)
        for name in ("lon", "lat", "distance_m"):
            frame[name] = frame[name].astype("float64")
        for name in ("date", "last_date"):
            frame[name] = frame[name].astype("datetime64[s]")
        frame["last_date"] = _last_days(table, frame)
        frame["year"] = frame["date"].dt.year.astype("Int64")
        parts.append(frame.assign(table=number, row=table.rows))
    records = pd.concat(parts, ignore_index=True)
    return records.assign(stated=records["asset_id"])


def _last_days(table: ParsedTable, frame: pd.DataFrame) -> pd.Series:
    """Give the last day that each record may be of; none where its day is known."""
    last = frame["last_date"].copy()
    place = {int(row): i for i, row in enumerate(table.rows)}
    for issue in table.issues:
        days = days_of(issue.raw) if issue.code == _NO_DAY else None
        if days and issue.row in place:
            last.iloc[place[issue.row]] = pd.Timestamp(days[1])
    return last.where(last > frame["date"].dt.normalize())


def classes(
    records: pd.DataFrame, assets: Mapping[str, pd.DataFrame], catalogue: Catalogue
) -> pd.Series:
    """Turn class names into ids; without a name, the one class that has the asset."""
    words: dict[str, str] = {}
    for name, model in sorted(catalogue.asset_classes.items()):
        words |= {key(text): name for text in (name, model.title.zh, model.title.en)}
    stated = records["asset_class"]
    found = stated.map(
        {text: words.get(key(text)) for text in stated.dropna().unique()}
    )
    owners = [
        pd.Series(name, index=frame["asset_id"], dtype=object)
        for name, frame in sorted(assets.items())
        if len(frame)
    ]
    out = found.astype(object)
    none = pd.Series(None, index=records.index, dtype=object)
    if owners:
        holder = pd.concat(owners)
        holder = holder[~holder.index.duplicated(keep=False)]
        by_id = records["asset_id"].map(holder)
        out = out.where(stated.notna(), by_id)
    return out.where(out.notna(), none)


def fallback_classes(
    records: pd.DataFrame,
    tables: Sequence[ParsedTable],
    assets: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
) -> tuple[pd.Series, list[CellIssue]]:
    """Give records that state no class the one of the sheet, file or inventory.

    A name that says another thing, as 污水管道抢修记录, leaves them without.
    """
    out = records["asset_class"].copy()
    open_ = records["asset_class"].isna() & ~records["states_class"]
    kinds = tuple(class_kind(catalogue, name) for name in catalogue.asset_classes)
    present = [name for name, frame in sorted(assets.items()) if len(frame)]
    placed = records["lon"].notna() & records["lat"].notna()
    said = []
    named = only_class(records, assets)
    for number, table in enumerate(tables):
        rows = open_ & (records["table"] == number)
        if not rows.any():
            continue
        name, code = _named_class(table, kinds), "inventory.failure_class_from_name"
        if name is None and len(present) == 1:
            # Only place or name can join them then, so the rest need not be guessed.
            rows &= placed | named.notna()
            name, code = present[0], "inventory.failure_only_class"
        elif name is None:
            # A pipe that leaks in a compound is no failure of the compound.
            told = named.where(named != COMPOUNDS)
            out = out.where(~(rows & told.notna()), told)
            rows &= False
        if name and rows.any():
            out[rows] = name
            params = {"rows": int(rows.sum()), "table": name}
            place = (table.file, table.sheet, 0, "", "")
            said.append(CellIssue(*place, code, "note", params))
    return out, said


def _named_class(table: ParsedTable, kinds: tuple[TableKind, ...]) -> str | None:
    """Give the class that the sheet or file names: "" if another or several."""
    for text in (table.sheet, Path(table.file).stem):
        named = kinds_by_name(text, kinds)
        if named or other_thing(text, kinds):
            return named[0].id if len(named) == 1 else ""
    return None


def cancelled(
    records: pd.DataFrame, words: Sequence[str]
) -> tuple[BoolArray, BoolArray]:
    """Mark records that say they never happened, and those that may say so.

    Whole state or kind is one of the words (perhaps after 已): it never happened. A
    state, a cause or a remark that has such a word among others is only reported.
    """
    meant = {key(word) for word in words}
    meant |= {_DONE + word for word in meant}
    sure = np.zeros(len(records), dtype=np.bool_)
    maybe = np.zeros(len(records), dtype=np.bool_)
    for name in ("status", "kind", "cause", "remark"):
        texts = records[name]
        known = {text: key(str(text)) for text in texts.dropna().unique()}
        exact = {text for text, form in known.items() if form in meant}
        part = {
            text for text, form in known.items() if any(word in form for word in meant)
        }
        if name in _ABOUT:
            part, exact = part | exact, set()
        sure |= texts.isin(exact).to_numpy()
        maybe |= texts.isin(part - exact).to_numpy()
    return sure, maybe & ~sure
