"""The three strongest reasons, in order and in words; what a score knows and says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.core.errors import InputError
from renewopt.risk.words import reasons_in_words
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()


def _score(cls: str, frame: pd.DataFrame, as_of: int = 2025) -> risk.RiskTable:
    return risk.score(inventory({cls: frame}), CATALOGUE, as_of, 1)


def test_reasons_are_ranked_by_what_they_add() -> None:
    """Age × 3.9 before the ditch × 1.3; failed insulation × 1.5 between them."""
    frame = pipes(
        2,
        level="primary",
        install_year=1990,
        laying_method=["ditch", "direct"],
        insulation=["failed", "good"],
        households=100,
    )
    found = _score("heating_pipe", frame).assets["strongest"].tolist()
    assert found[0] == "aged;rate.failed_insulation;rate.ditch_or_aerial"
    assert found[1] == "aged;main.part.repair;kind.group.primary"


def test_consequence_counts_among_the_reasons() -> None:
    """An arterial road makes 10 of 12.5: × 3.7; more households than the mean too."""
    frame = pipes(
        2,
        material="pe",
        install_year=2020,
        road_class=["arterial", "none"],
        households=[30, 9000],
    )
    first, second = _score("water_pipe", frame).assets["strongest"]
    assert first.split(";")[0] == "loss.arterial"
    assert second.split(";")[0] == "part.interruption"


def test_an_asset_without_anything_special_says_so() -> None:
    """A new pipe like all the others: nothing stands out, and what its loss is."""
    frame = pipes(3, material="pe", install_year=2024)
    found = _score("water_pipe", frame).assets["strongest"].unique().tolist()
    assert found == ["usual;main.part.repair;kind.group.plastic"]


def test_every_asset_in_use_has_three_reasons() -> None:
    """Of all classes, whatever is known of an asset; an abandoned one has its own."""
    draw = np.random.default_rng(1)
    for name, cls in CATALOGUE.asset_classes.items():
        frame = pipes(6, install_year=draw.integers(1970, 2025, 6), households=[9] * 6)
        frame = frame.assign(
            material=["pe", None] * 3, status=[None] * 5 + ["abandoned"]
        )
        known = [c for c in frame if c in cls.column_names()]
        table = _score(name, frame[known])
        in_use = table.assets["strongest"].to_numpy()
        if "status" in known:
            assert in_use[-1] == "abandoned"
            in_use = in_use[:-1]
        codes = [text.split(";") for text in in_use]
        assert [len(set(row)) for row in codes] == [3] * len(codes), name
        for text in in_use:
            assert reasons_in_words(text, cls, "zh").count("；") == 2
            assert reasons_in_words(text, cls, "en").count("; ") == 2


def test_years_in_which_nothing_is_built_are_refused() -> None:
    """A score of 1950 is no zero: it is refused; single assets built later are said."""
    frame = pipes(2, material="pe", install_year=[1990, 2010])
    with pytest.raises(InputError) as error:
        _score("water_pipe", frame, 1950)
    assert error.value.messages[0].code == "risk.nothing_there"
    table = _score("water_pipe", frame, 2000)
    told = [n.params["count"] for n in table.notes if n.code == "risk.not_there"]
    assert told == [1]
    assert table.assets["strongest"].tolist()[1] == "not_built"


def test_years_before_anything_dated_are_refused() -> None:
    """Points have no year of building: they are not scored before anything is known."""
    points = pd.DataFrame({"asset_id": ["a"], "lon": [111.0], "lat": [41.5]})
    flood = [("waterlogging_point", "a", 1985)]
    alone = inventory({"waterlogging_point": points}, flood)
    both = {"waterlogging_point": points, "water_pipe": pipes(1, install_year=1990)}
    with pytest.raises(InputError) as error:
        risk.score(inventory(both, flood), CATALOGUE, 1950, 5)
    assert error.value.messages[0].params["first"] == 1985
    for stock, as_of in ((alone, 1950), (inventory(both, flood), 1984)):
        table = risk.score(stock, CATALOGUE, as_of, 1)
        assert "risk.before_known" in {note.code for note in table.notes}
    codes = {note.code for note in risk.score(alone, CATALOGUE, 1985, 1).notes}
    assert "risk.before_known" not in codes


def test_a_usual_return_period_is_what_the_loss_is_made_of() -> None:
    """Where nothing stands out the third reason is the return period itself."""
    points = pd.DataFrame({"asset_id": ["a", "b"], "return_period_y": [5.0, 5.0]})
    texts = _score("waterlogging_point", points).assets["strongest"].tolist()
    cls = CATALOGUE.asset_classes["waterlogging_point"]
    for text in texts:
        assert text.split(";")[0] == "usual"
        assert text.split(";")[2] == "kind.return_period"
        assert "return period" in reasons_in_words(text, cls, "en")


def test_own_failures_and_return_periods_are_reasons() -> None:
    """Twelve events in five years; a return period of a third of a year."""
    frame = pd.DataFrame(
        {
            "asset_id": ["a", "b"],
            "events_5y": [12, None],
            "return_period_y": [None, 0.3],
        }
    )
    first, second = _score("waterlogging_point", frame).assets["strongest"]
    assert first.split(";")[0] == "own_failures"
    assert second.split(";")[0] == "return_period"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_strongest_reason_has_words(lang: str) -> None:
    """No code is left in the sentence, in either language."""
    for name, cls in CATALOGUE.asset_classes.items():
        codes = [f"part.{part.id}" for part in cls.consequence.part]
        codes += [*cls.reason_titles(), "aged", "size", "return_period", "usual"]
        codes += ["own_failures", "learned_up", "assessed_old"]
        for code in codes:
            said = reasons_in_words(code, cls, lang)  # type: ignore[arg-type]
            assert said, (name, code)
            assert code not in said
            assert "{" not in said


def test_assets_in_words_has_one_row_per_asset(tmp_path: Path) -> None:
    """Words in both languages, and the line of a cold start on every row of a class."""
    stock = inventory(
        {
            "gas_pipe": pipes(3, material="steel", install_year=1990),
            "water_pipe": pipes(2, material="pe", install_year=2000),
        },
        [("water_pipe", "p0000", 2024)],
    )
    table = risk.score(stock, CATALOGUE, 2025, 4)
    told = risk.assets_in_words(table, CATALOGUE)
    assert len(told) == 5
    gas = told[told["asset_class"] == "gas_pipe"]
    assert gas["why_zh"].str.contains("役龄长").all()
    assert gas["basis_zh"].tolist() == ["专家先验，无本地记录"] * 3
    assert gas["basis_en"].tolist() == ["expert prior, no local records"] * 3
    water = told[told["asset_class"] == "water_pipe"]
    assert water["basis_en"].tolist() == ["", ""]


def test_the_files_own_columns_stay_first(tmp_path: Path) -> None:
    """New columns stand at the end; a table without them is still read."""
    result = _score("gas_pipe", pipes(2, material="pe", install_year=2000))
    path = result.write(tmp_path / "risk.csv")
    wide = pd.read_csv(path, encoding="utf-8-sig")
    old = [*risk.table.YEAR_COLUMNS, *risk.table.ASSET_COLUMNS[2:]]
    assert list(wide.columns[: len(old)]) == old
    wide[old].to_csv(path, index=False)
    again = risk.RiskTable.read(path)
    assert list(again.table.columns) == list(risk.table.YEAR_COLUMNS)
    assert risk.cold(again) == {"gas_pipe": None}


def test_an_as_of_year_far_ahead_is_said() -> None:
    """Six years after the newest thing known it is said, five years after it is not."""
    frame = pipes(2, material="pe", install_year=[2000, 2019])
    codes = [note.code for note in _score("gas_pipe", frame, 2025).notes]
    assert "risk.far_ahead" in codes
    codes = [note.code for note in _score("gas_pipe", frame, 2024).notes]
    assert "risk.far_ahead" not in codes
    unknown = frame.assign(install_year=None)
    codes = [note.code for note in _score("gas_pipe", unknown, 2090).notes]
    assert "risk.far_ahead" not in codes
