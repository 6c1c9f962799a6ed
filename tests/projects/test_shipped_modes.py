"""The modes, fund kinds and packs that are shipped, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from renewopt.catalogue.funds import FundKind
from renewopt.catalogue.modes import Mode
from renewopt.catalogue.packs import Pack, Trigger
from tests.projects.small import models

DOCS = Path(__file__).resolve().parents[2] / "docs" / "policies.md"
PRICE = {"id": "p", "low": 1.0, "mid": 2.0, "high": 3.0, "source": "s"}
MODE: dict[str, Any] = {
    "id": "replace",
    "title": {"zh": "更换", "en": "Replace"},
    "effect_bp": 9000,
    "excavation_bp": 4000,
    "duration": 1,
    "payment_bp": [6000, 4000],
    "price": [PRICE],
    "source": "s",
}
FUND: dict[str, Any] = {
    "id": "loan",
    "title": {"zh": "贷款", "en": "Loan"},
    "capital": False,
    "debt": True,
    "tenor_years": 10,
    "source": "s",
}
TRIGGER: dict[str, Any] = {
    "id": "t",
    "asset_class": ["gas_pipe"],
    "clause": "c",
    "phrase": "p",
    "verb": "v",
    "hardness": "preference",
    "source": "s",
}


@pytest.mark.parametrize(
    "change",
    [
        {"price": []},
        {"price": [PRICE | {"low": 2.5}]},
        {"price": [PRICE | {"mid": 2.12345678}]},
        {"price": [PRICE, PRICE]},
        {"payment_bp": [6000, 3000]},
        {"payment_bp": [0, 10000]},
        {"effect_bp": 0},
        {"surprise": 1},
    ],
)
def test_bad_modes_are_refused(change: dict[str, Any]) -> None:
    """No cost, prices out of order or too fine, payments that do not add up."""
    assert Mode.model_validate(MODE).duration == 1
    with pytest.raises(ValidationError):
        Mode.model_validate(MODE | change)


@pytest.mark.parametrize(
    "change",
    [
        {"tenor_years": 0},
        {"grace_years": 10},
        {"debt": False},
        {"capital": True},
        {"natures": ["private"]},
    ],
)
def test_bad_funds_are_refused(change: dict[str, Any]) -> None:
    """Debt needs a tenor longer than its grace years and is no capital."""
    assert FundKind.model_validate(FUND).tenor_years == 10
    with pytest.raises(ValidationError):
        FundKind.model_validate(FUND | change)


@pytest.mark.parametrize(
    "change",
    [
        {"deadline": 2028, "within_years": 2},
        {"asset_class": []},
        {"hardness": "wish"},
        {"where": {"material": "steel"}},
    ],
)
def test_bad_triggers_are_refused(change: dict[str, Any]) -> None:
    """Two deadlines, no class, an unknown hardness, a selection that is no list."""
    assert Trigger.model_validate(TRIGGER).deadline is None
    with pytest.raises(ValidationError):
        Trigger.model_validate(TRIGGER | change)


def test_bad_packs_are_refused() -> None:
    """Validity that ends before it begins, ids twice, rules without kind."""
    good = {
        "id": "p",
        "title": {"zh": "包", "en": "Pack"},
        "document": "d",
        "valid_from": 2026,
        "valid_to": 2030,
        "source": "s",
    }
    assert Pack.model_validate(good).expired(2031)
    assert not Pack.model_validate(good).expired(2030)
    for change in (
        {"valid_to": 2025},
        {"trigger": [TRIGGER, TRIGGER]},
        {"rule": [{"id": "x"}]},
    ):
        with pytest.raises(ValidationError):
            Pack.model_validate(good | change)


def test_every_class_has_a_mode_that_prices_every_asset() -> None:
    """Some mode is for all assets and ends with a price for all sizes."""
    for item in models().asset_classes.values():
        open_modes = [mode for mode in item.modes if not mode.where.columns()]
        assert any(not m.price[-1].where.columns() for m in open_modes), item.id


def test_grant_money_never_pays_for_operators() -> None:
    """Public money is closed to what operators own; operators' money is their own."""
    kinds = models().fund_kinds
    for name in ("local_fiscal", "central_budget", "provincial_grant"):
        assert "operator" not in kinds[name].ownerships
    assert kinds["operator_fund"].owner_only
    assert not any(kind.capital for kind in kinds.values() if kind.debt)


def test_the_documentation_names_everything() -> None:
    """Packs, triggers, modes and fund kinds stand in docs/policies.md."""
    page = DOCS.read_text(encoding="utf-8")
    names = [*models().packs, *models().fund_kinds]
    names += [t.id for p in models().packs.values() for t in p.trigger]
    names += [e.id for p in models().packs.values() for e in p.exclusion]
    names += [m.id for c in models().asset_classes.values() for m in c.modes]
    assert [name for name in names if f"`{name}`" not in page] == []
