"""What the road to approval leaves: which works may start when."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from renewopt.catalogue.asset_class import AssetClass
from renewopt.core.errors import InputError, Message, message
from renewopt.projects.settings import CaseSettings


def may_start(
    lines: pd.DataFrame,
    asset_class: AssetClass,
    settings: CaseSettings,
    stages: Mapping[str, str],
) -> pd.Series:
    """Mark the starts that are left for packages formed here, mode by mode.

    `stages` gives the step that a project's package has reached, where it is not that
    of all packages formed here.
    """
    approval = settings.approval
    if approval is None:
        return pd.Series(True, index=lines.index)
    stage = [stages.get(str(p), approval.formed) for p in lines["project_id"]]
    found = {
        (word, mode.id): approval.first_start(word, mode.lead_months)
        for word in sorted(set(stage))
        for mode in asset_class.modes
    }
    first = [found[pair] for pair in zip(stage, lines["mode"], strict=True)]
    return lines["start_year"] >= pd.Series(first, index=lines.index, dtype="int64")


def package_stages(
    heads: pd.DataFrame, names: Mapping[str, str], settings: CaseSettings
) -> dict[str, str]:
    """Give the step by package that the scenario states for single packages.

    Raises
    ------
    InputError
        With every package that is not there and every word that is no step.
    """
    approval = settings.approval
    if approval is None or not settings.stages:
        return {}
    ids = set(heads["package_id"])
    called = dict(zip(heads["package_name"], heads["package_id"], strict=True))
    called |= {name: package for package, name in names.items()}
    found: dict[str, str] = {}
    problems = []
    for word, stage in settings.stages.items():
        package = word if word in ids else called.get(word, "")
        facts = {"file": settings.by_hand.file, "key": f"approval.stages.{word}"}
        if package not in ids:
            some = ", ".join(sorted(ids)[:12])
            problems.append(
                message("packages.unknown", value=word, known=some, **facts)
            )
        if stage and not approval.knows(stage):
            known = ", ".join([*(step.id for step in approval.step), "approved"])
            problems.append(
                message("packages.no_step", value=stage, known=known, **facts)
            )
        found[package] = stage
    if problems:
        raise InputError(*problems)
    return found


def with_first_start(rows: pd.DataFrame, settings: CaseSettings) -> pd.DataFrame:
    """Give each row of a project list its first year by the steps that it has taken.

    A package has the year of its last row to be ready; what runs has none.
    """
    if settings.approval is None:
        return rows.assign(first_start=pd.Series(pd.NA, rows.index, dtype="Int64"))
    approval = settings.approval
    years = [approval.first_start(str(stage)) for stage in rows["readiness"]]
    first = pd.Series(years, index=rows.index, dtype="Int64")
    first = first.where(~rows["running"])
    return rows.assign(first_start=first.groupby(rows["package_id"]).transform("max"))


def approval_notes(packages: pd.DataFrame, settings: CaseSettings) -> list[Message]:
    """Count the packages that cannot begin in the first year; name strange words."""
    if settings.approval is None or len(packages) == 0:
        return []
    approval, found = settings.approval, []
    late = packages["first_start"] > settings.start_year
    if late.any():
        own = packages[late.fillna(False).astype(bool)]
        found.append(
            message(
                "projects.not_approved",
                count=len(own),
                total=len(packages),
                year=settings.start_year,
                first=int(own["first_start"].min()),
            )
        )
    words = packages.get("readiness", pd.Series(dtype="str")).fillna("").astype("str")
    waiting = packages["first_start"].notna()
    strange = sorted({w for w in words[waiting] if w and not approval.knows(w)})
    if strange:
        known = [name for step in approval.step for name in (step.id, *step.names[:1])]
        found.append(
            message(
                "projects.readiness_unknown",
                values=", ".join(strange),
                known=", ".join([*known, "approved"]),
            )
        )
    return found
