"""What a file may mean, for a person to confirm: tables, columns, words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A column of ours that a header may mean.

    Attributes
    ----------
    similarity
        Of the header to the nearest known one, 0–1; 1 is the same.
    fits
        Share of cells that can be read as this column.
    """

    field: str
    similarity: float
    fits: float

    @property
    def score(self) -> float:
        """Weigh both; the name counts more."""
        return round(0.7 * self.similarity + 0.3 * self.fits, 4)


@dataclass(frozen=True)
class ColumnProposal:
    """What one column of the file may mean.

    Attributes
    ----------
    field
        The best candidate; empty where there is none.
    sure
        Whether it can be taken without asking.
    unit
        Unit that the profile must state, because the header does not in a way that is
        read anyway.
    doubt
        Why it is not sure: `header`, `cells`, `unit` or `taken` (another column is
        nearer); empty where it is.
    """

    header: str
    position: int
    field: str
    sure: bool
    candidates: tuple[Candidate, ...]
    samples: tuple[str, ...]
    unit: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class ValueProposal:
    """What one word of a column of choices may mean; `count` cells hold it."""

    field: str
    header: str
    text: str
    count: int
    code: str
    sure: bool
    candidates: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class TableProposal:
    """What a table may be.

    Attributes
    ----------
    table
        Asset class or other table of an inventory.
    header_rows
        Rows of the header from the one with the names; 2 where units stand below it.
    missing
        Required columns for which there is no candidate.
    """

    file: str
    sheet: str
    stem: str
    table: str
    header_rows: int
    columns: tuple[ColumnProposal, ...]
    values: tuple[ValueProposal, ...]
    missing: tuple[str, ...]
