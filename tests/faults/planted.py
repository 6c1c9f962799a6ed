"""Faults planted into `build`, each as a patch that undoes itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from renewopt.core.array_model import LinearModel
from renewopt.rules import (
    RULES,
    annual_cap,
    building_interest,
    capital_share,
    closed_corridor,
    coverage,
    debt_limit,
    debt_service,
    dig_once,
    fund_budget,
    fund_share,
    funds,
    income,
    life,
    mandatory,
    paid_in_full,
)
from renewopt.rules.base import Rule
from renewopt.rules.problem import Problem

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Fault:
    """A mistake that a person could make in the rows of one kind of rule."""

    name: str
    kind: str
    plant: Callable[[Patch], None]
    seed: int
    """First example to look at: one that showed the fault when it was planted."""


FAULTS: list[Fault] = []


def fault(
    kind: str, seed: int = 0
) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Register a fault in the rows of a kind."""

    def register(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        FAULTS.append(Fault(plant.__name__, kind, plant, seed))
        return plant

    return register


def _longer(problem: Problem) -> Problem:
    """Forget where the plan ends."""
    return Problem(replace(problem.case, years=problem.case.years + 4), problem.policy)


def _on_rows(
    patch: Patch, kind: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Change what the rule hands to `add_rows`."""
    right = RULES[kind].build

    def build(self: Rule, problem: Problem, model: LinearModel) -> None:
        add_rows = LinearModel.add_rows

        def wrong(
            own: LinearModel,
            rule_id: str,
            label: Any,
            col: Any,
            coef: Any,
            **limits: Any,
        ) -> None:
            terms = change({"label": label, "col": col, "coef": coef} | limits)
            add_rows(own, rule_id, **terms)

        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(LinearModel, "add_rows", wrong)
            right(self, problem, model)

    patch.setattr(RULES[kind], "build", build)


def _with_problem(
    patch: Patch, kind: str, change: Callable[[Problem], Problem]
) -> None:
    """Build the rows for another problem."""
    right = RULES[kind].build

    def build(self: Rule, problem: Problem, model: LinearModel) -> None:
        right(self, change(problem), model)

    patch.setattr(RULES[kind], "build", build)


def _no_savings(problem: Problem, model: LinearModel, eligible: bool) -> pd.DataFrame:
    none = np.zeros(0, np.int64)
    return pd.DataFrame({"work": none, "col": none, "coef": none})


def _no_history(problem: Problem, column: str, ids: object) -> pd.Series:
    return pd.Series([], dtype=np.int64)


@fault("one_work", seed=1)
def two_works_allowed(patch: Patch) -> None:
    """Allow two works of a project."""
    _on_rows(patch, "one_work", lambda row: row | {"upper": 2})


@fault("running")
def running_works_free(patch: Patch) -> None:
    """Let running works be dropped."""
    _on_rows(patch, "running", lambda row: row | {"lower": 0})


@fault("mandatory", seed=1)
def deadline_off_by_one(patch: Patch) -> None:
    """Take a year late for in time."""
    right = mandatory._late
    patch.setattr(mandatory, "_late", lambda *facts: np.maximum(0, right(*facts) - 1))


@fault("mandatory", seed=9)
def latest_deadline_counts(patch: Patch) -> None:
    """Take the latest of several deadlines."""

    def due(problem: Problem, level: str) -> pd.DataFrame:
        duties = problem.case.obligations
        own = duties.loc[duties["hardness"] == level, ["project_id", "deadline"]]
        return own.groupby("project_id").max().reset_index()

    patch.setattr(mandatory, "_due", due)


@fault("mandatory", seed=1)
def start_taken_for_completion(patch: Patch) -> None:
    """Count lateness from the start of the works."""
    right = mandatory._late

    def late(problem: Problem, works: pd.DataFrame) -> Any:
        return right(problem, works.assign(duration=1))

    patch.setattr(mandatory, "_late", late)


@fault("mandatory", seed=5)
def duty_without_work_escapes(patch: Patch) -> None:
    """Give a duty with no work in time no row."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        seen = set(row["label"])
        return row | {"lower": {k: n for k, n in row["lower"].items() if k in seen}}

    _on_rows(patch, "mandatory", change)


@fault("annual_cap", seed=12)
def savings_with_the_wrong_sign(patch: Patch) -> None:
    """Add savings to the cost."""
    _on_rows(patch, "annual_cap", lambda row: row | {"coef": np.abs(row["coef"])})


@fault("annual_cap")
def cap_year_shifted(patch: Patch) -> None:
    """Put each year's cap into the year after."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        years = sorted(row["upper"])
        limits = dict(
            zip(years, [row["upper"][y] for y in years[-1:] + years], strict=False)
        )
        return row | {"upper": limits}

    _on_rows(patch, "annual_cap", change)


@fault("annual_cap", seed=12)
def selection_ignored(patch: Patch) -> None:
    """Count all works towards a cap that is meant for some."""
    right = annual_cap.AnnualCap.build

    def build(self: Any, problem: Problem, model: LinearModel) -> None:
        right(self.model_copy(update={"where": annual_cap.Where()}), problem, model)

    patch.setattr(annual_cap.AnnualCap, "build", build)


@fault("paid_in_full")
def savings_forgotten(patch: Patch) -> None:
    """Ask for the nominal payment."""
    patch.setattr(paid_in_full, "saving_terms", _no_savings)


@fault("paid_in_full")
def tail_counted(patch: Patch) -> None:
    """Ask for payments after the plan too."""
    _with_problem(patch, "paid_in_full", _longer)


@fault("paid_in_full")
def too_much_may_be_drawn(patch: Patch) -> None:
    """Let draws exceed the payments."""
    _on_rows(patch, "paid_in_full", lambda row: row | {"upper": None})


@fault("fund_budget")
def carry_over_off_by_one(patch: Patch) -> None:
    """Keep money a year longer than it may be kept."""
    right = fund_budget.FundBudget._stretches
    patch.setattr(
        fund_budget.FundBudget,
        "_stretches",
        staticmethod(lambda problem, n: right(problem, n + 1 if n >= 0 else n)),
    )


@fault("fund_budget")
def carried_money_spent_twice(patch: Patch) -> None:
    """Test single years only, so that carried money can be spent again."""
    right = fund_budget.FundBudget._stretches
    patch.setattr(
        fund_budget.FundBudget,
        "_stretches",
        staticmethod(lambda problem, n: [s for s in right(problem, n) if s[0] == s[1]]),
    )


@fault("fund_budget", seed=10)
def money_never_carried(patch: Patch) -> None:
    """Take what lasts for ever for money of one year."""
    right = fund_budget.FundBudget._stretches
    patch.setattr(
        fund_budget.FundBudget,
        "_stretches",
        staticmethod(lambda problem, n: right(problem, max(n, 0))),
    )


@fault("fund_eligibility")
def every_fund_may_pay(patch: Patch) -> None:
    """Give draws columns whether the fund may pay or not."""

    def pairs(problem: Problem) -> pd.DataFrame:
        packages = problem.case.packages[["package_id"]]
        return packages.merge(problem.policy.funds[["fund_id"]], how="cross")

    patch.setattr(Problem, "eligible_pairs", property(pairs))


@fault("fund_eligibility", seed=2)
def owners_not_asked(patch: Patch) -> None:
    """Let money of one company pay for the works of another."""
    right = Problem.__dict__["eligible_pairs"].func

    def pairs(problem: Problem) -> pd.DataFrame:
        open_funds = problem.policy.funds.assign(owner_only=False, borrower="")
        policy = replace(problem.policy, funds=open_funds)
        found: pd.DataFrame = right(Problem(problem.case, policy))
        return found

    patch.setattr(Problem, "eligible_pairs", property(pairs))


@fault("fund_share")
def share_of_cost_instead_of_eligible(patch: Patch) -> None:
    """Measure grants against the whole cost."""
    right = fund_share.base_terms

    def whole(problem: Any, model: Any, _: str, **terms: Any) -> Any:
        return right(problem, model, "cost", **terms)

    patch.setattr(fund_share, "base_terms", whole)


@fault("fund_share", seed=7)
def history_of_grants_forgotten(patch: Patch) -> None:
    """Leave out what was paid and received before the plan."""
    patch.setattr(fund_share, "history_sum", _no_history)


@fault("fund_share", seed=51)
def base_without_savings(patch: Patch) -> None:
    """Take the cost before savings for the base."""
    patch.setattr(life, "saving_terms", _no_savings)


@fault("capital_share", seed=1)
def history_of_capital_forgotten(patch: Patch) -> None:
    """Leave out capital and cost before the plan."""
    patch.setattr(capital_share, "history_sum", _no_history)


@fault("capital_share", seed=2)
def tail_in_the_capital_test(patch: Patch) -> None:
    """Ask for capital on payments after the plan."""
    right = capital_share.base_terms
    patch.setattr(
        capital_share, "base_terms", lambda p, m, base: right(_longer(p), m, base)
    )


@fault("capital_share")
def debt_counts_as_capital(patch: Patch) -> None:
    """Count every fund as capital."""

    def change(problem: Problem) -> Problem:
        all_capital = problem.policy.funds.assign(capital=True)
        return Problem(problem.case, replace(problem.policy, funds=all_capital))

    _with_problem(patch, "capital_share", change)


@fault("debt_limit")
def existing_debt_ignored(patch: Patch) -> None:
    """Forget what is owed already."""
    patch.setattr(debt_limit.DebtLimit, "_existing", lambda *facts: 0)


@fault("debt_limit", seed=6)
def balance_a_year_late(patch: Patch) -> None:
    """Repay a year late."""
    right = funds.DebtTerms.balance
    patch.setattr(
        funds.DebtTerms, "balance", lambda own, age: right(own, age - 1 if age else 0)
    )


@fault("debt_service")
def interest_off_by_a_year(patch: Patch) -> None:
    """Take interest on the balance at the end of the year."""

    def service(own: funds.DebtTerms, age: int) -> Any:
        if not 1 <= age <= own.tenor:
            return own.balance(-1)
        repaid = own.balance(age - 1) - own.balance(age)
        return repaid + own.coupon * own.balance(age)

    patch.setattr(funds.DebtTerms, "service", service)


@fault("debt_service", seed=21)
def income_a_year_early(patch: Patch) -> None:
    """Let projects earn a year before they open."""
    right = debt_service.DebtService._income
    patch.setattr(
        debt_service.DebtService,
        "_income",
        lambda own, problem, model, year, groups: right(
            own, problem, model, year + 1, groups
        ),
    )


@fault("debt_service", seed=24)
def income_of_what_is_not_built(patch: Patch) -> None:
    """Let the whole income come with the first project of a package."""
    patch.setattr(debt_service, "work_incomes", _of_any_work)


def _of_any_work(problem: Problem) -> pd.DataFrame:
    """Give each work the income of its whole package, if it shares it."""
    found = income.work_incomes(problem)
    whole = found["package_id"].map(
        problem.case.packages.set_index("package_id")["net_income_per_year"]
    )
    return found.assign(units=whole.to_numpy(np.int64))


@fault("capital_share", seed=5)
def site_forgotten_when_operation_starts(patch: Patch) -> None:
    """Let a package be finished when its operation starts, whatever is still built."""
    right = building_interest._sites
    patch.setattr(
        building_interest,
        "_sites",
        lambda problem, year: right(problem, year)[
            lambda own: own["sure"].astype(bool)
        ],
    )


@fault("debt_service")
def shortfall_not_forced(patch: Patch) -> None:
    """Ask the purse, but let no row make the shortfall what it is."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return row if row.get("lower") is None else row | {"lower": None}

    _on_rows(patch, "debt_service", change)


@fault("dig_once", seed=4)
def ties_reversed(patch: Patch) -> None:
    """Let the higher id of equal trenches bear the cost."""

    def bears(pairs: pd.DataFrame) -> pd.Series:
        cost, own = pairs["excavation_cost_k"], pairs["excavation_cost"]
        higher = pairs["project_id_k"] > pairs["project_id"]
        return (cost > own) | ((cost == own) & higher)

    patch.setattr(dig_once, "_bears", bears)


@fault("dig_once", seed=1)
def one_network_is_enough(patch: Patch) -> None:
    """Let two projects of the same network share a trench too."""
    right = dig_once._starts

    def starts(problem: Problem) -> pd.DataFrame:
        found = right(problem)
        return found.assign(asset_class=found["project_id"])

    patch.setattr(dig_once, "_starts", starts)


@fault("dig_once")
def saving_without_a_second_network(patch: Patch) -> None:
    """Let a joint start be one without another start."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        names = np.asarray(row["label"], object).astype(str)
        if len(names) and all(name.endswith((" other", " larger")) for name in names):
            return row | {"upper": None}
        return row

    _on_rows(patch, "dig_once", change)


@fault("dig_once")
def saving_may_be_left_out(patch: Patch) -> None:
    """Force no joint start to be one."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"lower": None} if isinstance(row.get("lower"), dict) else row

    _on_rows(patch, "dig_once", change)


@fault("closed_corridor", seed=9)
def closed_a_year_too_short(patch: Patch) -> None:
    """Open a street again one year early."""
    right = closed_corridor.ClosedCorridor.build

    def build(self: Any, problem: Problem, model: LinearModel) -> None:
        years = self.years.model_copy(update={"opening": self.years.opening - 1})
        right(self.model_copy(update={"years": years}), problem, model)

    patch.setattr(closed_corridor.ClosedCorridor, "build", build)


@fault("closed_corridor")
def pavement_forgotten(patch: Patch) -> None:
    """Open streets paved or dug before the plan."""
    patch.setattr(
        closed_corridor.ClosedCorridor, "_closed_before", lambda own, problem: set()
    )


@fault("closed_corridor")
def waiver_without_a_duty(patch: Patch) -> None:
    """Let any work open a closed street with a waiver."""

    def change(problem: Problem) -> Problem:
        other = Problem(problem.case, problem.policy)
        everyone = frozenset(problem.case.projects["project_id"])
        other.__dict__["safety_projects"] = everyone
        return other

    _with_problem(patch, "closed_corridor", change)


@fault("closed_corridor")
def opening_not_forced(patch: Patch) -> None:
    """Let a start leave the street unopened."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        names = np.asarray(row["label"], object).astype(str)
        if len(names) and all(name.startswith("start ") for name in names):
            return row | {"upper": None}
        return row

    _on_rows(patch, "closed_corridor", change)


@fault("decided")
def decision_for_all_but_one(patch: Patch) -> None:
    """Forget the last project that was decided to be in."""
    right = RULES["decided"].build

    def build(self: Any, problem: Problem, model: LinearModel) -> None:
        fewer = {"include": self.include[:-1]}
        right(self.model_copy(update=fewer), problem, model)

    patch.setattr(RULES["decided"], "build", build)


@fault("decided")
def year_of_the_decision_ignored(patch: Patch) -> None:
    """Let a project start in any year."""
    right = RULES["decided"].build

    def build(self: Any, problem: Problem, model: LinearModel) -> None:
        right(self.model_copy(update={"start": {}}), problem, model)

    patch.setattr(RULES["decided"], "build", build)


@fault("choose")
def least_forgotten(patch: Patch) -> None:
    """Ask for none where some are needed."""
    _on_rows(patch, "choose", lambda row: row | {"lower": None})


@fault("choose")
def one_more_of_the_most(patch: Patch) -> None:
    """Allow one more than the rule says."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        upper = row["upper"]
        more = None if upper is None else {k: n + 1 for k, n in upper.items()}
        return row | {"upper": more}

    _on_rows(patch, "choose", change)


@fault("precedence")
def finished_taken_for_begun(patch: Patch) -> None:
    """Let what waits for the end of a work start with it."""
    patch.setattr(
        RULES["precedence"], "_ready", lambda self, works: works["start_year"]
    )


@fault("precedence")
def order_turned_round(patch: Patch) -> None:
    """Let the first wait for the other."""
    right = RULES["precedence"].build

    def build(self: Any, problem: Problem, model: LinearModel) -> None:
        turned = {"first": self.then, "then": self.first}
        right(self.model_copy(update=turned), problem, model)

    patch.setattr(RULES["precedence"], "build", build)


@fault("target")
def half_of_it_will_do(patch: Patch) -> None:
    """Ask for half of what the rule says."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        lower = row["lower"]
        half = None if lower is None else {k: n // 2 for k, n in lower.items()}
        return row | {"lower": half}

    _on_rows(patch, "target", change)


@fault("target")
def begun_taken_for_finished(patch: Patch) -> None:
    """Count works in the year of their start."""
    right = RULES["target"]._terms  # type: ignore[attr-defined]

    def terms(self: Any, problem: Problem, year: int) -> pd.DataFrame:
        made = right(self, problem, year)
        start = problem.case.works.set_index("work_id")["start_year"]
        return made.assign(completion=made["work_id"].map(start))

    patch.setattr(RULES["target"], "_terms", terms)


@fault("target", seed=14)
def clause_forgotten(patch: Patch) -> None:
    """Count projects that no clause of the target names."""
    patch.setattr(
        RULES["target"],
        "_obliged",
        lambda self, problem: problem.case.projects[["project_id"]],
    )


@fault("new_packages", seed=1)
def first_start_not_forced(patch: Patch) -> None:
    """Let a package count in a year before its first start."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        names = np.asarray(row["label"], object).astype(str)
        keep = ~np.char.startswith(names.astype(str), "first ")
        return row | {
            "label": names[keep],
            "col": np.asarray(row["col"])[keep],
            "coef": np.broadcast_to(row["coef"], names.shape)[keep],
        }

    _on_rows(patch, "new_packages", change)


@fault("new_packages")
def one_more_package(patch: Patch) -> None:
    """Allow one package more than the cap."""
    right = RULES["new_packages"].build

    def build(self: Any, problem: Problem, model: LinearModel) -> None:
        more = {year: count + 1 for year, count in self.cap.items()}
        right(self.model_copy(update={"cap": more}), problem, model)

    patch.setattr(RULES["new_packages"], "build", build)


@fault("coupling", seed=1)
def pairs_turned_round(patch: Patch) -> None:
    """Let the other project wait."""
    right = RULES["coupling"]._rows

    def rows(self: Any, a: pd.DataFrame, b: pd.DataFrame) -> Any:
        return right(self, b, a)

    patch.setattr(RULES["coupling"], "_rows", rows)


@fault("coupling")
def every_pair_may_be_broken(patch: Patch) -> None:
    """Pardon pairs without a safety duty."""
    right = RULES["coupling"].build

    def build(self: Any, problem: Problem, model: LinearModel) -> None:
        right(self.model_copy(update={"price": 0}), problem, model)

    patch.setattr(RULES["coupling"], "build", build)


@fault("coupling", seed=2)
def need_forgotten(patch: Patch) -> None:
    """Let a project do without the one that it needs."""
    right = RULES["coupling"].build

    def build(self: Any, problem: Problem, model: LinearModel) -> None:
        right(self.model_copy(update={"needs": False}), problem, model)

    patch.setattr(RULES["coupling"], "build", build)


@fault("coverage", seed=7)
def interest_left_out(patch: Patch) -> None:
    """Cover the principal only."""
    right = RULES["coverage"].build

    def build(self: Any, problem: Problem, model: LinearModel) -> None:
        cheap = self.model_copy(update={"planning_coupon_bp": 0})
        right(cheap, problem, model)

    patch.setattr(RULES["coverage"], "build", build)


@fault("coverage")
def bonds_before_the_plan_forgotten(patch: Patch) -> None:
    """Leave out what a package owes from before."""
    patch.setattr(coverage.Coverage, "_before", lambda own, problem, home: [])


@fault("coverage", seed=2)
def income_before_completion(patch: Patch) -> None:
    """Let works earn from the year in which operation starts, finished or not."""

    def early(problem: Problem) -> pd.DataFrame:
        found = income.work_incomes(problem)
        return found.assign(first_year=problem.case.start_year)

    patch.setattr(coverage, "work_incomes", early)


@fault("coverage", seed=2)
def years_before_the_issue_count(patch: Patch) -> None:
    """Let what was earned before a bond was issued cover it."""
    patch.setattr(
        coverage,
        "years_of",
        lambda first, since, until: income.years_of(first, 0, until),
    )


@fault("debt_increase", seed=7)
def repayments_forgotten(patch: Patch) -> None:
    """Count what is issued, not what is repaid."""
    patch.setattr(
        RULES["debt_increase"],
        "build",
        _without_old_debt(RULES["debt_increase"].build),
    )


def _without_old_debt(right: Any) -> Any:
    def build(self: Any, problem: Problem, model: LinearModel) -> None:
        policy = replace(
            problem.policy, existing_debt=problem.policy.existing_debt.iloc[:0]
        )
        right(self, Problem(problem.case, policy), model)

    return build


@fault("bond_review")
def year_of_the_review_ignored(patch: Patch) -> None:
    """Let a stated year count as passed."""

    def change(problem: Problem) -> Problem:
        packages = problem.case.packages
        passed = packages["bond_review"].where(packages["bond_review"] == "", "passed")
        case = replace(problem.case, packages=packages.assign(bond_review=passed))
        return Problem(case, problem.policy)

    _with_problem(patch, "bond_review", change)


@fault("negative_list", seed=11)
def list_of_the_first_project_only(patch: Patch) -> None:
    """Let a package escape whose first project is not on the list."""

    def barred(self: Any, problem: Problem) -> set[str]:
        first = problem.case.projects.drop_duplicates("package_id")
        packages = problem.case.packages.drop(columns="fund_kinds")
        return set(
            self.where.select(first.merge(packages, on="package_id"))["package_id"]
        )

    patch.setattr(RULES["negative_list"], "_barred", barred)


@fault("resident_limit", seed=2)
def everybody_agrees(patch: Patch) -> None:
    """Take every household for one that agreed."""

    def change(problem: Problem) -> Problem:
        all_of_them = problem.case.projects.assign(consent_bp=10_000)
        case = replace(problem.case, projects=all_of_them)
        return Problem(case, problem.policy)

    _with_problem(patch, "resident_limit", change)


@fault("debt_band")
def band_of_one_year_only(patch: Patch) -> None:
    """Leave the quota of the first year whole."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        free = {
            label: n if "2027" not in label else n * 10_000
            for label, n in row["upper"].items()
        }
        return row | {"upper": free}

    _on_rows(patch, "debt_band", change)


@fault("held")
def end_of_the_plan_open(patch: Patch) -> None:
    """Let a package ask for more than its works cost."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"upper": None} if row["upper"] == 0 else row

    _on_rows(patch, "held", change)


@fault("held", seed=21)
def held_before_forgotten(patch: Patch) -> None:
    """Count what was held before the plan twice."""
    right = RULES["held"]._before  # type: ignore[attr-defined]
    patch.setattr(
        RULES["held"],
        "_before",
        lambda own, problem: {k: n + 1 for k, n in right(own, problem).items()},
    )


@fault("emergency_reserve")
def reserve_rounded_away(patch: Patch) -> None:
    """Leave one unit more open than there is."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"upper": {label: n + 1 for label, n in row["upper"].items()}}

    _on_rows(patch, "emergency_reserve", change)


@fault("source_limit", seed=1)
def one_more_source(patch: Patch) -> None:
    """Allow one source more."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        upper = row["upper"]
        return row | {"upper": upper + 1 if upper else upper}

    _on_rows(patch, "source_limit", change)


@fault("source_limit", seed=1)
def use_of_a_source_not_forced(patch: Patch) -> None:
    """Let a package draw from a source that is not counted."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return row if row["upper"] else row | {"upper": None}

    _on_rows(patch, "source_limit", change)


@fault("draw_size")
def parcels_may_be_broken(patch: Patch) -> None:
    """Let a draw be more than its parcels."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"upper": None} if row.get("upper") == 0 else row

    _on_rows(patch, "draw_size", change)


@fault("site_limit", seed=1)
def site_for_its_first_year_only(patch: Patch) -> None:
    """Count a site in the year of its start only."""

    def change(problem: Problem) -> Problem:
        works = problem.case.works.assign(duration=1)
        return Problem(replace(problem.case, works=works), problem.policy)

    _with_problem(patch, "site_limit", change)


@fault("together")
def follower_may_go_alone(patch: Patch) -> None:
    """Ask only that the first brings the others."""
    _on_rows(patch, "together", lambda row: row | {"lower": None})


@fault("spending_floor")
def floor_a_unit_lower(patch: Patch) -> None:
    """Ask for a unit less than the floor."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"lower": {k: max(0, n - 1) for k, n in row["lower"].items()}}

    _on_rows(patch, "spending_floor", change)


@fault("district_share")
def least_share_not_asked(patch: Patch) -> None:
    """Forget the least shares."""
    _on_rows(patch, "district_share", lambda row: row | {"lower": None})


@fault("smoothing")
def fall_not_bounded(patch: Patch) -> None:
    """Bound the rise and let the fall be as it likes."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        falls = {k: n for k, n in row["upper"].items() if k.startswith("rise")}
        return row | {"upper": falls or None}

    _on_rows(patch, "smoothing", change)


@fault("stability")
def one_change_more(patch: Patch) -> None:
    """Allow one change more."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        return row if "upper" in row else row | {"lower": row["lower"] - 1}

    _on_rows(patch, "stability", change)
