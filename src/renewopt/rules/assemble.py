"""Assembly: scenario plus packs plus fund kinds make the policy; nothing else does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from renewopt.catalogue.funds import FundKind
from renewopt.catalogue.packs import Pack
from renewopt.core.case_schema import BENEFIT, POINTS
from renewopt.core.errors import InputError, Message, message
from renewopt.core.limits import MOST_WAN
from renewopt.core.money import UNITS_PER_WAN, to_units
from renewopt.core.tables import records
from renewopt.rules.case_problems import (
    early_works,
    excluded_works,
    free_works,
    idle_weights,
    included_problems,
)
from renewopt.rules.policy import Policy, make_policy
from renewopt.rules.scenario import FundEntry, Scenario

TERMS = (
    "carry_over",
    "max_share_bp",
    "tenor_years",
    "coupon_bp",
    "grace_years",
    "asset_classes",
    "repayment",
    "up_front",
    "arrival_month",
    "least_draw",
    "step",
)
"""Terms that a scenario's fund may set itself."""


def assemble(
    scenario: Scenario,
    packs: Sequence[Pack],
    fund_kinds: Mapping[str, FundKind],
    file: str = "scenario.toml",
    asset_classes: Collection[str] | None = None,
) -> Policy:
    """Put the policy together: rules of packs (later wins), then of the scenario.

    A rule of the scenario replaces the pack's rule of the same id whole; ids in `off`
    are left out. Where `asset_classes` are given, a fund may name no others.

    Raises
    ------
    InputError
        With every unknown fund kind, rule, key or amount.
    """
    problems: list[Message] = []
    from renewopt.rules import RULES

    tables = _rule_tables(scenario, packs)
    clauses = {clause.id for pack in packs for clause in pack.clauses}
    structural = {kind for kind, rule in RULES.items() if rule.structural}
    for name in scenario.off:
        if str(tables.get(name, {}).get("kind", "")) in structural:
            problems.append(message("scenario.off_structural", file=file, value=name))
        elif tables.pop(name, None) is None and name not in clauses:
            problems.append(
                message(
                    "scenario.off_unknown",
                    file=file,
                    value=name,
                    known=", ".join(sorted({*tables, *clauses})),
                )
            )
    problems += _band(scenario, tables, file)
    problems += _fund_entry_problems(scenario, fund_kinds, file)
    problems += _class_problems(scenario, asset_classes, file)
    if problems:
        raise InputError(*problems)
    funds = pd.DataFrame([_fund_row(f, fund_kinds[f.kind]) for f in scenario.fund])
    data = {"objective": scenario.objective.model_dump(), "rule": list(tables.values())}
    return make_policy(
        data, funds, _fund_years(scenario), _existing_debt(scenario), file
    )


def _rule_tables(
    scenario: Scenario, packs: Sequence[Pack]
) -> dict[str, dict[str, Any]]:
    """Give the rule tables by id: packs in their order, then the scenario."""
    tables = {str(table["id"]): dict(table) for pack in packs for table in pack.rule}
    for number, table in enumerate(scenario.rule, start=1):
        tables[str(table.get("id", number))] = dict(table)
    return tables


def replaced_rules(scenario: Scenario, packs: Sequence[Pack]) -> list[Message]:
    """Say which rules of a pack a later pack replaces by something else."""
    own = {str(table.get("id", "")) for table in scenario.rule} | {*scenario.off}
    seen: dict[str, tuple[Pack, dict[str, Any]]] = {}
    found = []
    for pack in packs:
        for table in pack.rule:
            name = str(table["id"])
            earlier = seen.get(name)
            if earlier is not None and name not in own:
                keys = sorted({*table, *earlier[1]} - {"title", "cites"})
                differ = [k for k in keys if table.get(k) != earlier[1].get(k)]
                if differ:
                    found.append(
                        message(
                            "scenario.rule_replaced",
                            key=f"rule[{name}]",
                            file=pack.file,
                            other_file=earlier[0].file,
                            differ=", ".join(differ),
                        )
                    )
            seen[name] = (pack, table)
    return found


def _band(
    scenario: Scenario, tables: dict[str, dict[str, Any]], file: str
) -> Iterable[Message]:
    """Hand the county's debt band to the rules that ask for it."""
    band = scenario.county.debt_band
    asking = [table for table in tables.values() if table.get("kind") == "debt_band"]
    for table in asking:
        if band and not table.get("band"):
            table["band"] = band
    if band and not asking:
        yield message("scenario.band_unused", file=file, value=band)


def _fund_entry_problems(
    scenario: Scenario, kinds: Mapping[str, FundKind], file: str
) -> Iterable[Message]:
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


def _class_problems(
    scenario: Scenario, known: Collection[str] | None, file: str
) -> Iterable[Message]:
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
        "up_front": bool(entry.up_front) and kind.debt,
        "grace_years": bool(entry.grace_years)
        and not (kind.debt and repayment == "equal"),
    }
    for name in (name for name, found in unfit.items() if found):
        yield message(
            "scenario.fund_term", file=file, key=f"{key}.{name}", value=entry.kind
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


def _fund_row(entry: FundEntry, kind: FundKind) -> dict[str, Any]:
    terms = kind.model_dump(exclude={"id", "title", "source"})
    for name in TERMS:
        own = getattr(entry, name)
        if own is not None:
            terms[name] = own
    for name in ("least_draw", "step"):
        terms[name] = to_units(terms[name], f"fund[{entry.id}].{name}")
    for name in ("natures", "ownerships", "asset_classes"):
        terms[name] = ";".join(terms[name])
    return {
        "fund_id": entry.id,
        "kind": entry.kind,
        "owner": entry.owner,
        "borrower": entry.borrower,
        **terms,
    }


def _fund_years(scenario: Scenario) -> pd.DataFrame:
    rows = [
        (entry.id, year, to_units(amount, f"fund[{entry.id}].amount.{year}"))
        for entry in scenario.fund
        for year, amount in sorted({**entry.opening, **entry.amount}.items())
    ]
    return pd.DataFrame(rows, columns=["fund_id", "year", "amount"])


def _existing_debt(scenario: Scenario) -> pd.DataFrame:
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
    return pd.DataFrame(rows, columns=["fund_id", "year", "repaid", "interest"])


def policy_problems(problem: Any) -> list[Message]:
    """Collect what rules refuse about this case, and objective columns not there."""
    found = [note for rule in problem.policy.rules for note in rule.problems(problem)]
    for name in problem.policy.objective.weights:
        if name not in problem.case.works or not (
            name == "risk_removed" or name.startswith((BENEFIT, POINTS))
        ):
            found.append(message("policy.objective_column", value=name))
    return [
        *found,
        *_history_problems(problem),
        *free_works(problem),
        *early_works(problem),
        *excluded_works(problem),
        *included_problems(problem),
    ]


def _history_problems(problem: Any) -> Iterable[Message]:
    """Refuse history of money that is not known: it would count as no capital."""
    case, known = problem.case, set(problem.policy.funds["fund_id"])
    for row in records(case.package_history):
        where = {"package": row.package_id, "year": int(row.year)}
        if row.fund_id and row.fund_id not in known and known:
            yield message(
                "policy.history_fund",
                fund=row.fund_id,
                known=", ".join(sorted(known)),
                **where,
            )
        if row.year >= case.start_year:
            yield message("policy.history_year", first=case.start_year, **where)
    yield from _held_problems(problem)


def _held_problems(problem: Any) -> Iterable[Message]:
    """Refuse money that a package holds of a fund that nobody may hold."""
    if not len(problem.policy.funds):
        return
    history = problem.case.package_history
    free = set(problem.policy.funds.loc[problem.policy.funds["up_front"], "fund_id"])
    own = history[(history["fund_id"] != "") & ~history["fund_id"].isin(free)]
    held = own.groupby(["package_id", "fund_id"])[["received", "amount"]].sum()
    for (package, fund), row in held[held["received"] > held["amount"]].iterrows():
        money = float(row["received"] - row["amount"]) / UNITS_PER_WAN
        yield message("policy.held", package=package, fund=fund, value=money)


def policy_warnings(problem: Any) -> list[Message]:
    """Collect what rules warn about, and debt that no rule limits."""
    policy = problem.policy
    said = [(rule.id, note) for rule in policy.rules for note in rule.warnings(problem)]
    # Packs bring rules for what a county may not have: one note names them all.
    said += [("objective", note) for note in idle_weights(problem)]
    idle = [name for name, note in said if note.code == "rule.selects_nothing"]
    notes = [n for _, n in said if len(idle) < 2 or n.code != "rule.selects_nothing"]
    if len(idle) > 1:
        notes.append(message("rule.several_idle", rules=", ".join(idle)))
    offered = set(policy.fund_years.loc[policy.fund_years["amount"] > 0, "fund_id"])
    for fund in records(policy.funds):
        if not fund.debt or fund.fund_id not in offered:
            continue
        kinds = ["debt_service"] if fund.borrower else ["debt_limit", "debt_service"]
        for kind in kinds:
            if not any(fund.fund_id in rule.funds for rule in policy.of_kind(kind)):
                notes.append(message(f"policy.no_{kind}", fund=fund.fund_id))
    return notes
