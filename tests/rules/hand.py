"""Hand cases: a problem in a few lines, and what a rule says of a plan.

Money is in units of 0.01 万元, as in the case; limits of rules are in 万元. The plan is
that of 2027–2029.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from renewopt.core.case import make_case
from renewopt.core.errors import Message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.optimise.model import build_model, schedule_values
from renewopt.rules.funds import FUND_YEARS, FUNDS
from renewopt.rules.policy import make_policy
from renewopt.rules.problem import Problem

FIRST = 2027
Row = dict[str, Any]
Money = int | tuple[int, int]
"""A payment, or (cost, eligible part)."""
FISCAL = {"fiscal": {"kind": "local_fiscal", "capital": True, "carry_over": -1}}
PLENTY = {2027: 10_000, 2028: 10_000, 2029: 10_000}


def work(
    project: str, start: int, payments: dict[int, Money] | None = None, **more: object
) -> Row:
    """Give a work of a project with its payments by year."""
    return {
        "project_id": project,
        "start_year": start,
        "payments": payments or {},
    } | more


def problem(
    works: dict[str, Row],
    rules: list[Row] | None = None,
    *,
    projects: dict[str, Row] | None = None,
    packages: dict[str, Row] | None = None,
    funds: dict[str, Row] | None = None,
    money: dict[str, dict[int, int]] | None = None,
    use: list[tuple[str, int, str, float]] | None = None,
    corridors: dict[str, Row] | None = None,
    digs: list[Any] | None = None,
    duties: list[tuple[str, str, int | None]] | None = None,
    history: list[Row] | None = None,
    debt: list[Row] | None = None,
    links: list[Any] | None = None,
    lines: list[Row] | None = None,
) -> Problem:
    """Make a problem; projects, packages and money not named are given defaults.

    Projects named by works are gas pipes of package P1, which is public and new. Funds
    without an entry in `money` have 100 万元 a year.
    """
    names = sorted({str(w["project_id"]) for w in works.values()} | {*(projects or {})})
    default = {"package_id": "P1", "asset_class": "gas_pipe"}
    own = [
        {"project_id": name} | default | (projects or {}).get(name, {})
        for name in names
    ]
    owners = sorted({str(row["package_id"]) for row in own} | {*(packages or {})})
    tied = ("link", "project_id", "other_id", "mode", "other_mode")
    tables = {
        "links": [
            dict(zip(tied, (*row, "", "")[:5], strict=True)) for row in links or []
        ],
        "projects": own,
        "packages": [{"package_id": p} | (packages or {}).get(p, {}) for p in owners],
        "works": [
            {"work_id": name, "mode": "replace"}
            | {key: value for key, value in row.items() if key != "payments"}
            for name, row in works.items()
        ],
        "payments": [
            {"work_id": name, "year": year}
            | dict(zip(("cost", "eligible_cost"), _pair(paid), strict=True))
            for name, row in works.items()
            for year, paid in row["payments"].items()
        ],
        "use": _rows("work_id year resource amount", use),
        "resources": [{"resource": "km", "unit": "km", "decimals": 1}],
        "corridors": [
            {"corridor_id": c} | (corridors or {}).get(c, {})
            for c in sorted({dig[0] for dig in digs or []} | {*(corridors or {})})
        ],
        "corridor_projects": _rows(
            "corridor_id project_id excavation_cost mode",
            [(*dig, "")[:4] for dig in digs or []],
        ),
        "obligations": [
            row | {"pack": "national-15fyp", "clause": "1"}
            for row in _rows("project_id hardness deadline", duties)
        ],
        "package_history": history or [],
        "cost_lines": lines or [],
    }
    settings = {"start_year": FIRST, "years": 3}
    settings |= {"discount_rate_bp": 400, "price_base_year": 2026}
    case = make_case(settings, {k: pd.DataFrame(v) for k, v in tables.items() if v})
    terms = FISCAL if funds is None else funds
    years = [
        {"fund_id": fund, "year": year, "amount": amount}
        for fund in terms
        for year, amount in (money or {}).get(fund, PLENTY).items()
    ]
    table = [{"fund_id": name, "kind": name} | row for name, row in terms.items()]
    policy = make_policy(
        {"rule": rules or []},
        FUNDS.conform(pd.DataFrame(table)),
        FUND_YEARS.conform(pd.DataFrame(years)),
        pd.DataFrame(debt or [], columns=["fund_id", "year", "repaid", "interest"]),
        "policy.toml",
    )
    return Problem(case, policy)


def _pair(paid: Money) -> tuple[int, int]:
    return paid if isinstance(paid, tuple) else (paid, paid)


def _rows(columns: str, rows: list[Any] | None) -> list[Row]:
    return [dict(zip(columns.split(), row, strict=True)) for row in rows or []]


def plan(
    given: Problem,
    works: dict[str, int] | list[str],
    draws: list[tuple[str, int, str, int]] | None = None,
) -> Schedule:
    """Give a schedule: works (with savings) and draws (package, year, fund, n)."""
    owner = given.case.works.set_index("work_id")["project_id"]
    saved = works if isinstance(works, dict) else dict.fromkeys(works, 0)
    chosen = [(owner.get(name, name), name, saving) for name, saving in saved.items()]
    names = ["package_id", "year", "fund_id", "amount", "received"]
    paid = [(*row, row[3]) for row in draws or []]
    return Schedule(
        pd.DataFrame(chosen, columns=["project_id", "work_id", "saving"]),
        pd.DataFrame(paid, columns=names),
    )


def breaches(given: Problem, kind: str, schedule: Schedule) -> list[Breach]:
    """Judge a plan by the rule of a kind; its rows have to say the same."""
    rule = given.policy.first(kind)
    found: list[Breach] = rule.check(given, schedule)
    model = build_model(given).model
    broken = model.broken_rows(schedule_values(given, model, schedule))
    rows = [label for rule_id, label in broken if rule_id == rule.id]
    assert bool(rows) == bool(found), (rows, found)
    return found


def findings(given: Problem, kind: str, schedule: Schedule) -> list[Finding]:
    """Explain a plan by the rule of a kind."""
    explained: list[Finding] = given.policy.first(kind).explain(given, schedule)
    return explained


def refusals(given: Problem, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Give codes and parameters of what the rule of a kind refuses."""
    return _told(given.policy.first(kind).problems(given))


def notes(given: Problem, kind: str) -> list[str]:
    """Give the codes of what the rule of a kind warns about."""
    return [code for code, _ in _told(given.policy.first(kind).warnings(given))]


def _told(messages: list[Message]) -> list[tuple[str, dict[str, Any]]]:
    return [(note.code, dict(note.params)) for note in messages]
