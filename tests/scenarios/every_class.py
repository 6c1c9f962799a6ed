"""A tiny table of every class that ships besides the five, as a bureau would write it.

Prices are those of `models/asset_classes` at their middle, costs worked out by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FUNDS = """
inventory = "."
packs = ["national-15fyp"]
start_year = 2027
years = 3
discount_rate_bp = 400
price_base_year = 2026

[[fund]]
id = "fiscal"
kind = "local_fiscal"
amount = { "2027" = 9000, "2028" = 9000, "2029" = 9000 }
"""


@dataclass(frozen=True)
class Tiny:
    """One project of a class.

    Attributes
    ----------
    table
        The bureau's file, headers in Chinese.
    costs
        Mode → cost, 万元.
    triggers
        Clauses of `national-15fyp` that name it.
    km, households
        What its works take up.
    projects
        Projects that it becomes: pipes that lose more per cost are another.
    """

    table: str
    costs: dict[str, float]
    triggers: frozenset[str] = frozenset()
    km: float = 0.0
    households: int = 0
    projects: int = 1


TINY = {
    # 120 m × 0.28 + 80 m × 0.50; lining 200 m × 0.20
    "sewer": Tiny(
        "管线编号,所属片区,道路名称,排水类别,管材,管径(mm),管长(m),敷设年份,"
        "结构性缺陷等级,混错接,所属污水厂,产权性质\n"
        "S1,东城,人民路,污水,素混凝土,400,120,1985,3,否,城东厂,政府\n"
        "S2,东城,人民路,污水,素混凝土,600,80,1985,3,是,城东厂,政府\n",
        {"replace": 73.6, "line": 40.0},
        frozenset({"drain-plain-concrete", "drain-misconnected", "sewer-broken"}),
        km=0.2,
    ),
    # 50 m × 0.50 + 30 m × 0.90; spots only where the survey says 1 or 2: 50 m × 0.08
    "storm_drain": Tiny(
        "管线编号,所属片区,道路名称,管渠类别,管材,管径(mm),管长(m),敷设年份,"
        "结构性缺陷等级,出水口,产权性质\n"
        "Y1,东城,建设街,雨水干管,钢筋混凝土,800,50,1970,2,北排河,政府\n"
        "Y2,东城,建设街,雨水干管,钢筋混凝土,1200,30,1970,4,北排河,政府\n",
        {"replace": 52.0, "repair_joints": 4.0},
        frozenset({"drain-aged", "drain-broken"}),
        km=0.08,
        projects=2,
    ),
    # 3 m³/s: a middle station
    "pump_station": Tiny(
        "泵站编号,泵站名称,所属片区,泵站类型,设计流量(m³/s),水泵台数,设备状况,"
        "建设年份,产权性质\n"
        "B1,北关泵站,北城,雨水,3.0,4,失效,1996,政府\n",
        {"machinery": 600.0, "enlarge": 3000.0},
        frozenset({"pump-failed"}),
    ),
    # 300 m × 0.8, 2, 10
    "utility_tunnel": Tiny(
        "管廊编号,管廊名称,所属片区,道路名称,管廊类型,舱室数,入廊管线,渗漏水等级,"
        "附属设施状况,长度(m),建设年份,产权性质\n"
        "G1,滨河管廊,东城,滨河路,干线,2,给水、电力,严重,差,300,2004,政府\n",
        {"systems": 240.0, "repair": 600.0, "rebuild": 3000.0},
        km=0.3,
    ),
    "gas_station": Tiny(
        "场站编号,场站名称,所属片区,场站类型,安全间距是否满足,超设计使用年限,"
        "地质灾害风险,建设年份,评估结论,产权性质\n"
        "M1,城西门站,西城,门站,否,是,否,1994,立即改造,政府\n",
        {"refit": 300.0, "relocate": 2000.0},
        frozenset({"gas-immediate", "gas-station-life", "gas-station-clearance"}),
    ),
    # 200 households × 0.066, 0.35
    "gas_indoor": Tiny(
        "小区编号,小区名称,所属片区,居民户数,连接软管,安全装置,建设年份,产权性质\n"
        "H1,幸福小区,东城,200,橡胶软管,未安装,2001,居民\n",
        {"devices": 13.2, "whole": 70.0},
        frozenset({"gas-indoor-hose", "gas-indoor-devices"}),
        households=200,
    ),
    # 25,000 m³ a day are 2.5 × 400, 2000
    "water_plant": Tiny(
        "水厂编号,水厂名称,所属片区,设计规模(m³/d),处理工艺,水质稳定达标,建设年份,"
        "服务户数,产权性质\n"
        "C1,第一水厂,北城,25000,常规,否,1992,30000,政府\n",
        {"upgrade": 1000.0, "rebuild": 5000.0},
        frozenset({"plant-quality"}),
        households=30_000,
    ),
    # 80,000 m²: a middle station
    "heat_station": Tiny(
        "换热站编号,换热站名称,所属片区,供热面积(万㎡),换热机组台数,自控情况,设备状况,"
        "建设年份,供热户数,产权性质\n"
        "R1,南关换热站,南城,8,3,有人值守,差,2003,700,政府\n",
        {"equipment": 130.0, "rebuild": 320.0},
        households=700,
    ),
    # 500 m × 0.30; power lines are not only tidied
    "overhead_line": Tiny(
        "线路编号,所属片区,道路名称,线路类型,电压等级,杆数,安全距离是否满足,长度(m),"
        "建设年份,产权性质\n"
        "L1,东城,人民路,电力,10kV,14,否,500,1998,政府\n",
        {"underground": 150.0},
        frozenset({"overhead-clearance"}),
        km=0.5,
    ),
    # 6,000 m² × 0.02, 0.06
    "road": Tiny(
        "道路编号,所属片区,道路名称,道路等级,道路长度(m),车行道面积(㎡),路面类型,PCI,"
        "建设年份,产权性质\n"
        "D1,东城,人民路,主干路,400,6000,沥青,45,2005,政府\n",
        {"resurface": 120.0, "reconstruct": 360.0},
        km=0.4,
    ),
}
FIVE = {
    "gas_pipe": "管线编号,所属片区,道路名称,管材,管径(mm),管长(m),建设年份,"
    "压力级别,评估结论,产权性质\n"
    "Q1,东城,人民路,钢管,200,100,1998,中压A,立即改造,政府\n",
    "heating_pipe": "管线编号,所属片区,道路名称,级别,管径(mm),管长(m),建设年份,"
    "保温状况,产权性质\n"
    "R1,东城,人民路,一次网,300,100,2000,失效,政府\n",
    "water_pipe": "管线编号,所属片区,道路名称,管材,管径(mm),管长(m),建设年份,"
    "漏损率(%),产权性质\n"
    "J1,东城,人民路,水泥,200,100,1985,20,政府\n",
    "waterlogging_point": "点位编号,积水点名称,所属片区,积水深度(cm),退水时间(min),"
    "历史上严重,产权性质\n"
    "N1,铁路桥下,北城,60,150,是,政府\n",
    "residential_compound": "小区编号,小区名称,所属片区,户数,建筑面积(㎡),建成年份,"
    "产权性质\n"
    "X1,光明小区,东城,120,9000,1990,居民\n",
}


def write_folder(folder: Path, tables: dict[str, str], funds: str = FUNDS) -> Path:
    """Write tables under names that say nothing, and a scenario; give its path."""
    for number, text in enumerate(tables.values(), start=1):
        (folder / f"t{number}.csv").write_text(text, encoding="utf-8")
    scenario = folder / "scenario.toml"
    scenario.write_text(funds, encoding="utf-8")
    return scenario
