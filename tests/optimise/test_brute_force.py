"""Every back-end finds what brute force finds, on random cases of at most 12 works."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from renewopt.core.schedule import Breach
from renewopt.optimise import pipeline, task
from renewopt.optimise.task import SolveResult
from renewopt.rules.assemble import policy_problems
from tests.optimise.random_cases import random_problem
from tests.optimise.solving import Model
from tests.oracle import Answer, Oracle

ENGINES = ("highs", "scip", "cbc", "cp-sat")
CHUNK = 40
SHORT, LONG = 200, 1000


@dataclass
class Comparison:
    """One case, its right answer, and what the engines made of it."""

    seed: int
    oracle: Oracle
    answer: Answer | None
    model: Model
    faults: list[str] = field(default_factory=list)
    audited: dict[bytes, list[Breach]] = field(default_factory=dict)

    @classmethod
    def of(cls, seed: int) -> Comparison:
        """Make the case and ask brute force."""
        problem = random_problem(seed)
        assert policy_problems(problem) == []
        oracle = Oracle(problem)
        return cls(seed, oracle, oracle.best(), Model.of(problem))

    def judge(self, engine: str) -> SolveResult:
        """Solve with one engine and note every difference."""
        result = self.model.solve(engine)
        if result.values is None or self.answer is None:
            if result.values is not None or self.answer is not None:
                self.note(engine, f"{result.status}, brute force: {self.answer}")
            elif result.status != "infeasible" or not result.conflict:
                self.note(engine, f"{result.status} {result.conflict}")
            return result
        self._judge_plan(engine, result, self.answer)
        return result

    def _judge_plan(self, engine: str, result: SolveResult, answer: Answer) -> None:
        assert result.values is not None
        works = tuple(sorted(self.model.schedule(result.values).chosen["work_id"]))
        own = self.oracle.judge(works)
        if own is None or own.key != answer.key:
            self.note(engine, f"{works} give {own}, brute force: {answer}")
        if self.model.key(result.values) != answer.key:
            self.note(engine, f"counts {self.model.key(result.values)}: {answer}")
        if result.status != "optimal" or abs(result.bound - answer.objective) > 0.5:
            self.note(engine, f"{result.status}, bound {result.bound}: {answer}")
        for stage in result.stages:
            right = answer.shortfall[self.model.stages.index(stage.name)]
            if not stage.proven or stage.value != right:
                self.note(engine, f"{stage}: {answer}")
        for name, values in {**result.baselines, "plan": result.values}.items():
            if self.model.key(values) < self.model.key(result.values):
                self.note(engine, f"worse than {name}")
            for breach in self.breaches(values):
                self.note(engine, f"{name}: {breach}")

    def breaches(self, values: task.IntArray) -> list[Breach]:
        """Audit a plan; engines mostly agree, so each plan is audited once."""
        key = values.tobytes()
        if key not in self.audited:
            self.audited[key] = self.model.breaches(values)
        return self.audited[key]

    def note(self, engine: str, text: str) -> None:
        """Keep a difference."""
        self.faults.append(f"case {self.seed}, {engine}: {text}")


def compare(seeds: range, engines: tuple[str, ...] = ENGINES) -> Counter[str]:
    """Compare on all cases; every fault is reported. Count what the cases were like."""
    faults: list[str] = []
    mix: Counter[str] = Counter()
    for seed in seeds:
        case = Comparison.of(seed)
        for engine in engines:
            case.judge(engine)
        faults += case.faults
        mix["solved"] += case.answer is not None
        mix["short"] += case.answer is not None and any(case.answer.shortfall)
        # Money decides where the best choice by shortfall and value cannot be paid.
        mix["money decides"] += bool(case.oracle.refused)
    assert not faults, "\n".join(faults)
    return mix


@pytest.mark.parametrize("first", range(0, SHORT, CHUNK))
def test_all_engines_equal_brute_force(first: int) -> None:
    """Same shortfall and objective, proven, audited clean, not below greedy.

    Every case is asked of two engines that share no code, the second by turns.
    """
    mix: Counter[str] = Counter()
    for turn, engine in enumerate(("scip", "cbc", "cp-sat")):
        mix += compare(range(first + turn, first + CHUNK, 3), ("highs", engine))
    _assert_mixed(mix)


def _assert_mixed(mix: Counter[str]) -> None:
    """Ask of a chunk that many cases have a plan, and many are hard in some way."""
    assert mix["solved"] >= CHUNK * 2 / 5
    assert mix["short"] >= CHUNK / 8
    assert mix["money decides"] >= CHUNK / 5


@pytest.mark.long
@pytest.mark.parametrize("first", range(SHORT, LONG, CHUNK))
def test_more_cases_equal_brute_force(first: int) -> None:
    """The same for the other cases of the thousand; a quarter also the shipped way."""
    part = first + CHUNK // 4
    quarter = compare(range(first, part), (*ENGINES, "auto"))
    _assert_mixed(quarter + compare(range(part, first + CHUNK)))


@pytest.mark.parametrize("engine", ["highs", "scip"])
def test_way_of_large_models_equals_brute_force(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relaxation, near works, neighbourhoods and continuous draws lose no optimum."""
    monkeypatch.setattr(pipeline, "SMALL_COLUMNS", 0)
    monkeypatch.setattr(task, "INTEGER_DRAWS_UP_TO", 0)
    compare(range(10), (engine,))


def test_cases_switch_every_rule_on_and_off() -> None:
    """Of 80 cases each rule that may be off is in some and missing in others."""
    kinds = Counter(
        kind
        for seed in range(80)
        for kind in {rule.kind for rule in random_problem(seed).policy.rules}
    )
    for kind in (
        "mandatory",
        "annual_cap",
        "dig_once",
        "closed_corridor",
        "capital_share",
        "debt_limit",
        "debt_service",
        "paid_in_full",
        "decided",
        "choose",
        "precedence",
        "target",
        "new_packages",
        "coupling",
        "coverage",
        "debt_increase",
        "bond_review",
        "negative_list",
        "resident_limit",
        "debt_band",
        "emergency_reserve",
        "source_limit",
        "site_limit",
        "together",
        "spending_floor",
        "district_share",
        "smoothing",
        "stability",
    ):
        assert 8 <= kinds[kind] < 80, kind


@pytest.mark.parametrize("engine", ENGINES)
def test_same_seed_gives_the_same_plan_twice(engine: str) -> None:
    """Works, savings and draws are the same, number by number."""
    for seed in range(3, 7):
        model = Model.of(random_problem(seed))
        first, second = model.solve(engine), model.solve(engine)
        assert first.status == second.status
        if first.values is not None:
            assert second.values is not None
            assert first.values.tolist() == second.values.tolist()
