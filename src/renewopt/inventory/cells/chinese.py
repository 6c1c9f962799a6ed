"""Chinese numerals: 三, 十二, 一百二十, 两千, 3百, 1.2万."""

from __future__ import annotations

import re

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "○": 0, "两": 2, "俩": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5,
    "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
CHARACTERS = "".join((*DIGITS, *_SMALL, *_BIG))
_TOKEN = re.compile(rf"\d+(?:\.\d+)?|[{CHARACTERS}]")
_ZERO = frozenset("零〇○")


def digits_only(text: str) -> int | None:
    """Read digits said one by one (一九九八 → 1998); None for all else."""
    if not text or any(c not in DIGITS for c in text):
        return None
    return int("".join(str(DIGITS[c]) for c in text))


def chinese_number(text: str) -> float | None:
    """Read a number in Chinese or mixed numerals; None where it is none, or unclear.

    `一百二` may be 120 or 102 and is not read.
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text or not any(c in CHARACTERS for c in text):
        return None
    return _Reader().read(tokens)


class _Reader:
    """Adds a numeral up, token by token."""

    def __init__(self) -> None:
        self.total = 0.0
        self.section = 0.0
        self.number: float | None = None
        self.small = self.big = float("inf")
        self.after_zero = False

    def read(self, tokens: list[str]) -> float | None:
        """Give the sum, or None at the first token that does not fit."""
        for token in tokens:
            step = (
                self._small if token in _SMALL
                else self._big if token in _BIG
                else self._digit
            )  # fmt: skip
            if not step(token):
                return None
        loose = self.number is not None and self.small > 10
        if loose and len(tokens) > 1 and not self.after_zero and self._has_units():
            return None
        return self.total + self.section + (self.number or 0.0)

    def _has_units(self) -> bool:
        return self.small != float("inf") or self.big != float("inf")

    def _digit(self, token: str) -> bool:
        if token in _ZERO:
            self.after_zero = True
            if self.number is not None:
                return False
            if not self._has_units():
                self.number = 0.0
            return True
        if self.number is not None:
            return False
        self.number = float(DIGITS[token]) if token in DIGITS else float(token)
        return True

    def _small(self, token: str) -> bool:
        size = _SMALL[token]
        if size >= self.small or (self.number is None and size != 10):
            return False
        self.section += (1.0 if self.number is None else self.number) * size
        self.small, self.number, self.after_zero = size, None, False
        return True

    def _big(self, token: str) -> bool:
        size = _BIG[token]
        amount = self.section + (self.number or 0.0)
        if size >= self.big or amount == 0.0:
            return False
        self.total += amount * size
        self.section, self.number = 0.0, None
        self.small, self.big, self.after_zero = float("inf"), size, False
        return True
