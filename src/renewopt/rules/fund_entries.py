"""Fund entries of a scenario: what is wrong with them, and the tables they become."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from renewopt.catalogue.funds import FundKind
from renewopt.core.errors import Message, message
from renewopt.core.limits import MOST_WAN
from renewopt.core.money import UNITS_PER_WAN, to_units
from renewopt.rules.scenario import FundEntry, Scenario

TERMS = (
    "carry_over",
    "max_share_bp",
    "tenor_years",
    "coupon_bp",
    "grace_years",
    "asset_classes",
    "natures",
    "ownerships",
    "repayment",
    "interest_per_year",
    "up_front",
    "arrival_month",
    "least_draw",
    "step",
)
"""Terms that a scenario's fund may set itself."""


def fund_entry_problems(
    scenario: Scenario, kinds: Mapping[str, FundKind], file: str
) -> Iterable[Message]:
    """Refuse funds that are twice, of no kind, without owner, or with wrong terms."""
    ids = [f.id for f in scenario.fund]
    for f in scenario.fund:
        key = f"fund[{f.id}]"
        if ids.count(f.id) > 1:
            yield message("scenario.fund_twice", file=file, key=key)
        if f.kind not in kinds:
            yield message(
                "scenario.fund_kind",
                file=file,
                key=f"{key}.kind",
                value=f.kind,
                known=", ".join(sorted(kinds)),
            )
            continue
        if kinds[f.kind].owner_only and not f.owner:
            yield message(
                "scenario.fund_owner", file=file, key=f"{key}.owner", value=f.kind
            )
        yield from _term_problems(f, kinds[f.kind], file)
        yield from _amount_problems(scenario, f, file)
    for debt in scenario.existing_debt:
        if debt.fund not in ids:
            yield message(
                "scenario.debt_fund", file=file, value=debt.fund, known=", ".join(ids)
            )
    yield from _debt_problems(scenario, kinds, file)


def _debt_problems(
    scenario: Scenario, kinds: Mapping[str, FundKind], file: str
) -> Iterable[Message]:
    """Refuse old debt that would change nothing: no debt fund, or no plan year."""
    kind_of = {f.id: kinds[f.kind] for f in scenario.fund if f.kind in kinds}
    for debt in scenario.existing_debt:
        years = {*debt.repaid, *debt.interest}
        own = kind_of.get(debt.fund)
        if own is None:
            continue  # told already: nobody knows the fund
        if not own.debt or not years or min(years) < scenario.start_year:
            yield message(
                "scenario.debt_idle",
                file=file,
                key=f"existing_debt[{debt.fund}]",
                first=scenario.start_year,
            )


def class_problems(
    scenario: Scenario, known: Collection[str] | None, file: str
) -> Iterable[Message]:
    """Refuse classes that nobody knows."""
    for entry in scenario.fund:
        for name in entry.asset_classes or ():
            if known is not None and name not in known:
                yield message(
                    "scenario.fund_class",
                    file=file,
                    key=f"fund[{entry.id}].asset_classes",
                    value=name,
                    known=", ".join(sorted(known)),
                )


def _term_problems(entry: FundEntry, kind: FundKind, file: str) -> Iterable[Message]:
    """Refuse terms that this kind of money does not have: they would change nothing."""
    key = f"fund[{entry.id}]"
    if entry.borrower and not kind.debt:
        yield message("scenario.fund_borrower", file=file, key=f"{key}.borrower")
    repayment = entry.repayment or kind.repayment
    unfit = {
        "owner": bool(entry.owner) and not kind.owner_only,
        "tenor_years": entry.tenor_years is not None and not kind.debt,
        "coupon_bp": entry.coupon_bp is not None and not kind.debt,
        "repayment": entry.repayment is not None and not kind.debt,
        "interest_per_year": entry.interest_per_year is not None and not kind.debt,
        "up_front": bool(entry.up_front) and kind.debt,
        "grace_years": bool(entry.grace_years)
        and not (kind.debt and repayment == "equal"),
    }
    for name in (name for name, found in unfit.items() if found):
        yield message(
            "scenario.fund_term", file=file, key=f"{key}.{name}", value=entry.kind
        )
    if kind.tenors and entry.tenor_years not in {None, *kind.tenors}:
        yield message(
            "scenario.fund_tenor",
            file=file,
            key=f"{key}.tenor_years",
            value=entry.tenor_years,
            known=", ".join(map(str, kind.tenors)),
            kind=entry.kind,
        )


def _amount_problems(
    scenario: Scenario, entry: FundEntry, file: str
) -> Iterable[Message]:
    first, last = scenario.start_year, scenario.start_year + scenario.years - 1
    key = f"fund[{entry.id}].amount"
    for year, amount in entry.amount.items():
        if not first <= year <= last:
            yield message(
                "scenario.fund_year",
                file=file,
                key=key,
                value=year,
                first=first,
                last=last,
            )
        where = f"{key}.{year}"
        if amount < 0 or amount > MOST_WAN:
            yield message("scenario.fund_amount", file=file, key=where, value=amount)
        elif (amount * UNITS_PER_WAN) % 1:
            yield message("money.too_fine", value=amount, where=where)
    if not isinstance(entry.certainty, str):
        for year in sorted(set(entry.certainty) - {*entry.amount, *entry.opening}):
            yield message(
                "scenario.certainty_year",
                file=file,
                key=f"fund[{entry.id}].certainty.{year}",
                years=", ".join(map(str, sorted({*entry.amount, *entry.opening}))),
            )
    yield from _opening_problems(scenario, entry, file)


def _opening_problems(
    scenario: Scenario, entry: FundEntry, file: str
) -> Iterable[Message]:
    for year, amount in entry.opening.items():
        where = f"fund[{entry.id}].opening.{year}"
        if year >= scenario.start_year:
            yield message(
                "scenario.opening_year", file=file, key=where, first=scenario.start_year
            )
        if amount < 0 or amount > MOST_WAN:
            yield message("scenario.fund_amount", file=file, key=where, value=amount)
        elif (amount * UNITS_PER_WAN) % 1:
            yield message("money.too_fine", value=amount, where=where)


def region_problems(
    scenario: Scenario, kinds: Mapping[str, FundKind], file: str
) -> Iterable[Message]:
    """Refuse a region that no fund kind knows, and shares above its ceiling."""
    region = scenario.county.region
    known = sorted({name for kind in kinds.values() for name in kind.region_share_bp})
    if region and region not in known:
        yield message(
            "scenario.region",
            file=file,
            value=region,
            known=", ".join(known),
        )
    for entry in scenario.fund:
        kind = kinds.get(entry.kind)
        most = kind.region_share_bp.get(region) if kind is not None else None
        if most is not None and (entry.max_share_bp or 0) > most:
            yield message(
                "scenario.region_share",
                file=file,
                key=f"fund[{entry.id}].max_share_bp",
                value=entry.max_share_bp,
                region=region,
                most=most,
            )


def fund_row(entry: FundEntry, kind: FundKind, region: str) -> dict[str, Any]:
    """Put the terms of a fund together: its kind's, the region's, its own."""
    besides = {"id", "title", "source", "region_share_bp", "tenors", "half_yearly_from"}
    terms = kind.model_dump(exclude=besides)
    if region in kind.region_share_bp:
        terms["max_share_bp"] = kind.region_share_bp[region]
    for name in TERMS:
        own = getattr(entry, name)
        if own is not None:
            terms[name] = own
    if entry.interest_per_year is None:
        long = 0 < kind.half_yearly_from <= int(terms["tenor_years"])
        terms["interest_per_year"] = 2 if long else 1
    for name in ("least_draw", "step"):
        terms[name] = to_units(terms[name], f"fund[{entry.id}].{name}")
    for name in ("natures", "ownerships", "asset_classes"):
        terms[name] = ";".join(terms[name])
    return {
        "fund_id": entry.id,
        "kind": entry.kind,
        "owner": entry.owner,
        "borrower": entry.borrower,
        "programme": entry.programme,
        **terms,
    }


def fund_years(scenario: Scenario) -> pd.DataFrame:
    """Give the money by fund and year, with its certainty (table `FUND_YEARS`)."""
    rows = [
        (
            entry.id,
            year,
            to_units(amount, f"fund[{entry.id}].amount.{year}"),
            _certainty(entry, year),
        )
        for entry in scenario.fund
        for year, amount in sorted({**entry.opening, **entry.amount}.items())
    ]
    return pd.DataFrame(rows, columns=["fund_id", "year", "amount", "certainty"])


def _certainty(entry: FundEntry, year: int) -> str:
    if isinstance(entry.certainty, str):
        # What is carried in has arrived: only a year that is named can doubt it.
        return entry.certainty if year in entry.amount else "confirmed"
    return entry.certainty.get(year, "confirmed")


def existing_debt(scenario: Scenario) -> pd.DataFrame:
    """Give what is owed already (table `EXISTING_DEBT`)."""
    rows = []
    for debt in scenario.existing_debt:
        for year in sorted({*debt.repaid, *debt.interest}):
            where = f"existing_debt[{debt.fund}].{year}"
            rows.append(
                {
                    "fund_id": debt.fund,
                    "year": year,
                    "repaid": to_units(debt.repaid.get(year, 0), where),
                    "interest": to_units(debt.interest.get(year, 0), where),
                }
            )
    table = pd.DataFrame(rows, columns=["fund_id", "year", "repaid", "interest"])
    # Batches of one kind may be listed one by one: together they are what is owed.
    return table.groupby(["fund_id", "year"], as_index=False).sum()
