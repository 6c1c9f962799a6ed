"""What the packs say about each asset: clause, verb, hardness, deadline, the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from renewopt.catalogue.packs import Pack, Trigger, pack_problems, written_in
from renewopt.catalogue.selection import number_column
from renewopt.core.errors import InputError, Message, message
from renewopt.projects.facts import ClassFacts
from renewopt.projects.pack_notes import differences, pack_notes
from renewopt.projects.settings import CaseSettings

HARDNESS = ("safety_duty", "assessed_target", "preference")
"""Levels of hardness, the hardest first."""
COLUMNS = [
    "asset_class",
    "asset_id",
    "pack",
    "document",
    "clause",
    "phrase",
    "verb",
    "hardness",
    "deadline",
    "trigger",
]


def duties(
    facts: Sequence[ClassFacts], packs: Sequence[Pack], settings: CaseSettings
) -> tuple[pd.DataFrame, list[Message]]:
    """Apply every trigger: one row per asset and clause that means it, and warnings.

    A trigger of a later pack replaces the one of the same id of an earlier pack,
    unless the settings say that the stricter one counts; classes that are off have no
    duties.

    Raises
    ------
    InputError
        With every trigger on a class or column that does not exist, and every code that
        a column with choices does not have.
    """
    columns = {part.id: list(part.asset_class.column_names()) for part in facts}
    check_packs(packs, columns)
    if problems := list(_value_problems(facts, packs)):
        raise InputError(*problems)
    current = {
        (t.id, pack.id if settings.stricter else ""): (pack, t)
        for pack in packs
        for t in pack.trigger
    }
    notes = list(pack_notes(packs, columns, settings))
    rows: list[pd.DataFrame] = []
    planned = [part for part in facts if part.id not in settings.off_classes]
    for name in sorted(current):
        pack, trigger = current[name]
        meant = [part for part in planned if part.id in trigger.asset_class]
        hits = [_hits(part, pack, trigger, settings) for part in meant]
        rows += hits
        if meant and not sum(len(hit) for hit in hits):
            notes.append(
                message(
                    "projects.trigger_empty",
                    pack=pack.id,
                    key=f"trigger[{trigger.id}]",
                    clause=trigger.clause,
                )
            )
        early = (trigger.deadline or settings.start_year) < settings.start_year
        if early and any(len(hit) for hit in hits):
            file, key = written_in(pack, f"trigger[{trigger.id}].deadline", trigger)
            notes.append(
                message(
                    "projects.deadline_before",
                    file=file,
                    key=key,
                    clause=trigger.clause,
                    value=trigger.deadline,
                    year=settings.start_year,
                )
            )
    filled = [hit for hit in rows if len(hit)]
    table = pd.concat(filled) if filled else pd.DataFrame(columns=COLUMNS)
    table["deadline"] = table["deadline"].astype("Int64")
    order = ["asset_class", "asset_id", "pack", "trigger", "clause"]
    table = table.sort_values(order, ignore_index=True)
    return table, [*notes, *differences(table)]


def check_packs(packs: Sequence[Pack], columns: dict[str, list[str]]) -> None:
    """Refuse triggers on columns that do not exist in the classes of this inventory.

    Classes that the inventory does not have are passed over.
    """
    problems = [
        problem
        for pack in packs
        for problem in pack_problems(pack, columns)
        if problem.code != "projects.trigger_class"
    ]
    if problems:
        raise InputError(*problems)


def _value_problems(
    facts: Sequence[ClassFacts], packs: Sequence[Pack]
) -> Iterator[Message]:
    """Yield codes that no choice of a column has: they would select nothing."""
    by_class = {part.id: part.asset_class for part in facts}
    clauses = [
        (pack, kind, clause)
        for pack in packs
        for kind in ("trigger", "exclusion")
        for clause in getattr(pack, kind)
    ]
    for pack, kind, clause in clauses:
        for name in clause.asset_class:
            asset_class = by_class.get(name)
            for column, values in clause.where.equals.items():
                spec = asset_class.column(column) if asset_class else None
                codes = [choice.code for choice in spec.choices] if spec else []
                strange = [str(v) for v in values if codes and v not in codes]
                if strange:
                    key = f"{kind}[{clause.id}].where.{column}"
                    file, key = written_in(pack, key, clause)
                    yield message(
                        "projects.trigger_value",
                        file=file,
                        key=key,
                        clause=clause.clause,
                        asset_class=name,
                        value=", ".join(strange),
                        known=", ".join(codes),
                    )


def _hits(
    part: ClassFacts, pack: Pack, trigger: Trigger, settings: CaseSettings
) -> pd.DataFrame:
    # A duty rests on what the bureau stated, never on an imputed cell.
    rows = part.stated[part.select_stated(trigger.where)]
    if len(rows) == 0:
        return pd.DataFrame(columns=COLUMNS)
    return pd.DataFrame(
        {
            "asset_class": part.id,
            "asset_id": rows["asset_id"],
            "pack": pack.id,
            "document": pack.document,
            "clause": trigger.clause,
            "phrase": trigger.phrase,
            "verb": trigger.verb,
            "hardness": trigger.hardness,
            "deadline": _deadline(rows, trigger, settings),
            "trigger": _values(rows, trigger),
        }
    )


def _deadline(
    rows: pd.DataFrame, trigger: Trigger, settings: CaseSettings
) -> pd.Series:
    """Give the asset's own deadline, else the clause's, else none."""
    year: int | float = np.nan
    if trigger.deadline is not None:
        year = trigger.deadline
    elif trigger.within_years is not None:
        year = settings.start_year + trigger.within_years - 1
    found = pd.Series(float(year), index=rows.index)
    if trigger.deadline_column is not None and trigger.deadline_column in rows:
        own = number_column(rows, trigger.deadline_column)
        found = pd.Series(own, index=rows.index).fillna(found)
    return found.astype("Int64")


def _values(rows: pd.DataFrame, trigger: Trigger) -> pd.Series:
    """Write the trigger's id and the values that it saw: `heating-age: age=23`."""
    out = pd.Series(f"{trigger.id}:", index=rows.index, dtype="str")
    for column in trigger.where.columns():
        out = out + f" {column}=" + _shown(rows[column])
    return out


def _shown(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.map(lambda value: f"{value:g}").astype("str")
    return column.astype("str")


def hardest(table: pd.DataFrame, start_year: int) -> pd.DataFrame:
    """Give each asset's hardest level and its least deadline there.

    Columns `asset_class`, `asset_id`, `rank` (0 safety duty, 1 assessed target, 2
    preference), `due` (year, never before the plan; 9999: none).
    """
    rank = table["hardness"].map({name: i for i, name in enumerate(HARDNESS)})
    due = table["deadline"].fillna(9999).clip(lower=start_year).astype("int64")
    marked = table[["asset_class", "asset_id"]].assign(
        rank=rank.astype("int64"), due=due
    )
    marked = marked.sort_values(["asset_class", "asset_id", "rank", "due"])
    return marked.drop_duplicates(["asset_class", "asset_id"], ignore_index=True)
