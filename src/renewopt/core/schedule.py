"""Schedule, Finding, Breach: what was decided and how it measures up."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from renewopt.core.tables import Column, TableSchema

CHOSEN = TableSchema(
    "chosen",
    (
        Column("project_id", "text", True),
        Column("work_id", "text", True),
        Column(
            "saving", "money", False, "万元", "dig-once saving in the start year", 0, 0
        ),
    ),
    ("work_id",),
    "One row per chosen work.",
)
DRAWS = TableSchema(
    "draws",
    (
        Column("package_id", "text", True),
        Column("year", "integer", True),
        Column("fund_id", "text", True),
        Column("amount", "money", False, "万元", "pays this year's payments", 0, 0),
        Column("received", "money", False, "万元", "received from the fund", 0, 0),
    ),
    ("package_id", "year", "fund_id"),
    "Money per package, year and fund.",
)


def _in_key_order(draws: pd.DataFrame) -> pd.DataFrame:
    # Sorting by several columns of text takes pandas many times as long.
    keys = list(zip(*(draws[name].tolist() for name in DRAWS.key), strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return draws.take(order).reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Schedule:
    """Chosen works and draws. Checks types only, so that a bad one can be judged.

    Attributes
    ----------
    chosen
        `project_id`, `work_id`, `saving` (units of 0.01 万元).
    draws
        `package_id`, `year`, `fund_id`, `amount`, `received` (units), rows > 0 only.
    """

    chosen: pd.DataFrame
    draws: pd.DataFrame

    def __post_init__(self) -> None:
        """Give both tables their declared columns and types, in key order."""
        chosen = CHOSEN.conform(self.chosen).sort_values("work_id", ignore_index=True)
        draws = DRAWS.conform(self.draws)
        draws = draws[(draws["amount"] != 0) | (draws["received"] != 0)]
        draws = _in_key_order(draws)
        object.__setattr__(self, "chosen", chosen)
        object.__setattr__(self, "draws", draws)


@dataclass(frozen=True, order=True)
class Breach:
    """One rule broken at one place; `limit` and `actual` are in `unit`."""

    rule_id: str
    where: str
    limit: float
    actual: float
    unit: str = "万元"


@dataclass(frozen=True, order=True)
class Finding:
    """How much of one rule's room is used at one place; numbers are in `unit`."""

    rule_id: str
    where: str
    limit: float
    used: float
    unit: str = "万元"

    @property
    def left(self) -> float:
        """What is left of the room."""
        return self.limit - self.used
