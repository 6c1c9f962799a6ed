"""The last year that is known, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.catalogue.selection import number_column
from renewopt.core.errors import InputError, message
from renewopt.inventory import Inventory

DECEMBER = 12
LATER = (
    *("status", "renewed_year", "assessment_year", "assessment_deadline"),
    *("inspection_year", "planned_demolition_year", "funded_before", "remark"),
)
"""Columns in which today tells what became of an asset: no model reads them."""


@dataclass(frozen=True)
class AsOf:
    """The last year that is known.

    Attributes
    ----------
    year
        Everything recorded up to its end is known, nothing after it.
    """

    year: int

    def require(self, year: int, what: str) -> None:
        """Refuse to use what is known only later.

        Raises
        ------
        InputError
            Where `year` is after the as-of year.
        """
        if year > self.year:
            raise InputError.of("risk.leak", what=what, year=year, as_of=self.year)

    def records(self, failures: pd.DataFrame) -> tuple[pd.DataFrame, int]:
        """Give the records that are known, and how many are not."""
        year = pd.to_numeric(failures["year"]).to_numpy(np.float64, na_value=np.nan)
        later = int((year > self.year).sum())
        return failures[year <= self.year], later

    def features(
        self,
        wanted: Iterable[str],
        cls: AssetClass,
        refused: Mapping[str, str] | None = None,
    ) -> tuple[str, ...]:
        """Give the columns that may be learned from.

        Parameters
        ----------
        wanted
            Columns that the user asks for besides those of the class.
        refused
            Column, ours or foreign → foreign column that the mapping says is
            overwritten.

        Raises
        ------
        InputError
            With every wanted column that is unknown, or overwritten without a date.
        """
        bad = dict.fromkeys([*_undated(cls), *_after_failures(cls)])
        bad |= dict(refused or {})
        asked = list(dict.fromkeys(wanted))
        problems = [
            message(
                "risk.overwritten",
                column=bad[name] or name,
                asset_class=cls.id,
                as_of=self.year,
            )
            for name in asked
            if name in bad
        ]
        known = cls.column_names()
        problems += [
            message("risk.unknown_feature", column=name, known=list(known))
            for name in asked
            if name not in known and name not in bad
        ]
        if problems:
            raise InputError(*problems)
        own = [name for name in cls.hazard.learn if name not in bad]
        return tuple(dict.fromkeys([*own, *asked]))


def as_mapped(cls: AssetClass, inventory: Inventory) -> AssetClass:
    """Give a class with what the mapping says is overwritten after failures.

    Of columns by which likelihood is told, that is; the class's own word comes first.
    """
    stated = set(inventory.overwritten.get(cls.id, ())) & _tells_likelihood(cls)
    more = sorted(stated - set(cls.hazard.overwritten))
    if not more:
        return cls
    rules = {**cls.hazard.overwritten, **dict.fromkeys(more, "")}
    hazard = cls.hazard.model_copy(update={"overwritten": rules})
    return cls.model_copy(update={"hazard": hazard})


def _undated(cls: AssetClass) -> list[str]:
    return [name for name, date in cls.hazard.overwritten.items() if not date]


def _after_failures(cls: AssetClass) -> list[str]:
    """Name the columns that may hold what later years brought, whatever is learned.

    Counts over years that nobody states, what became of the asset, and outcomes of
    official assessments: these bound the likelihood themselves, from their year on.
    """
    counts = [spec.name for spec in cls.columns if spec.undated]
    rule = cls.hazard.assessment
    return [*counts, *LATER, "assessment_result" if rule is None else rule.column]


def known_at(
    frame: pd.DataFrame,
    cls: AssetClass,
    year: int,
    undated: bool,
    refused: Iterable[str] = (),
) -> pd.DataFrame:
    """Empty what columns that are overwritten say only since after `year`.

    Parameters
    ----------
    undated
        Whether values without a date may stay: they are facts of today, which nobody
        knew in a past year.
    refused
        Further columns without a date, which the mapping says are overwritten.
    """
    rules = dict(cls.hazard.overwritten)
    rules |= dict.fromkeys(set(refused) & _tells_likelihood(cls), "")
    emptied = {}
    for name, date in rules.items():
        if name not in frame:
            continue
        stated = number_column(frame, date) if date else np.full(len(frame), np.nan)
        late = stated > year if undated else ~(stated <= year)
        if (late & frame[name].notna().to_numpy(dtype=np.bool_)).any():
            emptied[name] = frame[name].mask(late)
    return frame.assign(**emptied)


def _tells_likelihood(cls: AssetClass) -> set[str]:
    """Name the columns by which rates and what is learned tell assets apart."""
    rules = (*cls.hazard.group, *cls.hazard.multiplier)
    named = {column for rule in rules for column in rule.where.columns()}
    counts = {record.column for record in cls.hazard.record}
    return (named | set(cls.hazard.learn) | counts) - {"install_year", "renewed_year"}


def is_past(inventory: Inventory, as_of_year: int) -> bool:
    """Tell whether an inventory is from whole years after the as-of year.

    What its tables say today was then not known. The year that the inventory states
    (`as_of_year`) tells it, or things of later years in it. A year whose records end
    before December is taken as running: the year before it is still the present one.
    """
    if inventory.as_of_year is not None and as_of_year < inventory.as_of_year - 1:
        return True
    newest = [
        year
        for table in (
            inventory.failures,
            inventory.predecessor_failures,
            inventory.unjoined_failures,
        )
        if (year := _last_whole(table)) is not None
    ]
    for frame in inventory.assets.values():
        # Years of construction may be planned ones; an assessment has happened.
        stated = number_column(frame, "assessment_year")
        if not np.isnan(stated).all():
            newest.append(int(np.nanmax(stated)) - 1)
    return bool(newest) and as_of_year < max(newest)


def _last_whole(failures: pd.DataFrame) -> int | None:
    if not len(failures) or "year" not in failures:
        return None
    year = number_column(failures, "year")
    if np.isnan(year).all():
        return None
    last = int(np.nanmax(year))
    if "date" not in failures:
        return last
    date = failures["date"].astype("str")[year == last]
    month = pd.to_numeric(date.str.extract(r"^\d{4}-(\d{2})")[0], errors="coerce")
    running = month.notna().all() and month.max() < DECEMBER
    return last - 1 if running else last
