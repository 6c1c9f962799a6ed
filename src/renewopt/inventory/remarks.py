"""Remarks that contradict a column: asked about, never applied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewopt.catalogue.columns import ColumnSpec
from renewopt.inventory.body import Body
from renewopt.inventory.cells.choices import code_words, either_words
from renewopt.inventory.clauses import said_to_be
from renewopt.inventory.headers import Match
from renewopt.inventory.words import key

_YEAR = r"(?:(\d{4})年?|(?<!\d)(\d{2})年)(?:\d{1,2}月)?(?:份|底|初)?"
_INTO = (
    r"为|成|造|用|装|铺|建|换|敷|埋|(?=pe|pvc|pp|upvc|hdpe|de\d|dn|φ|钢|铸|球墨|灰口|水泥|砼"
    r"|混凝土|钢筋|不锈|无缝|螺旋|镀锌|塑|玻璃钢|复合)"
)
_RENEWED = re.compile(
    rf"(?:{_YEAR})?[^\d,，。;；]{{0,6}}?(?:已改|改(?:{_INTO})|换成|换为|更换|更新|翻建|重建"
    r"|重铺|大修|翻新|翻修|改建|新换|已换|换管|换新|(?:改|换)(?=$|[,，。;；]|pe|pvc|pp|钢|铸|球墨))"
)
_REGULATED = re.compile(r"(?:改|升|降|调)(?:为|成|至|到)?(?=(?:次?高|中|低)压)")
_GONE = re.compile(
    r"拆除|废弃|报废|停用|弃用|废除|已封堵|不存在|灭失|注销|已拆|弃管|弃置|废管|废止|已废|作废"
    r"|\d{4}年?拆|拆迁|征收|(?:^|[,，。;；])废(?:$|[,，。;；])"
    r"|[暂已][不未](?:使用|投用)|未通[气水热]|已停|停[气热供](?![检维抢影时后期小])|停运|停输|报停|封存|撤除|已切断|不再使用|已无此"
)
_DOUBT = re.compile(
    r"有误|不准|不符|存疑|待核|待查|需核|错误|疑似|不一致|重复|以.{1,6}为准|应[为是系]|实为|实际"
    r"|实[系是]|为误|单位[为是应]|^同[a-z]{0,6}[-_]?\d+$"
)
_NOW = re.compile(
    r"实测|其中|现(?=pe|pvc|pp|upvc|hdpe|钢|铸|球墨|灰口|镀锌|混凝土|塑)|现[为是系]|现状[为是]|目前[为是]|现已[为是]|如今[为是]"
)
_UNSURE = re.compile(
    r"不确定|不详|不明|不清|未知|待定|待确认|待考|估计|估算|大概|推测|推断|暂定|暂按|可能|[?？]"
)
_BUILT = re.compile(
    r"(?:[建投]于|建成于|[敷铺埋]设于|投[用产运]于|始建于?|竣工于)(\d{4})"
    rf"|{_YEAR}(?:新建|兴建|新敷|新铺|完工|通[水气热]|投入使用|启用|"
    r"建成|建设|修建|始建|所建|建(?=$|[,，。;；])|敷设|铺设|埋设|竣工|投运|投用|投产|安装|建的)"
)
_DECADE = re.compile(
    r"(?:上世纪)?([2-9一二三四五六七八九])[0十](?:年代|后)[初中末]?期?"
    r"(?:[敷铺埋]设|新?建|投[用产运]|安装|修建|建成|竣工|$)"
)
_USED = re.compile(
    r"(?:使用|运行|服役|投用|管龄)(?:已|了|约|近|超过|达|满)*(\d{1,2})(?:多|余)?年"
)
_OLDER = re.compile(r"(?:使用|运行|服役|投用|管龄)(?:已|了)*(?:超过?|逾)(\d{1,2})年")
_DOWN = re.compile(
    r"(?:计划|拟|预计|将|列入|定)(?:于|在)?(20\d\d)年?(?:[前底内初]|上半年|下半年)?(?:予以)?"
    r"(?:拆除|拆迁|征收|征迁|搬迁|废除|停用)"
)
"""When the thing is to be taken down."""
_SIZE = re.compile(r"(?:dn|de|φ|Φ|(?<=管径)|(?<=口径))\s*(\d{2,4})", re.IGNORECASE)
_LENGTH = re.compile(
    r"(?:实长|长度?[应实][为是]|实[测量际]长度?)\D{0,3}?(\d+(?:\.\d+)?)(km|公里|千米)?"
    r"|实[测量际](?:有|为)?约?(\d+(?:\.\d+)?)(km|公里|千米|m|米)(?!m|深|高|宽)"
    r"|(?:^|[,，。;；]|全|总|共|[本此该]段)长度?[为约]?(\d+(?:\.\d+)?)(km|公里|千米|m|米)"
)
_NOT_YET = re.compile(
    r"(?:^|[,，。;；\s])(?:在建|拟建|待建|未建|规划|规划管线?|空管|未投[用产运]|未启用)"
    r"(?=$|[,，。;；\s])"
)
"""A clause that says no more than that the thing is not in use yet."""
_DONE_WITH = re.compile(r"已?完成(?:整治|治理|改造)|已(?:消除|取消|销号|整治|治理)")
"""What is said of a waterlogging point that is one no longer."""
_PRESSURE_CUT = re.compile(r"已?[降升]压")
_BUILT_OVER = re.compile(r"(?<![无未没不])占压(?!情况|[0-9：:])")
_SHORT = {
    "install_year": ("年份", "年代", "建成年", "竣工年"),
    "material": ("管材", "材质", "材料"),
    "diameter_mm": ("管径", "口径"),
    "length_m": ("管长", "长度"),
    "pressure_level": ("压力",),
}
"""Words by which a remark names a column, beside the headers of the column."""
_CONFIRMED = re.compile(
    r"(?:^|[\s，。；,.;、(（])(?:本行已核[实对]?|本行(?:核对)?无误|row\s+checked)"
    r"\s*[)）。.!！]?\s*$",
    re.IGNORECASE,
)
"""Ends a remark with which the row was compared. 已核实 may speak of the pipe."""
_ACTS = (_RENEWED, _REGULATED, _GONE)
_OVER = (_NOT_YET, _DONE_WITH, _PRESSURE_CUT)
_ALONE = re.compile(
    r"^(?:[^\d,，。;；、]{0,6}(?:pvc|钢|铁|铸|砼|混凝土|水泥|塑|石棉|镀锌)|(?:hd|md)?pe)"
    r"[^\d,，。;；、]{0,4}$|^(?:管径|口径)?(?:dn|de|φ)?\d{2,4}(?:mm)?$"
)
"""A remark that is no more than a material or a size."""
_SIGNS = (
    *_ACTS, *_OVER, _DOUBT, _NOW, _UNSURE, _SIZE, _BUILT, _DECADE, _USED, _OLDER,
    _LENGTH, _ALONE, _DOWN, _BUILT_OVER,
)  # fmt: skip
DEMOLISHED = "planned_demolition_year"
AGE_SLACK = 3
"""Years by which an age in a remark may differ from the column; it is rounded."""


@dataclass(frozen=True)
class _Row:
    """One row with a remark, and what of it is said to be so."""

    remark: str
    said: str
    values: pd.Series
    matches: dict[str, Match]
    as_of: int

    def value(self, name: str) -> object:
        found = self.values.get(name)
        return None if found is None or pd.isna(found) else found


def question_remarks(
    body: Body, frame: pd.DataFrame, matches: Sequence[Match], as_of: int
) -> None:
    """Question each column that a remark of its row contradicts.

    Parameters
    ----------
    as_of
        Year from which ages in remarks count.
    """
    if "remark" not in frame:
        return
    by_name = {match.spec.name: match for match in matches}
    remarks = frame["remark"]
    distinct = {text: _concerns(text) for text in remarks.dropna().unique()}
    likely = remarks.isin([text for text, found in distinct.items() if found])
    for i in likely.to_numpy().nonzero()[0]:
        text = str(remarks.iloc[i])
        row = _Row(key(text), said_to_be(text, _ACTS), frame.iloc[i], by_name, as_of)
        contradicted = dict.fromkeys(_contradicted(row))
        if contradicted and _CONFIRMED.search(text):
            body.add(
                "inventory.remark_confirmed", "note", int(body.rows[i]),
                by_name["remark"].header.text, text, "", by_name["remark"].position,
            )  # fmt: skip
            continue
        for column in contradicted:
            match = by_name.get(column, by_name["remark"])
            alone = match is by_name["remark"] and column != "remark"
            body.add(
                "inventory.remark_alone" if alone else "inventory.remark_contradicts",
                "questioned", int(body.rows[i]),
                match.header.text, str(remarks.iloc[i]), "", match.position,
                source=by_name["remark"].header.text,
            )  # fmt: skip


def _concerns(remark: str) -> bool:
    """Tell whether a remark may say something about a column."""
    word = key(remark)
    return any(sign.search(word) for sign in _SIGNS)


def _contradicted(row: _Row) -> Iterator[str]:
    """Name the columns that the remark contradicts."""
    said = row.said
    renewed = _RENEWED.search(said)
    if renewed:
        yield from _by_renewal(row, renewed)
    yield from _by_state(row)
    now = _NOW.search(said)
    alone = _ALONE.match(row.remark.strip()) is not None
    if renewed or _DOUBT.search(said) or now or alone:
        last = said[now.start() :] if now and not renewed else said
        yield from _by_code(row, "material", _named_last(last, renewed))
        yield from _by_size(row)
    yield from _by_length(row)
    if now:
        yield from _by_code(row, "pressure_level", said)
    regulated = _REGULATED.search(said)
    if regulated:
        yield from _by_code(row, "pressure_level", said[regulated.end() :])
    by_year: list[str] = [] if renewed else list(_by_year(row))
    yield from by_year
    if _DOUBT.search(row.remark):
        named = [*_named_columns(row, row.remark), *by_year]
        yield from named or ["remark"]
    elif _UNSURE.search(said):
        unsure = list(_named_columns(row, said))
        yield from (name for name in unsure if row.value(name) is not None)
        if not unsure and _UNSURE.fullmatch(row.remark.strip()):
            yield "remark"


def _by_state(row: _Row) -> Iterator[str]:
    """Name the columns of state: in use, to be taken down, pressure, built over."""
    said = row.said
    over = _GONE.search(said) or _NOT_YET.search(row.remark) or _DONE_WITH.search(said)
    if over and row.value("status") != "abandoned":
        yield "status"
    down = _DOWN.search(row.remark)
    if down and row.value(DEMOLISHED) != int(down[1]):
        yield DEMOLISHED
    if _PRESSURE_CUT.search(said):
        yield "pressure_level"
    told = _BUILT_OVER.search(said) and "encroached" in row.matches
    if told and row.value("encroached") is not True:
        yield "encroached"


def _named_last(said: str, renewed: re.Match[str] | None) -> str:
    """Give what stands behind the renewal in its clause: what lies there since."""
    rest = re.split(r"[,，。;；]", said[renewed.end() :])[0] if renewed else ""
    return rest or said


def _by_renewal(row: _Row, found: re.Match[str]) -> Iterator[str]:
    years = (row.value("renewed_year"), row.value("install_year"))
    if not any(_same_year(found[1], found[2], year) for year in years):
        yield "install_year"


def _same_year(full: str | None, short: str | None, year: object) -> bool:
    """Hold a year as a remark writes it, 2010 or 10年, against that of a column."""
    if not isinstance(year, (int, np.integer)) or not (full or short):
        return False
    return int(year) == int(full) if full else int(year) % 100 == int(short or 0)


def _by_year(row: _Row) -> Iterator[str]:
    """Hold a year of construction against the column: 实为1972年建成."""
    found = _BUILT.search(row.said)
    year = row.value("install_year")
    if not isinstance(year, (int, np.integer)):
        return
    if _other_decade(row, int(year)) and not found:
        yield "install_year"
    if not found:
        return
    if not _same_year(found[1] or found[2], found[3], year):
        yield "install_year"


def _other_decade(row: _Row, year: int) -> bool:
    """Tell whether a remark names another decade, 80年代铺设, or another age."""
    decade, used = _DECADE.search(row.said), _USED.search(row.said)
    older = _OLDER.search(row.said)
    if older and row.as_of - year < int(older[1]):
        return True
    if decade and year % 100 // 10 != _tens(decade[1]):
        return True
    return used is not None and abs(row.as_of - year - int(used[1])) > AGE_SLACK


def _tens(text: str) -> int:
    return int(text) if text.isdigit() else "零一二三四五六七八九".index(text)


def _by_code(row: _Row, column: str, text: str) -> Iterator[str]:
    match = row.matches.get(column)
    if match is None or not match.spec.choices:
        return
    named = _codes_in(text, match.spec) or _codes_in(row.said, match.spec)
    if named and row.value(column) not in named:
        yield column


def _codes_in(remark: str, spec: ColumnSpec) -> set[str]:
    """Find the codes whose words (of two letters or more) stand in a remark."""
    meant = {word: (code,) for word, code in code_words(spec).items()}
    words = sorted((meant | either_words(spec)).items(), key=lambda item: -len(item[0]))
    found: set[str] = set()
    rest = remark
    for word, codes in words:
        if len(word) > 1 and word in rest:
            found.update(codes)
            rest = rest.replace(word, " ")
    return found


def _by_size(row: _Row) -> Iterator[str]:
    found = _SIZE.search(row.said)
    if found and row.value("diameter_mm") not in {None, float(found[1])}:
        yield "diameter_mm"


def _by_length(row: _Row) -> Iterator[str]:
    """Hold a length against the column: 实长250米."""
    found, own = _LENGTH.search(row.said), row.value("length_m")
    if found and isinstance(own, float):
        unit = found[2] or found[4] or found[6] or ""
        length = float(found[1] or found[3] or found[5])
        length *= 1000 if unit in {"km", "公里", "千米"} else 1
        if abs(own - length) > 0.5:
            yield "length_m"


def _named_columns(row: _Row, text: str) -> Iterator[str]:
    """Name the columns whose headers a text mentions."""
    for name, match in row.matches.items():
        words = {match.header.name, *(key(text) for text in match.spec.headers.zh)}
        words.update(_SHORT.get(name, ()))
        if name != "remark" and any(len(w) > 1 and w in text for w in words):
            yield name
