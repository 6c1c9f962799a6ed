"""Which language to speak."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, get_args

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)


def default_lang(
    chosen: str | None = None, environ: Mapping[str, str] | None = None
) -> Lang:
    """Choose the language: as asked, else RENEWOPT_LANG, else the locale.

    Parameters
    ----------
    chosen
        Value of `--lang`; None where not given.
    environ
        Environment to look into; by default that of the process.
    """
    env = os.environ if environ is None else environ
    names = ("RENEWOPT_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    for value in (chosen, *(env.get(name) for name in names)):
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
