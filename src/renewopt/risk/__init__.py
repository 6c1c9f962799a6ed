"""Likelihood and consequence of failure of every asset and year."""

from renewopt.risk import grades
from renewopt.risk.backtest import backtest
from renewopt.risk.evidence import cold, cold_line, partly_cold
from renewopt.risk.inspection import Inspections, inspect_first
from renewopt.risk.points import PointsTable, score_points
from renewopt.risk.score import score
from renewopt.risk.table import RiskTable
from renewopt.risk.train import Trained, train
from renewopt.risk.windows import Backtest
from renewopt.risk.words import assets_in_words

__all__ = [
    "Backtest",
    "Inspections",
    "PointsTable",
    "RiskTable",
    "Trained",
    "assets_in_words",
    "backtest",
    "cold",
    "cold_line",
    "grades",
    "inspect_first",
    "partly_cold",
    "score",
    "score_points",
    "train",
]
