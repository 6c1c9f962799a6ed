"""Folders: the files in them and in the folders below; what is left out is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renewopt.inventory.inventory import ABOUT_FILE, OUR_OUTPUTS
from renewopt.inventory.issues import CellIssue, Severity
from renewopt.inventory.readers import (
    DATA,
    REFUSED,
    SUFFIXES,
    TEXTS,
    Listed,
    refusal,
)
from renewopt.inventory.readers.sniff import kind_of

SETTINGS = frozenset({ABOUT_FILE, "scenario.toml"})
"""Files of an inventory's folder that others read."""
MADE = (("summary.json", "what"), ("manifest.json", "case_digest"))
"""Files and keys by which folders that we wrote are known."""
OF_MODELS = ("asset_classes", "policies", "funds", "mappings", "imports", "risk")
"""Folders of a bureau's own `models`: classes, packs and trained models, no tables."""
SHOWN = 20
"""File names that one note lists."""
_BESIDE_SHAPES = frozenset(
    {".dbf", ".shx", ".prj", ".cpg", ".qpj", ".qmd", ".sbn", ".sbx", ".qix", ".xml"}
)
_TABLES = frozenset(
    {".db", ".sqlite", ".sqlite3", ".db3", ".dbf", ".mdf", ".bak", ".dmp", ".sql",
     ".numbers", ".xml", ".dat", ".xlt", ".xltx", ".xltm", ".fods", ".feather"}
)  # fmt: skip
"""Formats that may hold a table, but are not read."""


@dataclass(eq=False)
class Folder:
    """What a folder holds: the files to read, and what is said of the others."""

    files: list[Listed] = field(default_factory=list)
    issues: list[CellIssue] = field(default_factory=list)

    def say(self, name: str, code: str, severity: Severity, **params: Any) -> None:
        """Note one file or folder that is left out."""
        self.issues.append(CellIssue(name, "", 0, "", "", code, severity, params))


def list_folder(folder: Path) -> Folder:
    """List what is to be read in a folder and the folders below it."""
    found = Folder()
    others: list[str] = []
    for path, shown in _walk(folder, "", found):
        suffix = path.suffix.lower()
        if suffix in SUFFIXES or suffix in TEXTS or _is_map(path, suffix):
            found.files.append(Listed(path, shown))
        elif suffix in DATA:
            params = refusal(shown, suffix).params
            del params["file"]
            found.say(shown, REFUSED[suffix], "questioned", **params)
        elif suffix in _TABLES:
            code = "inventory.file_left_out"
            if kind_of(path) == "sqlite":
                code = "inventory.sqlite_file"
            found.say(shown, code, "questioned")
        else:
            others.append(shown)
    if others:
        names = _names(others)
        code = "inventory.no_tables_there"
        found.say(folder.name, code, "note", number=len(others), names=names)
    return found


def _walk(folder: Path, before: str, found: Folder) -> Iterator[tuple[Path, str]]:
    """Give the files of a folder in the order of names, then those of its folders."""
    items = sorted(folder.iterdir())
    stems = {item.stem.casefold() for item in items if item.suffix.lower() == ".shp"}
    below = []
    for item in items:
        if item.name.startswith((".", "~$")):
            continue
        shown = before + item.name
        if item.is_dir() and item.suffix.lower() not in DATA:
            below.append(item)
        elif not before and item.name in SETTINGS:
            continue
        elif item.name not in OUR_OUTPUTS and not _is_beside(item, stems):
            yield item, shown
    for item in below:
        shown = before + item.name
        if item.is_symlink():
            found.say(shown, "inventory.folder_linked", "questioned")
        elif (item / ABOUT_FILE).is_file():
            found.say(shown, "inventory.folder_of_its_own", "questioned")
        elif _is_ours(item):
            found.say(shown, "inventory.folder_of_ours", "note")
        else:
            yield from _walk(item, f"{shown}/", found)


def _is_beside(item: Path, stems: set[str]) -> bool:
    """Tell whether a file is a part of a Shapefile that is read: pipes.shp.xml too."""
    if item.suffix.lower() not in _BESIDE_SHAPES:
        return False
    return item.name.casefold().partition(".")[0] in stems or (
        item.stem.casefold() in stems
    )


def _is_ours(folder: Path) -> bool:
    """Tell whether the folder is one of ours: of `check -o`, a run, or `models`."""
    if folder.name == "models" and any((folder / name).is_dir() for name in OF_MODELS):
        return True
    for name, key in MADE:
        try:
            said = json.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(said, dict) and key in said:
            return True
    return False


def _is_map(path: Path, suffix: str) -> bool:
    """Tell whether a .json is a map; settings and lists of programs are none."""
    if suffix != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        return b'"FeatureCollection"' in file.read(4096)


def _names(shown: Sequence[str]) -> str:
    more = f" … (+{len(shown) - SHOWN})" if len(shown) > SHOWN else ""
    return ", ".join(shown[:SHOWN]) + more
