"""Bond reviews as bureaus write them: passed, a year, or not passed."""

from __future__ import annotations

PASSED = {"passed", "通过", "已通过", "评审通过", "已评审通过", "是", "yes"}
NOT_PASSED = {
    "not passed", "failed", "no", "none", "未通过", "不通过", "没通过", "评审未通过",
    "未评审", "待评审", "评审中", "否", "无",
}  # fmt: skip


def review(word: str) -> str:
    """Read a word on the bond review: passed, a year, or nothing; other words stay.

    What has not passed is as good as nothing: no bond. A word that nobody knows is left
    to the rule that asks for it, which refuses it.
    """
    plain = word.strip().lower().removesuffix("年").removesuffix(".0")
    if plain in NOT_PASSED:
        return ""
    return "passed" if plain in PASSED else plain
