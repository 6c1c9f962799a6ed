"""The project list (项目库): a bureau's way in before it has inventories."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewopt.catalogue import Catalogue
from renewopt.catalogue.base import Text
from renewopt.catalogue.columns import ColumnSpec, Names
from renewopt.catalogue.mapping import Mapping
from renewopt.core.errors import InputError, Message, message
from renewopt.core.limits import MOST_WAN
from renewopt.inventory.cells import parse_column
from renewopt.inventory.cells.numbers import show
from renewopt.inventory.issues import (
    CellIssue,
    Severity,
    count_issues,
    issues_frame,
)
from renewopt.inventory.kinds import extra_kind
from renewopt.inventory.mapped import has_headers, is_named, parse_mapped
from renewopt.inventory.parse import parse_table
from renewopt.inventory.raw import RawTable
from renewopt.inventory.read import load_mapping
from renewopt.inventory.readers import read_raw
from renewopt.inventory.returned import tables_of
from renewopt.inventory.tables import ParsedTable, TableCount, write_table
from renewopt.inventory.units import UNITS, factor
from renewopt.inventory.words import key, plain

MONEY_SHEETS = ("资金", "money", "funds")
PEOPLE_PER_HOUSEHOLD = 2.6
"""Persons per household (第七次全国人口普查公报: 2.62)."""

_SCALE_PART = re.compile(r"([+-]?[\d.,]+)\s*([a-z%\u4e00-\u9fff]+\d?)")
_MONTH = r"(?:[年./]\d{0,2}月?|-(?:0?[1-9]|1[0-2])月?(?!\d))?"
_PERIOD = re.compile(rf"^(\d{{4}}){_MONTH}(?:(?:->|→|--?|至|到)(\d{{4}}){_MONTH})?$")
_SPLIT = re.compile(r"[;；\n]")
_SPLIT_MORE = re.compile(r"[、,，/+和]")
_SCALES = {
    "length_m": ("length", "m"),
    "floor_area_m2": ("area", "m2"),
    "households": ("households", "户"),
    "population": ("people", "人"),
    "items": ("count", "item"),
}


@dataclass(frozen=True, eq=False)
class ProjectList:
    """A bureau's list of projects and the money it has.

    Attributes
    ----------
    projects
        `row`, `name`, `project_code`, `legal_owner`, `asset_class`, `nature`,
        `ownership`, `total_cost` (万元), `length_m`, `floor_area_m2`, `items`,
        `households`, `population`, `grade` (1–5), `assessment_result`,
        `assessment_deadline`, `readiness`, `first_year`, `last_year`, `fund_kinds`
        (ids, ';' between; empty: any), `district`, `street`, `net_income_per_year`,
        `remark`. `households` is filled from the people where only these are
        given.
    money
        `fund_kind`, `owner`, `year`, `amount` (万元), rows with money only.
    money_years
        Years that the sheet of money has columns for: the years of the plan.
    money_problems
        What in the sheet of money could not be taken. No plan is made without it:
        money that is left out would change everything.
    issues, counts
        What was not taken as it stood, and what became of the rows.
    """

    projects: pd.DataFrame
    money: pd.DataFrame
    issues: tuple[CellIssue, ...] = ()
    counts: tuple[TableCount, ...] = ()
    source: str = ""
    money_years: tuple[int, ...] = ()
    money_problems: tuple[Message, ...] = ()

    synthetic = False
    """A list comes from a bureau; generated data comes as an inventory folder."""

    def issues_frame(self) -> pd.DataFrame:
        """Give the issues as a table."""
        return issues_frame(self.issues)

    def issue_counts(self) -> dict[str, int]:
        """Count the issues by severity, all severities named."""
        return count_issues(self.issues)

    def write_clean(self, folder: Path, csv: bool = False) -> list[Path]:
        """Write projects and money (Parquet or CSV) and the issues; give the paths."""
        folder.mkdir(parents=True, exist_ok=True)
        tables = {"projects": self.projects, "money": self.money}
        paths = [write_table(table, folder, n, csv) for n, table in tables.items()]
        issues = self.issues_frame()
        return [*paths, write_table(issues, folder, "issues", csv=True)]


@dataclass(eq=False)
class _Notes:
    """Issues of one table, by position of the row in its frame."""

    table: ParsedTable
    issues: list[CellIssue] = field(default_factory=list)
    rejected: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.rejected = np.zeros(len(self.table.frame), dtype=bool)

    def add(
        self, row: int, column: str, raw: str, code: str, fatal: bool, **params: object
    ) -> None:
        """Note one cell; a fatal one keeps the row out."""
        self.rejected[row] |= fatal
        place = (
            self.table.file,
            self.table.sheet,
            int(self.table.rows[row]),
            column,
            raw,
        )
        severity: Severity = "rejected" if fatal else "questioned"
        self.issues.append(CellIssue(*place, code, severity, params))


def is_project_list(paths: Sequence[str | Path]) -> bool:
    """Tell whether the files given are one workbook with a sheet of money (资金).

    Only the names of the sheets are looked at; an unreadable workbook is none.
    """
    import python_calamine as calamine

    path = Path(paths[0]) if len(paths) == 1 else Path()
    if path.suffix.lower() not in {".xlsx", ".xlsm", ".xls"} or not path.is_file():
        return False
    try:
        with calamine.load_workbook(str(path)) as book:
            sheets = {key(name) for name in book.sheet_names}
    except (calamine.PasswordError, calamine.CalamineError, OSError, ValueError):
        return False
    return bool(sheets & set(map(key, MONEY_SHEETS)))


def read_project_list(
    path: str | Path,
    catalogue: Catalogue,
    mapping: Mapping | str | Path | None = None,
    money_needed: bool = True,
) -> ProjectList:
    """Read a project list: sheets of projects, and sheet 资金 the money by year.

    Parameters
    ----------
    mapping
        A profile with `projects` for a list with headers of its own; without one the
        first sheet that is not the money is read.
    money_needed
        Whether a list without the sheet of money is refused; else it is an issue.

    Raises
    ------
    InputError
        Where the file cannot be read or a needed column or sheet is absent. Bad cells
        raise nothing: they are issues.
    """
    profile = load_mapping(mapping, catalogue) if mapping is not None else None
    raws = list(tables_of(read_raw(Path(path))))
    money_raw = next((r for r in raws if key(r.sheet) in map(key, MONEY_SHEETS)), None)
    rest = [raw for raw in raws if raw is not money_raw]
    problems: list[Message] = []
    issues: list[CellIssue] = []
    name = Path(path).name
    if money_raw is None and money_needed:
        known = ", ".join(MONEY_SHEETS)
        problems.append(message("inventory.no_money_sheet", file=name, known=known))
    elif money_raw is None:
        issues.append(
            CellIssue(name, "", 0, "", "", "inventory.no_money_yet", "questioned")
        )
    try:
        tables = _tables(rest, profile, name, issues)
    except InputError as error:
        raise InputError(*problems, *error.messages) from None
    if problems:
        raise InputError(*problems)
    money = pd.DataFrame(columns=["fund_kind", "owner", "year", "amount"])
    years: tuple[int, ...] = ()
    money_issues: list[CellIssue] = []
    if money_raw is not None:
        money, years, money_issues = _money(money_raw, catalogue)
    frames, counts = [], []
    for table in tables:
        frame, notes = _projects(table, catalogue)
        gone = int(notes.rejected.sum())
        kept, rejected = table.count.kept - gone, table.count.rejected + gone
        counts.append(replace(table.count, kept=kept, rejected=rejected))
        issues += (*table.issues, *notes.issues)
        frames.append(frame)
    projects = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    return ProjectList(
        projects,
        money,
        (*issues, *money_issues),
        tuple(counts),
        Path(path).name,
        years,
        tuple(i.message() for i in money_issues if i.severity == "rejected"),
    )


def _tables(
    raws: Sequence[RawTable],
    profile: Mapping | None,
    file: str,
    issues: list[CellIssue],
) -> list[ParsedTable]:
    """Read the sheets of projects: those of the profile, else the first one."""
    kind = extra_kind("project_list")
    if not raws:
        raise InputError.of("inventory.no_project_sheet", file=file)
    if profile is None:
        return [parse_table(raws[0], kind)]
    if not profile.projects:
        raise InputError.of("inventory.no_list_profile", value=profile.id, file=file)
    tables: list[ParsedTable] = []
    problems: list[Message] = []
    for raw in raws:
        named = (t for t in profile.projects if is_named(raw, t.files, t.sheets))
        mapping = next(named, None)
        try:
            if mapping is not None and has_headers(raw, mapping):
                tables.append(parse_mapped(raw, kind, mapping))
                continue
        except InputError as error:
            problems += error.messages
        code = "inventory.file_not_mapped"
        issues.append(CellIssue(raw.file, raw.sheet, 0, "", "", code, "note"))
    if problems:
        raise InputError(*problems)
    if not tables:
        raise InputError.of("inventory.no_list_sheet", file=file, value=profile.id)
    return tables


def _projects(table: ParsedTable, catalogue: Catalogue) -> tuple[pd.DataFrame, _Notes]:
    """Turn words into ids and numbers; columns that the file lacks are added empty."""
    frame = table.frame.copy()
    for spec in extra_kind("project_list").columns:
        if spec.name not in frame:
            kind = {"number": "float64", "integer": "Int64", "year": "Int64"}
            frame[spec.name] = pd.Series(
                index=frame.index, dtype=kind.get(spec.kind, "object")
            )
    notes = _Notes(table)
    frame.insert(0, "row", table.rows)
    frame["asset_class"] = _class_ids(frame["asset_class"], catalogue, notes)
    frame["fund_kinds"] = _fund_kind_ids(frame["fund_kinds"], catalogue, notes)
    _period(frame, notes)
    _scale(frame, notes)
    people = frame["population"].astype("float64")
    homes = pd.Series(np.ceil(people / PEOPLE_PER_HOUSEHOLD)).astype("Int64")
    frame["households"] = frame["households"].fillna(homes)
    frame = frame.drop(columns=["scale", "period"])
    return frame[~notes.rejected].reset_index(drop=True), notes


def _class_ids(column: pd.Series, catalogue: Catalogue, notes: _Notes) -> pd.Series:
    words = {
        key(text): name
        for name, model in sorted(catalogue.asset_classes.items())
        for text in (name, model.title.zh, model.title.en)
    }
    known = ", ".join(m.title.zh for _, m in sorted(catalogue.asset_classes.items()))
    out: list[str | None] = []
    for row, text in enumerate(column):
        out.append(words.get(key(text)))
        if out[-1] is None:
            notes.add(
                row, "类别", text, "inventory.unknown_class_cell", True, known=known
            )
    return pd.Series(out, index=column.index, dtype=object)


def _fund_words(catalogue: Catalogue) -> dict[str, str]:
    return {
        key(text): name
        for name, kind in sorted(catalogue.fund_kinds.items())
        for text in (name, kind.title.zh, kind.title.en, *kind.names)
    }


def _fund_kind_ids(column: pd.Series, catalogue: Catalogue, notes: _Notes) -> pd.Series:
    words = _fund_words(catalogue)
    known = ", ".join(k.title.zh for _, k in sorted(catalogue.fund_kinds.items()))
    out: list[str] = []
    for row, text in enumerate(column):
        ids = []
        for part in _parts(text, words):
            ids.append(words.get(key(part), ""))
            if not ids[-1]:
                code = "inventory.not_a_choice"
                notes.add(row, "资金来源", part, code, True, known=known)
        out.append(";".join(dict.fromkeys(ids)))
    return pd.Series(out, index=column.index, dtype=object)


def _parts(text: object, words: dict[str, str]) -> list[str]:
    """Split a list of funds; a title that holds a comma of its own stays whole."""
    if not isinstance(text, str):
        return []
    parts: list[str] = []
    for part in _SPLIT.split(str(text)):
        parts += [part] if key(part) in words else _SPLIT_MORE.split(part)
    return [part for part in map(plain, parts) if part]


def _period(frame: pd.DataFrame, notes: _Notes) -> None:
    """Split `2027-2028` into the first and the last year."""
    first: list[int | None] = []
    last: list[int | None] = []
    for row, text in enumerate(frame["period"]):
        word = "" if text is None or pd.isna(text) else key(str(text)).replace(" ", "")
        found = _PERIOD.match(word)
        years = (int(found[1]), int(found[2] or found[1])) if found else None
        if years is not None and years[1] < years[0]:
            years = None
        if word and years is None:
            notes.add(row, "起止年限", str(text), "inventory.not_a_period", False)
        first.append(years[0] if years else None)
        last.append(years[1] if years else None)
    frame["first_year"] = pd.Series(first, index=frame.index, dtype="Int64")
    frame["last_year"] = pd.Series(last, index=frame.index, dtype="Int64")


def _scale(frame: pd.DataFrame, notes: _Notes) -> None:
    """Read quantities with units out of 规模; a column of its own wins."""
    found = [_scale_parts(row, text, notes) for row, text in enumerate(frame["scale"])]
    for name in _SCALES:
        values = pd.Series(
            [parts.get(name) for parts in found], index=frame.index, dtype="float64"
        )
        if name in frame:
            frame[name] = frame[name].fillna(values.round().astype("Int64"))
        else:
            frame[name] = values


def _scale_parts(row: int, text: object, notes: _Notes) -> dict[str, float]:
    if text is None or text is pd.NA or not plain(str(text)):
        return {}
    parts: dict[str, float] = {}
    word = key(str(text))
    if re.search(r"\d", _SCALE_PART.sub("", word)):
        word = ""  # a number without a unit that is known
    for number, unit in _SCALE_PART.findall(word):
        dimension = UNITS.get(unit, ("", 0.0))[0]
        name = next((n for n, (d, _) in _SCALES.items() if d == dimension), None)
        try:
            value = float(number.replace(",", ""))
        except ValueError:
            name = None
        if name is None or name in parts:
            parts = {}
            break
        parts[name] = value * (factor(unit, _SCALES[name][1]) or 1.0)
    if not parts:
        notes.add(row, "规模", str(text), "inventory.not_a_scale", False)
    return parts


def _money(
    raw: RawTable, catalogue: Catalogue
) -> tuple[pd.DataFrame, tuple[int, ...], list[CellIssue]]:
    """Read fund kind × year; cells are 万元, empty ones are no money."""
    top = raw.top()
    row, years = _year_header(top)
    place = f"{raw.file} [{raw.sheet}]"
    if not years:
        raise InputError.of("inventory.money_header", file=place)
    owner_column = next(
        (
            i
            for i, c in enumerate(top[row])
            if key(c) in {"权属单位", "出资单位", "owner"}
        ),
        None,
    )
    words = _fund_words(catalogue)
    known = ", ".join(k.title.zh for _, k in sorted(catalogue.fund_kinds.items()))
    issues: list[CellIssue] = []
    rows: list[tuple[str, str, int, float]] = []
    seen: dict[tuple[str, str], int] = {}
    for position in range(row + 1, len(raw.grid)):
        cells = [str(cell) for cell in raw.grid.iloc[position]]
        kind = words.get(key(cells[0]))
        if not any(cell.strip() for cell in cells) or key(cells[0]) in {
            "合计",
            "total",
        }:
            continue
        if kind is None:
            issues.append(
                CellIssue(
                    raw.file, raw.sheet, raw.first_row + position,
                    top[row][0], cells[0],
                    "inventory.not_a_choice", "rejected", {"known": known},
                )
            )  # fmt: skip
            continue
        owner = plain(cells[owner_column]) if owner_column is not None else ""
        first = seen.setdefault((kind, owner), position + 1)
        if first != position + 1:
            issues.append(
                CellIssue(
                    raw.file, raw.sheet, position + 1, top[row][0], cells[0],
                    "inventory.money_twice", "rejected", {"first": first},
                )
            )  # fmt: skip
            continue
        amounts = _amounts(raw, position, top[row], years, cells, issues)
        rows += [(kind, owner, year, amount) for year, amount in amounts]
    columns = ["fund_kind", "owner", "year", "amount"]
    return pd.DataFrame(rows, columns=columns), tuple(sorted(years.values())), issues


def _year_header(top: Sequence[Sequence[str]]) -> tuple[int, dict[int, int]]:
    """Find the row with most years; give {position: year}."""
    best: tuple[int, dict[int, int]] = (0, {})
    for row, cells in enumerate(top):
        found = {
            i: int(match[1])
            for i, cell in enumerate(cells)
            if (match := re.match(r"^(\d{4})年?(?:\(万元\))?$", key(cell)))
        }
        if len(found) > len(best[1]):
            best = (row, found)
    return best


MOST = f"{MOST_WAN:,}"
_AMOUNT = ColumnSpec(
    name="amount",
    kind="number",
    unit="万元",
    min=0,
    max=MOST_WAN,
    headers=Names(zh=("金额",), en=("amount",)),
    doc=Text(zh="金额", en="Amount"),
)


def _amounts(
    raw: RawTable,
    position: int,
    header: Sequence[str],
    years: dict[int, int],
    cells: Sequence[str],
    issues: list[CellIssue],
) -> list[tuple[int, float]]:
    texts = pd.Series([cells[i] for i in years], dtype=object)
    parsed = parse_column(texts, _AMOUNT)
    out = []
    for i, column, year in zip(range(len(years)), years, years.values(), strict=True):
        outcome = parsed.outcomes[parsed.which[i]]
        value, code = parsed.cells.iloc[i], outcome.code
        severity: Severity = outcome.severity() if code else "repaired"
        if not pd.isna(value) and round(value, 2) != value:
            code, severity = "inventory.money_too_fine", "rejected"
        if severity == "questioned":
            severity = "rejected"  # no plan is made on money that may be another sum
        if code:
            ends = {"low": show(outcome.low), "high": show(outcome.high)}
            allowed = {"least": "0", "greatest": MOST, "unit": "万元"}
            issues.append(
                CellIssue(
                    raw.file, raw.sheet, raw.first_row + position, header[column],
                    cells[column], code, severity,
                    {**allowed, **outcome.params, **ends}, show(outcome.value), column,
                )
            )  # fmt: skip
        if severity != "rejected" and not pd.isna(value) and value > 0:
            out.append((year, float(value)))
    return out
