"""The assets that may lie in a street, of all classes, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import AssetClass, Catalogue
from renewopt.inventory.bulk import arrow_texts, text_order
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.join.pieces import (
    IntArray,
    Pieces,
    joined,
    no_pieces,
    pieces_of,
)
from renewopt.inventory.join.plane import BoolArray, Plane

Texts = npt.NDArray[np.object_]

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
    _without: BoolArray = field(init=False)
    _streets: tuple[IntArray, Texts] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Mark who has no segment; it is asked for often, and kept up by `put`."""
        self._without = self.table["corridor_id"].to_numpy(dtype=object) == ""

    def free(self) -> BoolArray:
        """Mark the assets without a segment whose words and place do not disagree."""
        clear = [self._without, *(~rows for rows in self.doubtful)]
        return np.asarray(np.logical_and.reduce(clear), dtype=np.bool_)

    def placed(self) -> BoolArray:
        """Mark the assets with a segment."""
        return ~self._without

    def streets(self) -> tuple[IntArray, Texts]:
        """Give the number of each asset's written street, and the distinct ones."""
        if self._streets is None:
            texts = self.table["written"].to_numpy(dtype=object)
            number, names = pd.factorize(texts)
            self._streets = number.astype(np.int64), np.asarray(names, dtype=object)
        return self._streets

    def names_of(self, rows: BoolArray) -> IntArray:
        """List the distinct streets, none empty, that are written in some rows."""
        number, names = self.streets()
        used = np.zeros(len(names), dtype=np.bool_)
        used[number[rows]] = True
        return np.flatnonzero(used & np.asarray(names != "", dtype=np.bool_))

    def put(self, rows: BoolArray, ids: pd.Series | Texts, source: str) -> None:
        """Give segments to some rows."""
        if not rows.any():
            return
        given = np.asarray(ids, dtype=object)[rows]
        self.table.loc[rows, "corridor_id"] = given
        self.table.loc[rows, "source"] = source
        self._without[rows] = given == ""

    def put_coded(
        self, rows: BoolArray, codes: IntArray, names: Texts, source: str
    ) -> None:
        """Give segments to some rows by their number among the names."""
        where = np.flatnonzero(rows)
        for column, given in (("corridor_id", names[codes[where]]), ("source", source)):
            cells = self.table[column].to_numpy(dtype=object, copy=True)
            cells[where] = given
            self.table[column] = pd.Series(
                cells, self.table.index, dtype=object, copy=False
            )
        self._without[where] = False

    def question(self, rows: BoolArray, code: str) -> None:
        """Ask about assets whose words contradict their place; place them nowhere."""
        if not rows.any():
            return
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
        rows = text_order(arrow_texts(frame["asset_id"]))
        ordered = np.array_equal(rows, np.arange(len(rows)))
        own = (frame if ordered else frame.take(rows)).reset_index(drop=True)
        tables.append(_texts_of(own, name, rows))
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
    whole = tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)
    whole["written"] = whole["street"]
    if written:
        keys = pd.MultiIndex.from_frame(whole[["asset_class", "asset_id"]])
        texts = pd.Series(dict(written), dtype=object).reindex(keys)
        known = texts.notna().to_numpy()
        whole.loc[known, "written"] = texts.to_numpy(dtype=object)[known]
    given = whole["corridor_id"].to_numpy(dtype=object) != ""
    source = whole["source"].to_numpy(dtype=object)
    source = np.where(given, np.where(source == "", "id", source), "")
    whole["source"] = pd.Series(source, index=whole.index, dtype=object)
    placed = joined(no_pieces(), *pieces)
    return Assets(whole, np.concatenate(off), np.concatenate(line), placed)


def _texts_of(own: pd.DataFrame, name: str, rows: IntArray) -> pd.DataFrame:
    """Give the texts of a class that tell a street; "" where there are none."""
    cells: dict[str, Texts] = {}
    for column in ("asset_id", *_TEXTS):
        if column in own:
            texts = own[column].to_numpy(dtype=object, copy=True)
            texts[pd.isna(texts)] = ""
        else:
            texts = np.full(len(own), "", dtype=object)
        cells["source" if column == "corridor_source" else column] = texts
    cells["asset_class"] = np.full(len(own), name, dtype=object)
    columns = {k: pd.Series(v, dtype=object, copy=False) for k, v in cells.items()}
    return pd.DataFrame(columns, copy=False).assign(row=rows)


def written_streets(qualities: pd.DataFrame | None) -> dict[tuple[str, str], str]:
    """Give the text of every street that was cut from a longer one."""
    if qualities is None or not len(qualities):
        return {}
    rows = qualities[qualities["column"] == "street"]
    keys = zip(rows["asset_class"], rows["asset_id"], strict=True)
    return dict(zip(keys, rows["raw"].astype(str), strict=True))
