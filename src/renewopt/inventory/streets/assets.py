"""The assets that may lie in a street, of all classes, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from renewopt.catalogue import AssetClass, Catalogue
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.join.pieces import Pieces, joined, no_pieces, pieces_of
from renewopt.inventory.join.plane import BoolArray, Plane

_TEXTS = ("street", "district", "corridor_id", "corridor_source")


@dataclass(eq=False)
class Assets:
    """The assets that may lie in a street, of all classes, in one table.

    Attributes
    ----------
    table
        `asset_class`, `asset_id`, `street`, `written` (the street as the file has it),
        `district`, `corridor_id`, `source` ("" where there is none), and `row` in the
        table of the class; sorted by class and identifier.
    off_street, is_line
        Marks by row.
    pieces
        Pieces in the plane; the owner is the row.
    issues, doubtful
        Assets whose street name contradicts their coordinates: they are not placed.
    """

    table: pd.DataFrame
    off_street: BoolArray
    is_line: BoolArray
    pieces: Pieces
    issues: list[CellIssue] = field(default_factory=list)
    doubtful: list[BoolArray] = field(default_factory=list)

    def free(self) -> BoolArray:
        """Mark the assets without a segment whose words and place do not disagree."""
        none = (self.table["corridor_id"] == "").to_numpy()
        clear = [none, *(~rows for rows in self.doubtful)]
        return np.asarray(np.logical_and.reduce(clear), dtype=np.bool_)

    def put(self, rows: BoolArray, ids: pd.Series, source: str) -> None:
        """Give segments to some rows."""
        self.table.loc[rows, "corridor_id"] = ids.to_numpy(dtype=object)[rows]
        self.table.loc[rows, "source"] = source

    def question(self, rows: BoolArray, code: str) -> None:
        """Ask about assets whose words contradict their place; place them nowhere."""
        self.doubtful.append(rows)
        for row in self.table[rows].itertuples(index=False):
            params = {"table": row.asset_class, "asset": row.asset_id}
            place = ("", "", 0, "street", str(row.written))
            self.issues.append(CellIssue(*place, code, "questioned", params))


def may_be_placed(model: AssetClass) -> bool:
    """Tell whether assets of the class lie in streets: networks, and single places."""
    return model.network or not model.measure


def no_assets() -> Assets:
    """Give none."""
    columns = ["asset_id", *_TEXTS[:-1], "source", "asset_class", "written", "row"]
    nobody = np.zeros(0, dtype=np.bool_)
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return Assets(empty, nobody, nobody, no_pieces())


def gather(
    assets: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
    plane: Plane | None,
    written: Mapping[tuple[str, str], str] | None = None,
) -> Assets:
    """Put the assets of all classes that may lie in a street side by side."""
    tables, off, line, pieces = [], [], [], []
    start = 0
    for name, frame in sorted(assets.items()):
        model = catalogue.asset_classes[name]
        if not may_be_placed(model) or not len(frame):
            continue
        own = frame.reset_index(drop=True).sort_values("asset_id")
        rows = own.index.to_numpy()
        own = own.reset_index(drop=True)
        table = own.reindex(columns=["asset_id", *_TEXTS]).astype(object)
        table = table.where(table.notna(), "").assign(asset_class=name, row=rows)
        tables.append(table.rename(columns={"corridor_source": "source"}))
        marks = [
            selection.select(own, selection.columns())
            for selection in catalogue.imports.corridors.off_street
        ]
        off.append(np.logical_or.reduce([np.zeros(len(own), np.bool_), *marks]))
        line.append(np.full(len(own), model.geometry == "line"))
        if plane is not None:
            part = pieces_of(own, plane)
            ends = (part.x1, part.y1, part.x2, part.y2)
            pieces.append(Pieces(part.owner + start, *ends))
        start += len(own)
    if not tables:
        return no_assets()
    whole = pd.concat(tables, ignore_index=True)
    whole["written"] = whole["street"]
    if written:
        keys = pd.MultiIndex.from_frame(whole[["asset_class", "asset_id"]])
        texts = pd.Series(dict(written), dtype=object).reindex(keys)
        known = texts.notna().to_numpy()
        whole.loc[known, "written"] = texts.to_numpy(dtype=object)[known]
    given = whole["corridor_id"] != ""
    whole.loc[given & (whole["source"] == ""), "source"] = "id"
    whole.loc[~given, "source"] = ""
    placed = joined(no_pieces(), *pieces)
    return Assets(whole, np.concatenate(off), np.concatenate(line), placed)


def written_streets(qualities: pd.DataFrame | None) -> dict[tuple[str, str], str]:
    """Give the text of every street that was cut from a longer one."""
    if qualities is None or not len(qualities):
        return {}
    rows = qualities[qualities["column"] == "street"]
    keys = zip(rows["asset_class"], rows["asset_id"], strict=True)
    return dict(zip(keys, rows["raw"].astype(str), strict=True))
