"""Write the tables of `docs/formats.md` from the schemas in the code.

Run `python docs/build_formats.py` after changing a schema; a house test finds pages
that are stale. Text outside the markers is written by hand and kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from renewopt.core.case_schema import CASE_SCHEMAS
from renewopt.core.tables import Column, TableSchema
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.runs.tables import RUN_SCHEMAS

PAGE = Path(__file__).with_name("formats.md")
GROUPS: dict[str, Iterable[TableSchema]] = {
    "case": CASE_SCHEMAS.values(),
    "policy": (FUNDS, FUND_YEARS, EXISTING_DEBT),
    "run": RUN_SCHEMAS.values(),
}


def page(current: str) -> str:
    """Replace what stands between the markers of each group."""
    for name, schemas in GROUPS.items():
        body = "\n".join(_table(schema) for schema in schemas)
        start, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
        pattern = re.escape(start) + ".*?" + re.escape(end)
        if not re.search(pattern, current, re.DOTALL):
            raise ValueError(f"{PAGE.name} lacks the markers of {name}")
        text = f"{start}\n{body}\n{end}"
        current = re.sub(pattern, lambda _, t=text: t, current, flags=re.DOTALL)
    return current


def _table(schema: TableSchema) -> str:
    key = ", ".join(f"`{name}`" for name in schema.key) or "none"
    lines = [f"### `{schema.name}`", "", schema.doc, "", f"Key: {key}.", ""]
    if schema.open_prefix:
        lines += [f"Further money columns may be added as `{schema.open_prefix}…`.", ""]
    lines += ["| column | kind | unit | meaning |", "|---|---|---|---|"]
    lines += [_row(column) for column in schema.columns]
    return "\n".join(lines) + "\n"


def _row(column: Column) -> str:
    name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
    return f"| {name} | {column.kind} | {column.unit} | {column.doc} |"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
