"""Debt band: a county deep in debt may use only part of its bond quota."""

from __future__ import annotations

from typing import Literal

from renewopt.core.errors import Message, message
from renewopt.rules.part_of_fund import PartOfFund
from renewopt.rules.problem import Problem

Band = Literal["red", "orange", "yellow", "green", ""]
PARTS = {"red": 0, "orange": 5000, "yellow": 8000, "green": 10_000}
"""Part of the quota by band: editable assumption."""


class DebtBand(PartOfFund):
    """Σ received[s … t] ≤ Σ ⌊quota_bp[band] · quota[y] / 10000⌋, per debt fund.

    The band (债务风险等级: red, orange, yellow, green) is the county's: `[county]
    debt_band`, or `band` in the rule.
    """

    kind: Literal["debt_band"] = "debt_band"
    band: Band = ""
    quota_bp: dict[str, int] = PARTS

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse funds that are no debt, no band, and bands or parts that are none."""
        found = self.fund_messages(problem, debt=True)
        if not self.band:
            found.append(message("rule.no_band", rule=self.id))
        elif self.band not in self.quota_bp:
            found.append(message("rule.band_unknown", rule=self.id, value=self.band))
        return [
            *found,
            *(
                message("rule.band_part", rule=self.id, key=band, value=part)
                for band, part in sorted(self.quota_bp.items())
                if band not in PARTS or not 0 <= part <= 10_000
            ),
        ]

    def part_bp(self) -> int:
        """Give the band's part of the quota."""
        return self.quota_bp.get(self.band, 0)
