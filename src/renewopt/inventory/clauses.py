"""Clauses of a remark: which say what is, which only what is planned."""

from __future__ import annotations

import re

from renewopt.inventory.words import key

_BREAKS = re.compile(r"([\s，。；、,;:：()（）]+)")
_PLAN = (
    r"拟|计划|建议|规划|将|需要?|要(?=改|更|换|拆|停|翻|重)|待(?!查|核)|宜|须|亟"
    r"|应(?![为是系])|可(?=改|更|换|拆|停)|评估|立即|尽快|尽早|优先|列入|纳入|限期|择机|适时"
    r"|逐步|立项|申报|申请|不予|不用|不必|无[需须]|不(?=更换|改造|拆|换)|(?:尚|还|从|并)?(?:未|没有?)[曾经能予见]?"
    r"(?=更|改|拆|换|翻|重|停|弃|废)"
)
_PLANNED = re.compile(_PLAN)
_ONLY_PLAN = re.compile(rf"(?:{_PLAN}|\d{{4}}|\d{{1,2}}月|[年底初内前后])*")
_AS_A_PLAN = re.compile(
    r"(?:工程|项目)?(?:计划|规划|建议|方案|任务|待定|范围|对象|名单)"
)


def said_to_be(remark: str, acts: tuple[re.Pattern[str], ...]) -> str:
    """Give the normal form of what a remark says to be so, without what is planned.

    `2010年已改PE，计划2026年再检测` says the first; a clause that holds nothing but a
    plan (`评估:`) rules the next one, too.

    Parameters
    ----------
    acts
        What may have been done: only before it a plan is a plan for it.
    """
    parts = _BREAKS.split(remark)
    kept, ruled = "", False
    for text, rest in zip(parts[::2], [*parts[1::2], ""], strict=True):
        clause = key(text)
        if clause and _ONLY_PLAN.fullmatch(clause):
            ruled = ruled or _PLANNED.search(clause) is not None
            kept += "" if ruled else clause + key(rest)
        elif clause:
            planned = ruled or _is_planned(clause, acts)
            kept += "" if planned else clause + key(rest)
            ruled = False
    return kept


def _is_planned(clause: str, acts: tuple[re.Pattern[str], ...]) -> bool:
    """Tell whether what a clause names is planned: the plan stands before it."""
    ends = [found.end() for act in acts if (found := act.search(clause))]
    plan = _PLANNED.search(clause)
    if not ends:
        return plan is not None
    end = min(ends)
    noun = "已" not in clause and _AS_A_PLAN.match(clause, end) is not None
    return noun or (plan is not None and plan.start() < end)
