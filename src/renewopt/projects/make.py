"""Making a case: triggers, projects, packages, works, benefit, corridors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from renewopt.catalogue.load import Catalogue
from renewopt.catalogue.packs import Pack
from renewopt.core import case as core
from renewopt.core.case import PlanningCase
from renewopt.core.case_schema import BENEFIT, CASE_SCHEMAS, POINTS
from renewopt.core.errors import Message, message
from renewopt.inventory import Inventory, ProjectList
from renewopt.projects.approvals import approval_notes, package_stages
from renewopt.projects.benefit import loss_ahead, loss_at_end, risk_removed
from renewopt.projects.beside import (
    NOTHING_LISTED,
    Beside,
    beside,
    beside_projects,
    beside_tables,
    kept_as_listed,
    with_finished,
    with_modes,
)
from renewopt.projects.bundle import package_heads, packages_of
from renewopt.projects.by_hand import repack
from renewopt.projects.corridors import corridor_projects, corridor_table
from renewopt.projects.exclusions import barred_modes, exclusions, of_projects
from renewopt.projects.facts import ClassFacts, class_facts, fact_warnings
from renewopt.projects.gains import add_gains, gain_lines, later_lines, put_together
from renewopt.projects.group import form_projects, group_warnings
from renewopt.projects.handover import handovers, with_spare
from renewopt.projects.included import included_links, included_works
from renewopt.projects.incomes import formed_incomes, with_incomes
from renewopt.projects.left_out import building_notes, gone, left_out, reduced
from renewopt.projects.links import asset_links, meant_modes, project_links
from renewopt.projects.list_packages import list_heads
from renewopt.projects.list_tables import listed_points
from renewopt.projects.move_in import (
    both,
    idle_notes,
    move_in,
    moved_links,
    moving_pairs,
)
from renewopt.projects.pack_notes import nothing_to_plan
from renewopt.projects.preferences import COLUMN as PREFERRED
from renewopt.projects.preferences import preferred_benefit
from renewopt.projects.rows import (
    concat,
    package_rows,
    project_asset_rows,
    project_rows,
    refuse_same_ids,
)
from renewopt.projects.running import Running, running_heads, running_parts
from renewopt.projects.settings import CaseSettings
from renewopt.projects.shapes import shapes
from renewopt.projects.stock import built, stock
from renewopt.projects.triggers import duties, hardest
from renewopt.projects.whole import without_patches
from renewopt.projects.works import RESOURCES, WorkTables, new_works
from renewopt.risk import RiskTable

Tables = dict[str, pd.DataFrame]


def make_case(
    inventory: Inventory,
    risk: RiskTable,
    catalogue: Catalogue,
    packs: Sequence[Pack],
    settings: CaseSettings,
    project_list: ProjectList | None = None,
) -> tuple[PlanningCase, list[Message]]:
    """Turn assets, their risk and the packs' clauses into the facts of a plan.

    With a project list its rows are taken as they are, and what they cover is in no
    other project; the rest is grouped. The same inventory gives the same case whatever
    the order of its rows. Warnings name expired packs, triggers without assets and
    everything that was assumed.

    Raises
    ------
    InputError
        With every unknown class, every trigger on a column that is not there, and every
        fault in the tables of running works; or if nothing can be planned.
    """
    whole = class_facts(inventory, risk, catalogue, settings)
    facts = [reduced(part) for part in whole]
    facts, spare, kept = with_spare(facts, inventory.running_works)
    said, notes = duties(facts, packs, settings)
    notes += building_notes(facts, said)
    spared, said, told = left_out(facts, said, settings)
    notes = [*fact_warnings(facts), *notes, *told, *kept]
    running, unused = running_parts(inventory, facts, settings)
    listed, told = _listed(project_list, facts, running, catalogue, settings)
    notes += [*told, *unused]
    spared, told = kept_as_listed(spared, listed)
    spared, said = with_finished(spared, said, listed)
    going = concat([running.members, listed.running_assets()])
    barred, passed = exclusions(facts, packs, said, settings, going)
    notes += [*told, *passed]
    listed, told = with_modes(listed, barred, catalogue)
    notes += told
    marks = hardest(said, settings.start_year)
    files = {count.table: count.file for count in inventory.counts}
    planned = [p for p in facts if p.id not in settings.off_classes]
    ties, tied = asset_links(planned, files)
    underway = concat([running.members, listed.members])
    moves = move_in(planned, ties, underway, settings, files)
    off = [p.id for p in facts if p not in planned]
    notes += [message("projects.class_off", asset_class=name) for name in off]
    formed: list[tuple[ClassFacts, pd.DataFrame]] = []
    for part in moves.facts:
        taken = set(_of_class(running.members, part.id).get("asset_id", []))
        taken |= gone(spared, part.id) | listed.taken(part.id) | moves.idle[part.id]
        own = form_projects(
            part,
            _of_class(marks, part.id),
            taken,
            settings,
            both(barred_modes(barred, part.id), moves.barred[part.id]),
            inventory.corridors,
        )
        notes += group_warnings(part, own)
        formed.append((part, own))
    notes += tied
    everyone = concat([running.members, listed.members, *(own for _, own in formed)])
    links, told = project_links(ties, everyone)
    notes += told
    links, told = moved_links(links, planned, everyone)
    notes += [*told, *idle_notes(links, everyone)]
    less, told = included_works(formed, ties, underway, spared, settings, files)
    notes += told
    formed, told = without_patches(formed, less, settings)
    notes += told
    found = _gather(
        formed, running, listed, catalogue, settings, less, moving_pairs(links)
    )
    notes += found.notes
    works = [made.works for made in found.tables]
    if not all(any(map(len, parts)) for parts in (found.members, works)):
        raise nothing_to_plan(notes)
    tables = _assemble(facts, found, running, said, risk, settings)
    _more_benefits(facts, tables, risk, settings, listed)
    notes += approval_notes(tables["packages"], settings)
    takers = {m.id for part in facts for m in part.asset_class.modes if m.takes_in}
    ties = concat([links, included_links(less, takers)])
    tables["links"] = meant_modes(ties, [part.asset_class for part in whole])
    members = tables.pop("members")
    tables["exclusions"] = of_projects(barred, members)
    tables["handovers"] = handovers(spare, members)
    extra = preferred_benefit(
        tables["works"], members, said, packs, settings.start_year
    )
    if extra is not None:
        tables["works"][PREFERRED] = extra
    tables["stock"] = stock(built(whole))
    tables["left_out"] = spared
    used = tables["corridor_projects"]["corridor_id"].tolist()
    named = tables.pop("streets")
    streets = dict(zip(named["corridor_id"], named["street"], strict=True))
    tables["corridors"] = corridor_table(inventory.corridors, used, streets)
    return core.make_case(settings.case_numbers(), tables), notes


def _listed(
    project_list: ProjectList | None,
    facts: Sequence[ClassFacts],
    running: Running,
    catalogue: Catalogue,
    settings: CaseSettings,
) -> tuple[Beside, list[Message]]:
    """Give what a list covers; without one, nothing."""
    if project_list is None:
        return NOTHING_LISTED, []
    found = beside(project_list, facts, running.members, catalogue, settings)
    return found, list(found.notes)


def _more_benefits(
    facts: Sequence[ClassFacts],
    tables: Tables,
    risk: RiskTable,
    settings: CaseSettings,
    listed: Beside,
) -> None:
    """Add what works gain after the benefit years, in points and in operation."""
    works, members = tables["works"], tables["members"]
    loss = pd.concat([loss_at_end(members, risk, settings), listed.own_loss()])
    later = later_lines(works, loss, "risk table, last year", settings)
    own = gain_lines(facts, works, members, risk, settings)
    points = listed_points(works) if "points_quality" in works else []
    tables["gains"] = put_together([later, own, *points])
    add_gains(works, tables["gains"])
    known = CASE_SCHEMAS["works"].column_names()
    tables["works"] = works[
        [c for c in works if c in known or str(c).startswith((BENEFIT, POINTS))]
    ]


def _of_class(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return frame[frame["asset_class"] == name] if len(frame) else frame


@dataclass(eq=False)
class _Gathered:
    """Parts of all classes and of the running works, side by side."""

    tables: list[WorkTables]
    packages: list[pd.DataFrame]
    members: list[pd.DataFrame]
    package_of: dict[str, str]
    incomes: dict[str, int]
    """What formed projects earn a year."""
    notes: list[Message]
    listed: pd.DataFrame
    """Projects of a list, and their safety duties."""
    listed_duties: pd.DataFrame


def _gather(
    formed: Sequence[tuple[ClassFacts, pd.DataFrame]],
    running: Running,
    listed: Beside,
    catalogue: Catalogue,
    settings: CaseSettings,
    less: pd.DataFrame,
    into: Mapping[str, str],
) -> _Gathered:
    """Make works and packages class by class, after what runs.

    `into` gives, for the projects that may move, the one that they move into.
    """
    found = _Gathered(
        [running.tables],
        [running.packages],
        [running.members],
        dict(running.package_of),
        {},
        [],
        pd.DataFrame(),
        pd.DataFrame(),
    )
    filled = [(part, own) for part, own in formed if len(own)]
    refuse_same_ids([running.members, *(own for _, own in filled), listed.rows])
    heads = [package_heads(part, own, settings) for part, own in filled]
    package, names, found.notes = repack(
        concat([running_heads(running), list_heads(listed.rows), *heads]),
        settings.by_hand,
    )
    found.package_of |= {str(k): str(v) for k, v in package.items()}
    heads = [rows.assign(package_id=rows["project_id"].map(package)) for rows in heads]
    stages = package_stages(concat(heads), names, settings)
    of_project = package.map(stages).dropna()
    steps = {str(k): str(v) for k, v in of_project.items()}
    found.tables += _works(filled, settings, less, steps, into)
    for (part, own), rows in zip(filled, heads, strict=True):
        packages, notes = packages_of(part, rows, names, settings, stages)
        found.packages.append(packages)
        earned = formed_incomes(rows, part.asset_class.grouping.income)
        found.incomes |= {str(k): int(v) for k, v in earned.items()}
        found.members.append(own)
        found.notes += notes if settings.by_hand.merge else []
    if len(listed.rows):
        made, packages, found.listed_duties = beside_tables(
            listed, found.package_of, names, catalogue, settings
        )
        found.tables.append(made)
        found.packages.append(packages)
        found.members.append(listed.members)
        found.listed = beside_projects(listed)
    return found


def _works(
    filled: Sequence[tuple[ClassFacts, pd.DataFrame]],
    settings: CaseSettings,
    less: pd.DataFrame,
    steps: Mapping[str, str],
    into: Mapping[str, str],
) -> list[WorkTables]:
    """Make the works of every class; what moves takes the years of where it moves."""
    spans: dict[str, dict[int, int]] = {}
    made: dict[str, WorkTables] = {}
    first = sorted(filled, key=lambda item: item[0].asset_class.taking is None)
    for part, own in first:
        partner = {p: spans[other] for p, other in into.items() if other in spans}
        tables = new_works(part.asset_class, own, settings, less, steps, partner)
        made[part.id] = tables
        taking = part.asset_class.taking
        works = tables.works
        for row in works[
            works["mode"] == (taking[0].id if taking else "")
        ].itertuples():
            years = spans.setdefault(str(row.project_id), {})
            years[int(str(row.start_year))] = int(str(row.duration))
    return [made[part.id] for part, _ in filled]


def _assemble(
    facts: Sequence[ClassFacts],
    found: _Gathered,
    running: Running,
    said: pd.DataFrame,
    risk: RiskTable,
    settings: CaseSettings,
) -> Tables:
    """Put the parts together into the tables of a case."""
    members = concat(found.members)
    works = concat([tables.works for tables in found.tables])
    payments = concat([tables.payments for tables in found.tables])
    ahead = loss_ahead(members, risk, settings)
    # Rows of a list that cover no asset keep the loss of their own grade.
    removed = pd.Series(risk_removed(works, ahead, settings), index=works.index)
    known = works["project_id"].isin(ahead.index)
    works["risk_removed"] = removed.where(known, works.get("risk_removed", 0))
    works["risk_removed"] = works["risk_removed"].astype("int64")
    projects = project_rows(members, found.listed)
    projects["package_id"] = projects["project_id"].map(found.package_of)
    projects = with_incomes(projects, found.incomes)
    classes = {part.id: part.asset_class for part in facts}
    keys = ["asset_class", "asset_id"]
    streets = members[members["corridor_id"] != ""]
    streets = streets.sort_values(["corridor_id", "street"])
    return {
        "projects": projects,
        "packages": package_rows(found.packages),
        "works": works.drop(columns=["cost"], errors="ignore"),
        "payments": payments,
        "use": concat([tables.use for tables in found.tables]),
        "resources": RESOURCES,
        "corridor_projects": corridor_projects(
            members, payments, works, classes, settings
        ),
        "project_assets": project_asset_rows(members),
        "cost_lines": concat([tables.cost_lines for tables in found.tables]),
        "obligations": concat(
            [said.merge(members[[*keys, "project_id"]], on=keys), found.listed_duties]
        ),
        "package_history": running.history,
        "shapes": shapes(members),
        "members": members,
        "streets": streets.drop_duplicates("corridor_id")[["corridor_id", "street"]],
    }
