"""Read an inventory: files and folders in, Inventory and issues out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping
from renewopt.core.errors import InputError, message
from renewopt.inventory.cells import AsOf
from renewopt.inventory.corridors import place_in_corridors
from renewopt.inventory.failure_places import place_failures
from renewopt.inventory.failures import join_failures
from renewopt.inventory.geometry import (
    complete_geometry,
    geometry_settings,
    without_used,
)
from renewopt.inventory.impute import impute as fill_missing
from renewopt.inventory.inventory import (
    Inventory,
)
from renewopt.inventory.kinds import TableKind, all_kinds, class_kind
from renewopt.inventory.lengths import measure_lengths
from renewopt.inventory.mapped_files import read_mapped
from renewopt.inventory.merge import merge_tables
from renewopt.inventory.plain import is_tabular, read_plain
from renewopt.inventory.profiles import load_mapping
from renewopt.inventory.qualities import in_order, read_qualities
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers import (
    SUFFIXES,
    is_url,
    read_source,
    shown_source,
)
from renewopt.inventory.reading import Reading
from renewopt.inventory.returned import is_our_sheet, tables_of
from renewopt.inventory.sources import (
    PathLike,
    about_of,
    files_of,
    is_text,
    overwritten_columns,
    qualities_files,
)
from renewopt.inventory.spellings import spellings_between
from renewopt.inventory.switches import imputed_columns, placing
from renewopt.inventory.tables import TableCount


def read_inventory(
    paths: PathLike | Sequence[PathLike],
    catalogue: Catalogue,
    asset_class: str | None = None,
    mapping: Mapping | PathLike | None = None,
    crs: object = None,
    as_of_year: int | None = None,
    impute: Sequence[str] | None = None,
    *,
    skip_unreadable: bool = False,
    most_told: int | None = None,
    without: Sequence[PathLike] = (),
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
    skip_unreadable
        Go on without files that cannot be read: each is a rejected issue at row 0, and
        `sources` lists only the files that were read. For checks alone: a plan on half
        an inventory would be wrong without showing it.
    most_told
        Street segments are told from the lines themselves where at most so many lack
        one; by default always. For checks alone: what is planned needs them. Columns
        that are imputed need them, too.
    without
        Files of the folders that are something else and read elsewhere: a list of
        projects that lies beside the inventories.

    Raises
    ------
    InputError
        With every file that is absent, unreadable, of no known class or without the
        columns that its class needs. Bad cells raise nothing: they are issues.
    """
    listed = [paths] if isinstance(paths, str | Path) else list(paths)
    profile = load_mapping(mapping, catalogue) if mapping is not None else None
    forced = _forced(asset_class, catalogue)
    about = about_of(listed)
    reading = Reading(_as_of(as_of_year, about), lenient=skip_unreadable)
    apart = {Path(path).resolve() for path in without}
    files = [f for f in files_of(listed, reading) if not _is_one_of(f, apart)]
    gone = _read_files(files, listed, profile, catalogue, forced, reading)
    if crs is not None:
        about["crs"] = crs
    listed_qualities = [read_qualities(path) for path in qualities_files(listed)]
    sources = [shown_source(file) for file in files if file not in gone]
    columns = imputed_columns(about) if impute is None else impute
    streets = placing(about) | {"most_told": None if columns else most_told}
    found = _assemble(reading, catalogue, about, sources, listed_qualities, streets)
    found = replace(found, overwritten=overwritten_columns(profile, about))
    return fill_missing(found, catalogue, columns) if columns else found


def _is_one_of(file: str, apart: set[Path]) -> bool:
    return bool(apart) and not is_url(file) and Path(file).resolve() in apart


def _read_files(
    files: Sequence[str],
    listed: Sequence[PathLike],
    profile: Mapping | None,
    catalogue: Catalogue,
    forced: TableKind | None,
    reading: Reading,
) -> set[str]:
    """Read the files one by one; give those that hold nothing that was read."""
    unread: list[tuple[str, InputError]] = []
    kinds = all_kinds(catalogue)
    for source in files:
        try:
            raws = read_source(source)
            if is_text(source, listed) and not is_tabular(raws[0], kinds):
                reading.note(raws[0], "inventory.text_left_out")
                unread.append((source, InputError()))
                continue
            raws = _without_our_sheets(raws, reading)
            if profile is not None:
                read_mapped(raws, profile, catalogue, reading)
            else:
                read_plain(raws, kinds, forced, reading)
        except InputError as error:
            unread.append((source, error))
    if (
        not reading.problems
        and not any(e.messages for _, e in unread)
        and (len(unread) == len(files))
    ):
        places = ", ".join(shown_source(str(path)) for path in listed)
        known = ", ".join(SUFFIXES)
        none = message("inventory.no_files", file=places, known=known)
        raise InputError(none, *(issue.message() for issue in reading.issues))
    _without_unread(unread, reading)
    return {source for source, _ in unread}


def _without_unread(unread: Sequence[tuple[str, InputError]], reading: Reading) -> None:
    """Refuse what cannot be read, or go on without it where something else was."""
    something = bool(reading.tables or reading.survey.nodes)
    if reading.lenient and something:
        for item in reading.problems:
            reading.reject(str(item.params.get("file", "")), "", InputError(item))
        for source, error in unread:
            reading.reject(shown_source(source), "", error)
        return
    problems = [*reading.problems]
    problems += [item for _, error in unread for item in error.messages]
    if reading.lost and not something:  # only tables that cannot be taken
        lost = [issue for issue in reading.issues if issue.severity == "rejected"]
        said = [i.message() for i in lost if i.code != "inventory.sheet_lost"]
        problems += said
    if problems:
        raise InputError(*problems)


def _as_of(given: int | None, about: dict[str, Any]) -> AsOf:
    stated = given if given is not None else about.get("as_of_year")
    return AsOf(stated) if isinstance(stated, int) else AsOf.today()


def _without_our_sheets(raws: Sequence[RawTable], reading: Reading) -> list[RawTable]:
    """Leave out, with a note, the sheets that we put into a workbook."""
    for raw in filter(is_our_sheet, raws):
        reading.note(raw, "inventory.our_sheet")
    return list(tables_of(raws))


def _forced(asset_class: str | None, catalogue: Catalogue) -> TableKind | None:
    if asset_class is None:
        return None
    if asset_class not in catalogue.asset_classes:
        known = ", ".join(sorted(catalogue.asset_classes))
        raise InputError.of("inventory.unknown_class", value=asset_class, known=known)
    return class_kind(catalogue, asset_class)


def _assemble(
    reading: Reading,
    catalogue: Catalogue,
    about: dict[str, Any],
    sources: list[str],
    qualities: list[pd.DataFrame],
    streets: dict[str, Any],
) -> Inventory:
    """Put the tables together and join what belongs together."""
    issues = list(reading.issues)
    counts: list[TableCount] = []
    merged: dict[str, pd.DataFrame] = {}
    for kind in all_kinds(catalogue):
        tables = [table for table in reading.tables if table.kind == kind.id]
        issues += [issue for table in tables for issue in table.issues]
        if kind.id == "failures" or (kind.is_asset_class and not tables):
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
    all_kept = all(len(measured.assets[n]) == len(assets[n]) for n in assets)
    assets, shapes, counts = measured.assets, measured.shapes, [*measured.counts]
    located += [*measured.issues, *said]
    parts = [*(t.qualities for t in reading.tables), measured.qualities]
    listed = (
        in_order(parts, assets, qualities)
        if all_kept
        else in_order([], assets, [*parts, *qualities])
    )
    joined = join_failures(
        failures,
        assets,
        catalogue,
        qualities=listed,
        shapes=shapes,
        until=reading.as_of.year,
    )
    placed = place_in_corridors(
        assets,
        merged["corridors"],
        catalogue,
        qualities=listed,
        shapes=shapes,
        **streets,
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
        counts=(*counts, *joined.counts, *reading.lost),
        synthetic=about.get("synthetic") is True,
        title=title if isinstance(title, dict) else None,
        sources=tuple(sources),
        as_of_year=reading.as_of.year if reading.as_of.stated else None,
        qualities=listed,
    )
