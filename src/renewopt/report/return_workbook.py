"""Return workbooks: a bureau's own tables with every doubtful cell coloured and told.

A clerk corrects the coloured cells and sends the workbook back; reading it again
applies the corrections. A workbook (.xlsx, .xlsm) is kept as it is and coloured; a
table of another format is written into a new workbook with the same cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from openpyxl.utils.exceptions import InvalidFileException

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.kinds import TableKind, all_kinds, extra_kind
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers import Listed, read_source, with_names
from renewopt.inventory.returned import RETURN_TAIL, source_stem, tables_of
from renewopt.inventory.tables import TableCount
from renewopt.report.return_kept import can_be_kept, colour_workbook
from renewopt.report.return_marks import Line, Mark, table_marks
from renewopt.report.return_new import write_tables
from renewopt.report.return_places import Place
from renewopt.text import Lang

KEPT = (".xlsx", ".xlsm")
"""Formats that are kept as they are; of others a new workbook is made."""
_ODD = (KeyError, ValueError, TypeError, AttributeError, IndexError)
"""What openpyxl raises for workbooks that other programs wrote oddly."""
MOST_ROWS = 1_048_576 - 1
"""Rows that a sheet holds."""


@dataclass(frozen=True)
class Returned:
    """A return workbook and what the user should know about it.

    Attributes
    ----------
    file
        Name of the source.
    path
        The workbook; None where none could be made, which `notes` explain.
    marked
        Cells that are coloured.
    """

    file: str
    path: Path | None
    marked: int
    notes: tuple[Message, ...] = ()


def return_workbooks(
    sources: Sequence[str | Path],
    issues: Iterable[CellIssue],
    counts: Iterable[TableCount],
    catalogue: Catalogue,
    folder: Path,
    lang: Lang,
) -> list[Returned]:
    """Write `<stem>.return.xlsx` for every source with something to correct.

    Of a file in a folder below the one that was read it goes into one of that name.

    Parameters
    ----------
    sources
        Files (or addresses) that were read, one table or several in each.
    issues, counts
        What was found in them; issues and tables name the file that they belong to.
    folder
        Where the workbooks go.

    Raises
    ------
    InputError
        Where a source cannot be read any more or the folder cannot be written.
    """
    by_file: dict[str, list[CellIssue]] = {}
    for issue in issues:
        by_file.setdefault(issue.file, []).append(issue)
    tables = list(counts)
    kinds = {kind.id: kind for kind in (*all_kinds(catalogue), _PROJECTS)}
    files = iter(with_names([source for source in sources if _is_file(source)]))
    sources = [next(files) if _is_file(source) else source for source in sources]
    shared = Counter(_named(source) for source in sources)
    taken: set[str] = set()
    out: list[Returned] = []
    for source in sources:
        names = _files_in(source, {*by_file, *(t.file for t in tables)}, shared)
        name = names[0]
        found = [issue for file in names for issue in by_file.get(file, ())]
        if not any(issue.severity != "note" for issue in found):
            continue
        if shared[_named(source)] > 1:
            note = message("report.same_name", file=name)
            if all(item.file != name for item in out):
                out.append(Returned(name, None, 0, (note,)))
            continue
        aliases = _aliases(kinds, [t for t in tables if t.file in names])
        path = _free(folder, name, taken)
        out.append(_one(source, name, found, aliases, path, lang))
    return out


_PROJECTS = extra_kind("project_list")


def _files_in(
    source: str | Path, spoken: set[str], shared: Mapping[str, int]
) -> list[str]:
    """List the names under which issues speak of a source: its own, or those in it.

    Archives and databases hold tables with names of their own. The address of a
    database may hold a password: it is never part of a name.
    """
    own = [_named(source)] if _is_file(source) else []
    if own and (own[0] in spoken or not spoken - set(shared)):
        return own
    return list(dict.fromkeys((*own, *(raw.file for raw in read_source(source)))))


def _named(source: str | Path) -> str:
    """Give the name of a source as issues write it; an address by its last part."""
    return source.shown if isinstance(source, Listed) else Path(source).name


def _is_file(source: str | Path) -> bool:
    return isinstance(source, Path) or "://" not in source


def _aliases(
    kinds: Mapping[str, TableKind], counts: Sequence[TableCount]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Give our columns and their headers, by sheet."""
    return {
        count.sheet: {
            spec.name: (spec.name, *spec.headers.all(), *spec.outside)
            for spec in kinds[count.table].columns
        }
        for count in counts
        if count.table in kinds
    }


def _free(folder: Path, name: str, taken: set[str]) -> Path:
    """Choose the name of a workbook; `a.csv` and `a.xlsx` get different ones."""
    parts = [name.rstrip("/").rpartition("/")[2]] if "://" in name else name.split("/")
    parts = [re.sub(r'[\\/:*?"<>|]+', "_", part) for part in parts if part.strip("./")]
    path = Path(*parts)
    suffix = path.suffix.lower() if path.suffix.lower() in KEPT else ".xlsx"
    chosen = path.with_name(f"{source_stem(path.stem)}{RETURN_TAIL}{suffix}")
    if str(chosen).casefold() in taken:
        chosen = path.with_name(f"{path.name}{RETURN_TAIL}{suffix}")
    taken.add(str(chosen).casefold())
    return folder / chosen


def _one(
    source: str | Path,
    name: str,
    issues: Sequence[CellIssue],
    aliases: Mapping[str, Mapping[str, Sequence[str]]],
    path: Path,
    lang: Lang,
) -> Returned:
    raws = list(tables_of(read_source(source)))
    marks, lines = table_marks(raws, issues, aliases, lang)
    notes: list[Message] | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if _is_file(source) and Path(source).suffix.lower() in KEPT:
            sheets = {raw.sheet: mark for raw, mark in zip(raws, marks, strict=True)}
            notes = _kept(Path(source), path, sheets, lines, lang)
        if notes is None:
            if any(len(raw.grid) > MOST_ROWS for raw in raws):
                note = message("report.too_long", file=name, most=MOST_ROWS)
                return Returned(name, None, 0, (note,))
            path = path.with_suffix(".xlsx")
            notes = write_tables(path, raws, marks, lines, lang)
            notes += _without_geometry(raws, name)
            if Path(source).suffix.lower() in KEPT:
                notes.append(message("report.not_kept", file=name))
    except OSError as error:
        raise InputError.of("report.cannot_write", file=path, detail=error) from None
    return Returned(name, path, sum(map(len, marks)), tuple(notes))


def _kept(
    source: Path,
    path: Path,
    marks: Mapping[str, Mapping[Place, Mark]],
    lines: Sequence[Line],
    lang: Lang,
) -> list[Message] | None:
    """Colour the workbook itself; None where it is too large or not well-formed."""
    try:
        if can_be_kept(source):
            return colour_workbook(source, path, marks, lines, lang)
    except (BadZipFile, InvalidFileException, *_ODD):
        # The reader of the import forgives more than openpyxl does.
        pass
    return None


def _without_geometry(raws: Sequence[RawTable], file: str) -> list[Message]:
    """Say that a workbook holds no shapes, where the source has some."""
    if any(getattr(raw, "geometry", None) is not None for raw in raws):
        return [message("report.no_geometry", file=file)]
    return []
