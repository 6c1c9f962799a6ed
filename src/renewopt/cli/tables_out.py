"""Tables that a verb writes to files: whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from renewopt.core.errors import InputError


def write_csv(path: Path, writer: Callable[[Path], object]) -> Path:
    """Write under a temporary name and move it to `path` when it is whole.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(part)
        part.replace(path)
    except OSError as error:
        raise InputError.of("cli.cannot_write", file=path, detail=error) from None
    finally:
        part.unlink(missing_ok=True)
    return path
