"""`python -m benchmarks NAME`: one measurement, its table as Markdown on stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import (
    case_speed,
    class_risk,
    corridors,
    engines,
    grouping,
    import_speed,
    joins,
    knapsacks,
    real_water,
    risk_coverage,
    risk_kitchener,
    risk_speed,
    warm,
    xlsx_speed,
)
from benchmarks.dirtier import run as dirtier
from benchmarks.families import race

MEASUREMENTS: dict[str, tuple[Callable[[], object], str]] = {
    "engines": (engines.main, "engines side by side on the demo county"),
    "class-risk": (class_risk.main, "the plan with each class's risk × 3 and ÷ 3"),
    "risk-kitchener": (risk_kitchener.main, "likelihood back-tested on real breaks"),
    "risk-coverage": (
        risk_coverage.main,
        "true rates of generated counties inside the intervals",
    ),
    "risk-speed": (
        risk_speed.main,
        "a million assets × ten years scored, beside bare predict",
    ),
    "xlsx-speed": (xlsx_speed.main, "100,000-row workbook beside calamine alone"),
    "import-speed": (
        import_speed.main,
        "a million rows: check against pandas.read_csv",
    ),
    "grouping": (
        grouping.main,
        "projects: in one piece, of a size, against single segments",
    ),
    "case-speed": (case_speed.main, "a case from 100,000 assets: seconds and memory"),
    "corridors": (corridors.main, "street segments found again on the demo county"),
    "joins": (joins.main, "records, streets and imputation at 100,000 assets, timed"),
    "real-water": (real_water.main, "Kitchener: check, score, plan, audit, timed"),
    "families": (race.main, "engines and plain models on synthetic counties"),
    "knapsacks": (knapsacks.main, "published knapsacks beside their best known values"),
    "warm": (warm.main, "runs from the last one beside cold starts"),
    "dirtier": (dirtier.main, "the importer on dirty files whose truth is known"),
}
WITH_OPTIONS = {
    "dirtier": dirtier.main,
    "families": race.main,
    "knapsacks": knapsacks.main,
    "risk-coverage": risk_coverage.main,
    "warm": warm.main,
}
"""Measurements that take options of their own after their name."""


def main(names: list[str]) -> int:
    """Run the measurements named, all of them without a name."""
    if names and names[0] in WITH_OPTIONS:
        return WITH_OPTIONS[names[0]](names[1:])
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}. Known:", file=sys.stderr)
        for name, (_, about) in MEASUREMENTS.items():
            print(f"  {name:<16}{about}", file=sys.stderr)
        return 2
    for name in names or MEASUREMENTS:
        print(f"\n## {name}\n", flush=True)
        MEASUREMENTS[name][0]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
