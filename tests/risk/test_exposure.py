"""What was known when: the as-of guard, overwritten columns, counts and exposure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue
from renewopt.catalogue import AssetClass
from renewopt.catalogue.columns import ColumnSpec
from renewopt.core.errors import InputError
from renewopt.risk.as_of import AsOf
from renewopt.risk.exposure import History, make_history
from renewopt.risk.features import choose_features, matrix
from renewopt.risk.measures import rank
from renewopt.risk.recording import systematic_from
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
WATER = CATALOGUE.asset_classes["water_pipe"]
FOLDER = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "water_kitchener_2023"
)


def _history(
    frame: pd.DataFrame, failures: list[tuple[str, str, int]], as_of: int = 2020
) -> History:
    made = inventory({"water_pipe": frame}, failures)
    return make_history(made, WATER, AsOf(as_of))


def _fails(asset: str, *years: int) -> list[tuple[str, str, int]]:
    return [("water_pipe", asset, year) for year in years]


def test_later_records_are_refused() -> None:
    """A record after the as-of year is counted apart and enters no feature."""
    frame = pipes(3, material="pe", install_year=1990, corridor_id="c")
    past = _fails("p0000", 2010, 2015)
    without = _history(frame, past)
    with_later = _history(frame, past + _fails("p0001", *[2021] * 9))
    assert with_later.later == 9
    assert with_later.used == 2
    features = choose_features(without, ("material",))
    np.testing.assert_array_equal(
        matrix(without, features, 2021), matrix(with_later, features, 2021)
    )


@pytest.mark.parametrize("ask", ["failures_in", "count", "exposed", "cut"])
def test_questions_about_later_years_are_refused(ask: str) -> None:
    """Nothing can be asked for a year after the as-of year."""
    history = _history(pipes(install_year=1990), _fails("p0000", 2010))
    arguments = (2021,) if ask in {"failures_in", "cut"} else (2021, None)
    with pytest.raises(InputError) as error:
        getattr(history, ask)(*arguments)
    assert error.value.messages[0].code == "risk.leak"


def test_a_cut_history_equals_one_made_then() -> None:
    """Cutting at an earlier year gives what was known then, and no more."""
    frame = pipes(
        3, material="pe", install_year=[1990, 2001, 2015], corridor_id="c", street="s"
    )
    failures = _fails("p0000", 2003, 2008, 2018) + _fails("p0001", 2004, 2019)
    cut = _history(frame, failures).cut(2010)
    then = _history(frame, failures, as_of=2010)
    features = choose_features(then, ("material",))
    np.testing.assert_array_equal(
        matrix(cut, features, 2011), matrix(then, features, 2011)
    )
    assert cut.used == then.used == 3
    assert cut.later == then.later == 2


def test_a_renewal_that_is_not_known_yet_changes_nothing() -> None:
    """Records before a later renewal are the asset's own at the earlier date."""
    frame = pipes(install_year=1980, renewed_year=2015)
    history = _history(frame, _fails("p0000", 2005, 2009, 2018))
    assert history.count(2020, None).tolist() == [1]
    assert history.before.sum() == 2
    assert history.cut(2012).count(2012, None).tolist() == [2]


def test_own_failures_are_not_among_the_rates_nearby() -> None:
    """The neighbour's failure raises an asset's street rate, its own does not."""
    frame = pipes(2, install_year=1990, corridor_id="c", street="s")
    history = _history(frame, _fails("p0000", *range(2001, 2021)))
    features = choose_features(history, ())
    names = [feature.name for feature in features]
    rate = matrix(history, features, 2021)[:, names.index("place_rate")]
    assert rate[1] > 0 > rate[0]


def test_exposure_and_counts_by_hand() -> None:
    """Kilometre-years from installation; halved every half-life."""
    frame = pipes(2, install_year=[1990, 2018], length_m=[2000.0, 500.0])
    history = _history(frame, _fails("p0000", 2011, 2020))
    assert history.first_year == 2011
    assert history.exposed(2020, None).tolist() == [20.0, 1.5]
    assert history.count(2020, 9.0).tolist() == [1.5, 0.0]
    assert history.exposed(2012, 1.0).tolist() == [3.0, 0.0]


def test_systematic_recording_is_found() -> None:
    """Stray early records do not begin the series; few records do."""
    years = pd.Series([1985, 1991, *np.repeat(range(1997, 2010), 50)])
    assert systematic_from(years, 2009) == 1997
    assert systematic_from(pd.Series([1990, 2005]), 2009) == 1990


def _class_with_score(date: str = "") -> AssetClass:
    """Give water pipes a condition score that is overwritten after failures."""
    words = {"zh": ("状况评分",), "en": ("condition score",)}
    doc = {"zh": "状况评分", "en": "Condition score"}
    columns = [
        ColumnSpec.model_validate(
            {"name": name, "kind": kind, "headers": words, "doc": doc}
        )
        for name, kind in (("condition_score", "number"), ("score_year", "year"))
    ]
    hazard = WATER.hazard.model_copy(update={"overwritten": {"condition_score": date}})
    update = {"columns": (*WATER.columns, *columns), "hazard": hazard}
    return WATER.model_copy(update=update)


@pytest.mark.parametrize("column", ["repairs", "bursts", "assessment_result"])
def test_counts_without_years_and_outcomes_are_refused(column: str) -> None:
    """They may hold what later years brought, so that nothing is learned from them."""
    with pytest.raises(InputError) as raised:
        AsOf(2013).features([column], WATER)
    assert [note.code for note in raised.value.messages] == ["risk.overwritten"]


def test_an_overwritten_column_is_refused() -> None:
    """A score without a date may not be learned from, and the message says why."""
    with pytest.raises(InputError) as error:
        AsOf(2013).features(["condition_score"], _class_with_score())
    said = error.value.messages[0]
    assert said.code == "risk.overwritten"
    assert said.params["column"] == "condition_score"
    with pytest.raises(InputError) as error:
        AsOf(2013).features(["no_such"], WATER)
    assert error.value.messages[0].code == "risk.unknown_feature"


def test_a_mapped_column_is_refused_by_its_foreign_name() -> None:
    """Kitchener's profile says what is overwritten, whatever it or we call it."""
    profile = CATALOGUE.mappings["kitchener"].assets[0]
    columns = {**profile.columns, "burial_depth_m": ("CONDITION_SCORE",)}
    refused = profile.model_copy(update={"columns": columns}).refused()
    own = {name: name for name in ("CONDITION_SCORE", "CRITICALITY")}
    assert refused == own | {"burial_depth_m": "CONDITION_SCORE"}
    for asked in ("burial_depth_m", "CONDITION_SCORE"):
        with pytest.raises(InputError) as error:
            AsOf(2013).features([asked], WATER, refused)
        assert error.value.messages[0].code == "risk.overwritten"
        assert error.value.messages[0].params["column"] == "CONDITION_SCORE"


def test_a_dated_column_counts_from_its_date() -> None:
    """A score with its own date is known from that year on only."""
    cls = _class_with_score("score_year")
    frame = pipes(2, install_year=1990, condition_score=[3.0, 7.0]).assign(
        score_year=[2010, 2018]
    )
    made = inventory({"water_pipe": frame}, _fails("p0000", 2005, 2012))
    history = make_history(made, cls, AsOf(2020))
    names = AsOf(2020).features(["condition_score"], cls)
    features = choose_features(history, names)
    at = [feature.name for feature in features].index("condition_score")
    assert matrix(history, features, 2021)[:, at].tolist() == [3.0, 7.0]
    then = matrix(history.cut(2015), features, 2016)[:, at]
    assert then[0] == 3.0
    assert np.isnan(then[1])


@pytest.mark.shared
@pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared data are not here")
def test_the_condition_score_of_kitchener_would_leak() -> None:
    """Taken late, it captures 0.44 of the breaks in 5 % of length; the guard refuses.

    An honest model reaches 0.31. Breaks of 2014–2022 on mains of today, ranked by
    the score of 2023.
    """
    mains = pd.read_csv(FOLDER / "Water_Mains.csv", encoding="utf-8-sig")
    mains = mains[mains["STATUS"] == "ACTIVE"]
    breaks = pd.read_csv(FOLDER / "Water_Main_Breaks.csv", encoding="utf-8-sig")
    year = pd.to_numeric(breaks["INCIDENT_DATE"].str[:4])
    built = pd.to_numeric(mains["INSTALLATION_DATE"].str[:4]).to_numpy(np.float64)
    shares = []
    for judged in range(2014, 2023):
        seen = breaks.loc[year == judged, "ASSETID"].value_counts()
        there = ~(built >= judged)
        count = mains["WATMAINID"].map(seen).fillna(0).to_numpy(np.float64)[there]
        score = -mains["CONDITION_SCORE"].to_numpy(np.float64)[there]
        length = mains["Shape__Length"].to_numpy(np.float64)[there]
        ranking = rank(np.nan_to_num(score, nan=-99.0))
        shares.append(ranking.capture(length, count)[1])
    assert np.mean(shares) > 0.44
    with pytest.raises(InputError):
        AsOf(2013).features(["condition_score"], _class_with_score())
