"""Official assessments override the model in both directions, while they are valid."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from renewopt import catalogue, risk
from renewopt.risk.official import Bounds
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
RULE = CATALOGUE.asset_classes["gas_pipe"].hazard.assessment
assert RULE is not None
BOUNDS = {item.code: (item.least, item.most) for item in RULE.outcome}


def _score(
    frame: pd.DataFrame, failures: list[tuple[str, str, int]] | None = None
) -> risk.RiskTable:
    return risk.score(inventory({"gas_pipe": frame}, failures), CATALOGUE, 2025, 2)


def _first(table: risk.RiskTable) -> list[float]:
    return table.table["expected_failures"].tolist()[::2]


def test_renew_now_lifts_what_the_model_thinks_safe() -> None:
    """New PE found unsafe fails at least as often as the bound says, per kilometre."""
    frame = pipes(2, material="pe", install_year=2015, length_m=[500.0, 500.0]).assign(
        assessment_result=["immediate", None]
    )
    scored = _score(frame)
    lifted, plain = _first(scored)
    assert lifted == pytest.approx(0.5 * BOUNDS["immediate"][0])
    assert plain < 0.01
    strongest = scored.assets["strongest"].tolist()
    assert strongest[0].startswith("assessed.immediate")
    assert "assessed" not in strongest[1]


def test_fit_for_service_caps_what_the_model_thinks_bad() -> None:
    """Old grey iron with five leaks of its own is capped once it was found safe."""
    frame = pipes(2, material="grey_cast_iron", install_year=1970).assign(
        assessment_result=["ok", None]
    )
    failures = [
        ("gas_pipe", asset, 2020 + i) for i in range(5) for asset in ("p0000", "p0001")
    ]
    scored = _score(frame, failures)
    capped, free = _first(scored)
    assert capped == pytest.approx(BOUNDS["ok"][1])
    assert free > 5 * capped
    assert "assessed.ok" in scored.assets["reasons"][0].split(";")
    table = scored.table
    assert (table["low"] < table["risk"]).all()
    assert (table["risk"] < table["high"]).all()


def test_an_old_outcome_is_a_hint_only() -> None:
    """Six years later the bound is gone; the multiplier stays, and it is said."""
    frame = pipes(3, material="pe", install_year=2015).assign(
        assessment_result=["immediate", "immediate", None],
        assessment_year=[2019, 2020, None],
    )
    scored = _score(frame)
    hint, fresh, plain = _first(scored)
    assert hint == pytest.approx(4 * plain)
    assert fresh == pytest.approx(BOUNDS["immediate"][0])
    assert "assessed_old" in scored.assets["reasons"][0].split(";")
    notes = {note.code: note.params for note in scored.notes}
    assert notes["risk.assessment_old"]["count"] == 1


def test_a_cap_ends_when_its_outcome_grows_old() -> None:
    """Year by year the score is as careful as scores of later years would be."""
    frame = pipes(3, material="grey_cast_iron", install_year=1970).assign(
        assessment_result=["ok", "ok", "immediate"], assessment_year=[2020, None, 2020]
    )
    table = risk.score(inventory({"gas_pipe": frame}), CATALOGUE, 2025, 8)
    found = table.table["expected_failures"].to_numpy().reshape(3, 8)
    capped = found == BOUNDS["ok"][1]
    assert capped.tolist()[:2] == [[True] + [False] * 7, [True] * 6 + [False] * 2]
    assert (found[2] >= BOUNDS["immediate"][0]).all()
    assert (np.diff(found, axis=1) >= 0).all()
    later = risk.score(inventory({"gas_pipe": frame}), CATALOGUE, 2026, 1).table
    assert later["expected_failures"][0] == pytest.approx(found[0, 1])
    ends = [n.params["count"] for n in table.notes if n.code == "risk.assessment_ends"]
    assert ends == [2]


def test_an_outcome_after_the_as_of_year_is_not_known() -> None:
    """An assessment of 2026 changes nothing in a score as of 2025, and it is said."""
    frame = pipes(2, material="pe", install_year=2015).assign(
        assessment_result=["immediate", None], assessment_year=[2026, None]
    )
    scored = _score(frame)
    first, second = _first(scored)
    assert first == second
    assert "risk.assessment_later" in [note.code for note in scored.notes]


def test_an_abandoned_pipe_stays_without_risk() -> None:
    """No bound lifts what is out of use."""
    frame = pipes(1, material="pe", install_year=2015, status="abandoned").assign(
        assessment_result=["immediate"]
    )
    assert _first(_score(frame)) == [0.0]
    assert _score(frame).assets["strongest"].tolist() == ["abandoned"]


def test_every_outcome_has_its_bound_and_source() -> None:
    """All four outcomes of the guide are there, in order of severity."""
    spec = CATALOGUE.asset_classes["gas_pipe"].column("assessment_result")
    assert spec is not None
    assert set(BOUNDS) == set(spec.codes())
    assert BOUNDS["ok"][1] <= BOUNDS["ok_with_controls"][1]
    assert BOUNDS["deadline"][0] <= BOUNDS["immediate"][0]


def test_an_outcome_does_not_make_fail_what_is_not_there() -> None:
    """Renew at once, said of a pipe to be laid next year: no failures before that."""
    stated = Bounds(
        np.array([0.1]), np.array([np.inf]), {"x": np.array([True])}, np.array([2030.0])
    )
    held = stated.hold(np.array([[0.0, 0.01, 0.3]]), (2026, 2027, 2028))
    assert held.tolist() == [[0.0, 0.1, 0.3]]
