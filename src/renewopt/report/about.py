"""Result tables that tell what the plan comes to and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from renewopt.core.case_schema import POINTS
from renewopt.report.sheets import REQUIRED, Sheet, Words
from renewopt.runs import Run
from renewopt.text import render

Row = tuple[str, str, Any, str]
"""Figure, what it is of ("": of everything), value, unit; labels by code."""


def overview(run: Run, words: Words) -> Sheet:
    """Show the figures that a bureau is judged by, then proof and audit."""
    county = run.title("county", words.lang)
    facts: list[Row] = [("county", "", county, "")] if county else []
    facts += [*_works(run), *_money(run), *_proof(run, words)]
    rows = [
        (
            f"{words.of(f'fig.{code}')}: {words.of(of)}"
            if of
            else words.of(f"fig.{code}"),
            value,
            words.of(unit),
        )
        for code, of, value, unit in facts
    ]
    headings = words.headings(("item", "wide"), ("value", "number"), ("unit", "text"))
    return words.sheet("overview", headings, rows)


def _works(run: Run) -> Iterator[Row]:
    figures, case = run.summary["figures"], run.problem.case
    classes = set(case.projects["asset_class"])
    for name, own in figures["km_renewed"]["by_class"].items():
        yield "km", name, own["total"], "unit.km"
    for name, own in figures["km_retired"]["by_class"].items():
        yield "km_retired", name, own["total"], "unit.km"
    if "residential_compound" in classes:
        yield "compounds", "", figures["compounds"]["total"], ""
        yield "households", "", figures["compounds"]["households"], ""
    if "waterlogging_point" in classes:
        yield "points", "", figures["points_cleared"]["total"], ""
    heating = figures["old_heating"]
    if heating is not None:
        left = heating["share_left"][str(case.end_year)]
        yield "old_heating_left", "", f"{left:.1%}", ""
    for year in map(str, case.plan_years):
        yield "starts", year, figures["starts"].get(year, 0), ""
        yield "completions", year, figures["completions"].get(year, 0), ""


def _money(run: Run) -> Iterator[Row]:
    summary = run.summary
    yield "cost", "", summary["cost"], "unit.wan"
    by_fund = summary["figures"]["money"]["by_fund_and_year"]
    for fund, by_year in by_fund.items():
        yield "paid_by", fund, round(sum(by_year.values()), 2), "unit.wan"
    yield "tail", "", summary["tail"], "unit.wan"
    for year, done in summary["figures"]["money"]["works_value_by_year"].items():
        yield "works_value", year, done, "unit.wan"
    for hardness in REQUIRED:
        if hardness in summary["mandatory"]:
            missing = summary["mandatory"][hardness]["missing_money"]
            yield "missing_money", hardness, missing, "unit.wan"


def _proof(run: Run, words: Words) -> Iterator[Row]:
    summary, own = run.summary, run.summary["figures"]["risk"]
    yield "share_of_today", "", f"{own['share_of_today']:.1%}", ""
    yield "share_of_removable", "", f"{own['share_of_removable']:.1%}", ""
    for name, plan in (("plan", summary), *summary["baselines"].items()):
        levels = [plan["mandatory"][n] for n in REQUIRED if n in plan["mandatory"]]
        unplaced = sum(own["required"] - own["placed"] for own in levels)
        yield "unplaced", name, unplaced, ""
        yield "objective", name, plan["objective"], "unit.wan"
        risk = plan["risk"] if "risk" in plan else plan["figures"]["risk"]
        yield "removed_in_plan", name, risk["removed_in_plan"], "unit.wan"
        if name != "plan":
            yield "tail", name, plan["tail"], "unit.wan"
    for name, total in summary["figures"]["benefit"].items():
        unit = "unit.points" if name.startswith(POINTS) else "unit.wan"
        yield "further_benefit", name, total, unit
    gap = summary["gap"]
    yield "gap", "", "—" if gap is None else f"{gap:.2%}", ""
    certified = summary.get("certified_gap")
    if certified is not None:
        yield "certified_gap", "", f"{certified:.2%}", ""
    yield "cost_uncertainty", "", f"±{summary['cost_uncertainty']:.0%}", ""
    yield "status", "", words.of(summary["status"]), ""
    yield "breaches", "", summary["audit"]["breaches"], ""


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
