"""Headers that are close to a column of ours but may mean something else."""

from __future__ import annotations

import pytest

from renewopt.core.errors import InputError
from tests.inventory.making import codes, parse


def test_a_bare_pressure_is_no_pressure_level() -> None:
    """压力值 hints at the pressure level: asked about, not read."""
    table = parse("管线编号|管长|压力值(MPa)\nA1|5|0.4", "gas_pipe")
    assert "pressure_level" not in table.frame
    assert ("akin_column", 1, "压力值(MPa)", "questioned") in codes(table)


def test_an_akin_header_below_a_group_is_asked_about_too() -> None:
    """The group above a header does not hide what the header hints at."""
    table = parse(
        "基本信息||使用状态|设施属性|\n管线编号|所属片区||管长|压力值(MPa)\n"
        "A1|城南街道|在用|5|0.4",
        "gas_pipe",
    )
    column = "设施属性 压力值(MPa)"
    assert ("akin_column", 2, column, "questioned") in codes(table)


def test_nothing_is_asked_where_the_column_itself_is_there() -> None:
    """Beside 压力级别 a 压力值 is one more column of no use."""
    table = parse("管线编号|管长|压力级别|压力值\nA1|5|低压|0.01", "gas_pipe")
    assert table.frame["pressure_level"].tolist() == ["low"]
    assert ("unknown_column", 1, "压力值", "note") in codes(table)


@pytest.mark.parametrize("header", ["供气户数", "用户数", "供热户数(户)"])
def test_a_needed_column_is_not_filled_from_one_that_is_akin(header: str) -> None:
    """Gas customers are not the households of a compound: refused, and both named."""
    with pytest.raises(InputError) as caught:
        parse(f"小区编号|{header}|建筑面积\nX1|120|9000", "residential_compound")
    (problem,) = caught.value.messages
    assert problem.code == "inventory.missing_but_akin"
    assert (problem.params["column"], problem.params["value"]) == ("户数", header)


def test_a_needed_column_that_nothing_is_akin_to_is_named() -> None:
    """Without any such header the sentence lists the headers that would do."""
    with pytest.raises(InputError) as caught:
        parse("小区编号|建筑面积\nX1|9000", "residential_compound")
    (problem,) = caught.value.messages
    assert problem.code == "inventory.missing_column"
    assert "居民户数" in problem.params["known"]
