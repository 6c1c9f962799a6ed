"""The table of the rule catalogue: every rule, and the tests that show it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from renewopt.catalogue import load as catalogue_files
from renewopt.rules import RULES
from tests.scenarios import test_clauses_that_forbid as forbid
from tests.scenarios import test_rule_catalogue as catalogue
from tests.scenarios.rule_cases import CASES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policies.md"
NAMES = [
    "R-ONCE",
    "R-MANDATORY",
    "R-DEADLINE",
    "R-TARGET",
    "R-MAXIMISE2",
    "R-OPTIONAL3",
    "R-SAFETY-FIRST",
    "R-GAP",
    "R-DIG-ONCE",
    "R-COMPOUND-ONCE",
    "R-SYNC",
    "R-ADJ",
    "R-OUTLET",
    "R-POINT-LINK",
    "R-CORRIDOR",
    "R-BUDGET",
    "R-FUND-NATURE",
    "R-BOND-YEAR",
    "R-BOND-STOCK",
    "R-DEBT-SMOOTH",
    "R-NET-DEBT",
    "R-POPLOSS",
    "R-BOUNDARY",
    "R-HERITAGE",
    "R-READY",
    "R-CONSENT",
    "R-PACE",
    "R-OM",
    "R-LIST",
]
"""The 28 rules, and the list that shows what came of them."""
TESTS = (
    "test_it_changes_the_plan",
    "test_it_does_not_apply",
    "test_the_auditor_finds_a_breach",
)


@cache
def _rows() -> dict[str, list[str]]:
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^\| (R-[A-Z0-9-]+) \|(.*)\|$", text, re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in found}


def test_every_rule_has_one_row() -> None:
    """All rules of the catalogue are named, once, in their order."""
    assert list(_rows()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_clause_place_and_tests(name: str) -> None:
    """Document with clause, a place in the product, and cases that are there."""
    clause, where, shown = _rows()[name]
    assert "（" in clause
    assert "`" in where
    cases, module = {
        "Catalogue": (CASES, catalogue),
        "Forbid": (forbid.CLAUSES, forbid),
    }[shown]
    assert name in cases
    for test in TESTS:
        marks = getattr(module, test).pytestmark
        assert name in [value for mark in marks for value in mark.args[1]]


def test_kinds_that_rows_name_exist() -> None:
    """A row that says rule `x` means a kind that there is."""
    for _, where, _ in _rows().values():
        named = re.search(r"rules? ((?:`\w+`(?:, )?)+)", where)
        for kind in re.findall(r"`(\w+)`", named.group(1)) if named else ():
            assert kind in RULES


def test_entries_that_rows_name_are_in_the_national_pack() -> None:
    """A row that names an entry of a kind means one that ships."""
    (pack,) = [p for p in catalogue_files().packs.values() if p.id == "national-15fyp"]
    ships = {(rule["kind"], rule["id"]) for rule in pack.rule}
    named = {
        pair
        for _, where, _ in _rows().values()
        for pair in re.findall(r"rule `(\w+)` `([a-z-]+)`", where)
    }
    assert len(named) == 5
    assert named <= ships
