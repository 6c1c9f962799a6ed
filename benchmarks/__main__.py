"""`python -m benchmarks NAME`: one measurement, its table as Markdown on stdout."""

from __future__ import annotations

import sys

from benchmarks import class_risk, engines, real_water, risk_kitchener

MEASUREMENTS = {
    "engines": (engines.main, "engines side by side on the demo county"),
    "class-risk": (class_risk.main, "the plan with each class's risk × 3 and ÷ 3"),
    "risk-kitchener": (risk_kitchener.main, "likelihood back-tested on real breaks"),
    "real-water": (real_water.main, "Kitchener: check, score, plan, audit, timed"),
}


def main(names: list[str]) -> int:
    """Run the measurements named, all of them without a name."""
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
