"""Sources: the files of the folders that are read, and what stands beside them."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from renewopt.catalogue.mapping import Mapping
from renewopt.core.errors import InputError, message
from renewopt.inventory.cells import AsOf
from renewopt.inventory.inventory import (
    ABOUT_FILE,
    OUR_OUTPUTS,
    OVERWRITTEN,
    QUALITIES_FILE,
)
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.raw import RawTable
from renewopt.inventory.readers import (
    REFUSED_DATA,
    SUFFIXES,
    is_url,
    read_source,
    refusal,
    shown_source,
)
from renewopt.inventory.reading import Reading

PathLike = str | Path
MAYBE_TABLES = frozenset(
    {".txt", ".zip", ".rar", ".7z", ".db", ".sqlite", ".sqlite3", ".kml", ".kmz"}
    | {".doc", ".docx", ".wps", ".pdf", ".json", ".xlsb", ".htm", ".html"}
)
"""Files of a folder that may hold tables of the bureau's, but are not read with it."""
SHOWN = 5
MOST_FOLDERS = 20
"""Folders with which the name of a file is told from that of another."""


def source_files(paths: Iterable[PathLike]) -> list[PathLike]:
    """List what `read_inventory` reads for these paths, in its order.

    Folders become their files; addresses (with ``://``) stay as they are.
    """
    return list(files_of(paths, Reading(AsOf.today())))


def labels_of(sources: Sequence[PathLike]) -> dict[str, str]:
    """Give the name under which issues and counts speak of each source.

    A file by its name; with its folders (`2023/供水.xlsx`) where several files have it,
    so that what is said of one is not taken for the other. An address of a database
    without user and password.
    """
    texts = list(dict.fromkeys(map(str, sources)))
    found = {text: shown_source(text) for text in texts}
    parts = {text: Path(text).absolute().parts for text in texts if not is_url(text)}
    depth = 1
    while len(found) > len(set(found.values())) and depth < MOST_FOLDERS:
        depth += 1
        often = Counter(found.values())
        for text, own in parts.items():
            if often[found[text]] > 1:
                found[text] = "/".join(own[-depth:])
    return found


def read_labelled(source: PathLike, label: str) -> list[RawTable]:
    """Read a source; where another has its name, its tables are called by its label."""
    raws = read_source(source)
    if is_url(str(source)) or label == Path(source).name:
        return raws
    return [raw.called(label) for raw in raws]


def files_of(paths: Iterable[PathLike], reading: Reading) -> Iterable[str]:
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
                if suffix in SUFFIXES and not item.is_dir():
                    yield str(item)
                elif suffix in REFUSED_DATA:
                    code = refusal(item.name, suffix).code
                    reading.issues.append(
                        CellIssue(item.name, "", 0, "", "", code, "note")
                    )
                else:
                    _note_left_out(item, reading)
        elif path.exists():
            yield text
        else:
            reading.problems.append(message("inventory.missing_file", file=path.name))


def _note_left_out(item: Path, reading: Reading) -> None:
    """Ask about what a folder holds that may be tables and is not read."""
    if item.is_dir():
        inner = [p.name for p in _tables_below(item)]
        if inner:
            shown = ", ".join(inner[:SHOWN]) + (" …" if len(inner) > SHOWN else "")
            params = {"files": len(inner), "names": shown}
            place, code = (item.name, "", 0, "", ""), "inventory.folder_left_out"
            reading.issues.append(CellIssue(*place, code, "questioned", params))
    elif item.suffix.lower() in MAYBE_TABLES:
        reading.issues.append(
            CellIssue(item.name, "", 0, "", "", "inventory.file_left_out", "questioned")
        )


def _tables_below(folder: Path) -> list[Path]:
    """List the tables in a folder and those below it; what we wrote is none."""
    found = []
    for item in sorted(folder.iterdir()):
        if item.name in OUR_OUTPUTS or item.name.startswith((".", "~$")):
            continue
        if item.is_dir():
            found += _tables_below(item)
        elif item.suffix.lower() in {*SUFFIXES, *MAYBE_TABLES}:
            found.append(item)
    return found


def about_of(paths: Iterable[PathLike]) -> dict[str, Any]:
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


def qualities_files(paths: Iterable[PathLike]) -> list[Path]:
    """List the tables of qualities that stand in the folders."""
    places = [Path(path) for path in paths if not is_url(str(path))]
    found = [path / QUALITIES_FILE for path in places if path.is_dir()]
    return [path for path in found if path.is_file()]


def overwritten_columns(
    profile: Mapping | None, about: dict[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Give the columns of each class that are changed after failures without a date.

    A profile says so of what it reads; `inventory.toml` of tables written clean.

    Raises
    ------
    InputError
        Where `inventory.toml` says it in another form.
    """
    stated = about.get(OVERWRITTEN, {})
    if not isinstance(stated, dict) or not all(
        isinstance(names, list) and all(isinstance(name, str) for name in names)
        for names in stated.values()
    ):
        raise InputError.of("inventory.bad_overwritten", file=ABOUT_FILE)
    found = {str(name): set(columns) for name, columns in stated.items()}
    for table in () if profile is None else profile.assets:
        found.setdefault(table.asset_class, set()).update(table.overwritten_here())
    return {name: tuple(sorted(own)) for name, own in sorted(found.items()) if own}
