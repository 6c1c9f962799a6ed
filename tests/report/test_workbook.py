from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from renewopt.core.errors import InputError, message
from renewopt.explain import lacking
from renewopt.report import result_tables, workbook
from renewopt.report.sheets import Heading, Sheet, Words
from renewopt.report.workbook import Painter, new_book
from renewopt.rules.problem import Problem
from renewopt.runs import Plan, Run, load_run, write_run
from renewopt.text import render


@pytest.fixture
def run(tiny_plan: Plan, tmp_path: Path) -> Run:
    """Give the tiny plan as a run on disk."""
    return load_run(write_run(tiny_plan, tmp_path / "run"))


def _sheet(run: Run, code: str, lang: Any = "en") -> Sheet:
    return next(sheet for sheet in result_tables(run, lang) if sheet.code == code)


def _column(sheet: Sheet, text: str) -> list[Any]:
    at = [heading.text for heading in sheet.headings].index(text)
    return [row[at] for row in sheet.rows]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_workbook_opens_with_every_sheet(run: Run, tmp_path: Path, lang: Any) -> None:
    """The file opens; sheets are named in the language and say what is synthetic."""
    path = workbook(run, tmp_path / "plan.xlsx", lang)
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == 11
    assert ("项目清单" in book.sheetnames) == (lang == "zh")
    for page in book:
        top = str(page["A1"].value)
        assert ("合成数据" if lang == "zh" else "Synthetic data") in top
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_cold_start_is_said_above_every_table(run: Run, lang: Any) -> None:
    """Classes without local records are named, with the records that would rule."""
    cold = replace(run, summary={**run.summary, "cold_start": {"gas_pipe": 8}})
    said = "专家先验，无本地记录" if lang == "zh" else "Expert prior, no local records"
    for sheet in result_tables(cold, lang):
        assert any(said in line and "8" in line for line in sheet.notes)
    for sheet in result_tables(run, lang):
        assert not any(said in line for line in sheet.notes)


def test_project_list_has_every_project_by_category(run: Run) -> None:
    """Continuing, then new, then reserve; completion follows from the duration."""
    sheet = _sheet(run, "project_list", "zh")
    assert _column(sheet, "类别") == ["续建", "续建", "新建", "新建", "储备"]
    assert _column(sheet, "子项编号") == ["H1", "H2", "C1", "W1", "G1"]
    assert _column(sheet, "完工年") == [2027, 2029, 2027, 2029, None]


def test_plan_by_year_adds_up_to_the_summary(run: Run) -> None:
    """The totals of the years, tail included, are those of the summary."""
    sheet = _sheet(run, "plan_by_year")
    assert sheet.rows[-1][-1] == run.summary["cost"]
    assert list(sheet.rows[-1][6:9]) == [90.0, 30.0, 30.0]
    assert _column(sheet, "After the plan (万元)")[-1] == 5.0


def test_funding_balance_shows_the_gap(run: Run) -> None:
    """Need less what the funds pay is the gap, year by year."""
    sheet = _sheet(run, "funding_balance")
    rows = {(row[0], row[1]): row[2:] for row in sheet.rows}
    assert rows["Money needed", ""] == (90.0, 30.0, 30.0, 150.0)
    assert rows["Paid by", "County budget"] == (50.0, 30.0, 30.0, 110.0)
    assert rows["Gap", ""] == (0, 0, 0, 0)
    assert rows["New money of the year", "bond"] == (50.0, 50.0, 50.0, 150.0)
    assert rows["Cost of duties not placed", ""][-1] == 900.0


def test_duties_name_the_missing_first(run: Run) -> None:
    """Missing and late duties come first in their level, with names."""
    sheet = _sheet(run, "duties")
    assert _column(sheet, "Project") == ["G1", "H2", "H1"]
    assert _column(sheet, "Status") == ["not placed", "late", "in time"]
    assert any("the rest would cost 900.00 万元" in note for note in sheet.notes)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_shortfall_names_who_and_what_until_when(run: Run, lang: Any) -> None:
    """未能安排的应改项目: unit, missing money, interim measure and new date of each."""
    sheet = next(s for s in result_tables(run, lang) if s.code == "shortfall")
    rows = {row[1]: row for row in sheet.rows}
    assert set(rows) == {"G1", "H2"}
    owner = run.problem.case.project_facts.set_index("project_id")["legal_owner"]
    assert rows["G1"][4] == owner["G1"]
    own = lacking(run.problem, run.schedule, ["G1"])["G1"]
    assert (rows["G1"][7], rows["G1"][9]) == (own.missing / 100, own.year)
    assert rows["G1"][10] == 900.0  # its whole cost, of which funds have some left
    assert own.missing == max(0, 90_000 - sum(own.left.values()))
    assert len(rows["G1"][11].splitlines()) == len(own.left)
    assert rows["G1"][12] == render(own.why, lang)
    said = {"zh": "降压运行", "en": "lower the pressure"}
    assert rows["G1"][8].startswith(said[lang])
    assert rows["H2"][7] == 0.0  # placed, but late: it has its money
    assert rows["H2"][9] == 2029


def test_every_rule_says_what_is_used_and_left(run: Run) -> None:
    """Each rule of the plan has its rows; left = limit − used, for a least the rest."""
    sheet = _sheet(run, "rule_use")
    ids = [rule.id for rule in run.problem.policy.rules]
    assert list(dict.fromkeys(_column(sheet, "Rule id"))) == ids
    counted = [row for row in sheet.rows if row[3] is not None]
    assert counted
    for row in counted:
        assert abs(row[5]) == pytest.approx(abs(row[3] - row[4]), abs=0.011)
        assert row[5] >= -0.01
    kept = {row[1] for row in sheet.rows if row[3] is None}
    assert "one_work" in kept


def test_not_selected_gives_the_reason(tiny_plan: Plan, tmp_path: Path) -> None:
    """A project left out is listed with its sentence and least cost."""
    plan = replace(tiny_plan, reasons={"G1": (message("runs.missing_file", file="x"),)})
    run = load_run(write_run(plan, tmp_path / "r"))
    sheet = _sheet(run, "not_selected", "zh")
    assert _column(sheet, "子项编号") == ["G1"]
    assert _column(sheet, "最低造价（万元）") == [900.0]
    assert _column(sheet, "原因")[0].startswith("运行结果文件夹缺少 x")


def test_assets_left_out_have_a_sheet(tiny_plan: Plan, tmp_path: Path) -> None:
    """What was renewed stands there with the year; without any there is no sheet."""
    row = {
        "asset_class": "gas_pipe",
        "asset_id": "p9",
        "reason": "renewed_year",
        "value": "2021",
        "effect": "left_out",
    }
    case = replace(tiny_plan.problem.case, left_out=pd.DataFrame([row]))
    problem = Problem(case, tiny_plan.problem.policy)
    own = load_run(write_run(replace(tiny_plan, problem=problem), tmp_path / "l"))
    sheet = _sheet(own, "left_out")
    assert sheet.rows[0][1:] == (
        "p9", "in no new project", "year of the last renewal", "2021",
    )  # fmt: skip
    plain = load_run(write_run(tiny_plan, tmp_path / "p"))
    assert "left_out" not in {sheet.code for sheet in result_tables(plain, "en")}


def test_value_of_works_and_further_benefits_stand_in_the_overview(
    tiny_plan: Plan, tmp_path: Path
) -> None:
    """完成投资 by year, and points with their unit beside money."""
    case = tiny_plan.problem.case
    own = replace(
        case,
        payments=case.payments.assign(works_value=case.payments["cost"]),
        works=case.works.assign(points_quality=5),
    )
    problem = Problem(own, tiny_plan.problem.policy)
    run = load_run(write_run(replace(tiny_plan, problem=problem), tmp_path / "v"))
    rows = {row[0]: row[1:] for row in _sheet(run, "overview").rows}
    count = len(run.schedule.chosen)
    assert rows["Further benefit: Quality of life"] == (5 * count, "points")
    done = [v for k, v in rows.items() if k.startswith("Value of works done")]
    assert (
        sum(value for value, _ in done)
        == sum(
            case.payments.loc[
                case.payments["work_id"].isin(run.schedule.chosen["work_id"]), "cost"
            ]
        )
        / 100
    )


def test_debt_sheet_follows_the_ledger(run: Run) -> None:
    """Every year until repayment is there, with the limit where one is set."""
    sheet = _sheet(run, "debt")
    assert _column(sheet, "Balance at year end (万元)") == [60, 50, 30, 20, 10, 0]
    assert _column(sheet, "Limit (万元)")[:4] == [70, 70, 70, None]


def test_assumptions_name_their_sources(run: Run) -> None:
    """Prices, rules and duties stand with the document or assumption behind them."""
    sources = set(_column(_sheet(run, "assumptions"), "Source"))
    assert {"editable assumption", "国办发〔2020〕23号", "national-15fyp 1"} <= sources


@pytest.mark.parametrize("text", ["=1+1", "+8613", "-x", "@SUM(A1)", "https://a.b"])
def test_text_is_never_a_formula(tiny_plan: Plan, tmp_path: Path, text: str) -> None:
    """A name that looks like a formula or link is written as the text that it is."""
    case = tiny_plan.problem.case
    projects = case.projects.assign(name=text)
    problem = replace(tiny_plan.problem, case=replace(case, projects=projects))
    run = load_run(write_run(replace(tiny_plan, problem=problem), tmp_path / "r"))
    path = workbook(run, tmp_path / "plan.xlsx", "zh")
    page = openpyxl.load_workbook(path)["项目清单"]
    cells = [cell for row in page for cell in row if cell.value == text]
    assert len(cells) == 5
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)


def test_unwritable_place_is_named(run: Run, tmp_path: Path) -> None:
    """A folder that does not exist gives a message, not a traceback."""
    with pytest.raises(InputError, match=r"report\.cannot_write"):
        workbook(run, tmp_path / "none" / "plan.xlsx", "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_heading_unit_or_place_is_a_key(run: Run, lang: Any) -> None:
    """Headings, units and places are words of the language, not names of keys."""
    for sheet in result_tables(run, lang):
        assert not [h.text for h in sheet.headings if h.text.startswith("col.")]
    words = Words(run, lang)
    said = [words.unit("projects"), words.unit("万元"), words.where("safety_duty 2027")]
    if lang == "zh":
        assert said == ["个项目", "万元", "安全义务 2027"]
    else:
        assert said == ["projects", "万元", "safety duty 2027"]


def test_wrapped_rows_are_as_high_as_their_text(tmp_path: Path) -> None:
    """Each row has the lines of its longest cell; no program draws one over another."""
    texts = [
        "short",
        "a sentence of forty signs, then once more, and again " * 2,
        "改" * 60,
    ]
    headings = (Heading("Why", "wide"), Heading("Money", "money"))
    sheet = Sheet("any", "any", headings, tuple((text, 1.0) for text in texts))
    with new_book(tmp_path / "any.xlsx") as book:
        Painter(book).fill(book.add_worksheet("any"), sheet)
    page = openpyxl.load_workbook(tmp_path / "any.xlsx")["any"]
    assert page.column_dimensions["A"].width == pytest.approx(48, abs=1)
    heights = [page.row_dimensions[row].height for row in (2, 3, 4)]
    assert heights == [None, 45.0, 54.0]
