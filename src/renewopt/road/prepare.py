"""From files to a problem: what a scenario or a project list names, read and scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from renewopt.catalogue.approval import Approval
from renewopt.catalogue.changes import changed
from renewopt.catalogue.load import Catalogue, load
from renewopt.catalogue.packs import Pack
from renewopt.catalogue.parse import validate
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory import (
    CellIssue,
    Inventory,
    ProjectList,
    read_inventory,
    read_project_list,
)
from renewopt.inventory.profiles import load_mapping
from renewopt.optimise.task import SolveOptions
from renewopt.projects import CaseSettings, case_from_list, make_case
from renewopt.projects.by_hand import ByHand, Merge, Part, Split
from renewopt.projects.settings import LocalFactor
from renewopt.risk import RiskTable, score
from renewopt.road.list_scenario import list_scenario
from renewopt.road.money import with_money
from renewopt.road.titles import titles_of
from renewopt.rules.assemble import assemble, in_band, replaced_rules
from renewopt.rules.county_packs import class_problems, county_packs
from renewopt.rules.policy import Policy
from renewopt.rules.problem import Problem
from renewopt.rules.scenario import Scenario, read_scenario
from renewopt.runs.jobs import Progress

Tell = Callable[[Progress], None]
NOTES_SHOWN = 20
"""Cells that are named in the plan itself; `renewopt check` names all of them."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A problem with what is known of it besides: names, risk, warnings, rejects."""

    problem: Problem
    risk: RiskTable | None = None
    warnings: tuple[Message, ...] = ()
    rejected: int = 0
    titles: dict[str, dict[str, str]] | None = None
    synthetic: bool = False
    catalogue: Catalogue | None = None


def prepare(
    path: Path,
    *,
    models: Path | None = None,
    lang: str = "zh",
    progress: Tell | None = None,
    mapping: str | None = None,
    debt_band: str | None = None,
) -> tuple[Prepared, SolveOptions]:
    """Read a scenario and all that it names; give the problem and its solve options.

    `debt_band` puts the county of a scenario into that band, whatever it says itself.
    """
    catalogue = load(models)
    if not path.exists():
        raise InputError.of("file.missing", file=path)
    if path.suffix.lower() in {".xlsx", ".xls", ".xlsm"}:
        if debt_band:
            raise InputError.of("scenario.band_in_list", file=path.name)
        return _from_list(path, None, path, catalogue, lang, mapping), SolveOptions()
    scenario = with_money(read_scenario(path), path, catalogue)
    if debt_band:
        packs = catalogue.named_packs(scenario.packs, path.name)
        scenario = in_band(scenario, packs, debt_band)
    catalogue = changed(catalogue, scenario.classes, path.name)
    options = SolveOptions(**scenario.solve.model_dump())
    if not scenario.inventory:
        source = path.parent / scenario.projects
        profile = scenario.mapping or None
        return _from_list(source, scenario, path, catalogue, lang, profile), options
    return _from_inventory(path, scenario, catalogue, lang, progress), options


def _policy(
    scenario: Scenario, packs: Sequence[Pack], catalogue: Catalogue, file: str
) -> Policy:
    return assemble(
        scenario, packs, catalogue.fund_kinds, file, catalogue.asset_classes
    )


def _settings(
    scenario: Scenario, policy: Policy, lang: str, catalogue: Catalogue, file: str
) -> CaseSettings:
    prices = scenario.prices
    unknown = sorted(set(prices.factor) - set(catalogue.asset_classes))
    if unknown:
        known = ", ".join(sorted(catalogue.asset_classes))
        raise InputError(
            *(
                message(
                    "catalogue.change_unknown",
                    file=file,
                    key="prices.factor",
                    value=name,
                    known=known,
                )
                for name in unknown
            )
        )
    return CaseSettings(
        start_year=scenario.start_year,
        years=scenario.years,
        discount_rate_bp=scenario.discount_rate_bp,
        price_base_year=scenario.price_base_year,
        price_index_bp=scenario.price_index_bp,
        benefit_years_beyond=scenario.benefit_years_beyond,
        later_years=scenario.later_years,
        lang=lang,
        population_trend=scenario.county.population_trend,
        off_classes=scenario.off_classes,
        stricter=scenario.conflicts == "stricter",
        cost_level=prices.level,
        index_bp=prices.index_bp,
        class_factor=prices.factor,
        local=_local(scenario, catalogue, file),
        fees_bp=prices.fees_bp,
        contingency_bp=prices.contingency_bp,
        approval=_approval(scenario, catalogue, file),
        stages=scenario.approval.stages if scenario.approval else {},
        by_hand=_by_hand(scenario, file),
        move_in=frozenset(
            rule.link for rule in policy.of_kind("coupling") if rule.how == "with"
        ),
    )


def _local(
    scenario: Scenario, catalogue: Catalogue, file: str
) -> tuple[LocalFactor, ...]:
    """Give the local factors; refuse classes and columns that do not exist."""
    problems = []
    classes = catalogue.asset_classes
    for i, entry in enumerate(scenario.prices.local):
        meant = entry.asset_class or tuple(classes)
        columns = {c for name in meant if name in classes
                   for c in (*classes[name].column_names(), "age")}  # fmt: skip
        wrong = [(f"prices.local[{i}].where.{c}", c, columns)
                 for c in entry.where.columns() if c not in columns]  # fmt: skip
        wrong += [(f"prices.local[{i}].asset_class", n, set(classes))
                  for n in entry.asset_class if n not in classes]  # fmt: skip
        problems += [
            message(
                "catalogue.change_unknown",
                file=file,
                key=key,
                value=value,
                known=", ".join(sorted(known)),
            )
            for key, value, known in wrong
        ]
    if problems:
        raise InputError(*problems)
    return tuple(
        LocalFactor(
            e.asset_class, e.where, e.factor, f"{e.title} ×{e.factor:g}", e.source
        )
        for e in scenario.prices.local
    )


def _by_hand(scenario: Scenario, file: str) -> ByHand:
    """Give what the scenario changes of the packages."""
    entry = scenario.packages
    split = [
        Split(one.package, tuple(Part(p.projects, p.name) for p in one.parts))
        for one in entry.split
    ]
    merge = [Merge(one.packages, one.name) for one in entry.merge]
    return ByHand(tuple(split), tuple(merge), file)


def _approval(scenario: Scenario, catalogue: Catalogue, file: str) -> Approval | None:
    """Put the steps of the models and the scenario's own months together."""
    if scenario.approval is None:
        return None
    entry = scenario.approval.model_dump()
    months = entry.pop("months")
    entry.pop("stages")
    known = [step.id for step in catalogue.approval]
    if unknown := sorted(set(months) - set(known)):
        raise InputError(
            *(
                message(
                    "catalogue.change_unknown",
                    file=file,
                    key="approval.months",
                    value=name,
                    known=", ".join(known),
                )
                for name in unknown
            )
        )
    steps = [
        step.model_dump() | ({"months": months[step.id]} if step.id in months else {})
        for step in catalogue.approval
    ]
    made, found = validate(Approval, {"step": steps} | entry, file, "approval")
    if made is None:
        raise InputError(*found)
    return made


def _packs(
    scenario: Scenario, named: Sequence[Pack], catalogue: Catalogue, file: str
) -> tuple[list[Pack], list[Message]]:
    """Give the packs as the county uses them, and what it changed."""
    problems = class_problems(scenario, catalogue.asset_classes, file)
    if problems:
        raise InputError(*problems)
    packs, notes = county_packs(scenario, named, file)
    return packs, [*notes, *replaced_rules(scenario, named)]


def _from_inventory(
    path: Path,
    scenario: Scenario,
    catalogue: Catalogue,
    lang: str,
    progress: Tell | None,
) -> Prepared:
    tell = progress or (lambda line: None)
    named = catalogue.named_packs(scenario.packs, path.name)
    policy = _policy(scenario, named, catalogue, path.name)
    packs, changes = _packs(scenario, named, catalogue, path.name)
    inventory = read_inventory(
        path.parent / scenario.inventory,
        catalogue,
        mapping=scenario.mapping or None,
        without=[path.parent / scenario.projects] if scenario.projects else [],
    )
    listed = _listed(path, scenario, catalogue)
    tell(Progress("score", 0.0))
    horizon = scenario.years + scenario.benefit_years_beyond
    county = scenario.county
    risk = score(
        inventory,
        catalogue,
        scenario.start_year - 1,
        horizon,
        county.population_index,
        county.population,
    )
    tell(Progress("case", 0.0))
    case, notes = make_case(
        inventory,
        risk,
        catalogue,
        packs,
        _settings(scenario, policy, lang, catalogue, path.name),
        listed,
    )
    own = [] if listed is None else listed.issues
    rejected = sum(issue.severity == "rejected" for issue in own)
    return Prepared(
        Problem(case, policy),
        risk,
        (
            *_cell_notes([*inventory.issues, *own]),
            *changes,
            *_absent_classes(inventory),
            *risk.notes,
            *notes,
        ),
        inventory.issue_counts().get("rejected", 0) + rejected,
        titles_of(catalogue, scenario),
        inventory.synthetic,
        catalogue,
    )


def _listed(path: Path, scenario: Scenario, catalogue: Catalogue) -> ProjectList | None:
    """Read the project list that is planned beside the inventories, if one is named."""
    if not scenario.projects:
        return None
    source = path.parent / scenario.projects
    profile = scenario.mapping or None
    if profile is not None and not load_mapping(profile, catalogue).projects:
        profile = None  # it is one of the inventories
    found = read_project_list(source, catalogue, profile, money_needed=False)
    # The scenario says what money there is.
    rest = [i for i in found.issues if i.code != "inventory.no_money_yet"]
    return replace(found, issues=tuple(rest))


def _absent_classes(inventory: Inventory) -> list[Message]:
    """Name classes that have failure records but no inventory: a file is missing."""
    records = inventory.unjoined_failures
    found = []
    for name in sorted(set(records["asset_class"]) - set(inventory.assets)):
        count = int((records["asset_class"] == name).sum())
        found.append(message("plan.class_absent", asset_class=name, count=count))
    return found


def _from_list(
    source: Path,
    scenario: Scenario | None,
    path: Path,
    catalogue: Catalogue,
    lang: str,
    mapping: str | None,
) -> Prepared:
    project_list = read_project_list(source, catalogue, mapping)
    if scenario is None:
        if project_list.money_problems:
            raise InputError(*project_list.money_problems)
        scenario = list_scenario(project_list, catalogue.fund_kinds, source.name)
    named = catalogue.named_packs(scenario.packs, path.name)
    # Clauses mean assets; a list has projects: of the packs only their rules count.
    bare = [p.model_copy(update={"trigger": (), "exclusion": ()}) for p in named]
    policy = _policy(scenario, bare, catalogue, path.name)
    changes = replaced_rules(scenario, named)
    case, notes = case_from_list(
        project_list, catalogue, _settings(scenario, policy, lang, catalogue, path.name)
    )
    rejected = sum(issue.severity == "rejected" for issue in project_list.issues)
    return Prepared(
        Problem(case, policy),
        None,
        (*_cell_notes(project_list.issues), *changes, *notes),
        rejected,
        titles_of(catalogue, scenario),
        False,
        catalogue,
    )


def _cell_notes(issues: Sequence[CellIssue]) -> list[Message]:
    """Name the rows that were rejected and the cells that were questioned."""
    worst = [i for i in issues if i.severity == "rejected"]
    worst += [i for i in issues if i.severity == "questioned"]
    return [issue.message() for issue in worst[:NOTES_SHOWN]]
