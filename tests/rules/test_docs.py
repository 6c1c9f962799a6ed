"""The page of rules: its examples are read as they stand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from renewopt.rules import RULES
from renewopt.rules.policy import parse_rules
from renewopt.rules.scenario import FundEntry

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def _section(kind: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"^## {kind}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/rules.md has no section {kind}"
    return found.group(1)


@pytest.mark.parametrize("kind", sorted(RULES))
def test_example_is_accepted(kind: str) -> None:
    """The example of a kind is a rule, or a fund, that a scenario may hold."""
    (block,) = re.findall(r"```toml\n(.*?)```", _section(kind), re.DOTALL)
    tables = tomllib.loads(block)
    rules, problems = parse_rules(tables.get("rule", []), "rules.md")
    assert problems == []
    assert [rule.kind for rule in rules] == ([kind] if "rule" in tables else [])
    assert rules or [FundEntry(**fund) for fund in tables["fund"]]


@pytest.mark.parametrize("kind", sorted(RULES))
def test_every_parameter_is_told(kind: str) -> None:
    """A parameter of a kind is named in its section."""
    own = {*RULES[kind].model_fields} - {"kind", "id", "title", "cites"}
    section = _section(kind)
    assert [name for name in sorted(own) if f"`{name}`" not in section] == []
