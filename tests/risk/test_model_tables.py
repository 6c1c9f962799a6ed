"""Tree tables of a model file are checked before compiled code walks them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from renewopt import catalogue, risk
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory
from renewopt.risk.artefact import (
    TRUSTED,
    hazard_fingerprint,
    read_model,
)
from renewopt.risk.as_of import AsOf
from renewopt.risk.exposure import make_history
from renewopt.risk.model import grow, make_panel
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
WATER = CATALOGUE.asset_classes["water_pipe"]
SIZE = 900


def _stock() -> Inventory:
    draw = np.random.default_rng(1)
    old = draw.integers(0, 2, SIZE)
    rows = [
        ("water_pipe", f"p{asset:04d}", year)
        for year in range(2014, 2021)
        for asset in np.flatnonzero(draw.poisson(0.02 + 0.1 * old))
    ]
    frame = pipes(
        SIZE,
        install_year=np.where(old, 1975, 2005),
        material=np.where(old, "cast_iron", "pe"),
    )
    return inventory({"water_pipe": frame}, rows)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a model with a grown forest."""
    stock = _stock()
    trained = risk.train(stock, CATALOGUE, "water_pipe", 2020)
    history = make_history(stock, WATER, AsOf(2020))
    model = trained.artefact.model
    tree = grow(make_panel(history, model.features), model.features, seed=0)
    choice = replace(model.choice, blend=0.5)
    model = replace(model, forest=(tree,), choice=choice)
    kept = replace(
        trained,
        artefact=replace(trained.artefact, model=model, use="model"),
        card={**trained.card, "choice": asdict(choice)},
    )
    return kept.write(tmp_path_factory.mktemp("sound")) / "model.skops"


def _changed(source: Path, target: Path, **values: float) -> Path:
    from skops import io

    data = io.load(source, trusted=list(TRUSTED))
    for forest in data["forest"]:
        for (table,) in forest._predictors:
            for name, value in values.items():
                table.nodes[name] = value
    io.dump(data, target)
    return target


@pytest.mark.parametrize(
    "values",
    [
        {"feature_idx": 100_000_000},
        {"feature_idx": -1},
        {"left": 4_000_000_000, "right": 4_000_000_000, "is_leaf": 0},
        {"left": 0, "right": 0, "is_leaf": 0},
        {"value": 5.0},
        {"value": np.nan},
        {"is_leaf": 7},
        {"is_categorical": 1, "bitset_idx": 4_000_000},
    ],
    ids=["column", "before", "out", "loop", "huge", "nan", "flag", "codes"],
)
def test_tables_that_no_training_writes_are_refused(
    values: dict[str, float], sound: Path, tmp_path: Path
) -> None:
    """Neither a crash nor a loop nor 1e128 failures: an error in words."""
    assert read_model(sound, WATER).model.forest
    odd = _changed(sound, tmp_path / "odd.skops", **values)
    with pytest.raises(InputError) as error:
        read_model(odd, WATER)
    assert error.value.messages[0].code == "risk.model_odd"


def _doubled() -> catalogue.Catalogue:
    groups = tuple(
        g.model_copy(update={"new": 2 * g.new, "old": 2 * g.old})
        for g in WATER.hazard.group
    )
    hazard = WATER.hazard.model_copy(update={"group": groups})
    cls = WATER.model_copy(update={"hazard": hazard})
    return replace(CATALOGUE, asset_classes={**CATALOGUE.asset_classes, cls.id: cls})


@pytest.mark.parametrize(
    ("make", "said"), [(lambda: CATALOGUE, False), (_doubled, True)]
)
def test_other_expert_rates_than_those_trained_with_are_told(
    make: Callable[[], catalogue.Catalogue], said: bool, sound: Path
) -> None:
    """A factor learned on one set of rates does not fit another."""
    known = replace(make(), risk_models={"water_pipe": sound})
    codes = {note.code for note in risk.score(_stock(), known, 2020, 1).notes}
    assert "risk.model_used" in codes
    assert ("risk.model_other_rates" in codes) is said


def test_words_do_not_change_the_fingerprint() -> None:
    """A new title is no new rate."""
    groups = tuple(g.model_copy(update={"source": "x"}) for g in WATER.hazard.group)
    hazard = WATER.hazard.model_copy(update={"group": groups})
    renamed = WATER.model_copy(update={"hazard": hazard})
    assert hazard_fingerprint(renamed) == hazard_fingerprint(WATER)
    twice = _doubled().asset_classes["water_pipe"]
    assert hazard_fingerprint(twice) != hazard_fingerprint(WATER)


def test_of_what_was_never_learned_the_expert_share_is_whole(sound: Path) -> None:
    """No record of its own, a kind never seen: most is still the expert's."""
    known = replace(CATALOGUE, risk_models={"water_pipe": sound})
    stock = _stock()
    frame = stock.assets["water_pipe"]
    lead = frame["asset_id"].isin(["p0000", "p0001"])
    frame = frame.assign(material=frame["material"].mask(lead, "asbestos_cement"))
    bare = inventory({"water_pipe": frame})
    with_records = replace(stock, assets={"water_pipe": frame})
    shares = [
        risk.score(s, known, 2020, 1).assets["expert_share"]
        for s in (bare, with_records)
    ]
    assert (shares[0][lead] > 2 / 3).all()
    assert (shares[0][~lead] > 1 / 3).all()
    assert (shares[1][~lead] < shares[0][~lead]).all()
    assert (shares[1] > 0).all()
