"""The scenario file of a synthetic county: money, debt, capacity and rules."""

from __future__ import annotations

from renewopt.demo.networks import GAS_COMPANY, HEATING_COMPANY, WATER_COMPANY
from renewopt.demo.sizes import Size

START_YEAR, YEARS = 2027, 5
PLAN = range(START_YEAR, START_YEAR + YEARS)

# id: (kind, title zh, title en, further lines)
_FUNDS: dict[str, tuple[str, str, str, str]] = {
    "fiscal": ("local_fiscal", "县级财政资金", "County fiscal money", ""),
    # 中央资金不重复安排 / one central source per package: each for its own classes.
    "central": (
        "central_budget", "中央预算内投资", "Central budget investment",
        'asset_classes = ["gas_pipe", "heating_pipe", "water_pipe", '
        '"residential_compound"]',
    ),
    "treasury": (
        "ultra_long_treasury", "超长期特别国债（两重）",
        "Ultra-long special treasury bonds",
        'asset_classes = ["waterlogging_point"]',
    ),
    "bond": ("special_bond", "专项债券", "Special bond", ""),
    "heating-loan": (
        "bank_loan", "热力公司银行贷款", "Bank loan of the heating company",
        f'borrower = "{HEATING_COMPANY}"',
    ),
    "gas-company": (
        "operator_fund", "燃气公司自筹", "Gas company's own money",
        f'owner = "{GAS_COMPANY}"',
    ),
    "heating-company": (
        "operator_fund", "热力公司自筹", "Heating company's own money",
        f'owner = "{HEATING_COMPANY}"',
    ),
    "water-company": (
        "operator_fund", "供水公司自筹", "Water company's own money",
        f'owner = "{WATER_COMPANY}"',
    ),
    "residents": ("resident_fund", "居民出资", "Residents' money", ""),
}  # fmt: skip
_REVIEWED = {"gas_pipe": 2028, "heating_pipe": 2027, "water_pipe": 2028}
"""Year from which packages of the companies count as reviewed: editable assumption."""
_CAPACITY = {
    "gas_pipe": ("gas", "燃气", "Gas"),
    "heating_pipe": ("heating", "供热", "Heating"),
    "water_pipe": ("water", "供水", "Water"),
}


def scenario_text(size: Size, seed: int) -> str:
    """Give the text of `scenario.toml`."""
    head = f"""\
# 合成数据 / synthetic data: {size.name_zh} / {size.name_en}, seed {seed}.
# 所有金额、单位和编号均为虚构。 All amounts, names and codes are made up.
# 金额单位：万元。 Amounts in 万元 (10,000 yuan).

inventory = "."
packs = ["national-15fyp", "finance-2024"]
start_year = {START_YEAR}
years = {YEARS}
discount_rate_bp = 400      # 4 %: editable assumption
price_base_year = 2026

[county]
name = {{ zh = "{size.name_zh}", en = "{size.name_en}" }}
population = {size.population}
debt_band = "green"   # 债务风险等级：绿色 / whole quota open: editable assumption

[solve]
gap = {size.gap:g}
time_limit_s = 300
seed = 0
"""
    return "\n".join(
        [
            head,
            *_funds(size),
            _debt(size),
            _projects(),
            *_capacity(size),
            _tail(size),
            _debt_rules(size),
        ]
    )


def _years(amounts: tuple[float, ...]) -> str:
    pairs = ", ".join(f'"{y}" = {a:g}' for y, a in zip(PLAN, amounts, strict=True))
    return f"{{ {pairs} }}"


def _funds(size: Size) -> list[str]:
    blocks = []
    for name, amounts in size.money.items():
        kind, zh, en, more = _FUNDS[name]
        lines = [
            "[[fund]]",
            f'id = "{name}"',
            f'kind = "{kind}"',
            f'title = {{ zh = "{zh}", en = "{en}" }}',
            *([more] if more else []),
            *(size.bond_terms if name == "bond" else ()),
            f"amount = {_years(amounts)}",
        ]
        blocks.append("\n".join(lines) + "\n")
    return blocks


def _owed(size: Size) -> float:
    """Existing special bonds, 万元: one and a half years of the quota."""
    return round(size.money["bond"][0] * 1.5, 0)


def _debt(size: Size) -> str:
    """Existing bonds: interest 3 % every year, repaid in 2029 and 2033."""
    half = _owed(size) / 2
    interest = [
        (year, (2 * half if year <= 2029 else half) * 0.03)
        for year in range(START_YEAR, 2034)
    ]
    pairs = ", ".join(f'"{year}" = {round(value, 2):g}' for year, value in interest)
    return f"""\
# 存量专项债券 / special bonds owed already
[[existing_debt]]
fund = "bond"
repaid = {{ "2029" = {half:g}, "2033" = {half:g} }}
interest = {{ {pairs} }}
"""


def _projects() -> str:
    """Form longer projects than the class files say: proofs are quick with fewer."""
    pipes = "\n".join(
        f"""\
[classes.{name}]
modes = ["replace"]

[classes.{name}.grouping]   # 较长的子项 / longer projects: editable assumption
prefer = ["street", "material", "grade"]
least_quantity = 500
least_cost = 60
bond_review = "{year}"   # 视为自该年起通过专项债评审 / counts as reviewed from then on
"""
        for name, year in _REVIEWED.items()
    )
    return (
        pipes
        + """
[classes.residential_compound]
modes = ["basic", "basic_improvement"]
"""
    )


def _capacity(size: Size) -> list[str]:
    return [
        f"""\
[[rule]]
kind = "annual_cap"
id = "cap-{short}-km"
title = {{ zh = "{zh}年施工能力（公里）", en = "{en} works capacity per year (km)" }}
cites = "editable assumption: crews and the season without frost"
measure = "km"
cap = {_years((size.capacity[name],) * YEARS)}
where = {{ asset_class = ["{name}"] }}
"""
        for name, (short, zh, en) in _CAPACITY.items()
    ]


def _tail(size: Size) -> str:
    """Limit what is left to pay after the plan: a tenth and a thirtieth of a year."""
    yearly = sum(sum(amounts) for amounts in size.money.values()) / YEARS
    last = START_YEAR + YEARS - 1
    pairs = ", ".join(
        f'"{last + number}" = {round(yearly * share, -1):g}'
        for number, share in ((1, 0.1), (2, 0.03))
    )
    return f"""\
[[rule]]
kind = "annual_cap"
id = "cap-tail"
title = {{ zh = "规划期后付款上限", en = "Payments left to the time after the plan" }}
cites = "the next plan has its own duties: editable assumption"
measure = "cost"
cap = {{ {pairs} }}
"""


def _debt_rules(size: Size) -> str:
    """Limit on the balance, and who serves which debt."""
    quota = size.money["bond"]
    owed = _owed(size)
    issued, limits = 0.0, []
    for year, amount in zip(PLAN, quota, strict=True):
        issued += amount
        left = owed if year < 2029 else owed / 2
        # Room for nine tenths of the quota: the limit binds before the quota does.
        limits.append(round(left + 0.9 * issued, 0))
    new = sum(quota)
    purse = (
        round(0.03 * owed + 0.03 * new, 0),
        round(0.03 * owed + 0.03 * new, 0),
        round(owed / 2 + 0.06 * new, 0),
        round(0.03 * owed + 0.03 * new, 0),
        round(0.03 * owed + 0.03 * new, 0),
    )
    after = round(max(owed / 2 + 0.05 * new, quota[0] * 1.15), 0)
    loans = sum(size.money["heating-loan"])
    return f"""\
[[rule]]
kind = "debt_limit"
id = "debt-limit"
title = {{ zh = "专项债务限额", en = "Special debt limit" }}
cites = "地方政府债务限额管理: set by the province; amounts: editable assumption"
funds = ["bond"]
limit = {_years(tuple(limits))}

[[rule]]
kind = "debt_service"
id = "bond-service"
title = {{ zh = "专项债券还本付息", en = "Service of special bonds" }}
cites = "国办发〔2024〕52号; amounts: editable assumption"
funds = ["bond"]
payer = "government_fund_budget"
purse = {_years(purse)}
purse_after = {after:g}

[[rule]]
kind = "debt_service"
id = "loan-service"
title = {{ zh = "热力公司贷款还本付息", en = "Service of the heating company's loans" }}
cites = "the borrower serves its loans, never the county: editable assumption"
funds = ["heating-loan"]
income_first = false   # 项目收益已先用于专项债券 / the income serves the bonds
payer = "borrower"
purse = {_years((round(loans * 0.2, 0),) * YEARS)}
purse_after = {round(loans * 0.2, 0):g}
"""
