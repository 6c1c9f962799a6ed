"""`renewopt map`: propose, confirm and save a mapping profile."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from renewopt.cli.options import (
    ClassOption,
    JsonOption,
    LangOption,
    ModelsOption,
    QuietOption,
    output,
    told,
)
from renewopt.cli.output import Output

if TYPE_CHECKING:
    from renewopt.inventory import TableProposal
    from renewopt.inventory.propose import ColumnProposal, ValueProposal

SHOWN = 20
"""Unknown words shown of a table; all of them are in --json."""


def map_file(
    file: Annotated[str, typer.Argument(metavar="FILE", help=told("arg.map"))],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="PROFILE.toml", help=told("opt.profile")),
    ] = None,
    asset_class: ClassOption = None,
    yes: Annotated[bool, typer.Option("--yes", help=told("opt.yes"))] = False,
    models: ModelsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Propose a profile; save what is sure or confirmed; 1 if that is not enough."""
    from renewopt import catalogue
    from renewopt.inventory import propose, read_source
    from renewopt.inventory.profile import is_usable, profile_of, write_profile
    from renewopt.inventory.returned import source_stem, tables_of

    screen = output(lang, as_json, quiet)
    known = catalogue.load(models)
    raws = list(tables_of(read_source(file)))
    tables = propose(raws, known, asset_class)
    usable = [table for table in tables if is_usable(table, known)]
    stem = source_stem(raws[0].stem)
    path = out or Path(f"{stem}.mapping.toml")
    asking = not (yes or as_json or quiet) and sys.stdin.isatty()
    for number, table in enumerate(usable):
        _show(table, screen)
        if asking:
            usable[number] = _ask(table, screen, known)
    for table in tables:
        if not is_usable(table, known):
            screen.say("cli.map.not_usable", file=_place(table), table=table.table)
    profile = profile_of(usable, known, path.stem.removesuffix(".mapping"))
    lacking = [name for table in usable for name in _lacking(table, known)]
    saved = (yes or asking) and _has_tables(profile)
    if saved:
        write_profile(profile, path)
    screen.result(_as_json(usable, profile, path if saved else None, lacking))
    _conclude(path, saved, lacking, screen)
    return 0 if saved and not lacking else 1


def _has_tables(profile: dict[str, Any]) -> bool:
    return any(name in profile for name in ("assets", "failures", "corridors"))


def _place(table: TableProposal) -> str:
    return f"{table.file} [{table.sheet}]" if table.sheet else table.file


def _lacking(table: TableProposal, known: Any) -> list[str]:
    """List the required columns that the profile would not fill."""
    sure = {column.field for column in table.columns if column.sure}
    return [
        spec.name
        for spec in _specs(table, known).values()
        if spec.required and spec.name not in sure
    ]


def _specs(table: TableProposal, known: Any) -> dict[str, Any]:
    from renewopt.inventory.kinds import class_kind, extra_kind

    is_class = table.table in known.asset_classes
    kind = class_kind(known, table.table) if is_class else extra_kind(table.table)
    return {spec.name: spec for spec in kind.columns}


def _show(table: TableProposal, screen: Output) -> None:
    """Show the columns with what they may mean, then the words that are not known."""
    names = ("header", "field", "state", "also", "samples")
    shown = screen.make_table(
        screen.text(
            "cli.map.title", file=_place(table), table=screen.label(table.table)
        ),
        [screen.label(f"map.{name}") for name in names],
        words=len(names),
    )
    for column in table.columns:
        state = "sure" if column.sure else f"doubt.{column.doubt or 'none'}"
        unit = f" [{column.unit}]" if column.unit else ""
        shown.add_row(
            column.header,
            f"{column.field}{unit}",
            screen.label(f"map.{state}"),
            ", ".join(c.field for c in column.candidates if c.field != column.field),
            " | ".join(column.samples),
        )
    screen.table(shown)
    for value in table.values[:SHOWN]:
        near = ", ".join(name for name, _ in value.candidates) or "-"
        place = {"column": value.header, "value": value.text, "count": value.count}
        if value.sure:
            screen.say("cli.map.value_sure", **place, meaning=value.code)
        else:
            screen.say("cli.map.value", **place, known=near)
    if len(table.values) > SHOWN:
        screen.say("cli.map.more_values", count=len(table.values) - SHOWN)
    for name in table.missing:
        screen.say("cli.map.missing", column=name)


def _ask(table: TableProposal, screen: Output, known: Any) -> TableProposal:
    """Ask about everything that is not sure; an empty answer takes the proposal."""
    specs = _specs(table, known)
    columns: list[ColumnProposal] = []
    taken = {column.field for column in table.columns if column.sure}
    for column in table.columns:
        if not column.sure and (column.candidates or table.missing):
            column = _ask_column(column, specs, taken, screen)
            taken.add(column.field)
        columns.append(column)
    read = {column.field for column in columns if column.sure}
    values = [
        value
        if value.sure or value.field not in read
        else _ask_value(value, specs[value.field].codes(), screen)
        for value in table.values
    ]
    return replace(table, columns=tuple(columns), values=tuple(values))


def _ask_column(
    column: ColumnProposal, specs: dict[str, Any], taken: set[str], screen: Output
) -> ColumnProposal:
    free = [name for name in specs if name not in taken]
    choices = [c.field for c in column.candidates if c.field in free]
    question = screen.text(
        "cli.map.ask_column",
        column=column.header,
        samples=" | ".join(column.samples) or "-",
        known=", ".join(choices) or "-",
    )
    field = _answer(question, choices[0] if choices else "-", free, screen)
    if not field:
        return replace(column, field="", sure=False)
    unit = column.unit
    if column.doubt == "unit":
        unit = _ask_unit(column, specs[field].unit, screen)
    return replace(column, field=field, sure=True, unit=unit)


def _ask_unit(column: ColumnProposal, own: str, screen: Output) -> str:
    from renewopt.inventory.units import factor

    samples = " | ".join(column.samples)
    question = screen.text("cli.map.ask_unit", column=column.header, samples=samples)
    while True:
        unit = str(typer.prompt(question, default=own, err=True)).strip()
        if factor(unit, own) is not None:
            return unit
        screen.err.print(screen.text("cli.map.no_unit", value=unit, unit=own))


def _ask_value(
    value: ValueProposal, codes: tuple[str, ...], screen: Output
) -> ValueProposal:
    question = screen.text(
        "cli.map.ask_value",
        column=value.header,
        value=value.text,
        count=value.count,
        known=", ".join(codes),
    )
    # Nothing is taken unless it is said: to be like another word is no proof.
    code = _answer(question, "-", codes, screen)
    return replace(value, code=code, sure=bool(code))


def _answer(question: str, default: str, known: Any, screen: Output) -> str:
    """Ask until the answer is one of the known names, or `-` for none."""
    while True:
        given = str(typer.prompt(question, default=default, err=True)).strip()
        if given == "-":
            return ""
        if given in known:
            return given
        names = ", ".join(known)
        screen.err.print(screen.text("cli.map.not_known", value=given, known=names))


def _conclude(path: Path, saved: bool, lacking: list[str], screen: Output) -> None:
    if lacking:
        screen.say("cli.map.lacking", columns=", ".join(lacking))
    if saved:
        screen.say("cli.map.saved", file=path)
    else:
        screen.say("cli.map.not_saved")


def _as_json(
    tables: list[TableProposal], profile: dict[str, Any], path: Path | None,
    lacking: list[str],
) -> dict[str, Any]:  # fmt: skip
    return {
        "saved": str(path) if path else None,
        "lacking": lacking,
        "profile": profile,
        "tables": [asdict(table) for table in tables],
    }
