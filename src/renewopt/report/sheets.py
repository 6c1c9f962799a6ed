"""Sheet: one result table with headings, ready for a workbook or a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from renewopt.core.money import to_wan
from renewopt.risk import cold_line
from renewopt.runs import Run
from renewopt.text import Lang, label, render

REQUIRED = ("safety_duty", "assessed_target")
"""Levels of duty that must be placed; a preference may be left out."""

Kind = Literal["text", "wide", "whole", "year", "number", "money", "share"]


@dataclass(frozen=True)
class Heading:
    """One column: its words and what its cells hold (`money` in 万元)."""

    text: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    """A titled table.

    Attributes
    ----------
    code
        What the sheet is (`project_list` …); `name` is its word in the language.
    rows
        Cells in the order of the headings; None is empty.
    bold
        Numbers of the rows that are totals.
    notes
        Lines above the table.
    """

    code: str
    name: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Any, ...], ...]
    bold: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


class Words:
    """The words of one run in one language: titles given by the run come first."""

    def __init__(self, run: Run, lang: Lang) -> None:
        self.run = run
        self.lang = lang

    def of(self, code: Any) -> str:
        """Say a code: a class, mode, fund, status …; an empty one stays empty."""
        text = "" if code is None else str(code)
        if not text:
            return ""
        return self.run.title(text, self.lang) or label(text, self.lang)

    def unit(self, code: str) -> str:
        """Say the unit of a finding."""
        said = label(f"unit.{code}", self.lang)
        return self.of(code) if said == f"unit.{code}" else said

    def where(self, place: str) -> str:
        """Say the place of a finding: funds and levels by name, others as they are."""
        return " ".join(self._place(part) for part in place.split(" "))

    def _place(self, part: str) -> str:
        said = label(f"where.{part}", self.lang)
        return self.of(part) if said == f"where.{part}" else said

    def mode(self, code: Any) -> str:
        """Say a way of renewal, which may share its code with an asset class."""
        return self.run.title(f"mode.{code}", self.lang) or self.of(code)

    def rule(self, rule: Any) -> str:
        """Say what a rule is called: its own title, else that of its kind."""
        title = rule.title
        if isinstance(title, dict):
            title = title.get(self.lang) or next(iter(title.values()), "")
        return str(title) or label(rule.kind, self.lang)

    def heading(self, code: str, kind: Kind = "text") -> Heading:
        """Build the heading of a column."""
        return Heading(label(f"col.{code}", self.lang), kind)

    def headings(self, *columns: tuple[str, Kind]) -> tuple[Heading, ...]:
        """Build several headings."""
        return tuple(self.heading(code, kind) for code, kind in columns)

    def years(self, years: Sequence[int]) -> tuple[Heading, ...]:
        """Build one money column per year."""
        return tuple(Heading(str(year), "money") for year in years)

    def sheet(
        self,
        code: str,
        headings: tuple[Heading, ...],
        rows: Sequence[tuple[Any, ...]],
        bold: Sequence[int] = (),
        notes: Sequence[str] = (),
    ) -> Sheet:
        """Build a sheet; above every table stand its source and the basis of risk.

        A synthetic run, and a run with expert rates alone, say so.
        """
        lines = [*notes]
        told = self.run.summary
        cold = cold_line(told.get("cold_start", {}), told.get("cold_start_part"))
        if cold is not None:
            lines.insert(0, render(cold, self.lang))
        if self.run.synthetic:
            lines.insert(0, label("synthetic_note", self.lang))
        name = label(f"sheet.{code}", self.lang)
        return Sheet(code, name, headings, tuple(rows), frozenset(bold), tuple(lines))


def wan(units: Any) -> float:
    """Turn units of 0.01 万元 into 万元."""
    return float(to_wan(int(units)))


def cell(value: Any) -> Any:
    """Turn a missing value into None and a NumPy scalar into a plain one."""
    if value is None or value != value or str(value) in {"<NA>", "NaT"}:
        return None
    return value.item() if hasattr(value, "item") else value
