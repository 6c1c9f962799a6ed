"""Build, solve, audit: from a problem to a plan, or to the reason for none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import Any, cast

from renewopt.audit import audit_schedule
from renewopt.core.errors import (
    AuditError,
    CancelledError,
    ContradictionError,
    InputError,
    Message,
    SolverError,
    message,
)
from renewopt.core.limits import MOST_SECONDS, MOST_SEED
from renewopt.core.proof import Proof, Stage, Status, StoppedBy, Waiver
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.explain import reasons
from renewopt.optimise.certificate import (
    Certificate,
    certificate,
    certified_bound,
)
from renewopt.optimise.engines import ENGINES, OWNED, installed
from renewopt.optimise.model import BuiltModel, build_model, values_schedule
from renewopt.optimise.task import SolveOptions, SolveResult, make_task
from renewopt.optimise.trust import Fault
from renewopt.road.start import Start
from renewopt.rules.after_plan import unfunded_after
from renewopt.rules.assemble import policy_problems, policy_warnings
from renewopt.rules.problem import Problem
from renewopt.rules.target import missed_targets
from renewopt.runs.duties import count_duties, duty_table
from renewopt.runs.jobs import Progress, run_job
from renewopt.runs.plan import Baseline, Plan

Tell = Callable[[Progress], None]
Stop = Callable[[], bool]


def solve_problem(
    problem: Problem,
    *,
    options: SolveOptions,
    progress: Tell | None = None,
    cancelled: Stop | None = None,
    start: Start | None = None,
) -> Plan:
    """Build, solve, audit: the plan, or an error; never an unaudited plan.

    `start` is a finished run to begin from, of the same projects under other limits.
    """
    if options.engine not in ("auto", *ENGINES, *OWNED):
        raise InputError.of(
            "solve.engine", value=options.engine, known=", ".join((*ENGINES, *OWNED))
        )
    if options.engine in OWNED and not installed(options.engine):
        raise InputError.of("solve.engine_missing", value=options.engine)
    problems = [*_option_problems(options), *policy_problems(problem)]
    if problems:
        raise InputError(*problems)
    if progress is not None:
        progress(Progress("build", 0.0))
    built = build_model(problem)
    hints = None if start is None else start.hints(built)
    result = run_job(make_task(problem, built), options, progress, cancelled, hints)
    if result.values is None:
        raise _no_plan(result, problem, built, options)
    schedule = values_schedule(problem, built.model, result.values)
    if progress is not None:
        progress(Progress("audit", result.seconds))
    _refuse_breaches(audit_schedule(problem, schedule), result.engine)
    baselines = {
        name: _baseline(problem, built, values, name)
        for name, values in sorted(result.baselines.items())
    }
    duties = duty_table(problem.case, schedule)
    proven = _certificate(result, built)
    return Plan(
        problem=problem,
        schedule=schedule,
        proof=_proof(result, built, options, proven),
        certificate=proven,
        findings=tuple(_findings(problem, schedule)),
        mandatory=count_duties(duties),
        baselines=baselines,
        waivers=_waivers(problem, schedule),
        reasons=reasons(problem, schedule, searched=result.stopped_by == "gap"),
        warnings=(
            *policy_warnings(problem),
            *missed_targets(problem, schedule),
            *unfunded_after(problem, schedule),
            *fault_notes(result.faults),
            *([] if start is None else start.notes(problem.case.works["work_id"])),
        ),
        log=_log(result),
    )


def _option_problems(options: SolveOptions) -> Iterator[Message]:
    """Refuse limits that are none; a scenario's own are refused when it is read."""
    allowed = {
        "gap": (0.0, 1.0),
        "time_limit_s": (0.0, float(MOST_SECONDS)),
        "seed": (0, MOST_SEED),
        "processes": (1, 2),
    }
    for name, (least, most) in allowed.items():
        value = getattr(options, name)
        if not least <= value <= most:
            yield message(
                "solve.option", option=name, value=value, least=least, greatest=most
            )


def _no_plan(
    result: SolveResult, problem: Problem, built: BuiltModel, options: SolveOptions
) -> Exception:
    if result.status == "infeasible":
        what = message("solve.contradiction_several")
        if result.conflict:
            what = message("solve.contradiction", rules=", ".join(result.conflict))
        # What the rules warn of is often the cause: money that nobody may use.
        words = what_cannot_be_met(result, problem, built)
        return ContradictionError(what, *words, *policy_warnings(problem))
    if result.status == "cancelled":
        return CancelledError.of("solve.cancelled")
    return SolverError.of(
        "solve.no_plan",
        engine=result.engine or options.engine,
        detail=_why_none(result),
    )


def what_cannot_be_met(
    result: SolveResult, problem: Problem, built: BuiltModel
) -> Iterator[Message]:
    """Let each rule of a contradiction say what of it cannot be met, with numbers."""
    for rule in problem.policy.rules:
        values = result.instead.get(rule.id)
        if values is None:
            continue
        said = rule.cannot(problem, values_schedule(problem, built.model, values))
        if said is not None:
            yield said


def _why_none(result: SolveResult) -> str:
    """Give the worker's last words, or what its engines did wrong."""
    told = [f"{f.kind} {f.engine} {f.phase}: {f.detail}" for f in result.faults]
    return (result.detail.strip() or "; ".join(told))[-500:]


FAULTS = {
    "crash": "solve.fault_crash",
    "garbage": "solve.fault_garbage",
    "broken_plan": "solve.fault_broken_plan",
    "wrong_value": "solve.fault_wrong_value",
    "wrong_bound": "solve.fault_wrong_bound",
    "wrong_infeasible": "solve.fault_wrong_infeasible",
    "worker_crash": "solve.fault_worker_crash",
    "worker_hung": "solve.fault_worker_hung",
    "worker_garbage": "solve.fault_worker_garbage",
    "worker_plan": "solve.fault_worker_plan",
    "worker_bound": "solve.fault_worker_bound",
}
"""Code of the sentence for each kind of fault."""


def fault_notes(faults: Sequence[Fault]) -> Iterator[Message]:
    """Say what went wrong on the way to a plan, and was survived."""
    for fault in faults:
        yield message(
            FAULTS[fault.kind],
            engine=fault.engine or "worker",
            phase=fault.phase or "-",
            detail=fault.detail.splitlines()[-1] if fault.detail else "-",
        )


def _refuse_breaches(breaches: Sequence[Breach], engine: str) -> None:
    if breaches:
        raise AuditError(
            *(
                message(
                    "solve.breach",
                    engine=engine,
                    rule=b.rule_id,
                    where=b.where,
                    limit=b.limit,
                    actual=b.actual,
                    unit=b.unit,
                )
                for b in breaches[:20]
            )
        )


def _baseline(problem: Problem, built: BuiltModel, values: Any, name: str) -> Baseline:
    schedule = values_schedule(problem, built.model, values)
    _refuse_breaches(audit_schedule(problem, schedule), name)
    mandatory = count_duties(duty_table(problem.case, schedule))
    objective = -built.stages[-1].value(values)
    return Baseline(schedule, mandatory, objective, "feasible")


def _certificate(result: SolveResult, built: BuiltModel) -> Certificate | None:
    if result.multipliers is None:
        return None
    return certificate(built, result.multipliers, result.held)


def _proof(
    result: SolveResult,
    built: BuiltModel,
    options: SolveOptions,
    proven: Certificate | None,
) -> Proof:
    assert result.values is not None
    objective = -built.stages[-1].value(result.values)
    bound = max(objective, int(result.bound + 1e-6))
    gap = (
        (bound - objective) / abs(objective) if objective else float(bound > objective)
    )
    named = {stage.name: stage for stage in built.stages}
    stages = tuple(
        Stage(
            named[s.name].level,
            named[s.name].measure,
            s.value,
            # Shortfalls are whole: what is above a number is at least the next one.
            min(s.value, ceil(s.bound - 1e-6)),
            s.proven,
        )
        for s in result.stages
    )
    stopped = {"clock": "time", "gap": "gap", "cancel": "cancel"}.get(
        result.stopped_by, "failure"
    )
    return Proof(
        status=cast(Status, result.status),
        objective=objective,
        bound=bound,
        gap=gap,
        engine=result.engine or options.engine,
        seconds=result.seconds,
        stopped_by=cast(StoppedBy, stopped),
        repeatable=stopped == "gap" and not result.clocked,
        stages=stages,
        certified_bound=None if proven is None else certified_bound(built, proven),
    )


def _findings(problem: Problem, schedule: Schedule) -> list[Finding]:
    return [f for rule in problem.policy.rules for f in rule.explain(problem, schedule)]


def _waivers(problem: Problem, schedule: Schedule) -> tuple[Waiver, ...]:
    rule = problem.policy.first("closed_corridor")
    if rule is None:
        return ()
    found = rule.waivers(problem, schedule)
    return tuple(Waiver(corridor, year, rule.price_units) for corridor, year in found)


def _log(result: SolveResult) -> tuple[str, ...]:
    stages = [
        f"{s.name}: {s.value} (bound {s.bound:g}, {'' if s.proven else 'not '}proven)"
        for s in result.stages
    ]
    ended = f"{result.engine}: {result.status}, stopped by {result.stopped_by}"
    faults = [
        f"fault: {f.kind} {f.engine} {f.phase}: {f.detail}" for f in result.faults
    ]
    way = [f"way: {result.way}"] if result.way else []
    return (*stages, *way, ended, *faults, *result.detail.splitlines())
