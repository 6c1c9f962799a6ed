"""Draws in steps in larger models, where other draws are continuous while solving."""

from __future__ import annotations

import numpy as np
import pytest

from renewopt.core.array_model import IntArray
from renewopt.optimise import state, task, thrift
from renewopt.optimise.engines import load_engine
from renewopt.optimise.state import Run
from renewopt.optimise.task import SolveOptions
from renewopt.optimise.whole_units import settle
from tests.optimise.small import Fund, Work, bond, small
from tests.optimise.solving import Model


@pytest.fixture(autouse=True)
def continuous_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let even small models have continuous draws."""
    monkeypatch.setattr(task, "INTEGER_DRAWS_UP_TO", 0)


def test_works_are_chosen_for_whole_parcels() -> None:
    """A and C with three parcels of 30, not A and B, which need ten thirds of one."""
    problem = small(
        [Work("A27", (60,), 100), Work("B27", (60,), 90), Work("C27", (40,), 50)],
        {"fiscal": Fund((20,)), "bond": bond((100,), step=3000)},
        years=1,
    )
    model = Model.of(problem)
    result = model.solve()
    schedule = model.schedule(result.values)
    assert result.status == "optimal"
    assert schedule.chosen["work_id"].tolist() == ["A27", "C27"]
    bonds = schedule.draws.loc[schedule.draws["fund_id"] == "bond", "received"]
    assert bonds[bonds > 0].tolist() == [6000, 3000]
    assert not model.breaches(result.values)


def _with_bonds(model: Model, parcels: list[int]) -> IntArray:
    """Give the plan of all works with so many parcels."""
    taken = np.ones(len(model.task.x), np.int64)
    highs, drawn = load_engine("highs"), np.array(parcels, np.int64)
    values = settle(model.task, highs, taken, 10.0, drawn)
    assert values is not None
    return values


def test_a_plan_has_no_more_debt_than_it_needs() -> None:
    """The works stay; what other money can pay is not borrowed."""
    problem = small(
        [Work("A27", (60,), 100)],
        {"fiscal": Fund((50,)), "bond": bond((100,), step=1000)},
        years=1,
    )
    model = Model.of(problem)
    ignored: list[str] = []
    run = Run(
        model.task,
        SolveOptions(),
        lambda phase, *_: ignored.append(phase),
        lambda: False,
        lambda _: None,
    )
    run.best = _with_bonds(model, [6])
    assert model.task.is_debt @ run.best == 6000
    before = run.key(run.best)
    thrift.less_debt(run)
    assert model.task.is_debt @ run.best == 1000
    assert run.key(run.best) == before
    assert not len(model.task.broken(run.best))


def test_parcels_of_an_answer_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine drew in parcels is not sought for again."""
    problem = small(
        [Work("A27", (60,), 100)],
        {"fiscal": Fund((50,)), "bond": bond((100,), step=1000)},
        years=1,
    )
    model = Model.of(problem)
    asked: list[object] = []

    def watched(*arguments: object) -> IntArray | None:
        asked.append(arguments[4] if len(arguments) > 4 else None)
        return settle(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(state, "settle", watched)
    model.solve()
    assert any(parcels is not None for parcels in asked)
