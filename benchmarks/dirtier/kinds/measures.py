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
    forms = [f"{chinese(number)}次", f"共{number}次", f"{number}起", "多次", "每年都积"]
    return spot.put(dice.choice([*forms, "逢雨必涝", f"每年{number}次"]))


@cell_kind("depth_words", "水深写成及膝、半米", "Depth in words", ("depth_cm",))
def _depth_words(spot: Spot, dice: Random) -> bool:
    forms = ["及膝", "没过脚踝", "半米左右", "齐腰", "半米", "半车轮深", "较深"]
    return spot.put(dice.choice(forms))


@cell_kind(
    "duration_words", "时间写成半天、1个半小时", "Time in words", ("duration_min",)
)
def _duration_words(spot: Spot, dice: Random) -> bool:
    hours, minutes = divmod(int(spot.number), 60)
    exact = [
        f"{hours}小时{minutes}分",
        f"{hours}h{minutes}min",
        f"{hours}:{minutes:02d}",
    ]
    vague = [
        "半天",
        "数小时",
        "一夜",
        f"{max(hours, 1)}小时左右",
        "1个半小时",
        "雨停即退",
    ]
    return spot.put(dice.choice(exact if hours and dice.random() < 0.5 else vague))


@cell_kind(
    "percent_sign", "百分数带百分号", "Percent sign in the cell", ("consent_rate",)
)
def _percent_sign(spot: Spot, dice: Random) -> bool:
    return spot.put(spot.text + dice.choice(["%", "％", " %"]))


@cell_kind("percent_words", "同意率写成七成、2/3", "Shares in words", ("consent_rate",))
def _percent_words(spot: Spot, dice: Random) -> bool:
    return spot.put(
        dice.choice(["七成", "七成以上", "2/3", "超过三分之二", "大多数同意"])
    )


@cell_kind(
    "percent_mixed",
    "同一列里有 73.4 也有 0.734",
    "Percents and shares in one column",
    ("consent_rate",),
)
def _percent_mixed(spot: Spot, dice: Random) -> bool:
    return spot.put(round(spot.number / 100, 4))
