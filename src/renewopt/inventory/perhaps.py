"""Unknown columns that may be one which the table lacks and the risk needs.

Neither the header nor the cells alone tell: both have to hint at the same column, and
then it is asked about, never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.cells import parse_column
from renewopt.inventory.headers import HeaderRow
from renewopt.inventory.words import MISSING, key

LOOKED_AT = 200
"""Distinct cells that are tried."""
LEAST_FIT = 0.6
"""Share of the cells that can be read as the column."""
_OTHER_DATE = (
    r"(?!.*(?:更新|更换|改造|检[测查验修]|评[估定]|填[报表]|录入|普查|调查|测[量绘]|采集|巡"
    r"|维修|大修|修[复改]|报废|拆除|停用|计划|规划|设计|拟|保修|质保|到期|审|登记|统计|入库|上报"
    r"|合同|开工|整改|完成|下次|上次|清[淤洗]|内衬|防腐|次数|户|近|量|投资|费|变更|创建|修订))"
)
_HINTS = {
    "install_year": re.compile(_OTHER_DATE + r".*(?:年|日期|时间|龄|year|date|age)"),
    "diameter_mm": re.compile(
        r"(?!.*(?:壁厚|长|阀|井|坐标))(?!.*(?:更|改|设计|规划|拟)).*"
        r"(?:径|规格|型号|断面|尺寸|dn|diam|size)"
    ),
    "material": re.compile(
        r"(?!.*(?:防腐|保温|接口|内衬|井|路面|更|改|设计|规划|拟|资料|材料[费价])).*"
        r"(?:材|质地|material)"
    ),
}
"""Column → what its header holds, and what it does not."""


def perhaps_columns(
    cells: pd.DataFrame, header: HeaderRow, specs: Iterable[ColumnSpec]
) -> dict[str, str]:
    """Map unknown headers to the label of a column that the table lacks."""
    read = {match.spec.name for match in header.matches}
    lacking = {s.name: s for s in specs if s.name in _HINTS and s.name not in read}
    found: dict[str, str] = {}
    for text in header.unknown if lacking else ():
        for name, spec in lacking.items():
            if _HINTS[name].match(key(text)) and text not in found:
                column = cells[header.texts.index(text)]
                if _fits(column, spec):
                    found[text] = spec.headers.zh[0]
    return found


def _fits(column: pd.Series, spec: ColumnSpec) -> bool:
    """Tell whether most cells can be read as the column, whatever is asked of them."""
    texts = pd.Series(pd.unique(column.str.strip())[:LOOKED_AT], dtype=object)
    texts = texts[~texts.map(key).isin(MISSING)].reset_index(drop=True)
    if not len(texts):
        return False
    if spec.kind == "year" and _ages(texts):
        return True
    return float(parse_column(texts, spec).cells.notna().mean()) >= LEAST_FIT


def _ages(texts: pd.Series) -> bool:
    """Tell whether cells may be ages: whole numbers up to a century."""
    numbers = pd.to_numeric(texts.str.rstrip("年"), errors="coerce")
    return float(numbers.between(0, 120).mean()) >= LEAST_FIT
