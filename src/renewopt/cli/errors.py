"""From exceptions to exit codes and sentences; users see no traceback."""

from __future__ import annotations

import os
import tempfile
import traceback
from pathlib import Path

import typer

from renewopt.cli.output import Output
from renewopt.core.errors import RenewoptError, message

WRONG_USE, FAILED, CANCELLED = 2, 1, 130


def explain_error(error: BaseException, out: Output) -> int:
    """Say what went wrong and give the exit code."""
    if isinstance(error, RenewoptError):
        out.errors(error.messages, error.exit_code)
        return error.exit_code
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        out.errors([message("cli.cancelled")], CANCELLED)
        return CANCELLED
    detail = getattr(error, "format_message", None)
    if callable(detail):  # an error of the option parser, whichever click it comes from
        text = str(detail())
        if text:
            out.errors([message("cli.wrong_use", detail=text)], WRONG_USE)
        return WRONG_USE
    if os.environ.get("RENEWOPT_DEBUG") == "1":
        traceback.print_exception(error)
    name = type(error).__name__
    out.errors([message("cli.unexpected", name=name, log=_log(error))], FAILED)
    return FAILED


def _log(error: BaseException) -> Path | str:
    text = "".join(traceback.format_exception(error))
    try:
        number, name = tempfile.mkstemp(
            prefix="renewopt-error-", suffix=".log", text=True
        )
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return "-"
    return Path(name)
