"""Normal forms of text: what people type differently but mean alike."""

from __future__ import annotations

import re
import unicodedata

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－~～﹣−", "-"))
MISSING = frozenset(
    {"", "/", "-", "--", "?", "不详", "未知", "不明", "待查", "暂无", "n/a", "na"}
    | {"null", "none", "nan", "unknown"}
)
"""Normal forms (see `key`) that mean "not known", but not in free text."""

_WIDE = {
    wide: wide - 0xFEE0
    for first, last in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ"), ("－", "－"))
    for wide in range(ord(first), ord(last) + 1)
}
_SPACE = re.compile(r"\s+")
_KEY_DROP = re.compile(r"[\s_]+")


def plain(text: str) -> str:
    """Give NFKC text without outer spaces and with single inner ones."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def tidy(text: str) -> str:
    """Give free text as written, but full-width letters and digits in the usual width.

    Chinese punctuation stays; identifiers that differ in width only become equal.
    """
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return _SPACE.sub(" ", text.translate(_WIDE)).strip()


def key(text: str) -> str:
    """Give what two spellings share: NFKC, lower case, no spaces or underscores."""
    normal = unicodedata.normalize("NFKC", text).translate(DASHES)
    return _KEY_DROP.sub("", normal).casefold()
