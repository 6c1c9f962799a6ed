"""Hand-made problems of a few works, so that the right answer fits into a comment.

All money is in 万元. A work is named by its project and start: `A27` starts project A
in 2027. Each project is a package of its own (`P` and its name) unless it says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from renewopt.core.case import make_case
from renewopt.core.schedule import Schedule
from renewopt.optimise.task import SolveResult
from renewopt.rules.assemble import policy_problems
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.rules.policy import make_policy
from renewopt.rules.problem import Problem
from tests.optimise.solving import Model

FIRST = 2027
Table = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Work:
    """A work: payments from its start on, value, and what else a test needs."""

    name: str
    pay: tuple[int, ...]
    value: int = 0
    eligible: tuple[int, ...] | None = None
    duration: int = 1
    km: float = 0.0

    @property
    def project(self) -> str:
        """Project that is renewed."""
        return self.name[:-2]

    @property
    def start(self) -> int:
        """First year."""
        return 2000 + int(self.name[-2:])

    def payments(self) -> list[dict[str, Any]]:
        """Give the payment rows."""
        eligible = self.eligible or self.pay
        return [
            {"work_id": self.name, "year": self.start + i, "cost": 100 * cost}
            | {"eligible_cost": 100 * part}
            for i, (cost, part) in enumerate(zip(self.pay, eligible, strict=True))
        ]


@dataclass(frozen=True)
class Fund:
    """A fund: money by year from 2027 on, and its terms."""

    money: tuple[int, ...]
    kind: str = "local_fiscal"
    capital: bool = True
    debt: bool = False
    carry_over: int = 0
    max_share_bp: int | None = None
    share_base: str = "cost"
    natures: str = ""
    ownerships: str = ""
    owner: str = ""
    owner_only: bool = False
    tenor_years: int = 0
    repayment: str = "bullet"
    coupon_bp: int = 0
    borrower: str = ""
    least_draw: int = 0
    step: int = 0
    up_front: bool = False
    arrival_month: int = 1
    interest_per_year: int = 1
    programme: str = ""


def bond(money: tuple[int, ...], **terms: Any) -> Fund:
    """Make a bond: 3 years, 5 %, repaid at the end."""
    own = {"kind": "special_bond", "tenor_years": 3, "coupon_bp": 500} | terms
    return Fund(money, capital=False, debt=True, **own)


def small(
    works: Sequence[Work],
    funds: Mapping[str, Fund],
    rules: Sequence[Mapping[str, Any]] = (),
    *,
    years: int = 2,
    projects: Table | None = None,
    packages: Table | None = None,
    duties: Sequence[tuple[str, str, int | None]] = (),
    debt: Sequence[tuple[str, int, int, int]] = (),
    **tables: Sequence[Mapping[str, Any]],
) -> Problem:
    """Make the problem.

    Parameters
    ----------
    works, funds, rules
        What may be done, with which money, under which rules.
    projects, packages
        Facts that differ from a public heating project that is a package of its own,
        applied for by the housing bureau.
    duties
        (project, hardness, deadline).
    debt
        (fund, year, principal, interest) of what is owed already.
    tables
        Further tables of the case (money in units of 0.01 万元).
    """
    names = sorted({w.project for w in works})
    project_rows = [
        {"project_id": n, "package_id": f"P{n}", "asset_class": "heating_pipe"}
        | {"risk_now": 1.0}
        | dict((projects or {}).get(n, {}))
        for n in names
    ]
    package_rows = [
        {"package_id": n, "legal_owner": "住建局"} | dict((packages or {}).get(n, {}))
        for n in sorted({row["package_id"] for row in project_rows})
    ]
    frames: dict[str, Any] = {
        "projects": project_rows,
        "packages": package_rows,
        "works": [_work_row(w) for w in works],
        "payments": [row for w in works for row in w.payments()],
        "resources": [{"resource": "km", "unit": "km", "decimals": 1}],
        "use": [
            {"work_id": w.name, "year": w.start, "resource": "km", "amount": w.km}
            for w in works
            if w.km
        ],
        "obligations": [
            {"project_id": p, "pack": "pack", "clause": "1", "hardness": h}
            | {"deadline": d}
            for p, h, d in duties
        ],
        **tables,
    }
    settings = {
        "start_year": FIRST,
        "years": years,
        "discount_rate_bp": 400,
        "price_base_year": 2026,
    }
    made = {name: pd.DataFrame(rows) for name, rows in frames.items() if len(rows)}
    return Problem(make_case(settings, made), _policy(funds, rules, debt))


def _work_row(work: Work) -> dict[str, Any]:
    return {
        "work_id": work.name,
        "project_id": work.project,
        "mode": "replace",
        "start_year": work.start,
        "duration": work.duration,
        "risk_removed": 100 * work.value,
    }


def _policy(
    funds: Mapping[str, Fund],
    rules: Sequence[Mapping[str, Any]],
    debt: Sequence[tuple[str, int, int, int]],
) -> Any:
    money = [
        {"fund_id": name, "year": FIRST + i, "amount": 100 * amount}
        for name, fund in funds.items()
        for i, amount in enumerate(fund.money)
    ]
    terms = [{"fund_id": name, **vars(fund)} for name, fund in funds.items()]
    owed = [
        {"fund_id": f, "year": y, "repaid": 100 * r, "interest": 100 * i}
        for f, y, r, i in debt
    ]
    return make_policy(
        {"rule": [{"id": str(rule["kind"]), **rule} for rule in rules]},
        FUNDS.conform(pd.DataFrame(terms)),
        FUND_YEARS.conform(pd.DataFrame(money)),
        EXISTING_DEBT.conform(pd.DataFrame(owed)),
        "policy.toml",
    )


@dataclass(frozen=True, eq=False)
class Decision:
    """What was decided: works, money, and the result with its proof."""

    works: list[str]
    schedule: Schedule
    result: SolveResult

    def money(self, fund: str) -> dict[tuple[str, int], float]:
        """Give what a fund pays by package and year, in 万元."""
        own = self.schedule.draws[self.schedule.draws["fund_id"] == fund]
        return {
            (str(r.package_id), int(str(r.year))): int(str(r.amount)) / 100
            for r in own.itertuples()
        }


def decide(problem: Problem) -> Decision:
    """Solve to proof and audit."""
    assert policy_problems(problem) == []
    model = Model.of(problem)
    return _proven(model, model.solve())


def _proven(model: Model, result: SolveResult) -> Decision:
    plan = model.plan(result)
    assert result.status == "optimal"
    assert model.breaches(plan) == []
    schedule = model.schedule(plan)
    return Decision(sorted(schedule.chosen["work_id"]), schedule, result)
