"""Couplings and openings change the plan where they bind, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.optimise.small import Fund, Work, small
from tests.optimise.test_binding import decide

MONEY = {"fiscal": Fund((100, 100))}
"""Enough for two works of 50 in each of two years."""
SITE = [{"link": "site", "project_id": "A", "other_id": "B"}]


def tie(how: str, **more: Any) -> dict[str, Any]:
    """Give the rule about the ties of `SITE`."""
    return {"kind": "coupling", "id": "tie", "link": "site", "how": how} | more


def works(money: dict[str, Fund], *rules: dict[str, Any], **more: Any) -> list[str]:
    """Plan A (soon is better) and B (dearer, only cheap in 2028)."""
    options = [
        Work("A27", (50,), 100),
        Work("A28", (50,), 90),
        Work("B27", (60,), 30),
        Work("B28", (60,), 29),
    ]
    return decide(small(options, money, rules, links=SITE, **more)).works


def test_one_site_is_opened_once() -> None:
    """Money for A in 2027 and B in 2028; together both wait for 2028."""
    money = {"fiscal": Fund((50, 110), carry_over=0)}
    assert works(money) == ["A27", "B28"]
    assert works(money, tie("together")) == ["A28", "B28"]
    assert works(money, tie("together", within_years=1)) == ["A27", "B28"]


def test_a_price_buys_a_second_opening_where_it_is_worth_it() -> None:
    """Waiting costs 10: a second site for 9 is bought, for 11 it is not."""
    money = {"fiscal": Fund((50, 110), carry_over=0)}
    assert works(money, tie("together", price=9)) == ["A27", "B28"]
    assert works(money, tie("together", price=11)) == ["A28", "B28"]


def test_a_safety_duty_goes_before_its_compound() -> None:
    """A is a safety duty of 2027 and goes alone; without the exemption B is left."""
    money = {"fiscal": Fund((50, 60), carry_over=0)}
    duty = [("A", "safety_duty", 2027)]
    mandatory = {"kind": "mandatory", "id": "duties"}
    rules = [mandatory, tie("together")]
    assert works(money, *rules, duties=duty) == ["A27", "B28"]
    strict = [mandatory, tie("together", free_duties=False)]
    assert works(money, *strict, duties=duty) == ["A27"]


def test_the_outlet_goes_first() -> None:
    """A drains into B, which there is money for only in 2028."""
    money = {"fiscal": Fund((50, 110), carry_over=0)}
    assert works(money, tie("after")) == ["A28", "B28"]
    assert works({"fiscal": Fund((110, 50))}, tie("after")) == ["A27", "B27"]


def test_alternatives_exclude_each_other() -> None:
    """Money for both, the better one is built."""
    assert works({"fiscal": Fund((110, 0))}) == ["A27", "B27"]
    assert works({"fiscal": Fund((110, 0))}, tie("instead")) == ["A27"]


def test_what_a_price_includes_has_to_be_built() -> None:
    """A (50) is worth it alone; with B (60), which it needs, the money is short."""
    money = {"fiscal": Fund((60, 0))}
    assert works(money) == ["A27"]
    needs = tie("together", within_years=9, needs=True)
    assert works(money, needs) == ["B27"]
    assert works({"fiscal": Fund((110, 0))}, needs) == ["A27", "B27"]


@pytest.mark.parametrize(
    ("cap", "chosen"),
    [(None, ["A27", "B27"]), (1, ["A27", "B28"]), (2, ["A27", "B27"])],
)
def test_few_packages_are_opened_a_year(cap: int | None, chosen: list[str]) -> None:
    """Two packages: with one a year the second waits."""
    money = {"fiscal": Fund((110, 110))}
    rule = {"kind": "new_packages", "id": "few", "cap": {"2027": cap, "2028": cap}}
    assert works(money, *([rule] if cap else [])) == chosen


def test_projects_of_one_package_are_opened_together() -> None:
    """In one package both may start in 2027 though one opening is the most."""
    rule = {"kind": "new_packages", "id": "few", "cap": {"2027": 1}}
    own = {"A": {"package_id": "P"}, "B": {"package_id": "P"}}
    money = {"fiscal": Fund((110, 110))}
    assert works(money, rule, projects=own) == ["A27", "B27"]
