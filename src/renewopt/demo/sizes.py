"""Sizes: how large a synthetic county is, and how old its networks are.

Magnitudes of the county: a northern county seat of 200,000 residents as a planner would
expect it (editable assumption): gas 150 km, heating 60 km primary and 180 km secondary,
water 200 km, 12 waterlogging points, 90 compounds with 16,600 households.
"""

from __future__ import annotations

from dataclasses import dataclass

Ages = tuple[tuple[float, float], ...]
"""(share of the network laid before, year), ascending: how its years are spread."""


@dataclass(frozen=True)
class Size:
    """One size of county.

    Attributes
    ----------
    columns, rows
        Streets from north to south and from west to east.
    spacing_m
        Mean distance of streets.
    gas_main_km … water_yard_km
        Length of each network.
    gas_immediate_km, gas_deadline_km
        Gas pipe assessed "renew now" and "renew by a deadline".
    ages
        Years of each network.
    english
        Tables that are written with English headers.
    gap
        Gap at which the plan of its scenario may stop.
    bond_terms
        Lines of its special bond that differ from those of the kind.
    """

    gap: float

    name_zh: str
    name_en: str
    population: int
    columns: int
    rows: int
    spacing_m: float
    districts: tuple[str, ...]
    gas_main_km: float
    gas_yard_km: float
    heating_primary_km: float
    heating_secondary_km: float
    water_trunk_km: float
    water_yard_km: float
    gas_immediate_km: float
    gas_deadline_km: float
    points: int
    severe_points: int
    severe_depth_cm: tuple[int, int]
    severe_minutes: tuple[int, int]
    compounds: int
    households_per_compound: int
    running_streets: int
    running_compounds: int
    ages: dict[str, Ages]
    money: dict[str, tuple[float, ...]]
    capacity: dict[str, float]
    english: frozenset[str] = frozenset()
    bond_terms: tuple[str, ...] = ()


SIZES: dict[str, Size] = {
    "county": Size(
        gap=0.01,
        name_zh="合成县（演示）",
        name_en="Synthetic County (demo)",
        population=200_000,
        columns=14,
        rows=13,
        spacing_m=298.0,
        districts=("城中街道", "城东街道", "城西街道", "城南街道", "城北街道"),
        gas_main_km=58.0,
        gas_yard_km=92.0,
        heating_primary_km=60.0,
        heating_secondary_km=180.0,
        water_trunk_km=14.0,
        water_yard_km=86.0,
        gas_immediate_km=1.6,
        gas_deadline_km=8.0,
        points=12,
        severe_points=3,
        severe_depth_cm=(38, 70),
        severe_minutes=(90, 200),
        compounds=90,
        households_per_compound=184,
        running_streets=2,
        running_compounds=4,
        ages={
            "gas": ((0, 1988), (0.03, 1996), (0.3, 2007), (0.6, 2014), (1, 2025.9)),
            "heating_primary": (
                (0, 1993), (0.18, 2007.9), (0.35, 2012.9), (0.7, 2018), (1, 2025.9),
            ),
            "heating_secondary": (
                (0, 1991), (0.26, 2007.9), (0.36, 2012.9), (0.7, 2018), (1, 2025.9),
            ),
            "water": (
                (0, 1966), (0.13, 1986), (0.28, 1997.9), (0.6, 2008), (1, 2025.9),
            ),
            "compound": ((0, 1978), (0.6, 2000.9), (0.8, 2005.9), (1, 2012.9)),
        },
        money={
            "fiscal": (2200, 2200, 2200, 2200, 2200),
            "central": (2500, 2500, 2500, 2500, 2500),
            "treasury": (1000, 1000, 1000, 1000, 1000),
            "bond": (1000, 1000, 1000, 1000, 1000),
            "heating-loan": (900, 900, 900, 900, 900),
            "gas-company": (550, 550, 550, 550, 550),
            "heating-company": (1300, 1300, 1300, 1300, 1300),
            "water-company": (450, 450, 450, 450, 450),
            "residents": (150, 150, 150, 150, 150),
        },
        capacity={"gas_pipe": 9, "heating_pipe": 16, "water_pipe": 12},
    ),
    "town": Size(
        gap=0.005,
        name_zh="合成镇（示例）",
        name_en="Synthetic Town (example)",
        population=12_000,
        columns=4,
        rows=3,
        spacing_m=290.0,
        districts=("东片区", "西片区"),
        gas_main_km=2.6,
        gas_yard_km=2.4,
        heating_primary_km=2.9,
        heating_secondary_km=6.0,
        water_trunk_km=0.8,
        water_yard_km=2.0,
        gas_immediate_km=0.2,
        gas_deadline_km=0.4,
        points=2,
        severe_points=1,
        severe_depth_cm=(22, 27),
        severe_minutes=(40, 60),
        compounds=6,
        households_per_compound=150,
        running_streets=1,
        running_compounds=1,
        ages={
            "gas": ((0, 1990), (0.05, 1996), (0.3, 2007), (0.6, 2014), (1, 2025.9)),
            "heating_primary": (
                (0, 1996), (0.2, 2007.9), (0.35, 2012.9), (0.7, 2018), (1, 2025.9),
            ),
            "heating_secondary": (
                (0, 1996), (0.25, 2007.9), (0.36, 2012.9), (0.7, 2018), (1, 2025.9),
            ),
            "water": ((0, 1970), (0.1, 1986), (0.22, 1997.9), (0.6, 2008), (1, 2025.9)),
            "compound": ((0, 1982), (0.6, 2000.9), (0.8, 2005.9), (1, 2012.9)),
        },
        money={
            "fiscal": (80, 80, 80, 80, 80),
            "central": (100, 100, 100, 100, 100),
            "treasury": (30, 30, 30, 30, 30),
            "bond": (40, 40, 40, 40, 40),
            "heating-loan": (50, 50, 50, 50, 50),
            "gas-company": (20, 20, 20, 20, 20),
            "heating-company": (140, 100, 100, 100, 100),
            "water-company": (12, 12, 12, 12, 12),
            "residents": (6, 6, 6, 6, 6),
        },
        capacity={"gas_pipe": 1.5, "heating_pipe": 2.0, "water_pipe": 1.5},
        english=frozenset(
            {"gas_pipe", "water_pipe", "failures", "corridors", "packages"}
        ),
        # A town's share of an issue is small: smaller amounts than the kind allows.
        bond_terms=("least_draw = 20", "step = 10"),
    ),
}  # fmt: skip
