"""What the command line says, and where: results on stdout, all else on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from renewopt.core.errors import Message, message
from renewopt.text import Lang, default_lang, label, render

WIDTH = 100
"""Columns of text where the output is no terminal."""


class Output:
    """Speaks one language; with `as_json` stdout holds one JSON object only."""

    def __init__(
        self, lang: Lang, *, as_json: bool = False, quiet: bool = False
    ) -> None:
        self.lang = lang
        self.as_json = as_json
        self.quiet = quiet
        self.out = _console(sys.stdout)
        self.err = _console(sys.stderr)

    def text(self, code: str, **params: Any) -> str:
        """Say a code as a sentence."""
        return render(message(code, **params), self.lang)

    def label(self, code: str) -> str:
        """Say a code as a label."""
        return label(code, self.lang)

    def say(self, code: str, **params: Any) -> None:
        """Print a sentence of the result; not with --json or --quiet."""
        self.line(self.text(code, **params))

    def line(self, text: str = "") -> None:
        """Print a line of the result; not with --json or --quiet."""
        if not (self.as_json or self.quiet):
            self.out.print(text, soft_wrap=True)

    def table(self, table: Table) -> None:
        """Print a table of the result; not with --json or --quiet."""
        if not (self.as_json or self.quiet):
            self.out.print(table)

    def make_table(
        self, title: str, columns: Sequence[str], words: int = 1, wrap: bool = False
    ) -> Table:
        """Build a table: the first `words` columns are text, the others numbers.

        With `wrap` the headers of numbers may take several lines: for many columns.
        """
        table = Table(
            title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD
        )
        for number, name in enumerate(columns):
            text = number < words
            table.add_column(
                name,
                justify="left" if text else "right",
                no_wrap=not (text or wrap),
                overflow="fold",
            )
        return table

    def warn(self, messages: Iterable[Message], mark: str = "warning") -> None:
        """Print what the user should know, on stderr; not with --quiet."""
        if not self.quiet:
            for item in messages:
                text = f"{label(mark, self.lang)}: {render(item, self.lang)}"
                self.err.print(text, soft_wrap=True)

    def errors(self, messages: Iterable[Message], exit_code: int) -> None:
        """Print what is wrong, all of it: on stderr, and as JSON where asked."""
        texts = [(item.code, render(item, self.lang)) for item in messages]
        for _, text in texts:
            self.err.print(f"{label('error', self.lang)}: {text}", soft_wrap=True)
        self.result(
            {
                "exit_code": exit_code,
                "errors": [{"code": code, "message": text} for code, text in texts],
            }
        )

    def result(self, data: Mapping[str, Any]) -> None:
        """Print the one JSON object, where asked."""
        if self.as_json:
            text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
            sys.stdout.write(text + "\n")
            sys.stdout.flush()


def _console(stream: Any) -> Console:
    """Plain text without markup; a fixed width where nobody watches."""
    width = None if stream.isatty() or "COLUMNS" in os.environ else WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def from_arguments(arguments: Sequence[str]) -> Output:
    """Read --lang, --json and --quiet before parsing: help and errors need them."""
    chosen = None
    for number, item in enumerate(arguments):
        if item == "--lang" and number + 1 < len(arguments):
            chosen = arguments[number + 1]
        elif item.startswith("--lang="):
            chosen = item.removeprefix("--lang=")
    return Output(
        default_lang(chosen),
        as_json="--json" in arguments,
        quiet="--quiet" in arguments,
    )
