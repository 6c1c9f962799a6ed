"""The mirror test: a schedule breaks a rule's rows exactly where its check says so."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from renewopt.optimise.model import build_model, schedule_values, values_schedule
from renewopt.rules import RULES
from tests.rules.mirror import judge
from tests.strategies import SCHEDULES, STRATEGIES, TOGETHER, Example

LEAST = 0.15
"""Least share of good and of bad schedules in a run; most kinds have a quarter."""


def _agree(strategy: st.SearchStrategy[Example], examples: int) -> Counter[str]:
    """Judge every schedule of the examples; count verdicts and what was judged."""
    count: Counter[str] = Counter()

    # Shrinking a seed makes nothing smaller; the first example found is as good.
    @settings(max_examples=examples, phases=(Phase.generate,))
    @given(case=strategy)
    def run(case: Example) -> None:
        built = build_model(case.problem)
        for number, schedule in enumerate(case.schedules):
            verdicts = judge(case, built, schedule)
            differing = [v for v in verdicts if not v.agree]
            assert differing == [], f"{case}, schedule {number}"
            count["good" if all(v.good for v in verdicts) else "bad"] += 1
            count.update(f"{v.rule.kind} {v.good}" for v in verdicts)
            count["no column"] += not verdicts[0].expressible

    run()
    return count


def _assert_mixed(count: Counter[str], least: float = LEAST) -> None:
    total = count["good"] + count["bad"]
    assert min(count["good"], count["bad"]) >= least * total, count


@pytest.mark.parametrize("kind", sorted(RULES))
def test_rows_and_check_agree(kind: str) -> None:
    """Rows and check of a kind agree, place by place, on good and bad schedules.

    A draw that may not be has no column: there the check has to see the breach. No
    other values of helper columns may make the rows of a bad schedule hold.
    """
    count = _agree(STRATEGIES[kind], 6)
    assert count["good"] + count["bad"] == 6 * SCHEDULES
    _assert_mixed(count)


def test_rows_and_checks_agree_together() -> None:
    """With every kind in one policy a schedule breaks a row if a check complains."""
    count = _agree(TOGETHER, 8)
    _assert_mixed(count, 0.1)  # few schedules keep rules of every kind at once
    seen = {key.split()[0] for key in count if key.endswith("False")}
    assert len(seen) >= 8, seen


@pytest.mark.long
@pytest.mark.parametrize("kind", sorted(RULES))
def test_rows_and_check_agree_on_many(kind: str) -> None:
    """The same with 3,000 schedules per kind."""
    _assert_mixed(_agree(STRATEGIES[kind], 120))


@pytest.mark.long
def test_rows_and_checks_agree_together_on_many() -> None:
    """The same with thousands of schedules and all kinds."""
    _assert_mixed(_agree(TOGETHER, 200), 0.1)


@settings(max_examples=4)
@given(case=TOGETHER)
def test_schedules_come_back_from_their_columns(case: Example) -> None:
    """A schedule written as column values is read back equal."""
    model = build_model(case.problem).model
    for schedule in case.schedules:
        try:
            values = schedule_values(case.problem, model, schedule)
        except KeyError:
            continue
        again = values_schedule(case.problem, model, values)
        assert again.chosen.equals(schedule.chosen)
        assert again.draws.equals(schedule.draws)


@settings(max_examples=4)
@given(case=STRATEGIES["mandatory"])
def test_stages_count_the_shortfall(case: Example) -> None:
    """The quantities that the model minimises first are those the rule counts."""
    built = build_model(case.problem)
    rule = case.problem.policy.first("mandatory")
    names = [
        f"{level} {measure}"
        for level in ("safety_duty", "assessed_target")
        for measure in ("unplaced", "late")
    ]
    for schedule in case.schedules:
        values = schedule_values(case.problem, built.model, schedule)
        stages = {stage.name: stage.value(values) for stage in built.stages}
        stated = rule.shortfall(case.problem, schedule)
        assert tuple(stages.get(name, 0) for name in names) == stated
