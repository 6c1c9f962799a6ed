"""A planned tunnel and the pipes of its street: who moves, with whom, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from renewopt.catalogue.changes import changed
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError, Message
from renewopt.projects import make_case
from tests.projects.small import GAS, SETTINGS, inventory, models, pack, risk, rows
from tests.projects.test_running_packages import PACKAGES, WORK

TUNNEL = {"level": "cable", "length_m": 400.0, "instead_of_pipes": True}
PIPE = {"length_m": 400.0, "diameter_mm": 200}
ELSEWHERE = {"corridor_id": "c2"}


def made(
    tunnel: pd.DataFrame, gas: pd.DataFrame, *, on: bool = True,
    change: dict[str, Any] | None = None, **tables: Any,
) -> tuple[PlanningCase, list[Message]]:  # fmt: skip
    """Make a case of tunnels and gas pipes, with or without the rule."""
    assets = {"utility_tunnel": tunnel, "gas_pipe": gas}
    return make_case(
        inventory(assets, **tables),
        risk(assets),
        changed(models(), change, "scenario.toml") if change else models(),
        [pack("national-15fyp")],
        replace(SETTINGS, move_in=frozenset({"tunnel"} if on else ())),
    )


def codes(notes: list[Message]) -> set[str]:
    """Give the codes of notes about moving in."""
    return {note.code for note in notes if "move_in" in note.code}


def test_it_stands_in_for_the_pipes_of_its_street_only_if_it_says_so() -> None:
    """One street, one planned tunnel; the pipe of the other street has no such mode."""
    tunnel = rows(GAS, TUNNEL, {**TUNNEL, **ELSEWHERE, "instead_of_pipes": False})
    case, _ = made(tunnel, rows(GAS, PIPE, PIPE | ELSEWHERE))
    own = case.links[case.links["link"] == "tunnel"]
    assert own["because"].tolist() == ["corridor_id: A1 → A1"]
    assert own[["mode", "other_mode"]].to_numpy().tolist() == [["build", "into_tunnel"]]
    into = case.works[case.works["mode"] == "into_tunnel"]
    assert set(into["project_id"]) == set(own["other_id"])
    build = case.works[case.works["mode"] == "build"].set_index("start_year")
    assert into.set_index("start_year")["duration"].equals(build["duration"])
    # What is planned is no stock yet; the other tunnel is.
    stock = case.stock.set_index("asset_class")["length_m"]
    assert stock["utility_tunnel"] == 400


def test_without_the_rule_nothing_is_planned_or_moves() -> None:
    """The planned tunnel is in no project."""
    case, notes = made(rows(GAS, TUNNEL), rows(GAS, PIPE), on=False)
    assert set(case.projects["asset_class"]) == {"gas_pipe"}
    assert "into_tunnel" not in set(case.works["mode"])
    assert codes(notes) == set()


def test_pipes_of_two_tunnels_are_two_projects() -> None:
    """Alike in all else, and touching: each moves as a whole, into one place."""
    case, _ = made(
        rows(GAS, TUNNEL, TUNNEL | ELSEWHERE), rows(GAS, PIPE, PIPE | ELSEWHERE)
    )
    own = case.links[case.links["link"] == "tunnel"]
    assert own["other_id"].is_unique
    assert len(own) == 2


def test_what_cannot_move_is_named_and_stays() -> None:
    """A mode that is for other pipes; a pipe that needs no renewal."""
    pe_only = {"gas_pipe": {"mode": {"into_tunnel": {"where": {"material": ["pe"]}}}}}
    case, notes = made(rows(GAS, TUNNEL), rows(GAS, PIPE), change=pe_only)
    assert codes(notes) == {"projects.move_in_stays", "projects.move_in_idle"}
    assert len(case.links) == 0
    young = rows(GAS, PIPE | {"install_year": 2022, "material": "pe"}, PIPE | ELSEWHERE)
    _, notes = made(rows(GAS, TUNNEL), young)
    assert codes(notes) == {"projects.move_in_idle"}


def test_a_pipe_that_is_left_out_comes_off_a_price_that_includes_it() -> None:
    """Renewed in 2021: 400 m × 0.11 of 400 m × 3, with the reason."""
    price = {"price": {"cable": {"includes": ["gas_pipe"]}}}
    change = {"utility_tunnel": {"mode": {"build": price}}}
    gas = rows(GAS, PIPE, PIPE | {"renewed_year": 2021})
    case, _ = made(rows(GAS, TUNNEL), gas, change=change)
    first = case.works.loc[case.works["mode"] == "build", "work_id"].min()
    lines = case.cost_lines[case.cost_lines["work_id"] == first]
    off = lines[lines["factor"] < 0].set_index("item")
    assert set(off.index) == {"less A2 main (renewed_year)", "less GAS-0001 main"}
    assert off["quantity"].tolist() == [400, 400]
    assert off["unit_price"].round(3).tolist() == [0.11, 0.11]


def test_what_is_underway_does_not_move() -> None:
    """A pipe under construction on the street of a planned tunnel is refused."""
    works = pd.DataFrame([WORK | {"asset_ids": "A1"}])
    with pytest.raises(InputError) as caught:
        made(
            rows(GAS, TUNNEL), rows(GAS, PIPE, PIPE),
            running_works=works, packages=PACKAGES,
        )  # fmt: skip
    (found,) = caught.value.messages
    assert found.code == "projects.move_in_running"
    assert (found.params["asset"], found.params["other"]) == ("A1", "A1")


def test_a_tunnel_without_pipes_and_a_pipe_of_two_tunnels_are_refused() -> None:
    """Each by its file, class, asset and column."""
    with pytest.raises(InputError) as caught:
        made(rows(GAS, TUNNEL), rows(GAS, PIPE | ELSEWHERE))
    (found,) = caught.value.messages
    assert found.code == "projects.move_in_empty"
    assert (found.params["asset"], found.params["column"]) == ("A1", "corridor_id")
    with pytest.raises(InputError) as caught:
        made(rows(GAS, TUNNEL, TUNNEL), rows(GAS, PIPE))
    (found,) = caught.value.messages
    assert found.code == "projects.move_in_twice"
    assert (found.params["asset"], found.params["value"]) == ("A1", "A1, A2")
