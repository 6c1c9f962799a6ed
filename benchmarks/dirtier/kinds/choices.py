"""Dirt of codes: synonyms, code letters, typing errors, marks, free judgements."""

from __future__ import annotations

from random import Random

from benchmarks.dirtier.kinds.base import Spot, cell_kind, column_kind, sheet_kind
from benchmarks.dirtier.sheet import Cell, Column, Sheet
from benchmarks.dirtier.source import Value

MATERIAL = ("material",)
FLAGS = ("encroached", "near_sensitive", "confined_space_near", "severe", "casualties")
CHOICES = ("material", "level", "status", "laying_method", "pressure_level", "lining",
           "insulation", "cathodic_protection", "assessment_result", "structure_grade",
           "point_type", "road_class")  # fmt: skip

# What bureaus write for a code, from survey tables and code of utilities.
SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "material": {
        "pe": ("PE管", "聚乙烯", "PE100", "PE80", "pe", "PE 100", "聚乙烯管", "Pe"),
        "pvc": ("UPVC", "PVC-U", "硬聚氯乙烯", "PVC管", "UPVC管", "pvc"),
        "steel": ("钢管", "焊接钢管", "螺旋管", "无缝", "无缝钢管", "螺旋焊管", "钢质"),
        "ductile_iron": ("球墨", "球墨铸铁管", "球铁", "球墨管", "DIP"),
        "grey_cast_iron": ("灰口", "灰铸铁", "灰口铸铁管", "灰铁"),
        "cast_iron": ("铸铁", "铸铁管"),
        "galvanised_steel": ("镀锌", "镀锌管", "镀锌钢", "热镀锌钢管"),
        "concrete": ("砼", "混凝土", "钢筋混凝土", "素砼", "砼管", "预应力砼管"),
        "cement": ("水泥管", "自应力水泥管"),
        "asbestos_cement": ("石棉管", "石棉水泥管", "石棉"),
        "frp": ("玻璃钢管", "玻璃钢夹砂管"),
        "plastic": ("PE-RT", "PB管", "PERT", "PE-RT II型"),
    },
    "status": {
        "in_use": ("使用中", "运行", "正常", "在运", "正常运行", "使用", "投用"),
        "abandoned": ("停用", "报废", "已废弃", "弃用", "已停用"),
    },
    "laying_method": {
        "direct": ("直埋敷设", "埋地", "直埋式", "地埋"),
        "ditch": ("地沟", "管沟敷设", "沟埋", "地沟敷设", "通行地沟"),
    },
    "level": {
        "primary": ("一级网", "一级", "一次管网", "一次管线", "主干网"),
        "secondary": ("二级网", "二级", "二次管网", "二次线"),
        "municipal": ("市政", "主干管", "市政管", "市政中压管道"),
        "yard": ("庭院", "庭院管", "小区管", "庭院管网", "小区内"),
        "transmission": ("输水管", "输水干管", "原水"),
        "distribution": ("配水管", "给水", "配水支管"),
    },
    "pressure_level": {
        "medium_a": ("中压Ａ", "中压 A", "中压A级", "中A", "中压（A）"),
        "medium_b": ("中压Ｂ", "中压 B", "中压B级", "中B", "中压（B）"),
        "sub_high_b": ("次高压Ｂ", "次高压 B级", "次高B"),
        "low": ("低压管", "低", "低压级"),
    },
    "lining": {
        "lined": ("有", "水泥砂浆内衬", "已内衬", "环氧内衬"),
        "none": ("无", "没有内衬", "未做内衬"),
    },
    "insulation": {
        "good": ("良好", "好", "正常", "保温完好"),
        "failed": ("破损", "脱落", "差", "保温层脱落", "局部破损"),
    },
    "structure_grade": {
        "A": ("A", "a级", "Ａ级", "A类"),
        "B": ("B", "b级", "Ｂ级", "Bsu级"),
        "C": ("C", "c级", "Ｃ级", "Csu级"),
    },
    "point_type": {
        "underpass": ("下穿通道", "桥下", "立交桥下", "下穿立交", "铁路桥下"),
        "low_lying": ("低洼区", "低洼地", "低洼路段"),
        "road": ("道路", "路面"),
        "compound": ("居民区", "小区内", "住宅小区"),
    },
    "road_class": {
        "arterial": ("主干道", "城市主干路", "干道"),
        "collector": ("次干道", "城市次干路"),
        "local": ("支路(街巷)", "支线", "街巷"),
    },
    "cathodic_protection": {
        "working": ("有效", "正常", "有（正常）", "牺牲阳极有效"),
        "failed": ("无效", "已失效", "失效待修"),
        "none": ("没有", "未设", "未做"),
    },
}
# Letters of CJJ 61-2017.
LETTERS: dict[str, dict[str, str]] = {
    "material": {"steel": "G", "ductile_iron": "QM", "cast_iron": "ZT", "concrete": "T",
                 "asbestos_cement": "SM", "frp": "BLG", "pe": "PE", "pvc": "PVC"},
    "laying_method": {"direct": "ZM", "ditch": "GG", "aerial": "JK", "tunnel": "ZH"},
    "status": {"in_use": "0", "abandoned": "1", "empty": "2", "other": "3"},
}  # fmt: skip
TYPOS = {
    "pe": ("聚乙稀", "聚已烯", "PＥ", "P E", "PE1OO", "EP"),
    "pvc": ("PCV", "PVC－U", "UPCV", "聚氯乙稀"),
    "steel": ("焊结钢管", "无逢钢管", "螺旋刚管", "刚管", "纲管"),
    "ductile_iron": ("球磨铸铁", "球墨铸鉄", "求墨铸铁", "球墨铸铁菅", "球黑铸铁"),
    "grey_cast_iron": ("灰口筹铁", "灰囗铸铁", "恢口铸铁"),
    "galvanised_steel": ("镀锌铜管", "渡锌钢管", "镀辛钢管", "镀锌刚管"),
    "concrete": ("混泥土", "预应力混泥土", "混凝士"),
    "asbestos_cement": ("石绵水泥", "石棉水坭"),
}
MISSING = [
    "不详",
    "未知",
    "—",
    "——",
    "待查",
    "不清",
    "无资料",
    "?",
    "？",
    "/",
    "\\",
    "未填",
    "暂缺",
    "待核实",
    "#N/A",
    "*",
    "…",
    "N/A",
    "无记录",
    "-",
]


def _written(spot: Spot, words: tuple[str, ...], dice: Random) -> bool:
    return bool(words) and spot.put(dice.choice(words))


@cell_kind("word_synonym", "同义词", "Other words for a code", tuple(SYNONYMS))
def _synonym(spot: Spot, dice: Random) -> bool:
    words = SYNONYMS[spot.column.key].get(str(spot.cell.truth), ())
    return _written(spot, words, dice)


@cell_kind("word_letters", "CJJ 61 代码", "Code letters of CJJ 61", tuple(LETTERS))
def _letters(spot: Spot, dice: Random) -> bool:
    letter = LETTERS[spot.column.key].get(str(spot.cell.truth))
    return letter is not None and spot.put(letter)


@cell_kind("word_typo", "管材错别字", "Typing errors in materials", MATERIAL)
def _typo(spot: Spot, dice: Random) -> bool:
    return _written(spot, TYPOS.get(str(spot.cell.truth), ()), dice)


@cell_kind("word_two", "一格两种管材", "Two materials in one cell", MATERIAL)
def _two(spot: Spot, dice: Random) -> bool:
    words = {"PVC": "pvc", "钢": "steel", "PE": "pe", "铸铁": "cast_iron"}
    codes = spot.column.spec.codes() if spot.column.spec else ()
    # Classes without a code of its own count PE among the plastics: one meaning.
    others = [w for w in words if w not in spot.text and words[w] in codes]
    if not others:
        return False
    other = dice.choice(others)
    sign = dice.choice(["/", "、", "+", "，", "及", " "])
    text = f"{spot.text}{sign}{other}"
    # Which of the two lies there is an even chance: neither may be taken.
    return spot.means(words[other], text) if dice.random() < 0.5 else spot.put(text)


@cell_kind(
    "word_bare_iron",
    "只写“铸铁”",
    "A bare 铸铁",
    MATERIAL,
    classes=("gas_pipe", "water_pipe"),
)
def _bare_iron(spot: Spot, dice: Random) -> bool:
    if spot.cell.truth not in {"grey_cast_iron", "ductile_iron"}:
        return False
    # Our schema has a code for it: iron whose kind is not known is just that.
    return spot.means("cast_iron", dice.choice(["铸铁", "铸铁管", "ZT"]))


@cell_kind("word_other_class", "其他门类才有的管材", "Words no code means", MATERIAL)
def _strange(spot: Spot, dice: Random) -> bool:
    return spot.put(
        dice.choice(["复合管", "钢塑", "金属", "黑管", "老铁管", "国标", "同原管"])
    )


@cell_kind("word_uncertain", "带问号或“可能”的判断", "A doubtful word", CHOICES)
def _uncertain(spot: Spot, dice: Random) -> bool:
    forms = ["{}?", "可能为{}", "{}（待核实）", "疑似{}", "{}？"]
    text = dice.choice(forms).format(spot.text)
    assert spot.column.spec is not None
    codes = [code for code in spot.column.spec.codes() if code != spot.cell.truth]
    return (
        spot.means(dice.choice(codes), text) if dice.random() < 0.4 else spot.put(text)
    )


@cell_kind(
    "missing_words",
    "不详、待查、——",
    "Words for: not known",
    (
        *CHOICES,
        "install_year",
        "diameter_mm",
        "burial_depth_m",
        "depth_cm",
        "consent_rate",
        "duration_min",
        "return_period_y",
    ),
)
def _missing(spot: Spot, dice: Random) -> bool:
    return spot.means(None, dice.choice(MISSING))


@cell_kind("flag_marks", "√、×、有、1、Y", "Marks for yes and no", FLAGS)
def _marks(spot: Spot, dice: Random) -> bool:
    yes = ("√", "✓", "有", "1", "Y", "是的", "☑", "TRUE", "V", "✔")
    no = ("×", "无", "0", "N", "没有", "✗", "FALSE", "X", "否。")
    return spot.put(dice.choice(yes if spot.cell.truth else no))


@cell_kind("flag_words", "占压1处、无占压", "Yes and no in words", FLAGS)
def _flag_words(spot: Spot, dice: Random) -> bool:
    yes = ("存在", "有1处", "有（围墙）", "部分", "是（2处）", "曾发生")
    no = ("未发现", "不存在", "无此情况", "已整改，无", "未见")
    return spot.put(dice.choice(yes if spot.cell.truth else no))


@column_kind("flag_ticks_only", "只打√，空白为否", "Ticks only: blank means no", FLAGS)
def _ticks(column: Column, cells: list[Cell], dice: Random) -> bool:
    if not any(cell.truth for cell in cells):
        return False
    for cell in cells:
        cell.write = "√" if cell.truth else None
    return True


@cell_kind(
    "assessment_words",
    "评估结论为自由文字",
    "The assessment in free words",
    ("assessment_result",),
)
def _assessment(spot: Spot, dice: Random) -> bool:
    words = {
        "ok": ("符合安全运行要求。", "合格", "满足安全运行要求", "符合要求，继续使用"),
        "ok_with_controls": ("加强监测后可继续运行", "可继续运行（加强巡检）"),
        "deadline": (
            "不符合安全运行要求，限期改造",
            "建议限期更换",
            "不合格，限期整改",
        ),
        "immediate": ("不符合安全运行要求", "建议立即改造", "立即更换", "不合格"),
    }
    return _written(spot, words[str(spot.cell.truth)], dice)


@cell_kind(
    "pressure_number", "压力写成 0.4MPa", "Pressure as a number", ("pressure_level",)
)
def _pressure(spot: Spot, dice: Random) -> bool:
    # Bands of GB 55009; each figure lies inside its band or on its upper end.
    bands = {
        "low": ("0.005MPa", "2kPa", "5KPa", "0.008 MPa", "3000Pa"),
        "medium_b": ("0.1MPa", "0.2Mpa", "200kPa", "1bar", "0.15 MPa"),
        "medium_a": ("0.4MPa", "0.3MPa", "4bar", "400kPa", "0.4兆帕"),
        "sub_high_b": ("0.6MPa", "0.8MPa", "6bar", "8公斤"),
    }
    return _written(spot, bands.get(str(spot.cell.truth), ()), dice)


@column_kind(
    "pressure_column",
    "整列为设计压力(MPa)",
    "A column of design pressures",
    ("pressure_level",),
)
def _pressures(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.label, column.unit = dice.choice(["设计压力", "运行压力"]), "MPa"
    bands = {"low": 0.005, "medium_b": 0.2, "medium_a": 0.4, "sub_high_b": 0.8}
    for cell in cells:
        cell.write = bands.get(str(cell.truth), 1.6)
    return all(str(cell.truth) in bands for cell in cells)


@sheet_kind(
    "planned_columns",
    "另有改造后管材、管径、拟改造长度",
    "Columns of the planned works",
    "column",
    columns=("material",),
)
def _planned(sheet: Sheet, dice: Random) -> bool:
    if sheet.column("x:planned_material"):
        return False
    count = sum(1 for _ in sheet.assets())
    plans: list[tuple[str, str, str, list[Value]]] = [
        ("x:planned_material", "改造后管材", "", ["PE100"] * count),
        ("x:planned_size", "改造后管径", "mm", [dice.choice([110, 160, 200])] * count),
        (
            "x:planned_length",
            "拟改造长度",
            "m",
            [dice.randint(20, 90) for _ in range(count)],
        ),
        ("x:planned_year", "计划改造年份", "", [2027] * count),
    ]
    at = dice.randint(1, len(sheet.columns))
    for key, label, unit, values in plans:
        sheet.add_column(Column(key, label, unit), values, at)
        at += 1
    return True
