from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from renewopt import catalogue as catalogue_room
from renewopt.inventory import read_project_list
from renewopt.report import project_list_template


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_filled_template_reads_back(tmp_path: Path, lang: Any) -> None:
    """What is filled in with the drop-downs' words is understood without an issue."""
    catalogue = catalogue_room.load()
    path = project_list_template(tmp_path / "list.xlsx", lang, catalogue, 2027)
    book = openpyxl.load_workbook(path)
    page, money = book.worksheets
    words = {
        next(iter(rule.sqref.ranges)).min_col: rule.formula1.strip('"').split(",")[0]
        for rule in page.data_validations.dataValidation
        if rule.type == "list"
    }
    filled = {
        1: "人民路供热", 3: "县热力公司", 7: 850.5, 8: "1.2公里", 9: 320, 10: 4,
        14: "2027-2028", **words,
    }  # fmt: skip
    for column, value in filled.items():
        page.cell(2, column, value)
    money.cell(2, 3, 1500)
    book.save(path)
    found = read_project_list(path, catalogue)
    assert [issue.code for issue in found.issues] == []
    row = found.projects.iloc[0]
    assert row["asset_class"] == sorted(catalogue.asset_classes)[0]
    assert (row["total_cost"], row["households"], row["grade"]) == (850.5, 320, 4)
    assert row["length_m"] == 1200
    assert (row["first_year"], row["last_year"]) == (2027, 2028)
    assert found.money[["year", "amount"]].to_numpy().tolist() == [[2027, 1500.0]]


def test_template_has_the_headings_of_the_bureau(tmp_path: Path) -> None:
    """The columns that the handbook names are there, with comments."""
    catalogue = catalogue_room.load()
    path = project_list_template(tmp_path / "list.xlsx", "zh", catalogue, 2027)
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads = [str(cell.value).split("(")[0] for cell in page[1]]
    expected = [
        "名称", "代码", "项目法人", "类别", "属性", "产权", "总投资", "规模",
        "服务户数", "隐患等级", "评估结论", "整改时限", "前期进展", "起止年限",
        "资金来源",
    ]  # fmt: skip
    assert heads[: len(expected)] == expected
    assert all(cell.comment for cell in page[1])
    assert book.sheetnames == ["项目库", "资金"]
