from __future__ import annotations

import charts
import maps


def test_wkt_is_read() -> None:
    """Points and lines are read; what is neither is left out, not guessed."""
    assert maps.read_wkt("POINT (111.5 41.25)") == [(111.5, 41.25)]
    line = maps.read_wkt("LINESTRING (111 41, 111.1 41.1, 111.2 41)")
    assert line == [(111.0, 41.0), (111.1, 41.1), (111.2, 41.0)]
    assert maps.read_wkt("POLYGON ((0 0, 1 0, 1 1, 0 0))") == []


def test_every_year_and_class_has_a_colour() -> None:
    """More years than colours repeat; an unknown class gets a spare colour."""
    years = maps.year_colours(range(2027, 2037))
    assert len(years) == 10
    assert years[2027] == years[2034]
    classes = charts.class_colours(["gas_pipe", "sewer", "tunnel"])
    assert len(set(classes.values())) == 3


def test_funds_of_a_kind_are_shades() -> None:
    """Two operators' funds look alike but not the same."""
    found = charts.fund_colours({"a": "operator_fund", "b": "operator_fund"})
    assert found["a"] != found["b"]
    assert set(found.values()) <= set(charts.FUND_COLOURS["operator_fund"])
