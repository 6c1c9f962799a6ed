"""Result tables that tell what the plan comes to and what it rests on."""

from __future__ import annotations

from typing import Any

from renewopt.report.sheets import REQUIRED, Sheet, Words
from renewopt.runs import Run
from renewopt.text import render


def overview(run: Run, words: Words) -> Sheet:
    """Show the figures that a bureau is judged by, then proof and audit."""
    summary, figures = run.summary, run.summary["figures"]
    rows: list[tuple[Any, ...]] = []

    def add(code: str, value: Any, unit: str = "", of: str = "") -> None:
        name = words.of(f"fig.{code}")
        rows.append((f"{name}: {words.of(of)}" if of else name, value, words.of(unit)))

    county = run.title("county", words.lang)
    if county:
        add("county", county)
    for name, own in figures["km_renewed"]["by_class"].items():
        add("km", own["total"], "unit.km", name)
    add("compounds", figures["compounds"]["total"])
    add("households", figures["compounds"]["households"])
    add("points", figures["points_cleared"]["total"])
    heating = figures["old_heating"]
    if heating is not None:
        last = str(run.problem.case.end_year)
        add("old_heating_left", f"{heating['share_left'][last]:.1%}")
    for year in run.problem.case.plan_years:
        add("starts", figures["starts"].get(str(year), 0), of=str(year))
        add("completions", figures["completions"].get(str(year), 0), of=str(year))
    add("cost", summary["cost"], "unit.wan")
    last_year = run.problem.case.end_year
    tail = sum(v for y, v in summary["by_year"].items() if int(y) > last_year)
    add("tail", round(tail, 2), "unit.wan")
    for hardness in REQUIRED:
        if hardness in summary["mandatory"]:
            missing = summary["mandatory"][hardness]["missing_money"]
            add("missing_money", missing, "unit.wan", hardness)
    risk = figures["risk"]
    add("share_of_today", f"{risk['share_of_today']:.1%}")
    add("share_of_removable", f"{risk['share_of_removable']:.1%}")
    add("objective", summary["objective"], "unit.wan")
    gap = summary["gap"]
    add("gap", "—" if gap is None else f"{gap:.2%}")
    add("cost_uncertainty", f"±{summary['cost_uncertainty']:.0%}")
    add("status", words.of(summary["status"]))
    add("breaches", summary["audit"]["breaches"])
    headings = words.headings(("item", "wide"), ("value", "number"), ("unit", "text"))
    return words.sheet("overview", headings, rows)


def assumptions(run: Run, words: Words) -> Sheet:
    """List what the plan rests on, each with its source."""
    case, policy = run.problem.case, run.problem.policy
    rows: list[tuple[Any, ...]] = []

    def add(kind: str, item: str, value: Any, source: str) -> None:
        rows.append((words.of(f"about.{kind}"), item, value, source))

    for key, value in case.settings().items():
        add("setting", words.of(f"set.{key}"), value, "case.toml")
    lines = case.cost_lines.drop_duplicates(
        ["item", "unit", "unit_price", "factor", "source"]
    ).sort_values(["item", "unit_price", "factor", "source"])
    for row in lines.to_dict("records"):
        price = f"{row['unit_price']:.6g} × {row['factor']:.6g} 万元/{row['unit']}"
        add("price", words.of(row["item"]), price, row["source"])
    for rule in policy.rules:
        add("rule", words.rule(rule), rule.id, rule.cites)
    duties = case.obligations.groupby(["pack", "clause", "hardness"], as_index=False)
    for row in duties.size().to_dict("records"):
        source = f"{row['pack']} {row['clause']}"
        add("duty", words.of(row["hardness"]), row["size"], source)
    for warning in run.warnings:
        add("warning", render(warning, words.lang), None, "")
    for name, value in run.manifest["versions"].items():
        add("version", name, value, "manifest.json")
    headings = words.headings(
        ("kind", "text"), ("item", "wide"), ("value", "text"), ("source", "wide")
    )
    return words.sheet("assumptions", headings, rows)
