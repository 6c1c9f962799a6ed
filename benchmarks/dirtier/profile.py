"""The mapping profile that a bureau would confirm for a dirty sheet."""

from __future__ import annotations

import json

from benchmarks.dirtier.sheet import Sheet


def profile_of(sheet: Sheet, parts: list[Sheet]) -> str:
    """Name each of our columns by its header in the file; units are not stated.

    Parameters
    ----------
    parts
        The sheets of the file that hold its rows.
    """
    names = [part.name for part in parts]
    lines = [
        'id = "bureau"',
        'source = "dirtier"',
        'title = { zh = "台账", en = "Inventory" }',
        "[[assets]]",
        f"asset_class = {json.dumps(sheet.asset_class)}",
        'files = ["*"]',
        *([f"sheets = {json.dumps(names, ensure_ascii=False)}"] * sheet.is_book),
        "[assets.columns]",
    ]
    for column in sheet.columns:
        if column.spec is not None:
            plain = sheet.style == "plain"
            header = column.header() if plain else column.label
            lines.append(f"{column.key} = {json.dumps(header, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
