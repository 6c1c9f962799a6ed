"""The pipes: gas, heating and water on one street grid, with their years and state."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewopt.demo.draw import Draw, FloatArray, IntArray, when
from renewopt.demo.sizes import Ages, Size
from renewopt.demo.streets import Streets, lat, lon

GAS_COMPANY = "合成县燃气有限公司"
HEATING_COMPANY = "合成县热力有限公司"
WATER_COMPANY = "合成县供水有限公司"
BUREAU = "合成县住房和城乡建设局"
ASSESSED_YEAR = 2026


def laid_on_streets(
    streets: Streets, km: float, draw: Draw, offset_m: float, prefix: str
) -> pd.DataFrame:
    """Lay one main per segment until the length is reached, large streets first."""
    frame = streets.corridors
    rank = frame["road_class"].map({"arterial": 0.0, "collector": 0.6, "local": 1.0})
    order = np.argsort(
        (rank + draw.uniform(len(frame), 0, 0.9)).to_numpy(), kind="stable"
    )
    total = frame["length_m"].to_numpy()[order].cumsum()
    chosen = np.sort(order[: int(np.searchsorted(total, km * 1000)) + 1])
    return _lines(frame.iloc[chosen], np.full(len(chosen), offset_m), 1.0, prefix)


def laid_in_blocks(
    streets: Streets,
    km: float,
    draw: Draw,
    piece_m: float,
    prefix: str,
    on_street: float,
) -> pd.DataFrame:
    """Lay shorter lines along the segments, beside the street or inside the block.

    Parameters
    ----------
    on_street
        Share that lies in the street itself and so has a corridor.
    """
    frame = streets.corridors
    number = round(km * 1000 / piece_m)
    turns = np.arange(number) % len(frame)
    share = np.clip(piece_m / frame["length_m"].to_numpy()[turns], 0.3, 1.0)
    share = share * draw.uniform(number, 0.82, 1.0)
    side = np.where(draw.chance(number, 0.5), 1.0, -1.0)
    in_street = draw.chance(number, on_street)
    offset = side * np.where(in_street, 7.0, draw.uniform(number, 30.0, 120.0))
    lines = _lines(frame.iloc[turns], offset, share, prefix)
    lines.loc[~in_street, "corridor_id"] = None
    scale = km * 1000 / lines["length_m"].sum()
    lines["length_m"] = (lines["length_m"] * scale).round(1)
    return lines


def _lines(
    corridors: pd.DataFrame, offset: FloatArray, share: FloatArray | float, prefix: str
) -> pd.DataFrame:
    """Make lines parallel to the segments; `share` is the part covered."""
    dx = (corridors["x2"] - corridors["x1"]).to_numpy()
    dy = (corridors["y2"] - corridors["y1"]).to_numpy()
    length = np.hypot(dx, dy)
    x1 = corridors["x1"].to_numpy() - dy / length * offset
    y1 = corridors["y1"].to_numpy() + dx / length * offset
    numbers = range(1, len(corridors) + 1)
    return pd.DataFrame(
        {
            "asset_id": [f"{prefix}{n:04d}" for n in numbers],
            "district": corridors["district"].to_numpy(),
            "street": corridors["street"].to_numpy(),
            "corridor_id": corridors["corridor_id"].to_numpy(),
            "road_class": corridors["road_class"].to_numpy(),
            "length_m": (length * share).round(1),
            "centre": corridors["centre"].to_numpy(),
            "start_lon": lon(x1),
            "start_lat": lat(y1),
            "end_lon": lon(x1 + dx * share),
            "end_lat": lat(y1 + dy * share),
        }
    )


def years(lines: pd.DataFrame, ages: Ages, draw: Draw) -> IntArray:
    """Give years that keep to the spread by length: the older, the nearer the centre.

    Whole streets were built together, so that the order is by street first.
    """
    streets = sorted(set(zip(lines["street"], lines["district"], strict=True)))
    luck = dict(zip(streets, draw.uniform(len(streets), 0, 0.5), strict=True))
    own = [luck[key] for key in zip(lines["street"], lines["district"], strict=True)]
    order = lines["centre"].to_numpy() * 0.5 + np.array(own)
    order = order + draw.uniform(len(lines), 0, 0.12)
    ranked = np.argsort(order, kind="stable")
    length = lines["length_m"].to_numpy()
    place = np.empty(len(lines))
    place[ranked] = (length[ranked].cumsum() - length[ranked] / 2) / length.sum()
    shares, bounds = zip(*ages, strict=True)
    return np.asarray(np.floor(np.interp(place, shares, bounds)), dtype=np.int64)


def make_gas(streets: Streets, size: Size, seed: int) -> pd.DataFrame:
    """Gas: municipal mains in the streets, courtyard pipes in the blocks."""
    draw = Draw(seed, "gas")
    mains = laid_on_streets(streets, size.gas_main_km, draw, 4.0, "RQ-S-")
    yards = laid_in_blocks(streets, size.gas_yard_km, draw, 200.0, "RQ-T-", 0.0)
    frame = pd.concat(
        [mains.assign(level="municipal"), yards.assign(level="yard")], ignore_index=True
    )
    frame["install_year"] = years(frame, size.ages["gas"], draw)
    number, year = len(frame), frame["install_year"]
    main = frame["level"] == "municipal"
    late = np.where(draw.chance(number, 0.75), "pe", "steel")
    frame["material"] = np.select(
        [year < 1996, year < 2004, year < 2012], ["grey_cast_iron", "steel", late], "pe"
    )
    sizes = draw.pick(number, ("160", "200", "250", "315"), (0.3, 0.35, 0.2, 0.15))
    small = draw.pick(number, ("63", "90", "110"), (0.4, 0.35, 0.25))
    frame["diameter_mm"] = np.where(main, sizes, small).astype(np.float64)
    steel = frame["material"] == "steel"
    protection = draw.pick(number, ("working", "failed", "none"), (0.35, 0.3, 0.35))
    frame["cathodic_protection"] = when(steel, protection)
    frame["pressure_level"] = np.where(main, "medium_b", "low")
    frame["encroached"] = ~main & (year < 2010) & draw.chance(number, 0.03)
    frame["near_sensitive"] = draw.chance(number, 0.12)
    frame["households"] = np.where(
        main, draw.whole(number, 120, 420), draw.whole(number, 25, 90)
    )
    frame["ownership"] = np.where(main, "operator", "residents")
    frame["owner"] = when(main, GAS_COMPANY)
    frame["operator"] = GAS_COMPANY
    frame["laying_method"] = "direct"
    return _assess(frame, size, draw)


def _assess(frame: pd.DataFrame, size: Size, draw: Draw) -> pd.DataFrame:
    """Give outcomes of the ageing assessment from 15 years on, worst first."""
    age = ASSESSED_YEAR - frame["install_year"]
    weak = frame["material"].map({"grey_cast_iron": 2.0, "steel": 1.0, "pe": 0.35})
    bare = np.where(frame["cathodic_protection"].isin(["failed", "none"]), 1.6, 1.0)
    score = (age * weak * bare * draw.uniform(len(frame), 0.6, 1.4)).to_numpy(
        np.float64
    )
    score = np.where(age >= 15, score, -1.0)
    order = np.argsort(-score, kind="stable")
    km = frame["length_m"].to_numpy()[order].cumsum() / 1000
    bounds = (size.gas_immediate_km, size.gas_immediate_km + size.gas_deadline_km)
    assessed = int((score >= 0).sum())
    words = np.select(
        [km <= bounds[0], km <= bounds[1], np.arange(len(km)) < 0.6 * assessed],
        ["immediate", "deadline", "ok_with_controls"],
        "ok",
    ).astype(object)
    words[assessed:] = None
    result = np.empty(len(frame), dtype=object)
    result[order] = words
    frame["assessment_result"] = result
    limit = draw.whole(len(frame), 2028, 2029)
    frame["assessment_deadline"] = pd.array(limit, "Int64")
    frame.loc[result != "deadline", "assessment_deadline"] = pd.NA
    return frame


def make_heating(streets: Streets, size: Size, seed: int) -> pd.DataFrame:
    """Heating: primary network in the streets, secondary in streets and blocks."""
    draw = Draw(seed, "heating")
    primary = laid_on_streets(streets, size.heating_primary_km, draw, -5.0, "RL-1-")
    secondary = laid_in_blocks(
        streets, size.heating_secondary_km, draw, 225.0, "RL-2-", 0.6
    )
    primary["install_year"] = years(primary, size.ages["heating_primary"], draw)
    secondary["install_year"] = years(secondary, size.ages["heating_secondary"], draw)
    frame = pd.concat(
        [primary.assign(level="primary"), secondary.assign(level="secondary")],
        ignore_index=True,
    )
    number = len(frame)
    first = frame["level"] == "primary"
    trunk = draw.pick(
        number, ("300", "350", "400", "500", "600"), (0.2, 0.25, 0.3, 0.15, 0.1)
    )
    branch = draw.pick(number, ("80", "100", "125", "150"), (0.25, 0.35, 0.2, 0.2))
    frame["diameter_mm"] = np.where(first, trunk, branch).astype(np.float64)
    frame["material"] = "steel"
    old = frame["install_year"] < 2012
    failed = draw.chance(number, 0.22) & old | draw.chance(number, 0.02)
    frame["insulation"] = np.where(failed, "failed", "good")
    ditch = draw.chance(number, 0.5) & (frame["install_year"] < 2003)
    frame["laying_method"] = np.where(ditch, "ditch", "direct")
    frame["pipes_per_route"] = 2
    frame["length_basis"] = "route"
    frame["households"] = np.where(
        first, draw.whole(number, 350, 1100), draw.whole(number, 40, 110)
    )
    frame["ownership"] = np.where(first, "operator", "public")
    frame["owner"] = np.where(first, HEATING_COMPANY, BUREAU)
    frame["operator"] = HEATING_COMPANY
    return frame


def make_water(streets: Streets, size: Size, seed: int) -> pd.DataFrame:
    """Water: trunk mains, a distribution main in every street, pipes in the blocks."""
    draw = Draw(seed, "water")
    everywhere = float(streets.corridors["length_m"].sum()) / 1000
    trunk = laid_on_streets(streets, size.water_trunk_km, draw, 9.0, "JS-1-")
    mains = laid_on_streets(streets, everywhere, draw, -9.0, "JS-2-")
    yards = laid_in_blocks(streets, size.water_yard_km, draw, 240.0, "JS-3-", 0.0)
    levels = ("transmission", "distribution", "yard")
    frame = pd.concat(
        [f.assign(level=n) for f, n in zip((trunk, mains, yards), levels, strict=True)],
        ignore_index=True,
    )
    frame["install_year"] = years(frame, size.ages["water"], draw)
    number, year = len(frame), frame["install_year"]
    old = draw.pick(
        number, ("cement", "asbestos_cement", "grey_cast_iron"), (0.2, 0.15, 0.65)
    )
    middle = draw.pick(
        number, ("grey_cast_iron", "ductile_iron", "steel", "galvanised_steel"),
        (0.45, 0.25, 0.2, 0.1),
    )  # fmt: skip
    young = draw.pick(number, ("ductile_iron", "pe", "pvc"), (0.35, 0.45, 0.2))
    frame["material"] = np.select([year < 1985, year < 2000], [old, middle], young)
    iron = frame["material"].isin(["grey_cast_iron", "ductile_iron"])
    lined = (year >= 1992) | (frame["material"] == "ductile_iron")
    frame["lining"] = when(iron, np.where(lined, "lined", "none"))
    sizes = {
        "transmission": draw.pick(number, ("500", "600"), (0.6, 0.4)),
        "distribution": draw.pick(number, ("150", "200", "300"), (0.35, 0.4, 0.25)),
        "yard": draw.pick(number, ("80", "100"), (0.5, 0.5)),
    }
    frame["diameter_mm"] = np.select(
        [frame["level"] == name for name in levels],
        [np.asarray(sizes[name], dtype=np.float64) for name in levels],
    )
    yard = frame["level"] == "yard"
    frame["households"] = np.select(
        [frame["level"] == "transmission", yard],
        [draw.whole(number, 800, 2500), draw.whole(number, 20, 70)],
        draw.whole(number, 60, 260),
    )
    frame["ownership"] = np.where(yard, "residents", "operator")
    frame["owner"] = when(~yard, WATER_COMPANY)
    frame["operator"] = WATER_COMPANY
    return frame
