"""The last year that is known, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.catalogue import AssetClass
from renewopt.core.errors import InputError, message


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
        bad = dict.fromkeys(_undated(cls)) | dict(refused or {})
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


def _undated(cls: AssetClass) -> list[str]:
    return [name for name, date in cls.hazard.overwritten.items() if not date]
