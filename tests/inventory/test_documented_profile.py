"""The profile that docs/import.md shows: it loads, and reads what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping, TableMapping
from renewopt.core.errors import InputError
from renewopt.inventory import read_inventory

DOCS = Path(__file__).parents[2] / "docs" / "import.md"
HEAD = "GID,LEN_KM,材质,YEAR,ROAD,SECTION,OWNER,评分"
ROWS = """W1,0.25,DI,1998,人民路,一段,CITY,3
W2,1.2,灰铁,0,原水干线,二段,CITY,4
W3,0.5,DI,2001,院内,三段,PRIVATE,5
"""


def profile(tmp_path: Path) -> Path:
    """Write the documented profile to a file."""
    blocks = re.findall(r"```toml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    (text,) = [block for block in blocks if "[[assets]]" in block]
    path = tmp_path / "water.mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_documented_profile_reads_a_file(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Every key of the example does what the page says of it."""
    source = tmp_path / "water_mains_2026.csv"
    source.write_text(f"{HEAD}\n{ROWS}", encoding="utf-8")
    found = read_inventory(source, catalogue, mapping=profile(tmp_path))
    frame = found.assets["water_pipe"].set_index("asset_id")
    assert frame["length_m"].to_dict() == {"W1": 250.0, "W2": 1200.0}
    assert frame["material"].tolist() == ["ductile_iron", "grey_cast_iron"]
    assert frame["install_year"].isna().tolist() == [False, True]
    assert frame["name"].tolist() == ["人民路 / 一段", "原水干线 / 二段"]
    assert frame["level"].fillna("").tolist() == ["", "transmission"]
    assert frame["status"].tolist() == ["in_use"] * 2
    assert frame["ownership"].tolist() == ["public"] * 2
    (count,) = found.counts
    assert (count.read, count.kept, count.left_out["private"]) == (3, 2, 1)


def test_every_key_is_named_on_the_page() -> None:
    """No key of a profile or of a table of one is missing from either language."""
    chinese, english = DOCS.read_text("utf-8").split("\n## English", 1)
    for name in (*Mapping.model_fields, *TableMapping.model_fields):
        assert name in chinese, name
        assert name in english, name


def test_a_table_that_does_not_fit_its_profile_is_counted(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Its rows are read and rejected, with the reason; the file beside it is kept."""
    (tmp_path / "water_mains_1.csv").write_text(f"{HEAD}\n{ROWS}", encoding="utf-8")
    other = "GID,LEN,材质,YEAR\nX1,1,DI,1998\nX2,2,DI,1999\n,,,\nX3,2,DI,1999\n"
    (tmp_path / "water_mains_2.csv").write_text(other, encoding="utf-8")
    mapping = profile(tmp_path)
    paths = sorted(tmp_path.glob("*.csv"))
    found = read_inventory(paths, catalogue, mapping=mapping, skip_unreadable=True)
    counts = {c.file: (c.read, c.kept, c.rejected) for c in found.counts}
    assert counts == {"water_mains_1.csv": (3, 2, 0), "water_mains_2.csv": (3, 0, 3)}
    why = {i.code for i in found.issues if i.file == "water_mains_2.csv"}
    assert {"inventory.mapping_column", "inventory.sheet_lost"} <= why
    with pytest.raises(InputError) as error:
        read_inventory(paths, catalogue, mapping=mapping)
    assert {m.code for m in error.value.messages} == {"inventory.mapping_column"}
