"""Seeded families of the product's own cases: synthetic counties of any size.

Everything here is synthetic (合成数据): names, costs, risks and money are drawn.
"""

from __future__ import annotations

from benchmarks.families.county import county
from benchmarks.families.worst import knapsack_like

__all__ = ["county", "knapsack_like"]
