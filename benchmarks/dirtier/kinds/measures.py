"""Dirt of counts, depths, times and shares of points and compounds: words for them."""

from __future__ import annotations

from random import Random

from benchmarks.dirtier.kinds.base import Spot, cell_kind
from benchmarks.dirtier.kinds.numbers import chinese


@cell_kind(
    "events_words", "次数写成文字：2次/年、多次", "Counts in words", ("events_5y",)
)
def _events(spot: Spot, dice: Random) -> bool:
    number = int(spot.number)
    if dice.random() < 0.2:
        yearly = max(1, number // 5)
        return spot.means(yearly * 5, f"每年{yearly}次")
    forms = [f"{chinese(number)}次", f"共{number}次", f"{number}起", "多次", "逢雨必涝"]
    return spot.put(dice.choice(forms))


@cell_kind("depth_words", "水深写成及膝、半米", "Depth in words", ("depth_cm",))
def _depth_words(spot: Spot, dice: Random) -> bool:
    ranges = {
        "没过脚踝": (10, 20),
        "半车轮深": (25, 40),
        "及膝": (35, 55),
        "半米": (42, 58),
        "半米左右": (40, 60),
        "到大腿": (55, 75),
    }
    forms = [text for text, (a, b) in ranges.items() if a <= spot.number <= b]
    return spot.put(dice.choice([*forms, "较深"]))


@cell_kind(
    "duration_words", "时间写成半天、1个半小时", "Time in words", ("duration_min",)
)
def _duration_words(spot: Spot, dice: Random) -> bool:
    hours, minutes = divmod(int(spot.number), 60)
    if hours and dice.random() < 0.5:
        exact = [f"{hours}小时{minutes}分", f"{hours}h{minutes}min"]
        return spot.put(dice.choice([*exact, f"{hours}:{minutes:02d}"]))
    if 80 <= spot.number <= 100 and dice.random() < 0.5:
        return spot.put("1个半小时", tolerance=15)
    vague = [f"{max(1, round(spot.number / 60))}小时左右", "较长", "雨后自退"]
    if spot.number >= 180:
        vague += ["半天", "数小时"]
    return spot.put(dice.choice(vague))


@cell_kind(
    "percent_sign", "百分数带百分号", "Percent sign in the cell", ("consent_rate",)
)
def _percent_sign(spot: Spot, dice: Random) -> bool:
    return spot.put(spot.text + dice.choice(["%", "％", " %"]))


@cell_kind("percent_words", "同意率写成七成、2/3", "Shares in words", ("consent_rate",))
def _percent_words(spot: Spot, dice: Random) -> bool:
    tens = int(spot.number // 10)
    forms = [
        f"{chinese(round(spot.number / 10))}成",
        f"{chinese(tens)}成多",
        "大多数同意",
    ]
    if spot.number % 10 > 0:
        forms.append(f"{chinese(tens)}成以上")
    if spot.number > 67:
        forms.append("超过三分之二")
    if 64 <= spot.number <= 69:
        forms.append("2/3")
    return spot.put(dice.choice(forms))


@cell_kind(
    "percent_mixed",
    "同一列里有 73.4 也有 0.734",
    "Percents and shares in one column",
    ("consent_rate",),
)
def _percent_mixed(spot: Spot, dice: Random) -> bool:
    return spot.put(round(spot.number / 100, 4))
