"""The names of the sheets of a workbook, without reading them."""

from __future__ import annotations

from pathlib import Path


def sheet_names(path: Path) -> tuple[str, ...]:
    """Give the names; none of what is no workbook or cannot be opened."""
    import python_calamine as calamine

    if path.suffix.lower() not in {".xlsx", ".xlsm", ".xls", ".ods"}:
        return ()
    try:
        with calamine.load_workbook(str(path)) as book:
            return tuple(book.sheet_names)
    except (calamine.PasswordError, calamine.CalamineError, OSError, ValueError):
        return ()
