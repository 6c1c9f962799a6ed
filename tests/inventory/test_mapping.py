"""Mapping profiles: loaded by name or file, refused with every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.core.errors import InputError
from renewopt.inventory import load_mapping, read_inventory

PROFILE = """
id = "mine"
title = { zh = "我的", en = "Mine" }
source = "a test"
[[assets]]
asset_class = "gas_pipe"
files = ["export"]
constants = { level = "yard" }
[assets.columns]
asset_id = "NR"
length_m = "LEN"
material = "MAT"
[assets.values.material]
X1 = "pe"
[assets.missing]
material = ["?"]
[assets.joined]
remark = ["A", "B"]
[[assets.filters]]
id = "old"
column = "STATE"
drop = ["GONE"]
reason = { zh = "已拆除", en = "removed" }
"""


def profile(tmp_path: Path, text: str = PROFILE) -> Path:
    """Write a profile."""
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_profile_renames_joins_filters_and_fills(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Headers, values, constants, joined texts and filters do what they say."""
    table = tmp_path / "data"
    table.mkdir()
    rows = ["NR,LEN,MAT,STATE,A,B,C", "1,10,X1,OK,a,b,c", "2,20,?,OK,,b,c",
            "3,5,X1,GONE,,,", "4,5,木,OK,,,"]  # fmt: skip
    (table / "export.csv").write_text("\n".join(rows), encoding="utf-8")
    (table / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    inventory = read_inventory(table, catalogue, mapping=profile(tmp_path))
    frame = inventory.assets["gas_pipe"]
    assert frame["asset_id"].tolist() == ["1", "2", "4"]
    assert frame["material"].fillna("").tolist() == ["pe", "", ""]
    assert frame["level"].tolist() == ["yard"] * 3
    assert frame["remark"].fillna("").tolist() == ["a / b", "b", ""]
    assert inventory.counts[0].left_out == {"old": 1}
    assert (inventory.counts[0].read, inventory.counts[0].kept) == (4, 3)
    found = {(i.code, i.row, i.severity) for i in inventory.issues}
    assert found == {
        ("inventory.left_out", 0, "note"),
        ("inventory.unmapped", 1, "note"),
        ("inventory.file_not_mapped", 0, "note"),
        ("inventory.not_a_choice", 5, "questioned"),
    }


@pytest.mark.parametrize(
    ("old", "new", "code", "part"),
    [
        ('material = "MAT"', 'colour = "MAT"', "inventory.mapping_field", "colour"),
        ('length_m = "LEN"\n', "", "inventory.mapping_required", "length_m"),
        ('asset_class = "gas_pipe"', 'asset_class = "tram"', "inventory.unknown_class",
         "tram"),
        ('drop = ["GONE"]\n', "", "inventory.mapping_file", "keep and drop"),
        ('id = "mine"', 'id = "mine"\nwhat = 1', "inventory.mapping_file", "what"),
        ('id = "mine"', "id = ", "inventory.unreadable", "mine.toml"),
    ],
)  # fmt: skip
def test_mistakes_in_a_profile_are_named(
    tmp_path: Path, catalogue: Catalogue, old: str, new: str, code: str, part: str
) -> None:
    """Unknown fields, classes and keys and missing columns are each said."""
    assert old in PROFILE
    text = PROFILE.replace(old, new)
    if "colour" in new:
        text = text.replace('[assets.values.material]\nX1 = "pe"\n', "")
        text = text.replace('[assets.missing]\nmaterial = ["?"]\n', "")
    (tmp_path / "export.csv").write_text("NR,LEN,MAT,STATE,A,B\n1,2,X1,OK,,\n")
    with pytest.raises(InputError) as error:
        read_inventory(
            tmp_path / "export.csv", catalogue, mapping=profile(tmp_path, text)
        )
    assert {m.code for m in error.value.messages} == {code}
    assert part in str(error.value)


def test_unknown_profiles_list_the_known_ones(catalogue: Catalogue) -> None:
    """A name that is neither profile nor file is refused."""
    with pytest.raises(InputError) as error:
        load_mapping("nowhere", catalogue)
    assert error.value.messages[0].code == "inventory.unknown_mapping"
    assert "kitchener" in error.value.messages[0].params["known"]


def test_a_profile_keeps_what_a_header_says_of_outside_diameters(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """外径 named in a profile holds outside diameters, too."""
    text = PROFILE.replace('material = "MAT"', 'diameter_mm = "外径(mm)"', 1)
    text = text.replace('[assets.values.material]\nX1 = "pe"\n', "")
    text = text.replace('[assets.missing]\nmaterial = ["?"]\n', "")
    (tmp_path / "export.csv").write_text("NR,LEN,外径(mm),STATE,A,B\n1,2,110,OK,,\n")
    inventory = read_inventory(
        tmp_path / "export.csv", catalogue, mapping=profile(tmp_path, text)
    )
    assert inventory.assets["gas_pipe"]["diameter_mm"].tolist() == [100]
    assert "inventory.outside_diameter" in {i.code for i in inventory.issues}
