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
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.corridors import place_in_corridors
from renewopt.inventory.failures import join_failures
from renewopt.inventory.impute import impute as fill_missing
from renewopt.inventory.inventory import ABOUT_FILE, OUR_OUTPUTS, Inventory
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind, all_kinds, class_kind, extra_kind
from renewopt.inventory.mapped import parse_mapped
from renewopt.inventory.merge import merge_tables
from renewopt.inventory.parse import ParsedTable, TableCount, parse_table
from renewopt.inventory.raw import SUFFIXES, RawTable, read_raw
from renewopt.inventory.recognise import has_header, recognise
from renewopt.inventory.switches import imputed_columns, placing

PathLike = str | Path


@dataclass(eq=False)
class _Reading:
    """What has been read so far."""

    tables: list[ParsedTable] = field(default_factory=list)
    issues: list[CellIssue] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)

    def note(self, raw: RawTable, code: str) -> None:
        """Note that a whole table is not read."""
        self.issues.append(CellIssue(raw.file, raw.sheet, 0, "", "", code, "note"))


def read_inventory(
    paths: PathLike | Sequence[PathLike],
    catalogue: Catalogue,
    asset_class: str | None = None,
    mapping: Mapping | PathLike | None = None,
    impute: Sequence[str] | None = None,
) -> Inventory:
    """Read files and folders of tables.

    Parameters
    ----------
    paths
        CSV files, workbooks, or folders of them.
    catalogue
        The asset classes and mapping profiles that are known.
    asset_class
        Class of the files, where neither names nor headers say it.
    mapping
        A profile, its name in the catalogue, or its file.
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
    reading = _Reading()
    files = list(_files(listed, reading))
    if not files and not reading.problems:
        places = ", ".join(Path(path).name for path in listed)
        reading.problems.append(
            message("inventory.no_files", file=places, known=", ".join(SUFFIXES))
        )
    for path in files:
        try:
            raws = read_raw(path)
            if profile is not None:
                _read_mapped(raws, profile, catalogue, reading)
            else:
                _read_plain(raws, all_kinds(catalogue), forced, reading)
        except InputError as error:
            reading.problems.extend(error.messages)
    if reading.problems:
        raise InputError(*reading.problems)
    about = _about(listed)
    found = _assemble(reading, catalogue, about, [path.name for path in files])
    columns = imputed_columns(about) if impute is None else impute
    return fill_missing(found, catalogue, columns) if columns else found


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


def _files(paths: Iterable[PathLike], reading: _Reading) -> Iterable[Path]:
    """List the files to read, folders in the order of their file names."""
    for path in map(Path, paths):
        if path.is_dir():
            yield from (
                item
                for item in sorted(path.iterdir())
                if item.suffix.lower() in SUFFIXES
                and item.name not in OUR_OUTPUTS
                and not item.name.startswith((".", "~$"))
            )
        elif path.exists():
            yield path
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
        try:
            kind = recognise(raw, kinds, forced)
        except InputError as error:
            problems.extend(error.messages)
            reading.note(raw, "inventory.sheet_ignored")
            continue
        if len(raws) > 1 and not has_header(raw, kind):
            reading.note(raw, "inventory.sheet_ignored")
            problems.append(
                message("inventory.no_header", file=raw.file, table=kind.id)
            )
            continue
        found += 1
        reading.tables.append(parse_table(raw, kind))
    if not found:
        raise InputError(*problems)


def _read_mapped(
    raws: Sequence[RawTable], profile: Mapping, catalogue: Catalogue, reading: _Reading
) -> None:
    """Read the tables of one file through a profile; others are noted."""
    for raw in raws:
        found = _mapped_kind(raw, profile, catalogue)
        if found is None:
            reading.note(raw, "inventory.file_not_mapped")
            continue
        table = parse_mapped(raw, *found)
        if table.kind == "failures":
            owner = next(t.asset_class for t in profile.failures if t is found[1])
            table.frame["asset_class"] = owner
        reading.tables.append(table)


def _mapped_kind(
    raw: RawTable, profile: Mapping, catalogue: Catalogue
) -> tuple[TableKind, TableMapping] | None:
    def named(table: TableMapping) -> bool:
        return raw.stem.lower() in {stem.lower() for stem in table.files}

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
    for path in map(Path, paths):
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
    reading: _Reading, catalogue: Catalogue, about: dict[str, Any], sources: list[str]
) -> Inventory:
    """Put the tables together and join what belongs together."""
    issues = list(reading.issues)
    counts: list[TableCount] = []
    merged: dict[str, pd.DataFrame] = {}
    failure_tables: list[ParsedTable] = []
    for kind in all_kinds(catalogue):
        tables = [table for table in reading.tables if table.kind == kind.id]
        issues += [issue for table in tables for issue in table.issues]
        if kind.id == "failures":
            failure_tables = tables
            continue
        frame, more, rows = merge_tables(tables, kind)
        merged[kind.id] = frame
        issues += more
        counts += rows
    assets = {
        name: merged[name]
        for name in sorted(catalogue.asset_classes)
        if any(table.kind == name for table in reading.tables)
    }
    joined = join_failures(failure_tables, assets, catalogue)
    placed = place_in_corridors(
        assets, merged["corridors"], catalogue, **placing(about)
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
        failure_joins=joined.shares,
        corridor_places=placed.places,
        issues=(*issues, *joined.issues, *placed.issues),
        counts=(*counts, *joined.counts),
        synthetic=about.get("synthetic") is True,
        title=title if isinstance(title, dict) else None,
        sources=tuple(sources),
    )
