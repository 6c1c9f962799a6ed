"""Read an inventory: files and folders in, Inventory and issues out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping, TableMapping
from renewopt.catalogue.mapping import Nodes as NodeHeaders
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.cells import AsOf
from renewopt.inventory.corridors import place_in_corridors
from renewopt.inventory.failure_places import place_failures
from renewopt.inventory.failures import join_failures
from renewopt.inventory.geometry import (
    Nodes,
    complete_geometry,
    geometry_settings,
    is_point_sheet,
    read_nodes,
    without_used,
)
from renewopt.inventory.impute import impute as fill_missing
from renewopt.inventory.inventory import (
    ABOUT_FILE,
    OUR_OUTPUTS,
    QUALITIES_FILE,
    Inventory,
)
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind, all_kinds, class_kind, extra_kind
from renewopt.inventory.lengths import measure_lengths
from renewopt.inventory.mapped import is_named, parse_mapped
from renewopt.inventory.merge import merge_tables
from renewopt.inventory.parse import parse_table
from renewopt.inventory.qualities import in_order, read_qualities
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers import (
    REFUSED_DATA,
    SUFFIXES,
    is_url,
    read_source,
    refusal,
    shown_source,
)
from renewopt.inventory.recognise import Recognised, has_header, recognise
from renewopt.inventory.returned import is_our_sheet, tables_of
from renewopt.inventory.spellings import spellings_between
from renewopt.inventory.survey import Survey, points_of
from renewopt.inventory.switches import imputed_columns, placing
from renewopt.inventory.tables import ParsedTable, TableCount

PathLike = str | Path
PLACE = frozenset({"file", "row", "column", "value", "parsed"})
"""Parameters of a message that an issue holds as its place."""


@dataclass(eq=False)
class _Reading:
    """What has been read so far, and for which year."""

    as_of: AsOf
    tables: list[ParsedTable] = field(default_factory=list)
    issues: list[CellIssue] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)
    survey: Survey = field(default_factory=Survey)

    def add(
        self, raw: RawTable, table: ParsedTable, kind: TableKind,
        points: Nodes | None = None, headers: NodeHeaders | None = None,
    ) -> None:  # fmt: skip
        """Take a table that was read, with what its profile says of its ends."""
        self.tables.append(table)
        if kind.is_asset_class:
            self.survey.add(raw, table, kind, points, headers)
        elif kind.id == "failures":
            self.survey.records.append((raw, table, kind))

    def note(self, raw: RawTable, code: str) -> None:
        """Note that a whole table is not read."""
        self.issues.append(CellIssue(raw.file, raw.sheet, 0, "", "", code, "note"))

    def question_sheet(self, raw: RawTable, error: InputError) -> None:
        """Say which sheet of a file was left out although it seems to be a table."""
        for item in error.messages:
            params = {k: v for k, v in item.params.items() if k not in PLACE}
            column = str(item.params.get("column", ""))
            self.issues.append(
                CellIssue(
                    raw.file, raw.sheet, 0, column, "", item.code, "questioned", params
                )
            )

    def note_class(self, raw: RawTable, found: Recognised) -> None:
        """Say what a table was taken for where only its headers tell."""
        if found.by == "headers":
            params = {"table": found.kind.id, "headers": ", ".join(found.words)}
            place = (raw.file, raw.sheet, 0, "", "")
            code = "inventory.class_by_headers"
            self.issues.append(CellIssue(*place, code, "note", params))


def read_inventory(
    paths: PathLike | Sequence[PathLike],
    catalogue: Catalogue,
    asset_class: str | None = None,
    mapping: Mapping | PathLike | None = None,
    crs: object = None,
    as_of_year: int | None = None,
    impute: Sequence[str] | None = None,
) -> Inventory:
    """Read files and folders of tables.

    Parameters
    ----------
    paths
        Files of any format that is read, folders of them, or addresses of databases.
    catalogue
        The asset classes and mapping profiles that are known.
    asset_class
        Class of the files, where neither names nor headers say it.
    mapping
        A profile, its name in the catalogue, or its file.
    crs
        Coordinate system of the files: `EPSG:…`, `GCJ-02`, a local grid (a table with
        `base`, `dx`, `dy`, `rotation`, `scale`) or a table of these by file name; by
        default `crs` of the folder's `inventory.toml`.
    as_of_year
        Year in which the tables were true; ages count from it, and later years are
        questioned. Else `as_of_year` of the folder's `inventory.toml`; else the year
        of the clock, which tells the future but turns no age into a year.
    impute
        Columns whose missing cells are filled; absent: those that `inventory.toml`
        says, which is none by default.

    Raises
    ------
    InputError
        With every file that is absent, unreadable, of no known class or without the
        columns that its class needs. Bad cells raise nothing: they are issues.
    """
    listed = [paths] if isinstance(paths, str | Path) else list(paths)
    profile = load_mapping(mapping, catalogue) if mapping is not None else None
    forced = _forced(asset_class, catalogue)
    about = _about(listed)
    reading = _Reading(_as_of(as_of_year, about))
    files = list(_files(listed, reading))
    if not files and not reading.problems:
        places = ", ".join(shown_source(str(path)) for path in listed)
        reading.problems.append(
            message("inventory.no_files", file=places, known=", ".join(SUFFIXES))
        )
    for source in files:
        try:
            raws = _without_our_sheets(read_source(source), reading)
            if profile is not None:
                _read_mapped(raws, profile, catalogue, reading)
            else:
                _read_plain(raws, all_kinds(catalogue), forced, reading)
        except InputError as error:
            reading.problems.extend(error.messages)
    if reading.problems:
        raise InputError(*reading.problems)
    if crs is not None:
        about["crs"] = crs
    listed_qualities = [read_qualities(path) for path in _qualities_files(listed)]
    sources = [shown_source(file) for file in files]
    found = _assemble(reading, catalogue, about, sources, listed_qualities)
    columns = imputed_columns(about) if impute is None else impute
    return fill_missing(found, catalogue, columns) if columns else found


def _as_of(given: int | None, about: dict[str, Any]) -> AsOf:
    stated = given if given is not None else about.get("as_of_year")
    return AsOf(stated) if isinstance(stated, int) else AsOf.today()


def _qualities_files(paths: Iterable[PathLike]) -> list[Path]:
    places = [Path(path) for path in paths if not is_url(str(path))]
    found = [path / QUALITIES_FILE for path in places if path.is_dir()]
    return [path for path in found if path.is_file()]


def source_files(paths: Iterable[PathLike]) -> list[PathLike]:
    """List what `read_inventory` reads for these paths, in its order.

    Folders become their files; addresses (with ``://``) stay as they are.
    """
    return list(_files(paths, _Reading(AsOf.today())))


def _without_our_sheets(raws: Sequence[RawTable], reading: _Reading) -> list[RawTable]:
    """Leave out, with a note, the sheets that we put into a workbook."""
    for raw in filter(is_our_sheet, raws):
        reading.note(raw, "inventory.our_sheet")
    return list(tables_of(raws))


def load_mapping(mapping: Mapping | PathLike, catalogue: Catalogue) -> Mapping:
    """Give a profile by name in the catalogue or from a file.

    Raises
    ------
    InputError
        Where there is no such profile, or with every mistake in its file.
    """
    if isinstance(mapping, Mapping):
        return mapping
    if str(mapping) in catalogue.mappings:
        return catalogue.mappings[str(mapping)]
    path = Path(mapping)
    if not path.is_file():
        known = ", ".join(sorted(catalogue.mappings))
        raise InputError.of("inventory.unknown_mapping", value=path.name, known=known)
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError.of(
            "inventory.unreadable", file=path.name, detail=error
        ) from None
    except ValidationError as error:
        raise InputError(
            *(
                message(
                    "inventory.mapping_file",
                    file=path.name,
                    key=".".join(str(part) for part in item["loc"]),
                    detail=item["msg"],
                )
                for item in error.errors()
            )
        ) from None


def _forced(asset_class: str | None, catalogue: Catalogue) -> TableKind | None:
    if asset_class is None:
        return None
    if asset_class not in catalogue.asset_classes:
        known = ", ".join(sorted(catalogue.asset_classes))
        raise InputError.of("inventory.unknown_class", value=asset_class, known=known)
    return class_kind(catalogue, asset_class)


def _files(paths: Iterable[PathLike], reading: _Reading) -> Iterable[str]:
    """List the files and addresses to read, folders in the order of their names."""
    for text in map(str, paths):
        path = Path(text)
        if is_url(text):
            yield text
        elif path.is_dir():
            for item in sorted(path.iterdir()):
                if item.name in OUR_OUTPUTS or item.name.startswith((".", "~$")):
                    continue
                suffix = item.suffix.lower()
                if suffix in SUFFIXES:
                    yield str(item)
                elif suffix in REFUSED_DATA:
                    code = refusal(item.name, suffix).code
                    reading.issues.append(
                        CellIssue(item.name, "", 0, "", "", code, "note")
                    )
        elif path.exists():
            yield text
        else:
            reading.problems.append(message("inventory.missing_file", file=path.name))


def _read_plain(
    raws: Sequence[RawTable],
    kinds: tuple[TableKind, ...],
    forced: TableKind | None,
    reading: _Reading,
) -> None:
    """Read the tables of one file; single sheets without a table are noted."""
    problems: list[Message] = []
    found = 0
    for raw in raws:
        nodes = read_nodes(raw)
        if nodes is not None:
            found += 1
            reading.survey.nodes.append(nodes)
            reading.issues += [*raw.issues, *nodes.issues]
            continue
        try:
            known = recognise(raw, kinds, forced)
        except InputError as error:
            problems.extend(error.messages)
            reading.note(raw, "inventory.sheet_ignored")
            continue
        kind = known.kind
        if len(raws) > 1 and not has_header(raw, kind):
            reading.note(raw, "inventory.sheet_ignored")
            problems.append(
                message("inventory.no_header", file=raw.file, table=kind.id)
            )
            continue
        try:
            table = parse_table(raw, kind, reading.as_of)
        except InputError as error:
            problems.extend(error.messages)
            reading.question_sheet(raw, error)
            continue
        found += 1
        reading.note_class(raw, known)
        reading.add(raw, table, kind)
    if not found:
        raise InputError(*problems)


def _read_mapped(
    raws: Sequence[RawTable], profile: Mapping, catalogue: Catalogue, reading: _Reading
) -> None:
    """Read the tables of one file through a profile; others are noted."""
    used = set()
    for raw in raws:
        found = _mapped_kind(raw, profile, catalogue)
        if found is None:
            continue
        headers = found[1].nodes
        points, said, sheets = points_of(raws, headers)
        used |= {raw.sheet, *sheets}
        reading.issues += [issue for issue in said if issue not in reading.issues]
        table = parse_mapped(raw, *found, reading.as_of, points)
        if table.kind == "failures":
            owner = next(t.asset_class for t in profile.failures if t is found[1])
            if owner:
                table.frame["asset_class"] = owner
        reading.add(raw, table, found[0], points, headers)
    for raw in raws:
        if raw.sheet not in used:
            reading.note(raw, "inventory.file_not_mapped")


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


def _about(paths: Iterable[PathLike]) -> dict[str, Any]:
    """Read `inventory.toml` of the folders: synthetic or not, and the title."""
    about: dict[str, Any] = {}
    for path in (Path(text) for text in paths if not is_url(str(text))):
        file = path / ABOUT_FILE if path.is_dir() else path.parent / ABOUT_FILE
        if not file.is_file():
            continue
        try:
            about |= tomllib.loads(file.read_text("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError.of(
                "inventory.unreadable", file=file.name, detail=error
            ) from None
    return about


def _assemble(
    reading: _Reading,
    catalogue: Catalogue,
    about: dict[str, Any],
    sources: list[str],
    qualities: list[pd.DataFrame],
) -> Inventory:
    """Put the tables together and join what belongs together."""
    issues = list(reading.issues)
    counts: list[TableCount] = []
    merged: dict[str, pd.DataFrame] = {}
    for kind in all_kinds(catalogue):
        tables = [table for table in reading.tables if table.kind == kind.id]
        issues += [issue for table in tables for issue in table.issues]
        if kind.id == "failures":
            continue
        frame, more, rows = merge_tables(tables, kind)
        merged[kind.id] = frame
        issues += more
        counts += rows
    issues += spellings_between(reading.tables)
    assets = {
        name: merged[name]
        for name in sorted(catalogue.asset_classes)
        if any(table.kind == name for table in reading.tables)
    }
    geometries, doubted = reading.survey.geometries(catalogue)
    issues += doubted
    settings = geometry_settings(about.get("crs"))
    assets, shapes, located = complete_geometry(assets, geometries, settings)
    failures, points, said = place_failures(reading.survey.records, settings)
    issues = without_used(issues, [*geometries, *points])
    measured = measure_lengths(
        assets, shapes, reading.tables, geometries, counts, catalogue
    )
    assets, shapes, counts = measured.assets, measured.shapes, [*measured.counts]
    located += [*measured.issues, *said]
    parts = [*(t.qualities for t in reading.tables), measured.qualities, *qualities]
    listed = in_order(parts, assets)
    joined = join_failures(failures, assets, catalogue, qualities=listed, shapes=shapes)
    placed = place_in_corridors(
        assets,
        merged["corridors"],
        catalogue,
        qualities=listed,
        shapes=shapes,
        **placing(about),
    )
    title = about.get("title")
    return replace(
        Inventory(
            assets=placed.assets,
            failures=joined.failures,
            predecessor_failures=joined.predecessors,
            unjoined_failures=joined.unjoined,
            corridors=placed.corridors,
            packages=merged["packages"],
            running_works=merged["running_works"],
            package_history=merged["package_history"],
        ),
        geometry=shapes,
        failure_joins=joined.shares,
        corridor_places=placed.places,
        issues=(*issues, *located, *joined.issues, *placed.issues),
        counts=(*counts, *joined.counts),
        synthetic=about.get("synthetic") is True,
        title=title if isinstance(title, dict) else None,
        sources=tuple(sources),
        as_of_year=reading.as_of.year if reading.as_of.stated else None,
        qualities=listed,
    )
