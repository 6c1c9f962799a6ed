"""Tables that a verb writes to files: whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from renewopt.core.errors import InputError, message

if TYPE_CHECKING:
    import pandas as pd

Writer = Callable[[Path], object]


def csv_of(table: pd.DataFrame) -> Writer:
    """Give what writes a table as CSV that spreadsheets read as UTF-8."""

    def write(path: Path) -> None:
        from renewopt.core.harmless import harmless_table

        harmless_table(table).to_csv(
            path, index=False, encoding="utf-8-sig", lineterminator="\n"
        )

    return write


def write_csv(path: Path, writer: Writer) -> Path:
    """Write under a temporary name and move it to `path` when it is whole.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    return write_together({path: writer})[0]


def write_together(files: Mapping[Path, Writer]) -> list[Path]:
    """Write files that belong together: all of them, or none.

    Raises
    ------
    InputError
        If one of them cannot be written; what was there before stays as it was.
    """
    parts = {path: path.with_name(f".{path.name}.part") for path in files}
    at = next(iter(files))
    try:
        for at, writer in files.items():
            if at.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            at.parent.mkdir(parents=True, exist_ok=True)
            writer(parts[at])
        _move(parts)
    except OSError as error:
        raise InputError.of("cli.cannot_write", file=at, detail=error) from None
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return list(files)


def _move(parts: Mapping[Path, Path]) -> None:
    """Give the parts their names; a file that somebody holds open undoes it all."""
    kept: list[tuple[Path, Path | None]] = []
    try:
        for path, part in parts.items():
            old = path.with_name(f".{path.name}.old") if path.exists() else None
            if old is not None:
                path.replace(old)
            kept.append((path, old))
            part.replace(path)
    except OSError:
        for path, old in kept:
            path.unlink(missing_ok=True)
            if old is not None:
                old.replace(path)
        raise
    for _, old in kept:
        if old is not None:
            old.unlink(missing_ok=True)


def check_out(path: Path | None, inputs: Iterable[Path], *, beside: bool) -> None:
    """Refuse, before any work, what cannot be written as CSV or is itself read.

    Parameters
    ----------
    beside
        Whether `beside_of` it is written too.

    Raises
    ------
    InputError
        For another suffix than .csv, and for files among those that are read.
    """
    if path is None:
        return
    if path.suffix.lower() != ".csv":
        raise InputError.of("cli.score.bad_file", file=path)
    refuse_inputs([path, beside_of(path)] if beside else [path], inputs)


def refuse_inputs(files: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Refuse to write over what is read.

    Raises
    ------
    InputError
        With every file that is an input, or lies in a folder of inputs already.
    """
    folders = [path.resolve() for path in inputs]
    problems = [
        message("cli.score.is_input", file=file)
        for file in files
        if file.exists() and {file.resolve(), file.resolve().parent} & set(folders)
    ]
    if problems:
        raise InputError(*problems)


def beside_of(path: Path) -> Path:
    """Name the table of assets beside a risk table."""
    return path.with_name(f"{path.stem}-assets.csv")
