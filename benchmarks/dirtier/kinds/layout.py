"""Dirt of the layout: titles, headers in several rows, the order of columns."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from benchmarks.dirtier.kinds.base import sheet_kind
from benchmarks.dirtier.sheet import Sheet
from benchmarks.dirtier.source import Value

_GROUPS = {
    "基本信息": ("asset_id", "name", "district", "street", "corridor_id", "owner",
              "operator", "ownership"),
    "起点坐标": ("start_lon", "start_lat"),
    "终点坐标": ("end_lon", "end_lat"),
    "设施属性": ("diameter_mm", "length_m", "burial_depth_m", "laying_method", "level",
             "material", "pressure_level", "insulation", "lining", "pipes_per_route",
             "buildings", "floor_area_m2", "depth_cm", "duration_min", "events_5y"),
}  # fmt: skip


def _set_style(
    sheet: Sheet, style: str, groups: Mapping[str, tuple[str, ...]] | None = None
) -> bool:
    """Set how the header is laid out and grouped; False where that is set already."""
    if sheet.style != "plain" or sheet.no_header or sheet.header_every:
        return False
    sheet.style = style
    for group, keys in (groups or {}).items():
        for column in sheet.columns:
            if column.key in keys:
                column.group = group
    return True


@sheet_kind(
    "header_groups", "两行表头，上行为分组", "Two header rows: groups above", "layout"
)
def _groups(sheet: Sheet, dice: Random) -> bool:
    return _set_style(sheet, "groups", _GROUPS)


@sheet_kind(
    "header_start_end",
    "两行表头，起点、终点下各有经度、纬度",
    "Two header rows: the same words under start and end",
    "layout",
    columns=("start_lon",),
)
def _start_end(sheet: Sheet, dice: Random) -> bool:
    keys = ("start_lon", "start_lat", "end_lon", "end_lat")
    columns = [c for c in sheet.columns if c.key in keys]
    if any(c.kind or c.header_kind for c in columns) or not _set_style(sheet, "groups"):
        return False
    for column in columns:
        column.group = "起点" if column.key.startswith("start") else "终点"
        column.label = "经度" if column.key.endswith("lon") else "纬度"
        column.header_kind = "header_start_end"
    return True


@sheet_kind(
    "header_unit_row",
    "表头下另起一行写单位",
    "A row of units below the header",
    "layout",
)
def _unit_row(sheet: Sheet, dice: Random) -> bool:
    return _set_style(sheet, "units")


@sheet_kind(
    "header_three_rows", "三行表头：分组、名称、单位", "Three header rows", "layout"
)
def _three(sheet: Sheet, dice: Random) -> bool:
    return _set_style(sheet, "three", _GROUPS)


@sheet_kind(
    "header_numbers",
    "表头下一行为栏次：甲、乙、1、2",
    "A row of column numbers",
    "layout",
)
def _numbers(sheet: Sheet, dice: Random) -> bool:
    sheet.numbers_row = not sheet.no_header
    return sheet.numbers_row


@sheet_kind("title_rows", "标题行、填报单位行", "Title rows above the header", "layout")
def _titles(sheet: Sheet, dice: Random) -> bool:
    if sheet.titles or sheet.no_header:
        return False
    about: list[Value] = [
        "填报单位：合成县住房和城乡建设局",
        None,
        None,
        "填报日期：2026年1月5日",
    ]
    lines: list[list[Value]] = [
        ["合成县市政设施普查登记表（合成数据）"],
        about,
        ["单位：米、毫米、户"],
        ["附件3", None, None, None, None, "密级：内部"],
    ]
    sheet.titles = [list(line) for line in lines[: dice.randint(1, 4)]]
    return True


@sheet_kind(
    "many_titles",
    "表头前有十几行填表说明",
    "A dozen lines of instructions above",
    "layout",
)
def _many_titles(sheet: Sheet, dice: Random) -> bool:
    if sheet.titles or sheet.no_header:
        return False
    sheet.merge_titles = False
    lines: list[Value] = [
        f"{n}.请按实际情况填写，管径、管长、管材不得空缺。" for n in range(1, 13)
    ]
    sheet.titles = [["填表说明"], *[[line] for line in lines], []]
    return True


@sheet_kind(
    "table_offset", "表格不从 A1 开始", "The table does not begin in A1", "layout"
)
def _offset(sheet: Sheet, dice: Random) -> bool:
    sheet.blank_left, sheet.blank_above = dice.randint(1, 2), dice.randint(1, 3)
    return True


@sheet_kind("columns_shuffled", "列的次序不同", "Columns in another order", "layout")
def _shuffled(sheet: Sheet, dice: Random) -> bool:
    if sheet.style != "plain":
        return False
    dice.shuffle(sheet.columns)
    return True
