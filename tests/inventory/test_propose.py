"""Proposals for profiles: sure only where names and cells both say so."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from renewopt.catalogue import Catalogue
from renewopt.catalogue.mapping import Mapping
from renewopt.core.data import data_dir
from renewopt.core.errors import InputError
from renewopt.inventory import propose, read_inventory, read_source
from renewopt.inventory.profile import profile_of, write_profile
from renewopt.inventory.propose import TableProposal

COUNTY = data_dir("inventories") / "demo-county"


def proposed(
    folder: Path, catalogue: Catalogue, text: str, name: str = "water_pipe"
) -> TableProposal:
    """Propose for one CSV file."""
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    return propose(read_source(path), catalogue)[0]


@pytest.mark.parametrize(
    "name",
    ["gas_pipe", "heating_pipe", "water_pipe", "residential_compound", "corridors"],
)
def test_a_profile_of_known_headers_reads_the_same(
    name: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    """Map, then check with the profile: the same table as without one."""
    path = COUNTY / f"{name}.csv"
    tables = propose(read_source(path), catalogue)
    assert all(column.sure for column in tables[0].columns)
    assert tables[0].missing == ()
    target = tmp_path / "mine.toml"
    write_profile(profile_of(tables, catalogue, "我的 profile"), target)
    profile = Mapping.model_validate(tomllib.loads(target.read_text("utf-8")))
    assert profile.title.zh == "我的 profile"
    direct = read_inventory(path, catalogue)
    mapped = read_inventory(path, catalogue, mapping=target)
    assert mapped.issue_counts()["rejected"] == 0
    if name == "corridors":
        assert mapped.corridors.equals(direct.corridors)
    else:
        columns = list(direct.assets[name])
        assert mapped.assets[name][columns].equals(direct.assets[name])


def test_failure_records_are_mapped_with_their_class(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """A column of classes serves where the profile names no single class."""
    raws = read_source(COUNTY / "failures.csv")
    profile = profile_of(propose(raws, catalogue), catalogue, "f")
    gas = profile_of(
        propose(read_source(COUNTY / "gas_pipe.csv"), catalogue), catalogue, "g"
    )
    both = Mapping.model_validate({**profile, "assets": gas["assets"]})
    paths = [COUNTY / "gas_pipe.csv", COUNTY / "failures.csv"]
    found = read_inventory(paths, catalogue, mapping=both)
    assert found.failures.equals(read_inventory(paths, catalogue).failures)


def test_initials_are_likely_but_never_sure(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """GXBM, CD_KM, NF and ZT are what they usually stand for, to be confirmed.

    Shape_Length is no number of homes.
    """
    text = "OBJECTID,GXBM,CD_KM,NF,管材,Shape_Length\n1,A,0.1,1990,PE,100\n"
    text += "2,B,0.2,1991,PE,113\n"
    table = proposed(tmp_path, catalogue, text)
    found = {c.header: (c.field, c.sure, c.unit) for c in table.columns}
    assert found["GXBM"] == ("asset_id", False, "")
    assert found["CD_KM"] == ("length_m", False, "km")
    assert found["NF"] == ("install_year", False, "")
    assert found["Shape_Length"] == ("", False, "")


def test_names_that_are_merely_alike_are_not_sure(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """Similar headers and cells that do not fit are shown, never taken."""
    text = (
        "管线编号,管道材质类型,管径,管长(m),投运年分\n"
        "1,PE,很粗,12.5,1998\n2,钢,较细,20.0,2003\n3,PE,粗,31.5,1985\n"
    )
    table = proposed(tmp_path, catalogue, text)
    by_header = {column.header: column for column in table.columns}
    assert by_header["管线编号"].sure
    assert by_header["管长(m)"].sure
    assert (by_header["管道材质类型"].field, by_header["管道材质类型"].doubt) == (
        "material", "header",
    )  # fmt: skip
    assert by_header["管径"].doubt == "cells"
    assert by_header["投运年分"].doubt == "header"
    names = [c.field for c in by_header["投运年分"].candidates]
    assert "install_year" in names
    profile = profile_of([table], catalogue, "x")
    assert profile["assets"][0]["columns"] == {
        "asset_id": "管线编号", "length_m": "管长(m)",
    }  # fmt: skip


def test_units_in_names_below_names_and_in_doubt(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """A unit that is stated is kept; one that is not is asked for where it matters."""
    table = proposed(tmp_path, catalogue, "管线编号,长度km\n1,0.5\n2,1.5\n")
    assert (table.columns[1].sure, table.columns[1].unit) == (True, "km")
    text = "管线编号,管长,埋深\n,（km）,（m）\n1,0.5,1\n2,1.5,1\n"
    table = proposed(tmp_path, catalogue, text)
    assert table.header_rows == 2
    assert [column.unit for column in table.columns] == ["", "km", "m"]
    path = tmp_path / "mine.toml"
    write_profile(profile_of([table], catalogue, "mine"), path)
    found = read_inventory(tmp_path / "water_pipe.csv", catalogue, mapping=path)
    assert found.assets["water_pipe"]["length_m"].tolist() == [500, 1500]
    table = proposed(tmp_path, catalogue, "管线编号,管长\n1,0.5\n2,1.5\n")
    assert (table.columns[1].sure, table.columns[1].doubt) == (False, "unit")


def test_unknown_words_get_candidates(catalogue: Catalogue, tmp_path: Path) -> None:
    """A slip of the pen is sure; a word that is merely like others is a question."""
    rows = ["1,50,polyethylen", "2,60,灰口铁或球铁", "3,70,PE", "4,80,非PE"]
    text = "\n".join(["管线编号,管长(m),管材", *rows])
    table = proposed(tmp_path, catalogue, text)
    words = {value.text: value for value in table.values}
    assert set(words) == {"polyethylen", "灰口铁或球铁", "非PE"}
    assert (words["polyethylen"].sure, words["polyethylen"].code) == (True, "pe")
    assert not words["灰口铁或球铁"].sure
    assert not words["非PE"].sure
    profile = profile_of([table], catalogue, "x")
    assert profile["assets"][0]["values"] == {"material": {"polyethylen": "pe"}}


def test_a_column_of_ours_is_filled_once(catalogue: Catalogue, tmp_path: Path) -> None:
    """Of two headers that mean the same the second is a question."""
    text = "管线编号,管长(m),长度\n1,50,51\n2,60,61\n"
    table = proposed(tmp_path, catalogue, text)
    assert [c.sure for c in table.columns] == [True, True, False]
    assert table.columns[2].field != "length_m"


def test_a_class_that_headers_do_not_tell_is_asked_for(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """Equal chances are no proposal; a sheet without any known header is none."""
    with pytest.raises(InputError) as error:
        proposed(tmp_path, catalogue, "管线编号,管长(m)\n1,50\n", "导出")
    assert error.value.messages[0].code == "inventory.class_unclear"
    path = tmp_path / "导出.csv"
    assert propose(read_source(path), catalogue, "gas_pipe")[0].table == "gas_pipe"
    with pytest.raises(InputError) as error:
        proposed(tmp_path, catalogue, "甲,乙\n1,50\n", "别的")
    assert error.value.messages[0].code == "inventory.unknown_class"


def test_a_profile_never_replaces_another(catalogue: Catalogue, tmp_path: Path) -> None:
    """A file that is there stays as it is."""
    table = proposed(tmp_path, catalogue, "管线编号,管长(m)\n1,50\n")
    path = tmp_path / "a.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError) as error:
        write_profile(profile_of([table], catalogue, "a"), path)
    assert error.value.messages[0].code == "inventory.profile_exists"
    assert path.read_text(encoding="utf-8") == "mine"
