"""What the packs forbid: modes that an asset may not be renewed in, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue.modes import Mode
from renewopt.catalogue.packs import Exclusion, Pack, written_in
from renewopt.catalogue.selection import number_column
from renewopt.core.errors import InputError, Message, message
from renewopt.projects.facts import ClassFacts, texts
from renewopt.projects.prices import price_numbers
from renewopt.projects.settings import CaseSettings

BoolArray = npt.NDArray[np.bool_]
COLUMNS = [
    "asset_class",
    "asset_id",
    "mode",
    "pack",
    "exclusion",
    "clause",
    "phrase",
    "trigger",
    "exempt",
]
MUST, OUGHT = "safety_duty", "assessed_target"
CODES = {MUST: "projects.must_and_must_not", OUGHT: "projects.target_barred"}
NAMED = 5
"""Assets that a message names."""


def exclusions(
    facts: Sequence[ClassFacts],
    packs: Sequence[Pack],
    said: pd.DataFrame,
    settings: CaseSettings,
    running: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, list[Message]]:
    """Apply every exclusion: one row per asset, clause and mode that it bars.

    `exempt` says why the clause does not bar after all (`safety_duty` …, or
    `unless_where`); it is empty where it does. An exclusion of a later pack replaces
    the one of the same id of an earlier pack, unless the settings say that the
    stricter one counts: then both bar. Assets of `running` works (`asset_class`,
    `asset_id`) are passed over: what is under construction goes on.

    Raises
    ------
    InputError
        With every safety duty on an asset whose every mode is barred.
    """
    current = {
        (e.id, pack.id if settings.stricter else ""): (pack, e)
        for pack in packs
        for e in pack.exclusion
    }
    rows: list[pd.DataFrame] = []
    notes: list[Message] = []
    for name in sorted(current):
        pack, item = current[name]
        if item.population and settings.population_trend not in item.population:
            continue
        for part in facts:
            if part.id in item.asset_class and part.id not in settings.off_classes:
                rows += _hits(part, pack, item, said)
                notes += _unknown(part, pack, item)
    filled = [hit for hit in rows if len(hit)]
    table = (
        pd.concat(filled, ignore_index=True)
        if filled
        else pd.DataFrame(columns=COLUMNS, dtype="str")
    )
    table = _not_running(table, running)
    table = table.sort_values(
        ["asset_class", "asset_id", "mode", "pack", "exclusion"], ignore_index=True
    )
    problems = list(_contradictions(facts, packs, said, table, MUST))
    if problems:
        raise InputError(*problems)
    notes += _contradictions(facts, packs, said, table, OUGHT)
    return table, [*notes, *_counts(table)]


def _not_running(table: pd.DataFrame, running: pd.DataFrame | None) -> pd.DataFrame:
    if running is None or not len(running):
        return table
    keys = ["asset_class", "asset_id"]
    taken = pd.MultiIndex.from_frame(running[keys].astype(str))
    own = pd.MultiIndex.from_frame(table[keys].astype(str))
    return table[~own.isin(taken)]


def of_projects(table: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Give the exclusions of assets that are in projects."""
    keys = ["asset_class", "asset_id"]
    return table.merge(members[[*keys, "project_id"]], on=keys)


def barred_modes(table: pd.DataFrame, asset_class: str) -> dict[str, frozenset[str]]:
    """Give the assets of a class that may not be renewed in each mode."""
    own = table[(table["asset_class"] == asset_class) & (table["exempt"] == "")]
    return {
        str(mode): frozenset(rows["asset_id"]) for mode, rows in own.groupby("mode")
    }


def _hits(
    part: ClassFacts, pack: Pack, item: Exclusion, said: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Yield the rows of one exclusion in one class, mode by mode."""
    stated = part.stated
    meant = part.select_stated(item.where) & _below(part, item)
    exempt = _exempt(part, item, said)
    for mode in _modes(part, item):
        marks = meant & _omits(part, mode) if item.omits_failing else meant
        # A new array each time: `meant` stays as it is for the modes that follow.
        marks = marks & (price_numbers(part, mode) >= 0)
        own = stated[marks]
        values = _values(own, item, mode)
        yield pd.DataFrame(
            {
                "asset_class": part.id,
                "asset_id": own["asset_id"],
                "mode": mode.id,
                "pack": pack.id,
                "exclusion": item.id,
                "clause": item.clause,
                "phrase": item.phrase,
                "trigger": values,
                "exempt": exempt[marks] if _extends(item, mode) else "",
            }
        )


def _extends(item: Exclusion, mode: Mode) -> bool:
    """Tell whether what exempts an asset from the clause does so in this mode."""
    return not item.unless_modes or mode.id in item.unless_modes


def _modes(part: ClassFacts, item: Exclusion) -> list[Mode]:
    modes = part.asset_class.modes
    if not item.modes and not item.traits:
        return list(modes)
    return [
        mode
        for mode in modes
        if mode.id in item.modes or set(mode.traits) & set(item.traits)
    ]


def _below(part: ClassFacts, item: Exclusion) -> BoolArray:
    """Mark the assets with less than is needed; an empty figure is not known."""
    marks = np.ones(len(part.stated), bool)
    for column, least in item.needs.items():
        marks &= number_column(part.stated, column) < least
    for column in item.filled:
        marks &= (texts(part.stated, column) == "").to_numpy(bool)
    return marks


def _omits(part: ClassFacts, mode: Mode) -> BoolArray:
    """Mark the assets with a failing basic item that the mode leaves out."""
    marks = np.zeros(len(part.stated), bool)
    for basic in part.asset_class.basic_item:
        if basic.id in mode.omits:
            marks |= part.select_stated(basic.where)
    return marks


def _exempt(
    part: ClassFacts, item: Exclusion, said: pd.DataFrame
) -> npt.NDArray[np.object_]:
    """Say for each asset why the clause does not bar it; "" where it does."""
    found = np.full(len(part.stated), "", object)
    if item.unless_where is not None:
        found[part.select_stated(item.unless_where)] = "unless_where"
    own = said[said["asset_class"] == part.id]
    for level in reversed(item.unless_duty):
        bound = set(own.loc[own["hardness"] == level, "asset_id"])
        found[part.stated["asset_id"].isin(bound).to_numpy(bool)] = level
    return found


def _values(rows: pd.DataFrame, item: Exclusion, mode: Mode) -> pd.Series:
    """Write the exclusion's id and the values that it saw."""
    out = pd.Series(f"{item.id}:", index=rows.index, dtype="str")
    for column in dict.fromkeys([*item.where.columns(), *item.needs]):
        if column in rows:
            out = out + f" {column}=" + rows[column].astype("str")
    for column in item.filled:
        out = out + f" {column}=-"
    if item.omits_failing:
        out = out + " omits=" + "/".join(mode.omits)
    return out


def _unknown(part: ClassFacts, pack: Pack, item: Exclusion) -> Iterator[Message]:
    """Count assets of which it is not known whether they have what is needed."""
    meant = part.select_stated(item.where)
    for column in item.needs:
        missing = int((meant & np.isnan(number_column(part.stated, column))).sum())
        if missing:
            yield message(
                "projects.exclusion_unknown",
                file=pack.file,
                key=f"exclusion[{item.id}].needs.{column}",
                clause=item.clause,
                asset_class=part.id,
                count=missing,
            )


def _counts(table: pd.DataFrame) -> Iterator[Message]:
    """Count, exclusion by exclusion, the assets that are barred and exempt."""
    keys = ["pack", "exclusion", "clause", "phrase", "asset_class"]
    for (pack, name, clause, phrase, asset_class), own in table.groupby(keys):
        barred = own.loc[own["exempt"] == "", "asset_id"]
        free = own.loc[own["exempt"] != "", "asset_id"]
        yield message(
            "projects.excluded",
            pack=pack,
            key=f"exclusion[{name}]",
            clause=clause,
            phrase=phrase,
            asset_class=asset_class,
            count=int(barred.nunique()),
            exempt=int(free.nunique()),
            modes=", ".join(sorted(set(own["mode"]))),
        )


def _contradictions(
    facts: Sequence[ClassFacts],
    packs: Sequence[Pack],
    said: pd.DataFrame,
    table: pd.DataFrame,
    level: str,
) -> Iterator[Message]:
    """Yield duties of a level on assets that may be renewed in no mode.

    A safety duty cannot give way; a target does, and both clauses are named.
    """
    where = _places(packs)
    for part in facts:
        stuck = _without_mode(part, barred_modes(table, part.id))
        own = said[(said["asset_class"] == part.id) & said["asset_id"].isin(stuck)]
        must = own[own["hardness"] == level]
        bars = table[(table["asset_class"] == part.id) & (table["exempt"] == "")]
        pairs = must.merge(bars, on="asset_id", suffixes=("", "_not"))
        pairs = pairs.assign(id=pairs["trigger"].str.split(":", n=1).str[0])
        keys = ["pack", "id", "clause", "pack_not", "exclusion", "clause_not"]
        for key, rows in pairs.groupby(keys):
            pack, duty, clause, other, name, bar = map(str, key)
            assets = sorted(set(rows["asset_id"]))
            file, place = where["trigger", pack, duty]
            other_file, other_place = where["exclusion", other, name]
            yield message(
                CODES[level],
                file=file,
                key=place,
                clause=clause,
                other_file=other_file,
                other_key=other_place,
                other_clause=bar,
                asset_class=part.id,
                count=len(assets),
                assets=", ".join(assets[:NAMED]),
            )


def _places(packs: Sequence[Pack]) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Give file and key of every clause, by its sort, pack and id."""
    return {
        (kind, pack.id, clause.id): written_in(pack, f"{kind}[{clause.id}]", clause)
        for pack in packs
        for kind in ("trigger", "exclusion")
        for clause in getattr(pack, kind)
    }


def _without_mode(
    part: ClassFacts, barred: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """Give the assets that have modes, all of them barred."""
    ids = part.frame["asset_id"]
    any_mode = np.zeros(len(ids), bool)
    left = np.zeros(len(ids), bool)
    for mode in part.asset_class.modes:
        possible = price_numbers(part, mode) >= 0
        any_mode |= possible
        left |= possible & ~ids.isin(barred.get(mode.id, frozenset())).to_numpy(bool)
    return frozenset(ids[any_mode & ~left])
