"""Packages of one legal owner that stand together: their income serves all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from renewopt.core.errors import Message, message
from renewopt.rules.problem import Problem

Groups = Sequence[Sequence[str]]


def merged_problems(rule: str, merged: Groups, problem: Problem) -> Iterable[Message]:
    """Refuse unknown packages, one that stands twice, and groups of several owners."""
    owner = problem.case.packages.set_index("package_id")["legal_owner"]
    seen: set[str] = set()
    for group in merged:
        for name in group:
            if name not in owner.index:
                yield message("rule.unknown_package", rule=rule, value=name)
            elif name in seen:
                yield message("rule.merged_twice", rule=rule, value=name)
            seen.add(name)
        owners = sorted({str(owner[n]) for n in group if n in owner.index})
        if len(owners) > 1:
            named = ", ".join(group)
            yield message(
                "rule.merged_owners", rule=rule, value=named, owners=", ".join(owners)
            )


def groups_of(merged: Groups, problem: Problem) -> dict[str, tuple[str, ...]]:
    """Give the packages that stand together, by the name of the group.

    A package that is merged with no other is a group of its own, named as itself.
    """
    joined = {name for group in merged for name in group}
    single = [p for p in problem.case.packages["package_id"] if p not in joined]
    groups = [*merged, *((str(p),) for p in single)]
    return {"+".join(sorted(group)): tuple(group) for group in groups}


def home_of(merged: Groups, problem: Problem) -> dict[str, str]:
    """Give the group of each package."""
    groups = groups_of(merged, problem)
    return {package: name for name, own in groups.items() for package in own}


def shared_incomes(problem: Problem, *uses: tuple[Sequence[str], Groups]) -> list[str]:
    """List the packages with an income that several debts would live on.

    Each use is what a rule is about: its debt funds, and the packages it merges. The
    income of a package serves a debt if the debt may pay for it, or for one that it is
    merged with.
    """
    packages = problem.case.packages
    earning = {*packages.loc[packages["net_income_per_year"] > 0, "package_id"]}
    pairs = problem.eligible_pairs
    for funds, merged in uses:
        home = home_of(merged, problem)
        paid = pairs.loc[pairs["fund_id"].isin(list(funds)), "package_id"]
        groups = {home[package] for package in paid}
        earning &= {package for package, group in home.items() if group in groups}
    return sorted(earning)
