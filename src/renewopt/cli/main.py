"""The program `renewopt`: registers the verbs and turns errors into exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

import renewopt
from renewopt.cli import app as app_verb
from renewopt.cli import (
    audit,
    backtest,
    check,
    demo,
    demo_data,
    export,
    inspect_first,
    mapping,
    plan,
    rules,
    score,
    solve,
    sweep,
    template,
    train,
)
from renewopt.cli.errors import WRONG_USE, explain_error
from renewopt.cli.options import LangOption, told
from renewopt.cli.output import from_arguments

program = typer.Typer(
    name="renewopt",
    help=told("help"),
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
VERBS: dict[str, Callable[..., int]] = {
    "check": check.check,
    "map": mapping.map_file,
    "score": score.score,
    "rules": rules.rules,
    "inspect-first": inspect_first.inspect_first,
    "train": train.train,
    "backtest": backtest.backtest,
    "plan": plan.plan,
    "solve": solve.solve,
    "export": export.export,
    "sweep": sweep.sweep,
    "audit": audit.audit,
    "demo": demo.demo,
    "demo-data": demo_data.demo_data,
    "template": template.template,
    "app": app_verb.app,
}
for name, function in VERBS.items():
    key = name.replace("-", "_")
    program.command(name, help=told(f"verb.{key}"))(function)


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"renewopt {renewopt.__version__}")
        raise typer.Exit


@program.callback()
def start(
    lang: LangOption = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help=told("version")
        ),
    ] = False,
) -> None:
    """Accept the language before the verb too; it is read ahead of parsing."""


def run(arguments: Sequence[str]) -> int:
    """Run the program and give the exit code of `docs/cli.md`."""
    if not arguments:
        run(["--help"])
        return WRONG_USE
    out = from_arguments(arguments)
    command = typer.main.get_command(program)
    try:
        code = command.main(
            args=list(arguments), prog_name="renewopt", standalone_mode=False
        )
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) went away: nothing to tell it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt) as error:
        return explain_error(error, out)
    return int(code or 0)


def main() -> None:
    """Enter here from the console script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
