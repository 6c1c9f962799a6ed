"""Asset-years: what was known of every asset at the end of any year, and no more.

Every record passes through an `AsOf`, and every question is asked for the end of a year
(`until`); one after the as-of year is refused, so that nothing later can enter a
feature.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from renewopt.catalogue import AssetClass
from renewopt.inventory import Inventory
from renewopt.risk.as_of import AsOf, as_mapped, is_past, known_at
from renewopt.risk.places import Places, make_places
from renewopt.risk.prior import Prior, abandoned, make_prior
from renewopt.risk.recording import recording
from renewopt.risk.records import season_weights
from renewopt.risk.renewed_later import as_it_was

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MOST_KEPT = 200_000
"""Assets up to which cuts of a history are kept."""


@dataclass(frozen=True, eq=False)
class History:
    """Failures and exposure of the assets of one class, by year.

    Attributes
    ----------
    frame
        The assets, by identifier; what is overwritten without a date is empty, the
        status too, and what is renewed after the as-of year looks like others of its
        decade.
    prior
        Their expert likelihood as known at the as-of year, official outcomes left out.
    first_year
        First year of systematic recording.
    own
        Assets × years: failures of the asset as it is now.
    before
        Assets × years: failures of what carried its identifier before.
    at_asset
        Both together.
    at_place
        Places × years: all failures, those of assets no longer here included.
    used, later, early
        Records that count for assets of today; records after the as-of year; records
        from before systematic recording.
    """

    frame: pd.DataFrame
    cls: AssetClass
    prior: Prior
    as_of: AsOf
    first_year: int
    own: sparse.csr_matrix
    before: sparse.csr_matrix
    at_asset: sparse.csr_matrix
    at_place: sparse.csr_matrix
    places: Places
    used: int
    later: int
    early: int
    corridors: pd.DataFrame
    silent: frozenset[int] = frozenset()
    """Years without records that are a gap in recording, not free of failures."""
    qualities: pd.DataFrame | None = None
    """Cells known as intervals or imputed, as in the inventory."""
    cuts: dict[int, History] = field(default_factory=dict, repr=False)
    """Cuts made before; kept while the class is small enough for memory."""

    @property
    def years(self) -> range:
        """List the years of the records."""
        return range(self.first_year, self.as_of.year + 1)

    @property
    def recorded_years(self) -> list[int]:
        """List the years of the records without those of gaps in recording."""
        return [year for year in self.years if year not in self.silent]

    @property
    def last_recorded(self) -> int:
        """Give the year of the last record; the year before the first without any."""
        filled = np.flatnonzero(np.asarray(self.at_asset.sum(axis=0)).ravel())
        return self.first_year + (int(filled[-1]) if len(filled) else -1)

    def window(self, year: int) -> tuple[History, IntArray]:
        """Give the history as known at the end of `year`, of the assets there then.

        What is built later is not in it at all; the positions of those that are come
        beside it.
        """
        self.as_of.require(year, "history")
        rows = np.flatnonzero(self.cut(year).exists(year))
        if len(rows) == len(self.frame):
            return self.cut(year), rows
        frame = self.frame.iloc[rows].reset_index(drop=True)
        places = make_places(frame, self.corridors)
        at_place = self.at_place[self.places.keys.get_indexer(places.keys)]
        own, before, at_asset = (
            table[rows] for table in (self.own, self.before, self.at_asset)
        )
        there = replace(
            self,
            frame=frame,
            places=places,
            own=own,
            before=before,
            at_asset=at_asset,
            at_place=at_place,
            cuts={},
        )
        return there._cut(year), rows

    def cut(self, year: int) -> History:
        """Give the history as it was known at the end of an earlier year.

        Renewals after it are not known either, nor that an asset was abandoned.
        """
        self.as_of.require(year, "history")
        if year not in self.cuts:
            made = self._cut(year)
            if len(self.frame) > MOST_KEPT:
                return made
            self.cuts[year] = made
        return self.cuts[year]

    def _cut(self, year: int) -> History:
        frame = as_it_was(self.frame, self.cls, year)
        then = known_at(frame, self.cls, year, undated=False)
        prior = make_prior(then, self.cls, year, self.qualities, outcomes=False)
        years = max(year - self.first_year + 1, 0)  # none before recording began
        at_asset, at_place = self.at_asset[:, :years], self.at_place[:, :years]
        own, before = _split(at_asset, prior, self.first_year)
        return replace(
            self,
            frame=frame,
            prior=prior,
            as_of=AsOf(year),
            own=own,
            before=before,
            at_asset=at_asset,
            at_place=at_place,
            used=int(own.sum()),
            cuts={},
            later=self.later + int(self.at_asset.sum() - at_asset.sum()),
        )

    def exists(self, year: int) -> BoolArray:
        """Tell which assets are there, and carry exposure, in `year`."""
        return self.prior.exists(year) & (self.prior.exposure > 0)

    def failures_in(self, year: int) -> FloatArray:
        """Count the failures of each asset in `year`."""
        self.as_of.require(year, "failures")
        if year < self.first_year:
            return np.zeros(len(self.frame))
        return np.asarray(
            self.own[:, [year - self.first_year]].todense(), dtype=np.float64
        ).ravel()

    def failures_then(
        self, year: int, known: History, rows: IntArray | None = None
    ) -> FloatArray:
        """Count the failures in `year` of assets as a cut of this history knew them.

        What is renewed after the cut was still the old asset then, and failed as such.

        Parameters
        ----------
        rows
            Positions of the assets of the cut, where it holds some only.
        """
        self.as_of.require(year, "failures")
        if year < self.first_year:
            return np.zeros(len(known.frame))
        records = self.at_asset if rows is None else self.at_asset[rows]
        column = records[:, [year - self.first_year]].todense()
        then = ~known.prior.age_known | (year >= known.prior.since_old)
        seen = np.asarray(column, dtype=np.float64).ravel()
        return np.asarray(seen * then * known.exists(year), dtype=np.float64)

    def weights(self, until: int, half_life: float | None) -> FloatArray:
        """Weigh the years up to `until`: 1 for the last, halved every half-life."""
        self.as_of.require(until, "records")
        age = until - np.array(self.years, dtype=np.float64)
        weight = np.ones(len(age)) if half_life is None else 0.5 ** (age / half_life)
        counts = ~np.isin(np.array(self.years), list(self.silent))
        return np.where((age >= 0) & counts, weight, 0.0)

    def count(self, until: int, half_life: float | None) -> FloatArray:
        """Give the weighted failures of each asset up to the end of `until`."""
        return np.asarray(self.own @ self.weights(until, half_life), dtype=np.float64)

    def exposed(self, until: int, half_life: float | None) -> FloatArray:
        """Give the weighted exposure-years of each asset up to the end of `until`."""
        past = max(until - self.first_year + 1, 0)
        weight = self.weights(until, half_life)[:past]
        total = np.concatenate([[0.0], np.cumsum(weight[::-1])])
        since = np.where(self.prior.age_known, self.prior.since, self.first_year)
        years = until - np.maximum(since, self.first_year) + 1
        number = np.clip(years, 0, len(weight)).astype(np.int64)
        return np.asarray(total[number] * self.prior.exposure, dtype=np.float64)


def make_history(
    inventory: Inventory,
    cls: AssetClass,
    as_of: AsOf,
    recorded_from: int | None = None,
    refused: Iterable[str] = (),
) -> History:
    """Gather the records of a class up to the as-of year.

    Parameters
    ----------
    recorded_from
        First year of systematic recording; found from the records where not given.
    refused
        Further columns that are overwritten after failures, besides those that the
        inventory's mapping says.
    """
    cls = as_mapped(cls, inventory)
    frame = inventory.assets[cls.id].sort_values("asset_id", kind="stable")
    frame = frame[~cls.not_built(frame)]
    frame = _without_undated(frame.reset_index(drop=True), cls, refused)
    gone = abandoned(frame)
    if "status" in frame:  # of today, and of no other year
        frame = frame.assign(status=None)
    frame = as_it_was(frame, cls, as_of.year)
    places = make_places(frame, inventory.corridors)
    parts = [
        _of_class(inventory.failures, cls, "own"),
        _of_class(inventory.predecessor_failures, cls, "before"),
        _of_class(inventory.unjoined_failures, cls, "gone"),
    ]
    records = pd.concat(parts, ignore_index=True)
    row = pd.Index(frame["asset_id"]).get_indexer(pd.Index(records["asset_id"]))
    records = records.assign(row=row)
    records = records.assign(place=_place_of(records, places))
    then = known_at(frame, cls, as_of.year, undated=False)
    prior = make_prior(then, cls, as_of.year, inventory.qualities, outcomes=False)
    if gone.any() and not is_past(inventory, as_of.year):
        prior = replace(prior, last=np.where(gone, as_of.year, np.inf))
    made = _assemble(frame, cls, places, records, as_of, prior, recorded_from)
    return replace(made, qualities=inventory.qualities, corridors=inventory.corridors)


def _without_undated(
    frame: pd.DataFrame, cls: AssetClass, refused: Iterable[str]
) -> pd.DataFrame:
    """Empty what no past year knew; dated values stay, each year takes its own."""
    dated = [name for name, date in cls.hazard.overwritten.items() if date]
    emptied = known_at(frame, cls, 0, undated=False, refused=refused)
    return emptied.assign(**{name: frame[name] for name in dated if name in frame})


def _split(
    at_asset: sparse.csr_matrix, prior: Prior, first: int
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Part the records of an identifier: of the asset as it is, of what was before."""
    cells = at_asset.tocoo()
    row, column = cells.row, cells.col
    own = ~prior.age_known[row] | (first + column >= prior.since_old[row])
    parts = [
        sparse.csr_matrix(
            (cells.data[which], (row[which], column[which])), shape=at_asset.shape
        )
        for which in (own, ~own)
    ]
    return parts[0], parts[1]


def _of_class(failures: pd.DataFrame, cls: AssetClass, kind: str) -> pd.DataFrame:
    columns = ["asset_id", "year", "corridor_id"]
    if not len(failures):
        return pd.DataFrame(columns=[*columns, "kind", "weight"])
    mine = failures[failures["asset_class"] == cls.id]
    weight = season_weights(mine, cls)
    mine = mine.reindex(columns=columns).astype(object)
    return mine.assign(kind=kind, weight=weight)


def _place_of(records: pd.DataFrame, places: Places) -> IntArray:
    """Place a record at its asset, else at the segment that it names."""
    row = records["row"].to_numpy(dtype=np.int64)
    named = places.number(records["corridor_id"])
    if not len(places.of_asset):
        return named
    at_asset = np.where(row >= 0, places.of_asset[np.maximum(row, 0)], -1)
    own = (records["kind"] == "own").to_numpy(dtype=bool)
    return np.where(own | (named < 0), at_asset, named)


def _assemble(
    frame: pd.DataFrame,
    cls: AssetClass,
    places: Places,
    records: pd.DataFrame,
    as_of: AsOf,
    prior: Prior,
    recorded_from: int | None,
) -> History:
    known, later = as_of.records(records)
    found = recording(known["year"], as_of.year, recorded_from)
    first = found.first
    fresh = known[known["year"] >= first]
    years = max(as_of.year - first + 1, 1)
    row = fresh["row"].to_numpy(dtype=np.int64)
    column = fresh["year"].to_numpy(dtype=np.int64) - first
    weight = fresh["weight"].to_numpy(dtype=np.float64)
    here = (row >= 0) & (fresh["kind"] != "gone").to_numpy(dtype=bool)
    shape = (len(frame), years)
    at_asset = _matrix(row[here], column[here], weight[here], shape)
    own, before = _split(at_asset, prior, first)
    place = fresh["place"].to_numpy(dtype=np.int64)
    placed = place >= 0
    return History(
        frame=frame,
        cls=cls,
        prior=prior,
        as_of=as_of,
        first_year=first,
        own=own,
        before=before,
        at_asset=at_asset,
        at_place=_matrix(
            place[placed], column[placed], weight[placed], (len(places.keys), years)
        ),
        places=places,
        used=int(own.sum()),
        later=later,
        early=len(known) - len(fresh),
        corridors=pd.DataFrame(),
        silent=frozenset(found.silent),
    )


def _matrix(
    row: IntArray, column: IntArray, weight: FloatArray, shape: tuple[int, int]
) -> sparse.csr_matrix:
    return sparse.csr_matrix((weight, (row, column)), shape=shape)
