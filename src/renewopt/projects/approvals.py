"""What the road to approval leaves: which works may start when."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from renewopt.catalogue.asset_class import AssetClass
from renewopt.catalogue.load import Catalogue
from renewopt.catalogue.modes import Mode
from renewopt.core.errors import InputError, Message, message
from renewopt.projects.settings import CaseSettings

MONTHS = 12
"""Months of a year, where no construction window is stated."""


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
    first_year = settings.start_year
    found = {
        (word, mode.id): approval.first_start(word, mode.lead_months, first_year)
        for word in sorted(set(stage))
        for mode in asset_class.modes
    }
    first = [found[pair] for pair in zip(stage, lines["mode"], strict=True)]
    return lines["start_year"] >= pd.Series(first, index=lines.index, dtype="int64")


def months_left(
    works: pd.DataFrame,
    mode: Mode,
    settings: CaseSettings,
    stages: Mapping[str, str],
) -> list[int]:
    """Give the months of the construction window that each start has in its year.

    Works whose steps end within a window have the rest of it in their first year.
    """
    approval = settings.approval
    if approval is None:
        return [MONTHS] * len(works)
    return [
        approval.months_left(
            stages.get(str(project), approval.formed), mode.lead_months, int(year)
        )
        for project, year in zip(works["project_id"], works["start_year"], strict=True)
    ]


def first_starts(
    asset_class: AssetClass,
    heads: pd.DataFrame,
    stages: Mapping[str, str],
    settings: CaseSettings,
) -> dict[str, int]:
    """Give the first year by package: that of its mode with the shortest lead time.

    `heads` are its projects with their `modes`, `;` between them.
    """
    approval = settings.approval
    if approval is None:
        return {}
    leads = {mode.id: mode.lead_months for mode in asset_class.modes}
    found: dict[str, int] = {}
    for package, own in heads.groupby("package_id", sort=True):
        words = {word for modes in own["modes"] for word in str(modes).split(";")}
        lead = min((leads[word] for word in words if word in leads), default=0)
        stage = stages.get(str(package), approval.formed)
        first = approval.first_start(stage, lead, settings.start_year)
        found[str(package)] = first
    return found


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


def with_first_start(
    rows: pd.DataFrame, catalogue: Catalogue, settings: CaseSettings
) -> pd.DataFrame:
    """Give each row of a project list its first year by the steps that it has taken.

    The lead time of its mode comes on top, as for what is formed here.
    A package has the year of its last row to be ready; what runs has none.
    """
    if settings.approval is None:
        return rows.assign(first_start=pd.Series(pd.NA, rows.index, dtype="Int64"))
    approval = settings.approval
    leads = {
        (name, mode.id): mode.lead_months
        for name, item in catalogue.asset_classes.items()
        for mode in item.modes
    }
    pairs = zip(rows["asset_class"], rows["mode"], rows["readiness"], strict=True)
    years = [
        approval.first_start(
            str(stage), leads.get((name, mode), 0), settings.start_year
        )
        for name, mode, stage in pairs
    ]
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
