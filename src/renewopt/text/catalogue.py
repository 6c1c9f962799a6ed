"""The catalogue of sentences: every file of `text/messages`, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from renewopt.text.language import LANGUAGES

FOLDER = Path(__file__).with_name("messages")


def entries(folder: Path = FOLDER) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield (file name, code, {language: sentence}) of every message file.

    Codes may be written as one quoted key or as nested tables.
    """
    for path in sorted(folder.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for code, texts in _flatten(data, ""):
            yield path.name, code, texts


def _flatten(
    table: dict[str, object], prefix: str
) -> Iterator[tuple[str, dict[str, str]]]:
    for key, value in table.items():
        if not isinstance(value, dict):
            continue
        code = f"{prefix}{key}"
        texts = {k: v for k, v in value.items() if isinstance(v, str)}
        if texts:
            yield code, texts
        yield from _flatten(value, f"{code}.")


@cache
def codes() -> dict[str, dict[str, str]]:
    """Give every code with its sentences by language."""
    return {code: texts for _, code, texts in entries()}


def sentence(code: str, lang: str) -> str | None:
    """Find the sentence of a code; in the other language rather than none at all."""
    texts = codes().get(code, {})
    for name in (lang, *LANGUAGES):
        if name in texts:
            return texts[name]
    return None
