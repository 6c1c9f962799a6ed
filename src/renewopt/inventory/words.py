"""Normal forms of text: what people type differently but mean alike."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－~～﹣−", "-"))
TEXT_MISSING = frozenset(
    {"", "/", "//", "\\", "-", "--", "---", "?", "??", "...", "不详", "不祥", "未知"}
    | {"不明", "待查", "暂无", "暂缺", "未查明", "待核实", "待定", "未填", "无资料"}
)
"""Normal forms (see `key`) that mean "not known" in any column."""
MISSING = TEXT_MISSING | {
    "n/a", "na", "null", "none", "nan", "unknown", ".", "......", "无数据", "缺",
    "未测", "无法查明",
}  # fmt: skip
"""What means "not known" where numbers, years and codes stand."""

_WIDE = {
    wide: wide - 0xFEE0
    for first, last in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ"), ("－", "－"))
    for wide in range(ord(first), ord(last) + 1)
}
_INVISIBLE = dict.fromkeys(
    [
        0xAD,
        0x200B,
        0x200C,
        0x200D,
        0x200E,
        0x200F,
        0x2060,
        0xFEFF,
        *range(0x202A, 0x202F),
    ]
)
"""Characters that nobody sees: they come with copied text and mean nothing."""
_CIRCLED = re.compile(r"[①-⒛⓪-⓿❶-➓㉑-㉟㊱-㊿]")
"""Numbers in circles, brackets or with a full stop, each one character."""
_MARKED = re.compile(
    r"[\d年月日号]\s*[¹²³⁰-⁹₀-₉]|\d\s*[\[【(（]\s*注?\s*\d{0,2}\s*[\])）】]$"
)
_SPACE = re.compile(r"\s+")
_KEY_DROP = re.compile(r"[\s_]+")
_MINUS = str.maketrans(dict.fromkeys("‐‑‒–—―－﹣−", "-"))
_LOOSE_SPACE = re.compile(r"(?<![\d.])\s+|\s+(?![\d.])")
_ERROR = re.compile(
    r"^(#(ref!|n/a|name\?|div/0!|value!|null!|num!|spill!|calc!|getting_data)|#{3,})$",
    re.IGNORECASE,
)


def visible(text: str) -> str:
    """Give the text without characters that nobody sees."""
    return text if text.isascii() else text.translate(_INVISIBLE)


def has_mark(text: str) -> bool:
    """Tell whether a number bears the mark of a footnote: `336①`, `12[1]`, `5(注2)`."""
    return is_circled(text) or _MARKED.search(text) is not None


def is_circled(text: str) -> bool:
    """Tell whether a circled number stands in the text; NFKC makes ① a plain 1."""
    return not text.isascii() and _CIRCLED.search(text) is not None


def plain(text: str) -> str:
    """Give NFKC text without outer spaces and with single inner ones."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", visible(text))).strip()


def tight(text: str) -> str:
    """Give NFKC text in lower case, one kind of dash, spaces only between digits."""
    word = plain(text).translate(_MINUS).lower()
    return _LOOSE_SPACE.sub("", word)


def tidy(text: str) -> str:
    """Give free text as written, but full-width letters and digits in the usual width.

    Chinese punctuation stays; identifiers that differ in width only become equal.
    """
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return _SPACE.sub(" ", visible(text).translate(_WIDE)).strip()


@lru_cache(maxsize=20_000)
def key(text: str) -> str:
    """Give what two spellings share: NFKC, lower case, no spaces or underscores."""
    normal = unicodedata.normalize("NFKC", visible(text)).translate(DASHES)
    return _KEY_DROP.sub("", normal).casefold()


def is_error(text: str) -> bool:
    """Tell whether the text is what a spreadsheet shows for a failed formula."""
    return text.startswith("#") and _ERROR.match(text.strip()) is not None
