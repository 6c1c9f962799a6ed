"""The county's money in a workbook is read as the scenario would say it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from renewopt import catalogue
from renewopt.core.errors import InputError
from renewopt.inventory.money_book import COLUMNS
from renewopt.report import money_template
from renewopt.road.money import with_money
from renewopt.rules.scenario import Scenario, parse_scenario, read_scenario

KNOWN = catalogue.load()
HEAD = 'inventory = "."\nstart_year = 2027\nyears = 2\nmoney = "money.xlsx"\n'
TERMS = {
    "special-bond": {
        "Least draw (万元)": 100, "Step (万元)": 10, "Natures": "公益性; quasi_public",
        "Ownerships": "public", "Tenor (years)": 15, "Interest dates a year": 2,
        "Arrival month": 3, "2027": 1000, "2028": "1,200.5",
    },
    "local-fiscal": {
        "Certainty": "拟安排", "Carry-over (years)": 1, "2026": 30, "2027": 500,
        "Asset classes": "燃气管道、water_pipe",
    },
    "operator-fund": {"Owner": "燃气公司", "Up front": "是", "2027": 80},
}  # fmt: skip
STATED = {
    "fund": [
        {"id": "local-fiscal", "kind": "local_fiscal", "certainty": "indicative",
         "asset_classes": ["gas_pipe", "water_pipe"], "carry_over": 1,
         "opening": {"2026": 30}, "amount": {"2027": 500}},
        {"id": "operator-fund", "kind": "operator_fund", "owner": "燃气公司",
         "up_front": True, "amount": {"2027": 80}},
        {"id": "special-bond", "kind": "special_bond", "least_draw": 100, "step": 10,
         "natures": ["public", "quasi_public"], "ownerships": ["public"],
         "tenor_years": 15, "interest_per_year": 2, "arrival_month": 3,
         "amount": {"2027": 1000, "2028": 1200.5}},
    ],
    "existing_debt": [
        {"fund": "special-bond", "repaid": {"2029": 50}, "interest": {"2029": 1.5}}
    ],
    "rule": [
        {"kind": "debt_limit", "id": "limit", "funds": ["special-bond"],
         "limit": {"2027": 900}},
        {"kind": "debt_service", "id": "serve", "funds": ["special-bond"],
         "payer": "government_fund_budget", "income_first": True, "purse_after": 70,
         "purse": {"2027": 40, "2028": 40}},
    ],
}  # fmt: skip


def _filled(folder: Path, **more: dict[str, Any]) -> Path:
    """Fill the template in; `more` adds cells to the bond's row."""
    path = money_template(folder / "money.xlsx", "en", KNOWN, 2026, 3)
    book = openpyxl.load_workbook(path)
    page = book["Funds"]
    heads = {str(cell.value): cell.column for cell in page[1]}
    for row in page.iter_rows(min_row=2):
        terms = TERMS.get(str(row[0].value), {})
        if row[0].value == "special-bond":
            terms = {**terms, **more.get("bond", {})}
        for head, value in terms.items():
            page.cell(row[0].row, heads[head], value)
    book["Existing debt"].append(["special-bond", 2029, 50, 1.5])
    book["Debt limits"].append(["limit", "special-bond", None, 900])
    book["Debt service"].append(
        ["serve", "special-bond", "政府性基金预算", "是", 70, None, 40, 40]
    )
    book.save(path)
    scenario = folder / "scenario.toml"
    scenario.write_text(HEAD, encoding="utf-8")
    return scenario


def _read(path: Path) -> Scenario:
    return with_money(read_scenario(path), path, KNOWN)


def test_the_workbook_says_what_the_scenario_would(tmp_path: Path) -> None:
    """Funds with terms, money carried in, old debt, limits and debt service are equal.

    Kinds of the template to which nobody added money are no funds.
    """
    found = _read(_filled(tmp_path))
    least = {"inventory": ".", "start_year": 2027, "years": 2, "money": "money.xlsx"}
    right = parse_scenario({**least, **STATED}, "s.toml")
    assert found.fund == right.fund
    assert found.existing_debt == right.existing_debt
    for rule, stated in zip(found.rule, right.rule, strict=True):
        assert rule == stated


def test_what_the_scenario_states_comes_on_top(tmp_path: Path) -> None:
    """A fund of the scenario stands beside those of the workbook."""
    path = _filled(tmp_path)
    own = '[[fund]]\nid = "x"\nkind = "provincial_grant"\namount = { "2027" = 5 }\n'
    path.write_text(HEAD + own, encoding="utf-8")
    own_first = [fund.id for fund in _read(path).fund]
    assert own_first[0] == "x"
    assert len(own_first) == 4


@pytest.mark.parametrize(
    ("head", "value", "code"),
    [
        ("Step (万元)", "ten", "money_book.number"),
        ("Natures", "公益", "money_book.word"),
        ("Kind", "彩票", "money_book.word"),
    ],
)
def test_a_cell_that_is_not_understood_is_named(
    tmp_path: Path, head: str, value: str, code: str
) -> None:
    """Nothing is ignored: file, sheet, row and column are said."""
    path = _filled(tmp_path, bond={head: value})
    with pytest.raises(InputError) as error:
        _read(path)
    (found,) = error.value.messages
    assert found.code == code
    assert found.params["value"] == value
    assert found.params["row"] > 1


def test_sheets_and_columns_must_be_known(tmp_path: Path) -> None:
    """A sheet or column of another name stops the run, both at once."""
    path = _filled(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "money.xlsx")
    book.create_sheet("Other").append(["a"])
    book["Debt limits"].cell(1, 9, "Colour")
    book.save(tmp_path / "money.xlsx")
    with pytest.raises(InputError) as error:
        _read(path)
    codes = {message.code for message in error.value.messages}
    assert codes == {"money_book.sheet", "money_book.column"}


def test_every_column_is_documented() -> None:
    """The page of formats names the headings in both languages, and the key."""
    page = Path(__file__).parents[2] / "docs" / "formats.md"
    text = page.read_text(encoding="utf-8")
    missing = [
        name
        for columns in COLUMNS.values()
        for name, (zh, en, _) in columns.items()
        if f"| {zh}, {en} | `{name}` |" not in text
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("written", "points"), [("60%", 6000), ("2.5％", 250), (6000, 6000), ("0.5 %", 50)]
)
def test_a_share_may_be_a_percentage(tmp_path: Path, written: Any, points: int) -> None:
    """Basis points, or per cent with its sign."""
    path = _filled(tmp_path, bond={"Largest share (bp)": written})
    funds = {fund.id: fund for fund in _read(path).fund}
    assert funds["special-bond"].max_share_bp == points


@pytest.mark.parametrize(
    ("head", "value"), [("Coupon (bp)", 3), ("Largest share (bp)", 60)]
)
def test_what_may_be_per_cent_is_asked(tmp_path: Path, head: str, value: int) -> None:
    """A coupon of 3 is not silently 0.03 %."""
    with pytest.raises(InputError) as caught:
        _read(_filled(tmp_path, bond={head: value}))
    assert [m.code for m in caught.value.messages] == ["money_book.percent"]


def test_a_cell_shown_as_a_percentage_is_one(tmp_path: Path) -> None:
    """0.6 with the format 0% is what the officer sees: 60 %."""
    path = _filled(tmp_path, bond={"Largest share (bp)": 0.6})
    book = openpyxl.load_workbook(tmp_path / "money.xlsx")
    page = book["Funds"]
    for row in page.iter_rows(min_row=2):
        for cell in row:
            if cell.value == 0.6:
                cell.number_format = "0%"
    book.save(tmp_path / "money.xlsx")
    funds = {fund.id: fund for fund in _read(path).fund}
    assert funds["special-bond"].max_share_bp == 6000
