"""Whatever is registered is complete: rules, verbs, tables; else it is named here."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from renewopt import text
from renewopt.cli.main import VERBS
from renewopt.core.case_schema import CASE_SCHEMAS
from renewopt.rules import RULES
from renewopt.runs.tables import RUN_SCHEMAS

ROOT = Path(__file__).resolve().parents[2]


def _read(*parts: str) -> str:
    path = ROOT.joinpath(*parts)
    return path.read_text(encoding="utf-8") if path.exists() else ""


NAMES_PROJECTS = frozenset(
    {"decided", "choose", "precedence", "new_packages", "together", "stability"}
)
"""Kinds that name projects, or caps of packages, of one county: in no pack."""


NAMES_AMOUNTS = frozenset(
    {"debt_increase", "site_limit", "spending_floor", "district_share", "smoothing"}
)
"""Kinds whose amounts are one county's own."""


@cache
def _shipped_kinds() -> frozenset[str]:
    """Collect the rule kinds that a shipped policy pack or scenario uses."""
    files = [
        *sorted((ROOT / "models" / "policies").glob("*.toml")),
        *sorted((ROOT / "inventories").glob("*/scenario.toml")),
    ]
    kinds = set()
    for path in files:
        for rule in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", []):
            kinds.add(str(rule.get("kind")))
    return frozenset(kinds)


@pytest.mark.parametrize("kind", sorted(RULES))
def test_rule_is_complete(kind: str) -> None:
    """A kind of rule has its strategy, its page, its use and its words."""
    forgotten = []
    if f'"{kind}"' not in _read("tests", "strategies.py"):
        forgotten.append("an entry in tests/strategies.py")
    if not re.search(rf"^#+ .*\b{kind}\b", _read("docs", "rules.md"), re.MULTILINE):
        forgotten.append("a heading in docs/rules.md")
    if f"`{kind}`" not in _read("docs", "audit.md"):
        forgotten.append("how it is recomputed in docs/audit.md")
    if kind not in NAMES_PROJECTS | NAMES_AMOUNTS and kind not in _shipped_kinds():
        forgotten.append("a use in models/policies or inventories/*/scenario.toml")
    if f"label.{kind}" not in text.codes():
        forgotten.append("a label in src/renewopt/text/messages")
    if not RULES[kind].__doc__:
        forgotten.append("a docstring with its formula")
    assert forgotten == [], f"rule {kind} lacks {', '.join(forgotten)}"


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_verb_is_documented(verb: str) -> None:
    """A verb has its section in docs/cli.md and its help in both languages."""
    assert f"\n## {verb}\n" in _read("docs", "cli.md")
    assert f"cli.verb.{verb.replace('-', '_')}" in text.codes()


@pytest.mark.parametrize("name", sorted({*CASE_SCHEMAS, *RUN_SCHEMAS}))
def test_table_is_documented(name: str) -> None:
    """A table has its section in docs/formats.md; each column says what it is."""
    assert f"\n### `{name}`\n" in _read("docs", "formats.md")
    schema = {**CASE_SCHEMAS, **RUN_SCHEMAS}[name]
    assert [column.name for column in schema.columns if not column.doc] == []


def _builder() -> Any:
    path = ROOT / "docs" / "build_formats.py"
    spec = importlib.util.spec_from_file_location("build_formats", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_formats_page_is_fresh() -> None:
    """docs/formats.md says what the schemas say; else run `make docs`."""
    current = _read("docs", "formats.md")
    assert _builder().page(current) == current


def test_columns_page_is_fresh() -> None:
    """docs/columns.md says what the models say; else run `make docs`."""
    current = _read("docs", "columns.md")
    assert _builder().columns_page(current) == current


def test_classes_page_is_fresh() -> None:
    """docs/classes.md says what the class files say; else run `make docs`."""
    current = _read("docs", "classes.md")
    assert _builder().classes_page(current) == current


@pytest.mark.parametrize("hardness", ["safety_duty", "assessed_target", "preference"])
def test_stages_and_levels_have_labels(hardness: str) -> None:
    """Levels of duty, and the stages that the optimiser reports, can be said."""
    assert f"label.{hardness}" in text.codes()
    if hardness != "preference":
        for measure in ("unplaced", "late"):
            assert f"label.phase.{hardness} {measure}" in text.codes()
