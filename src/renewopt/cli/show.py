"""What a plan comes to, on screen: the same for `plan`, `solve` and `demo`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from renewopt.cli.output import Output
from renewopt.text import render, render_all

if TYPE_CHECKING:
    from renewopt.runs import Run

REQUIRED = ("safety_duty", "assessed_target")
"""Levels that must be placed; a preference may be left out."""
NAMED = 10
"""Duties not placed that are named on screen; the workbook names all."""


def exit_code(summary: Mapping[str, Any]) -> int:
    """Give the exit code of a finished plan, as `docs/cli.md` says.

    130 cancelled; 1 if a rule is broken, a duty is not placed, a target without a price
    is missed, a safety duty is late, rows of the input were rejected, or the plan (or
    the confirmed layer below it) is not proven as asked or cannot be.
    """
    if summary["status"] == "cancelled":
        return 130
    duties = summary["mandatory"]
    unplaced = any(
        duties[name]["placed"] < duties[name]["required"]
        for name in REQUIRED
        if name in duties
    )
    late = duties.get("safety_duty", {}).get("late", 0) > 0
    proven = summary["status"] == "optimal" or summary["stopped_by"] == "gap"
    broken = summary["audit"]["breaches"] > 0
    unplaced |= any(
        stage["value"] > 0
        for stage in summary["stages"]
        if stage["hardness"] == "target"
    )
    below = (summary.get("layers") or {}).get("confirmed")
    if below is not None:
        proven &= below["status"] == "optimal" or below.get("stopped_by") == "gap"
    return int(broken or unplaced or late or summary["rejected"] > 0 or not proven)


def result_as_json(run: Run, code: int, screen: Output) -> dict[str, Any]:
    """Give the summary with the folder, the exit code and the warnings."""
    return {
        "exit_code": code,
        "folder": str(run.folder),
        **run.summary,
        "warnings": render_all(run.warnings, screen.lang),
    }


def show_run(run: Run, screen: Output) -> None:
    """Print the figures of a bureau, baselines, proof, audit and folder, in order."""
    from renewopt.report.band import band_lines
    from renewopt.report.layers import layer_lines

    county = run.title("county", screen.lang)
    if county:
        screen.line(county)
    if run.synthetic:
        screen.line(screen.label("synthetic_note"))
    _cold(run, screen)
    _yearly(run, screen)
    _duties(run, screen)
    _tail(run, screen)
    bands = band_lines(run.problem, run.schedule)
    for item in (*bands, *layer_lines(run)):
        screen.line(render(item, screen.lang))
    _baselines(run, screen)
    _benefits(run, screen)
    summary = run.summary
    gap = "—" if summary["gap"] is None else f"{summary['gap']:.2%}"
    uncertainty = f"{summary['cost_uncertainty']:.0%}"
    screen.say(
        "cli.show.gap",
        gap=gap,
        uncertainty=uncertainty,
        status=summary["status"],
        stopped_by=summary["stopped_by"],
        engine=summary["engine"],
        seconds=f"{summary['seconds']:.1f}",
    )
    if summary.get("certified_gap") is not None:
        screen.say("cli.show.certified", gap=f"{summary['certified_gap']:.2%}")
    if not summary["repeatable"]:
        screen.say("cli.show.may_differ")
    if summary["rejected"]:
        screen.say("cli.rejected", count=summary["rejected"])
    breaches = summary["audit"]["breaches"]
    code = "cli.show.audit_breached" if breaches else "cli.show.audit_clean"
    screen.say(code, count=breaches)
    screen.say("cli.show.folder", folder=run.folder)


def _cold(run: Run, screen: Output) -> None:
    """Say which classes rest on expert rates alone."""
    from renewopt.risk.evidence import cold_line

    told = run.summary
    line = cold_line(told.get("cold_start", {}), told.get("cold_start_part"))
    if line is not None:
        screen.line(render(line, screen.lang))


def _tail(run: Run, screen: Output) -> None:
    """Say what works begun in the plan still cost after it: no fund of it pays that."""
    last = run.problem.case.end_year
    by_year = run.summary["by_year"]
    later = {year: paid for year, paid in by_year.items() if int(year) > last and paid}
    if later:
        years = ", ".join(f"{year}: {paid:,.0f}" for year, paid in later.items())
        screen.say("cli.show.tail", total=f"{sum(later.values()):,.0f}", years=years)


def _yearly(run: Run, screen: Output) -> None:
    """One row per figure, one column per plan year, then the total."""
    figures, case = run.summary["figures"], run.problem.case
    years = [str(year) for year in case.plan_years]
    columns = [
        screen.label("figure"),
        *years,
        screen.label("after"),
        screen.label("sum"),
    ]
    table = screen.make_table(screen.text("cli.show.title"), columns)

    def add(name: str, by_year: Mapping[str, float], total: Any, form: str) -> None:
        later = sum(v for year, v in by_year.items() if int(year) > case.end_year)
        shown = [_number(by_year.get(year, 0), form) for year in years]
        end = _number(total, form) if isinstance(total, (int, float)) else total
        table.add_row(name, *shown, _number(later, form), end)

    for name, own in figures["km_renewed"]["by_class"].items():
        title = screen.text("cli.show.km", name=_title(run, name, screen))
        add(title, own["by_year"], own["total"], ",.1f")
    for name, own in figures["km_retired"]["by_class"].items():
        title = screen.text("cli.show.km_retired", name=_title(run, name, screen))
        add(title, own["by_year"], own["total"], ",.1f")
    compounds, points = figures["compounds"], figures["points_cleared"]
    households = screen.text(
        "cli.show.households", count=f"{compounds['households']:,}"
    )
    title = f"{screen.label('fig.compounds')} ({households})"
    classes = set(case.projects["asset_class"])
    if "residential_compound" in classes:
        add(title, compounds["by_year"], compounds["total"], ",d")
    if "waterlogging_point" in classes:
        add(screen.label("fig.points"), points["by_year"], points["total"], ",d")
    _old_heating(figures["old_heating"], years, table, screen)
    for name in ("starts", "completions"):
        by_year = figures[name]
        shown = {y: n for y, n in by_year.items() if int(y) >= case.start_year}
        add(screen.label(f"fig.{name}"), shown, sum(shown.values()), ",d")
    money = figures["money"]
    for fund, by_year in money["by_fund_and_year"].items():
        title = screen.text("cli.show.fund", name=_title(run, fund, screen))
        add(title, by_year, sum(by_year.values()), ",.0f")
    cost = {**money["cost_by_year"], **money["tail_by_year"]}
    add(screen.text("cli.show.cost"), cost, run.summary["cost"], ",.0f")
    screen.table(table)


def _old_heating(
    heating: Mapping[str, Any] | None, years: list[str], table: Any, screen: Output
) -> None:
    if heating is None:
        return
    shares = [f"{heating['share_left'][year]:.0%}" for year in years]
    title = screen.text("cli.show.old_heating", km=f"{heating['km_at_start']:,.1f}")
    table.add_row(title, *shares, "", "")


def _duties(run: Run, screen: Output) -> None:
    """Say how the duties are served; name those that are not placed or late."""
    counts = run.summary["mandatory"]
    for hardness in REQUIRED:
        if hardness in counts:
            screen.say("report.duty_count", hardness=hardness, **counts[hardness])
    table = run.tables["duties"]
    table = table[table["hardness"].isin(REQUIRED)]
    names = run.problem.case.projects.set_index("project_id")["name"]
    for status in ("missing", "late"):
        own = table[table["status"] == status]
        for row in own.head(NAMED).to_dict("records"):
            screen.say(
                f"cli.show.{status}",
                hardness=row["hardness"],
                project=row["project_id"],
                name=names.get(row["project_id"], ""),
                cost=f"{row['cost'] / 100:,.2f}",
                deadline=row["deadline"],
                completion=row["completion"],
                clauses=row["clauses"],
            )
            if status == "missing":
                for reason in run.reasons.get(row["project_id"], ())[:1]:
                    screen.line(f"  {render(reason, screen.lang)}")
        if len(own) > NAMED:
            screen.say("cli.show.more_duties", count=len(own) - NAMED)
    unproven = [s for s in run.summary["stages"] if s["value"] and not s["proven"]]
    if unproven:
        screen.say("cli.show.shortfall_unproven")
    total = sum(counts.get(name, {}).get("missing_money", 0) for name in REQUIRED)
    screen.say("cli.show.missing_money", total=f"{total:,.2f}")


def _baselines(run: Run, screen: Output) -> None:
    """Stand the plan beside what a bureau would do today."""
    names = ("plan", *run.summary["baselines"])
    columns = [screen.label("comparison"), *(screen.label(name) for name in names)]
    table = screen.make_table(screen.text("cli.show.baselines"), columns)
    plans = [_as_baseline(run.summary), *run.summary["baselines"].values()]
    rows = {
        "share_of_today": [f"{p['risk']['share_of_today']:.1%}" for p in plans],
        "share_of_removable": [f"{p['risk']['share_of_removable']:.1%}" for p in plans],
        "objective": [f"{p['objective']:,.1f}" for p in plans],
        "removed_in_plan": [f"{p['risk']['removed_in_plan']:,.1f}" for p in plans],
        "cost": [f"{p['cost']:,.0f}" for p in plans],
        "tail": [f"{p['tail']:,.0f}" for p in plans],
        "unplaced": [str(_sum(p, "required") - _sum(p, "placed")) for p in plans],
        "late": [str(_sum(p, "late")) for p in plans],
    }
    for code, cells in rows.items():
        table.add_row(screen.label(f"fig.{code}"), *cells)
    screen.table(table)


def _benefits(run: Run, screen: Output) -> None:
    """Say what the plan gains besides, and what the objective gives for it."""
    from renewopt.core.case_schema import POINTS

    weights = run.problem.policy.objective.weights
    for name, total in run.summary["figures"]["benefit"].items():
        if total:
            unit = "unit.points" if name.startswith(POINTS) else "unit.wan"
            screen.say(
                "cli.show.benefit",
                name=screen.label(name),
                total=f"{total:,.0f}",
                unit=screen.label(unit),
                weight=f"{weights.get(name, 0.0):g}",
            )
    _exceptions(run, screen)


def _exceptions(run: Run, screen: Output) -> None:
    """Name the pairs that are not kept and the closed streets opened, with prices."""
    pairs, waivers = run.summary["broken_pairs"], run.summary["waivers"]
    unit = screen.label("unit.wan")
    if pairs:
        named = [
            f"{p['project_id']}–{p['other_id']} ({p['rule']}, {p['price']:g} {unit})"
            for p in pairs[:NAMED]
        ]
        total = f"{sum(p['price'] for p in pairs):g}"
        said = {"count": len(pairs), "pairs": ", ".join(named), "total": total}
        screen.say("cli.show.broken_pairs", **said)
    if waivers:
        named = [f"{w['corridor_id']} {w['year']}" for w in waivers[:NAMED]]
        total = f"{sum(w['price'] for w in waivers):g}"
        said = {"count": len(waivers), "streets": ", ".join(named), "total": total}
        screen.say("cli.show.waivers", **said)


def _as_baseline(summary: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("objective", "cost", "tail", "mandatory")
    return {**{key: summary[key] for key in keys}, "risk": summary["figures"]["risk"]}


def _sum(plan: Mapping[str, Any], key: str) -> int:
    return sum(plan["mandatory"].get(name, {}).get(key, 0) for name in REQUIRED)


def _number(value: float, form: str) -> str:
    if not value:
        return "·"
    return format(int(value) if form.endswith("d") else value, form)


def _title(run: Run, code: str, screen: Output) -> str:
    return run.title(code, screen.lang) or screen.label(code)
