"""The catalogue: what ships is complete, and mistakes are told with file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt import catalogue, text
from renewopt.catalogue.figures import figures, markdown
from renewopt.core.data import data_dir
from renewopt.core.errors import InputError, Message

CLASSES = [
    "gas_indoor",
    "gas_pipe",
    "gas_station",
    "heat_station",
    "heating_pipe",
    "overhead_line",
    "pump_station",
    "residential_compound",
    "road",
    "sewer",
    "storm_drain",
    "utility_tunnel",
    "water_pipe",
    "water_plant",
    "waterlogging_point",
]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder without `models`."""
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")


def _changed(folder: Path, name: str, old: str, new: str) -> Path:
    """Copy one packaged file into `folder` with one text replaced."""
    found = (data_dir("models") / name).read_text(encoding="utf-8")
    assert old in found
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(found.replace(old, new, 1), encoding="utf-8")
    return folder


def _problems(folder: Path) -> list[Message]:
    with pytest.raises(InputError) as caught:
        catalogue.load(folder)
    return list(caught.value.messages)


def test_what_ships_is_valid() -> None:
    """The fifteen classes, the packs and the fund kinds load without a problem."""
    found = catalogue.load()
    assert list(found.asset_classes) == CLASSES
    assert "national-15fyp" in found.packs
    assert "special_bond" in found.fund_kinds
    assert {origin.layer for origin in found.origin.values()} == {"packaged"}


def test_every_figure_has_its_source() -> None:
    """Each figure of likelihood, consequence and price says where it comes from."""
    listed = figures(catalogue.load())
    assert {f.file.removeprefix("asset_classes/")[:-5] for f in listed} == set(CLASSES)
    assert [f.key for f in listed if not f.source] == []
    assert all(f.low <= f.mid <= f.high for f in listed)


def test_a_class_has_shared_and_own_columns() -> None:
    """Own columns replace shared ones of the same name, in their place."""
    compound = catalogue.load().asset_classes["residential_compound"]
    names = compound.column_names()
    assert len(set(names)) == len(names)
    assert {"district", "lon", "structure_grade"} <= set(names)
    year = compound.column("install_year")
    assert year is not None
    assert year.headers.zh[0] == "建成年份"
    households = compound.column("households")
    assert households is not None
    assert households.required


def test_wrong_value_names_file_and_dotted_key(tmp_path: Path) -> None:
    """A value of the wrong kind or out of bounds is told with its place."""
    folder = tmp_path / "mine"
    _changed(
        folder, "asset_classes/gas_pipe.toml", "life_years = 60", "life_years = -1"
    )
    (problem,) = _problems(folder)
    assert problem.code == "catalogue.bad_value"
    assert problem.params["file"] == "asset_classes/gas_pipe.toml"
    assert problem.params["key"] == "hazard.group[pe].life_years"
    assert problem.params["allowed"] == "> 0"


def test_a_list_element_without_id_is_named_by_number(tmp_path: Path) -> None:
    """Numbers count from 1, as people do."""
    folder = tmp_path / "mine"
    _changed(
        folder,
        "asset_classes/gas_pipe.toml",
        'column_sets = ["asset", "line"]',
        'column_sets = ["asset", 3]',
    )
    (problem,) = _problems(folder)
    assert problem.code == "catalogue.wrong_kind"
    assert problem.params["key"] == "column_sets[2]"


def test_all_problems_of_all_files_at_once(tmp_path: Path) -> None:
    """Unknown and missing keys of two files come in one error."""
    folder = tmp_path / "mine"
    _changed(folder, "asset_classes/gas_pipe.toml", "shape = 2.5", "shap = 2.5")
    _changed(folder, "asset_classes/water_pipe.toml", "network = true\n", "")
    found = {
        (p.code, p.params["file"][14:], p.params["key"]) for p in _problems(folder)
    }
    assert found == {
        ("catalogue.unknown_key", "gas_pipe.toml", "hazard.group[pe].shap"),
        ("catalogue.missing_key", "gas_pipe.toml", "hazard.group[pe].shape"),
        ("catalogue.missing_key", "water_pipe.toml", "network"),
    }


def test_an_unknown_key_lists_the_known_ones(tmp_path: Path) -> None:
    """The user sees what the key may be called."""
    folder = tmp_path / "mine"
    _changed(
        folder, "asset_classes/gas_pipe.toml", "network =", "netwrok = 1\nnetwork ="
    )
    (problem,) = _problems(folder)
    assert problem.params["key"] == "netwrok"
    assert "network" in problem.params["known"]


def test_a_class_is_told_by_columns_that_it_has(tmp_path: Path) -> None:
    """`told_by` may name columns of the class only."""
    folder = tmp_path / "mine"
    _changed(folder, "asset_classes/road.toml", '["pci",', '["iri",')
    (problem,) = _problems(folder)
    assert problem.code == "catalogue.unknown_column"
    assert (problem.params["key"], problem.params["value"]) == ("told_by[1]", "iri")


def test_syntax_error_tells_the_line(tmp_path: Path) -> None:
    """Broken TOML is told with its line, and does not hide other files."""
    folder = tmp_path / "mine"
    _changed(folder, "asset_classes/gas_pipe.toml", 'unit = "m"', 'unit = "m')
    _changed(folder, "asset_classes/water_pipe.toml", "network = true\n", "")
    codes = {p.code: p.params for p in _problems(folder)}
    assert codes["catalogue.syntax"]["line"] == 5
    assert codes["catalogue.missing_key"]["file"] == "asset_classes/water_pipe.toml"


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        (
            'where = { material = ["pe"] }',
            'where = { materiel = ["pe"] }',
            "catalogue.unknown_column",
            "hazard.group[pe].where.materiel",
        ),
        (
            'where = { material = ["pe"] }',
            'where = { material = ["pee"] }',
            "catalogue.unknown_value",
            "hazard.group[pe].where.material",
        ),
        (
            "{ min = { households = 200 } }",
            "{ min = { material = 200 } }",
            "catalogue.not_numeric",
            "consequence.part[ignition].multiplier[many_households].where.material",
        ),
        (
            "encroached = [true]",
            'encroached = ["yes"]',
            "catalogue.unknown_value",
            "consequence.part[ignition].multiplier[encroached].where.encroached",
        ),
        (
            'measure = "length_m"',
            'measure = "diameter_mm"',
            "catalogue.column_not_required",
            "measure",
        ),
        (
            'learn = ["material"',
            'learn = ["soil"',
            "catalogue.unknown_column",
            "hazard.learn[1]",
        ),
        (
            '"管道类别", "管线类别"',
            '"管径", "管线类别"',
            "catalogue.header_twice",
            "column[level].headers",
        ),
        ('id = "gas_pipe"', 'id = "gaspipe"', "catalogue.id_not_file", "id"),
        (
            '"asset", "line"',
            '"asset", "lines"',
            "catalogue.unknown_value",
            "column_sets",
        ),
        (
            'curve = "weibull"',
            'curve = "bathtub"',
            "catalogue.bad_value",
            "hazard.group[pe].curve",
        ),
        (
            "new = 0.01\nold = 0.03",
            "new = 0.03\nold = 0.01",
            "catalogue.inconsistent",
            "hazard.group[pe]",
        ),
    ],
)
def test_parts_that_do_not_fit(
    tmp_path: Path, old: str, new: str, code: str, key: str
) -> None:
    """Names, codes, headers and figures that contradict the file are refused."""
    folder = _changed(tmp_path / "mine", "asset_classes/gas_pipe.toml", old, new)
    assert (code, key) in {(p.code, p.params["key"]) for p in _problems(folder)}


def test_a_mode_without_cost_is_refused(tmp_path: Path) -> None:
    """No price at all, a price without its middle, a price of nothing: file and key."""
    name = "asset_classes/gas_pipe.toml"
    whole = (data_dir("models") / name).read_text(encoding="utf-8")
    start = whole.index("[[mode.price]]")
    bare = whole[start : whole.index("[[mode]]", start)]
    half = "low = 0.03\nmid = 0.06\n"
    for i, (old, new, key) in enumerate(
        [
            (bare, "\n", "mode[replace].price"),
            (half, "low = 0.03\n", "mode[repair_joints].price[main].mid"),
            (half, "low = 0\nmid = 0.06\n", "mode[repair_joints].price[main].low"),
        ]
    ):
        folder = _changed(tmp_path / str(i), name, old, new)
        (said,) = _problems(folder)
        assert (said.params["file"], said.params["key"]) == (name, key)


def test_a_file_overrides_whole_and_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`./models` with one file replaces that file only, and the origin shows it."""
    folder = tmp_path / "bureau"
    _changed(
        folder / "models", "asset_classes/gas_pipe.toml", "factor = 4", "factor = 5"
    )
    monkeypatch.chdir(folder)
    found = catalogue.load()
    factors = {
        name: {m.id: m.factor for m in found.asset_classes[name].hazard.multiplier}
        for name in ("gas_pipe", "water_pipe")
    }
    assert factors["gas_pipe"]["assessed_immediate"] == 5
    assert factors["water_pipe"]["assessed_immediate"] == 4
    mine = found.origin["asset_classes/gas_pipe.toml"]
    assert (mine.layer, mine.hides) == ("working_folder", ("packaged",))
    assert found.origin["asset_classes/water_pipe.toml"].layer == "packaged"


def test_the_argument_comes_before_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--models` wins over `./models`; nothing is merged."""
    name = "asset_classes/gas_pipe.toml"
    _changed(tmp_path / "cwd2" / "models", name, "factor = 4", "factor = 5")
    argument = _changed(tmp_path / "given", name, "factor = 4", "factor = 6")
    monkeypatch.chdir(tmp_path / "cwd2")
    found = catalogue.load(argument)
    assert found.asset_classes["gas_pipe"].hazard.multiplier[0].factor == 6
    assert found.origin[name].hides == ("working_folder", "packaged")


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """A mistyped --models is an error, not the packaged catalogue."""
    assert _problems(tmp_path / "nowhere")[0].code == "catalogue.no_folder"


def test_a_new_class_needs_no_python(tmp_path: Path) -> None:
    """A further file is a further asset class."""
    folder = _changed(
        tmp_path / "mine",
        "asset_classes/gas_pipe.toml",
        'id = "gas_pipe"',
        'id = "steam"',
    )
    file = folder / "asset_classes" / "gas_pipe.toml"
    file.rename(file.with_name("steam.toml"))
    assert catalogue.load(folder).asset_classes["steam"].network


def test_the_catalogue_does_not_change() -> None:
    """Its objects are frozen."""
    cls = catalogue.load().asset_classes["gas_pipe"]
    with pytest.raises(ValueError, match="frozen"):
        cls.unit = "item"  # type: ignore[misc]


def test_the_handbook_states_the_figures_as_they_are() -> None:
    """`docs/risk.md` ends with `figures.markdown`; write it anew after a change."""
    page = Path(__file__).resolve().parents[2] / "docs" / "risk.md"
    stated = page.read_text(encoding="utf-8").partition("<!-- figures -->\n\n")[2]
    assert stated == markdown(catalogue.load()) + "\n"


def test_every_unit_of_a_figure_has_a_label() -> None:
    """Screens can say what a figure counts in, in both languages."""
    units = {f.unit for f in figures(catalogue.load())}
    assert [u for u in sorted(units) if f"label.unit.{u}" not in text.codes()] == []
