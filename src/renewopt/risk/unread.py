"""What of the input was not read, in so far as rates are told by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from renewopt.core.errors import Message, message
from renewopt.inventory import Inventory

SHOWN, COLUMNS_SHOWN = 3, 8
"""Values of a column that a note gives as examples; columns that have a note each."""
RECORDS = ("failures", "corridors")
"""Tables that rates hang on, besides those of the class."""


def rejected_rows(inventory: Inventory, asset_class: str = "") -> dict[str, list[int]]:
    """Give, by file, how many rows were rejected and how many there are.

    Parameters
    ----------
    asset_class
        Only its table and those of failures and corridors; empty: all.
    """
    found: dict[str, list[int]] = {}
    for count in inventory.counts:
        if not asset_class or count.table in {asset_class, *RECORDS, ""}:
            rows = found.setdefault(count.file, [0, 0])
            rows[0] += count.rejected
            rows[1] += count.read
    return {file: rows for file, rows in found.items() if rows[0]}


def emptied_cells(
    inventory: Inventory, asset_class: str = ""
) -> dict[tuple[str, str], Counter[str]]:
    """Give, by file and column, the values that were not taken as they stand.

    Parameters
    ----------
    asset_class
        As in `rejected_rows`.
    """
    files = {
        (count.file, count.sheet)
        for count in inventory.counts
        if not asset_class or count.table in {asset_class, *RECORDS}
    }
    found: dict[tuple[str, str], Counter[str]] = {}
    for issue in inventory.issues:
        emptied = issue.severity == "questioned" and issue.raw and not issue.parsed
        a_cell = issue.row > 0 and issue.column
        if emptied and a_cell and (issue.file, issue.sheet) in files:
            cells = found.setdefault((issue.file, issue.column), Counter())
            cells[issue.raw] += 1
    return found


def rejected_notes(inventory: Inventory, asset_class: str = "") -> Iterator[Message]:
    """Tell of rows that were rejected; see `rejected_rows`."""
    for file, (rejected, read) in rejected_rows(inventory, asset_class).items():
        yield message("risk.rows_rejected", file=file, count=rejected, total=read)


def emptied_notes(inventory: Inventory, asset_class: str = "") -> Iterator[Message]:
    """Tell of cells that were not taken, the columns with most of them one by one."""
    found = emptied_cells(inventory, asset_class)
    order = sorted(found, key=lambda place: (-found[place].total(), place))
    for file, column in order[:COLUMNS_SHOWN]:
        cells = found[file, column]
        yield message(
            "risk.cells_emptied",
            file=file,
            column=column,
            count=cells.total(),
            values=[value for value, _ in cells.most_common(SHOWN)],
        )
    rest = [found[place].total() for place in order[COLUMNS_SHOWN:]]
    if rest:
        yield message("risk.more_emptied", count=sum(rest), columns=len(rest))
