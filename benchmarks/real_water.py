"""Real input: Kitchener's water mains through check, score, plan and audit, timed."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from renewopt import road
from renewopt.audit import audit_run
from renewopt.catalogue.load import load
from renewopt.inventory import read_inventory
from renewopt.risk import score

SCENARIO = Path(__file__).with_name("kitchener.toml")
DATA = SCENARIO.parents[2] / "shared" / "data" / "water_kitchener_2023"


def main() -> None:
    """Print rows, seconds and the plan's figures."""
    if not DATA.is_dir():
        print("The data set is not here; nothing measured.", file=sys.stderr)
        return
    catalogue = load()
    began = time.perf_counter()
    inventory = read_inventory(DATA, catalogue, mapping="kitchener")
    read = time.perf_counter()
    risk = score(inventory, catalogue, 2023, 15)
    scored = time.perf_counter()
    prepared, _ = road.prepare(SCENARIO)
    made = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        plan = road.plan_scenario(SCENARIO, out=run)
        planned = time.perf_counter()
        report = audit_run(run)
        audited = time.perf_counter()
    mains = len(inventory.assets["water_pipe"])
    print("| step | seconds | result |\n|---|--:|---|")
    print(f"| check | {read - began:.1f} | {mains:,} mains kept, "
          f"{len(inventory.failures):,} failures joined |")  # fmt: skip
    print(f"| score | {scored - read:.1f} | {len(risk.table):,} asset-years |")
    case = prepared.problem.case
    proof = plan.proof
    print(f"| check, score and case | {made - scored:.1f} | {len(case.projects):,} "
          f"projects, {len(case.works):,} works |")  # fmt: skip
    print(f"| plan (whole road) | {planned - made:.1f} | objective "
          f"{proof.objective / 100:,.1f} 万元, gap {proof.gap:.2%}, "
          f"{len(plan.schedule.chosen):,} of {len(case.projects):,} "
          "projects |")  # fmt: skip
    print(f"| audit | {audited - planned:.1f} | {len(report.breaches)} breaches |")
    for name, baseline in plan.baselines.items():
        print(f"| ({name}) | | objective {baseline.objective / 100:,.1f} 万元 |")
