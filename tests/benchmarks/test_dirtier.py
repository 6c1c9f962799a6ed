"""The dirtier writes what its truth says, and its scorer sees what goes wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import openpyxl
import pandas as pd
import pytest

from benchmarks.dirtier import run
from benchmarks.dirtier.counts import (
    BOUNDED,
    FLAGGED,
    LOST,
    RECOVERED,
    REFUSED,
    WRONG,
    Score,
)
from benchmarks.dirtier.files import write_book, write_text
from benchmarks.dirtier.kinds import KINDS
from benchmarks.dirtier.layout import lay_out
from benchmarks.dirtier.make import TEXTS, Book, make_books, write_truth
from benchmarks.dirtier.score import score_book
from benchmarks.dirtier.sheet import Cell, Row, Sheet, clean_sheet, text_of
from benchmarks.dirtier.source import true_records
from benchmarks.dirtier.table import passed, report
from renewopt.catalogue import Catalogue, load
from renewopt.inventory import read_inventory
from renewopt.inventory.inventory import Inventory
from renewopt.inventory.issues import CellIssue

SOME = ("number_about", "year_before", "word_typo", "subtotals", "merged_street",
        "title_rows", "rows_repeated", "header_synonyms")  # fmt: skip


@dataclass
class FakeInventory:
    """What a reader might have made of a file."""

    assets: dict[str, pd.DataFrame]
    issues: list[CellIssue] = field(default_factory=list)
    counts: tuple[Any, ...] = ()
    qualities: pd.DataFrame = field(default_factory=pd.DataFrame)

    def score(self, book: Book) -> Score:
        """Score it as what was read from the file."""
        return score_book(book, cast("Inventory", self))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dirty")


@pytest.fixture(scope="module")
def books(catalogue: Catalogue, folder: Path) -> list[Book]:
    return make_books(1, catalogue, folder)


@pytest.fixture(scope="module")
def clean_book(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Give one file of pipes with a few approximate lengths and no other dirt."""
    place = tmp_path_factory.mktemp("clean")
    for seed in range(3, 30):
        for book in make_books(seed, catalogue, place, ["number_about"]):
            if book.asset_class.endswith("_pipe") and book.kinds == ["number_about"]:
                return book
    raise AssertionError("no seed gives such a file")


def _perfect(book: Book) -> FakeInventory:
    """Read a file as if its truth were known: every true value, nothing else."""
    rows: dict[str, list[dict[str, object]]] = {}
    for sheet in book.sheets:
        for row in sheet.assets():
            values = {k: c.truth for k, c in row.cells.items()}
            values["asset_id"] = row.asset_id
            rows.setdefault(sheet.asset_class, []).append(dict(values))
    frames = {k: pd.DataFrame(v, dtype=object) for k, v in rows.items()}
    return FakeInventory(frames)


def _first(book: Book, kind: str) -> tuple[Sheet, Row, str, Cell]:
    """Find the first cell with this dirt ("": a clean cell that is filled)."""
    for sheet in book.sheets:
        for row in sheet.assets():
            for column in sheet.columns:
                cell = row.cells[column.key]
                filled = cell.truth is not None and column.key != "asset_id"
                if cell.kind == kind and filled:
                    return sheet, row, column.key, cell
    raise AssertionError(f"no cell with {kind}")


def _put(fake: FakeInventory, book: Book, row: Row, key: str, value: object) -> None:
    frame = fake.assets[book.asset_class]
    frame.loc[frame["asset_id"] == row.asset_id, key] = value


def _issue(book: Book, sheet: Sheet, row: Row, key: str, severity: str) -> CellIssue:
    column = sheet.column(key)
    header = column.header() if column else ""
    return CellIssue(
        book.name, sheet.name, row.number, header, "", "inventory.not_a_number",
        cast("Any", severity),
    )  # fmt: skip


# --- what is written ----------------------------------------


def test_enough_kinds_and_files(books: list[Book]) -> None:
    """A seed has at least 80 files and uses every kind, of which there are over 40."""
    assert len(books) >= 80
    assert len(KINDS) >= 40
    used = {kind for book in books for kind in book.kinds}
    assert used == set(KINDS)


def test_few_kinds_are_beyond_telling() -> None:
    """At most three kinds are excused as untellable, each with its reason."""
    reasons = [kind.untellable for kind in KINDS.values() if kind.untellable]
    assert len(reasons) <= 3
    assert all(len(reason) > 40 for reason in reasons)
    assert all(kind.zh and kind.en for kind in KINDS.values())


def test_every_format_is_there(books: list[Book]) -> None:
    """Each encoding of text and both libraries of .xlsx occur in one seed."""
    layouts = {book.layout for book in books}
    assert layouts >= {*TEXTS, "xlsx xlsxwriter", "xlsx openpyxl"}


def _grid(path: Path, book: Book, name: str) -> list[list[object]]:
    """Open a file again, without anything of the dirtier or the importer."""
    if book.is_text():
        text = path.read_bytes().decode(book.layout.split()[1])
        lines = csv.reader(io.StringIO(text), delimiter=_delimiter(path, book))
        return [list(line) for line in lines]
    sheet = openpyxl.load_workbook(path)[name]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def _delimiter(path: Path, book: Book) -> str:
    if path.suffix == ".tsv" or "csv_tabs" in book.kinds:
        return "\t"
    return ";" if "csv_semicolons" in book.kinds else ","


def _cells(sheet: Sheet) -> Iterator[tuple[int, int, Cell]]:
    for row in sheet.rows:
        for place, column in enumerate(sheet.columns):
            if column.key in row.cells:
                yield row.number - 1, sheet.blank_left + place, row.cells[column.key]


def test_truth_says_what_the_files_hold(books: list[Book], folder: Path) -> None:
    """Opened with csv or openpyxl, each cell of each row holds the raw text."""
    checked = 0
    for book in books:
        if not book.layout.startswith(("csv", "tsv", "xlsx")):
            continue
        for sheet in book.sheets:
            grid = _grid(folder / book.name, book, sheet.name)
            for i, j, cell in _cells(sheet):
                if cell.formula or cell.kind == "year_zero_date":
                    continue  # openpyxl gives the formula, and a time for day 0
                value = grid[i][j] if i < len(grid) and j < len(grid[i]) else ""
                if isinstance(cell.write, float) and isinstance(value, int | float):
                    assert value == pytest.approx(cell.write, rel=1e-12)
                else:
                    place = (book.name, sheet.name, i + 1, j)
                    assert text_of(cast("Any", value)) == cell.raw(), place
                checked += 1
    assert checked > 100_000


def test_merged_cells_are_merged(books: list[Book], folder: Path) -> None:
    """Cells merged downwards in the truth are merged in the workbook."""
    seen = 0
    for book in books:
        if not book.layout.startswith("xlsx"):
            continue
        sheet = book.sheets[0]
        ranges = openpyxl.load_workbook(folder / book.name)[sheet.name].merged_cells
        found = {(r.min_row, r.max_row, r.min_col - 1) for r in ranges.ranges}
        keys = [column.key for column in sheet.columns]
        for key, first, last in sheet.merged:
            place = (first.number, last.number, sheet.blank_left + keys.index(key))
            assert place in found, (book.name, key)
            seen += 1
    assert seen > 10


def test_real_dates_are_dates(books: list[Book], folder: Path) -> None:
    """Dates that Excel keeps as dates come back as dates, in the 1904 system too."""
    systems = set()
    for book in books:
        for sheet in book.sheets if book.layout.startswith("xlsx") else ():
            dates = [
                (i, j, c) for i, j, c in _cells(sheet) if isinstance(c.write, datetime)
            ]
            if not dates:
                continue
            opened = openpyxl.load_workbook(folder / book.name)
            i, j, cell = dates[0]
            assert opened[sheet.name].cell(i + 1, j + 1).value == cell.write
            systems.add(opened.epoch.year)
    assert systems == {1899, 1904}


def test_same_seed_same_files(catalogue: Catalogue, tmp_path: Path) -> None:
    """A seed always gives the same truth; another seed gives another."""
    texts = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        place = tmp_path / name
        place.mkdir()
        write_truth(make_books(seed, catalogue, place, SOME), place)
        files = sorted(place.glob("*.truth.csv"))
        texts.append([(f.name, f.read_bytes()) for f in files])
        csvs = sorted(f for f in place.iterdir() if f.suffix in {".csv", ".tsv"})
        texts[-1] += [(f.name, f.read_bytes()) for f in csvs]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_clean_cells_are_clean(books: list[Book]) -> None:
    """A cell without dirt holds its truth in so many words."""
    for book in books:
        for sheet in book.sheets:
            for row in sheet.assets():
                for column in sheet.columns:
                    cell = row.cells[column.key]
                    if cell.kind or column.kind or column.spec is None:
                        continue
                    if cell.truth is None:
                        assert cell.write is None
                    elif column.spec.kind in {"number", "integer", "year"}:
                        assert float(cast("float", cell.write)) == cell.truth
                    elif column.spec.kind == "text":
                        assert cell.write == cell.truth


@pytest.mark.parametrize("layout", ["csv utf-8", "xlsx xlsxwriter"])
def test_clean_files_bring_no_question(
    layout: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    """Without dirt nothing is asked: every class, as text and as a workbook.

    But for the gas pipes: their 63 and 110 are outside diameters that no header states.
    """
    for name, records in true_records(5, catalogue).items():
        sheet = clean_sheet(name, records[:120], catalogue, "台账")
        sheet.is_book = layout.startswith("xlsx")
        path = tmp_path / f"{name}.{layout.split()[0]}"
        if sheet.is_book:
            write_book(path, [lay_out(sheet)], layout.split()[1], {})
        else:
            write_text(path, lay_out(sheet), layout.split()[1], {})
        found = read_inventory(path, catalogue)
        asked = [i for i in found.issues if i.severity in {"questioned", "rejected"}]
        unsaid = ["inventory.outside_unsaid"] if name == "gas_pipe" else []
        assert [issue.code for issue in asked] == unsaid, name
        assert len(found.assets[name]) == min(len(records), 120)


# --- the scorer ----------------------------------------


def test_a_perfect_reader_passes(clean_book: Book) -> None:
    """All true values, nothing lost or made up: every cell is recovered."""
    score = _perfect(clean_book).score(clean_book)
    assert set(score.totals) == {RECOVERED}
    assert passed(score)
    assert any("number_about" in line for line in report(score))


def test_a_perfect_reader_of_every_file_passes(books: list[Book]) -> None:
    """Whatever was written, the truth is right by it: rows, sheets and cells match."""
    for book in books:
        score = _perfect(book).score(book)
        assert {*score.totals, *score.untellable} == {RECOVERED}, (
            book.name,
            book.kinds,
        )
        assert not score.rows_lost, book.name
        assert not score.rows_invented, book.name
        assert score.alarms == 0


def test_dirty_identifiers_match_across_sheets(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """Rows of a class that is split over sheets are matched, whatever their ids."""
    kinds = ("split_sheets", "invisible_characters", "id_merged_group", "id_twice")
    books = make_books(7, catalogue, tmp_path, kinds)
    assert any(len(book.sheets) > 1 and len(book.kinds) > 1 for book in books)
    for book in books:
        assert passed(_perfect(book).score(book)), (book.name, book.kinds)


def test_one_wrong_cell_is_caught(clean_book: Book) -> None:
    """One wrong value without an issue fails the run; a clean cell or a dirty one."""
    for kind in ("", "number_about"):
        fake = _perfect(clean_book)
        _, row, key, _ = _first(clean_book, kind)
        _put(fake, clean_book, row, key, -77)
        score = fake.score(clean_book)
        assert score.totals[WRONG] == 1
        assert (score.bad[0].row, score.bad[0].parsed) == (row.number, "-77")
        assert not passed(score)


@pytest.mark.parametrize("severity", ["questioned", "rejected", "repaired", "note"])
def test_only_a_question_excuses(clean_book: Book, severity: str) -> None:
    """A wrong value is flagged by `questioned` and `rejected`, by nothing less."""
    fake = _perfect(clean_book)
    sheet, row, key, _ = _first(clean_book, "number_about")
    _put(fake, clean_book, row, key, -77)
    fake.issues = [_issue(clean_book, sheet, row, key, severity)]
    score = fake.score(clean_book)
    excused = severity in {"questioned", "rejected"}
    assert (score.totals[FLAGGED], score.totals[WRONG]) == (int(excused), 1 - excused)


def test_an_issue_elsewhere_excuses_nothing(clean_book: Book) -> None:
    """Neither the next row's issue nor one of another column covers a wrong cell."""
    fake = _perfect(clean_book)
    sheet, row, key, _ = _first(clean_book, "number_about")
    rows = list(sheet.assets())
    _put(fake, clean_book, row, key, -77)
    other = rows[rows.index(row) + 1]
    fake.issues = [
        _issue(clean_book, sheet, other, key, "questioned"),
        _issue(clean_book, sheet, row, "material", "questioned"),
    ]
    assert fake.score(clean_book).totals[WRONG] == 1


def _about_column(book: Book, sheet: Sheet, key: str, code: str) -> CellIssue:
    column = sheet.column(key)
    assert column is not None
    return CellIssue(book.name, sheet.name, 0, column.header(), "", code, "questioned")


@pytest.mark.parametrize(
    ("value", "code", "outcome"),
    [
        (None, "inventory.labels_apart", FLAGGED),
        (-77, "inventory.labels_apart", WRONG),
        (-77, "inventory.crs_datum", FLAGGED),
        (-77, "inventory.serial_not_id", FLAGGED),
    ],
)
def test_a_question_about_the_column_excuses_what_it_names(
    clean_book: Book, value: object, code: str, outcome: str
) -> None:
    """It covers cells that were not taken; a wrong value only if it was assumed."""
    fake = _perfect(clean_book)
    sheet, row, key, _ = _first(clean_book, "number_about")
    _put(fake, clean_book, row, key, value)
    fake.issues = [_about_column(clean_book, sheet, key, code)]
    score = fake.score(clean_book)
    assert score.totals[outcome] == 1
    assert score.totals[RECOVERED] == score.totals.total() - 1


def test_a_question_about_two_columns_names_both(clean_book: Book) -> None:
    """The two coordinates of a place are named together, as `a, b`."""
    fake = _perfect(clean_book)
    sheet = clean_book.sheets[0]
    row = next(iter(sheet.assets()))
    for key in ("start_lon", "start_lat"):
        _put(fake, clean_book, row, key, -77)
    names = [column.header() for key in ("start_lon", "start_lat")
             if (column := sheet.column(key)) is not None]  # fmt: skip
    place = (clean_book.name, sheet.name, row.number, ", ".join(names), "")
    fake.issues = [CellIssue(*place, "inventory.coordinate_outside", "questioned")]
    score = fake.score(clean_book)
    assert (score.totals[FLAGGED], score.totals[WRONG]) == (2, 0)


def test_the_same_word_under_two_groups_names_neither(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """经度 below 起点 and below 终点: an issue must say which of the two it means."""
    books = make_books(4, catalogue, tmp_path, ["header_start_end"])
    book = next(b for b in books if b.kinds == ["header_start_end"])
    sheet = book.sheets[0]
    row = next(iter(sheet.assets()))
    outcomes = []
    for name in ("经度", "起点经度"):
        fake = _perfect(book)
        _put(fake, book, row, "start_lon", -77)
        place = (book.name, sheet.name, row.number, name, "")
        fake.issues = [CellIssue(*place, "inventory.not_a_coordinate", "questioned")]
        outcomes.append(fake.score(book).totals[WRONG])
    assert outcomes == [1, 0]


def test_a_stated_segment_counts_and_a_derived_one_does_not(clean_book: Book) -> None:
    """Another segment than the file states is wrong; one that it lacks is no cell."""
    book = deepcopy(clean_book)
    row = next(
        row for row in book.sheets[0].assets()
        if row.cells["corridor_id"].truth is not None
    )  # fmt: skip
    fake = _perfect(book)
    fake.assets[book.asset_class]["corridor_source"] = "id"
    _put(fake, book, row, "corridor_id", "X-1")
    assert fake.score(book).totals[WRONG] == 1
    _put(fake, book, row, "corridor_source", "graph")
    assert fake.score(book).totals[LOST] == 1
    row.cells["corridor_id"].truth = row.cells["corridor_id"].write = None
    assert set(fake.score(book).totals) == {RECOVERED}


def test_a_lost_row_is_caught(clean_book: Book) -> None:
    """A row that is neither in the table nor in an issue counts as lost silently."""
    fake = _perfect(clean_book)
    frame = fake.assets[clean_book.asset_class]
    fake.assets[clean_book.asset_class] = frame.drop(index=5)
    score = fake.score(clean_book)
    assert score.rows_lost.total() == 1
    assert score.totals[LOST] > 5
    assert not passed(score)
    sheet = clean_book.sheets[0]
    row = list(sheet.assets())[5]
    fake.issues = [_issue(clean_book, sheet, row, "length_m", "rejected")]
    assert fake.score(clean_book).rows_lost.total() == 0


def test_an_invented_row_is_caught(clean_book: Book) -> None:
    """A row of the table that no asset of the file stands behind fails the run."""
    fake = _perfect(clean_book)
    frame = fake.assets[clean_book.asset_class]
    made_up = pd.DataFrame([{"asset_id": "合计", "length_m": 9999.0}], dtype=object)
    fake.assets[clean_book.asset_class] = pd.concat([frame, made_up], ignore_index=True)
    score = fake.score(clean_book)
    assert score.rows_invented.total() == 1
    assert not passed(score)


def test_a_missing_value_is_caught(clean_book: Book) -> None:
    """A value that is gone without a word is lost silently."""
    fake = _perfect(clean_book)
    _, row, key, _ = _first(clean_book, "number_about")
    _put(fake, clean_book, row, key, None)
    score = fake.score(clean_book)
    assert score.totals[LOST] == 1
    assert score.bad[0].outcome == LOST


@pytest.mark.parametrize(("low", "outcome"), [(0.0, BOUNDED), (1e9, WRONG)])
def test_only_an_interval_with_the_truth_bounds(
    clean_book: Book, low: float, outcome: str
) -> None:
    """An estimate counts as bounded where its interval holds the truth."""
    fake = _perfect(clean_book)
    _, row, key, _ = _first(clean_book, "number_about")
    _put(fake, clean_book, row, key, -77)
    line = {
        "asset_class": clean_book.asset_class,
        "asset_id": row.asset_id,
        "column": key,
        "quality": "bounded",
        "low": low,
        "high": 2e9,
        "raw": "",
    }
    fake.qualities = pd.DataFrame([line])
    assert fake.score(clean_book).totals[outcome] == 1


def test_a_false_alarm_is_counted(clean_book: Book) -> None:
    """A question about a clean cell is a false alarm, though the value is right."""
    fake = _perfect(clean_book)
    sheet, row, key, _ = _first(clean_book, "")
    fake.issues = [_issue(clean_book, sheet, row, key, "questioned")]
    score = fake.score(clean_book)
    assert score.alarms == 1
    assert set(score.totals) == {RECOVERED}


def test_a_refused_file_counts_against_the_reader(books: list[Book]) -> None:
    """Refusing a file is right only where its dirt allows it; then it counts apart."""
    for book in books:
        score = score_book(book, None, "inventory.unreadable")
        outcomes = {*score.totals, *score.untellable}
        assert outcomes == (set() if book.refusable() else {REFUSED})
        assert (score.apart.total() > 0) == book.refusable()


def test_duplicates_need_a_word(books: list[Book]) -> None:
    """Keeping the old record of two with one identifier is silently wrong."""
    book = next(
        b for b in books
        if "rows_stale" in b.kinds and len(b.sheets) == 1 and not b.refusable()
    )  # fmt: skip
    fake = _perfect(book)
    sheet = book.sheets[0]
    old = next(row for row in sheet.rows if row.what == "rows_stale")
    key = next(k for k, c in old.cells.items() if c.write != _twin(sheet, old, k).write)
    twin = next(row for row in sheet.assets() if row.asset_id == old.asset_id)
    _put(fake, book, twin, key, old.cells[key].write)
    score = fake.score(book)
    assert (score.cells["rows_stale", WRONG], score.totals[WRONG]) == (1, 1)


def _twin(sheet: Sheet, old: Row, key: str) -> Cell:
    return next(r for r in sheet.assets() if r.asset_id == old.asset_id).cells[key]


# --- the command ----------------------------------------


def test_held_out_seeds_stay_closed(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither files nor bad cells of held-out seeds are shown unless asked twice."""
    assert run.main(["--seeds", "1001", "--show", "5"]) == 2
    assert run.main(["--seeds", "1001", "--out", "somewhere"]) == 2
    assert "--held-out" in capsys.readouterr().err


def test_command_names_unknown_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown kind is named; the list of kinds has each of them."""
    assert run.main(["--kinds", "no_such_kind"]) == 2
    assert "no_such_kind" in capsys.readouterr().err
    assert run.main(["--list"]) == 0
    listed = capsys.readouterr().out
    assert all(f"| {kind} |" in listed for kind in KINDS)


def test_command_reads_and_scores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It writes files and truth, reads them with the importer and prints the table."""
    options = ["--seeds", "3", "--kinds", "word_bare_iron", "--out", str(tmp_path)]
    run.main(options)
    printed = capsys.readouterr().out
    assert "| word_bare_iron |" in printed
    assert "rows lost silently" in printed
    place = tmp_path / "seed-3"
    assert (place / "manifest.json").is_file()
    assert list(place.glob("*.truth.csv"))
