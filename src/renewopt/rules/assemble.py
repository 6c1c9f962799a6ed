"""Assembly: scenario plus packs plus fund kinds make the policy; nothing else does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from renewopt.catalogue.funds import FundKind
from renewopt.catalogue.packs import Pack
from renewopt.core.case_schema import BENEFIT, POINTS
from renewopt.core.errors import InputError, Message, message
from renewopt.core.money import UNITS_PER_WAN
from renewopt.core.tables import records
from renewopt.rules.case_problems import (
    cut_off,
    early_works,
    excluded_works,
    free_works,
    idle_weights,
    included_problems,
    moved_problems,
    ownerless_debt,
)
from renewopt.rules.fund_entries import (
    class_problems,
    existing_debt,
    fund_entry_problems,
    fund_row,
    fund_years,
    region_problems,
)
from renewopt.rules.open_money import open_money
from renewopt.rules.policy import Policy, make_policy
from renewopt.rules.quotas import quota_rules
from renewopt.rules.scenario import Scenario


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
    quotas, wrong = quota_rules(scenario.quotas, packs, file)
    problems += wrong
    tables |= {str(table["id"]): table for table in quotas}
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
    problems += fund_entry_problems(scenario, fund_kinds, file)
    problems += region_problems(scenario, fund_kinds, file)
    problems += class_problems(scenario, asset_classes, file)
    if problems:
        raise InputError(*problems)
    funds = pd.DataFrame(
        [fund_row(f, fund_kinds[f.kind], scenario.county.region) for f in scenario.fund]
    )
    data = {"objective": scenario.objective.model_dump(), "rule": list(tables.values())}
    return make_policy(data, funds, fund_years(scenario), existing_debt(scenario), file)


def _rule_tables(
    scenario: Scenario, packs: Sequence[Pack]
) -> dict[str, dict[str, Any]]:
    """Give the rule tables by id: packs in their order, then the scenario."""
    tables = {str(table["id"]): dict(table) for pack in packs for table in pack.rule}
    for number, table in enumerate(scenario.rule, start=1):
        tables[str(table.get("id", number))] = dict(table)
    return tables


BAND_RULE: dict[str, Any] = {
    "kind": "debt_band",
    "id": "debt-band",
    "title": {"zh": "债务风险等级约束", "en": "Quota by debt band"},
    "cites": "国办发〔2023〕47号 (found source); parts: editable assumption",
    "fund_kinds": ["special_bond"],
}
"""What a debt band does where neither pack nor scenario says it."""


def in_band(scenario: Scenario, packs: Sequence[Pack], band: str) -> Scenario:
    """Put the county into a debt band: what if; the rule is added where it lacks."""
    tables = _rule_tables(scenario, packs)
    there = any(table.get("kind") == "debt_band" for table in tables.values())
    # A band that a rule states itself would go before the county's.
    own = tuple(
        {key: value for key, value in table.items() if key != "band"}
        if table.get("kind") == "debt_band"
        else table
        for table in scenario.rule
    )
    county = scenario.county.model_copy(update={"debt_band": band})
    rules = own if there else (*own, BAND_RULE)
    return scenario.model_copy(update={"county": county, "rule": rules})


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
        *ownerless_debt(problem),
        *excluded_works(problem),
        *cut_off(problem),
        *included_problems(problem),
        *moved_problems(problem),
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
    return [*notes, *open_money(problem, offered)]
