"""Cells merged downwards; in a text file only the first of them is filled."""

from __future__ import annotations

from random import Random

from benchmarks.dirtier.kinds.base import sheet_kind
from benchmarks.dirtier.sheet import Row, Sheet


@sheet_kind(
    "merged_street",
    "道路、片区、权属合并单元格",
    "Street, district or owner merged",
    "row",
    columns=("street", "district", "owner"),
)
def _merged(sheet: Sheet, dice: Random) -> bool:
    done = 0
    for key in dice.sample(["street", "district", "owner"], 2):
        column = sheet.column(key)
        if column is not None and not column.kind and not column.header_kind:
            done += _merge_runs(sheet, key)
    return done > 0


def _merge_runs(sheet: Sheet, key: str) -> int:
    """Merge runs of equal cells in neighbouring rows; return how many."""
    done, start = 0, 0
    rows = sheet.rows
    for end in range(1, len(rows) + 1):
        if end < len(rows) and _same(rows[start], rows[end], key):
            continue
        if end - start > 1 and rows[start].what == "asset":
            for row in rows[start + 1 : end]:
                row.cells[key].write = None
                row.cells[key].kind = "merged_street"
            sheet.merged.append((key, rows[start], rows[end - 1]))
            done += 1
        start = end
    return done


def _same(first: Row, second: Row, key: str) -> bool:
    if first.what != "asset" or second.what != "asset":
        return False
    a, b = first.cells[key], second.cells[key]
    return a.truth is not None and a.truth == b.truth and not a.kind and not b.kind


@sheet_kind(
    "merged_total",
    "一个长度合并在几行上（为几行之和）",
    "One length merged over several rows: their sum",
    "row",
    columns=("length_m",),
)
def _merged_total(sheet: Sheet, dice: Random) -> bool:
    column = sheet.column("length_m")
    if column is None or column.kind:
        return False
    done = 0
    for start in range(5, len(sheet.rows) - 4, 19):
        group = sheet.rows[start : start + 3]
        cells = [row.cells["length_m"] for row in group if row.what == "asset"]
        if len(cells) < 3 or any(cell.kind for cell in cells):
            continue
        total = sum(float(str(cell.truth)) for cell in cells)
        for cell in cells:
            cell.write, cell.kind = None, "merged_total"
        cells[0].write = round(total, 1)
        sheet.merged.append(("length_m", group[0], group[-1]))
        done += 1
    return done > 0


@sheet_kind(
    "merged_year",
    "年份在一组管段上合并单元格",
    "One year merged over several rows",
    "row",
    columns=("install_year",),
)
def _merged_year(sheet: Sheet, dice: Random) -> bool:
    rows = sheet.rows
    done = 0
    for start in range(3, len(rows) - 4, 13):
        group = rows[start : start + 3]
        cells = [r.cells.get("install_year") for r in group if r.what == "asset"]
        first = group[0].cells.get("install_year")
        if len(cells) < 3 or first is None or first.truth is None:
            continue
        if any(c is None or c.kind or c.truth is None for c in cells):
            continue
        for cell in cells:
            assert cell is not None
            cell.truth, cell.write, cell.kind = first.truth, None, "merged_year"
        first.write = first.truth
        sheet.merged.append(("install_year", group[0], group[-1]))
        done += 1
    return done > 0
