"""Every heading that bureaus' tables of the networks have leads to a stated place."""

from __future__ import annotations

import pandas as pd
import pytest

from renewopt.inventory.geometry.columns import meaning_of
from renewopt.inventory.header_cells import aliases, read_cell
from tests.inventory.making import codes, kind, parse

LINES = ("gas_pipe", "heating_pipe", "water_pipe", "sewer", "storm_drain")
COMMON = {
    "asset_id": "管线编号 管段编号 管段号 管线点预编号 编号 设施编码 资产编号 唯一标识",
    "start_node": "起点点号 起始点号 起点编码 起始井号 上点号 物探点号 图上点号",
    "end_node": "终点点号 连接点号 下点号",
    "material": "管材 材质 管线材料 管道材质 材料 管材类型",
    "diameter_mm": "管径(mm) 管径 口径 公称直径 直径 DN 规格 断面尺寸 管径或断面 "
    "管径/断面 外径",
    "length_m": "管长(m) 长度 管段长度 管线长度 长度(米) 里程 长度(km) 改造长度",
    "install_year": "敷设年份 敷设年代 埋设年代 建设年代 建设年份 建成时间 竣工日期 "
    "投用时间 投产日期 铺设时间 管龄",
    "street": "道路名称 路段 所在道路 位置 地址 起止点 敷设路段",
    "corridor_id": "路段编号",
    "burial_depth_m": "埋深(m) 起点埋深 终点埋深 平均埋深 覆土",
    "laying_method": "埋设方式 敷设方式 埋设类型",
    "status": "使用状态 状态 运行状态",
    "owner": "权属单位 产权单位",
    "operator": "管理单位 运维单位 维护单位 养护单位",
    "district": "所属片区 街道 社区 所属片区/街道/社区 镇街 区域 网格 供气片区 "
    "供水片区 供气/供水片区",
    "repairs": "维修次数 抢修次数",
    "leaks": "泄漏次数 漏点数",
    "bursts": "爆管次数",
    "events_3y": "近三年维修次数 近3年泄漏次数 近三年爆管次数",
    "events_5y": "近五年维修次数 近5年泄漏次数 近五年爆管次数 近5年抢修次数",
    "inspection_year": "最近检测日期 检测时间 检验日期",
    "assessment_result": "评估结论 老化评估结果",
    "assessment_year": "评估日期",
    "remark": "备注 说明",
}
OWN = {
    "gas_pipe": {
        "pressure_level": "压力级别 压力等级",
        "design_pressure_mpa": "设计压力(MPa)",
        "operating_pressure_mpa": "运行压力",
        "medium": "气源 介质 气源/介质",
        "level": "管道类别",
        "households": "供气户数 居民户数",
        "regulators": "调压箱数",
        "coating": "防腐层 防腐层类型 防腐层类型/等级",
        "coating_grade": "防腐层等级",
        "coating_state": "防腐层状况",
        "cathodic_protection": "阴极保护",
        "encroached": "占压情况 占压",
        "crossing": "穿越",
        "riser_type": "立管类型",
        "households_alarm": "已装报警器",
        "households_metal_hose": "波纹管",
        "households_shutoff": "自闭阀",
        "assessment_deadline": "整改时限",
    },
    "heating_pipe": {
        "level": "管网级别",
        "heat_source": "热源名称",
        "substation": "换热站名称 所属热力站 热力站 换热站",
        "heated_area_m2": "供热面积 供热面积(㎡) 供热面积(万㎡)",
        "pipes_per_route": "供/回水 支数",
        "households": "供热户数",
        "insulation_type": "保温类型",
        "insulation": "保温状况",
        "compensators": "补偿器",
        "temperatures": "供回水温度",
        "makeup_water_t_h": "补水量(t/h)",
        "makeup_water_pct": "补水率 失水率",
        "heat_loss_pct": "热损失率",
        "leaks_in_season": "泄漏次数(采暖季)",
        "install_year": "建设年限",
    },
    "heat_station": {
        "name": "换热站名称",
        "building_area_m2": "建筑面积",
        "heated_area_m2": "设计面积",
        "water_used_t": "累计水量(T)",
        "water_bill": "水费(元)",
        "power_used_kwh": "累计电量(kWh)",
        "power_bill": "电费(元)",
        "heat_used_gj": "累计热量(GJ)",
        "heat_bill": "热费(元)",
    },
    "water_pipe": {
        "level": "管线类别",
        "joint": "接口形式",
        "lining": "内衬 内衬/防腐",
        "coating": "防腐",
        "dma": "DMA分区",
        "pressure_mpa": "供水压力(MPa)",
        "leakage_pct": "漏损率(%) 漏损率",
        "daily_supply_m3": "日供水量",
        "households": "用户数 水表数 用户数/水表数",
        "bursts": "爆管次数",
        "quality_complaints": "水质投诉",
        "valve_state": "阀门状态",
        "hydrants": "消防栓",
    },
    "sewer": {
        "level": "管道类别",
        "slope_permille": "坡度",
        "invert_m": "管底标高",
        "start_node": "起点井号",
        "end_node": "终点井号",
        "defects": "缺陷名称",
        "structural_grade": "缺陷等级",
        "rehab_index": "RI",
        "maintenance_index": "MI",
        "silt": "淤积",
        "misconnected": "混错接",
    },
    "waterlogging_point": {
        "asset_id": "点位编号",
        "name": "积水点名称 积水点名称/位置 内涝点位",
        "street": "位置",
        "point_type": "类型",
        "depth_cm": "积水深度(cm) 积水深度(m)",
        "ponding_area_m2": "积水面积(㎡)",
        "duration_min": "积水时间 退水时间 积水时间(h) 现场退水时间",
        "events_3y": "近3年积水次数 近三年积水次数",
        "events_5y": "近5年积水次数 近五年积水次数",
        "rain_intensity_mm_h": "降雨强度",
        "return_period_y": "重现期",
        "rain": "降雨强度/重现期",
        "cause": "成因",
        "impact": "影响 影响范围",
        "traffic_cut": "交通中断",
        "premises_flooded": "进水户数",
        "casualties": "人员伤亡",
        "operator": "责任单位",
        "measures": "整治措施",
        "assessment_deadline": "整治时限",
        "works_status": "整治状态",
        "estimated_cost": "投资(万元) 投资",
    },
    "residential_compound": {
        "name": "小区名称 小区名称(别名)",
        "alias": "别名",
        "district": "街道 社区 街道/社区",
        "street": "地址",
        "install_year": "建成年份 建成年代 竣工时间",
        "buildings": "楼栋数 楼栋数(栋) 楼栋数(幢) 楼栋数(栋/幢)",
        "entrances": "单元数",
        "households": "户数 户数(户) 户数(套) 居民户数",
        "shops": "商业户数",
        "floor_area_m2": "建筑面积 建筑面积(㎡) 建筑面积(万㎡)",
        "site_area_m2": "占地面积",
        "storeys": "层数",
        "structure_type": "结构类型",
        "structure_grade": "房屋安全等级",
        "ownership": "产权性质",
        "managed": "有无物业",
        "manager": "物业公司 有无物业/物业公司",
        "owners_committee": "有无业委会",
        "repair_fund": "维修资金余额",
        "over_60": "60岁以上人数",
        "low_income_households": "低保户",
        "parking_spaces": "停车位",
        "charging": "充电设施",
        "fire_grade": "消防通道",
        "envelope_grade": "屋面渗漏",
        "water_grade": "供水状况",
        "drain_grade": "排水状况",
        "gas_grade": "供气状况",
        "heat_grade": "供热状况",
        "power_grade": "电力状况",
        "telecom_grade": "弱电状况",
        "heat_metered": "是否分户计量",
        "lift_consent_rate": "加装电梯意愿",
        "consent_rate": "改造意愿 同意率(%) 改造意愿/同意率(%)",
        "resident_pledge": "居民出资承诺(元/户) 居民出资承诺",
        "renewal_class": "改造类型",
        "basic_works": "基础 基础类",
        "improvement_works": "完善 完善类",
        "upgrade_works": "提升 提升类",
        "works_text": "改造内容",
        "planned_year": "计划年度",
        "estimated_cost": "估算投资(万元) 估算投资",
        "fund_sources": "资金来源",
        "money_central": "中央(万元) 中央资金",
        "money_province": "省(万元) 省级资金",
        "money_local": "市县(万元) 市县资金",
        "money_residents": "居民(万元) 居民出资",
        "money_social": "社会(万元) 社会资金",
        "money_utilities": "专营单位(万元) 专营单位出资",
        "heritage": "是否历史建筑 是否历史街区 是否历史建筑/街区",
    },
    "project_list": {
        "name": "项目名称",
        "project_code": "项目代码",
        "legal_owner": "建设单位 项目法人 建设单位(项目法人) 责任单位",
        "district": "建设地点",
        "construction_kind": "建设性质",
        "nature": "项目属性",
        "scale": "建设内容及规模",
        "period": "建设起止年限",
        "total_cost": "总投资(万元)",
        "invested": "已完成投资",
        "yearly_investment": "分年度投资",
        "fund_kinds": "资金来源",
        "readiness": "前期进展",
        "in_plan": "是否纳入规划/专项 是否纳入规划",
        "authority": "主管部门 责任单位/主管部门",
        "authority_view": "主管部门实施意见",
        "risk_factors": "可能的风险因素",
        "remark": "备注",
    },
}
OWN["storm_drain"] = OWN["sewer"]
PLACES = "X Y 经度 纬度 坐标X 坐标Y"
"""Headings of places: read as the geometry of a line, not as a column of its own."""
ASKED = {
    "waterlogging_point": "近3/5年积水次数",
    "residential_compound": "中央 省 市县 居民 社会 专营单位",
}
"""Headings with more than one meaning: nothing is read, and the user is asked."""
START = {
    "gas_pipe": ("管线编号|管长", "A1|5"),
    "heating_pipe": ("管线编号|管长", "A1|5"),
    "water_pipe": ("管线编号|管长", "A1|5"),
    "sewer": ("管线编号|管长", "A1|5"),
    "heat_station": ("换热站编号", "H1"),
    "waterlogging_point": ("点位编号", "P1"),
    "residential_compound": ("小区编号|户数|建筑面积", "X1|100|9000"),
}


def cases() -> list[tuple[str, str, str]]:
    """List (class, heading, column)."""
    found = []
    for name, own in OWN.items():
        columns = [*own.items(), *(COMMON.items() if name in LINES else ())]
        found += [(name, h, column) for column, text in columns for h in text.split()]
    return found


def value(name: str, header: str, cell: str, column: str) -> object:
    """Read one cell under a heading."""
    heads, cells = START[name]
    return parse(f"{heads}|{header}\n{cells}|{cell}", name).frame[column].iloc[0]


def test_every_heading_leads_to_its_column() -> None:
    """Each heading and synonym is read into the column that it means, and no other."""
    wrong = []
    for name, header, column in cases():
        specs = kind(name).columns
        known = aliases(specs)
        alias = known.get(read_cell(header, known).name)
        found = specs[alias.column].name if alias else ""
        if found != column:
            wrong.append((name, header, found, column))
    assert wrong == []


def test_headings_of_places_are_geometry() -> None:
    """Coordinates of lines have no columns, but a stated place."""
    assert all(meaning_of(header) is not None for header in PLACES.split())


@pytest.mark.parametrize("name", sorted(ASKED))
def test_headings_of_two_meanings_are_asked_about(name: str) -> None:
    """A heading that may mean two things is neither read nor passed over."""
    for header in ASKED[name].split():
        heads, cells = START[name]
        table = parse(f"{heads}|{header}\n{cells}|3", name)
        assert ("akin_column", 1, header, "questioned") in codes(table)
        read = [heading.split("(")[0] for heading in heads.split("|")]
        assert len(table.frame.columns) == len(read)


@pytest.mark.parametrize(
    ("name", "header", "cell", "column", "wanted"),
    [
        ("heating_pipe", "供热面积(万㎡)", "1.2", "heated_area_m2", 12_000),
        ("heating_pipe", "补水量(m3/d)", "48", "makeup_water_t_h", 2),
        ("heating_pipe", "供/回水", "供回水", "pipes_per_route", 2),
        ("water_pipe", "日供水量(万吨/日)", "1.5", "daily_supply_m3", 15_000),
        ("water_pipe", "漏损率", "8.5", "leakage_pct", 8.5),
        ("gas_pipe", "居民户数(万户)", "0.12", "households", 1200),
        ("heat_station", "水费(万元)", "1.5", "water_bill", 15_000),
        ("heat_station", "累计电量(万kWh)", "2", "power_used_kwh", 20_000),
        ("waterlogging_point", "积水深度(m)", "0.3", "depth_cm", 30),
        ("waterlogging_point", "积水时间(h)", "1.5", "duration_min", 90),
        ("waterlogging_point", "投资(亿元)", "0.2", "estimated_cost", 2000),
        ("waterlogging_point", "投资(万元)", "3000000元", "estimated_cost", 300),
        ("residential_compound", "居民出资承诺(万元/户)", "1", "resident_pledge",
         10_000),
        ("residential_compound", "居民(元)", "50000", "money_residents", 5),
        ("residential_compound", "中央(亿元)", "0.01", "money_central", 100),
        ("residential_compound", "占地面积(万㎡)", "2", "site_area_m2", 20_000),
        ("residential_compound", "层数", "6层", "storeys", 6),
        ("residential_compound", "层数(层)", "六", "storeys", 6),
        ("residential_compound", "维修资金余额(元)", "500000", "repair_fund", 50),
    ],
)  # fmt: skip
def test_units_of_these_columns(
    name: str, header: str, cell: str, column: str, wanted: float
) -> None:
    """What the heading or the cell says of the unit is converted to the column's."""
    assert value(name, header, cell, column) == wanted


def test_money_without_a_unit_may_be_yuan() -> None:
    """A fund of 500000 is no 500 000 万元: it is asked about, not taken."""
    heads, cells = START["residential_compound"]
    table = parse(f"{heads}|维修资金余额\n{cells}|500000", "residential_compound")
    assert pd.isna(table.frame["repair_fund"].iloc[0])
    assert "questioned" in {i.severity for i in table.issues if i.row == 2}


def test_columns_side_by_side_keep_their_own() -> None:
    """层数 is no 栋数 or 单元数, 占地面积 no 建筑面积, 商业户数 no 户数."""
    table = parse(
        "小区编号|户数|建筑面积|占地面积|楼栋数|层数|单元数|商业户数|停车位|充电桩数\n"
        "X1|100|9000|4000|5|6|15|8|40|4",
        "residential_compound",
    )
    names = ["floor_area_m2", "site_area_m2", "buildings", "storeys", "entrances",
             "households", "shops", "parking_spaces", "charging_points"]  # fmt: skip
    assert [int(table.frame[n].iloc[0]) for n in names] == [
        9000, 4000, 5, 6, 15, 100, 8, 40, 4,
    ]  # fmt: skip
    assert [i for i in table.issues if i.severity != "note"] == []


def test_ticks_and_money_below_their_groups() -> None:
    """改造类型 over 基础, 完善, 提升 and 资金来源 over its sources: one column each."""
    table = parse(
        "小区编号|户数||建筑面积|改造类型|||资金来源(万元)|||\n"
        "|居民|商业||基础|完善|提升|中央|省|居民|社会\n"
        "X1|100|8|9000|√|√|×|50|30|5|2",
        "residential_compound",
        merged=[(0, 1, 0, 2), (0, 4, 0, 6), (0, 7, 0, 10)],
    )
    row = table.frame.iloc[0]
    assert (row["households"], row["shops"]) == (100, 8)
    ticks = ["basic_works", "improvement_works", "upgrade_works"]
    assert [bool(row[n]) for n in ticks] == [True, True, False]
    money = ["money_central", "money_province", "money_residents", "money_social"]
    assert [row[n] for n in money] == [50, 30, 5, 2]


def test_the_worst_of_six_tells_the_pipes_of_a_compound() -> None:
    """Where 管线状况 is empty the worst of the six states fills it, and is listed."""
    table = parse(
        "小区编号|户数|建筑面积|小区管网状况|供水状况|排水状况\n"
        "X1|10|900||好|差\nX2|10|900|好|差|差\nX3|10|900|||",
        "residential_compound",
    )
    grades = table.frame["pipes_grade"]
    assert grades[:2].tolist() == ["poor", "good"]
    assert pd.isna(grades[2])
    assert [i.params["rows"] for i in table.issues
            if i.code == "inventory.worst_taken"] == [1]  # fmt: skip
    listed = table.qualities[table.qualities["column"] == "pipes_grade"]
    assert listed[["asset_id", "quality"]].to_numpy().tolist() == [["X1", "converted"]]
