"""Assembly: packs, then the scenario; fund kinds, then the scenario's own terms."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from renewopt.catalogue.funds import FundKind
from renewopt.catalogue.packs import Pack
from renewopt.core.errors import InputError, Message
from renewopt.rules.assemble import assemble, policy_problems, policy_warnings
from renewopt.rules.policy import Policy
from renewopt.rules.problem import Problem
from renewopt.rules.scenario import Scenario, parse_scenario
from tests.tiny import tiny_case

TITLE = {"zh": "名", "en": "name"}
KINDS = {
    kind["id"]: FundKind.model_validate(
        {"title": TITLE, "source": "editable assumption", **kind}
    )
    for kind in (
        {
            "id": "local_fiscal",
            "capital": True,
            "debt": False,
            "natures": ["public", "quasi_public"],
            "carry_over": 1,
        },
        {
            "id": "special_bond",
            "capital": False,
            "debt": True,
            "tenor_years": 15,
            "coupon_bp": 250,
            "tenors": [5, 10, 15],
            "half_yearly_from": 10,
        },
        {"id": "operator_fund", "capital": True, "debt": False, "owner_only": True},
    )
}


def pack(name: str, *rules: dict[str, Any]) -> Pack:
    """Make a pack with rules only."""
    return Pack.model_validate(
        {
            "id": name,
            "title": TITLE,
            "document": "文件",
            "valid_from": 2020,
            "valid_to": 2030,
            "source": "editable assumption",
            "rule": list(rules),
        }
    )


def scenario(**keys: Any) -> Scenario:
    """Make a scenario of 2027–2029 over an inventory."""
    data = {"inventory": ".", "start_year": 2027, "years": 3, **keys}
    return parse_scenario(data, "scenario.toml")


def made(packs: list[Pack] | None = None, **keys: Any) -> Policy:
    """Assemble a policy."""
    return assemble(scenario(**keys), packs or [], KINDS)


def refused(packs: list[Pack] | None = None, **keys: Any) -> list[Message]:
    """Assemble what must be refused; give what was said."""
    with pytest.raises(InputError) as error:
        made(packs, **keys)
    return list(error.value.messages)


def fund(**keys: Any) -> dict[str, Any]:
    """Make a fund entry of 12.5 万元 in 2027."""
    return {"id": "f", "kind": "local_fiscal", "amount": {"2027": 12.5}} | keys


def test_the_later_pack_wins() -> None:
    """A rule of a later pack replaces the earlier one of the same id whole."""
    cited = {"kind": "dig_once", "id": "dig", "rate_bp": 1000, "cites": "first"}
    later = {"kind": "dig_once", "id": "dig", "rate_bp": 2000}
    policy = made([pack("a", cited), pack("b", later)])
    assert (policy.first("dig_once").rate_bp, policy.first("dig_once").cites) == (
        2000,
        "",
    )
    turned = made([pack("b", later), pack("a", cited)])
    assert turned.first("dig_once").rate_bp == 1000


def test_the_scenario_replaces_a_rule_whole() -> None:
    """Nothing of the pack's rule is left, not even what the scenario leaves out."""
    given = {"kind": "mandatory", "id": "duties", "hard": ["safety_duty"]}
    own = {"kind": "mandatory", "id": "duties", "weigh_by": "households"}
    rule = made([pack("a", given)], rule=[own]).first("mandatory")
    assert (rule.weigh_by, rule.hard) == ("households", ())


def test_rules_are_switched_off_by_id() -> None:
    """`off` leaves a rule of a pack out; an id that is not there is refused."""
    given = pack("a", {"kind": "dig_once", "id": "dig", "rate_bp": 1})
    assert made([given], off=["dig"]).first("dig_once") is None
    (item,) = refused([given], off=["trench"])
    assert item.code == "scenario.off_unknown"
    assert item.params == {"file": "scenario.toml", "value": "trench", "known": "dig"}


def test_structural_rules_cannot_be_switched_off() -> None:
    """They are what makes a plan; whether a pack names them or not."""
    given = pack("a", {"kind": "one_work", "id": "once"})
    (item,) = refused([given], off=["once"])
    assert (item.code, item.params["value"]) == ("scenario.off_structural", "once")
    assert [r.id for r in made().of_kind("one_work")] == ["one_work"]


def test_funds_take_the_terms_of_their_kind() -> None:
    """What the scenario leaves out comes from the kind; what it says goes before."""
    own = fund(
        id="b", kind="special_bond", coupon_bp=300, grace_years=2, repayment="equal"
    )
    policy = made(fund=[fund(title="县财政", asset_classes=["gas_pipe"]), own])
    table = policy.funds.set_index("fund_id")
    assert table.loc["f", "natures"] == "public;quasi_public"
    assert table.loc["f", "asset_classes"] == "gas_pipe"
    assert table.loc["f", "carry_over"] == 1
    bond = table.loc["b", ["tenor_years", "coupon_bp", "grace_years", "debt"]]
    assert bond.tolist() == [15, 300, 2, True]
    assert policy.fund_years["amount"].tolist() == [1250, 1250]


@pytest.mark.parametrize(
    ("terms", "dates"),
    [({}, 2), ({"tenor_years": 5}, 1), ({"interest_per_year": 1}, 1)],
)
def test_long_bonds_pay_interest_twice_a_year(
    terms: dict[str, Any], dates: int
) -> None:
    """From the tenor that the kind states, unless the scenario says otherwise."""
    policy = made(fund=[fund(id="b", kind="special_bond", **terms)])
    assert policy.funds["interest_per_year"].tolist() == [dates]


def test_existing_debt_becomes_a_schedule() -> None:
    """Years with repayment, with interest, or with both."""
    entry = {"fund": "b", "repaid": {"2027": 10}, "interest": {"2027": 1, "2028": 0.5}}
    policy = made(fund=[fund(id="b", kind="special_bond")], existing_debt=[entry])
    assert policy.existing_debt.to_dict("list") == {
        "fund_id": ["b", "b"],
        "year": [2027, 2028],
        "repaid": [1000, 0],
        "interest": [100, 50],
    }


@pytest.mark.parametrize(
    ("entry", "code", "key"),
    [
        ({"kind": "lottery"}, "scenario.fund_kind", "fund[f].kind"),
        ({"kind": "operator_fund"}, "scenario.fund_owner", "fund[f].owner"),
        ({"borrower": "热力公司"}, "scenario.fund_borrower", "fund[f].borrower"),
        ({"owner": "热力公司"}, "scenario.fund_term", "fund[f].owner"),
        ({"tenor_years": 5}, "scenario.fund_term", "fund[f].tenor_years"),
        ({"coupon_bp": 5}, "scenario.fund_term", "fund[f].coupon_bp"),
        (
            {"kind": "special_bond", "grace_years": 2},
            "scenario.fund_term",
            "fund[f].grace_years",
        ),
        ({"interest_per_year": 2}, "scenario.fund_term", "fund[f].interest_per_year"),
        (
            {"kind": "special_bond", "tenor_years": 13},
            "scenario.fund_tenor",
            "fund[f].tenor_years",
        ),
        ({"amount": {"2027": 1e12}}, "scenario.fund_amount", "fund[f].amount.2027"),
        ({"amount": {"2026": 1}}, "scenario.fund_year", "fund[f].amount"),
        ({"amount": {"2030": 1}}, "scenario.fund_year", "fund[f].amount"),
        ({"amount": {"2028": -1}}, "scenario.fund_amount", "fund[f].amount.2028"),
    ],
)
def test_wrong_funds_are_named(entry: dict[str, Any], code: str, key: str) -> None:
    """Each thing wrong with a fund is named with its dotted key."""
    (item,) = refused(fund=[fund(**entry)])
    assert (item.code, item.params["key"]) == (code, key)


def test_known_kinds_and_years_are_told() -> None:
    """The message says what is allowed."""
    (item,) = refused(fund=[fund(kind="lottery")])
    assert item.params["known"] == "local_fiscal, operator_fund, special_bond"
    (item,) = refused(fund=[fund(amount={"2031": 1})])
    assert (item.params["first"], item.params["last"]) == (2027, 2029)


def test_money_finer_than_the_unit_is_named() -> None:
    """0.001 万元 is refused with its place."""
    (item,) = refused(fund=[fund(amount={"2028": 0.001})])
    assert (item.code, item.params["where"]) == (
        "money.too_fine",
        "fund[f].amount.2028",
    )


def test_everything_wrong_is_said_at_once() -> None:
    """Rules, funds and debts are looked through before anything is refused."""
    found = refused(
        off=["x"],
        fund=[fund(), fund(kind="lottery"), fund(id="g", amount={"2020": -1})],
        existing_debt=[{"fund": "gone"}],
    )
    assert [item.code for item in found] == [
        "scenario.off_unknown",
        "scenario.fund_twice",
        "scenario.fund_twice",
        "scenario.fund_kind",
        "scenario.fund_year",
        "scenario.fund_amount",
        "scenario.debt_fund",
    ]
    idle = [{"fund": "f"}, {"fund": "f", "repaid": {"2020": 10}}]
    assert [i.code for i in refused(fund=[fund()], existing_debt=idle)] == [
        "scenario.debt_idle"
    ] * 2


def judged(*rules: dict[str, Any], **keys: Any) -> Problem:
    """Put an assembled policy and the tiny case of 2027–2029 together."""
    return Problem(tiny_case(), made(rule=list(rules), **keys))


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ({"kind": "annual_cap", "measure": "miles", "cap": {}}, ["unknown_measure"]),
        (
            {
                "kind": "annual_cap",
                "measure": "cost",
                "cap": {"2026": 1, "2027": 0.001},
            },
            ["year_outside", "too_fine"],
        ),
        (
            {"kind": "annual_cap", "measure": "cost", "cap": {"2027": Decimal("0.01")}},
            [],
        ),
        (
            {"kind": "capital_share", "min_bp": 1, "where": {"mode": ["replace"]}},
            ["where_key"],
        ),
        (
            {"kind": "debt_limit", "funds": ["f", "g"], "limit": {"2027": -1}},
            ["not_debt", "unknown_fund", "negative"],
        ),
        (
            {
                "kind": "debt_service",
                "funds": ["b"],
                "payer": "borrower",
                "purse": {"2027": 1, "2028": 1},
                "purse_after": 0.001,
            },
            ["year_missing", "too_fine", "wrong_payer"],
        ),
    ],
)
def test_rules_are_held_against_the_case(
    rule: dict[str, Any], codes: list[str]
) -> None:
    """What does not fit case or funds is refused before anything is solved."""
    problem = judged(
        {"id": "r"} | rule, fund=[fund(), fund(id="b", kind="special_bond")]
    )
    found = policy_problems(problem)
    assert [item.code for item in found] == [f"rule.{code}" for code in codes]
    assert all(item.params["rule"] == "r" for item in found)


def test_the_objective_names_columns_of_the_works() -> None:
    """Only benefits of the case can be weighed."""
    problem = judged(objective={"weights": {"benefit_fire": 1, "start_year": 1}})
    found = policy_problems(problem)
    assert [(m.code, m.params["value"]) for m in found] == [
        ("policy.objective_column", "benefit_fire"),
        ("policy.objective_column", "start_year"),
    ]


def test_a_work_without_cost_is_refused() -> None:
    """A work that nothing is paid for would be free: it is named, a row of 0 is not."""
    problem = judged()
    name = problem.case.payments["work_id"].iloc[0]
    payments = problem.case.payments
    bare = replace(problem.case, payments=payments[payments["work_id"] != name])
    (told,) = policy_problems(Problem(bare, problem.policy))
    assert (told.code, told.params["works"]) == ("case.work_without_cost", name)
    nothing = payments.assign(cost=0, eligible_cost=0)
    stated = replace(problem.case, payments=nothing)
    assert policy_problems(Problem(stated, problem.policy)) == []


def test_rules_that_do_nothing_are_told() -> None:
    """A cap on nothing and a fund for nobody are warnings, not errors."""
    problem = judged(
        {"kind": "annual_cap", "id": "r", "measure": "cost", "cap": {"2027": 1}}
        | {"where": {"asset_class": ["water_pipe"]}},
        fund=[fund(kind="operator_fund", owner="某公司")],
    )
    assert policy_problems(problem) == []
    assert [item.code for item in policy_warnings(problem)] == [
        "rule.selects_nothing",
        "rule.fund_unused",
    ]


def test_loans_have_a_named_borrower() -> None:
    """A loan without one could be taken by anybody, the county included."""
    kind = FundKind.model_validate(
        {
            "id": "bank_loan", "title": TITLE, "source": "editable assumption",
            "capital": False, "debt": True, "tenor_years": 10, "needs_borrower": True,
        }
    )  # fmt: skip
    loan = fund(id="loan", kind="bank_loan")
    with pytest.raises(InputError) as error:
        assemble(scenario(fund=[loan]), [], {"bank_loan": kind})
    assert [m.code for m in error.value.messages] == ["policy.borrower"]
    named = fund(id="loan", kind="bank_loan", borrower="热力公司")
    policy = assemble(scenario(fund=[named]), [], {"bank_loan": kind})
    assert policy.funds["borrower"].tolist() == ["热力公司"]


def test_funds_name_known_classes() -> None:
    """A class that is not there would close the fund to everything."""
    given = scenario(fund=[fund(asset_classes=["gaspipe"])])
    with pytest.raises(InputError) as error:
        assemble(given, [], KINDS, asset_classes=["gas_pipe"])
    (item,) = error.value.messages
    assert (item.code, item.params["value"]) == ("scenario.fund_class", "gaspipe")


@pytest.mark.parametrize(
    "keys",
    [
        {"solve": {"time_limit_s": float("inf")}},
        {"solve": {"seed": -7}},
        {"solve": {"seed": 2**40}},
        {"objective": {"weights": {"risk_removed": float("nan")}}},
        {"objective": {"weights": {"risk_removed": 0.001}}},
    ],
)
def test_numbers_beyond_measure_are_refused(keys: dict[str, Any]) -> None:
    """Endless limits, strange seeds, weights that rounding would swallow."""
    with pytest.raises(InputError):
        scenario(**keys)
