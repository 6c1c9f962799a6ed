"""An orange band: bonds halve, grants and companies pay, and the report says so."""

from __future__ import annotations

from renewopt.report.band import band_lines
from renewopt.rules.problem import Problem
from renewopt.text import render
from tests.optimise.small import Fund, Work, bond, decide, small

HEAT = "热力公司"


def _county(band: str) -> Problem:
    """Two street packages of 200 for bonds, one for grants, one of the company."""
    works = [
        Work("A27", (200,), 200),
        Work("B27", (200,), 190),
        Work("C27", (200,), 150),
        Work("D27", (100,), 60),
    ]
    funds = {
        "fiscal": Fund((160, 0)),
        "bond": bond((320, 0), natures="quasi_public"),
        "grant": Fund((110, 0), kind="central_budget", natures="public"),
        "own": Fund((100, 0), kind="operator_fund", owner=HEAT, owner_only=True),
    }
    packages = {
        "PA": {"nature": "quasi_public"},
        "PB": {"nature": "quasi_public"},
        "PC": {"nature": "public"},
        "PD": {"nature": "commercial", "legal_owner": HEAT},
    }
    rule = {"kind": "debt_band", "fund_kinds": ["special_bond"], "band": band}
    return small(works, funds, [rule], packages=packages)


def test_orange_band_shifts_the_plan() -> None:
    """Green: A and B on 320 of bonds. Orange: 160 for A, and the grant brings C."""
    green, orange = decide(_county("green")), decide(_county("orange"))
    assert green.works == ["A27", "B27", "D27"]
    assert orange.works == ["A27", "C27", "D27"]
    assert sum(green.money("bond").values()) > 160
    assert sum(orange.money("bond").values()) <= 160
    assert green.money("grant") == {}
    assert sum(orange.money("grant").values()) > 0


def test_report_says_so_in_one_paragraph() -> None:
    """Quota, what is left of it, what is issued, and who pays instead."""
    problem = _county("orange")
    (line,) = band_lines(problem, decide(problem).schedule)
    assert line.params["open"] == "160.00"
    assert line.params["company_share"] == "20.0%"
    said = render(line, "zh")
    assert "橙色" in said
    assert "320.00 万元中可用 50%" in said
    assert "orange debt band" in render(line, "en")


def test_without_a_band_nothing_is_said() -> None:
    """No rule, no paragraph."""
    problem = small([Work("A27", (100,), 1)], {"fiscal": Fund((100, 0))})
    assert band_lines(problem, decide(problem).schedule) == []
