"""Dirt of years: before, about, the nineties, serial dates, ages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from benchmarks.dirtier.kinds.base import Spot, cell_kind, column_kind
from benchmarks.dirtier.sheet import Cell, Column

YEAR = ("install_year",)
BASE_YEAR = 2025
"""Year of the survey: ages are counted back from it."""
_DIGITS = "〇一二三四五六七八九"
_TENS = {5: "五", 6: "六", 7: "七", 8: "八", 9: "九"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
           "Dec")  # fmt: skip
_PLANS = {1981: "六五", 1986: "七五", 1991: "八五", 1996: "九五", 2001: "十五",
          2006: "十一五", 2011: "十二五", 2016: "十三五"}  # fmt: skip


def _day(spot: Spot, dice: Random) -> date:
    return date(int(spot.number), dice.randint(1, 12), dice.randint(1, 28))


@cell_kind("year_before", "2000年前、2000年以前", "Before a year", YEAR)
def _before(spot: Spot, dice: Random) -> bool:
    step = dice.choice([5, 10])
    year = int(spot.number) // step * step + step
    forms = [
        f"{year}年前",
        f"{year}年以前",
        f"{year}以前",
        f"{year}年之前",
        f"早于{year}年",
    ]
    return spot.put(dice.choice(forms))


@cell_kind("year_after", "2000年后", "After a year", YEAR)
def _after(spot: Spot, dice: Random) -> bool:
    year = (int(spot.number) - 1) // 5 * 5
    return spot.put(
        dice.choice([f"{year}年后", f"{year}年以后", f"{year}年之后", f"{year}后"])
    )


@cell_kind("year_about", "约1998、1998年左右", "About a year", YEAR)
def _about(spot: Spot, dice: Random) -> bool:
    year = min(int(spot.number) + dice.choice([-2, -1, -1, 1, 1, 2]), BASE_YEAR)
    if year == spot.number:
        return False
    forms = [f"约{year}", f"{year}年左右", f"{year}年前后", f"大约{year}年", f"{year}?"]
    return spot.put(dice.choice([*forms, f"{year}（估）", f"约{year % 100:02d}年"]))


@cell_kind("year_two_digits", "98年、05年", "Two digits", YEAR)
def _two_digits(spot: Spot, dice: Random) -> bool:
    short = f"{int(spot.number) % 100:02d}"
    return spot.put(dice.choice([f"{short}年", f"'{short}", short, f"{short}年{3}月"]))


@cell_kind("year_decade", "九十年代、80年代末", "A decade", YEAR)
def _decade(spot: Spot, dice: Random) -> bool:
    year = int(spot.number)
    tens, digit = year // 10 % 10, year % 10
    if year >= 2000:
        return spot.put(f"{year // 10 * 10}年代")
    part = "初" if digit <= 2 else "末" if digit >= 7 else "中期"
    name = dice.choice([_TENS[tens] + "十", f"{tens}0"])
    century = dice.choice(["", "上世纪", "20世纪", "19" if name[0].isdigit() else ""])
    return spot.put(f"{century}{name}年代{dice.choice(['', part])}")


@cell_kind("year_span", "1985-1998", "A span of years", YEAR)
def _span(spot: Spot, dice: Random) -> bool:
    year = int(spot.number)
    low, high = year - dice.randint(0, 6), year + dice.randint(1, 6)
    sign = dice.choice(["-", "~", "—", "至", "～", "－", "/", "、"])
    forms = [f"{low}{sign}{high}", f"{low}年{sign}{high}年"]
    if high // 100 == low // 100 and high % 100 > 12:  # else it might be a month
        forms.append(f"{low}{sign}{high % 100:02d}")
    return spot.put(dice.choice(forms))


@cell_kind("year_and_month", "2003.10、2003年10月、200310", "Year and month", YEAR)
def _month(spot: Spot, dice: Random) -> bool:
    day = _day(spot, dice)
    y, m, d = day.year, day.month, day.day
    forms = [f"{y}.{m}", f"{y}年{m}月", f"{y}-{m:02d}", f"{y}/{m}", f"{y}{m:02d}"]
    forms += [f"{y}年{m}月{d}日", f"{y}{m:02d}{d:02d}", f"{y}/{m}/{d}", f"{y}.{m}.{d}"]
    forms += [f"{y}-{m:02d}-{d:02d} 00:00:00", f"{y}年{m}月份", f"{y} 年 {m} 月"]
    text = dice.choice(forms)
    as_number = spot.sheet.is_book and text.replace(".", "", 1).isdigit()
    return spot.put(float(text) if as_number and dice.random() < 0.5 else text)


@cell_kind("year_part", "2003年底、上半年", "A part of a year", YEAR)
def _part(spot: Spot, dice: Random) -> bool:
    part = dice.choice(["底", "初", "上半年", "下半年", "三季度", "春", "年中", "冬季"])
    text = f"{int(spot.number)}年{part}"
    return spot.put(text.replace("年年", "年"))


@cell_kind("year_serial", "Excel 日期序列号 37895", "Excel's serial number", YEAR)
def _serial(spot: Spot, dice: Random) -> bool:
    return spot.put((_day(spot, dice) - date(1899, 12, 30)).days)


@cell_kind("year_excel_date", "Excel 真日期", "A real date cell", YEAR, medium="book")
def _excel_date(spot: Spot, dice: Random) -> bool:
    forms = [
        'yyyy"年"m"月"',
        "yyyy",
        "yyyy/m/d",
        "mmm-yy",
        'yyyy"年"',
        "[$-804]yyyy-mm",
    ]
    day = _day(spot, dice)
    moment = datetime(day.year, day.month, day.day)
    return spot.put(
        moment + timedelta(hours=8) if dice.random() < 0.1 else moment,
        form=dice.choice(forms),
    )


@cell_kind(
    "year_english_month", "Oct-03（英文 Excel 导出）", "Oct-03", YEAR, medium="text"
)
def _english(spot: Spot, dice: Random) -> bool:
    day = _day(spot, dice)
    month, year = _MONTHS[day.month - 1], day.year
    forms = [f"{month}-{year % 100:02d}", f"{day.day}-{month}-{year}"]
    return spot.put(dice.choice([*forms, f"{day.month}/{day.day}/{year}"]))


@cell_kind("year_chinese", "二〇〇三年", "Year in Chinese numerals", YEAR)
def _chinese(spot: Spot, dice: Random) -> bool:
    text = "".join(_DIGITS[int(digit)] for digit in str(int(spot.number)))
    text = text.replace("〇", dice.choice(["〇", "零", "○", "O"]))
    return spot.put(text + dice.choice(["年", ""]))


@cell_kind("year_in_words", "2003年建成、建于2003年", "Year inside words", YEAR)
def _in_words(spot: Spot, dice: Random) -> bool:
    forms = ["{}年建成", "建于{}年", "{}年投运", "{}年竣工", "{}年敷设", "始建于{}年"]
    return spot.put(dice.choice(forms).format(int(spot.number)))


@cell_kind("year_two_ages", "1998（2015年改造）", "Built and renewed in one cell", YEAR)
def _two_ages(spot: Spot, dice: Random) -> bool:
    year = int(spot.number)
    later = min(year + dice.randint(3, 20), 2024)
    if later <= year:
        return False
    forms = [
        f"{year}（{later}年改造）",
        f"{year}年建，{later}年更换",
        f"{year}/{later}改",
    ]
    return spot.put(dice.choice([*forms, f"{later}年改造（原{year}年）"]))


@cell_kind("year_period", "“九五”期间、解放后", "A period in words", YEAR)
def _period(spot: Spot, dice: Random) -> bool:
    first = (int(spot.number) - 1) // 5 * 5 + 1
    vague = ["建厂时", "随道路同期", "老管线", "很早"]
    plan = [f"“{_PLANS[first]}”期间", f"{_PLANS[first]}期间"] if first in _PLANS else []
    return spot.put(dice.choice([*vague, *plan, *plan]))


@cell_kind("year_impossible", "2203、1098、3003、未来年份", "Impossible years", YEAR)
def _impossible(spot: Spot, dice: Random) -> bool:
    y = str(int(spot.number))
    return spot.put(
        int(
            dice.choice(
                [
                    f"{y[0]}2{y[2:]}",
                    f"10{y[2:]}",
                    f"3{y[1:]}",
                    f"20{60 + int(y[3])}",
                    f"{y}0",
                ]
            )
        )
    )


@cell_kind("year_zero_date", "空日期成了 1900-01-00", "An empty date became 1900", YEAR)
def _zero_date(spot: Spot, dice: Random) -> bool:
    if spot.sheet.is_book and dice.random() < 0.5:
        return spot.means(None, 0) and spot.put(0, form="yyyy/m/d")
    return spot.means(
        None,
        dice.choice(
            ["1900-01-00", "1900/1/0", "1900-01-01", "1899-12-30", "1900", "0"]
        ),
    )


@column_kind(
    "year_age", "表头为管龄、使用年限", "Age in years, and the header says so", YEAR
)
def _age(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.label, column.unit = (
        dice.choice(["管龄", "已使用年限", "役龄", "使用年限"]),
        "年",
    )
    _to_ages(cells)
    return True


@column_kind(
    "year_age_unsaid", "年份表头下填的是年限", "Ages under the header of a year", YEAR
)
def _age_unsaid(column: Column, cells: list[Cell], dice: Random) -> bool:
    _to_ages(cells)
    return True


def _to_ages(cells: list[Cell]) -> None:
    for cell in cells:
        assert isinstance(cell.truth, int)
        cell.write = BASE_YEAR - cell.truth


@column_kind("year_full_date", "整列为日期", "The whole column holds dates", YEAR)
def _full_date(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.label = dice.choice(["竣工日期", "投用时间", "建成时间"])
    for cell in cells:
        assert isinstance(cell.truth, int)
        cell.write = f"{cell.truth}/{dice.randint(1, 12)}/{dice.randint(1, 28)}"
    return True


@column_kind(
    "year_1904",
    "1904 日期系统的工作簿",
    "A workbook of the 1904 date system",
    YEAR,
    medium="book",
)
def _1904(column: Column, cells: list[Cell], dice: Random) -> bool:
    column.label = "竣工日期"
    for cell in cells:
        assert isinstance(cell.truth, int)
        cell.write = datetime(cell.truth, dice.randint(1, 12), dice.randint(1, 28))
        cell.form = "yyyy-mm-dd"
    return True
