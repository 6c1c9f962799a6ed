"""What a debt band does to a plan, in one paragraph."""

from __future__ import annotations

from renewopt.core.errors import Message, message
from renewopt.core.money import to_wan
from renewopt.core.schedule import Schedule
from renewopt.core.tables import records
from renewopt.rules.problem import Problem

GRANTS = {"central_budget", "ultra_long_treasury", "provincial_grant"}
OPERATORS = {"operator_fund", "commercial_user_fund"}
BORROWED = {"bank_loan", "enterprise_bond"}
"""Debt of companies, which the county never serves."""


def band_lines(problem: Problem, schedule: Schedule) -> list[Message]:
    """Say for each debt band what is left of the quota, and who pays instead."""
    kind = {str(f.fund_id): str(f.kind) for f in records(problem.policy.funds)}
    paid: dict[str, int] = {}
    for draw in records(schedule.draws):
        fund = str(draw.fund_id)
        paid[fund] = paid.get(fund, 0) + int(draw.received)
    whole = sum(paid.values())
    found = []
    for rule in problem.policy.of_kind("debt_band"):
        own = rule.own_funds(problem)
        years = problem.policy.fund_years
        quota = years.loc[years["fund_id"].isin(own), "amount"]
        issued = sum(paid.get(fund, 0) for fund in own)
        grants = sum(n for fund, n in paid.items() if kind.get(fund) in GRANTS)
        company = sum(n for fund, n in paid.items() if kind.get(fund) in OPERATORS)
        loans = sum(n for fund, n in paid.items() if kind.get(fund) in BORROWED)
        found.append(
            message(
                "report.debt_band",
                band=f"band.{rule.band}",
                part=rule.part_bp() / 100,
                quota=_wan(quota.sum()),
                open=_wan((quota * rule.part_bp() // 10_000).sum()),
                issued=_wan(issued),
                share=_share(issued, whole),
                grants=_wan(grants),
                grant_share=_share(grants, whole),
                company=_wan(company),
                company_share=_share(company, whole),
                loans=_wan(loans),
                loan_share=_share(loans, whole),
            )
        )
    return found


def _wan(units: float) -> str:
    return f"{float(to_wan(int(units))):,.2f}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"
