"""The scenario of a project list that comes without one."""

from __future__ import annotations

from collections.abc import Mapping

from renewopt.catalogue.funds import FundKind
from renewopt.core.errors import InputError
from renewopt.inventory import ProjectList
from renewopt.rules.scenario import Scenario, parse_scenario

DEFAULT_PACKS = ("national-15fyp", "finance-2024")
"""Packs of a project list that comes without a scenario."""


def list_scenario(
    project_list: ProjectList, kinds: Mapping[str, FundKind], file: str
) -> Scenario:
    """Make the scenario of a project list that carries its money on a second sheet."""
    money = project_list.money
    if len(money) == 0:
        raise InputError.of("scenario.no_money", file=file)
    first, last = min(project_list.money_years), max(project_list.money_years)
    funds = []
    keys = ["fund_kind", "owner", "certainty"]
    for (kind, owner, sure), own in money.groupby(keys, sort=True):
        amount = own.groupby("year")["amount"].sum()
        name = f"{kind}" + (f" {owner}" if owner else "")
        name += f" {sure}" if sure != "confirmed" else ""
        funds.append(
            {
                "id": name,
                "kind": kind,
                "borrower" if kinds[str(kind)].needs_borrower else "owner": owner,
                "certainty": sure,
                "amount": {str(y): str(round(float(a), 2)) for y, a in amount.items()},
            }
        )
    data = {
        "projects": file,
        "packs": list(DEFAULT_PACKS),
        # A list names no county: nothing says in which debt band it is.
        "off": ["debt-band"],
        "start_year": first,
        "years": last - first + 1,
        "fund": funds,
    }
    return parse_scenario(data, file)
