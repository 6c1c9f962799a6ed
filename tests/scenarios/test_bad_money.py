"""What a bureau may state wrongly about its money, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.core.errors import ContradictionError, InputError
from renewopt.optimise.task import SolveOptions
from renewopt.projects import make_case
from renewopt.road import solve_problem
from renewopt.rules.assemble import policy_problems, policy_warnings
from renewopt.rules.scenario import parse_scenario
from renewopt.text import render
from tests.optimise.small import Fund, Work, bond, small
from tests.projects.small import GAS, SETTINGS, inventory, models, risk, rows

A = Work("A27", (100,), 100)


def _codes(messages: list[Any]) -> list[str]:
    return [note.code for note in messages]


def _contradiction(problem: Any) -> str:
    """Solve what cannot be kept; give the sentence, after looking at the exit code."""
    with pytest.raises(ContradictionError) as caught:
        solve_problem(problem, options=SolveOptions(engine="highs"))
    assert caught.value.exit_code == 3
    return render(caught.value.messages[0], "en")


def test_fund_that_nobody_may_use_is_named() -> None:
    """Money for commercial packages in a county that has none."""
    funds = {"fiscal": Fund((100, 0)), "idle": Fund((100, 0), natures="commercial")}
    notes = policy_warnings(small([A], funds))
    idle = [note for note in notes if note.code == "rule.fund_unused"]
    assert [note.params["fund"] for note in idle] == ["idle"]


def test_share_over_the_whole_is_refused() -> None:
    """A largest share of 120 % is no share."""
    fund = {"id": "g", "kind": "central_budget", "amount": {}, "max_share_bp": 12_000}
    data = {"inventory": ".", "start_year": 2027, "years": 2, "fund": [fund]}
    with pytest.raises(InputError) as caught:
        parse_scenario(data, "scenario.toml")
    assert "max_share_bp" in str(caught.value.messages[0].params["key"])


def test_loan_that_the_county_would_serve_is_refused() -> None:
    """A bank loan is a company's: served by the county it would be hidden debt."""
    funds = {"loan": bond((100, 0), kind="bank_loan")}
    rule = {
        "kind": "debt_service",
        "funds": ["loan"],
        "payer": "government_fund_budget",
    }
    purse = {"2027": 100, "2028": 100}
    problem = small([A], funds, [rule | {"purse": purse, "purse_after": 100}])
    assert "rule.wrong_payer" in _codes(policy_problems(problem))


def test_existing_debt_over_the_limit_is_a_contradiction() -> None:
    """Owed 150 at the end of 2027, limit 100: no plan, said in words."""
    rule = {"kind": "debt_limit", "funds": ["bond"], "limit": {"2027": 100}}
    problem = small(
        [A], {"bond": bond((100, 0))}, [rule], debt=[("bond", 2028, 150, 0)]
    )
    assert "debt_limit" in _contradiction(problem)


def test_merged_packages_of_two_owners_are_refused() -> None:
    """Income of one company does not carry another's bonds."""
    terms = {"fund_kinds": ["special_bond"], "planning_coupon_bp": 450}
    rule = {"kind": "coverage", "merged": [["PA", "PB"]], **terms}
    packages = {"PA": {"legal_owner": "北公司"}, "PB": {"legal_owner": "南公司"}}
    works = [A, Work("B27", (100,), 60)]
    problem = small(works, {"bond": bond((100, 0))}, [rule], packages=packages)
    assert _codes(policy_problems(problem)) == ["rule.merged_owners"]


def test_formed_packages_have_one_owner() -> None:
    """Small projects of two companies are not joined; those of one are."""
    streets = [
        {"owner": owner, "street": street, "corridor_id": street}
        for owner in ("北公司", "南公司")
        for street in ("人民路", "解放路")
    ]
    assets = {"gas_pipe": rows(GAS, *streets)}
    packs = [models().packs["national-15fyp"]]
    found, _ = make_case(inventory(assets), risk(assets), models(), packs, SETTINGS)
    owner = found.packages.set_index("package_id")["legal_owner"]
    assert sorted(owner) == ["北公司", "南公司"]
    projects = found.projects.set_index("project_id")["package_id"]
    assert sorted(projects.value_counts()) == [2, 2]
    named = found.project_assets.set_index("asset_id")["project_id"].map(projects)
    assert owner[named["A1"]] == owner[named["A2"]] == "北公司"


def test_contradictory_rules_of_money_are_named() -> None:
    """A project that is decided on, and a reserve that leaves too little for it."""
    rules: list[dict[str, Any]] = [
        {"kind": "decided", "include": ["A"]},
        {"kind": "emergency_reserve", "funds": ["fiscal"], "keep_bp": 5000},
    ]
    said = _contradiction(small([A], {"fiscal": Fund((150, 0))}, rules))
    assert "decided" in said
    assert "emergency_reserve" in said


def test_rule_without_money_is_refused() -> None:
    """A rule about some money names some."""
    problem = small([A], {"bond": bond((100, 0))}, [{"kind": "bond_review"}])
    assert _codes(policy_problems(problem)) == ["rule.no_funds"]


def test_word_of_the_review_is_refused() -> None:
    """`maybe` is neither passed nor a year."""
    rule = {"kind": "bond_review", "funds": ["bond"]}
    packages = {"PA": {"bond_review": "maybe"}}
    problem = small([A], {"bond": bond((100, 0))}, [rule], packages=packages)
    assert _codes(policy_problems(problem)) == ["rule.bond_review_word"]


def test_bond_without_owner_is_refused() -> None:
    """A package that nobody applies for cannot owe; money without debt is no matter."""
    nobody = {"PA": {"legal_owner": ""}}
    funds = {"fiscal": Fund((100, 0)), "b": bond((100, 0))}
    found = policy_problems(small([A], funds, packages=nobody))
    assert [(note.code, note.params["packages"]) for note in found] == [
        ("policy.bond_without_owner", "PA")
    ]
    assert "legal_owner" in render(found[0], "en")
    assert policy_problems(small([A], funds)) == []
    plain = small([A], {"fiscal": Fund((100, 0))}, packages=nobody)
    assert policy_problems(plain) == []
