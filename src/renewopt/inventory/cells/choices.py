"""Choices: words of a code list; near misses are suggested, never taken."""

from __future__ import annotations

import re
from functools import cache

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells.bands import parse_band
from renewopt.inventory.cells.outcome import (
    MISSING_CELL,
    Context,
    Outcome,
    bad,
    converted,
)
from renewopt.inventory.words import MISSING, is_circled, is_error, key

NEAR = 60.0
"""Likeness (0-100) from which a word is suggested."""
EITHER = "inventory.either_code"
_SPLIT = re.compile(r"[/、,;+&和及或\\|]")
_TAILS = ("管道", "管材", "管", "材质")


def parse_choice(text: str, spec: ColumnSpec, context: Context) -> Outcome:
    """Read a word of the code list."""
    words = code_words(spec)
    word = key(text)
    if word in words:
        # ① may be the code 1 or the mark of a footnote.
        circled = is_circled(text)
        return bad("inventory.footnote_mark") if circled else Outcome(words[word])
    if word in MISSING:
        return MISSING_CELL
    if is_error(word):
        return bad("inventory.formula_error")
    if (several := _either(word, spec)) is not None:
        return several
    bare = _without_tail(word, words)
    if bare:
        return converted(words[bare], "inventory.word_for_choice")
    if spec.bands is not None and (banded := parse_band(text, spec, context)):
        return banded
    known = ", ".join(choice.zh[0] for choice in spec.choices)
    parts = [_code(part, words) for part in _SPLIT.split(word) if part]
    if len(parts) > 1 and all(parts):
        if len(set(parts)) == 1:
            return converted(parts[0], "inventory.word_for_choice")
        return bad("inventory.two_choices", {"known": known})
    near = _nearest(word, words)
    if near:
        label = next(c.zh[0] for c in spec.choices if c.code == words[near])
        return bad("inventory.choice_near", {"known": known, "suggestion": label})
    return bad("inventory.not_a_choice", {"known": known})


@cache
def code_words(spec: ColumnSpec) -> dict[str, str]:
    """Map the normal form of every word of the list to its code."""
    return {
        key(word): choice.code
        for choice in spec.choices
        for word in (choice.code, *choice.all())
    }


@cache
def either_words(spec: ColumnSpec) -> dict[str, tuple[str, ...]]:
    """Map the normal form of the words that name several codes to these."""
    return {key(word): item.codes for item in spec.either for word in item.words}


def _either(word: str, spec: ColumnSpec) -> Outcome | None:
    """Take the first of the codes that a word may mean, as a question."""
    words = either_words(spec)
    bare = next((word.removesuffix(t) for t in _TAILS if word.endswith(t)), word)
    codes = words.get(word) or words.get(bare)
    if codes is None:
        return None
    labels = {choice.code: choice.zh[0] for choice in spec.choices}
    fits = ", ".join(labels[code] for code in codes)
    params = {"fits": fits, "counts": labels[codes[0]]}
    return Outcome(codes[0], "bounded", EITHER, params=params)


def _without_tail(word: str, words: dict[str, str]) -> str:
    """Give the known word that differs by 管, 管道 … only; empty if there is none."""
    for tail in _TAILS:
        if word.endswith(tail) and word.removesuffix(tail) in words:
            return word.removesuffix(tail)
    return f"{word}管" if f"{word}管" in words else ""


def _code(part: str, words: dict[str, str]) -> str:
    return words.get(part) or words.get(_without_tail(part, words), "")


def _nearest(word: str, words: dict[str, str]) -> str:
    from rapidfuzz import fuzz, process

    found = process.extractOne(
        word, sorted(words), scorer=fuzz.ratio, score_cutoff=NEAR
    )
    return str(found[0]) if found else ""
