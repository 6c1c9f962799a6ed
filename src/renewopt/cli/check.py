"""`renewopt check`: import, validate, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from renewopt.cli.options import (
    ClassOption,
    JsonOption,
    LangOption,
    MappingOption,
    ModelsOption,
    QuietOption,
    output,
    told,
)
from renewopt.cli.output import Output
from renewopt.text import render

if TYPE_CHECKING:
    from renewopt.inventory import Inventory, ProjectList

SHOWN = 50
"""Issues shown on screen; all of them go to -o and --json."""


def check(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help=told("arg.paths"))
    ],
    asset_class: ClassOption = None,
    mapping: MappingOption = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help=told("opt.clean"))
    ] = None,
    models: ModelsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Read the files and say what was not taken; 1 if anything was rejected."""
    from renewopt import catalogue
    from renewopt.inventory import is_project_list, read_inventory, read_project_list

    screen = output(lang, as_json, quiet)
    known = catalogue.load(models)
    found: Inventory | ProjectList
    if asset_class is None and mapping is None and is_project_list(paths):
        found = read_project_list(paths[0], known)
    else:
        found = read_inventory(
            list(paths), known, asset_class=asset_class, mapping=mapping
        )
    if out is not None:
        found.write_clean(out)
    counts = found.issue_counts()
    screen.result(_as_json(found, screen))
    show_counts(found, screen)
    _show_issues(found, screen)
    screen.say("cli.check.totals", **counts)
    if out is not None:
        screen.say("cli.check.written", folder=out)
    return 1 if counts["rejected"] or _rejected_rows(found) else 0


def _rejected_rows(inventory: Inventory | ProjectList) -> int:
    return sum(count.rejected for count in inventory.counts)


def _as_json(inventory: Inventory | ProjectList, screen: Output) -> dict[str, Any]:
    return {
        "synthetic": inventory.synthetic,
        "tables": [
            {
                "file": count.file,
                "sheet": count.sheet,
                "table": count.table,
                "read": count.read,
                "kept": count.kept,
                "rejected": count.rejected,
                "left_out": count.left_out,
            }
            for count in inventory.counts
        ],
        "issue_counts": inventory.issue_counts(),
        "issues": [
            {
                "file": issue.file,
                "sheet": issue.sheet,
                "row": issue.row,
                "column": issue.column,
                "value": issue.raw,
                "severity": issue.severity,
                "code": issue.code,
                "message": render(issue.message(), screen.lang),
            }
            for issue in inventory.issues
        ],
    }


def show_counts(inventory: Inventory | ProjectList, screen: Output) -> None:
    """Show what became of the rows, file by file."""
    names = ("file", "table", "read", "kept", "rejected", "left_out")
    columns = [screen.label(f"count.{name}") for name in names]
    table = screen.make_table(screen.text("cli.check.title"), columns, words=2)
    for count in inventory.counts:
        file = f"{count.file} [{count.sheet}]" if count.sheet else count.file
        numbers = (count.read, count.kept, count.rejected, sum(count.left_out.values()))
        table.add_row(file, screen.label(count.table), *(f"{n:,}" for n in numbers))
    if inventory.synthetic:
        screen.line(screen.label("synthetic_note"))
    screen.table(table)


def _show_issues(inventory: Inventory | ProjectList, screen: Output) -> None:
    order = {"rejected": 0, "questioned": 1, "repaired": 2, "note": 3}
    issues = sorted(inventory.issues, key=lambda issue: order[issue.severity])
    for issue in issues[:SHOWN]:
        mark = screen.label(issue.severity)
        screen.line(f"{mark}: {render(issue.message(), screen.lang)}")
    if len(issues) > SHOWN:
        screen.say("cli.check.more", count=len(issues) - SHOWN)
