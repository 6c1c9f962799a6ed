"""The words and code letters that bureaus' tables have in these columns."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.inventory.making import parse
from tests.inventory.test_survey_headers import START

LAYING = {
    "direct": "直埋 ZM", "sleeve": "管埋 管块 GM GK", "ditch": "管沟 地沟 GG",
    "aerial": "架空 地面 上架 JK DM SJ", "tunnel": "管廊 综合管廊 人防 ZH RF",
    "trenchless": "顶管 水下 DG SX",
}  # fmt: skip
WORDS: dict[tuple[str, str, str], dict[str, str]] = {
    ("gas_pipe", "管材", "material"): {
        "pe": "PE PE100 PE80 聚乙烯", "steel": "钢 焊接钢管 螺旋管 无缝 G",
        "galvanised_steel": "镀锌", "ductile_iron": "球墨铸铁 球磨铸铁 球墨 QM",
        "grey_cast_iron": "灰口铸铁", "cast_iron": "铸铁 ZT",
    },
    ("heating_pipe", "管材", "material"): {
        "steel": "钢 焊接钢管 螺旋管 无缝 镀锌 G", "plastic": "PE PE100 PE80 聚乙烯",
        "ductile_iron": "球墨铸铁 球磨铸铁 球墨 QM", "cast_iron": "铸铁 灰口铸铁 ZT",
    },
    ("water_pipe", "管材", "material"): {
        "pe": "PE PE100 PE80 聚乙烯", "pvc": "PVC UPVC PVC-U", "frp": "玻璃钢 BLG",
        "steel": "钢 焊接钢管 螺旋管 无缝 G", "galvanised_steel": "镀锌",
        "ductile_iron": "球墨铸铁 球磨铸铁 球墨 QM", "cast_iron": "铸铁 ZT",
        "grey_cast_iron": "灰口铸铁", "concrete": "砼 混凝土 素砼 T",
        "asbestos_cement": "石棉 SM",
    },
    ("sewer", "管材", "material"): {
        "concrete": "砼 混凝土 T", "plain_concrete": "素砼", "pvc": "PVC UPVC PVC-U",
        "hdpe": "PE PE100 PE80 聚乙烯", "frp": "玻璃钢 BLG", "cast_iron": "铸铁 ZT",
        "ductile_iron": "球墨铸铁 球磨铸铁 球墨 QM", "vitrified_clay": "陶瓷 TC",
        "steel": "钢 焊接钢管 螺旋管 无缝 镀锌 G", "masonry": "砖石 ZS 砖 Z 石 S",
        "asbestos_cement": "石棉 SM",
    },
    ("gas_pipe", "埋设方式", "laying_method"): LAYING,
    ("heating_pipe", "敷设方式", "laying_method"): LAYING,
    ("water_pipe", "埋设类型", "laying_method"): LAYING,
    ("gas_pipe", "使用状态", "status"): {
        "in_use": "在用", "abandoned": "废弃", "empty": "2 空管", "other": "3 其他",
    },
    ("gas_pipe", "压力级别", "pressure_level"): {
        "high_a": "高压A", "high_b": "高压B", "sub_high_a": "次高压A",
        "sub_high_b": "次高压B", "medium_a": "中压A 0.4MPa 4bar 400kPa",
        "medium_b": "中压B", "low": "低压",
    },
    ("gas_pipe", "气源/介质", "medium"): {
        "natural_gas": "天然气 RQ-TR TR", "lpg": "液化气 YH", "coal_gas": "煤气 MQ",
    },
    ("gas_pipe", "管道类别", "level"): {
        "municipal": "市政", "yard": "庭院", "riser": "立管", "indoor": "户内",
    },
    ("gas_pipe", "立管类型", "riser_type"): {"outside": "外挂", "concealed": "暗埋"},
    ("gas_pipe", "阴极保护", "cathodic_protection"): {
        "working": "有", "none": "无", "failed": "失效",
    },
    ("gas_pipe", "占压情况", "encroached"): {"True": "是 √ 1 有", "False": "否 × 0 无"},
    ("gas_pipe", "评估结论", "assessment_result"): {
        "ok": "符合安全运行要求", "ok_with_controls": "落实安全管控措施可继续运行",
        "deadline": "限期改造", "immediate": "立即改造",
    },
    ("heating_pipe", "管网级别", "level"): {
        "primary": "一次网 一级", "secondary": "二次网 二级", "yard": "庭院",
    },
    ("heating_pipe", "供热介质", "medium"): {
        "hot_water": "热水 RS", "steam": "蒸汽 ZQ",
    },
    ("water_pipe", "管线类别", "level"): {
        "transmission": "原水 输水 JY SS", "distribution": "配水 JP JS",
        "drinking": "直饮 JZ", "fire": "消防 XS", "reclaimed": "中水 ZS",
        "irrigation": "绿化 LS", "circulating": "循环 JH",
    },
    ("water_pipe", "内衬/防腐", "lining"): {"lined": "有内衬 有", "none": "无内衬 无"},
    ("sewer", "管道类别", "level"): {"foul": "污水 WS", "combined": "合流 HS"},
    ("sewer", "混错接", "misconnected"): {"True": "√ 是 有", "False": "无 否"},
    ("waterlogging_point", "类型", "point_type"): {
        "underpass": "下穿", "low_lying": "低洼", "road": "路段", "compound": "小区",
    },
    ("waterlogging_point", "整治状态", "works_status"): {
        "open": "未整治", "under_way": "整治中", "done": "已消除",
    },
    ("waterlogging_point", "交通中断", "traffic_cut"): {
        "True": "√ 是 有", "False": "无",
    },
    ("residential_compound", "结构类型", "structure_type"): {
        "brick_concrete": "砖混", "frame": "框架", "brick_wood": "砖木",
    },
    ("residential_compound", "房屋安全等级", "structure_grade"): {
        "A": "A A级", "B": "B", "C": "C", "D": "D Ｄ",
    },
    ("residential_compound", "产权性质", "ownership"): {
        "residents": "房改房 商品房", "public": "公房 单位自管",
    },
    ("residential_compound", "消防通道", "fire_grade"): {
        "good": "畅通", "poor": "堵塞",
    },
    ("residential_compound", "供热状况", "heat_grade"): {
        "good": "好", "fair": "中", "poor": "差",
    },
    ("residential_compound", "有无物业", "managed"): {"True": "有", "False": "无"},
    ("residential_compound", "改造类型", "renewal_class"): {
        "basic": "基础 基础类", "improvement": "完善", "upgrade": "提升",
    },
}  # fmt: skip
CASES = [
    (*place, code, word)
    for place, codes in WORDS.items()
    for code, words in codes.items()
    for word in words.split()
]
UNCLEAR = [
    ("gas_pipe", "管材", "material", "PVC"),
    ("gas_pipe", "管材", "material", "灰口铸铁/PE"),
    ("gas_pipe", "压力级别", "pressure_level", "0.3"),
    ("gas_pipe", "气源", "medium", "RQ"),
    ("gas_pipe", "已装报警器", "households_alarm", "是"),
    ("heating_pipe", "供/回水", "pipes_per_route", "回水"),
    ("water_pipe", "漏损率", "leakage_pct", "0.085"),
    ("sewer", "管道类别", "level", "PS"),
    ("residential_compound", "改造类型", "renewal_class", "基础、完善"),
    ("residential_compound", "层数", "storeys", "多层"),
    ("residential_compound", "充电设施", "charging", "12"),
]
"""Words that do not tell: of another network, two at once, without their unit."""


@pytest.mark.parametrize(("name", "header", "column", "code", "word"), CASES)
def test_every_word_is_its_code(
    name: str, header: str, column: str, code: str, word: str
) -> None:
    """Each spelling and each code of CJJ 61 is read as what it means."""
    heads, cells = START[name]
    table = parse(f"{heads}|{header}\n{cells}|{word}", name)
    assert str(table.frame[column].iloc[0]) == code


@pytest.mark.parametrize(("name", "header", "column", "word"), UNCLEAR)
def test_words_that_do_not_tell_are_asked_about(
    name: str, header: str, column: str, word: str
) -> None:
    """Nothing is taken from a word of two meanings; the cell is questioned."""
    heads, cells = START[name]
    table = parse(f"{heads}|{header}\n{cells}|{word}", name)
    assert pd.isna(table.frame[column].iloc[0])
    asked = {i.severity for i in table.issues if i.column == header}
    assert "questioned" in asked


def test_storeys_that_differ_are_an_interval() -> None:
    """5-6 storeys are six with an interval, not a date and not one number."""
    heads, cells = START["residential_compound"]
    table = parse(f"{heads}|层数\n{cells}|5-6", "residential_compound")
    (row,) = table.qualities.to_dict("records")
    assert (row["quality"], row["low"], row["high"]) == ("bounded", 5, 6)


def test_points_that_are_cleared_are_asked_about() -> None:
    """已消除 but still listed: the points count, and the user is asked."""
    table = parse(
        "点位编号|整治状态\nP1|已消除\nP2|未整治\nP3|已消除", "waterlogging_point"
    )
    assert table.count.kept == 3
    asked = [i for i in table.issues if i.code == "inventory.code_asked"]
    assert [(i.severity, i.column, i.raw, i.params["rows"]) for i in asked] == [
        ("questioned", "整治状态", "已消除", 2)
    ]


def test_counts_without_years_are_named() -> None:
    """爆管次数 says not of which years: noted; 近三年爆管次数 does."""
    text = "管线编号|管长|爆管次数|近三年爆管次数\nA|5|2次|1\nB|5||"
    table = parse(text, "water_pipe")
    assert table.frame["bursts"].tolist()[0] == 2
    said = [i for i in table.issues if i.code == "inventory.count_undated"]
    assert [(i.column, i.params["rows"]) for i in said] == [("爆管次数", 1)]
