"""The verdict of a check on the screen: rows, completeness, the worst problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renewopt.cli.output import Output
from renewopt.text import render

if TYPE_CHECKING:
    from renewopt.catalogue import Catalogue
    from renewopt.inventory import Inventory, ProjectList, Verdict


def show_verdict(
    found: Inventory | ProjectList, screen: Output, known: Catalogue
) -> None:
    """Show what became of the rows, how full the columns are and what is wrong."""
    from renewopt.inventory import verdict

    judged = verdict(found, known)
    _show_rows(found, screen)
    _show_completeness(judged, screen, known)
    _show_joins(found, screen)
    _show_worst(judged, screen)
    _show_notes(found, screen)
    screen.say("cli.check.rows", **judged.rows)
    screen.say("cli.check.totals", **judged.issues)


def _show_rows(found: Inventory | ProjectList, screen: Output) -> None:
    names = (
        "file", "table", "read", "kept", "rejected", "left_out", "subtotals"
    )  # fmt: skip
    columns = [screen.label(f"count.{name}") for name in names]
    table = screen.make_table(screen.text("cli.check.title"), columns, words=2)
    for count in found.counts:
        file = f"{count.file} [{count.sheet}]" if count.sheet else count.file
        left_out = sum(count.left_out.values())
        numbers = (
            count.read, count.kept, count.rejected, left_out, count.subtotals
        )  # fmt: skip
        table.add_row(
            file,
            screen.label(count.table or "count.no_class"),
            *(f"{n:,}" for n in numbers),
        )
    if found.synthetic:
        screen.line(screen.label("synthetic_note"))
    screen.table(table)


def _show_completeness(judged: Verdict, screen: Output, known: Catalogue) -> None:
    """Show one line per table: its columns with the share of filled cells."""
    columns = [screen.label("count.table"), screen.label("count.columns")]
    table = screen.make_table(screen.text("cli.check.complete"), columns, words=2)
    for name, shares in judged.completeness.items():
        gaps = sorted(shares.items(), key=lambda item: (item[1], item[0]))
        words = _headers(name, known) if screen.lang == "zh" else {}
        cells = [
            f"{words.get(column, column)} {share:.0%}"
            for column, share in gaps
            if share < 1
        ]
        full = sum(share == 1 for share in shares.values())
        if full:
            cells.append(screen.text("cli.check.full", count=full))
        cells += _absent(judged.absent.get(name, {}), words, screen)
        table.add_row(screen.label(name), ", ".join(cells))
    if judged.completeness:
        screen.table(table)


def _absent(
    columns: dict[str, list[str]], words: dict[str, str], screen: Output
) -> list[str]:
    """Say which columns are not there, those that duties read first."""
    parts = []
    for why in ("needed", "mandatory", "risk"):
        named = [words.get(c, c) for c, readers in columns.items() if readers[0] == why]
        if named:
            listed = ", ".join(named)
            parts.append(screen.text(f"cli.check.absent_{why}", columns=listed))
    return parts


def _show_joins(found: Inventory | ProjectList, screen: Output) -> None:
    """Show where failure records and assets were placed; nothing where all is empty."""
    for name in ("failure_joins", "corridor_places"):
        shares = getattr(found, name, None)
        if shares is None or shares.empty:
            continue
        rows = [column for column in shares if column != "asset_class"]
        owners = [str(name) or "count.no_class" for name in shares["asset_class"]]
        headers = [screen.label("count.table"), *map(screen.label, owners)]
        table = screen.make_table(screen.text(f"cli.check.{name}"), headers, wrap=True)
        for row in rows:
            table.add_row(screen.label(f"join.{row}"), *(f"{n:,}" for n in shares[row]))
        screen.table(table)


def _headers(table: str, known: Catalogue) -> dict[str, str]:
    """Give the usual Chinese header of each column of a table."""
    from renewopt.inventory.kinds import class_kind, extra_kind

    is_class = table in known.asset_classes
    kind = class_kind(known, table) if is_class else extra_kind(table)
    return {spec.name: spec.headers.zh[0] for spec in kind.columns}


def _show_worst(judged: Verdict, screen: Output) -> None:
    if judged.worst:
        screen.say("cli.check.worst", count=len(judged.worst))
    for problem in judged.worst:
        mark = screen.label(problem.severity)
        text = render(problem.example.message(), screen.lang)
        screen.line(f"  {problem.count:>6,} × {mark}: {text}")


NOTES = 10
"""Notes shown on the screen, each kind once; all of them go to -o and --json."""


def _show_notes(found: Inventory | ProjectList, screen: Output) -> None:
    """Show what the user should know although nothing is wrong, each kind once."""
    seen: dict[tuple[str, str, str], int] = {}
    lines = []
    for issue in found.issues:
        place = (issue.code, issue.file, "" if issue.row > 1 else issue.column)
        if issue.severity == "note":
            seen[place] = seen.get(place, 0) + 1
            if seen[place] == 1:
                lines.append((place, render(issue.message(), screen.lang)))
    for place, text in lines[:NOTES]:
        times = f" (× {seen[place]:,})" if seen[place] > 1 else ""
        screen.line(f"{screen.label('note')}: {text}{times}")
    if len(lines) > NOTES:
        screen.say("cli.check.more", count=len(lines) - NOTES)
