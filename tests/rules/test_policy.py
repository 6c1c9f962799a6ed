"""Policy: rules in order, structural ones always, written whole and read back equal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings

from renewopt.core.errors import InputError
from renewopt.rules import RULES
from renewopt.rules.funds import FUNDS
from renewopt.rules.policy import Policy, make_policy, parse_rules
from tests.strategies import TOGETHER, Example

NOTHING = pd.DataFrame()


def test_structural_rules_are_always_there() -> None:
    """With funds all six stand, in the order of the registry; without, two."""
    funds = pd.DataFrame({"fund_id": ["f"], "kind": ["local_fiscal"]})
    policy = make_policy({}, FUNDS.conform(funds), NOTHING, NOTHING, "p.toml")
    assert [rule.kind for rule in policy.rules] == [
        kind for kind, rule in RULES.items() if rule.structural
    ]
    bare = make_policy({}, NOTHING, NOTHING, NOTHING, "p.toml")
    assert [rule.kind for rule in bare.rules] == ["one_work", "running"]


def test_problems_are_told_all_at_once() -> None:
    """Unknown kinds, unknown keys, values out of range and doubles are all named."""
    tables = [
        {"kind": "no_such_rule", "id": "a"},
        {"kind": "capital_share", "id": "b", "min_bp": 10_001},
        {"kind": "dig_once", "id": "c", "rate_bp": 2500, "rate": 1},
        {"kind": "mandatory", "id": "d"},
        {"kind": "mandatory", "id": "e"},
        {"kind": "annual_cap", "id": "d", "measure": "km", "cap": {}},
    ]
    rules, problems = parse_rules(tables, "p.toml")
    assert [(note.code, note.params.get("key", "")) for note in problems] == [
        ("rule.unknown_kind", ""),
        ("catalogue.bad_value", "rule[b].min_bp"),
        ("catalogue.unknown_key", "rule[c].rate"),
        ("rule.twice", ""),
        ("rule.twice", ""),
    ]
    assert [rule.id for rule in rules] == ["d", "e", "d"]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"debt": True, "tenor_years": 2, "grace_years": 2}, "policy.tenor"),
        (
            {"debt": True, "tenor_years": 2, "repayment": "monthly"},
            "policy.repayment",
        ),
        ({"share_base": "everything"}, "policy.share_base"),
    ],
)
def test_terms_that_mean_nothing_are_refused(
    terms: dict[str, object], code: str
) -> None:
    """A debt has to end after its grace, in a way that is known."""
    row = {"fund_id": "f", "kind": "special_bond"} | terms
    with pytest.raises(InputError) as caught:
        make_policy({}, FUNDS.conform(pd.DataFrame([row])), NOTHING, NOTHING, "p.toml")
    assert [note.code for note in caught.value.messages] == [code]


def test_policy_is_read_back_equal(tmp_path: Path) -> None:
    """What is written and read again has the same rules, tables and digest."""

    @settings(max_examples=3)
    @given(case=TOGETHER)
    def run(case: Example) -> None:
        policy = case.problem.policy
        policy.write(tmp_path)
        again = Policy.read(tmp_path)
        assert again.rules == policy.rules
        assert again.digest == policy.digest

    run()
