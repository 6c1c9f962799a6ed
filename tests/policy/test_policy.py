"""Policy: rules and means, written whole, read back equal, checked at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from renewopt.core.errors import InputError, Message
from renewopt.rules import RULES
from renewopt.rules.policy import Policy, make_policy

FUNDS = pd.DataFrame(
    {
        "fund_id": ["fiscal", "bond"],
        "kind": ["local_fiscal", "special_bond"],
        "capital": [True, False],
        "debt": [False, True],
        "max_share_bp": [None, 8000],
        "natures": ["public;quasi_public", ""],
        "carry_over": [-1, 0],
        "tenor_years": [0, 15],
        "coupon_bp": [0, 255],
        "grace_years": [0, 3],
        "repayment": ["bullet", "equal"],
    }
)
YEARS = pd.DataFrame(
    {"fund_id": ["fiscal", "bond"], "year": [2027, 2027], "amount": [120_050, 1]}
)
DEBT = pd.DataFrame(
    {"fund_id": ["bond"], "year": [2028], "repaid": [700], "interest": [3]}
)
RULES_GIVEN: list[dict[str, Any]] = [
    {
        "kind": "annual_cap",
        "id": "cap-gas-km",
        "title": {"zh": "燃气“年”能力", "en": "Gas works"},
        "measure": "km",
        "cap": {"2028": 18.25, "2027": 9},
        "where": {"asset_class": ["gas_pipe"], "level": ["primary"]},
    },
    {
        "kind": "closed_corridor",
        "id": "closed",
        "years": {"opening": 5, "new": 5, "rebuilt": 5, "major_repair": 3},
        "waiver_price": 30.05,
    },
    {"kind": "mandatory", "id": "duties", "hard": ["safety_duty"]},
    {
        "kind": "debt_service",
        "id": "bonds",
        "funds": ["bond"],
        "payer": "government_fund_budget",
        "purse": {"2027": 500, "2028": 499.99},
        "purse_after": 400,
    },
    {"kind": "dig_once", "id": "dig", "rate_bp": 2500, "cites": "editable assumption"},
]


def policy(**changes: Any) -> Policy:
    """Make the policy, with some keys of `policy.toml` replaced or added."""
    data = {"objective": {"weights": {"risk_removed": 1.5}}, "rule": RULES_GIVEN}
    return make_policy(data | changes, FUNDS, YEARS, DEBT, "policy.toml")


def refused(
    rule: dict[str, Any] | None = None,
    funds: pd.DataFrame = FUNDS,
    **changes: Any,
) -> list[Message]:
    """Make a policy that must be refused; give what was said."""
    data = {"rule": [] if rule is None else [rule], **changes}
    with pytest.raises(InputError) as error:
        make_policy(data, funds, YEARS, DEBT, "policy.toml")
    return list(error.value.messages)


def test_written_and_read_back_equal(tmp_path: Path) -> None:
    """Rules, decimals, titles and terms of funds survive the folder."""
    made = policy()
    made.write(tmp_path)
    again = Policy.read(tmp_path)
    assert again.digest == made.digest
    assert again.rules == made.rules
    assert again.objective == made.objective
    pd.testing.assert_frame_equal(again.funds, made.funds)
    pd.testing.assert_frame_equal(again.fund_years, made.fund_years)
    pd.testing.assert_frame_equal(again.existing_debt, made.existing_debt)


def test_the_order_of_the_file_does_not_matter() -> None:
    """Rules and funds in another order are the same policy."""
    data = {"objective": {"weights": {"risk_removed": 1.5}}, "rule": RULES_GIVEN[::-1]}
    turned = make_policy(data, FUNDS[::-1], YEARS[::-1], DEBT, "policy.toml")
    assert turned.digest == policy().digest


@pytest.mark.parametrize("change", [{"rate_bp": 2501}, {"cites": "x"}, {"id": "d"}])
def test_every_parameter_counts(change: dict[str, Any]) -> None:
    """Another parameter is another policy."""
    other = [*RULES_GIVEN[:-1], RULES_GIVEN[-1] | change]
    assert policy(rule=other).digest != policy().digest


def test_structural_rules_are_always_on() -> None:
    """What a plan means nothing without is added, in the order of the registry."""
    kinds = [rule.kind for rule in policy().rules]
    structural = {kind for kind, rule in RULES.items() if rule.structural}
    assert structural <= set(kinds)
    assert kinds == sorted(kinds, key=list(RULES).index)


def test_without_funds_only_works_are_chosen() -> None:
    """A case without funds has no money rules, but still one work per project."""
    none = pd.DataFrame()
    made = make_policy({}, none, none, none, "policy.toml")
    assert [rule.kind for rule in made.rules] == ["one_work", "running"]
    assert made.objective.weights == {"risk_removed": 1.0}


def test_a_structural_rule_that_is_named_is_not_added_again() -> None:
    """Its own title and id are kept."""
    made = policy(rule=[{"kind": "one_work", "id": "once", "title": "一次"}])
    assert [rule.id for rule in made.of_kind("one_work")] == ["once"]


def test_unknown_keys_of_the_file_are_named() -> None:
    """A key besides objective and rule is refused."""
    (item,) = refused(rules=[])
    assert item.code == "toml.unknown_key"
    assert item.params["key"] == "rules"


@pytest.mark.parametrize(
    ("rule", "code", "key"),
    [
        ({"kind": "annual_limit"}, "rule.unknown_kind", None),
        ({}, "rule.unknown_kind", None),
        ({"rate": 1}, "catalogue.unknown_key", "rule[r].rate"),
        ({"rate_bp": 10_001}, "catalogue.bad_value", "rule[r].rate_bp"),
        ({"rate_bp": "x"}, "catalogue.wrong_kind", "rule[r].rate_bp"),
        ({"rate_bp": None}, "catalogue.wrong_kind", "rule[r].rate_bp"),
        (
            {"kind": "annual_cap", "measure": "km", "cap": {"2027": -1}},
            "catalogue.bad_value",
            "rule[r].cap.2027",
        ),
        (
            {"kind": "annual_cap", "measure": "km", "cap": {"2027": float("inf")}},
            "catalogue.wrong_kind",
            "rule[r].cap.2027",
        ),
        (
            {"kind": "annual_cap", "measure": "km", "cap": {"soon": 1}},
            "catalogue.wrong_kind",
            "rule[r].cap.soon",
        ),
        (
            {"kind": "capital_share", "min_bp": 2000, "where": {"colour": ["red"]}},
            "catalogue.unknown_key",
            "rule[r].where.colour",
        ),
        (
            {"kind": "mandatory", "hard": ["urgent"]},
            "catalogue.bad_value",
            "rule[r].hard[1]",
        ),
        (
            {"kind": "debt_limit", "funds": [], "limit": {}},
            "catalogue.bad_value",
            "rule[r].funds",
        ),
        ({"kind": "debt_limit", "limit": {}}, "catalogue.missing_key", "rule[r].funds"),
    ],
)
def test_bad_rules_are_named(rule: dict[str, Any], code: str, key: str | None) -> None:
    """Unknown kinds, keys and values are named with file and dotted key."""
    base: dict[str, Any] = {"id": "r"}
    if rule and "kind" not in rule:
        base |= {"kind": "dig_once", "rate_bp": 2500}
    (item,) = refused(base | rule)
    assert item.code == code
    assert item.params["file"] == "policy.toml"
    if key is None:
        assert item.params["rule"] == "r"
        assert "annual_cap" in item.params["known"]
    else:
        assert item.params["key"] == key


def test_a_rule_is_a_table() -> None:
    """Anything but tables in the list of rules is refused, not crashed over."""
    for value in (3, "one_work", ["one_work"]):
        (item,) = refused(**{"rule": value})
        assert item.code == "catalogue.wrong_kind"
        assert item.params["key"] == "rule[1]"


def test_unknown_weights_are_named() -> None:
    """The objective has weights and nothing else."""
    (item,) = refused(objective={"weight": {}})
    assert (item.code, item.params["key"]) == (
        "catalogue.unknown_key",
        "objective.weight",
    )


@pytest.mark.parametrize(
    "second",
    [
        {"kind": "annual_cap", "id": "dig", "measure": "km", "cap": {}},
        {"kind": "dig_once", "id": "dig-2", "rate_bp": 1},
    ],
)
def test_what_stands_twice_is_refused(second: dict[str, Any]) -> None:
    """Neither an id nor a kind of which there is one may occur again."""
    first = {"kind": "dig_once", "id": "dig", "rate_bp": 2500}
    with pytest.raises(InputError) as error:
        make_policy({"rule": [first, second]}, FUNDS, YEARS, DEBT, "policy.toml")
    (item,) = error.value.messages
    assert (item.code, item.params["rule"]) == ("rule.twice", second["id"])


def test_several_caps_are_allowed() -> None:
    """Caps, limits and the like may stand several times under their own ids."""
    caps = [
        {"kind": "annual_cap", "id": name, "measure": "km", "cap": {"2027": 1}}
        for name in ("b", "a")
    ]
    assert [rule.id for rule in policy(rule=caps).of_kind("annual_cap")] == ["a", "b"]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("fund_id", "loan", "policy.unknown_fund"),
        ("grace_years", 15, "policy.tenor"),
        ("repayment", "monthly", "policy.repayment"),
        ("share_base", "half", "policy.share_base"),
    ],
)
def test_fund_terms_are_checked(column: str, value: object, code: str) -> None:
    """Money of unknown funds and terms that mean nothing are named with the fund."""
    funds = FUNDS.assign(share_base="cost")
    funds.loc[1, column] = value
    found = refused(funds=funds)
    assert {item.code for item in found} == {code}
    assert {item.params["fund"] for item in found} == {"bond"}


def test_everything_wrong_is_said_at_once() -> None:
    """Problems of keys, rules and funds are reported together."""
    funds = FUNDS.assign(share_base="half")
    found = refused({"kind": "no", "id": "r"}, funds, goal={})
    assert [item.code for item in found] == [
        "toml.unknown_key",
        "rule.unknown_kind",
        "policy.share_base",
        "policy.share_base",
    ]


@pytest.mark.parametrize(
    ("content", "code"), [(None, "file.missing"), (b"[rule", "toml.syntax")]
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, code: str
) -> None:
    """A missing file and bad syntax are told apart."""
    if content is not None:
        (tmp_path / "policy.toml").write_bytes(content)
    with pytest.raises(InputError) as error:
        Policy.read(tmp_path)
    assert error.value.messages[0].code == code
