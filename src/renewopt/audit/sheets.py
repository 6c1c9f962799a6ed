"""Sheets: the files of a run folder as rows of text and exact numbers."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from renewopt.audit.books import Choice, Draw
from renewopt.audit.report import Flaw, flaw
from renewopt.core.errors import InputError, Message, message
from renewopt.core.harmless import unmarked

COLUMNS: dict[str, tuple[str, ...]] = {
    "schedule.csv": (
        "project_id",
        "selected",
        "work_id",
        "mode",
        "start_year",
        "duration",
        "cost",
        "saving",
        "risk_removed",
        "category",
    ),
    "funding.csv": ("package_id", "year", "fund_id", "amount", "received", "held"),
    "debt.csv": (
        "fund_id",
        "kind",
        "year",
        "issued",
        "repaid",
        "interest",
        "service",
        "balance",
        "limit",
        "limit_rule",
    ),
    "debt_by_package.csv": (
        "package_id",
        "fund_id",
        "year",
        "issued",
        "repaid",
        "interest",
        "before_operation",
        "service",
        "balance",
    ),
    "duties.csv": (
        "hardness",
        "project_id",
        "deadline",
        "status",
        "completion",
        "years_late",
        "cost",
        "moved_into",
    ),
    "breaches.csv": ("rule_id", "where", "limit", "actual"),
    "layers.csv": ("project_id", "layer"),
}
"""Files of a run and the columns that the auditor reads."""

JSON_FILES = ("summary.json", "manifest.json", "certificate.json")


class Sheet:
    """Rows of one CSV file; what cannot be read becomes a flaw, not a crash."""

    def __init__(self, name: str, rows: list[dict[str, str]]) -> None:
        self.name = name
        self.rows = rows
        self.flaws: list[Flaw] = []

    def units(self, number: int, column: str) -> int:
        """Read an amount in 万元 as whole units of 0.01 万元; empty is nothing."""
        text = self.rows[number][column]
        try:
            amount = Fraction(text or "0") * 100
        except (ValueError, ZeroDivisionError):
            self._refuse(number, column, text)
            return 0
        if amount.denominator != 1:
            self._refuse(number, column, text)
        return int(amount)

    def whole(self, number: int, column: str) -> int | None:
        """Read a whole number; empty is None."""
        text = self.rows[number][column]
        try:
            return int(text) if text else None
        except ValueError:
            self._refuse(number, column, text)
            return None

    def flag(self, number: int, column: str) -> bool:
        """Read true or false."""
        text = self.rows[number][column].lower()
        if text not in {"true", "false"}:
            self._refuse(number, column, text)
        return text == "true"

    def _refuse(self, number: int, column: str, text: str) -> None:
        place = f"{self.name} row {number + 2} {column}"
        self.flaws.append(
            flaw(
                "audit.bad_cell",
                "audit.tables",
                place,
                0,
                1,
                "cells",
                file=self.name,
                row=number + 2,
                column=column,
                value=text,
            )
        )


def read_sheet(folder: Path, name: str, problems: list[Message]) -> Sheet:
    """Read one CSV file; a missing file or column goes to `problems`."""
    path = folder / name
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            header = list(reader.fieldnames or [])
            rows = [
                {str(key): unmarked(str(value).strip()) for key, value in row.items()}
                for row in reader
            ]
    except FileNotFoundError:
        problems.append(message("audit.missing_file", file=_shown(path)))
        return Sheet(name, [])
    except (OSError, UnicodeError, csv.Error) as error:
        problems.append(message("table.unreadable", file=_shown(path), detail=error))
        return Sheet(name, [])
    missing = [column for column in COLUMNS[name] if column not in header]
    for column in missing:
        problems.append(
            message("table.missing_column", file=_shown(path), column=column)
        )
    return Sheet(name, [] if missing else rows)


def read_json(folder: Path, name: str, problems: list[Message]) -> dict[str, Any]:
    """Read a JSON object with exact decimals; what fails goes to `problems`."""
    path = folder / name
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except FileNotFoundError:
        problems.append(message("audit.missing_file", file=name))
        return {}
    except (OSError, ValueError) as error:
        problems.append(message("audit.unreadable_json", file=name, detail=error))
        return {}
    if not isinstance(data, dict):
        problems.append(message("audit.unreadable_json", file=name, detail="no object"))
        return {}
    return data


def _no_number(text: str) -> None:
    """Read NaN and infinity as nothing: neither is a figure."""


def read_policy_text(folder: Path) -> dict[str, Any]:
    """Read `policy.toml` with exact decimals.

    Raises
    ------
    InputError
        If the file is missing or no TOML.
    """
    path = folder / "policy.toml"
    try:
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text, parse_float=Decimal)
    except FileNotFoundError:
        raise InputError.of("audit.missing_file", file="case/policy.toml") from None
    except (OSError, tomllib.TOMLDecodeError, UnicodeError) as error:
        raise InputError.of("toml.syntax", file=path.name, detail=error) from None


def choices(sheet: Sheet) -> tuple[Choice, ...]:
    """Take the chosen works from `schedule.csv`."""
    return tuple(
        Choice(row["project_id"], row["work_id"], sheet.units(n, "saving"))
        for n, row in enumerate(sheet.rows)
        if sheet.flag(n, "selected")
    )


def draws(sheet: Sheet) -> tuple[Draw, ...]:
    """Take the draws from `funding.csv`."""
    return tuple(
        Draw(
            row["package_id"],
            sheet.whole(n, "year") or 0,
            row["fund_id"],
            sheet.units(n, "amount"),
            sheet.units(n, "received"),
        )
        for n, row in enumerate(sheet.rows)
    )


def cells(sheets: Iterable[Sheet]) -> list[Flaw]:
    """Collect the cells that could not be read."""
    return [item for sheet in sheets for item in sheet.flaws]


def _shown(path: Path) -> str:
    """Name a file within the run; baselines with their folder."""
    parent = path.parent
    if parent.parent.name == "baselines":
        return f"baselines/{parent.name}/{path.name}"
    return path.name
