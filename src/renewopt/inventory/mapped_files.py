"""Read the tables of one file through a mapping profile; say which are lost."""

from __future__ import annotations

from collections.abc import Sequence

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping, TableMapping
from renewopt.core.errors import InputError, Message
from renewopt.inventory.geometry import is_point_sheet
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind, all_kinds, class_kind, extra_kind
from renewopt.inventory.mapped import is_named, parse_mapped, parts_mapped
from renewopt.inventory.mapped_header import rows_below
from renewopt.inventory.other_blocks import without_other_blocks
from renewopt.inventory.raw import RawTable
from renewopt.inventory.reading import Reading
from renewopt.inventory.survey import points_of
from renewopt.inventory.tables import ParsedTable, TableCount


def read_mapped(
    raws: Sequence[RawTable], profile: Mapping, catalogue: Catalogue, reading: Reading
) -> None:
    """Read the tables of one file through a profile; others are noted.

    The rows of a table that cannot be taken count as read and rejected where the rest
    goes on without it (`reading.lenient`).

    Raises
    ------
    InputError
        With what is wrong with every table, where nothing goes on without them.
    """
    used = set()
    problems: list[Message] = []
    for raw in raws:
        found = _mapped_kind(raw, profile, catalogue)
        if found is None:
            continue
        headers = found[1].nodes
        points, said, sheets = points_of(raws, headers)
        used |= {raw.sheet, *sheets}
        reading.issues += [issue for issue in said if issue not in reading.issues]
        for part in parts_mapped(raw, *found):
            try:
                table = parse_mapped(part, *found, reading.as_of, points)
                kinds = all_kinds(catalogue)
                table = without_other_blocks(part, table, found[0], kinds)
            except InputError as error:
                problems.extend(error.messages)
                if reading.lenient:
                    _lose(part, *found, error, reading)
                continue
            _name_class(table, profile, found[1])
            reading.add(part, table, found[0], points, headers)
    if problems and not reading.lenient:
        raise InputError(*problems)
    for raw in raws:
        if raw.sheet not in used:
            reading.note(raw, "inventory.file_not_mapped")


def _name_class(table: ParsedTable, profile: Mapping, mapping: TableMapping) -> None:
    """Give failure records the class that the profile names for them."""
    if table.kind == "failures":
        owner = next(t.asset_class for t in profile.failures if t is mapping)
        if owner:
            table.frame["asset_class"] = owner


def _lose(
    raw: RawTable, kind: TableKind, mapping: TableMapping, error: InputError,
    reading: Reading,
) -> None:  # fmt: skip
    """Count the rows of a table that cannot be taken, and say why."""
    rows = rows_below(raw, mapping)
    reading.reject(raw.file, raw.sheet, error)
    reading.issues += [i for i in raw.issues if i.code == "inventory.other_header"]
    place = (raw.file, raw.sheet, 0, "", "")
    reading.issues.append(
        CellIssue(*place, "inventory.sheet_lost", "rejected", {"rows": rows})
    )
    reading.lost.append(TableCount(raw.file, raw.sheet, kind.id, rows, 0, rows))


def _mapped_kind(
    raw: RawTable, profile: Mapping, catalogue: Catalogue
) -> tuple[TableKind, TableMapping] | None:
    def named(table: TableMapping) -> bool:
        return is_named(raw, table.files, table.sheets)

    if any(is_point_sheet(raw, table.nodes) for table in profile.tables()):
        return None

    for assets in filter(named, profile.assets):
        if assets.asset_class not in catalogue.asset_classes:
            known = ", ".join(sorted(catalogue.asset_classes))
            raise InputError.of(
                "inventory.unknown_class", value=assets.asset_class, known=known
            )
        return class_kind(catalogue, assets.asset_class), assets
    for failures in filter(named, profile.failures):
        return extra_kind("failures"), failures
    for corridors in filter(named, profile.corridors):
        return extra_kind("corridors"), corridors
    return None
