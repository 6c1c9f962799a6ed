"""Remarks that know better than a column, as people write them."""

from __future__ import annotations

import pytest

from tests.inventory.making import codes, parse

HEAD = "管线编号|管长|管径|敷设年份|管材|使用状态|压力级别|备注"


def _asked(remark: str) -> set[str]:
    """Give the columns asked about for a remark beside an iron pipe of 1990."""
    table = parse(f"{HEAD}\nA1|50|100|1990|灰口铸铁|在用|低压|{remark}", "gas_pipe")
    assert table.frame["install_year"].tolist() == [1990]
    return {column for code, _, column, _ in codes(table)}


@pytest.mark.parametrize(
    ("remark", "columns"),
    [
        ("2010改PE管", {"敷设年份", "管材"}),
        ("10年改PE", {"敷设年份", "管材"}),
        ("现为PE管", {"管材"}),
        ("管材应是PE", {"管材"}),
        ("改DN200", {"敷设年份", "管径"}),
        ("灰口铸铁改PE", {"敷设年份", "管材"}),
        ("2010年改PE，原管为灰口铸铁", {"敷设年份", "管材"}),
        ("已拆", {"使用状态"}),
        ("弃管", {"使用状态"}),
        ("已停气", {"使用状态"}),
        ("作废", {"使用状态"}),
        ("停用待拆", {"使用状态"}),
        ("系2008年新建", {"敷设年份"}),
        ("08年新建", {"敷设年份"}),
        ("低压改中压", {"压力级别"}),
        ("实长250米", {"管长"}),
        ("管道实测480米", {"管长"}),
        ("其中20米为PE管", {"管材"}),
        ("暂不使用", {"使用状态"}),
        ("未通气", {"使用状态"}),
        ("计划2030年拆除", {"备注"}),
        ("管龄超40年", {"敷设年份"}),
        ("2015年大修", {"敷设年份"}),
        ("翻新过", {"敷设年份"}),
        ("同G003", {"备注"}),
        ("估算", {"备注"}),
        ("实长0.25km", {"管长"}),
        ("管材不确定", {"管材"}),
        ("年份不详", {"敷设年份"}),
        ("在建", {"使用状态"}),
        ("规划", {"使用状态"}),
        ("空管", {"使用状态"}),
        ("废", {"使用状态"}),
        ("2020拆", {"使用状态"}),
        ("2016年改", {"敷设年份"}),
        ("2019换", {"敷设年份"}),
        ("去年换PE", {"敷设年份", "管材"}),
        ("原灰口铸铁，现PE", {"管材"}),
        ("实测DN150", {"管径"}),
        ("系1979年所建", {"敷设年份"}),
        ("89年建", {"敷设年份"}),
        ("长250米", {"管长"}),
        ("全长1.2公里", {"管长"}),
        ("现为中压B", {"压力级别"}),
        ("已降压运行", {"压力级别"}),
    ],
)
def test_short_remarks_that_overrule_a_column(remark: str, columns: set[str]) -> None:
    """However curt the remark, the column that it overrules is asked about."""
    assert _asked(remark) == columns


@pytest.mark.parametrize(
    ("remark", "columns"),
    [
        ("2010年已改PE，计划2026年再检测", {"敷设年份", "管材"}),
        ("2010年已改PE（计划2026年检测）", {"敷设年份", "管材"}),
        ("2012年更新为PE，需补测", {"敷设年份", "管材"}),
        ("需补测，2012年更新为PE", {"敷设年份", "管材"}),
        ("2015年停用，将拆除", {"使用状态"}),
        ("2010年 已改PE 待检测", {"敷设年份", "管材"}),
        ("实为1972年建成，拟更换", {"敷设年份"}),
    ],
)
def test_a_plan_in_one_clause_leaves_the_others(remark: str, columns: set[str]) -> None:
    """What was done is asked about, whatever another clause plans."""
    assert _asked(remark) == columns


@pytest.mark.parametrize(
    "remark",
    [
        "评估:立即改造", "评估：改造", "建议 更换", "计划2027年，更换为PE管",
        "2027年改造计划", "已列入2026年改造项目", "尚未改造", "拟改PE管", "应尽快更换",
        "暂不更换，无需改造", "停气检修2小时", "位于人行道下", "1990年新建", "90年建成",
        "实长50米", "现为灰口铸铁", "可能漏水", "规划改DN200", "2024年普查核实",
        "90年建", "全长50米", "未改", "需换", "规划2027年改造", "实测DN100", "现为低压",
    ],
)  # fmt: skip
def test_plans_and_what_agrees_are_not_asked_about(remark: str) -> None:
    """What is only planned, or says what the columns say, brings no question."""
    assert _asked(remark) == set()


@pytest.mark.parametrize(
    "mark",
    ["；本行已核", "，本行已核实。", " 本行无误", "（本行已核对）", "; row checked"],
)
def test_a_checked_row_is_not_asked_about_again(mark: str) -> None:
    """The clerk ends the remark so: a note remains, no question comes back."""
    text = f"{HEAD}\nA1|50|100|1990|灰口铸铁|在用|低压|2010年已改PE{mark}"
    assert codes(parse(text, "gas_pipe")) == [("remark_confirmed", 2, "备注", "note")]


@pytest.mark.parametrize("mark", ["，已核实", "，已核", "，本行已核，2012年停用"])
def test_what_may_speak_of_the_pipe_confirms_nothing(mark: str) -> None:
    """已核实 may mean that the new pipe was seen: the question stays."""
    assert {"敷设年份", "管材"} <= _asked(f"2010年已改PE{mark}")
