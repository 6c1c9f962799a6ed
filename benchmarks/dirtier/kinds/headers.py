"""Dirt of headers: other words, spaces, units, field names, twice, absent."""

from __future__ import annotations

from random import Random

from benchmarks.dirtier.kinds.base import sheet_kind, untouched
from benchmarks.dirtier.sheet import Column, Sheet

SYNONYMS: dict[str, tuple[str, ...]] = {
    "asset_id": ("编号", "资产编号", "唯一标识"),
    "material": ("材质", "管线材料", "管道材质", "材料", "管材类型"),
    "diameter_mm": ("管径", "口径", "公称直径", "直径", "DN", "规格", "断面尺寸",
                    "管径或断面", "管径/断面"),
    "length_m": ("长度", "管段长度", "管线长度", "长度(米)", "里程(m)", "管长（米）"),
    "install_year": ("敷设年代", "埋设年代", "建设年代", "建设年份", "建成时间",
                     "竣工日期", "投用时间", "投产日期", "铺设时间"),
    "street": ("路名", "所在道路", "位置", "地址", "敷设路段"),
    "burial_depth_m": ("埋深", "平均埋深(m)", "覆土(m)", "起点埋深"),
    "laying_method": ("敷设方式", "埋设类型"),
    "status": ("状态", "运行状态"),
    "owner": ("产权单位", "所有权单位"),
    "operator": ("运维单位", "维护单位", "养护单位"),
    "district": ("片区", "街道", "镇街", "区域", "网格", "供气片区", "供水片区"),
    "households": ("户数", "居民户数", "用户数", "供气户数", "供热户数"),
    "pressure_level": ("压力等级", "压力级制"),
    "encroached": ("占压情况", "是否占压"),
    "cathodic_protection": ("阴保", "阴极保护情况"),
    "assessment_result": ("老化评估结果", "评估结果"),
    "assessment_deadline": ("改造时限", "整改期限"),
    "insulation": ("保温", "保温情况"),
    "lining": ("内防腐", "内衬/防腐"),
    "events_5y": ("近5年积水次数", "五年积水次数"),
    "depth_cm": ("积水深度", "最大积水深度(cm)"),
    "duration_min": ("现场退水时间", "积水时间(分钟)"),
    "point_type": ("类型", "点位类型"),
    "return_period_y": ("重现期", "降雨重现期(年)"),
    "buildings": ("楼栋数(栋)", "幢数", "栋数"),
    "structure_grade": ("安全等级", "房屋安全鉴定等级"),
    "consent_rate": ("居民同意率(%)", "改造意愿(%)", "同意改造比例(%)"),
    "remark": ("说明", "备 注"),
}  # fmt: skip
OWN_SYNONYMS = {
    ("asset_id", "line"): ("管段编号", "管段号", "管线点预编号", "设施编码"),
    ("asset_id", "waterlogging_point"): ("积水点编号",),
    ("install_year", "residential_compound"): ("建成年代", "竣工时间", "建成时间"),
    ("households", "residential_compound"): ("居民户数", "总户数", "户数(户)"),
    ("floor_area_m2", "residential_compound"): ("建筑面积（平方米）", "总建筑面积(㎡)"),
    ("name", "waterlogging_point"): ("内涝点位", "点位名称"),
    ("name", "residential_compound"): ("名称", "小 区 名 称"),
}
_WORDS = {"mm": "毫米", "m": "米", "cm": "厘米", "min": "分钟", "㎡": "平方米"}
_GIS = {"asset_id": "GXBH", "material": "GXCL", "diameter_mm": "GJ", "length_m": "GXCD",
        "install_year": "MSRQ", "street": "DLMC", "burial_depth_m": "MS",
        "floor_area_m2": "JZMJ", "households": "HS", "name": "MC"}  # fmt: skip


def _synonyms(sheet: Sheet, key: str) -> tuple[str, ...]:
    kind = "line" if sheet.asset_class.endswith("_pipe") else sheet.asset_class
    own = OWN_SYNONYMS.get((key, kind), ())
    # 用户数 or 供气户数 of a compound counts customers, not its households.
    if key in {"install_year", "households"} and own:
        return own
    return (*own, *SYNONYMS.get(key, ()))


def _rename(sheet: Sheet, key: str, header: str, kind: str) -> bool:
    """Give a column another header; not if another column has it already."""
    column = sheet.column(key)
    if column is None or column.kind or column.header_kind:
        return False
    if any(c.header() == header or c.label == header for c in sheet.columns):
        return False
    column.label, column.unit, column.header_kind = header, "", kind
    return True


@sheet_kind("header_synonyms", "表头用同义词", "Other words as headers", "header")
def _headers(sheet: Sheet, dice: Random) -> bool:
    done = 0
    for column in list(sheet.columns):
        words = _synonyms(sheet, column.key)
        if words and dice.random() < 0.6:
            word = dice.choice(words)
            done += _rename(sheet, column.key, word, "header_synonyms")
    return done > 0


@sheet_kind("header_english", "英文表头", "English headers", "header")
def _english(sheet: Sheet, dice: Random) -> bool:
    done = 0
    for column in list(sheet.columns):
        if column.spec is not None:
            unit = column.unit if column.unit.isascii() and column.unit else ""
            name = column.spec.headers.en[0].replace("_", " ")
            header = f"{name.title()} ({unit})" if unit else name.title()
            done += _rename(sheet, column.key, header, "header_english")
    return done > 0


@sheet_kind(
    "header_spaces", "表头里有空格、换行", "Spaces and line breaks in headers", "header"
)
def _spaces(sheet: Sheet, dice: Random) -> bool:
    done = 0
    for column in sheet.columns:
        if column.spec is None or column.kind or dice.random() < 0.4:
            continue
        text = column.header()
        forms = [" ".join(column.label), column.label + "\n", f" {text} ", f"　{text}"]
        if column.unit:
            forms += [
                f"{column.label}\n({column.unit})",
                f"{column.label}（{column.unit}）",
            ]
        header = dice.choice(forms)
        done += _rename(sheet, column.key, header, "header_spaces")
    return done > 0


@sheet_kind(
    "header_marks",
    "表头带星号、冒号、序号",
    "Stars, colons and numbers in headers",
    "header",
)
def _marks(sheet: Sheet, dice: Random) -> bool:
    done = 0
    for number, column in enumerate(sheet.columns, 1):
        if column.spec is None or column.kind:
            continue
        text = column.header()
        forms = [f"*{text}", f"{text}*", f"{text}：", f"{number}.{text}", f"★{text}"]
        done += _rename(sheet, column.key, dice.choice(forms), "header_marks")
    return done > 0


@sheet_kind(
    "header_unit_forms",
    "单位写法：管径/mm、管长:米、管径【毫米】",
    "Units beside the header in other ways",
    "header",
)
def _unit_forms(sheet: Sheet, dice: Random) -> bool:
    done = 0
    for column in sheet.columns:
        if column.spec is None or not column.unit or column.kind:
            continue
        unit = dice.choice([column.unit, _WORDS.get(column.unit, column.unit)])
        forms = [
            "{}/{}",
            "{}（单位：{}）",
            "{}【{}】",
            "{}，{}",
            "{} {}",
            "{}[{}]",
            "{}_{}",
        ]
        header = dice.choice(forms).format(column.label, unit)
        done += _rename(sheet, column.key, header, "header_unit_forms")
    return done > 0


@sheet_kind(
    "header_gis_fields",
    "GIS 字段名：GXBH、GJ",
    "Field names of a GIS",
    "header",
    refusable=True,
)
def _gis(sheet: Sheet, dice: Random) -> bool:
    done = 0
    for key, name in _GIS.items():
        done += _rename(sheet, key, name, "header_gis_fields")
    return done > 0


@sheet_kind(
    "header_twice",
    "同一表头出现两次",
    "The same header twice",
    "header",
    refusable=True,
    columns=("diameter_mm", "households"),
)
def _twice(sheet: Sheet, dice: Random) -> bool:
    key = "diameter_mm" if sheet.column("diameter_mm") else "households"
    column = sheet.column(key)
    if column is None or column.kind or column.header_kind:
        return False
    copy = Column("x:twice", column.label, column.unit)
    values = [row.cells[key].write for row in sheet.assets()]
    other = [v * 2 if isinstance(v, int | float) and dice.random() < 0.3 else v
             for v in values]  # fmt: skip
    column.header_kind = "header_twice"
    sheet.add_column(copy, list(other), dice.randint(1, len(sheet.columns)))
    return True


@sheet_kind(
    "header_akin",
    "户数只有“供气户数”“用户数”",
    "Customers of a utility where households are wanted",
    "header",
    refusable=True,
    columns=("households",),
    classes=("residential_compound",),
)
def _akin(sheet: Sheet, dice: Random) -> bool:
    words = ("用户数", "供气户数", "供热户数", "供水户数")
    return _rename(sheet, "households", dice.choice(words), "header_akin")


@sheet_kind("header_absent", "没有表头", "No header at all", "layout", refusable=True)
def _absent(sheet: Sheet, dice: Random) -> bool:
    if (
        sheet.style != "plain"
        or sheet.titles
        or sheet.numbers_row
        or sheet.header_every
    ):
        return False
    sheet.no_header = True
    return True


@sheet_kind(
    "required_missing",
    "缺少必填列",
    "A required column is not there",
    "layout",
    refusable=True,
)
def _missing(sheet: Sheet, dice: Random) -> bool:
    needed = [c for c in sheet.columns if c.spec is not None and c.spec.required]
    column = dice.choice(needed)
    if not untouched(sheet, column):
        return False
    sheet.columns.remove(column)
    for row in sheet.rows:
        row.cells.pop(column.key, None)
    return True
