"""Rows that are no assets: totals, notes, headings, the header once more."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from renewopt.inventory.bulk import (
    Mask,
    arrow_texts,
    as_mask,
    has_any,
    is_ascii,
    may_hold,
)
from renewopt.inventory.raw import RawTable
from renewopt.inventory.words import key

SUBTOTAL = re.compile(
    r"^\s*(本页)?.{0,20}(合\s*计|小\s*计|总\s*计|累\s*计|共\s*计)\s*([(（:：].*)?$"
    r"|^\s*(grand\s+|sub-?\s*)?totals?\s*:?\s*$|^\s*(汇总|总和|平均值?|均值)\s*$"
    r"|^\s*(共计|合计|总计|累计|小计|共)\s*[\d.,]+\s*\S{0,4}$|^\s*其中\s*[:：、].{0,20}$",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"^\s*(全[县市区镇]|本[页表段]|城区|管[道线网段]|供[水热气]|燃气|线路|道路|路段){0,3}"
    r"(?:(总|全|累计|合计|共计|平均|共)\s*"
    r"(长度?|延长|延米|里程|条数|段数|根数|个数|处数|数量?|量|户数|人数|面积|投资|金额|造价|额)"
    r"|总\s*[合和]|计|sum|average|avg|[Σ∑][^\d]{0,6})"
    r"\s*([(（\[][^)）\]]{0,8}[)）\]])?\s*[:：=]?\s*([\d.,]+\s*\S{0,4})?\s*$",
    re.IGNORECASE,
)
"""Words of a grand total: the row is one where little else stands in it."""
PERHAPS = re.compile(
    r"^\s*(其中|平均值?|均值|average|avg|小计|合计|总计|汇总)\s*[:：、]?\s*$",
    re.IGNORECASE,
)
"""A row so called that is filled like an asset is one, or a total."""
_STRICT_SUBTOTAL = re.compile(r"^\s*(本页|本表|全县|全市)?[合小总累共]\s*计[\s:：]*$")
FOOTNOTE = re.compile(
    r"^[\s*※]*(注|备注|说明|附注|填表说明|填表人|填表单位|填表日期|制表人?|制表日期|审核人?|"
    r"填报人|填报单位|填报日期|复核人?|负责人|联系人|联系电话|单位负责人|数据来源|资料来源|"
    r"统计时间|日期|示例|样例|例|例如|note|notes|source)\s*([(（].{0,8}[)）]|\d{0,2})"
    r"\s*[:：].*$"
    r"|^\s*注\s*\d{1,2}[.、].*$|^\s*[(（]?(以下空白|以下无正文|完|下转.*|续表)[)）]?\s*$",
    re.IGNORECASE | re.DOTALL,
)
SAYS = re.compile(
    r"^[\s*※]*(?:注|备注|说明|附注|note).*?(?:单位|长度?[为按是]|管长|管径|口径|[外内]径|双管|单管|供回水"
    r"|年[份代限]|年龄|管龄|截[至止]|坐标|高程|压力|材质|管材|均[为按以系]|合计|不含|包[括含]|估算|元计)",
    re.IGNORECASE | re.DOTALL,
)
"""A note that tells how columns are to be read."""
_SIGNS = r"[总全计共:：注完Σ∑]|其中|(?i:total|sum|average|avg)|平均|均值|以下|下转|续表"
"""What a first text holds that is a total or a note; it is looked for in bulk."""
_ASCII_SIGNS = np.isin(np.arange(256), list(b":tTuUvV"))
"""Of these letters one is in every such text that is ASCII."""
SECTION = re.compile(
    r"^\s*([(（]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十]{1,3}[部片标组])"
)
MOST_SUMMED = 3
"""Cells that a row of a grand total may always fill: its word and two sums."""
LOOK = 4
"""Columns from the left in which a row may say that it is a total."""


def with_sign(texts: pa.ChunkedArray) -> Mask:
    """Mark texts that may be those of a total or a note; looked for in bulk."""
    if is_ascii(texts) and not has_any(texts, _ASCII_SIGNS):
        return np.zeros(len(texts), dtype=bool)
    return as_mask(pc.match_substring_regex(texts, _SIGNS))


def fits(texts: pa.ChunkedArray, likely: Mask, pattern: re.Pattern[str]) -> Mask:
    """Mark the likely texts that fit the pattern."""
    found = np.zeros(len(likely), dtype=bool)
    rows = np.flatnonzero(likely)
    for i, text in zip(rows, texts.take(pa.array(rows)).to_pylist(), strict=True):
        found[i] = pattern.match(str(text)) is not None
    return found


def summed_rows(cells: pd.DataFrame, first: pa.ChunkedArray, likely: Mask) -> Mask:
    """Mark rows that begin with 总长度, 全长, Σ and the like, and hold little else."""
    return _holding_little(cells, fits(first, likely, _SUM))


def subtotal_rows(cells: pd.DataFrame) -> Mask:
    """Mark rows in which a cell says that it is a total, and nothing else.

    人民路小计 may name an asset: it is a total where the row holds little else.
    """
    found = np.zeros(len(cells), dtype=bool)
    named = np.zeros(len(cells), dtype=bool)
    for column in list(cells)[1:]:
        texts = arrow_texts(cells[column])
        if may_hold(texts, "计"):
            likely = as_mask(pc.match_substring(texts, "计"))
            found |= fits(texts, likely, _STRICT_SUBTOTAL)
            named |= fits(texts, likely & ~found, SUBTOTAL)
    return found | _holding_little(cells, named)


def _holding_little(cells: pd.DataFrame, found: Mask) -> Mask:
    """Leave of the marked rows those that hold little beside the word of a total."""
    rows = np.flatnonzero(found)
    if not len(rows):
        return found
    filled = (cells.iloc[rows] != "").sum(axis=1).to_numpy()
    little = found.copy()
    little[rows] = filled <= max(MOST_SUMMED, len(cells.columns) // 2)
    return little


def is_total_or_note(text: str) -> bool:
    """Tell whether a text is that of a row of totals or a note, no title."""
    patterns = (SUBTOTAL, _SUM, FOOTNOTE)
    return any(pattern.match(text) for pattern in patterns)


def same_header(
    cells: Sequence[str], written: Sequence[Sequence[str]], texts: Sequence[str]
) -> bool:
    """Tell whether a row says of every column what a row of the header says of it.

    It may leave cells empty, but not most of them.
    """
    row = {i: key(cell) for i, cell in enumerate(cells) if key(cell)}
    joined = {i: key(text) for i, text in enumerate(texts)}
    for other in written:
        named = {i: key(text) for i, text in enumerate(other) if key(text)}
        alike = [text in {named.get(i), joined.get(i)} for i, text in row.items()]
        if len(alike) >= 2 and all(alike) and len(alike) * 2 > len(named):
            return True
    return False


def repeated_headers(
    cells: pd.DataFrame, raw: RawTable, header_rows: range, texts: Sequence[str]
) -> Mask:
    """Mark rows that repeat a row of the header, word by word."""
    found = np.zeros(len(cells), dtype=bool)
    written = [[str(cell) for cell in raw.grid.iloc[row]] for row in header_rows]
    likely = np.zeros(len(cells), dtype=bool)
    for row in written:
        named = [i for i, text in enumerate(row) if key(text)]
        for position in named[:LOOK] if len(named) > 1 else ():
            likely |= (cells[position] == row[position]).to_numpy(dtype=bool)
    for i in np.flatnonzero(likely):
        found[i] = same_header([str(c) for c in cells.iloc[i]], written, texts)
    return found
