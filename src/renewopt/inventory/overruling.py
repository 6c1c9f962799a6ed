"""Unread columns that may overrule one that is read: 现管材, 是否废弃, 改造情况."""

from __future__ import annotations

import re

import pandas as pd

from renewopt.inventory.words import MISSING, key

_NOW = (
    r"(?:现状?|目前|实际|实测|实有|竣工图?|复核|核实|修正"
    r"|[改更换新变调]\w?[造换新更整]后)"
)
_OF = (
    r"(?:管材|材质|材料|管径|口径|规格|断面|管?长度?|年[份代限]"
    r"|压力|状态|权属|户数|面积|名称)"
)
_CHANGED = re.compile(
    rf"^{_NOW}后?的?{_OF}"
    r"|^(?:变更|更新|改造|更换|修改|修复|核实|复核|核查|调整|修正)"
    r"(?:情况|说明|记录|结果|内容|意见)?$"
    r"|^(?:备注|说明)(?:\d+|[(].*|[一二三四])$"
)
_MARK = r"(?:标[志记识])?$"
_GONE = re.compile(
    r"^(?:是否)?(?:已)?(?:废弃|报废|拆除|停用|注销|作废|弃用|取消|误报|重复|更换|更新|改造)"
    rf"(?:时间|日期|年[份度月]|原因|情况)?{_MARK}"
)
_ALIVE = re.compile(
    rf"^(?:是否)?(?:仍|还)?(?:有效|在用|启用|使用|运行|存在|属实)(?:状态)?{_MARK}"
)
_TIMES = re.compile(r"^(?:次数|数量|处数|件数|起数)$")
"""A record that counts several events, where each row is one."""
_NO = frozenset({"否", "无", "0", "n", "no", "×", "x", "false", "f", "未", "没有"})
_YES = frozenset(
    {"是", "有", "1", "y", "yes", "√", "true", "t", "在用", "有效", "正常", "使用"}
)
_ONCE = frozenset({"1", "1.0", "1次"})


def telling_cells(header: str, cells: pd.Series, records: bool = False) -> int:
    """Count the cells of an unread column that may overrule others; 0: none does.

    Parameters
    ----------
    records
        Whether each row is one event.
    """
    name = re.sub(r"[(](?:mm|m|米|年|km|公里|次)[)]$", "", key(header))
    for pattern, harmless in (
        (_CHANGED, frozenset[str]()), (_GONE, _NO), (_ALIVE, _YES),
        (_TIMES if records else None, _ONCE),
    ):  # fmt: skip
        if pattern is not None and pattern.match(name):
            told = cells.map(lambda text: key(str(text)))
            return int((~told.isin(MISSING | harmless)).sum())
    return 0
