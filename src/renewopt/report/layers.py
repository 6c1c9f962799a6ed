"""The two layers of a plan in words and as a sheet: what is sure, what waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from renewopt.core.errors import Message, message
from renewopt.report.sheets import Sheet, Words, wan
from renewopt.runs import Run
from renewopt.runs.manifest import unpack
from renewopt.text import render


def layer_lines(run: Run) -> Iterator[Message]:
    """Say what confirmed money does, what more would add, and which money that is."""
    found = run.summary.get("layers")
    if not found:
        return
    if found["added"] is None:
        yield message("report.no_confirmed_layer")
        yield from (unpack(item) for item in found["confirmed"]["why"])
        for row in found["confirmed"]["must"]:
            if row["running"] or row["short"]:
                yield message("report.must_pay", **_shown(row))
    else:
        below, added = found["confirmed"], found["added"]
        yield message(
            "report.layers",
            sure=below["projects"],
            sure_cost=_money(below["cost"]),
            sure_value=_money(below["objective"]),
            unplaced=below["unplaced"],
            more=added["projects"],
            more_cost=_money(added["cost"]),
            more_value=_money(added["objective"]),
        )
    for row in found["money"]:
        yield message(
            "report.unsure_money",
            fund=row["fund_id"],
            year=row["year"],
            certainty=row["certainty"],
            amount=_money(row["amount"]),
        )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    money = {key: _money(row[key]) for key in ("running", "confirmed", "short")}
    return {"year": row["year"], **money}


def _money(amount: float) -> str:
    return f"{amount:,.2f}"


def layers(run: Run, words: Words) -> Sheet:
    """List the projects that confirmed money does, then those that wait for more."""
    table = run.layers()
    names = run.problem.case.projects.set_index("project_id")["name"]
    rows: list[tuple[Any, ...]] = []
    bold = []
    for layer in ("confirmed", "added") if table is not None else ():
        assert table is not None
        own = table[table["layer"] == layer].sort_values(["start_year", "project_id"])
        for row in own.to_dict("records"):
            waits = [words.of(fund) for fund in row["waits_for"].split(";") if fund]
            rows.append(
                (
                    words.of(f"layer.{layer}"),
                    row["project_id"],
                    names.get(row["project_id"], ""),
                    row["package_id"],
                    row["start_year"],
                    wan(row["cost"]),
                    ", ".join(waits),
                )
            )
        bold.append(len(rows))
        total = wan(own["cost"].sum())
        rows.append(
            (words.of(f"layer.{layer}"), "", words.of("total"), "", None, total, "")
        )
    headings = words.headings(
        ("layer", "text"),
        ("project_id", "text"),
        ("name", "wide"),
        ("package", "text"),
        ("start_year", "year"),
        ("cost", "money"),
        ("waits_for", "wide"),
    )
    notes = [render(item, words.lang) for item in layer_lines(run)]
    return words.sheet("layers", headings, rows, bold=bold, notes=notes)
