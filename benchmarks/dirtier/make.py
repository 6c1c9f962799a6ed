"""A seed to some hundred dirty files and the truth of each."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.dirtier.files import write_book, write_text
from benchmarks.dirtier.kinds import KINDS, Kind
from benchmarks.dirtier.layout import Grid, cut, lay_out_all, split
from benchmarks.dirtier.profile import profile_of
from benchmarks.dirtier.sheet import Cell, Sheet, clean_sheet, text_of
from benchmarks.dirtier.source import CLASSES, Record, Value, true_records
from renewopt.catalogue import Catalogue

TEXTS = ("csv utf-8", "csv utf-8-sig", "csv gb18030", "csv utf-16", "tsv utf-8-sig",
         "tsv gb18030")  # fmt: skip
BOOKS = ("xlsx xlsxwriter", "xlsx openpyxl", "xls xlwt", "ods odfpy")
_WEIGHTS = (14, 12, 16, 4, 4, 3, 26, 22, 4, 3)
_ORDER = ("column", "cell", "header", "row", "layout", "file")
USES = 3
"""Each kind of dirt goes into about so many files of a seed."""
TRUTH_COLUMNS = ("sheet", "row", "what", "asset_class", "asset_id", "column", "header",
                 "truth", "raw", "kind", "tolerance")  # fmt: skip
_HINTS = {
    "gas_pipe": ("燃气管道台账", "天然气管网明细", "燃气管线普查成果"),
    "heating_pipe": ("供热管道台账", "热力管网明细", "供热管网普查"),
    "water_pipe": ("供水管道台账", "给水管线普查", "自来水管网"),
    "residential_compound": ("老旧小区摸底表", "小区改造清单", "老旧小区台账"),
    "waterlogging_point": ("易涝积水点台账", "内涝点明细", "积水点"),
}
_NEUTRAL = ("附件3", "普查表（最终版）", "导出数据", "2025年上报")


@dataclass(eq=False)
class Book:
    """One dirty file and its truth.

    Attributes
    ----------
    name
        File name.
    layout
        Format, and encoding or the library that writes it.
    given
        The reader is told the class; otherwise it must recognise it.
    kinds
        Dirt of the file.
    repeats
        (sheet, row) of header rows that stand among the data.
    profile
        Mapping profile with which the file is read; empty: none.
    """

    name: str
    layout: str
    asset_class: str
    given: bool
    sheets: list[Sheet]
    kinds: list[str]
    repeats: list[tuple[str, int]] = field(default_factory=list)
    profile: str = ""

    def refusable(self) -> bool:
        """Tell whether the file may be refused as a whole."""
        return any(KINDS[kind].refusable for kind in self.kinds)

    def is_text(self) -> bool:
        """Tell whether it is delimited text, that is without sheets."""
        return self.layout in TEXTS


def make_books(
    seed: int, catalogue: Catalogue, folder: Path, only: Iterable[str] = ()
) -> list[Book]:
    """Write the dirty files of a seed into a folder; return them with their truth.

    Parameters
    ----------
    only
        Kinds of dirt to be written; none: all of them.
    """
    maker = _Maker(seed, catalogue, folder)
    wanted = [KINDS[name] for name in only] or list(KINDS.values())
    maker.run(wanted)
    return maker.books


class _Maker:
    def __init__(self, seed: int, catalogue: Catalogue, folder: Path) -> None:
        self.dice = Random(f"dirtier/{seed}")
        self.catalogue = catalogue
        self.folder = folder
        self.records = true_records(seed, catalogue)
        self.books: list[Book] = []
        self.used: Counter[str] = Counter()

    def run(self, wanted: list[Kind]) -> None:
        """Write files until each kind was used."""
        for kind in wanted:
            if kind.refusable or kind.untellable:
                self.file([kind], few=True)
        queue = [k for k in wanted if not k.refusable for _ in range(USES)]
        self.dice.shuffle(queue)
        while queue:
            self.file(queue, few=False)
        for kind in wanted:
            for _ in range(20):
                if self.used[kind.id]:
                    break
                self.file([kind], few=True)

    def file(self, queue: list[Kind], few: bool) -> None:
        """Write one file with the first kinds of the queue that go together."""
        dice = self.dice
        lead = queue.pop(0)
        layout = self._layout(lead)
        asset_class = dice.choice(self._classes(lead, layout in BOOKS))
        sheet = self._sheet(asset_class, layout)
        chosen = [lead]
        columns = {column.key for column in sheet.columns}
        limit = 1 if few else dice.randint(1, 6)
        for kind in list(queue):
            if len(chosen) >= limit:
                break
            fits = kind.fits(asset_class, columns, sheet.is_book)
            if fits and kind not in chosen and not kind.untellable:
                chosen.append(kind)
                queue.remove(kind)
        kinds = self._dirty(sheet, chosen)
        self._write(sheet, layout, kinds)

    def _layout(self, lead: Kind) -> str:
        able = [*TEXTS, *BOOKS]
        weights = list(_WEIGHTS)
        for i, layout in enumerate(able):
            if lead.medium and (lead.medium == "book") != (layout in BOOKS):
                weights[i] = 0
            if lead.scope == "file" and layout.startswith(("tsv", "csv utf-16")):
                weights[i] = 0
            if "merged" in lead.id and layout in BOOKS:
                weights[i] *= 4  # in text a merged cell is only an empty one
            library = layout.split()[1]
            optional = library in {"xlwt", "odfpy"}
            if optional and importlib.util.find_spec(_module(library)) is None:
                weights[i] = 0
            if lead.id.startswith(("formula_", "cell_comments")) and optional:
                weights[i] = 0
        return self.dice.choices(able, weights)[0]

    def _classes(self, lead: Kind, is_book: bool) -> list[str]:
        """List the classes that have what the kind needs; pipes come oftener."""
        able = []
        for name in CLASSES:
            columns = {
                k for r in self.records[name] for k, v in r.items() if v is not None
            }
            if lead.fits(name, columns, is_book):
                able += [name] * (1 if name == "waterlogging_point" else 2)
        return able

    def _sheet(self, asset_class: str, layout: str) -> Sheet:
        dice = self.dice
        records = self.records[asset_class]
        size = min(len(records), dice.randint(60, 150))
        start = dice.randint(0, len(records) - size)
        own: list[Record] = records[start : start + size]
        name = dice.choice(["Sheet1", *_HINTS[asset_class][:1], "表1"])
        sheet = clean_sheet(asset_class, own, self.catalogue, name)
        sheet.is_book = layout in BOOKS
        if sheet.is_book and layout.split()[1] in {"xlwt", "odfpy"}:
            sheet.options["engine"] = layout.split()[1]
        return sheet

    def _dirty(self, sheet: Sheet, chosen: list[Kind]) -> list[str]:
        done = []
        names = list(KINDS)
        for kind in sorted(
            chosen, key=lambda k: (_ORDER.index(k.scope), names.index(k.id))
        ):
            if kind.apply(sheet, self.dice):
                done.append(kind.id)
                self.used[kind.id] += 1
        sheet.kinds = done
        return done

    def _write(self, sheet: Sheet, layout: str, kinds: list[str]) -> None:
        dice = self.dice
        suffix = layout.split()[0]
        hint = dice.choice([*_HINTS[sheet.asset_class], *_NEUTRAL])
        name = f"{len(self.books) + 1:03d}_{hint}.{suffix}"
        given = dice.random() < 0.5 and "class_sheets" not in kinds
        sheets = self._sheets(sheet)
        book = Book(name, layout, sheet.asset_class, given, sheets, kinds)
        if "profile" in sheet.options:
            book.profile = profile_of(sheet, sheets)
        grids = lay_out_all(sheets)
        for grid in grids:
            book.repeats += [(grid.name, row) for row in grid.repeats]
        path = self.folder / name
        if book.is_text():
            write_text(path, grids[0], layout.split()[1], sheet.options)
            for one in sheets:
                one.name = ""
            book.repeats = [("", row) for _, row in book.repeats]
        else:
            self._write_book(path, grids, sheet, layout)
        self.books.append(book)

    def _sheets(self, sheet: Sheet) -> list[Sheet]:
        """Add the sheets of other classes, or cut the sheet into several."""
        parts = sheet.options.get("split")
        if isinstance(parts, int):
            return split(sheet, parts)
        if "lower" in sheet.options:
            return cut(sheet)
        if "classes" not in sheet.options:
            return [sheet]
        sheet.name = _HINTS[sheet.asset_class][0]
        others = [name for name in CLASSES if name != sheet.asset_class]
        found = [sheet]
        for name in self.dice.sample(others, 2):
            own = self.records[name][:40]
            other = clean_sheet(name, own, self.catalogue, _HINTS[name][0])
            other.is_book = True
            found.append(other)
        return found

    def _write_book(
        self, path: Path, grids: list[Grid], sheet: Sheet, layout: str
    ) -> None:
        options = dict(sheet.options)
        if any(column.kind == "year_1904" for column in sheet.columns):
            options["date_1904"] = True
        before = _plain(options.get("before"))
        after = _plain(options.get("after")) + _plain(options.get("summary"))
        engine = str(options.get("engine", layout.split()[1]))
        write_book(path, [*before, *grids, *after], engine, options)


def _module(library: str) -> str:
    return {"odfpy": "odf"}.get(library, library)


def _plain(found: object) -> list[Grid]:
    """Make grids of sheets that hold no assets."""
    if not isinstance(found, list):
        return []
    return [
        Grid(name, [[_cell(value) for value in line] for line in lines])
        for name, lines in found
    ]


def _cell(value: Value) -> Cell | None:
    return None if value is None else Cell(None, value)


def write_truth(books: list[Book], folder: Path) -> None:
    """Write the truth of each file beside it, and `manifest.json` about all of them."""
    about = []
    for book in books:
        with (folder / f"{book.name}.truth.csv").open(
            "w", encoding="utf-8", newline=""
        ) as file:
            writer = csv.writer(file)
            writer.writerow(TRUTH_COLUMNS)
            for sheet in book.sheets:
                writer.writerows(_truth_rows(sheet))
            for name, row in book.repeats:
                writer.writerow([name, row, "header_repeated", *[""] * 8])
        about.append(
            {
                "file": book.name,
                "layout": book.layout,
                "asset_class": book.asset_class,
                "class_given": book.given,
                "kinds": book.kinds,
                "refusable": book.refusable(),
            }
        )
    text = json.dumps(about, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _truth_rows(sheet: Sheet) -> Iterable[list[str]]:
    for row in sheet.rows:
        place = [sheet.name, str(row.number), row.what]
        if row.what != "asset":
            yield [*place, *[""] * 8]
            continue
        for column in sheet.columns:
            if column.spec is None:
                continue
            cell = row.cells[column.key]
            yield [
                *place, sheet.asset_class, row.asset_id, column.key, column.header(),
                text_of(cell.truth), cell.raw(), cell.kind or column.header_kind,
                f"{cell.tolerance:g}",
            ]  # fmt: skip
