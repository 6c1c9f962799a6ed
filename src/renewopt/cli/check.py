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
from renewopt.cli.score import as_of_year
from renewopt.cli.verdict import show_verdict
from renewopt.core.errors import InputError

if TYPE_CHECKING:
    from renewopt.catalogue import Catalogue
    from renewopt.inventory import Inventory, ProjectList

MOST_TOLD = 200_000
"""Lines without a street segment up to which a check tells it from the lines."""


def check(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH|URL...", help=told("arg.paths"))
    ],
    asset_class: ClassOption = None,
    mapping: MappingOption = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help=told("opt.clean"))
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help=told("opt.csv"))] = False,
    crs: Annotated[
        str | None, typer.Option("--crs", metavar="CRS", help=told("opt.crs"))
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help=told("opt.true_in"))
    ] = None,
    impute: Annotated[
        list[str] | None,
        typer.Option("--impute", metavar="COLUMN", help=told("opt.impute")),
    ] = None,
    streets: Annotated[
        bool, typer.Option("--streets", help=told("opt.streets"))
    ] = False,
    models: ModelsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Read the files and say what was not taken; 1 if anything was rejected."""
    from renewopt import catalogue
    from renewopt.inventory import source_files

    screen = output(lang, as_json, quiet)
    if as_csv and out is None:
        raise typer.BadParameter(screen.text("cli.check.csv_without_out"))
    known = catalogue.load(models)
    sources = source_files(paths) if out is not None else []
    if out is not None:
        from renewopt.report import may_replace

        may_replace(out, sources)
    how = {
        "crs": crs,
        "as_of_year": None if as_of is None else as_of_year(as_of),
        "impute": impute or None,
        "streets": streets or None,
    }
    given = {name: value for name, value in how.items() if value is not None}
    found = _read(paths, known, asset_class, mapping, given)
    if out is not None:
        from renewopt.report import check_folder

        readable = [s for s in sources if _was_read(s, found)]
        screen.warn(check_folder(found, readable, known, out, screen.lang, as_csv))
    if as_json:
        from renewopt.report import issue_row, summary_of

        issues = [issue_row(issue, screen.lang) for issue in found.issues]
        screen.result({**summary_of(found, screen.lang, known), "issues": issues})
    else:
        show_verdict(found, screen, known)
    if out is not None:
        _show_written(out, screen)
    rejected = any(issue.severity == "rejected" for issue in found.issues)
    return 1 if rejected or any(count.rejected > 0 for count in found.counts) else 0


def _read(
    paths: list[str],
    known: Catalogue,
    asset_class: str | None,
    mapping: str | None,
    given: dict[str, Any],
) -> Inventory | ProjectList:
    """Read a project list or an inventory; `given` are options of an inventory."""
    from renewopt.inventory import (
        called_library,
        is_project_list,
        load_mapping,
        read_inventory,
        read_project_list,
    )

    if mapping is not None and load_mapping(mapping, known).projects:
        if asset_class is not None or len(paths) != 1:
            raise InputError.of("cli.check.one_list", mapping=mapping)
        _refuse(given)
        return read_project_list(paths[0], known, mapping, money_needed=False)
    if asset_class is None and mapping is None and is_project_list(paths):
        _refuse(given)
        return read_project_list(paths[0], known)
    free = asset_class is None and mapping is None and not given
    if free and called_library(paths) and (found := _library(paths, known)):
        return found
    try:
        return read_inventory(
            list(paths),
            known,
            asset_class=asset_class,
            mapping=mapping,
            skip_unreadable=True,
            most_told=None if given.pop("streets", False) else MOST_TOLD,
            **given,
        )
    except InputError:
        # What is no inventory may be a list of projects, whatever it is called.
        if free and (found := _library(paths, known)):
            return found
        raise


def _library(paths: list[str], known: Catalogue) -> ProjectList | None:
    """Read a list of projects with headers of its own, where the file is one."""
    from renewopt.inventory import library_profile, read_library

    profile = library_profile(paths, known)
    return None if profile is None else read_library(paths[0], known, profile)


def _was_read(source: str | Path, found: Inventory | ProjectList) -> bool:
    """Tell whether a source could be read, so that it can be returned with marks."""
    from renewopt.inventory import Inventory
    from renewopt.inventory.readers import shown_source

    if not isinstance(found, Inventory):
        return True
    return shown_source(source) in found.sources


def _refuse(given: dict[str, Any]) -> None:
    """Refuse options that a project list has no use for."""
    if given:
        raise InputError.of("cli.check.not_for_list", options=sorted(given))


def _show_written(out: Path, screen: Output) -> None:
    screen.say("cli.check.written", folder=out)
    for path in sorted(p for p in (out / "return").rglob("*") if p.is_file()):
        screen.say("cli.check.returned", file=path)
