"""Every code has its sentences, every sentence its code, in both languages."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from renewopt import text

ROOT = Path(__file__).resolve().parents[2]
CALL = re.compile(
    r"""\b(?:message|Message|[A-Za-z]*Error\.of|say|code=)\s*\(?\s*"([a-z_]+\.[a-z_0-9.]+)\""""
)
LITERAL = re.compile(r'"([a-z_]+\.[a-z_0-9.]+)"')
SUFFIXES = {"toml", "csv", "json", "jsonl", "xlsx", "txt", "log", "npz"}
PREFIX = re.compile(r'f"([a-z_]+\.[a-z_0-9.]*)\{')


@cache
def _source() -> str:
    files = [
        *sorted((ROOT / "src").rglob("*.py")),
        *sorted((ROOT / "app").rglob("*.py")),
    ]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_are_there() -> None:
    """A code without Chinese or English text is named."""
    lacking = [
        f"{file}: {code}"
        for file, code, texts in text.entries()
        if set(texts) != set(text.LANGUAGES) or not all(texts.values())
    ]
    assert lacking == []


def test_placeholders_agree() -> None:
    """The Chinese and the English sentence use the same parameters."""
    differing = [
        code
        for code, texts in text.codes().items()
        if _fields(texts["zh"]) != _fields(texts["en"])
    ]
    assert differing == []


def test_no_code_is_written_twice() -> None:
    """A code stands in one file only."""
    counts = Counter(code for _, code, _ in text.entries())
    assert [code for code, count in counts.items() if count > 1] == []


def test_every_code_used_has_a_text() -> None:
    """A message without a sentence is named: its room forgot the text."""
    source = _source()
    rooms = {code.split(".")[0] for code in text.codes()} - {"label"}
    used = set(CALL.findall(source)) | {
        literal
        for literal in LITERAL.findall(source)
        if literal.split(".")[0] in rooms and literal.split(".")[-1] not in SUFFIXES
    }
    known = set(text.codes())
    assert sorted(c for c in used - known if f"label.{c}" not in known) == []


def test_every_text_is_used() -> None:
    """A sentence that no code asks for is named (labels are asked for by value)."""
    source = _source()
    literals = set(LITERAL.findall(source))
    prefixes = tuple(set(PREFIX.findall(source)))
    unused = [
        code
        for code in text.codes()
        if not code.startswith("label.")
        and code not in literals
        and not code.startswith(prefixes)
    ]
    assert unused == []


def _calls() -> Iterator[tuple[str, set[str]]]:
    """Yield (code, parameters) of every message made with plain keywords."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            code = node.args[0]
            given = {word.arg for word in node.keywords}
            if (
                name in {"message", "of"}
                and isinstance(code, ast.Constant)
                and code.value in text.codes()
                and None not in given
            ):
                yield str(code.value), {str(word) for word in given}


def test_parameters_fill_their_sentences() -> None:
    """No sentence asks for a parameter that its message is not given."""
    calls = list(_calls())
    assert len(calls) > 100
    holes = {
        code: sorted(_fields(text.codes()[code]["zh"]) - given)
        for code, given in calls
        if not _fields(text.codes()[code]["zh"]) <= given
    }
    assert holes == {}
