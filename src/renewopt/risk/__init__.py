"""Likelihood and consequence of failure of every asset and year."""

from renewopt.risk import grades
from renewopt.risk.backtest import Backtest, backtest
from renewopt.risk.score import score
from renewopt.risk.table import RiskTable
from renewopt.risk.train import Trained, train

__all__ = [
    "Backtest",
    "RiskTable",
    "Trained",
    "backtest",
    "grades",
    "score",
    "train",
]
