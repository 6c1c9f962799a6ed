"""Write the generated parts of `docs/`: tables of files, columns, asset classes.

Run `python docs/build_formats.py` after changing a schema or a model; a house test
finds pages that are stale. Text outside the markers is written by hand and kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from renewopt import catalogue
from renewopt.catalogue.asset_class import AssetClass
from renewopt.catalogue.columns import ColumnSpec
from renewopt.catalogue.extra_tables import extra_tables
from renewopt.catalogue.modes import Price
from renewopt.core.case_schema import CASE_SCHEMAS
from renewopt.core.tables import Column, TableSchema
from renewopt.report.describe import range_text
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.runs.layers import LAYER_TABLE
from renewopt.runs.tables import RUN_SCHEMAS
from renewopt.text import label

PAGE = Path(__file__).with_name("formats.md")
COLUMNS_PAGE = Path(__file__).with_name("columns.md")
CLASSES_PAGE = Path(__file__).with_name("classes.md")
GROUPS: dict[str, Iterable[TableSchema]] = {
    "case": CASE_SCHEMAS.values(),
    "policy": (FUNDS, FUND_YEARS, EXISTING_DEBT),
    "run": [*RUN_SCHEMAS.values(), LAYER_TABLE],
}
KINDS = {
    "text": "文本 text",
    "number": "数值 number",
    "integer": "整数 integer",
    "year": "年份 year",
    "choice": "选项 choice",
    "flag": "是/否 flag",
    "date": "日期 date",
}


def page(current: str) -> str:
    """Replace what stands between the markers of each group of `formats.md`."""
    groups = {
        name: "\n".join(_table(schema) for schema in schemas)
        for name, schemas in GROUPS.items()
    }
    return _replaced(current, groups, PAGE.name)


def columns_page(current: str) -> str:
    """Replace the generated part of `columns.md`: every table, Chinese and English."""
    classes = catalogue.load(catalogue_folder()).asset_classes
    tables = [
        _columns(name, model.title.zh, model.title.en, model.columns)
        for name, model in sorted(classes.items())
    ]
    tables += [
        _columns(table.id, table.title.zh, table.title.en, table.columns)
        for table in extra_tables().values()
    ]
    return _replaced(current, {"columns": "\n".join(tables)}, COLUMNS_PAGE.name)


def classes_page(current: str) -> str:
    """Replace the generated part of `classes.md`: what each class is, in one row."""
    classes = catalogue.load(catalogue_folder()).asset_classes
    rows = [
        "| class | a failure is | likelihood by | ways of renewal, 万元 at the middle "
        "| told by, besides its name |",
        "|---|---|---|---|---|",
        *(_class_row(model) for _, model in sorted(classes.items())),
    ]
    return _replaced(current, {"classes": "\n".join(rows)}, CLASSES_PAGE.name)


def _class_row(model: AssetClass) -> str:
    per = {"km": "km", "household": "household", "point": "asset"}[model.hazard.per]
    modes = "; ".join(
        f"`{mode.id}` {mode.title.zh} " + "–".join(f"{p:g}" for p in _ends(mode.price))
        for mode in model.modes
    )
    unit = label(f"unit.wan_per_{model.unit}", "en").removeprefix("万元 per ")
    own = [column for name in model.told_by if (column := model.column(name))]
    cells = (
        f"{model.title.zh} {model.title.en} `{model.id}`",
        f"{model.hazard.event.zh} ({model.hazard.event.en})",
        per,
        f"per {unit}: {modes}",
        "、".join(column.headers.zh[0] for column in own) or "its headers",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _ends(prices: Iterable[Price]) -> list[float]:
    """Give the least and the greatest middle price, or the one that there is."""
    middle = {price.mid for price in prices}
    return sorted({min(middle), max(middle)})


def catalogue_folder() -> Path:
    """Give the models of this checkout, whatever the working folder is."""
    return Path(__file__).resolve().parents[1] / "models"


def _replaced(current: str, groups: Mapping[str, str], file: str) -> str:
    for name, body in groups.items():
        start, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
        pattern = re.escape(start) + ".*?" + re.escape(end)
        if not re.search(pattern, current, re.DOTALL):
            raise ValueError(f"{file} lacks the markers of {name}")
        text = f"{start}\n{body}\n{end}"
        current = re.sub(pattern, lambda _, t=text: t, current, flags=re.DOTALL)
    return current


def _table(schema: TableSchema) -> str:
    key = ", ".join(f"`{name}`" for name in schema.key) or "none"
    lines = [f"### `{schema.name}`", "", schema.doc, "", f"Key: {key}.", ""]
    for prefix, kind in schema.open_columns:
        lines += [f"Further {kind} columns may be added as `{prefix}…`.", ""]
    lines += ["| column | kind | unit | meaning |", "|---|---|---|---|"]
    lines += [_row(column) for column in schema.columns]
    return "\n".join(lines) + "\n"


def _row(column: Column) -> str:
    name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
    return f"| {name} | {column.kind} | {column.unit} | {column.doc} |"


def _columns(table: str, zh: str, en: str, columns: Iterable[ColumnSpec]) -> str:
    lines = [
        f"## {zh} {en} · `{table}`",
        "",
        "| 列 column | 表头 headers | 类型 kind | 单位、范围 unit | 含义 meaning |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_column(spec) for spec in columns)]) + "\n"


def _column(spec: ColumnSpec) -> str:
    name = f"**`{spec.name}`**" if spec.required else f"`{spec.name}`"
    headers = f"{'、'.join(spec.headers.zh)}; {', '.join(spec.headers.en)}"
    if spec.outside:
        headers += f"; 外径 outside: {', '.join(spec.outside)}"
    limits = ", ".join(part for part in (spec.unit, range_text(spec)) if part)
    choices = "; ".join(
        f"`{c.code}` {'、'.join(c.zh)} / {c.en[0]}" for c in spec.choices
    )
    choices += "".join(
        f"; {'、'.join(item.words)}: {' / '.join(f'`{c}`' for c in item.codes)}?"
        for item in spec.either
    )
    meaning = f"{spec.doc.zh} / {spec.doc.en}" + (f": {choices}" if choices else "")
    cells = (name, headers, KINDS[spec.kind], limits, meaning)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    current = COLUMNS_PAGE.read_text(encoding="utf-8")
    COLUMNS_PAGE.write_text(columns_page(current), encoding="utf-8")
    current = CLASSES_PAGE.read_text(encoding="utf-8")
    CLASSES_PAGE.write_text(classes_page(current), encoding="utf-8")
