"""Sources: the files of the folders that are read, and what stands beside them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from renewopt.catalogue.mapping import Mapping
from renewopt.core.errors import InputError, message
from renewopt.inventory.cells import AsOf
from renewopt.inventory.folders import list_folder
from renewopt.inventory.inventory import ABOUT_FILE, OVERWRITTEN, QUALITIES_FILE
from renewopt.inventory.readers import TEXTS, Listed, is_url, told_apart
from renewopt.inventory.reading import Reading

PathLike = str | Path


def source_files(paths: Iterable[PathLike]) -> list[PathLike]:
    """List what `read_inventory` reads for these paths, in its order.

    Folders become their files; addresses (with ``://``) stay as they are.
    """
    return list(files_of(paths, Reading(AsOf.today())))


def files_of(paths: Iterable[PathLike], reading: Reading) -> list[str]:
    """List the files and addresses to read; what folders hold besides is told.

    Files of one name in different folders are named with their folders.
    """
    found: list[str] = []
    for text in map(str, paths):
        path = Path(text)
        if is_url(text):
            found.append(text)
        elif path.is_dir():
            listed = list_folder(path)
            found += listed.files
            reading.issues += listed.issues
        elif path.exists():
            found.append(Listed(path, path.name))
        else:
            reading.problems.append(message("inventory.missing_file", file=path.name))
    apart = iter(told_apart([file for file in found if isinstance(file, Listed)]))
    return [next(apart) if isinstance(file, Listed) else file for file in found]


def is_text(source: str, paths: Sequence[PathLike]) -> bool:
    """Tell whether a file of text lay in a folder; one that was named is a table."""
    named = {Path(path) for path in map(str, paths) if not is_url(path)}
    return Path(source).suffix.lower() in TEXTS and Path(source) not in named


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
