"""`renewopt audit`: re-check a finished run from its tables alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from renewopt.cli.options import JsonOption, LangOption, QuietOption, output, told
from renewopt.text import render_all


def audit(
    run: Annotated[Path, typer.Argument(metavar="RUN", help=told("arg.run"))],
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Check every rule, sum and statement; 0 only if nothing is breached."""
    from renewopt.road import audit_folder

    screen = output(lang, as_json, quiet)
    report = audit_folder(run)
    breaches = render_all(report.messages, screen.lang)
    notes = render_all(report.notes, screen.lang)
    data = report.as_dict()
    for entry, text in zip(data["breaches"], breaches, strict=True):
        entry["message"] = text
    screen.result({**data, "notes": notes})
    for text in breaches:
        screen.line(f"{screen.label('breach')}: {text}")
    for text in notes:
        screen.line(f"{screen.label('note')}: {text}")
    checked = ", ".join(
        f"{screen.label(f'checked_{name}')} {count:,}"
        for name, count in report.counts.items()
    )
    if report.ok:
        screen.say("cli.audit.clean", checked=checked)
    else:
        screen.say("cli.audit.breached", count=len(breaches), checked=checked)
    return 0 if report.ok else 1
