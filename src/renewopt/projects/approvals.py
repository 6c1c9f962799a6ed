"""What the road to approval leaves: which works may start when."""

from __future__ import annotations

import pandas as pd

from renewopt.catalogue.asset_class import AssetClass
from renewopt.core.errors import Message, message
from renewopt.projects.settings import CaseSettings


def may_start(
    lines: pd.DataFrame, asset_class: AssetClass, settings: CaseSettings
) -> pd.Series:
    """Mark the starts that are left for packages formed here, mode by mode."""
    if settings.approval is None:
        return pd.Series(True, index=lines.index)
    stage = settings.approval.formed
    first = {
        mode.id: settings.approval.first_start(stage, mode.lead_months)
        for mode in asset_class.modes
    }
    return lines["start_year"] >= lines["mode"].map(first)


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
