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
