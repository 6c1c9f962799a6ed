"""The result tables of a run, from which every report is made."""

from __future__ import annotations

from renewopt.core.errors import Message, message
from renewopt.report import about, layers, money, rule_use, shortfall
from renewopt.report.sheets import Sheet, Words, cell, wan
from renewopt.runs import Run
from renewopt.runs.duties import HARDNESS, work_costs
from renewopt.text import Lang, render

CATEGORIES = ("continuing", "new", "preparation", "reserve")


def result_tables(run: Run, lang: Lang) -> list[Sheet]:
    """Build every sheet in the order in which it is read."""
    words = Words(run, lang)
    spared = [left_out(run, words)] if len(run.problem.case.left_out) else []
    in_layers = [layers.layers(run, words)] if run.summary.get("layers") else []
    return [
        about.overview(run, words),
        *in_layers,
        project_list(run, words),
        money.plan_by_year(run, words),
        money.funding_balance(run, words),
        money.debt(run, words),
        money.debt_by_package(run, words),
        duties(run, words),
        shortfall.shortfall(run, words),
        rule_use.rule_use(run, words),
        not_selected(run, words),
        *spared,
        about.assumptions(run, words),
    ]


def project_list(run: Run, words: Words) -> Sheet:
    """List all projects: continuing, new, reserve; each part by package."""
    facts = run.problem.case.project_facts.merge(
        run.problem.case.packages[["package_id", "name", "project_code"]],
        on="package_id",
        suffixes=("", "_package"),
    ).merge(run.tables["schedule"], on="project_id", suffixes=("", "_work"))
    order = {name: i for i, name in enumerate(CATEGORIES)}
    facts = facts.assign(order=facts["category"].map(order)).sort_values(
        ["order", "package_id", "start_year", "project_id"]
    )
    rows = []
    for row in facts.to_dict("records"):
        start, duration = cell(row["start_year"]), cell(row["duration"])
        rows.append(
            (
                words.of(row["category"]),
                row["name_package"] or row["package_id"],
                row["project_code"],
                row["project_id"],
                row["name"],
                words.of(row["asset_class"]),
                row["legal_owner"],
                words.of(row["nature"]),
                words.of(f"ownership.{row['ownership']}"),
                row["district"],
                row["street"],
                words.mode(row["mode"]),
                start,
                None if start is None else start + duration - 1,
                wan(row["cost"]),
                wan(row["saving"]),
                cell(row["households"]),
                cell(row["length_m"]),
                cell(row["grade"]),
                wan(row["risk_removed"]),
            )
        )
    headings = words.headings(
        ("category", "text"),
        ("package", "wide"),
        ("project_code", "text"),
        ("project_id", "text"),
        ("name", "wide"),
        ("asset_class", "text"),
        ("legal_owner", "text"),
        ("nature", "text"),
        ("ownership", "text"),
        ("district", "text"),
        ("street", "text"),
        ("mode", "text"),
        ("start_year", "year"),
        ("completion", "year"),
        ("cost", "money"),
        ("saving", "money"),
        ("households", "whole"),
        ("length_m", "number"),
        ("grade", "whole"),
        ("risk_removed", "money"),
    )
    return words.sheet("project_list", headings, rows)


def duties(run: Run, words: Words) -> Sheet:
    """Count the duties by level, then name every one: missing and late ones first."""
    names = run.problem.case.projects.set_index("project_id")["name"]
    order = {"missing": 0, "late": 1, "placed": 2}
    table = run.tables["duties"]
    table = table.assign(
        rank=table["hardness"].map({name: i for i, name in enumerate(HARDNESS)}),
        urgency=table["status"].map(order),
    ).sort_values(["rank", "urgency", "deadline", "project_id"])
    rows = [
        (
            words.of(row["hardness"]),
            row["project_id"],
            names.get(row["project_id"], ""),
            row["clauses"],
            cell(row["deadline"]),
            words.of(row["status"]),
            cell(row["completion"]),
            cell(row["years_late"]),
            wan(row["cost"]),
            row["moved_into"],
        )
        for row in table.to_dict("records")
    ]
    notes = [
        render(_count(hardness, count), words.lang)
        for hardness, count in run.summary["mandatory"].items()
    ]
    headings = words.headings(
        ("hardness", "text"),
        ("project_id", "text"),
        ("name", "wide"),
        ("clauses", "wide"),
        ("deadline", "year"),
        ("status", "text"),
        ("completion", "year"),
        ("years_late", "whole"),
        ("cost", "money"),
        ("moved_into", "text"),
    )
    return words.sheet("duties", headings, rows, notes=notes)


def _count(hardness: str, count: dict[str, float]) -> Message:
    return message("report.duty_count", hardness=hardness, **count)


def not_selected(run: Run, words: Words) -> Sheet:
    """List the projects that the plan leaves out, each with its reasons."""
    case = run.problem.case
    chosen = set(run.schedule.chosen["project_id"])
    least = _least_cost(run)
    rows = [
        (
            row["project_id"],
            row["name"],
            words.of(row["asset_class"]),
            row["legal_owner"],
            cell(row["grade"]),
            cell(row["risk_now"]),
            wan(least.get(row["project_id"], 0)),
            "\n".join(
                render(reason, words.lang)
                for reason in run.reasons.get(row["project_id"], ())
            ),
        )
        for row in case.project_facts.sort_values(
            ["risk_now", "project_id"], ascending=[False, True]
        ).to_dict("records")
        if row["project_id"] not in chosen
    ]
    headings = words.headings(
        ("project_id", "text"),
        ("name", "wide"),
        ("asset_class", "text"),
        ("legal_owner", "text"),
        ("grade", "whole"),
        ("risk_now", "number"),
        ("least_cost", "money"),
        ("reason", "wide"),
    )
    return words.sheet("not_selected", headings, rows)


def left_out(run: Run, words: Words) -> Sheet:
    """List the assets that are not renewed, or not in full, and what says so."""
    rows = [
        (
            words.of(row["asset_class"]),
            row["asset_id"],
            words.of(f"effect.{row['effect']}"),
            words.of(row["reason"]),
            row["value"],
        )
        for row in run.problem.case.left_out.to_dict("records")
    ]
    headings = words.headings(
        ("asset_class", "text"),
        ("asset_id", "text"),
        ("effect", "wide"),
        ("reason", "text"),
        ("value", "text"),
    )
    return words.sheet("left_out", headings, rows)


def _least_cost(run: Run) -> dict[str, int]:
    costs = work_costs(run.problem.case).groupby("project_id")["cost"].min()
    return {str(project): int(cost) for project, cost in costs.items()}
