"""Columns that a table lacks although duties or the risk read them."""

from __future__ import annotations

from pathlib import Path

from renewopt.catalogue import Catalogue
from renewopt.inventory import read_inventory, verdict


def absent(folder: Path, catalogue: Catalogue, text: str) -> dict[str, list[str]]:
    """Read a gas table and give what it lacks."""
    (folder / "gas_pipe.csv").write_text(text, encoding="utf-8")
    found = read_inventory(folder / "gas_pipe.csv", catalogue)
    return verdict(found, catalogue).absent["gas_pipe"]


def test_what_duties_and_risk_read_is_named(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """A table of numbers and lengths lacks what clauses and rates ask for."""
    lacking = absent(tmp_path, catalogue, "管线编号,管长\nA,5\n")
    assert lacking["material"] == ["mandatory", "risk"]
    assert "risk" in lacking["install_year"]
    assert "mandatory" in lacking["assessment_result"]
    assert lacking["near_sensitive"] == ["risk"]
    assert not {"asset_id", "length_m", "remark", "medium"} & set(lacking)


def test_a_column_that_is_there_is_not_absent(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """An empty column is there, with nothing in it; one count of failures is enough."""
    text = "管线编号,管长,管材,敷设年份,近三年泄漏次数\nA,5,PE,,1\n"
    lacking = absent(tmp_path, catalogue, text)
    columns = {"material", "install_year", "events_3y", "events_5y"}
    assert not columns & set(lacking)


def test_without_a_catalogue_nothing_is_said(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Only the class tells what it lacks."""
    (tmp_path / "gas_pipe.csv").write_text("管线编号,管长\nA,5\n", encoding="utf-8")
    found = read_inventory(tmp_path, catalogue)
    assert verdict(found).absent == {}
