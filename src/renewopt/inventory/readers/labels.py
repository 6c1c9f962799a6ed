"""Labels: numbers that a format shows as a name, such as 12 as GP-0012."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_PART = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].|\[[^\]]*\]|(?P<digits>[0#?]+)'
    r"|(?P<general>General|G/通用格式)|(?P<other>.)",
    re.DOTALL,
)
_PLAIN = frozenset(" -/()")
"""Signs that need no quotes in a format."""
_NAMING = re.compile(r"[A-Za-z\u4e00-\u9fff#]|-")


def labels(code: str) -> bool:
    """Tell whether a format may show a name: letters or leading zeros, no amount."""
    parts = _parts(code)
    words = "".join(text for kind, text in parts if kind == "text")
    zeros = "".join(text for kind, text in parts if kind == "digits").count("0")
    some = any(kind != "text" for kind, _ in parts)
    return some and (zeros > 1 or _NAMING.search(words) is not None)


def label_text(code: str, value: Any) -> str:
    """Give a whole number as its format shows it; "" for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if value < 0 or value != int(value):
        return ""
    left = str(int(value))
    out: list[str] = []
    parts = _parts(code)
    last = next((i for i, (kind, _) in enumerate(parts) if kind != "text"), -1)
    for i in range(len(parts) - 1, -1, -1):
        kind, text = parts[i]
        if kind == "text":
            out.append(text)
            continue
        size = len(left) if i == last or kind == "general" else len(text)
        cut = max(len(left) - size, 0)
        left, here = left[:cut], left[cut:]
        out.append(here.rjust(text.count("0") if kind == "digits" else 0, "0"))
    shown = "".join(reversed(out)).strip()
    return shown if shown != str(int(value)) else ""


@cache
def _parts(code: str) -> tuple[tuple[str, str], ...]:
    """List texts and digits of the part for positive numbers; none of an amount."""
    parts: list[tuple[str, str]] = []
    for found in _PART.finditer(code):
        kind, text = found.lastgroup, found[found.lastgroup or 0]
        if kind == "other" and text == ";":
            break
        if kind in {"digits", "general"}:
            parts.append((kind, text))
        elif kind in {"quoted", "escaped"} or text in _PLAIN:
            parts.append(("text", text))
        elif kind == "other":
            return ()
    return tuple(parts)
