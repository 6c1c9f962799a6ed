"""Money: whole units of 0.01 万元, refused where finer, rounded in one place only."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewopt.core.errors import InputError
from renewopt.core.money import plain, round_to_units, to_units, to_wan


@pytest.mark.parametrize(
    ("amount", "units"),
    [("12.5", 1250), (3, 300), (0.07, 7), ("-0.01", -1), ("1e3", 100_000), ("0", 0)],
)
def test_amounts_become_units(amount: object, units: int) -> None:
    """Text, whole numbers and floats as people write them are taken exactly."""
    assert to_units(amount) == units


@pytest.mark.parametrize("amount", ["0.001", 12.345, "1e-3", "99999999.999"])
def test_finer_amounts_are_refused(amount: object) -> None:
    """What is finer than 0.01 万元 is refused with its place, not rounded."""
    with pytest.raises(InputError) as error:
        to_units(amount, "fund[a].amount.2027")
    item = error.value.messages[0]
    assert item.code == "money.too_fine"
    assert item.params == {"value": amount, "where": "fund[a].amount.2027"}


@pytest.mark.parametrize("amount", ["", "abc", "1,5", None, "nan", "inf", float("inf")])
def test_what_is_no_amount_is_refused(amount: object) -> None:
    """Text, infinity and "not a number" are no money."""
    with pytest.raises(InputError) as error:
        to_units(amount)
    assert error.value.messages[0].code == "money.not_a_number"


def test_halves_are_rounded_up() -> None:
    """Half a unit rounds up, also where floating point holds a little less than it."""
    amounts = np.array([0.005, 0.015, 1.005, 2.675, 0.0049, 0.0, 10.0])
    assert round_to_units(amounts).tolist() == [1, 2, 101, 268, 0, 0, 1000]


@given(st.integers(-(10**12), 10**12))
def test_plain_text_is_read_back_equal(units: int) -> None:
    """What is written has no exponent and no needless zero, and is read back equal."""
    text = plain(units)
    assert to_units(text) == units
    assert Decimal(text) == Decimal(units) / 100
    assert "e" not in text.lower()
    assert not ("." in text and text.endswith("0"))


def test_units_are_shown_in_wan() -> None:
    """1250 units are 12.5 万元."""
    assert to_wan(1250) == 12.5
