"""Remarks that contradict a column: asked about, never applied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.body import Body
from renewopt.inventory.cells.choices import code_words
from renewopt.inventory.headers import Match
from renewopt.inventory.words import key

_PLANNED = re.compile(
    r"拟|计划|建议|规划|将|需要?|待(?!查)|应(?!为)|未(?=更换|改造|拆除)"
)
_RENEWED = re.compile(
    r"(?:(\d{4})年?(?:\d{1,2}月)?(?:底|初)?)?[^\d,，。;；]{0,6}?"
    r"(?:已改|改为|改成|改造|换成|换为|更换|更新|翻建|重建|重铺|新换|已换|换管)"
)
_GONE = re.compile(r"拆除|废弃|报废|停用|弃用|废除|已封堵|不存在|灭失|注销")
_DOUBT = re.compile(
    r"有误|不准|不符|存疑|待核|待查|需核|错误|疑似|不一致|重复|以.{1,6}为准|应为|实为|实际"
)
_BUILT = re.compile(
    r"(?:建于|建成于|敷设于|始建于?|竣工于)(\d{4})"
    r"|(\d{4})年?(?:\d{1,2}月)?(?:份|底|初)?"
    r"(?:建成|建设|修建|始建|敷设|铺设|埋设|竣工|投运|投用|投产|安装|建的)"
)
_SIZE = re.compile(r"(?:dn|de|φ|Φ)\s*(\d{2,4})", re.IGNORECASE)


@dataclass(frozen=True)
class _Row:
    """One row with a remark."""

    remark: str
    values: pd.Series
    matches: dict[str, Match]

    def value(self, name: str) -> object:
        found = self.values.get(name)
        return None if found is None or pd.isna(found) else found


def question_remarks(body: Body, frame: pd.DataFrame, matches: Sequence[Match]) -> None:
    """Question each column that a remark of its row contradicts."""
    if "remark" not in frame:
        return
    by_name = {match.spec.name: match for match in matches}
    remarks = frame["remark"]
    distinct = {text: _concerns(text) for text in remarks.dropna().unique()}
    likely = remarks.isin([text for text, found in distinct.items() if found])
    for i in likely.to_numpy().nonzero()[0]:
        row = _Row(key(str(remarks.iloc[i])), frame.iloc[i], by_name)
        for column in dict.fromkeys(_contradicted(row)):
            match = by_name.get(column, by_name["remark"])
            body.add(
                "inventory.remark_contradicts", "questioned", int(body.rows[i]),
                match.header.text, str(remarks.iloc[i]), "", match.position,
                source=by_name["remark"].header.text,
            )  # fmt: skip


def _concerns(remark: str) -> bool:
    """Tell whether a remark may say something about a column."""
    word = key(remark)
    return any(p.search(word) for p in (_RENEWED, _GONE, _DOUBT, _SIZE, _BUILT))


def _contradicted(row: _Row) -> Iterator[str]:
    """Name the columns that the remark contradicts."""
    remark = row.remark
    planned = _PLANNED.search(remark) is not None
    renewed = None if planned else _RENEWED.search(remark)
    if renewed:
        yield from _by_renewal(row, renewed)
    if _GONE.search(remark) and not planned and row.value("status") != "abandoned":
        yield "status"
    if (renewed or _DOUBT.search(remark)) and not planned:
        yield from _by_material(row)
        yield from _by_size(row)
    by_year = [] if planned or renewed else list(_by_year(row))
    yield from by_year
    if _DOUBT.search(remark):
        named = [*_named_columns(row), *by_year]
        yield from named or ["remark"]


def _by_renewal(row: _Row, found: re.Match[str]) -> Iterator[str]:
    year = int(found[1]) if found[1] else None
    if year is None or year not in {
        row.value("renewed_year"),
        row.value("install_year"),
    }:
        yield "install_year"


def _by_year(row: _Row) -> Iterator[str]:
    """Hold a year of construction against the column: 实为1972年建成."""
    found = _BUILT.search(row.remark)
    year = row.value("install_year")
    if found and year is not None and year != int(found[1] or found[2]):
        yield "install_year"


def _by_material(row: _Row) -> Iterator[str]:
    match = row.matches.get("material")
    if match is None or not match.spec.choices:
        return
    named = _codes_in(row.remark, match.spec)
    if named and row.value("material") not in named:
        yield "material"


def _codes_in(remark: str, spec: ColumnSpec) -> set[str]:
    """Find the codes whose words (of two letters or more) stand in a remark."""
    words = sorted(code_words(spec).items(), key=lambda item: -len(item[0]))
    found: set[str] = set()
    rest = remark
    for word, code in words:
        if len(word) > 1 and word in rest:
            found.add(code)
            rest = rest.replace(word, " ")
    return found


def _by_size(row: _Row) -> Iterator[str]:
    found = _SIZE.search(row.remark)
    if found and row.value("diameter_mm") not in {None, float(found[1])}:
        yield "diameter_mm"


def _named_columns(row: _Row) -> Iterator[str]:
    """Name the columns whose headers the remark mentions."""
    for name, match in row.matches.items():
        words = {match.header.name, *(key(text) for text in match.spec.headers.zh)}
        if name != "remark" and any(len(w) > 1 and w in row.remark for w in words):
            yield name
