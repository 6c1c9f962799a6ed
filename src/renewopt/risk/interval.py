"""Intervals of a rate: a lognormal level times a Gamma of what single assets differ by.

    log(rate ÷ mean) = Normal(0, v) + log(Gamma(k) ÷ k)

The sum leans to the left: assets that hardly ever fail are farther from the mean than
those that fail often. Its 5 % and 95 % points are found from mean, variance and
skewness (Cornish–Fisher).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renewopt.catalogue.hazard import Z90

FloatArray = npt.NDArray[np.float64]


def interval(
    log_variance: FloatArray, shape: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Give the ends of the 90 % interval, as factors of the mean rate.

    Parameters
    ----------
    log_variance
        v: of the level, and of what a failure costs.
    shape
        k: asset's own failures and the shape that assets differ by.
    """
    from scipy.special import polygamma, psi

    middle = psi(shape) - np.log(shape)
    variance = log_variance + polygamma(1, shape)
    skewness = polygamma(2, shape) / variance**1.5
    bend = (Z90**2 - 1.0) / 6.0 * skewness
    spread = np.sqrt(variance)
    low = np.exp(middle + spread * (bend - Z90))
    high = np.exp(middle + spread * (bend + Z90))
    return np.asarray(low, np.float64), np.asarray(high, np.float64)
