"""Solves a problem inside this process: in tests a worker would only be slow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from renewopt.audit import audit_schedule
from renewopt.core.array_model import IntArray
from renewopt.core.schedule import Breach, Schedule
from renewopt.optimise.model import BuiltModel, build_model, values_schedule
from renewopt.optimise.pipeline import solve_task
from renewopt.optimise.task import SolveOptions, SolveResult, SolveTask, make_task
from renewopt.rules.problem import Problem

STAGES = (
    "safety_duty unplaced",
    "safety_duty late",
    "assessed_target unplaced",
    "assessed_target late",
)


@dataclass(frozen=True, eq=False)
class Model:
    """A problem with its model and task."""

    problem: Problem
    built: BuiltModel
    task: SolveTask

    @classmethod
    def of(cls, problem: Problem) -> Model:
        """Build model and task."""
        built = build_model(problem)
        return cls(problem, built, make_task(problem, built))

    @property
    def stages(self) -> tuple[str, ...]:
        """Name all stages before the objective, those with nothing to do included."""
        goals = [r for r in self.problem.policy.of_kind("target") if r.staged]
        goals.sort(key=lambda rule: (rule.rank, rule.id))
        return (*STAGES, *(f"target {rule.id}" for rule in goals))

    def solve(
        self,
        engine: str = "highs",
        *,
        gap: float = 0.0,
        time_limit_s: float = 60.0,
        tell: Callable[[str, float | None, float | None], None] = lambda *_: None,
    ) -> SolveResult:
        """Solve to the gap."""
        options = SolveOptions(gap=gap, time_limit_s=time_limit_s, engine=engine)
        return solve_task(self.task, options, tell, lambda: False)

    def plan(self, result: SolveResult) -> IntArray:
        """Give the plan of a result that must have one."""
        assert result.values is not None, (result.status, result.conflict)
        return result.values

    def schedule(self, values: IntArray) -> Schedule:
        """Read a schedule off column values."""
        return values_schedule(self.problem, self.built.model, values)

    def breaches(self, values: IntArray) -> list[Breach]:
        """Audit column values as a schedule."""
        return audit_schedule(self.problem, self.schedule(values))

    def key(self, values: IntArray) -> tuple[int, ...]:
        """Give all shortfalls and the negative objective, as the model counts."""
        named = dict(
            zip(self.task.stage_names, self.task.stage_values(values), strict=True)
        )
        shortfall = (int(named.get(name, 0)) for name in self.stages)
        return (*shortfall, int(named["objective"]))
