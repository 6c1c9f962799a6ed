"""Fund eligibility: no fund pays for what it may not pay for."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Schedule
from renewopt.core.tables import records
from renewopt.rules.base import Rule
from renewopt.rules.funds import listed
from renewopt.rules.problem import Problem


class FundEligibility(Rule):
    """draw[p, t, f] exists only where fund f may pay for package p.

    By nature (公益性, 准公益性, 经营性), ownership, class, the kinds of money that the
    package names, and owner of the money. The
    model has no column for any other draw; `check` judges each draw by itself.
    """

    structural: ClassVar[bool] = True
    kind: Literal["fund_eligibility"] = "fund_eligibility"

    def warnings(self, problem: Problem) -> list[Message]:
        """Report funds that no package may use."""
        used = set(problem.eligible_pairs["fund_id"])
        return [
            message("rule.fund_unused", rule=self.id, fund=fund)
            for fund in problem.policy.funds["fund_id"]
            if fund not in used
        ]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Close every draw column that is not in the list of eligible pairs."""
        draw = model.columns("draw").index.to_frame(index=False)
        allowed = set(problem.eligible_pairs.itertuples(index=False, name=None))
        for package, fund in set(zip(draw["package_id"], draw["fund_id"], strict=True)):
            if (package, fund) not in allowed:
                raise ValueError(f"draw column for {package} from {fund}")

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Look at every draw: who gives, and for whose works."""
        case = problem.case
        packages = {str(row.package_id): row for row in records(case.packages)}
        funds = {str(row.fund_id): row for row in records(problem.policy.funds)}
        classes: dict[str, set[str]] = {}
        for row in records(case.projects):
            classes.setdefault(str(row.package_id), set()).add(str(row.asset_class))
        found = []
        for draw in records(schedule.draws):
            package = packages.get(str(draw.package_id))
            fund = funds.get(str(draw.fund_id))
            if (
                package is None
                or fund is None
                or not _may(fund, package, classes.get(str(draw.package_id), set()))
            ):
                place = f"{draw.package_id} {draw.fund_id} {draw.year}"
                money = max(int(draw.amount), int(draw.received))
                found.append(Breach(self.id, place, 0, money / 100))
        return found


def _may(fund: Any, package: Any, classes: set[str]) -> bool:
    for allowed, actual in (
        (fund.natures, package.nature),
        (fund.ownerships, package.ownership),
    ):
        values = listed(str(allowed))
        if values and actual not in values:
            return False
    allowed_classes = listed(str(fund.asset_classes))
    if allowed_classes and not classes <= set(allowed_classes):
        return False
    kinds = listed(str(package.fund_kinds))
    if kinds and fund.kind not in kinds:
        return False
    if fund.owner_only and package.legal_owner != fund.owner:
        return False
    return not fund.borrower or package.borrower == fund.borrower
