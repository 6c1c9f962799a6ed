"""Likelihood and consequence of failure of every asset and year."""

from renewopt.risk import grades
from renewopt.risk.score import score
from renewopt.risk.table import RiskTable

__all__ = ["RiskTable", "grades", "score"]
