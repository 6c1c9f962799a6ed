"""Dirt of numbers: how they are typed, rounded, guessed and mistyped."""

from __future__ import annotations

import math
from random import Random

from benchmarks.dirtier.kinds.base import Spot, cell_kind
from benchmarks.dirtier.kinds.identifiers import widen

LENGTH = ("length_m",)
COUNTS = ("households", "events_5y", "premises_flooded", "buildings")
SIZES = ("length_m", "floor_area_m2", "burial_depth_m", "depth_cm", "duration_min")
NUMBERS = (*SIZES, *COUNTS, "diameter_mm")
_DIGITS = "零一二三四五六七八九"
_UNITS = {
    "length_m": ("m", "米", " m", "延米", "M"),
    "floor_area_m2": ("㎡", "平方米", "m2", "平米", "m²"),
    "burial_depth_m": ("m", "米"),
    "depth_cm": ("cm", "厘米", "公分"),
    "duration_min": ("min", "分钟", "分"),
    "households": ("户",),
    "buildings": ("栋", "幢", "栋楼"),
    "events_5y": ("次", "起"),
    "premises_flooded": ("户",),
    "diameter_mm": ("mm", "毫米", "MM"),
}


def plain(value: float, places: int = 6) -> str:
    """Write a number without needless digits."""
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def chinese(number: int) -> str:
    """Write a number below 10,000 in Chinese numerals."""
    if number < 10:
        return _DIGITS[number]
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + name
        zero = digit == 0
    return text.removeprefix("一") if text.startswith("一十") else text


def _round(value: float, dice: Random) -> tuple[int, int]:
    """Round to one or two leading digits; return it and the step."""
    step = 10 ** max(0, math.floor(math.log10(max(value, 1))) - dice.choice([0, 1]))
    if step > 1 and abs(round(value / step) * step - value) > 0.1 * value:
        step //= 10
    return round(value / step) * step, step


@cell_kind(
    "number_thousands",
    "千分位逗号或空格",
    "Thousands separated",
    ("length_m", "floor_area_m2", "households"),
)
def _thousands(spot: Spot, dice: Random) -> bool:
    if spot.number < 1000:
        return False
    text = f"{spot.number:,}".removesuffix(".0")
    return spot.put(text.replace(",", dice.choice([",", "，", " "])))


@cell_kind("number_full_width", "全角数字", "Full-width digits", NUMBERS)
def _full_width(spot: Spot, dice: Random) -> bool:
    return spot.put(widen(spot.text))


@cell_kind("number_as_text", "数字存成文本", "Numbers kept as text", NUMBERS)
def _as_text(spot: Spot, dice: Random) -> bool:
    return spot.put(
        dice.choice(["{}", " {}", "{} ", "'{}", "{}\u00a0"]).format(spot.text)
    )


@cell_kind("number_with_unit", "单元格里写单位", "Unit in the cell", NUMBERS)
def _with_unit(spot: Spot, dice: Random) -> bool:
    return spot.put(spot.text + dice.choice(_UNITS[spot.column.key]))


@cell_kind(
    "number_other_unit",
    "单元格里写别的单位",
    "Another unit in the cell",
    ("length_m", "floor_area_m2", "burial_depth_m", "depth_cm", "duration_min"),
)
def _other_unit(spot: Spot, dice: Random) -> bool:
    value = spot.number
    forms: dict[str, list[tuple[float, str, int]]] = {
        "length_m": [(1000, "公里", 3), (1000, "km", 3), (1000, "千米", 3)],
        "floor_area_m2": [
            (10000, "万㎡", 2),
            (10000, "万平方米", 3),
            (10000, "万平", 2),
        ],
        "burial_depth_m": [(0.01, "cm", 0), (0.001, "mm", 0), (0.01, "公分", 0)],
        "depth_cm": [(100, "米", 2), (100, "m", 2), (0.1, "mm", 0)],
        "duration_min": [(60, "小时", 1), (60, "h", 2), (60, "个小时", 1)],
    }
    factor, unit, places = dice.choice(forms[spot.column.key])
    return spot.put(
        plain(value / factor, places) + unit, tolerance=factor * 0.5 * 10**-places
    )


@cell_kind("number_about", "约数：约500、500余、近500", "About so much", NUMBERS)
def _about(spot: Spot, dice: Random) -> bool:
    value, step = _round(spot.number, dice)
    low, high = (
        math.floor(spot.number / step) * step,
        math.ceil(spot.number / step) * step,
    )
    if value <= 0:
        return False
    forms = [f"约{value}", f"{value}左右", f"大约{value}", f"≈{value}", f"~{value}"]
    if low > 0 and low < spot.number < low + 0.95 * step:
        forms += [f"{low}余", f"{low}多", f"{low}+", f"{low}有余"]
    if high > spot.number > high - 0.3 * step:
        forms += [f"近{high}", f"接近{high}"]
    return spot.put(dice.choice(forms))


@cell_kind("number_bound", "只写界限：≥500、不足500", "Only a bound", NUMBERS)
def _bound(spot: Spot, dice: Random) -> bool:
    step = 10 ** max(0, math.floor(math.log10(max(spot.number, 1))))
    low = math.floor(spot.number / step) * step
    if low <= 0 or low == spot.number:
        return False
    high = low + step
    forms = [f"≥{low}", f">{low}", f"{low}以上", f"不小于{low}", f"大于{low}"]
    forms += [f"<{high}", f"{high}以下", f"不足{high}", f"≤{high}", f"小于{high}"]
    return spot.put(dice.choice(forms))


@cell_kind(
    "number_range",
    "范围：30-50",
    "A range",
    ("length_m", "depth_cm", "duration_min", "households", "burial_depth_m"),
)
def _range(spot: Spot, dice: Random) -> bool:
    low, high = math.floor(spot.number * 0.8), math.ceil(spot.number * 1.25)
    if not 0 < low < high:
        return False
    unit = dice.choice(["", _UNITS[spot.column.key][0]])
    return spot.put(
        f"{low}{dice.choice(['-', '~', '—', '至', '～', '－'])}{high}{unit}"
    )


@cell_kind("number_chinese", "汉字数字：十二", "Chinese numerals", COUNTS)
def _chinese(spot: Spot, dice: Random) -> bool:
    return spot.put(chinese(int(spot.number)))


@cell_kind("number_noise", "浮点噪声", "Floating-point noise", SIZES)
def _noise(spot: Spot, dice: Random) -> bool:
    return spot.put(spot.number * (1 + 3e-15) + 1e-13, tolerance=1e-6)


@cell_kind("number_sum", "写成加式：120+212.7", "Written as a sum", LENGTH)
def _sum(spot: Spot, dice: Random) -> bool:
    part = round(spot.number * dice.uniform(0.3, 0.6))
    return spot.put(
        dice.choice(["{}+{}", "{} + {}", "={}+{}", "{}＋{}"]).format(
            part, plain(spot.number - part, 1)
        )
    )


@cell_kind(
    "number_letters", "字母 O、l 当数字，小数点写错", "Letters for digits", NUMBERS
)
def _letters(spot: Spot, dice: Random) -> bool:
    text = spot.text
    swaps = [("0", "O"), ("1", "l"), (".", "。"), (".", ".."), (".", "·"), ("0", "o")]
    able = [(a, b) for a, b in swaps if a in text]
    if not able:
        return False
    a, b = dice.choice(able)
    return spot.put(text.replace(a, b, 1))


@cell_kind("number_two_values", "一格两个数", "Two numbers in a cell", NUMBERS)
def _two_values(spot: Spot, dice: Random) -> bool:
    other = max(1, round(spot.number * dice.choice([0.5, 1.5, 2])))
    if other == spot.number:
        return False
    text = f"{spot.text}{dice.choice(['/', '、', chr(10), ';'])}{other}"
    # Which of the two holds is an even chance: neither may be taken.
    return spot.means(other, text) if dice.random() < 0.5 else spot.put(text)


@cell_kind(
    "number_impossible",
    "不可能的数：负数、零、多几个零",
    "Impossible numbers",
    ("length_m", "floor_area_m2", "diameter_mm", "households", "buildings"),
)
def _impossible(spot: Spot, dice: Random) -> bool:
    wrong = [-spot.number, spot.number * 1e6]
    if spot.column.key != "households" or spot.column.spec is None:
        wrong.append(0.0)
    return spot.put(dice.choice(wrong))


@cell_kind(
    "number_scientific",
    "科学计数：1.56E+04",
    "Scientific notation",
    ("floor_area_m2", "length_m"),
    medium="text",
)
def _scientific(spot: Spot, dice: Random) -> bool:
    text = f"{spot.number:.2E}"
    return spot.put(text, tolerance=0.005 * 10 ** int(text.split("E")[1]))


@cell_kind(
    "number_with_more",
    "数后带说明：399户（1200人）",
    "A number with more beside it",
    ("households", "length_m", "buildings", "floor_area_m2"),
)
def _with_more(spot: Spot, dice: Random) -> bool:
    more = {
        "households": [
            f"户（{int(spot.number * 3)}人）",
            "户，其中商户12户",
            "（含商铺6户）",
        ],
        "length_m": ["（含支管）", "m（图上量）", "，不含户线"],
        "buildings": ["栋36单元", "栋（4栋已拆）", "幢/24单元"],
        "floor_area_m2": ["（含车库）", "㎡（其中商业1200㎡）"],
    }
    return spot.put(spot.text + dice.choice(more[spot.column.key]))


@cell_kind(
    "number_wrong",
    "数字抄错但仍合理",
    "A plausible wrong number",
    LENGTH,
    untellable="A length of 237.4 m typed for 273.4 m is as plausible as the truth; "
    "only a drawing tells.",
)
def _wrong(spot: Spot, dice: Random) -> bool:
    wrong = round(spot.number * dice.choice([0.98, 0.985, 1.015, 1.02]), 1)
    return wrong != spot.number and spot.put(wrong)


@cell_kind(
    "cell_error",
    "公式出错：#REF!、#N/A、####",
    "An error of a formula",
    (*NUMBERS, "install_year", "material", "street"),
)
def _error(spot: Spot, dice: Random) -> bool:
    return spot.put(dice.choice(["#REF!", "#VALUE!", "#N/A", "#NAME?", "########"]))
