"""Back-test: what would have been foretold in past years, and what came.

Every window stands at the end of one year, knows nothing after it, and is judged by the
failures of the years that followed, on assets that were there. Never a random split.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from renewopt.core.errors import InputError
from renewopt.risk.baselines import Prediction, predict_all
from renewopt.risk.exposure import History
from renewopt.risk.judging import judge
from renewopt.risk.model import RateModel, fit, forecast
from renewopt.risk.windows import MODEL, Backtest, Window


def window_years(
    history: History, as_of: Sequence[int], horizon: int
) -> tuple[int, ...]:
    """Check the windows of a back-test.

    Raises
    ------
    InputError
        Where a window begins before the records or ends after them.
    """
    last, first = history.as_of.year, history.first_year
    if horizon < 1:
        raise InputError.of("risk.bad_horizon", value=horizon)
    bad = [year for year in as_of if year < first or year + horizon > last]
    if bad or not as_of:
        raise InputError.of(
            "risk.bad_window", value=bad, first=first, last=last - horizon
        )
    return tuple(sorted(set(as_of)))


def backtest(
    history: History,
    as_of: Sequence[int],
    horizon: int,
    columns: tuple[str, ...] = (),
    fitted: Callable[[History], RateModel] | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Fit and judge in each window.

    Parameters
    ----------
    as_of
        Last known years, one per window.
    horizon
        Years judged after each.
    columns
        Columns that may be learned from; by default those of the class.
    fitted
        What learns in each window; by default `fit`.
    told
        Called with windows done and windows in all.
    """
    years = window_years(history, as_of, horizon)
    learn = fitted or (lambda past: fit(past, columns))
    windows = []
    for number, year in enumerate(years):
        windows.append(_window(history, year, horizon, learn))
        if told is not None:
            told(number + 1, len(years))
    return judge(history, windows, horizon)


def _window(
    history: History, year: int, horizon: int, learn: Callable[[History], RateModel]
) -> Window:
    past, assets = history.window(year)
    model = learn(past)
    ahead = list(range(year + 1, year + horizon + 1))
    expected = forecast(model, past, ahead).expected.sum(axis=1)
    seen = sum(
        (history.failures_then(y, past, assets) for y in ahead), np.zeros(len(assets))
    )
    return Window(
        as_of=year,
        last=year + horizon,
        assets=assets,
        seen=seen,
        never_failed=past.count(year, None) == 0,
        predictions={MODEL: Prediction(expected), **predict_all(past, ahead)},
        variance=model.calibration.year_variance,
        level_variance=model.calibration.level_variance,
    )
