"""The bureau's own projects beside inventories, and packages put together by hand.

Two gas streets of 1,000 m at 0.2 = 200 万元 each, in two districts; a heating street of
800 m (160) that the bureau has in its list at 130, and one of 700 m that it has not.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from renewopt import road
from renewopt.audit import audit_run
from renewopt.core.case import PlanningCase
from renewopt.core.errors import InputError
from renewopt.road.prepare import prepare
from renewopt.runs.plan import Plan

SCENARIO = """
inventory = "."
packs = ["national-15fyp"]
start_year = 2027
years = 2
price_base_year = 2027
off = ["closed-corridor"]
[classes.gas_pipe]
modes = ["replace"]
[classes.heating_pipe]
modes = ["replace"]
[[fund]]
id = "all"
kind = "operator_fund"
owner = "公用公司"
amount = { "2027" = 2000, "2028" = 2000 }
"""
FEW = """
[[rule]]
kind = "new_packages"
id = "few"
title = "One new package"
where = { legal_owner = ["公用公司"] }
cap = { "2027" = 1, "2028" = 0 }
[classes.heating_pipe.grouping]
candidate_age = 99
candidate_grade = 5
"""
MERGE = """
[[packages.merge]]
packages = ["PK-GAS-01", "PK-GAS-02"]
name = "全县燃气"
"""
PIPE = "公用公司,专业经营单位,在用"
HEAD = "管线编号,所属片区,道路名称,权属单位,产权性质,使用状态,敷设年份,管径(mm),管长(m)"
LIST = [
    "名称", "项目法人", "类别", "属性", "产权", "总投资(万元)", "隐患等级",
    "资产编号", "道路名称", "品质得分",
]  # fmt: skip
Rows = list[list[object]]


def write(folder: Path, scenario: str, listed: Rows | None = None) -> Path:
    """Write two inventories, the scenario and the list."""
    gas = [f"G1,东城,甲街,{PIPE},1995,200,1000,市政管道,灰口铸铁"]
    gas += [f"G2,西城,乙街,{PIPE},1995,200,1000,市政管道,灰口铸铁"]
    heat = [f"H1,东城,丙街,{PIPE},1998,150,800,二次网,钢"]
    heat += [f"H2,东城,丁街,{PIPE},1998,150,700,二次网,钢"]
    tables = {
        "gas_pipe": [HEAD + ",管道类别,管材", *gas],
        "heating_pipe": [HEAD + ",管网级别,管材", *heat],
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if listed is not None:
        scenario = 'projects = "list/项目库.xlsx"\n' + scenario
        (folder / "list").mkdir()
        with xlsxwriter.Workbook(str(folder / "list" / "项目库.xlsx")) as book:
            sheet = book.add_worksheet("项目")
            for row, cells in enumerate([LIST, *listed]):
                sheet.write_row(row, 0, cells)
    (folder / "scenario.toml").write_text(scenario, encoding="utf-8")
    return folder / "scenario.toml"


def row(name: str, assets: str, street: str = "", cost: float = 130) -> list[object]:
    """Give a heating project of the list."""
    kind = ["公用公司", "供热管道", "准公益", "企业"]
    return [name, *kind, cost, 4, assets, street, 40]


def planned(folder: Path, scenario: str, listed: Rows | None = None) -> Plan:
    """Plan exactly; the audit of the run has to be clean."""
    path = write(folder, scenario, listed)
    options = road.SolveOptions(gap=0.0, time_limit_s=60, engine="highs")
    plan = road.plan_scenario(path, out=folder / "run", options=options)
    assert audit_run(folder / "run").breaches == ()
    return plan


def case_of(folder: Path, listed: Rows) -> PlanningCase:
    """Give the case of inventories with a list beside them."""
    return prepare(write(folder, SCENARIO, listed))[0].problem.case


def test_merging_packages_changes_the_plan(tmp_path: Path) -> None:
    """One new package may be opened: one gas street; both where they are merged."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    apart = planned(tmp_path / "a", SCENARIO + FEW)
    merged = planned(tmp_path / "b", SCENARIO + FEW + MERGE)
    assert len(apart.schedule.chosen) == 1
    assert merged.schedule.chosen["work_id"].tolist() == [
        "GAS-0001.replace.2027",
        "GAS-0002.replace.2027",
    ]


def test_a_list_is_taken_as_it_is_and_the_rest_is_grouped(tmp_path: Path) -> None:
    """H1 is in the bureau's project at 130 and in no other; the rest is formed."""
    plan = planned(tmp_path, SCENARIO, [row("丙街供热改造", "H1")])
    case = plan.problem.case
    members = case.project_assets.set_index("asset_id")["project_id"]
    assert members.index.is_unique
    assert members["H1"] == "P-001"
    assert members["H2"].startswith("HEAT-")
    cost = case.payments.groupby("work_id")["cost"].sum() / 100
    assert cost["P-001.replace.2027"] == 130
    works = case.works.set_index("work_id")
    assert works.loc["P-001.replace.2027", "points_quality"] == 40
    assert works.loc["P-001.replace.2027", "risk_removed"] > 0
    assert works.loc["P-001.replace.2027", "benefit_later"] > 0
    # Clauses about H1 are those of the bureau's project.
    duty = case.obligations.set_index("asset_id")["project_id"]
    assert duty["H1"] == "P-001"
    assert duty["H2"] == members["H2"]
    chosen = {work.split(".")[0] for work in plan.schedule.chosen["work_id"]}
    assert {"P-001", "GAS-0001", "GAS-0002"} <= chosen


def test_a_row_may_name_its_street_or_nothing_of_the_inventories(
    tmp_path: Path,
) -> None:
    """丁街 covers H2; “无” covers nothing: then H1 is still grouped."""
    case = case_of(tmp_path, [row("丁街", "", "丁街"), row("新建", "无")])
    members = case.project_assets.set_index("asset_id")["project_id"]
    assert members["H2"] == "P-001"
    assert members["H1"].startswith("HEAT-")
    assert "P-002" in set(case.projects["project_id"]) - set(members)
    value = case.works.set_index("work_id")["risk_removed"]
    assert value["P-001.replace.2027"] > 0
    # Nobody is served by the row that covers nothing: its grade gives no loss.
    assert value["P-002.replace.2027"] == 0


def test_a_row_that_covers_assets_needs_no_grade(tmp_path: Path) -> None:
    """The loss is that of H1; a row that covers nothing says its grade, or is named."""
    given = row("丙街供热改造", "H1")
    plain = [*given[:6], None, *given[7:]]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with_grade = case_of(tmp_path / "a", [given]).works.set_index("work_id")
    without = case_of(tmp_path / "b", [plain]).works.set_index("work_id")
    work = "P-001.replace.2027"
    assert without["risk_removed"][work] == with_grade["risk_removed"][work] > 0
    (tmp_path / "c").mkdir()
    with pytest.raises(InputError) as caught:
        case_of(tmp_path / "c", [[*plain[:7], "无", *plain[8:]]])
    assert [m.code for m in caught.value.messages] == ["mix.no_grade"]


def test_what_would_be_paid_twice_is_refused(tmp_path: Path) -> None:
    """One asset in two rows, one that is not there, and rows that name nothing."""
    rows_ = [row("a", "H1"), row("b", "H1；H9"), row("c", ""), row("d", "", "无名路")]
    with pytest.raises(InputError) as caught:
        case_of(tmp_path, rows_)
    assert sorted((m.code, m.params["row"]) for m in caught.value.messages) == [
        ("mix.asset_twice", 3),
        ("mix.no_assets", 4),
        ("mix.no_assets", 5),
        ("mix.unknown_asset", 3),
    ]
