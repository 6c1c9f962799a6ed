from __future__ import annotations

import json
from pathlib import Path

import pytest

import frames
from renewopt import text
from renewopt.core.errors import message
from renewopt.runs import load_run
from tests.app.conftest import OpenDesk

VIEWS = ("overview", "money", "programme", "risk", "map", "projects")


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_view_opens_in_its_language_and_says_synthetic(
    town: Path, open_desk: OpenDesk, view: str, lang: text.Lang
) -> None:
    """Every page has its title in the language, no error, and the synthetic label."""
    desk = open_desk(town, view, lang)
    title = text.render(message(f"app.page.{view}"), lang)
    assert desk.title[0].value == title
    assert [item.value for item in desk.error] == []
    assert any("合成数据 · synthetic data" in item.value for item in desk.markdown)


def test_overview_shows_the_summary(town: Path, open_desk: OpenDesk) -> None:
    """The cards hold the numbers of summary.json, the gap beside the uncertainty."""
    summary = json.loads((town / "summary.json").read_text(encoding="utf-8"))
    risk = summary["figures"]["risk"]
    duties = [summary["mandatory"][k] for k in ("safety_duty", "assessed_target")]
    placed, required = (sum(d[k] for d in duties) for k in ("placed", "required"))
    desk = open_desk(town)
    shown = [card.value for card in desk.metric]
    gained = {k: v for k, v in summary["figures"]["benefit"].items() if v}
    said = [c.value for c in desk.caption if c.value.startswith("Besides, ")]
    assert len(said) == len(gained) > 0
    assert any("points" in line for line in said) == any(
        name.startswith("points_") for name in gained
    )
    assert shown == [
        f"{risk['share_of_removable']:.1%}",
        f"{risk['share_of_today']:.1%}",
        f"{summary['cost']:,.1f}",
        f"{placed} / {required}",
        f"{summary['gap']:.2%}",
        f"±{summary['cost_uncertainty']:.0%}",
        f"{sum(d['missing_money'] for d in duties):,.1f}",
        "No breach",
    ]


def test_overview_tables_add_up(town: Path, open_desk: OpenDesk) -> None:
    """The last row of the figures is the money by year of summary.json."""
    summary = json.loads((town / "summary.json").read_text(encoding="utf-8"))
    tables = [item.value for item in open_desk(town).dataframe]
    beside, figures, duties = tables[:3]
    costs = figures.iloc[-1].tolist()[1:]
    money = summary["figures"]["money"]
    assert costs[:5] == [f"{v:,.1f}" for v in money["cost_by_year"].values()]
    assert costs[-1] == f"{summary['cost']:,.1f}"
    baseline = summary["baselines"]["greedy"]["objective"]
    assert f"{baseline:,.1f}" in beside["greedy by risk removed per cost"].tolist()
    assert duties["Required"].sum() == sum(
        own["required"] for own in summary["mandatory"].values()
    )


def test_programme_draws_every_chosen_work(town: Path, open_desk: OpenDesk) -> None:
    """Six charts; a row per package first, a row per project when asked for."""
    desk = open_desk(town, "programme")
    assert len(desk.get("vega_lite_chart")) == 6
    run = load_run(town)
    works = frames.works_by_year(run)
    assert set(works["project_id"]) == set(run.schedule.chosen["project_id"])
    desk.segmented_control(key="gantt_rows").set_value("project").run()
    assert [item.value for item in desk.exception] == []
    desk.button_group(key="gantt_classes").set_value([]).run()
    assert "Nothing fits the choice." in [item.value for item in desk.info]


def test_risk_counts_every_asset(town: Path, open_desk: OpenDesk) -> None:
    """The matrix of today counts the assets of risk.csv; renewed ones leave it."""
    run = load_run(town)
    table = run.risk()
    assert table is not None
    assets = table.drop_duplicates(["asset_class", "asset_id"])
    chosen = set(run.schedule.chosen["project_id"])
    listed = run.problem.case.project_assets
    renewed = listed[listed["project_id"].isin(chosen)]
    titles = [item.value for item in open_desk(town, "risk").subheader]
    assert titles[0] == f"Today: {len(assets):,} assets"
    left = len(assets) - renewed["asset_id"].nunique()
    assert titles[1] == f"Not renewed by the plan: {left} assets"


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_risk_shows_reasons_basis_and_parts(
    town: Path, open_desk: OpenDesk, lang: text.Lang
) -> None:
    """The worst assets have reasons in words, their basis and the parts of the loss."""
    risk = load_run(town).risk()
    assert risk is not None
    desk = open_desk(town, "risk", lang)
    kinds, worst = (item.value for item in desk.dataframe[:2])
    first = risk[risk["year"] == risk["year"].min()]
    assert len(kinds) == first["asset_class"].nunique()
    total = sum(float(value.replace(",", "")) for value in kinds.iloc[:, -1])
    assert total == pytest.approx(first["risk"].sum(), abs=0.05 * len(kinds))
    assert len(worst) == 30
    assert worst.iloc[0, 0] == first.loc[first["risk"].idxmax(), "asset_id"]
    reasons = worst.iloc[:, 2]
    assert (reasons != "").all()
    assert not reasons.str.contains(r"\b(?:rate|loss|group|part)\.").any()
    basis = set(worst.iloc[:, 3])
    assert text.label("cold_start", lang) in basis
    assert text.label("local_records", lang) in basis
    caption = [item.value for item in desk.caption]
    assert any(text.label("cold_start", lang).lower() in c.lower() for c in caption)
    parts = worst.iloc[:, 6:].map(lambda cell: float(cell.replace(",", "")))
    losses = worst.iloc[:, 4].map(lambda cell: float(cell.replace(",", "")))
    assert parts.sum(axis=1).tolist() == pytest.approx(losses.tolist(), abs=0.03)


def test_risk_without_a_table_is_said(tiny_run: Path, open_desk: OpenDesk) -> None:
    """A run from a project list has no matrix, and says so."""
    desk = open_desk(tiny_run, "risk")
    assert any("project list" in item.value for item in desk.info)


def test_map_follows_the_year(town: Path, open_desk: OpenDesk) -> None:
    """The map asks nobody for tiles and shows the works that start in the year."""
    desk = open_desk(town, "map")
    drawn = json.loads(desk.get("deck_gl_json_chart")[0].proto.json)
    assert drawn["mapStyle"] == "/app/static/blank.json"
    plan = load_run(town).tables["schedule"]
    assert f"{int(plan['selected'].sum())} projects shown" in desk.caption[-1].value
    desk.segmented_control(key="map_year").set_value(2029).run()
    started = int((plan["start_year"] == 2029).sum())
    assert f"{started} projects shown" in desk.caption[-1].value
    desk.segmented_control(key="map_colour").set_value("class").run()
    assert [item.value for item in desk.exception] == []


def test_map_without_shapes_is_said(tiny_run: Path, open_desk: OpenDesk) -> None:
    """An inventory without coordinates gives a sentence instead of an empty map."""
    desk = open_desk(tiny_run, "map")
    assert any("no coordinates" in item.value for item in desk.info)


def test_projects_are_all_there_with_reasons(town: Path, open_desk: OpenDesk) -> None:
    """Every project is listed, in or out, with a reason; filters narrow the list."""
    desk = open_desk(town, "projects")
    plan = load_run(town).tables["schedule"]
    table = desk.dataframe[0].value
    assert sorted(table["project_id"]) == sorted(plan["project_id"])
    assert (table["reason"] != "").all()
    desk.segmented_control(key="projects_part").set_value("out").run()
    rest = desk.dataframe[0].value
    assert len(rest) == int((~plan["selected"]).sum())
    desk.multiselect(key="projects_asset_class").set_value(["gas_pipe"]).run()
    gas = desk.dataframe[0].value
    assert 0 < len(gas) < len(rest)
    assert set(gas["asset_class"]) == {"Gas pipes"}


def test_language_can_be_switched(town: Path, open_desk: OpenDesk) -> None:
    """The switch changes the page at once and holds on the next page."""
    desk = open_desk(town, lang="en")
    desk.segmented_control(key="ask_lang").set_value("zh").run()
    assert desk.title[0].value == "总览"
    desk.switch_page("views/risk.py").run()
    assert desk.title[0].value == "风险"


def test_no_run_offers_the_demo(
    tmp_path: Path, open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A desk without runs says where it looks and offers to plan the demo county."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RENEWOPT_RUN", raising=False)
    desk = open_desk(None)
    assert any(str(tmp_path / "runs") in item.value for item in desk.markdown)
    assert desk.button(key="demo").label == "Plan the demo county"


def test_broken_run_is_explained(tiny_run: Path, open_desk: OpenDesk) -> None:
    """A run with a missing file is answered with a sentence, not a traceback."""
    (tiny_run / "funding.csv").unlink()
    desk = open_desk(tiny_run)
    assert any("funding.csv" in item.value for item in desk.error)
