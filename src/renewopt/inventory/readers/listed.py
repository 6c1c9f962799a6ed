"""Files under the name that messages use: with the folders between, where needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os.path import commonpath
from pathlib import Path
from typing import Any

from renewopt.core.errors import InputError, Message
from renewopt.inventory.raw import RawTable


class Listed(str):
    """A path with the name that issues, counts and workbooks give its file.

    Attributes
    ----------
    shown
        The path below the folder that the user named: two files of one name in two
        folders are told apart by it.
    """

    __slots__ = ("shown",)

    shown: str

    def __new__(cls, path: Path, shown: str) -> Listed:
        """Make it of a path and the name to show."""
        made = super().__new__(cls, path)
        made.shown = shown
        return made


def told_apart(files: Sequence[Listed]) -> list[Listed]:
    """Name the files from the folder that they share, where two have one name."""
    names = [file.shown.casefold() for file in files]
    if len(set(names)) == len(names) or len(set(files)) < len(files):
        return list(files)
    whole = [Path(file).resolve() for file in files]
    try:
        base = Path(commonpath([path.parent for path in whole]))
    except ValueError:  # on several drives
        return [
            Listed(Path(f), p.as_posix()) for f, p in zip(files, whole, strict=True)
        ]
    return [
        Listed(Path(file), path.relative_to(base).as_posix())
        for file, path in zip(files, whole, strict=True)
    ]


def with_names(sources: Sequence[str | Path]) -> list[Listed]:
    """Name sources as an import of them does; what has a name already keeps it."""
    plain = [Listed(Path(s), Path(s).name) for s in sources if not _is_listed(s)]
    apart = iter(told_apart(plain))
    return [s if isinstance(s, Listed) else next(apart) for s in sources]


def _is_listed(source: str | Path) -> bool:
    return isinstance(source, Listed)


def renamed(tables: Sequence[RawTable], source: Listed) -> list[RawTable]:
    """Give tables of a file, and what was found in them, the name to show."""
    own = Path(source).name
    return [
        table.called(source.shown) if table.file == own else table for table in tables
    ]


def renamed_error(error: InputError, source: Listed) -> InputError:
    """Let an error speak of a file by the name to show."""
    own = Path(source).name
    if own == source.shown:
        return error
    return InputError(*(_renamed(item, own, source.shown) for item in error.messages))


def _renamed(item: Message, own: str, shown: str) -> Message:
    params: dict[str, Any] = dict(item.params)
    if params.get("file") == own:
        params["file"] = shown
    return replace(item, params=params)
