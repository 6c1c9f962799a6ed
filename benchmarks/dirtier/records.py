"""Failure records as bureaus keep them, with known truth: which asset, which day."""

from __future__ import annotations

import csv
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pandas as pd
import xlsxwriter

from benchmarks.dirtier.counts import (
    BOUNDED,
    FLAGGED,
    LOST,
    OUTCOMES,
    RECOVERED,
    WRONG,
    Bad,
    Score,
)
from benchmarks.dirtier.source import read_clean
from renewopt.catalogue import Catalogue
from renewopt.demo.generate import generate_county
from renewopt.inventory import Inventory, read_inventory

CLASSES = {"gas_pipe": "燃气", "heating_pipe": "供热", "water_pipe": "供水"}
PER_KIND = 12
"""Records of each kind and class in a seed."""
HEAD = (
    "工单编号", "管线编号", "维修日期", "故障类型", "经度", "纬度", "所在道路",
    "工单状态", "备注",
)  # fmt: skip
ASSET, BEFORE, GONE, ASK = "asset", "predecessor", "left out", "must be asked"
_AWAY = 0.02
"""Degrees that are two kilometres: no pipe of the same street."""


@dataclass
class Record:
    """One row and its truth.

    Attributes
    ----------
    fate
        What it is: of the asset, of its predecessor, left out; or what nobody can know.
    """

    kind: str
    number: str
    asset: dict[str, object]
    day: date
    fate: str = ASSET
    cells: dict[str, str] = field(default_factory=dict)


Spoil = Callable[[Record, Random], None]
KINDS: dict[str, Spoil] = {}


def kind(name: str) -> Callable[[Spoil], Spoil]:
    """Register a kind of dirt of records."""

    def keep(spoil: Spoil) -> Spoil:
        KINDS[name] = spoil
        return spoil

    return keep


def middle(asset: dict[str, object]) -> tuple[float, float]:
    """Give the middle of a pipe."""
    ends = [
        float(str(asset[f"{end}_{a}"]))
        for a in ("lon", "lat")
        for end in ("start", "end")
    ]
    return (ends[0] + ends[1]) / 2, (ends[2] + ends[3]) / 2


def _place(record: Record, lon: float, lat: float) -> None:
    record.cells |= {"经度": f"{lon:.7f}", "纬度": f"{lat:.7f}"}


@kind("record_by_identifier")
def _plain(record: Record, dice: Random) -> None:
    pass


@kind("record_by_place")
def _by_place(record: Record, dice: Random) -> None:
    record.cells["管线编号"] = ""
    _place(record, *middle(record.asset))


@kind("record_id_and_place")
def _both(record: Record, dice: Random) -> None:
    _place(record, *middle(record.asset))


@kind("record_id_elsewhere")
def _elsewhere(record: Record, dice: Random) -> None:
    lon, lat = middle(record.asset)
    _place(record, lon + _AWAY, lat)
    record.fate = ASK


@kind("record_far_from_all")
def _far(record: Record, dice: Random) -> None:
    lon, lat = middle(record.asset)
    record.cells["管线编号"] = ""
    _place(record, lon + 1.0, lat + 1.0)
    record.fate = ASK


@kind("record_by_road")
def _by_road(record: Record, dice: Random) -> None:
    record.cells |= {
        "管线编号": "",
        "所在道路": str(record.asset["street"] or "人民路"),
    }
    record.fate = ASK


@kind("record_unknown_id")
def _unknown(record: Record, dice: Random) -> None:
    record.cells["管线编号"] = f"旧-{record.number}"
    record.fate = ASK


@kind("record_two_ids")
def _two(record: Record, dice: Random) -> None:
    record.cells["管线编号"] += f"/{record.number}"
    record.fate = ASK


@kind("record_id_full_width")
def _wide(record: Record, dice: Random) -> None:
    wide = {code: code + 0xFEE0 for code in range(0x30, 0x5B)}
    record.cells["管线编号"] = record.cells["管线编号"].translate(wide)


@kind("record_cancelled")
def _cancelled(record: Record, dice: Random) -> None:
    record.cells["工单状态"] = dice.choice(
        ["已取消", "作废", "误报", "已撤销", "误 报"]
    )
    record.fate = GONE


@kind("record_remark_cancelled")
def _remark(record: Record, dice: Random) -> None:
    record.cells["备注"] = dice.choice(["误报", "到场未发现漏水", "用户撤销，已取消"])
    record.fate = ASK


@kind("record_day_forms")
def _forms(record: Record, dice: Random) -> None:
    day = record.day
    serial = (day - date(1899, 12, 30)).days
    record.cells["维修日期"] = dice.choice([
        f"{day.year}.{day.month}.{day.day}", f"{day:%Y%m%d}", str(serial),
        f"{day.year}年{day.month}月{day.day}日", f"{day:%Y/%m/%d} 08:30",
        f"{day.year}-{day.month}-{day.day}",
    ])  # fmt: skip


@kind("record_month_only")
def _month(record: Record, dice: Random) -> None:
    day = record.day
    forms = [f"{day.year}.{day.month:02d}", f"{day.year}年{day.month}月", f"{day:%Y%m}"]
    record.cells["维修日期"] = dice.choice(forms)


@kind("record_month_ten")
def _ten(record: Record, dice: Random) -> None:
    record.day = date(record.day.year, 10, 17)
    record.cells["维修日期"] = f"{record.day.year}.1"


@kind("record_year_only")
def _year(record: Record, dice: Random) -> None:
    record.cells["维修日期"] = dice.choice(["{}年", "{}"]).format(record.day.year)


@kind("record_bad_day")
def _bad(record: Record, dice: Random) -> None:
    year = record.day.year
    forms = [
        f"{year}-13-01",
        f"05/06/{year}",
        f"{year}年冬",
        "",
        "去年",
        f"{year}-02-30",
    ]
    record.cells["维修日期"] = dice.choice(forms)
    record.fate = ASK


@kind("record_before_birth")
def _before(record: Record, dice: Random) -> None:
    record.day = record.day.replace(year=born(record.asset) - dice.randint(1, 9))
    record.cells["维修日期"] = f"{record.day:%Y-%m-%d}"
    record.fate = BEFORE


@kind("record_year_of_birth")
def _birth(record: Record, dice: Random) -> None:
    record.day = record.day.replace(year=born(record.asset))
    record.cells["维修日期"] = f"{record.day:%Y-%m-%d}"
    record.fate = ASK


@kind("record_told_twice")
@kind("record_twice_other_kind")
@kind("record_twice_without_day")
def _again(record: Record, dice: Random) -> None:
    """Nothing changes here: the second record is made beside it."""


def second(record: Record) -> Record | None:
    """Give the record that tells the same again, for the kinds that do."""
    again = Record(
        record.kind, f"{record.number}-2", record.asset, record.day, GONE,
        {**record.cells, "工单编号": f"{record.number}-2"},
    )  # fmt: skip
    if record.kind == "record_told_twice":
        again.cells["工单编号"], again.number = "", ""
        return again
    if record.kind == "record_twice_other_kind":
        again.cells["故障类型"], again.fate = "爆管", ASK
        return again
    if record.kind == "record_twice_without_day":
        again.cells["维修日期"], again.fate = f"{record.day:%Y年}", ASK
        return again
    return None


def born(asset: dict[str, object]) -> int:
    """Give the year since which a pipe is as it is."""
    years = (asset.get("install_year"), asset.get("renewed_year"))
    return max(int(str(year)) for year in years if year is not None)


def make_records(
    assets: list[dict[str, object]], dice: Random, mark: str
) -> list[Record]:
    """Make the records of one class; no asset has two of them by chance."""
    usable = [a for a in assets if a.get("install_year") and born(a) < 2014]
    dice.shuffle(usable)
    found: list[Record] = []
    # One asset each, so that no two records meet by chance.
    for name in [name for name in KINDS for _ in range(PER_KIND)]:
        asset = usable.pop()
        first = date(born(asset) + 1, 1, 1)
        day = first + timedelta(days=dice.randrange((date(2025, 1, 1) - first).days))
        if (day.month, day.day) == (2, 29):
            day = day.replace(day=28)
        number = f"{mark}{len(found):05d}"
        cells = {"工单编号": number, "管线编号": str(asset["asset_id"]),
                 "维修日期": f"{day:%Y-%m-%d}", "故障类型": "漏水"}  # fmt: skip
        record = Record(name, number, asset, day, cells=cells)
        KINDS[name](record, dice)
        found += [r for r in (record, second(record)) if r is not None]
    return found


def run_records(seed: int, catalogue: Catalogue) -> Score:
    """Write, read and score the failure records of one seed, class by class."""
    total = Score()
    dice = Random(f"records/{seed}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        generate_county(seed, folder / "county", catalogue=catalogue)
        for name, word in CLASSES.items():
            path = folder / "county" / f"{name}.csv"
            assets = read_clean(path, catalogue.asset_classes[name].columns)
            records = make_records([dict(a) for a in assets], dice, name[0].upper())
            shape = dice.choice(["utf-8", "utf-8-sig", "gb18030", "xlsx", "xlsx"])
            file = folder / f"{word}抢修记录.{'xlsx' if shape == 'xlsx' else 'csv'}"
            if shape == "xlsx":
                _write_book(file, records)
            else:
                _write_text(file, records, shape)
            found = read_inventory([path, file], catalogue)
            total.add(score_records(records, found, file.name))
    return total


def _write_text(file: Path, records: list[Record], encoding: str) -> None:
    with file.open("w", encoding=encoding, newline="") as out:
        table = csv.DictWriter(out, HEAD, restval="")
        table.writeheader()
        table.writerows(record.cells for record in records)


def _write_book(file: Path, records: list[Record]) -> None:
    """Write a workbook: whole days as days of the spreadsheet, the rest as text."""
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet("抢修记录")
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet.write_row(0, 0, HEAD)
        for row, record in enumerate(records, 1):
            for column, name in enumerate(HEAD):
                text = record.cells.get(name, "")
                if re.fullmatch(r"\d{4}-\d\d-\d\d", text) and text == str(record.day):
                    sheet.write_datetime(row, column, record.day, day)
                else:
                    sheet.write_string(row, column, text)


def score_records(records: list[Record], found: Inventory, file: str) -> Score:
    """Say of each record what became of it."""
    score = Score(files=1, rows=len(records))
    own = [i for i in found.issues if i.file == file and i.row]
    asked = {i.row for i in own if i.severity in {"questioned", "rejected"}}
    for issue in found.issues:
        if issue.file == file and issue.code == "inventory.failure_same_year":
            listed = str(issue.params["list"]).removesuffix(" …")
            asked |= {int(row) for row in listed.split(", ")}
    gone = {"inventory.duplicate_failure", "inventory.failure_cancelled"}
    dropped = {issue.row for issue in own if issue.code in gone}
    tables = {ASSET: found.failures, BEFORE: found.predecessor_failures,
              "unjoined": found.unjoined_failures}  # fmt: skip
    stem = Path(file).stem
    where = {
        str(row["failure_id"]): (place, row)
        for place, table in tables.items()
        for row in table.to_dict("records")
    }
    for line, record in enumerate(records, start=2):
        got = where.get(record.number or f"{stem}-{line}")
        outcome = _outcome(record, got, line in asked, line in dropped)
        score.cells[record.kind, outcome] += 1
        score.totals[outcome] += 1
        score.dirty[outcome] += 1
        if outcome in {WRONG, LOST}:
            score.bad.append(
                Bad(file, "", line, "", str(record.cells), record.fate, str(got),
                    (record.kind,), outcome)
            )  # fmt: skip
    return score


def _outcome(
    record: Record,
    got: tuple[str, dict[str, object]] | None,
    asked: bool,
    dropped: bool,
) -> str:
    if got is None:
        right = dropped and record.fate == GONE
        return RECOVERED if right else FLAGGED if asked else WRONG if dropped else LOST
    place, row = got
    day, last = pd.Timestamp(str(row["date"])), row["last_date"]
    known = pd.isna(last)
    first = pd.Timestamp(record.day)
    held = (
        day.normalize() == first if known else day <= first <= pd.Timestamp(str(last))
    )
    right = (
        record.fate == place and row["asset_id"] == record.asset["asset_id"] and held
    )
    if right:
        return RECOVERED if known else BOUNDED
    return FLAGGED if asked else WRONG


def record_report(score: Score) -> Iterator[str]:
    """Give the table of failure records by kind."""
    yield (
        "| failure records | records | "
        + " | ".join(OUTCOMES[:3])
        + " | wrong | lost |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for name in (*KINDS, "**all records**"):
        counts = Counter({o: score.cells[name, o] for o in OUTCOMES})
        counts = counts if counts.total() else score.totals
        shown = (RECOVERED, BOUNDED, FLAGGED, WRONG, LOST)
        numbers = " | ".join(f"{counts[outcome]:,}" for outcome in shown)
        yield f"| {name} | {counts.total():,} | {numbers} |"
