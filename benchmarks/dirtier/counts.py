"""What is counted: outcomes of cells, rows that were lost or made up, false alarms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

RECOVERED, BOUNDED, FLAGGED = "recovered", "bounded", "flagged"
NOTED, WRONG, LOST, REFUSED = "noted", "silently wrong", "silently lost", "refused"
OUTCOMES = (RECOVERED, BOUNDED, FLAGGED, NOTED, WRONG, LOST, REFUSED)
GOOD = (RECOVERED, BOUNDED, FLAGGED)
CLEAN = ("(clean)",)


@dataclass(frozen=True)
class Bad:
    """One cell or row that went wrong without a word."""

    file: str
    sheet: str
    row: int
    column: str
    raw: str
    truth: str
    parsed: str
    kinds: tuple[str, ...]
    outcome: str


@dataclass(eq=False)
class Score:
    """Counts of one file, or of many added up.

    Attributes
    ----------
    cells
        (kind, outcome) → cells; a cell with two kinds counts under both.
    totals, dirty
        Outcome → cells, each cell once: all of them, and those with dirt of their
        own or of their column.
    untellable, apart
        Outcome → cells whose dirt nobody could tell, and cells of files that may be
        refused as a whole and were; in no other count.
    layouts
        (format, outcome) → cells.
    alarms
        Clean cells that were questioned or rejected.
    """

    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)
    dirty: Counter[str] = field(default_factory=Counter)
    untellable: Counter[str] = field(default_factory=Counter)
    apart: Counter[str] = field(default_factory=Counter)
    layouts: Counter[tuple[str, str]] = field(default_factory=Counter)
    alarms: int = 0
    clean: int = 0
    files: int = 0
    rows: int = 0
    rows_lost: Counter[str] = field(default_factory=Counter)
    rows_invented: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    refused: list[tuple[str, str, tuple[str, ...], bool]] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    alarm_codes: Counter[str] = field(default_factory=Counter)

    def add(self, other: Score) -> None:
        """Add the counts of another."""
        for name in ("cells", "totals", "dirty", "untellable", "apart", "layouts",
                     "rows_lost", "rows_invented", "alarm_codes"):  # fmt: skip
            getattr(self, name).update(getattr(other, name))
        for name in ("alarms", "clean", "files", "rows", "asked"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.refused += other.refused
        self.bad += other.bad

    def good_share(self, counts: Counter[str]) -> float:
        """Give the share of cells that were recovered, bounded or flagged."""
        total = sum(counts.values())
        return sum(counts[name] for name in GOOD) / total if total else 1.0
