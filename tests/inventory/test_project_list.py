"""The project list: projects, quantities, periods and money."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError
from renewopt.inventory import (
    ProjectList,
    called_library,
    library_profile,
    read_library,
    read_project_list,
)
from renewopt.road.list_scenario import list_scenario

HEAD = ["名称", "代码", "项目法人", "类别", "属性", "产权", "总投资(万元)", "规模",
        "隐患等级", "评估结论", "前期进展", "起止年限", "资金来源",
        "服务户数"]  # fmt: skip
GOOD = ["甲供热改造", "2601", "合成县热力公司", "供热管道", "准公益", "企业", 850,
        "3.2公里", 4, "限期改造", "可研", "2027-2028",
        "专业经营单位出资；银行贷款", 1200]  # fmt: skip
MONEY = [["资金类别", "权属单位", 2027, 2028], ["地方财政资金", "", 1500, ""],
         ["专业经营单位出资", "合成县热力公司", 200, "2,000"]]  # fmt: skip


def book(
    path: Path, rows: list[list[object]], money: list[list[object]] | None = None
) -> Path:
    """Write a project list."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheets: list[tuple[str, list[list[object]]]] = [("项目", [HEAD, *rows])]
        if money is not None:
            sheets.append(("资金", money))
        for name, cells in sheets:
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(cells):
                sheet.write_row(number, 0, row)
    return path


def changed(**cells: object) -> list[object]:
    """Give the good row with some cells changed."""
    row = dict(zip(HEAD, GOOD, strict=True)) | cells
    return [row[name] for name in HEAD]


def issues(listed: ProjectList) -> set[tuple[str, str, str]]:
    """Give (code without room, column, severity)."""
    return {(i.code.split(".")[1], i.column, i.severity) for i in listed.issues}


def test_a_good_list(tmp_path: Path, catalogue: Catalogue) -> None:
    """Words become ids, quantities numbers, the period years, the money a table."""
    listed = read_project_list(book(tmp_path / "库.xlsx", [GOOD], MONEY), catalogue)
    row = listed.projects.iloc[0]
    assert listed.issues == ()
    assert (row["asset_class"], row["nature"], row["ownership"]) == (
        "heating_pipe", "quasi_public", "operator",
    )  # fmt: skip
    assert (row["length_m"], row["households"], row["grade"]) == (3200, 1200, 4)
    assert (row["first_year"], row["last_year"]) == (2027, 2028)
    assert row["assessment_result"] == "deadline"
    assert row["total_cost"] == 850
    assert listed.money.to_numpy().tolist() == [
        ["local_fiscal", "", 2027, 1500.0, "confirmed"],
        ["operator_fund", "合成县热力公司", 2027, 200.0, "confirmed"],
        ["operator_fund", "合成县热力公司", 2028, 2000.0, "confirmed"],
    ]


def test_money_says_how_sure_it_is(tmp_path: Path, catalogue: Catalogue) -> None:
    """A column of certainty parts money of one kind; a word not known is named."""
    money = [
        ["资金类别", "资金确定性", 2027, 2028],
        ["地方财政资金", "已落实", 1500, ""],
        ["地方财政资金", "争取", "", 300],
        ["专项债券", "也许", 100, ""],
    ]
    listed = read_project_list(book(tmp_path / "l.xlsx", [GOOD], money), catalogue)
    assert listed.money["certainty"].tolist() == ["confirmed", "assumed"]
    assert [(i.code, i.row, i.raw) for i in listed.issues] == [
        ("inventory.not_a_choice", 4, "也许")
    ]
    funds = list_scenario(listed, catalogue.fund_kinds, "l.xlsx").fund
    assert [(fund.id, fund.certainty) for fund in funds] == [
        ("local_fiscal assumed", "assumed"), ("local_fiscal", "confirmed")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("1200户", "households", 1200),
        ("2.4万㎡，300户", "floor_area_m2", 24_000),
        ("5处", "items", 5),
        ("0.5万人", "households", 1924),
    ],
)
def test_quantities_in_the_scale(
    tmp_path: Path, catalogue: Catalogue, text: str, column: str, value: float
) -> None:
    """规模 carries kilometres, households, area, places or people."""
    row = changed(规模=text, 服务户数="")
    listed = read_project_list(book(tmp_path / "l.xlsx", [row], MONEY), catalogue)
    assert listed.projects[column].tolist() == [value]
    assert listed.issues == ()


@pytest.mark.parametrize(
    ("column", "text", "issue", "severity"),
    [
        ("类别", "路灯", "unknown_class_cell", "rejected"),
        ("属性", "半公益", "choice_near", "rejected"),
        ("总投资(万元)", "约800", "bounded_number", "questioned"),
        ("总投资(万元)", "若干", "not_a_number", "rejected"),
        ("总投资(万元)", "0", "too_small", "rejected"),
        ("隐患等级", "6", "too_large", "rejected"),
        ("隐患等级", "", "empty_required", "rejected"),
        ("资金来源", "彩票", "not_a_choice", "rejected"),
        ("规模", "若干", "not_a_scale", "questioned"),
        ("规模", "3公里，2公里", "not_a_scale", "questioned"),
        ("起止年限", "近期", "not_a_period", "questioned"),
        ("起止年限", "2029-2027", "not_a_period", "questioned"),
    ],
)
def test_bad_cells(
    tmp_path: Path,
    catalogue: Catalogue,
    column: str,
    text: str,
    issue: str,
    severity: str,
) -> None:
    """What a plan hangs on rejects the row; other cells are questioned."""
    rows = [GOOD, changed(**{"名称": "乙", column: text})]
    listed = read_project_list(book(tmp_path / "l.xlsx", rows, MONEY), catalogue)
    assert issues(listed) == {(issue, column, severity)}
    kept = 1 if severity == "rejected" else 2
    assert len(listed.projects) == listed.counts[0].kept == kept


def test_totals_and_bad_money(tmp_path: Path, catalogue: Catalogue) -> None:
    """Totals are passed over; unknown kinds and bad amounts are named."""
    money = [
        *MONEY,
        ["彩票公益金", "", 5, 5],
        ["专项债券", "", "约100", 3],
        ["合计", "", 9, 9],
    ]
    listed = read_project_list(book(tmp_path / "l.xlsx", [GOOD], money), catalogue)
    assert {(i.code, i.row) for i in listed.issues} == {
        ("inventory.not_a_choice", 4),
        ("inventory.bounded_number", 5),
    }
    assert ("special_bond", 2028) in set(
        zip(listed.money["fund_kind"], listed.money["year"], strict=True)
    )


def test_bad_money_cells_are_named_for_the_plan(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Negative, too fine, twice: each is a problem; no plan is made without them."""
    money = [
        *MONEY,
        ["专项债券", "", -100, 3],
        ["银行贷款", "热力公司", 200.129, ""],
        ["地方财政资金", "", 5, 5],
    ]
    listed = read_project_list(book(tmp_path / "l.xlsx", [GOOD], money), catalogue)
    assert [(m.code, m.params["row"]) for m in listed.money_problems] == [
        ("inventory.too_small", 4),
        ("inventory.money_too_fine", 5),
        ("inventory.money_twice", 6),
    ]
    assert {i.severity for i in listed.issues} == {"rejected"}


def test_plan_years_are_the_headers_of_the_money(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A year without money is still a year of the plan."""
    money = [["资金类别", 2027, 2028, 2029], ["地方财政资金", "", 1500, ""]]
    listed = read_project_list(book(tmp_path / "l.xlsx", [GOOD], money), catalogue)
    assert listed.money_years == (2027, 2028, 2029)
    assert listed.money["year"].tolist() == [2028]


def test_scale_with_something_else_is_questioned(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A number without a unit is not dropped in silence."""
    row = changed(规模="2.4公里、30户、300")
    listed = read_project_list(book(tmp_path / "l.xlsx", [row], MONEY), catalogue)
    assert ("not_a_scale", "规模", "questioned") in issues(listed)


def test_missing_sheets_and_columns(tmp_path: Path, catalogue: Catalogue) -> None:
    """A list without money, or without a needed column, is refused at once."""
    with pytest.raises(InputError) as error:
        read_project_list(book(tmp_path / "a.xlsx", [GOOD]), catalogue)
    assert [m.code for m in error.value.messages] == ["inventory.no_money_sheet"]
    with pytest.raises(InputError) as error:
        read_project_list(book(tmp_path / "b.xlsx", [GOOD], [["x"], ["y"]]), catalogue)
    assert [m.code for m in error.value.messages] == ["inventory.money_header"]
    with pytest.raises(InputError) as error:
        read_project_list(tmp_path / "nowhere.xlsx", catalogue)
    assert [m.code for m in error.value.messages] == ["inventory.missing_file"]


def test_list_as_csv_with_sums_among_its_funds(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A list in a file of text is read by the profile; 专项债8000万元 is a fund."""
    path = tmp_path / "项目库.csv"
    path.write_text(
        "项目名称,建设单位,项目属性,建设内容及规模,建设起止年限,总投资(万元),资金来源\n"
        "城区供热管网改造,住建局,公益,改造一级网12公里,2027-2028,9000,专项债8000万元\n",
        "utf-8-sig",
    )
    listed = read_project_list(path, catalogue, "project-library", money_needed=False)
    assert listed.projects["fund_kinds"].tolist() == ["special_bond"]
    assert ("fund_amount", "资金来源", "questioned") in issues(listed)


def test_library_with_two_header_rows(tmp_path: Path, catalogue: Catalogue) -> None:
    """Sources with sums become a list of kinds; the total is the sum; years wait.

    A file called 项目库 needs no profile to be named: that is said.
    """
    path = tmp_path / "某县项目库.csv"
    path.write_text(
        "某县城市更新项目库,,,,,,,,,,\n"
        "项目名称,建设单位,项目属性,建设内容及规模,建设起止年限,总投资（万元）,,"
        "分年度投资（万元）,,资金来源（万元）,\n"
        ",,,,,其中工程费,合计,2025年,2026年,中央预算内,专项债\n"
        "城区供热管网改造,住建局,公益,一级网12公里,2025年6月至2027年底,3800,4500,"
        "1500,3000,/,4500\n"
        "城北供水管网改造,水务局,公益,管网8公里,2026,700,800,,800,800,0\n",
        "utf-8-sig",
    )
    profile = library_profile([path], catalogue)
    assert called_library([path])
    assert profile is not None
    listed = read_library(path, catalogue, profile)
    found = listed.projects
    assert found["total_cost"].tolist() == [4500, 800]
    assert found["fund_kinds"].tolist() == ["special_bond", "central_budget"]
    assert found[["first_year", "last_year"]].to_numpy().tolist() == [
        [2025, 2027],
        [2026, 2026],
    ]
    assert listed.counts[0].read == 2
    said = {issue.code: issue for issue in listed.issues}
    assert said["inventory.list_by_profile"].params == {"mapping": "project-library"}
    left = str(said["inventory.list_columns_left"].params["columns"])
    assert "其中工程费" in left
    assert "合计" not in left


UPPER = ["项目名称", "建设单位", "建设起止年限", "总投资（万元）", "",
         "分年度投资（万元）", "", "资金来源（万元）", "", "", "建设规模"]  # fmt: skip
LOWER = [
    "",
    "",
    "",
    "合计",
    "其中工程费",
    "2024年",
    "2025年",
    "中央预算内",
    "专项债",
    "其他",
    "",
]
PIPES = ["县城供水管网改造", "自来水公司", "2025年6月至2027年底", 850, 700, 400, 450,
         300, "-", "", "28公里"]  # fmt: skip


@pytest.mark.parametrize("total", ["合计", "2024年"])
def test_a_header_of_two_rows(tmp_path: Path, catalogue: Catalogue, total: str) -> None:
    """资金来源 over kinds of money names those with a sum; 总投资 its whole."""
    path = tmp_path / "清单.xlsx"
    lower = [total if cell == "合计" else cell for cell in LOWER]
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("项目库")
        for number, row in enumerate([UPPER, lower, PIPES]):
            sheet.write_row(number, 0, row)
    assert called_library([path])
    assert not called_library([tmp_path])
    profile = library_profile([path], catalogue)
    assert profile is not None
    if total != "合计":  # which column the whole cost is cannot be told
        with pytest.raises(InputError):
            read_library(path, catalogue, profile)
        return
    listed = read_library(path, catalogue, profile)
    row = listed.projects.iloc[0]
    assert (row["total_cost"], row["fund_kinds"], row["length_m"]) == (
        850, "central_budget", 28_000,
    )  # fmt: skip
    assert (row["first_year"], row["last_year"]) == (2025, 2027)
    assert ("list_columns_left", "", "note") in issues(listed)
    assert listed.issues[0].code == "inventory.list_by_profile"
    assert (listed.counts[0].read, listed.counts[0].kept) == (1, 1)


def test_a_library_under_our_headers_keeps_our_columns(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """资产编号 is in no profile: a file called 项目库 does not lose it."""
    path = tmp_path / "项目库.csv"
    path.write_text(
        "名称,项目法人,类别,属性,产权,总投资(万元),隐患等级,资产编号,道路名称\n"
        "丙街供热改造,公用公司,供热管道,准公益,企业,130,4,H1,丙街\n",
        "utf-8-sig",
    )
    profile = library_profile([path], catalogue)
    assert profile is not None
    listed = read_library(path, catalogue, profile)
    assert listed.projects["asset_ids"].tolist() == ["H1"]
    assert {code for code, _, _ in issues(listed)} <= {"no_money_yet"}
