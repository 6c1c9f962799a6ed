"""Training, judging and keeping a model; bad records; files that do not fit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk, text
from renewopt.catalogue import Catalogue
from renewopt.core.data import data_dir
from renewopt.core.errors import InputError
from renewopt.inventory import Inventory
from renewopt.report.model_card import model_card
from renewopt.risk.artefact import TRUSTED, read_model, write_model
from renewopt.risk.as_of import AsOf
from renewopt.risk.exposure import make_history
from renewopt.risk.interval import interval
from renewopt.risk.model import fit, forecast, grow, make_panel
from renewopt.risk.prior import make_prior
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
WATER = CATALOGUE.asset_classes["water_pipe"]
Failure = tuple[str, str, int]


def _network(count: int = 400, seed: int = 3) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pipes(
        count,
        material=draw.choice(["pe", "cast_iron", "ductile_iron"], count),
        install_year=draw.integers(1950, 2000, count),
        length_m=draw.uniform(50, 400, count),
        diameter_mm=draw.choice([100.0, 200.0, 300.0], count),
        corridor_id=[f"c{i // 3}" for i in range(count)],
        street=[f"s{i // 30}" for i in range(count)],
    )


def _failures(
    frame: pd.DataFrame, years: range, level: float = 0.9, seed: int = 5
) -> list[Failure]:
    """Draw failures: cast iron six times as often as the others."""
    draw = np.random.default_rng(seed)
    rate = np.where(frame["material"] == "cast_iron", level, level / 6)
    expected = rate * frame["length_m"].to_numpy(dtype=np.float64) / 1000
    found: list[Failure] = []
    for year in years:
        for asset in np.flatnonzero(draw.poisson(expected)):
            found.append(("water_pipe", str(frame["asset_id"].iloc[asset]), year))
    return found


@pytest.fixture(scope="module")
def stock() -> Inventory:
    """Give a network with fifteen years of records."""
    frame = _network()
    return inventory({"water_pipe": frame}, _failures(frame, range(2006, 2021)))


@pytest.fixture(scope="module")
def trained(stock: Inventory) -> risk.Trained:
    """Give what it has taught."""
    return risk.train(stock, CATALOGUE, "water_pipe", 2020)


def _with_model(folder: Path) -> Catalogue:
    path = folder / "risk" / "water_pipe" / "model.skops"
    return replace(CATALOGUE, risk_models={"water_pipe": path})


def test_a_model_learns_and_is_judged(trained: risk.Trained) -> None:
    """The material that fails is found; expected and recorded failures agree."""
    judged = trained.backtest
    assert judged is not None
    assert judged.windows == (2015, 2016, 2017, 2018, 2019)
    assert judged.mean("model", "top10_length") > 1.5 * 0.10
    assert judged.mean("random", "top10_length") == pytest.approx(0.10)
    assert judged.totals["expected"].sum() == pytest.approx(
        judged.totals["seen"].sum(), rel=0.25
    )
    assert {note.code for note in trained.notes} & {
        "risk.train_tie", "risk.train_better", "risk.train_worse",
    }  # fmt: skip


def test_the_table_has_every_baseline(trained: risk.Trained) -> None:
    """All mandatory baselines are measured by every measure."""
    assert trained.backtest is not None
    names = set(trained.backtest.table["name"])
    assert names >= {
        "random", "age", "material_mean", "past_failures", "past_per_exposure",
        "lookup", "logistic", "prior", "records", "model",
    }  # fmt: skip
    counts = trained.backtest.table.groupby("name")["measure"].nunique()
    assert set(counts) == {counts.iloc[0]}


def test_training_twice_gives_the_same(stock: Inventory, trained: risk.Trained) -> None:
    """Same input, same model and same figures."""
    again = risk.train(stock, CATALOGUE, "water_pipe", 2020)
    assert again.card == trained.card


def test_score_uses_the_model_from_then_on(
    stock: Inventory, trained: risk.Trained, tmp_path: Path
) -> None:
    """The model of the bureau's folder is used, and said; rates rise with age."""
    use = replace(trained.artefact, use="model")
    replace(trained, artefact=use).write(tmp_path)
    table = risk.score(stock, _with_model(tmp_path), 2020, 5)
    assert "risk.model_used" in [note.code for note in table.notes]
    plain = risk.score(stock, CATALOGUE, 2020, 5)
    assert not np.allclose(table.table["lof"], plain.table["lof"])
    by_year = table.table["expected_failures"].to_numpy().reshape(-1, 5)
    assert (np.diff(by_year, axis=1) >= -1e-12).all()
    assert (table.table["low"] <= table.table["risk"]).all()
    assert (table.table["risk"] <= table.table["high"]).all()


def test_the_catalogue_finds_the_model(trained: risk.Trained, tmp_path: Path) -> None:
    """A models folder with a trained model is read as such."""
    folder = trained.write(tmp_path)
    found = catalogue.load(tmp_path)
    assert found.risk_models["water_pipe"] == folder / "model.skops"
    card = json.loads((folder / "card.json").read_text("utf-8"))
    assert card["data"]["records"] == trained.artefact.model.records
    (folder / "model.skops").unlink()  # a card alone is no silence
    with pytest.raises(InputError) as error:
        read_model(catalogue.load(tmp_path).risk_models["water_pipe"], WATER)
    assert error.value.messages[0].code == "risk.model_damaged"


def test_a_model_from_later_is_not_used(
    stock: Inventory, trained: risk.Trained, tmp_path: Path
) -> None:
    """Scoring an earlier year leaves the model alone: it knows the future."""
    trained.write(tmp_path)
    table = risk.score(stock, _with_model(tmp_path), 2015, 2)
    assert "risk.model_later" in [note.code for note in table.notes]
    pd.testing.assert_frame_equal(
        table.table, risk.score(stock, CATALOGUE, 2015, 2).table
    )


@pytest.mark.parametrize("use", ["prior", "records", "lookup", "past_per_exposure"])
def test_the_better_rival_is_used(
    stock: Inventory, trained: risk.Trained, tmp_path: Path, use: str
) -> None:
    """Where a rival has won, scores are the rival's, and the note names it."""
    other = replace(trained, artefact=replace(trained.artefact, use=use))
    other.write(tmp_path)
    table = risk.score(stock, _with_model(tmp_path), 2020, 2)
    named = [n for n in table.notes if n.params.get("used") == use]
    assert len(named) == 1
    first = table.table[table.table["year"] == 2021]
    assert first["expected_failures"].gt(0).all()
    multiplier = table.assets["rate_multiplier"]
    assert (multiplier == 1).all() == (use == "prior")


def test_unseen_values_and_missing_years_are_scored(
    trained: risk.Trained, tmp_path: Path
) -> None:
    """A new material counts as not known, a missing year too; both are said."""
    use = replace(trained.artefact, use="model")
    replace(trained, artefact=use).write(tmp_path)
    frame = pipes(2, material=["steel", "pe"], install_year=1990, corridor_id="x")
    frame["install_year"] = pd.array([1990, None], dtype="Int64")
    table = risk.score(inventory({"water_pipe": frame}), _with_model(tmp_path), 2020, 2)
    codes = [note.code for note in table.notes]
    assert {"risk.model_unseen", "risk.model_no_records"} <= set(codes)
    assert table.table["expected_failures"].between(1e-6, 10).all()


def test_an_unseen_material_has_a_wider_interval(
    trained: risk.Trained, tmp_path: Path
) -> None:
    """Nothing was learned about it: its interval is wider, and said."""
    use = replace(trained.artefact, use="model")
    replace(trained, artefact=use).write(tmp_path)
    frame = pipes(2, material=["steel", "pe"], install_year=1990, corridor_id="x")
    frame["district"] = None
    stock = inventory({"water_pipe": frame})
    result = risk.score(stock, _with_model(tmp_path), 2020, 1)
    for low, high in (("failures_low", "failures_high"), ("low", "high")):
        width = np.log(result.table[high] / result.table[low])
        assert width.iloc[0] > 1.05 * width.iloc[1]
    assert "unseen_kind" in result.assets["reasons"].iloc[0].split(";")
    assert "unseen_kind" not in result.assets["reasons"].iloc[1].split(";")
    told = [n for n in result.notes if n.code == "risk.model_unseen"]
    assert "wider" in text.render(told[0], "en")


def test_a_material_without_records_is_wider_without_a_model() -> None:
    """Where the records are all of one material, the other's rate is less sure."""
    frame = pipes(101, material=["pe"] * 100 + ["pvc"], install_year=1990)
    rows = [("water_pipe", f"p{i:04d}", 2011 + i % 10) for i in range(100)]
    table = risk.score(inventory({"water_pipe": frame}, rows), CATALOGUE, 2020, 1).table
    width = np.log(table["failures_high"] / table["failures_low"])
    assert width.iloc[100] > 1.05 * width.iloc[:100].max()


def test_no_failures_are_refused() -> None:
    """Without a failure of today's assets there is nothing to train on."""
    frame = pipes(5, material="pe", install_year=2010)
    early = [("water_pipe", "p0001", 2005), ("water_pipe", "p0002", 2030)]
    with pytest.raises(InputError) as error:
        risk.train(
            inventory({"water_pipe": frame}, early), CATALOGUE, "water_pipe", 2020
        )
    said = error.value.messages[0]
    assert said.code == "risk.train_no_failures"
    assert (said.params["before"], said.params["later"]) == (1, 1)


def test_all_failures_of_predecessors_are_counted() -> None:
    """Also those from before systematic recording is taken to have begun."""
    frame = pipes(5, material="pe", install_year=2024)
    old = [("water_pipe", f"p000{i % 5}", 2000 + i % 20) for i in range(150)]
    with pytest.raises(InputError) as error:
        risk.train(inventory({"water_pipe": frame}, old), CATALOGUE, "water_pipe", 2024)
    assert error.value.messages[0].params["before"] == 150


def test_one_failure_keeps_the_expert_rates() -> None:
    """A single record is not enough to tell: the corrected expert rates stay."""
    frame = _network(50)
    one = [("water_pipe", "p0001", 2015)]
    found = risk.train(
        inventory({"water_pipe": frame}, one), CATALOGUE, "water_pipe", 2020
    )
    assert found.artefact.use == "records"
    assert found.artefact.model.forest == ()
    assert "risk.train_too_few" in [note.code for note in found.notes]


def test_all_failed_and_constant_columns() -> None:
    """Every asset failed every year, every column constant: trained, and said."""
    frame = pipes(40, material="pe", install_year=1980)
    every = [
        ("water_pipe", asset, year)
        for asset in frame["asset_id"]
        for year in range(2010, 2021)
    ]
    found = risk.train(
        inventory({"water_pipe": frame}, every), CATALOGUE, "water_pipe", 2020
    )
    assert {"material", "since", "exposure"} <= set(found.card["constant"])
    assert found.backtest is not None
    assert found.backtest.totals["expected"].iloc[-1] == pytest.approx(40, rel=0.3)


def test_few_records_lean_on_the_expert() -> None:
    """With ten records no trees are grown and the order stays near the expert's."""
    frame = _network()
    ten = _failures(frame, range(2006, 2021))[::20][:10]
    found = risk.train(
        inventory({"water_pipe": frame}, ten), CATALOGUE, "water_pipe", 2020
    )
    assert found.artefact.model.forest == ()
    assert found.artefact.use in {"records", "prior", "model"}


def test_unknown_class_and_no_assets_are_refused() -> None:
    """A class that is not there is named."""
    nothing = inventory({})
    for name, code in (("bridge", "unknown_class"), ("gas_pipe", "train_no_assets")):
        with pytest.raises(InputError) as error:
            risk.train(nothing, CATALOGUE, name, 2020)
        assert error.value.messages[0].code == f"risk.{code}"


def test_the_packaged_models_are_never_written(trained: risk.Trained) -> None:
    """Training into the folder that comes along is refused."""
    with pytest.raises(InputError) as error:
        trained.write(data_dir("models"))
    assert error.value.messages[0].code == "risk.packaged_models"


def test_files_that_do_not_fit_are_refused(
    trained: risk.Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another class, damage, an older format, another library, unknown columns."""
    path = write_model(trained.artefact, tmp_path / "model.skops")

    def refused(cls: object = WATER, file: Path = path) -> str:
        with pytest.raises(InputError) as error:
            read_model(file, cls)  # type: ignore[arg-type]
        return error.value.messages[0].code

    assert refused(CATALOGUE.asset_classes["gas_pipe"]) == "risk.model_class"
    broken = tmp_path / "broken.skops"
    broken.write_bytes(path.read_bytes()[:200])
    assert refused(file=broken) == "risk.model_damaged"
    fewer = tuple(c for c in WATER.columns if c.name != "material")
    assert refused(WATER.model_copy(update={"columns": fewer})) == "risk.model_features"
    monkeypatch.setattr("renewopt.risk.artefact.FORMAT", 99)
    assert refused() == "risk.model_format"
    monkeypatch.undo()
    monkeypatch.setattr("sklearn.__version__", "0.1.0")
    assert refused() == "risk.model_version"


def _changed(path: Path, to: Path, part: str, **values: object) -> Path:
    """Copy a model file with other values, in one of its tables where named."""
    from skops import io

    data = io.load(path, trusted=list(TRUSTED))
    if part:
        values = {part: data[part] | values}
    io.dump(data | values, to)
    return to


ODD = {
    "level": ("calibration", {"log_level": float("nan")}, "log_level = nan"),
    "huge": ("calibration", {"log_level": 50.0}, "log_level = 50.0"),
    "slope": ("calibration", {"slope_above": -1.0}, "slope_above = -1.0"),
    "variance": ("calibration", {"year_variance": -1.0}, "year_variance"),
    "blend": ("choice", {"blend": 5.0}, "choice.blend = 5.0"),
    "shape": ("choice", {"shape": 0.0}, "choice.shape = 0.0"),
    "forest": ("", {"forest": ["x"]}, "forest: str"),
    "use": ("", {"use": "nonsense"}, "use = 'nonsense'"),
    "age": ("", {"features": []}, "no 'age'"),
    "weights": ("kinds", {"weights": [0.0]}, "kinds: 1 weights"),
    "spread": ("kinds", {"spread": [[0.0]]}, "kinds.spread: (1, 1)"),
    "own": ("calibration", {"own_shape": 0.0}, "own_shape = 0.0"),
    "nan": ("kinds", {"left": float("nan")}, "kinds.left = nan"),
    "years": ("", {"as_of": 12}, "as_of = 12"),
    "text": ("calibration", {"log_level": "a"}, "log_level = "),
    "table": ("", {"calibration": ["a"]}, "AttributeError"),
    "unknown": ("choice", {"more": 1.0}, "more"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_contents_of_a_model_file_are_refused(
    trained: risk.Trained, tmp_path: Path, name: str
) -> None:
    """Types that are allowed with values that no training writes: named, unused."""
    part, values, said = ODD[name]
    path = write_model(trained.artefact, tmp_path / "model.skops")
    odd = _changed(path, tmp_path / "odd.skops", part, **values)
    with pytest.raises(InputError) as error:
        read_model(odd, WATER)
    found = error.value.messages[0]
    assert found.code in {"risk.model_odd", "risk.model_damaged"}
    assert said in str(found.params)


def test_trees_that_do_not_fit_the_columns_are_refused(
    stock: Inventory, trained: risk.Trained, tmp_path: Path
) -> None:
    """Trees for other columns than the file names, or read without their date."""
    model = fit(make_history(stock, WATER, AsOf(2020)), bags=1)
    history = make_history(stock, WATER, AsOf(2020))
    forest = (grow(make_panel(history, model.features), model.features, seed=0),)
    fewer = replace(model, features=model.features[:-1], forest=forest)
    artefact = replace(trained.artefact, model=fewer)
    path = write_model(artefact, tmp_path / "model.skops")
    with pytest.raises(InputError) as error:
        read_model(path, WATER)
    assert "columns, features" in str(error.value.messages[0].params["problems"])
    sound = replace(trained.artefact, model=replace(model, forest=forest))
    path = write_model(sound, tmp_path / "model.skops")
    assert len(read_model(path, WATER).model.forest) == 1
    hazard = WATER.hazard.model_copy(update={"overwritten": {"material": ""}})
    with pytest.raises(InputError) as error:
        read_model(path, WATER.model_copy(update={"hazard": hazard}))
    assert "overwritten" in str(error.value.messages[0].params["problems"])


def test_a_file_that_asks_for_other_types_is_refused(tmp_path: Path) -> None:
    """Nothing but trees and plain values is ever rebuilt from a file."""
    from skops import io

    path = tmp_path / "model.skops"
    io.dump({"format": 1, "forest": [Path("x").exists]}, path)
    with pytest.raises(InputError) as error:
        read_model(path, WATER)
    assert error.value.messages[0].code == "risk.model_untrusted"


def test_the_model_file_gives_back_what_was_written(
    trained: risk.Trained, tmp_path: Path
) -> None:
    """Written and read, a model foretells the same."""
    path = write_model(trained.artefact, tmp_path / "model.skops")
    again = read_model(path, WATER)
    assert again.model.features == trained.artefact.model.features
    kinds, written = again.model.kinds, trained.artefact.model.kinds
    assert kinds == written
    assert np.array_equal(kinds.spread, written.spread)
    assert again.model.calibration == trained.artefact.model.calibration
    assert len(again.model.forest) == len(trained.artefact.model.forest)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_card_says_what_matters(trained: risk.Trained, lang: str) -> None:
    """Data, features, scores, calibration and limits stand in the card."""
    text = model_card(trained.card, lang)  # type: ignore[arg-type]
    assert text.count("\n## ") == 6
    assert "`material`" in text
    assert "{" not in text
    assert not [word for word in ("card.", "[]", "nan", "0–0 ") if word in text]


def test_learned_intervals_cover_the_truth() -> None:
    """Of assets whose true rate is known, 85–95 % lie in their 90 % interval.

    Made: kinds off the expert rate by up to 3, assets off their kind (Gamma, a = 1).
    """
    draw = np.random.default_rng(2)
    frame = _network(800).assign(length_m=draw.uniform(200, 2000, 800))
    prior = make_prior(frame, WATER, 2020)
    kind = frame["material"].map({"pe": 0.5, "cast_iron": 1.5, "ductile_iron": 3.0})
    truth = kind.to_numpy(dtype=np.float64) * draw.gamma(1.0, 1.0, 800)
    failures: list[Failure] = []
    for year in range(2006, 2021):
        count = draw.poisson(prior.expected(year) * truth)
        for asset in np.flatnonzero(count):
            failures += [("water_pipe", f"p{asset:04d}", year)] * int(count[asset])
    made = inventory({"water_pipe": frame}, failures)
    history = make_history(made, WATER, AsOf(2020))
    found = forecast(fit(history), history, [2021])
    rate, expected = prior.expected(2021) * truth, found.expected[:, 0]
    low, high = interval(found.log_variance, found.own_shape)
    covered = (rate >= expected * low) & (rate <= expected * high)
    assert 0.85 <= covered.mean() <= 0.95
    assert expected.sum() == pytest.approx(rate.sum(), rel=0.15)
