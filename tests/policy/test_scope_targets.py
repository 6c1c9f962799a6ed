"""完善类能改多改 and 提升类积极推进 stand in a shipped pack and change a plan."""

from __future__ import annotations

from tests.optimise.small import decide
from tests.projects.small import pack
from tests.scenarios.rule_cases import scopes


def test_the_packs_wishes_change_the_plan() -> None:
    """The pack's own rule, dated into the plan, widens it at a price that counts."""
    rules = {rule["id"]: dict(rule) for rule in pack("inner-mongolia-2023").rule}
    for name, mode in (
        ("improvement-scope", "basic_improvement"),
        ("upgrade-scope", "full"),
    ):
        assert mode in rules[name]["where"]["mode"]
        assert rules[name]["weight"] > 0
    # The made case has projects of another class.
    modes = {"mode": rules["improvement-scope"]["where"]["mode"]}
    wish = rules["improvement-scope"] | {"share_bp": {"2028": 10_000}, "where": modes}
    assert tuple(decide(scopes()()).works) == ("A27",)
    assert tuple(decide(scopes(wish | {"weight": 2})()).works) == ("A28",)
    # A small price does not outweigh what the dearer scope costs elsewhere.
    assert tuple(decide(scopes(wish)()).works) == ("A27",)
