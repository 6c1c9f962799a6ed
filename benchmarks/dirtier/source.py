"""The truth: rows of a clean demo county as plain Python values.

The clean files are read here with the `csv` module alone, so that the importer under
test has no hand in its own truth.
"""

from __future__ import annotations

import csv
import tempfile
from datetime import date
from pathlib import Path
from random import Random

from renewopt.catalogue import Catalogue
from renewopt.catalogue.columns import ColumnSpec
from renewopt.demo.generate import generate_county

Value = str | int | float | bool | date | None
"""What a cell holds: in our tables (codes, numbers, years) or in a bureau's file."""
Record = dict[str, Value]

CLASSES = (
    "gas_pipe",
    "heating_pipe",
    "water_pipe",
    "residential_compound",
    "waterlogging_point",
)
POINTS = 70
"""A county has a dozen waterlogging points; a file of them should have more rows."""
_MORE_MATERIALS = {
    "gas_pipe": ("pe", "steel", "ductile_iron", "galvanised_steel", "grey_cast_iron"),
    "heating_pipe": ("steel", "steel", "plastic", "ductile_iron"),
    "water_pipe": ("pvc", "concrete", "steel", "ductile_iron", "frp"),
}
_MORE_PRESSURES = ("low", "medium_b", "medium_a", "sub_high_b")
_REMARKS = (
    "现状良好",
    "2024年普查核实",
    "位于人行道下",
    "资料来源于竣工图",
    "沿线有行道树",
)


def true_records(seed: int, catalogue: Catalogue) -> dict[str, list[Record]]:
    """Give the assets of a synthetic county by class, with canonical columns.

    Columns that bureaus keep and the county lacks (depth of cover, remarks, more
    materials) are drawn here, so that their dirt can be written too.
    """
    dice = Random(f"truth/{seed}")
    with tempfile.TemporaryDirectory() as folder:
        generate_county(seed, Path(folder), catalogue=catalogue)
        found = {
            name: read_clean(
                Path(folder) / f"{name}.csv", catalogue.asset_classes[name].columns
            )
            for name in CLASSES
        }
    found["waterlogging_point"] = _more_points(found["waterlogging_point"], dice)
    for name, records in found.items():
        for record in records:
            _enrich(name, record, dice)
    return found


def read_clean(path: Path, specs: tuple[ColumnSpec, ...]) -> list[Record]:
    """Read a clean table of the county with the `csv` module alone."""
    by_header = {name: spec for spec in specs for name in spec.headers.zh}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            {
                by_header[header].name: true_value(text, by_header[header])
                for header, text in row.items()
            }
            for row in csv.DictReader(file)
        ]


def true_value(text: str, spec: ColumnSpec) -> Value:
    """Give the value of a clean text (first Chinese word, plain number)."""
    if text == "":
        return None
    if spec.kind == "choice":
        return {choice.zh[0]: choice.code for choice in spec.choices}[text]
    if spec.kind == "flag":
        return {"是": True, "否": False}[text]
    if spec.kind in {"integer", "year"}:
        return int(float(text))
    return float(text) if spec.kind == "number" else text


def _more_points(points: list[Record], dice: Random) -> list[Record]:
    """Draw more points after the pattern of those that there are."""
    found = []
    for number in range(1, POINTS + 1):
        record = dict(dice.choice(points))
        lon, lat = record["lon"], record["lat"]
        assert isinstance(lon, float)
        assert isinstance(lat, float)
        record |= {
            "asset_id": f"JSD-{number:02d}",
            "name": f"{record['street']}{number}号积水点",
            "lon": round(lon + dice.uniform(-0.01, 0.01), 6),
            "lat": round(lat + dice.uniform(-0.01, 0.01), 6),
            "depth_cm": float(dice.randint(16, 70)),
            "duration_min": float(dice.randint(20, 240)),
            "events_5y": dice.randint(0, 16),
            "premises_flooded": dice.randint(1, 40),
        }
        found.append(record)
    return found


def _enrich(name: str, record: Record, dice: Random) -> None:
    record["remark"] = dice.choice(_REMARKS) if dice.random() < 0.3 else None
    if dice.random() < 0.05:
        record["status"] = "abandoned"
    if name not in _MORE_MATERIALS:
        return
    record["burial_depth_m"] = round(dice.uniform(0.7, 2.8), 2)
    record.setdefault("laying_method", "direct")
    if record.get("install_year") is None:
        record["install_year"] = dice.randint(1975, 2020)
    if dice.random() < 0.4:
        record["material"] = dice.choice(_MORE_MATERIALS[name])
    if name == "gas_pipe" and dice.random() < 0.4:
        record["pressure_level"] = dice.choice(_MORE_PRESSURES)
