"""Emergency reserve: a part of each year's money is left unplanned, for emergencies."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from renewopt.rules.funds import BP
from renewopt.rules.part_of_fund import PartOfFund


class EmergencyReserve(PartOfFund):
    """Σ received[s … t] ≤ Σ ⌊(10000 − keep_bp) · amount[y] / 10000⌋, per fund."""

    kind: Literal["emergency_reserve"] = "emergency_reserve"
    keep_bp: int = Field(ge=0, le=BP)

    def part_bp(self) -> int:
        """Give what is not kept back."""
        return BP - self.keep_bp
