"""docs/rule-tests.md: every kind of rule with its page and the tests that hold it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from renewopt.audit.desk import RECOMPUTED
from renewopt.rules import RULES
from tests.every_rule import CASES
from tests.faults.planted import FAULTS
from tests.strategies import STRATEGIES

ROOT = Path(__file__).resolve().parents[2]
ANCHORS = {
    "documentation": "rules.md#{kind}",
    "it binds": "../tests/optimise/test_every_rule.py: test_it_binds[{kind}]",
    "with room it does not": "../tests/optimise/test_every_rule.py: "
    "test_with_room_it_does_not_bind[{kind}]",
    "auditor": "../tests/audit/test_every_rule.py: "
    "test_auditor_finds_the_breach[{kind}]",
    "mirror": "../tests/rules/test_mirror.py: test_rows_and_check_agree[{kind}]",
}


def _row(kind: str) -> str:
    cells = [f"[`{kind}`](rules.md#{kind})"]
    cells += [
        f"`{text.format(kind=kind).split(': ')[1]}`"
        for name, text in ANCHORS.items()
        if name != "documentation"
    ]
    return "| " + " | ".join(cells) + " |"


def test_table_lists_every_rule_once() -> None:
    """The table has one row per kind, in the order of the registry, and no other."""
    page = (ROOT / "docs" / "rule-tests.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| [`")]
    assert rows == [_row(kind) for kind in RULES]


@pytest.mark.parametrize("kind", sorted(RULES))
def test_rule_has_all_five(kind: str) -> None:
    """What the row names is there: section, example, own sums, strategy, fault."""
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {kind}$", page, re.MULTILINE)
    assert CASES[kind].free != CASES[kind].bound
    assert kind in RECOMPUTED
    assert kind in STRATEGIES
    assert kind in {fault.kind for fault in FAULTS}


@pytest.mark.parametrize(
    "place", sorted({text for n, text in ANCHORS.items() if n != "documentation"})
)
def test_tests_of_the_table_run_for_every_kind(place: str) -> None:
    """A test that the table names is there, for the kinds of the registry."""
    file, name = place.split(": ")
    source = (ROOT / "docs" / file).resolve().read_text(encoding="utf-8")
    before = source.split(f"def {name.split('[')[0]}(")[0]
    assert before.rstrip().endswith('@pytest.mark.parametrize("kind", sorted(RULES))')
