"""Units that appear in headers and cells, and exact factors between them."""

from __future__ import annotations

from renewopt.inventory.words import key

# Spelling → (dimension, how many base units it is).
_UNITS: dict[str, tuple[str, float]] = {
    "m": ("length", 1.0),
    "米": ("length", 1.0),
    "metre": ("length", 1.0),
    "metres": ("length", 1.0),
    "km": ("length", 1000.0),
    "公里": ("length", 1000.0),
    "千米": ("length", 1000.0),
    "百米": ("length", 100.0),
    "华里": ("length", 500.0),
    "cm": ("length", 0.01),
    "厘米": ("length", 0.01),
    "dm": ("length", 0.1),
    "分米": ("length", 0.1),
    "公分": ("length", 0.01),
    "mm": ("length", 0.001),
    "毫米": ("length", 0.001),
    "m2": ("area", 1.0),
    "㎡": ("area", 1.0),
    "平方米": ("area", 1.0),
    "平米": ("area", 1.0),
    "万m2": ("area", 10_000.0),
    "万平方米": ("area", 10_000.0),
    "万平米": ("area", 10_000.0),
    "元": ("money", 1.0),
    "万元": ("money", 10_000.0),
    "亿元": ("money", 100_000_000.0),
    "户": ("households", 1.0),
    "households": ("households", 1.0),
    "万户": ("households", 10_000.0),
    "人": ("people", 1.0),
    "万人": ("people", 10_000.0),
    "栋楼": ("count", 1.0),
    "根": ("count", 1.0),
    "条": ("count", 1.0),
    "座": ("count", 1.0),
    "项": ("count", 1.0),
    "起": ("count", 1.0),
    "千户": ("households", 1000.0),
    "套": ("households", 1.0),
    "居民户": ("households", 1.0),
    "m²": ("area", 1.0),
    "平方": ("area", 1.0),
    "万平": ("area", 10_000.0),
    "万方": ("area", 10_000.0),
    "sqm": ("area", 1.0),
    "公顷": ("area", 10_000.0),
    "min": ("time", 1.0),
    "mins": ("time", 1.0),
    "分钟": ("time", 1.0),
    "分": ("time", 1.0),
    "h": ("time", 60.0),
    "hr": ("time", 60.0),
    "hrs": ("time", 60.0),
    "hour": ("time", 60.0),
    "hours": ("time", 60.0),
    "小时": ("time", 60.0),
    "个小时": ("time", 60.0),
    "钟头": ("time", 60.0),
    "个钟头": ("time", 60.0),
    "时": ("time", 60.0),
    "天": ("time", 1440.0),
    "日": ("time", 1440.0),
    "day": ("time", 1440.0),
    "days": ("time", 1440.0),
    "°": ("angle", 1.0),
    "度": ("angle", 1.0),
    "年": ("years", 1.0),
    "years": ("years", 1.0),
    "year": ("years", 1.0),
    "a": ("years", 1.0),
    "%": ("share", 0.01),
    "percent": ("share", 0.01),
    "share": ("share", 1.0),
    "‰": ("share", 0.001),
    "pa": ("pressure", 1e-6),
    "帕": ("pressure", 1e-6),
    "kpa": ("pressure", 1e-3),
    "千帕": ("pressure", 1e-3),
    "mpa": ("pressure", 1.0),
    "兆帕": ("pressure", 1.0),
    "bar": ("pressure", 0.1),
    "公斤": ("pressure", 0.0980665),
    "kgf/cm2": ("pressure", 0.0980665),
    "次": ("count", 1.0),
    "处": ("count", 1.0),
    "个": ("count", 1.0),
    "栋": ("count", 1.0),
    "幢": ("count", 1.0),
    "item": ("count", 1.0),
    "m3/d": ("flow", 1.0),
    "m³/日": ("flow", 1.0),
    "吨/日": ("flow", 1.0),
    "t/d": ("flow", 1.0),
    "万m3/d": ("flow", 10_000.0),
    "万m³/日": ("flow", 10_000.0),
    "万吨/日": ("flow", 10_000.0),
    "万立方米/日": ("flow", 10_000.0),
    "m3/h": ("flow", 24.0),
    "m3/天": ("flow", 1.0),
    "m3/日": ("flow", 1.0),
    "吨/天": ("flow", 1.0),
    "立方米/日": ("flow", 1.0),
    "立方米/天": ("flow", 1.0),
    "万吨/天": ("flow", 10_000.0),
    "t/h": ("flow", 24.0),
    "吨/时": ("flow", 24.0),
    "吨/小时": ("flow", 24.0),
    "m3/s": ("flow", 86_400.0),
    "立方米/秒": ("flow", 86_400.0),
    "t": ("mass", 1.0),
    "吨": ("mass", 1.0),
    "万吨": ("mass", 10_000.0),
    "kwh": ("power", 1.0),
    "千瓦时": ("power", 1.0),
    "万kwh": ("power", 10_000.0),
    "万千瓦时": ("power", 10_000.0),
    "gj": ("heat", 1.0),
    "吉焦": ("heat", 1.0),
    "万gj": ("heat", 10_000.0),
    "mm/h": ("rain", 1.0),
    "mm/小时": ("rain", 1.0),
    "毫米/小时": ("rain", 1.0),
    "毫米/时": ("rain", 1.0),
    "元/户": ("pledge", 1.0),
    "万元/户": ("pledge", 10_000.0),
    "层": ("storeys", 1.0),
    "台": ("count", 1.0),
    "级": ("grade", 1.0),
}
UNITS = {key(name): value for name, value in _UNITS.items()}
NEVER_TAILS = frozenset({"层", "t", "吨", "台", "级"})
"""Units that no header ends with outside brackets: 防腐层 is no 防腐 in 层."""


def dimension(unit: str) -> str:
    """Give the dimension of a unit (`length`, `money` …); "" where it is unknown."""
    return UNITS.get(key(unit), ("", 1.0))[0]


def units_of(unit: str) -> tuple[str, ...]:
    """List the units of the same dimension, in a fixed order."""
    own = dimension(unit)
    return tuple(name for name, (kind, _) in UNITS.items() if own and kind == own)


def is_unit(text: str) -> bool:
    """Tell whether the text is a unit that is known here."""
    return key(text) in UNITS


def factor(found: str, wanted: str) -> float | None:
    """Give the factor from unit `found` to unit `wanted`; None where they do not fit.

    A column without a unit of its own takes shares (`%` → 0.01) and counts as they are.
    """
    if key(found) == key(wanted):
        return 1.0
    source = UNITS.get(key(found))
    target = UNITS.get(key(wanted)) if wanted else None
    if source is None:
        return None
    if target is None:
        if wanted or source[0] not in {
            "share",
            "count",
            "years",
            "households",
            "people",
        }:
            return None
        return source[1]
    return source[1] / target[1] if source[0] == target[0] else None
