"""A class is data: each that ships goes the whole way, none is named in the code."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import renewopt
from renewopt import catalogue, road
from renewopt.audit import audit_run
from renewopt.catalogue import Catalogue
from renewopt.cli import main as program
from renewopt.core.case import PlanningCase
from renewopt.inventory import read_inventory, read_source
from renewopt.inventory.kinds import all_kinds
from renewopt.inventory.recognise import recognise
from renewopt.report.sheets import Words
from renewopt.risk import score, score_points
from renewopt.runs import load_run
from tests.optimise.solving import Model
from tests.scenarios.every_class import FIVE, TINY, Tiny, write_folder

CODE = Path(renewopt.__file__).parent


@pytest.fixture(scope="module")
def models() -> Catalogue:
    """Give the shipped catalogue."""
    return catalogue.load()


def cost_by_mode(case: PlanningCase) -> dict[str, float]:
    """Give the cost of each mode over all projects, started first, 万元."""
    works = case.works[case.works["start_year"] == 2027]
    paid = case.payments.groupby("work_id")["cost"].sum() / 100
    cost = works.assign(cost=works["work_id"].map(paid)).groupby("mode")["cost"].sum()
    return {str(mode): float(value) for mode, value in cost.items()}


def used(case: PlanningCase, resource: str) -> float:
    """Give what each project's first work takes up of a resource, over its years."""
    first = case.works.groupby("project_id")["work_id"].first()
    own = case.use["work_id"].isin(first)
    rows = case.use[own & (case.use["resource"] == resource)]
    return float(rows["amount"].sum()) / (1000 if resource == "km" else 1)


@pytest.mark.parametrize("name", TINY)
def test_each_class_goes_the_whole_way(name: str, tmp_path: Path) -> None:
    """Read by its headers, scored, priced as by hand, planned, audited clean."""
    tiny: Tiny = TINY[name]
    prepared, _ = road.prepare(write_folder(tmp_path, {name: tiny.table}))
    assert prepared.rejected == 0
    case = prepared.problem.case
    assert set(case.projects["asset_class"]) == {name}
    assert len(case.projects) == tiny.projects
    assert cost_by_mode(case) == pytest.approx(tiny.costs)
    said = case.obligations["trigger"].str.split(":").str[0]
    assert set(said) == tiny.triggers
    assert used(case, "km") == pytest.approx(tiny.km)
    assert used(case, "households") == tiny.households
    model = Model.of(prepared.problem)
    values = model.plan(model.solve())
    assert model.breaches(values) == []
    works = model.schedule(values).chosen["work_id"]
    assert len(works) == tiny.projects
    (mode,) = set(case.works.set_index("work_id").loc[works, "mode"])
    own = case.payments["work_id"].isin(works)
    due = case.payments[own].groupby("year")["cost"].sum()
    assert due.sum() / 100 == pytest.approx(tiny.costs[mode])
    paid = model.schedule(values).draws.groupby("year")["amount"].sum()
    assert paid.to_dict() == due[due.index <= 2029].to_dict()


@pytest.mark.parametrize("name", TINY)
def test_each_class_is_scored_with_reasons(
    name: str, models: Catalogue, tmp_path: Path
) -> None:
    """Losses are above nothing and rise with age; points are there for who has none."""
    write_folder(tmp_path, {name: TINY[name].table})
    stock = read_inventory(tmp_path, models)
    assert list(stock.assets) == [name]
    assert not [issue for issue in stock.issues if issue.severity == "rejected"]
    risk = score(stock, models, 2026, 5)
    for _, own in risk.table.groupby("asset_id"):
        assert (own["risk"] > 0).all()
        assert own["risk"].is_monotonic_increasing
    assert (risk.assets["reasons"] != "").all()
    points = score_points(stock, models, 2026).assets
    assert points["grade"].between(1, 5).all()
    assert (points["known_share"] > 0.3).all()


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> tuple[PlanningCase, Path]:
    """Plan all fifteen classes from one folder of files whose names say nothing."""
    folder = tmp_path_factory.mktemp("all")
    tables = {name: tiny.table for name, tiny in TINY.items()} | FIVE
    streets = ("人民路", "建设街", "滨河路")
    rows = [f"L{i},{street},{street}" for i, street in enumerate(streets, start=1)]
    tables["corridors"] = "\n".join(["路段编号,路段名称,所在道路", *rows, ""])
    scenario = write_folder(folder, tables)
    plan = road.plan_scenario(scenario, out=folder / "run")
    return plan.problem.case, folder / "run"


def test_all_fifteen_together(together: tuple[PlanningCase, Path]) -> None:
    """One plan of fifteen classes, audited clean, with a work of every class."""
    case, run = together
    assert set(case.projects["asset_class"]) == {*TINY, *FIVE}
    report = audit_run(run)
    assert not report.breaches
    decided = pd.read_csv(run / "schedule.csv", encoding="utf-8-sig")
    chosen = decided.loc[decided["selected"], "project_id"]
    classes = case.projects.set_index("project_id")["asset_class"]
    assert set(classes[chosen]) == {*TINY, *FIVE}


def test_classes_share_a_street(together: tuple[PlanningCase, Path]) -> None:
    """Six classes open 人民路, and what opens no street is nowhere."""
    case, _ = together
    opened = case.corridor_projects.merge(case.projects, on="project_id")
    by_street = {
        str(street): set(own["asset_class"]) for street, own in opened.groupby("street")
    }
    pipes = {"gas_pipe", "heating_pipe", "water_pipe"}
    assert by_street == {
        "人民路": pipes | {"sewer", "overhead_line", "road"},
        "建设街": {"storm_drain"},
        "滨河路": {"utility_tunnel"},
    }


def test_areas_and_lengths_stay_what_they_are(
    together: tuple[PlanningCase, Path],
) -> None:
    """A road is priced by its area and has a length; only compounds have floors."""
    case, _ = together
    own = case.projects.set_index("asset_class")
    assert own.loc["road", "length_m"] == 400
    floors = own["floor_area_m2"]
    assert list(floors[floors > 0].index) == ["residential_compound"]
    stock = case.stock.set_index("asset_class")["length_m"]
    assert stock["road"] == 400
    assert stock["water_plant"] == 0


@pytest.mark.parametrize("name", TINY)
def test_each_class_has_a_template_that_is_read_back(
    name: str, models: Catalogue, tmp_path: Path
) -> None:
    """`renewopt template` gives a sheet whose title and headers tell the class."""
    path = tmp_path / "t.xlsx"
    assert program.run(["template", name, "-o", str(path), "--lang", "zh"]) == 0
    raw = read_source(path)[0]
    found = recognise(raw, all_kinds(models), None)
    assert (found.kind.id, found.by) == (name, "name")
    required = [c for c in models.asset_classes[name].columns if c.required]
    heads = " ".join(raw.grid.iloc[0].astype(str))
    assert all(column.headers.zh[0].split("(")[0] in heads for column in required)


def test_a_mode_is_called_by_one_name(
    models: Catalogue, together: tuple[PlanningCase, Path]
) -> None:
    """Titles go by the id of a mode: classes that share one say the same of it."""
    titles: dict[str, set[str]] = {}
    for model in models.asset_classes.values():
        for mode in model.modes:
            titles.setdefault(mode.id, set()).add(mode.title.zh)
    assert {name for name, own in titles.items() if len(own) > 1} == set()
    words = Words(load_run(together[1]), "zh")
    assert words.of("pump_station") == "排水泵站"
    assert words.mode("pump_station") == "泵站改造"
    assert words.mode("replace") == "更换管道"


def test_no_code_names_a_class_of_these() -> None:
    """Adding a class is adding a file: the product's Python knows none of them.

    `road` is a common word, too: of a layer of streets, of a kind of waterlogging
    point. It counts where a line is about classes.
    """
    ids = "|".join(name for name in TINY if name != "road")
    quote = "[\"']"
    road_as_class = f"(class|assets).*{quote}road{quote}"
    named = re.compile(f"{quote}({ids}){quote}|{road_as_class}")
    files = [*CODE.rglob("*.py"), *CODE.parents[1].joinpath("app").rglob("*.py")]
    assert len(files) > 100
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted(files)
        for line in path.read_text(encoding="utf-8").splitlines()
        if named.search(line)
    ]
    assert found == []
