"""Making a case: triggers, projects, packages, works, benefit, corridors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.catalogue.load import Catalogue
from renewopt.catalogue.packs import Pack
from renewopt.core import case as core
from renewopt.core.case import PlanningCase
from renewopt.core.case_schema import BENEFIT, CASE_SCHEMAS, POINTS
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory import Inventory, ProjectList
from renewopt.projects.approvals import approval_notes, package_stages
from renewopt.projects.benefit import loss_ahead, loss_at_end, risk_removed
from renewopt.projects.beside import (
    PROJECT,
    Beside,
    beside,
    beside_projects,
    beside_tables,
    kept_as_listed,
    with_modes,
)
from renewopt.projects.bundle import package_heads, packages_of
from renewopt.projects.by_hand import repack
from renewopt.projects.corridors import corridor_projects, corridor_table
from renewopt.projects.exclusions import barred_modes, exclusions
from renewopt.projects.facts import ClassFacts, class_facts, fact_warnings
from renewopt.projects.gains import add_gains, gain_lines, later_lines, put_together
from renewopt.projects.group import form_projects, group_warnings
from renewopt.projects.handover import handovers, with_spare
from renewopt.projects.included import included_links, included_works
from renewopt.projects.incomes import formed_incomes, with_incomes
from renewopt.projects.left_out import building_notes, gone, left_out, reduced
from renewopt.projects.links import asset_links, project_links
from renewopt.projects.list_packages import list_heads
from renewopt.projects.list_tables import listed_points
from renewopt.projects.preferences import COLUMN as PREFERRED
from renewopt.projects.preferences import preferred_benefit
from renewopt.projects.running import Running, running_heads, running_parts
from renewopt.projects.settings import CaseSettings
from renewopt.projects.shapes import shapes
from renewopt.projects.triggers import duties, hardest
from renewopt.projects.works import RESOURCES, WorkTables, new_works
from renewopt.risk import RiskTable

Tables = dict[str, pd.DataFrame]
NO_LIST = Beside(
    pd.DataFrame(columns=[*PROJECT, "project_code", "running"]),
    pd.DataFrame(),
    (),
)


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
    going = _concat([running.members, listed.running_assets()])
    barred, passed = exclusions(facts, packs, said, settings, going)
    notes += [*told, *passed]
    listed, told = with_modes(listed, barred, catalogue)
    notes += told
    marks = hardest(said, settings.start_year)
    formed: list[tuple[ClassFacts, pd.DataFrame]] = []
    for part in facts:
        if part.id in settings.off_classes:
            notes.append(message("projects.class_off", asset_class=part.id))
            continue
        taken = set(_of_class(running.members, part.id).get("asset_id", []))
        taken |= gone(spared, part.id) | listed.taken(part.id)
        own = form_projects(
            part,
            _of_class(marks, part.id),
            taken,
            settings,
            barred_modes(barred, part.id),
            inventory.corridors,
        )
        notes += group_warnings(part, own)
        formed.append((part, own))
    files = {count.table: count.file for count in inventory.counts}
    ties, told = asset_links([part for part, _ in formed], files)
    notes += told
    everyone = _concat([running.members, listed.members, *(own for _, own in formed)])
    links, told = project_links(ties, everyone)
    notes += told
    less, told = included_works(
        formed,
        ties,
        _concat([running.members, listed.members]),
        spared,
        settings,
        files,
    )
    notes += told
    found = _gather(formed, running, listed, catalogue, settings, less)
    notes += found.notes
    tables = _assemble(facts, found, running, said, risk, settings)
    _more_benefits(facts, tables, risk, settings, listed)
    notes += approval_notes(tables["packages"], settings)
    tables["links"] = _concat([links, included_links(less)])
    members = tables.pop("members")
    tables["exclusions"] = _exclusions(barred, members)
    tables["handovers"] = handovers(spare, members)
    extra = preferred_benefit(
        tables["works"], members, said, packs, settings.start_year
    )
    if extra is not None:
        tables["works"][PREFERRED] = extra
    tables["stock"] = _stock(whole)
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
        return NO_LIST, []
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


def _exclusions(barred: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Give the exclusions of assets that are in projects."""
    keys = ["asset_class", "asset_id"]
    return barred.merge(members[[*keys, "project_id"]], on=keys)


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
) -> _Gathered:
    """Make works and packages class by class, after what runs."""
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
    _refuse_same_ids([running.members, *(own for _, own in filled), listed.rows])
    heads = [package_heads(part, own, settings) for part, own in filled]
    package, names, found.notes = repack(
        _concat([running_heads(running), list_heads(listed.rows), *heads]),
        settings.by_hand,
    )
    found.package_of |= {str(k): str(v) for k, v in package.items()}
    heads = [rows.assign(package_id=rows["project_id"].map(package)) for rows in heads]
    stages = package_stages(_concat(heads), names, settings)
    for (part, own), rows in zip(filled, heads, strict=True):
        of_project = rows.set_index("project_id")["package_id"].map(stages).dropna()
        steps = {str(k): str(v) for k, v in of_project.items()}
        found.tables.append(new_works(part.asset_class, own, settings, less, steps))
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


def _assemble(
    facts: Sequence[ClassFacts],
    found: _Gathered,
    running: Running,
    said: pd.DataFrame,
    risk: RiskTable,
    settings: CaseSettings,
) -> Tables:
    """Put the parts together into the tables of a case."""
    members = _concat(found.members)
    if len(members) == 0:
        raise InputError.of("projects.nothing_to_plan")
    works = _concat([tables.works for tables in found.tables])
    if len(works) == 0:
        raise InputError.of("projects.nothing_to_plan")
    payments = _concat([tables.payments for tables in found.tables])
    ahead = loss_ahead(members, risk, settings)
    # Rows of a list that cover no asset keep the loss of their own grade.
    removed = pd.Series(risk_removed(works, ahead, settings), index=works.index)
    known = works["project_id"].isin(ahead.index)
    works["risk_removed"] = removed.where(known, works.get("risk_removed", 0))
    works["risk_removed"] = works["risk_removed"].astype("int64")
    projects = _projects(members, found.listed)
    projects["package_id"] = projects["project_id"].map(found.package_of)
    projects = with_incomes(projects, found.incomes)
    classes = {part.id: part.asset_class for part in facts}
    keys = ["asset_class", "asset_id"]
    streets = members[members["corridor_id"] != ""]
    streets = streets.sort_values(["corridor_id", "street"])
    return {
        "projects": projects,
        "packages": _packages(found.packages),
        "works": works.drop(columns=["cost"], errors="ignore"),
        "payments": payments,
        "use": _concat([tables.use for tables in found.tables]),
        "resources": RESOURCES,
        "corridor_projects": corridor_projects(
            members, payments, works, classes, settings
        ),
        "project_assets": _project_assets(members),
        "cost_lines": _concat([tables.cost_lines for tables in found.tables]),
        "obligations": _concat(
            [said.merge(members[[*keys, "project_id"]], on=keys), found.listed_duties]
        ),
        "package_history": running.history,
        "shapes": shapes(members),
        "members": members,
        "streets": streets.drop_duplicates("corridor_id")[["corridor_id", "street"]],
    }


def _concat(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _refuse_same_ids(members: Sequence[pd.DataFrame]) -> None:
    """Refuse projects of one identifier that come from several places."""
    seen: set[str] = set()
    twice: set[str] = set()
    for frame in members:
        own = set(frame["project_id"]) if len(frame) else set()
        twice |= own & seen
        seen |= own
    if twice:
        raise InputError(
            *(message("projects.running_id", value=name) for name in sorted(twice))
        )


def _packages(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the packages together; refuse one identifier for two of them."""
    table = _concat(parts)
    table = table[[c for c in table if c in CASE_SCHEMAS["packages"].column_names()]]
    twice = sorted(set(table.loc[table["package_id"].duplicated(), "package_id"]))
    if twice:
        raise InputError(*(message("packages.same_id", value=name) for name in twice))
    return table


def _projects(members: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Add up the assets of each project; those of a list are as their rows say."""
    if len(listed):
        members = members[~members["project_id"].isin(listed["project_id"])]
    if len(members) == 0:
        return listed
    rows = members.assign(
        name=members["project_name"],
        length_m=members["metres"].fillna(0.0),
        floor_area_m2=members["floor_area"].fillna(0.0),
        risk_now=members["risk_now"].fillna(0.0),
        agreed=members["households"] * members["consent"],
    )
    by_project = rows.groupby("project_id", sort=True)
    table = by_project[["name", "asset_class", "level", "district", "street"]].first()
    sums = by_project[["households", "length_m", "floor_area_m2", "risk_now"]].sum()
    table = table.join(sums.round({"length_m": 2, "floor_area_m2": 2}))
    table["households"] = table["households"].round().astype("int64")
    share = by_project["agreed"].sum() / by_project["households"].sum()
    table["consent_bp"] = (share.fillna(1.0) * 10_000 + 1e-6).astype("int64")
    table["grade"] = by_project["grade"].max().astype("Int64")
    return _concat([table.reset_index(), listed])


def _project_assets(members: pd.DataFrame) -> pd.DataFrame:
    table = members[["project_id", "asset_id", "quantity", "unit"]].copy()
    table["quantity"] = table["quantity"].fillna(0.0)
    table["install_year"] = members["built"]
    return table


def _stock(facts: Sequence[ClassFacts]) -> pd.DataFrame:
    """Count the whole inventory by class, level and year."""
    parts = []
    for part in facts:
        frame = part.frame
        rows = pd.DataFrame(
            {
                "asset_class": part.id,
                "level": frame["level"],
                "install_year": frame["built"],
                "length_m": frame["metres"],
                "assets": 1,
                "households": frame["households"],
                "risk_now": frame["risk_now"].fillna(0.0),
            }
        )
        keys = ["asset_class", "level", "install_year"]
        parts.append(rows.groupby(keys, sort=True, dropna=False).sum().reset_index())
    stock = _concat(parts)
    stock["households"] = np.round(stock["households"]).astype("int64")
    stock["length_m"] = stock["length_m"].round(2)
    return stock
