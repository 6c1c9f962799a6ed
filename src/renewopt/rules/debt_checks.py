"""What is refused in parameters that name funds, years and amounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from renewopt.core.errors import Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.rules.problem import Problem


def fund_problems(
    rule_id: str, funds: Sequence[str], problem: Problem, *, debt: bool = True
) -> Iterable[Message]:
    """Name funds that are unknown or, where the rule is about debt, are none."""
    table = problem.policy.funds.set_index("fund_id")
    for fund in funds:
        if fund not in table.index:
            yield message(
                "rule.unknown_fund",
                rule=rule_id,
                fund=fund,
                known=", ".join(table.index),
            )
        elif debt and not table.loc[fund, "debt"]:
            yield message("rule.not_debt", rule=rule_id, fund=fund)


def year_problems(
    rule_id: str,
    key: str,
    amounts: Mapping[int, Decimal],
    problem: Problem,
    scale: int = UNITS_PER_WAN,
    last: int | None = None,
    *,
    signed: bool = False,
) -> Iterable[Message]:
    """Name years outside the plan and amounts that are negative or too fine.

    `scale` is the number of whole units in 1 of what is written; money by default.
    `last` is the last year that may be named; by default the plan's. `signed` amounts
    may be negative.
    """
    case = problem.case
    end = case.end_year if last is None else last
    for year, amount in sorted(amounts.items()):
        if not case.start_year <= year <= end:
            yield message(
                "rule.year_outside",
                rule=rule_id,
                key=key,
                year=year,
                first=case.start_year,
                last=end,
            )
        if not amount.is_finite() or (amount < 0 and not signed):
            yield message(
                "rule.negative", rule=rule_id, key=f"{key}.{year}", value=amount
            )
        elif (amount * scale) % 1:
            yield message(
                "rule.too_fine", rule=rule_id, key=f"{key}.{year}", value=amount
            )
