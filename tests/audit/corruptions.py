"""Ways to spoil a finished run; each must be caught by the audit, and named.

Every function takes a run folder, spoils it in place and gives the (rule, place) that
the audit has to name. They look for what they need in the folder themselves, so that
any good run can be spoilt; `Inapplicable` says that a run has nothing to spoil.
"""

from __future__ import annotations

import csv
import itertools
import json
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from renewopt.core.case import PlanningCase
from renewopt.core.toml_text import to_toml
from renewopt.rules.policy import Policy

Named = tuple[str, str]
"""Rule and place that the audit must name."""
Corruption = Callable[[Path], Named]
Row = dict[str, str]

CORRUPTIONS: dict[str, Corruption] = {}
"""Every way to spoil a run, by name."""


class InapplicableError(Exception):
    """The run has nothing that could be spoilt in this way."""


def corruption(function: Corruption) -> Corruption:
    """Enter a way to spoil a run in the list."""
    CORRUPTIONS[function.__name__] = function
    return function


# --- reading and writing -----------------------------------------------------------


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file as text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[Row], header: list[str] | None = None) -> None:
    """Write a CSV file as it was."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, header or list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def first(rows: Iterator[Row] | list[Row]) -> Row:
    """Give the first row or say that there is none."""
    for row in rows:
        return row
    raise InapplicableError


def edit_json(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change `summary.json`."""
    path = folder / "summary.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2), encoding="utf-8")


def edit_policy(folder: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change the rules of `policy.toml` and seal the run again."""
    path = folder / "case" / "policy.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    change(data["rule"])
    path.write_text(to_toml(data), encoding="utf-8")
    reseal(folder)


def rules(folder: Path, kind: str) -> list[dict[str, Any]]:
    """Give the rules of a kind, as they stand in the policy."""
    data = tomllib.loads((folder / "case" / "policy.toml").read_text(encoding="utf-8"))
    found = [rule for rule in data["rule"] if rule["kind"] == kind]
    if not found:
        raise InapplicableError
    return found


def reseal(folder: Path) -> None:
    """Write the digests of the changed case and policy: a careful forger does."""
    digests = {
        "case_digest": PlanningCase.read(folder / "case").digest,
        "policy_digest": Policy.read(folder / "case").digest,
    }
    for name in ("manifest.json", "certificate.json"):
        path = folder / name
        data = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**data, **digests}), encoding="utf-8")


def wan(text: str) -> float:
    """Read an amount in 万元."""
    return float(text or 0)


def chosen(folder: Path) -> list[Row]:
    """Give the selected rows of `schedule.csv`."""
    rows = read_rows(folder / "schedule.csv")
    return [row for row in rows if row["selected"] == "true"]


def by_id(folder: Path, table: str, column: str) -> dict[str, Row]:
    """Read a case table by identifier."""
    path = folder / "case" / f"{table}.csv"
    return {row[column]: row for row in read_rows(path)} if path.exists() else {}


def case_rows(folder: Path, table: str) -> list[Row]:
    """Read a case table, or say that the case has none."""
    path = folder / "case" / f"{table}.csv"
    if not path.exists():
        raise InapplicableError
    return read_rows(path)


def edit_draw(folder: Path, row: Row, **values: object) -> None:
    """Change one draw of `funding.csv`."""
    path = folder / "funding.csv"
    rows = read_rows(path)
    key = ("package_id", "year", "fund_id")
    for other in rows:
        if all(other[k] == row[k] for k in key):
            other.update({name: str(value) for name, value in values.items()})
    write_rows(path, rows)


def is_running(folder: Path, project_id: str) -> bool:
    """Whether a project's package is under construction."""
    project = by_id(folder, "projects", "project_id")[project_id]
    packages = by_id(folder, "packages", "package_id")
    return packages.get(project["package_id"], {}).get("status") == "running"


def package_of(folder: Path, project_id: str) -> str:
    """Name the package of a project."""
    return by_id(folder, "projects", "project_id")[project_id]["package_id"]


# --- structure ---------------------------------------------------------------------


@corruption
def project_row_missing(folder: Path) -> Named:
    """Drop a project from `schedule.csv`."""
    path = folder / "schedule.csv"
    rows = read_rows(path)
    gone = first([row for row in rows if row["selected"] == "false"])
    write_rows(path, [row for row in rows if row != gone])
    return "audit.schedule", gone["project_id"]


@corruption
def project_row_twice(folder: Path) -> Named:
    """List a project two times."""
    path = folder / "schedule.csv"
    rows = read_rows(path)
    write_rows(path, [*rows, rows[0]])
    return "audit.schedule", rows[0]["project_id"]


@corruption
def strange_project(folder: Path) -> Named:
    """List a project that the case does not know."""
    path = folder / "schedule.csv"
    rows = read_rows(path)
    strange = {**first([r for r in rows if r["selected"] == "false"])}
    write_rows(path, [*rows, {**strange, "project_id": "X999"}])
    return "audit.schedule", "X999"


@corruption
def unknown_work(folder: Path) -> Named:
    """Choose a work that the case does not know."""
    path = folder / "schedule.csv"
    rows = read_rows(path)
    row = first([row for row in rows if row["selected"] == "true"])
    row["work_id"] = "no-such-work"
    write_rows(path, rows)
    return "audit.schedule", row["project_id"]


@corruption
def work_of_another_project(folder: Path) -> Named:
    """Choose the work of one project for another one."""
    path = folder / "schedule.csv"
    rows = read_rows(path)
    owner = first([row for row in rows if row["selected"] == "true"])
    other = first([row for row in rows if row["selected"] == "false"])
    kept = {**owner, "project_id": other["project_id"], "category": "new"}
    write_rows(path, [kept if row is other else row for row in rows])
    return "audit.schedule", other["project_id"]


@corruption
def start_moved_on_paper(folder: Path) -> Named:
    """State another start than that of the work chosen."""
    path = folder / "schedule.csv"
    rows = read_rows(path)
    row = first([row for row in rows if row["selected"] == "true"])
    row["start_year"] = str(int(row["start_year"]) - 1)
    write_rows(path, rows)
    return "audit.schedule", f"{row['project_id']} start_year"


@corruption
def cost_understated(folder: Path) -> Named:
    """State a lower cost than the work's payments."""
    path = folder / "schedule.csv"
    rows = read_rows(path)
    row = first([row for row in rows if row["selected"] == "true"])
    row["cost"] = f"{wan(row['cost']) - 0.01:.2f}"
    write_rows(path, rows)
    return "audit.schedule", f"{row['project_id']} cost"


@corruption
def running_project_dropped(folder: Path) -> Named:
    """Stop works under construction."""
    path = folder / "schedule.csv"
    rows = read_rows(path)
    row = first([r for r in rows if is_running(folder, r["project_id"])])
    for column in ("work_id", "mode", "start_year", "duration"):
        row[column] = ""
    row.update(selected="false", cost="0", saving="0", risk_removed="0")
    write_rows(path, rows)
    return rules(folder, "running")[0]["id"], row["project_id"]


# --- money -------------------------------------------------------------------------


@corruption
def draw_raised_by_one_unit(folder: Path) -> Named:
    """Let a fund pay 0.01 万元 more than is due."""
    row = first(read_rows(folder / "funding.csv"))
    money = f"{wan(row['amount']) + 0.01:.2f}"
    edit_draw(folder, row, amount=money, received=money)
    place = f"{row['package_id']} {row['year']}"
    return rules(folder, "paid_in_full")[0]["id"], place


@corruption
def draw_dropped(folder: Path) -> Named:
    """Leave a payment without its money."""
    path = folder / "funding.csv"
    rows = read_rows(path)
    write_rows(path, rows[1:], list(rows[0]))
    place = f"{rows[0]['package_id']} {rows[0]['year']}"
    return rules(folder, "paid_in_full")[0]["id"], place


@corruption
def received_without_use(folder: Path) -> Named:
    """Receive more than is paid, though nothing is paid up front."""
    row = first(read_rows(folder / "funding.csv"))
    edit_draw(folder, row, received=f"{wan(row['received']) + 1:.2f}")
    return "audit.funding", f"{row['package_id']} {row['fund_id']} {row['year']}"


@corruption
def holding_invented(folder: Path) -> Named:
    """State that a package holds money that it does not have."""
    row = first(read_rows(folder / "funding.csv"))
    edit_draw(folder, row, held="5")
    return "audit.funding", f"{row['package_id']} {row['fund_id']} {row['year']} held"


@corruption
def fund_swapped(folder: Path) -> Named:
    """Let money pay that may not: another owner's, or for another nature."""
    allowed = eligible(folder)
    draws = read_rows(folder / "funding.csv")
    taken = {(row["package_id"], row["year"], row["fund_id"]) for row in draws}
    funds = sorted(by_id(folder, "funds", "fund_id"))
    for row in draws:
        for fund in funds:
            key = (row["package_id"], row["year"], fund)
            if (row["package_id"], fund) not in allowed and key not in taken:
                edit_draw(folder, row, fund_id=fund)
                place = f"{row['package_id']} {fund} {row['year']}"
                return rules(folder, "fund_eligibility")[0]["id"], place
    raise InapplicableError


def eligible(folder: Path) -> set[tuple[str, str]]:
    """List (package, fund) that go together by nature, ownership, owner, borrower."""
    found = set()
    packages = by_id(folder, "packages", "package_id")
    for fund in by_id(folder, "funds", "fund_id").values():
        for name, package in packages.items():
            lists = (("natures", "nature"), ("ownerships", "ownership"))
            good = all(
                not fund[a] or package[b] in fund[a].split(";") for a, b in lists
            )
            if fund["owner_only"] == "true":
                good = good and package["legal_owner"] == fund["owner"]
            if fund["borrower"]:
                good = good and package["borrower"] == fund["borrower"]
            if good:
                found.add((name, fund["fund_id"]))
    return found


@corruption
def unknown_fund(folder: Path) -> Named:
    """Draw on a fund that nobody has."""
    row = first(read_rows(folder / "funding.csv"))
    edit_draw(folder, row, fund_id="lottery")
    return "audit.funding", f"{row['package_id']} lottery {row['year']}"


@corruption
def unknown_package(folder: Path) -> Named:
    """Pay for a package that does not exist."""
    row = first(read_rows(folder / "funding.csv"))
    edit_draw(folder, row, package_id="X999")
    return "audit.funding", f"X999 {row['fund_id']} {row['year']}"


@corruption
def draw_after_the_plan(folder: Path) -> Named:
    """Draw in a year that the plan does not have."""
    row = first(read_rows(folder / "funding.csv"))
    edit_draw(folder, row, year="2099")
    return "audit.funding", f"{row['package_id']} {row['fund_id']} 2099"


@corruption
def draw_negative(folder: Path) -> Named:
    """Let a fund take money back."""
    row = first(read_rows(folder / "funding.csv"))
    edit_draw(folder, row, amount="-1", received="-1")
    return "audit.funding", f"{row['package_id']} {row['fund_id']} {row['year']}"


@corruption
def draw_too_fine(folder: Path) -> Named:
    """Write an amount finer than 0.01 万元."""
    row = first(read_rows(folder / "funding.csv"))
    edit_draw(folder, row, amount=f"{wan(row['amount']) + 0.005:.3f}")
    return "audit.tables", "funding.csv row 2 amount"


@corruption
def draw_no_number(folder: Path) -> Named:
    """Write a word where an amount belongs."""
    row = first(read_rows(folder / "funding.csv"))
    edit_draw(folder, row, received="later")
    return "audit.tables", "funding.csv row 2 received"


@corruption
def draw_twice(folder: Path) -> Named:
    """Enter the same draw two times."""
    path = folder / "funding.csv"
    rows = read_rows(path)
    write_rows(path, [*rows, rows[0]])
    row = rows[0]
    return "audit.funding", f"{row['package_id']} {row['fund_id']} {row['year']}"


@corruption
def quota_exceeded_by_one_unit(folder: Path) -> Named:
    """Leave a debt fund 0.01 万元 less than what is issued in a year."""
    funds = by_id(folder, "funds", "fund_id")
    rows = read_rows(folder / "funding.csv")
    row = first([r for r in rows if funds[r["fund_id"]]["debt"] == "true"])
    fund, year = row["fund_id"], row["year"]
    drawn = sum(
        wan(r["received"]) for r in rows if (r["fund_id"], r["year"]) == (fund, year)
    )
    path = folder / "case" / "fund_years.csv"
    years = read_rows(path)
    for other in years:
        if other["fund_id"] == fund and int(other["year"]) < int(year):
            other["amount"] = "0"
        if (other["fund_id"], other["year"]) == (fund, year):
            other["amount"] = f"{drawn - 0.01:.2f}"
    write_rows(path, years)
    reseal(folder)
    return rules(folder, "fund_budget")[0]["id"], f"{fund} {year}"


@corruption
def grant_share_cut(folder: Path) -> Named:
    """Allow a grant a share of 0.01 %, far less than what it pays."""
    path = folder / "case" / "funds.csv"
    funds = read_rows(path)
    draws = read_rows(folder / "funding.csv")
    shared = {row["fund_id"]: row for row in funds if row["max_share_bp"]}
    draw = first([row for row in draws if row["fund_id"] in shared])
    shared[draw["fund_id"]]["max_share_bp"] = "1"
    write_rows(path, funds)
    reseal(folder)
    place = f"{draw['package_id']} {draw['fund_id']}"
    return rules(folder, "fund_share")[0]["id"], place


@corruption
def capital_is_none(folder: Path) -> Named:
    """Count no fund as project capital."""
    rule = first([{"id": r["id"]} for r in rules(folder, "capital_share")])
    path = folder / "case" / "funds.csv"
    funds = read_rows(path)
    for row in funds:
        row["capital"] = "false"
    write_rows(path, funds)
    reseal(folder)
    place = first(read_rows(folder / "funding.csv"))["package_id"]
    return rule["id"], place


# --- debt --------------------------------------------------------------------------


def debt_cell(folder: Path, column: str) -> Named:
    """Change an amount of `debt.csv` by 0.01 万元."""
    path = folder / "debt.csv"
    rows = read_rows(path)
    row = first([row for row in rows if wan(row[column]) > 1])
    row[column] = f"{wan(row[column]) - 0.01:.2f}"
    write_rows(path, rows)
    return "audit.debt", f"{row['fund_id']} {row['year']} {column}"


@corruption
def debt_balance_wrong(folder: Path) -> Named:
    """State a balance 0.01 万元 too low."""
    return debt_cell(folder, "balance")


@corruption
def debt_service_wrong(folder: Path) -> Named:
    """State a service 0.01 万元 too low."""
    return debt_cell(folder, "service")


@corruption
def debt_issue_wrong(folder: Path) -> Named:
    """State an issue 0.01 万元 too low."""
    return debt_cell(folder, "issued")


@corruption
def debt_of_a_package_wrong(folder: Path) -> Named:
    """Let a package owe 0.01 万元 less than it does."""
    path = folder / "debt_by_package.csv"
    rows = read_rows(path)
    row = first([r for r in rows if r["package_id"] and wan(r["balance"]) > 1])
    row["balance"] = f"{wan(row['balance']) - 0.01:.2f}"
    write_rows(path, rows)
    place = f"{row['package_id']} {row['fund_id']} {row['year']}"
    return "audit.debt", f"{place} balance"


@corruption
def debt_last_year_missing(folder: Path) -> Named:
    """End the ledger before the last repayment."""
    path = folder / "debt.csv"
    rows = read_rows(path)
    if not rows:
        raise InapplicableError
    write_rows(path, rows[:-1], list(rows[0]))
    return "audit.debt", f"{rows[-1]['fund_id']} {rows[-1]['year']}"


@corruption
def debt_limit_misstated(folder: Path) -> Named:
    """State a higher limit than the policy's."""
    path = folder / "debt.csv"
    rows = read_rows(path)
    row = first([row for row in rows if row["limit"]])
    row["limit"] = f"{wan(row['limit']) + 100:.2f}"
    write_rows(path, rows)
    return "audit.debt", f"{row['fund_id']} {row['year']} limit"


@corruption
def debt_limit_exceeded(folder: Path) -> Named:
    """Set a limit 0.01 万元 below the balance."""
    rows = read_rows(folder / "debt.csv")
    row = first([row for row in rows if row["limit"] and wan(row["balance"]) > 0])

    def change(tables: list[dict[str, Any]]) -> None:
        for rule in tables:
            if rule["id"] == row["limit_rule"]:
                rule["limit"][row["year"]] = f"{wan(row['balance']) - 0.01:.2f}"

    edit_policy(folder, change)
    return row["limit_rule"], row["year"]


@corruption
def debt_purse_empty(folder: Path) -> Named:
    """Leave nothing to serve the debt with, during or after the plan."""
    served = {
        row["fund_id"]
        for row in read_rows(folder / "debt.csv")
        if wan(row["service"]) > 0
    }
    rule = next(
        (r for r in rules(folder, "debt_service") if served & set(r["funds"])), None
    )
    if rule is None:
        raise InapplicableError

    def change(tables: list[dict[str, Any]]) -> None:
        for table in tables:
            if table["id"] == rule["id"]:
                table["purse"] = dict.fromkeys(table["purse"], 0)
                table["purse_after"] = 0

    edit_policy(folder, change)
    return rule["id"], ""


@corruption
def loan_served_from_fiscal(folder: Path) -> Named:
    """Let the county serve a bank loan."""
    rule = next(
        (r for r in rules(folder, "debt_service") if r["payer"] == "borrower"), None
    )
    if rule is None:
        raise InapplicableError

    def change(tables: list[dict[str, Any]]) -> None:
        for table in tables:
            if table["id"] == rule["id"]:
                table["payer"] = "government_fund_budget"

    edit_policy(folder, change)
    return rule["id"], f"{rule['funds'][0]} government_fund_budget"


# --- streets and capacity ----------------------------------------------------------


@corruption
def saving_too_large(folder: Path) -> Named:
    """Claim 0.01 万元 more than digging once saves."""
    rule = rules(folder, "dig_once")[0]["id"]
    path = folder / "schedule.csv"
    rows = read_rows(path)
    row = first([row for row in rows if row["selected"] == "true"])
    saving = [row for row in rows if wan(row["saving"]) > 0]
    row = saving[0] if saving else row
    row["saving"] = f"{wan(row['saving']) + 0.01:.2f}"
    write_rows(path, rows)
    return rule, f"saving {row['work_id']}"


@corruption
def saving_forgotten(folder: Path) -> Named:
    """Pay in full for what was dug once."""
    rule = rules(folder, "dig_once")[0]["id"]
    path = folder / "schedule.csv"
    rows = read_rows(path)
    row = first([row for row in rows if wan(row["saving"]) > 0])
    row["saving"] = "0"
    write_rows(path, rows)
    return rule, f"saving {row['work_id']}"


@corruption
def closed_street_opened(folder: Path) -> Named:
    """Pave a street in the year before it is opened without a safety duty."""
    rule = rules(folder, "closed_corridor")[0]["id"]
    starts = {
        row["project_id"]: row["start_year"]
        for row in chosen(folder)
        if not is_running(folder, row["project_id"])
    }
    safety = {
        row["project_id"]
        for row in case_rows(folder, "obligations")
        if row["hardness"] == "safety_duty"
    }
    digs = case_rows(folder, "corridor_projects")
    kept = {
        (row["corridor_id"], starts.get(row["project_id"]))
        for row in digs
        if row["project_id"] in safety
    }
    dig = first(
        [
            row
            for row in digs
            if row["project_id"] in starts
            and (row["corridor_id"], starts[row["project_id"]]) not in kept
        ]
    )
    year = starts[dig["project_id"]]
    path = folder / "case" / "corridors.csv"
    rows = read_rows(path)
    for row in rows:
        if row["corridor_id"] == dig["corridor_id"]:
            row.update(last_paved=str(int(year) - 1), paving_kind="new")
    write_rows(path, rows)
    reseal(folder)
    return rule, f"{dig['corridor_id']} {year}"


@corruption
def waiver_hidden(folder: Path) -> Named:
    """Do not list a waiver."""
    found: list[str] = []

    def change(summary: dict[str, Any]) -> None:
        if summary["waivers"]:
            gone = summary["waivers"].pop()
            found.append(f"waivers.{gone['corridor_id']} {gone['year']}")

    edit_json(folder, change)
    if not found:
        raise InapplicableError
    return "audit.summary", found[0]


@corruption
def cap_exceeded(folder: Path) -> Named:
    """Lower every cap of a year to nothing."""
    caps = rules(folder, "annual_cap")
    years = sorted({row["start_year"] for row in chosen(folder)})
    for cap in caps:
        used = [year for year in years if year in cap["cap"]]
        if cap["measure"] == "cost" and not cap.get("where") and used:

            def change(
                tables: list[dict[str, Any]], name: str = cap["id"], year: str = used[0]
            ) -> None:
                for table in tables:
                    if table["id"] == name:
                        table["cap"][year] = 0

            edit_policy(folder, change)
            return cap["id"], used[0]
    raise InapplicableError


@corruption
def crews_doubled(folder: Path) -> Named:
    """Need more of a resource than there is."""
    cap = next((c for c in rules(folder, "annual_cap") if c["measure"] != "cost"), None)
    if cap is None:
        raise InapplicableError
    own = {row["work_id"] for row in chosen(folder)}
    path = folder / "case" / "use.csv"
    rows = read_rows(path)
    row = first(
        [
            r
            for r in rows
            if r["work_id"] in own
            and r["resource"] == cap["measure"]
            and r["year"] in cap["cap"]
            and float(r["amount"]) > 0
        ]
    )
    row["amount"] = str(float(row["amount"]) + float(cap["cap"][row["year"]]))
    write_rows(path, rows)
    reseal(folder)
    return cap["id"], row["year"]


# --- facts -------------------------------------------------------------------------


@corruption
def payment_shifted(folder: Path) -> Named:
    """Pay a work's first 0.01 万元 a year later."""
    path = folder / "case" / "payments.csv"
    rows = read_rows(path)
    ends = {row["work_id"]: row for row in chosen(folder)}
    for row, later in itertools.pairwise(rows):
        if row["work_id"] in ends and row["work_id"] == later["work_id"]:
            row["cost"] = f"{wan(row['cost']) - 0.01:.2f}"
            row["eligible_cost"] = min(row["eligible_cost"], row["cost"], key=wan)
            later["cost"] = f"{wan(later['cost']) + 0.01:.2f}"
            write_rows(path, rows)
            reseal(folder)
            package = package_of(folder, ends[row["work_id"]]["project_id"])
            place = f"{package} {row['year']}"
            return rules(folder, "paid_in_full")[0]["id"], place
    raise InapplicableError


@corruption
def cost_line_changed(folder: Path) -> Named:
    """Change the unit price of a chosen work."""
    path = folder / "case" / "cost_lines.csv"
    rows = case_rows(folder, "cost_lines")
    own = {row["work_id"] for row in chosen(folder)}
    row = first([row for row in rows if row["work_id"] in own])
    row["unit_price"] = str(float(row["unit_price"]) * 1.1)
    write_rows(path, rows)
    reseal(folder)
    return "audit.payments", row["work_id"]


@corruption
def cost_lines_removed(folder: Path) -> Named:
    """Take away what a chosen work's cost is made of."""
    path = folder / "case" / "cost_lines.csv"
    rows = case_rows(folder, "cost_lines")
    own = {
        row["work_id"]
        for row in chosen(folder)
        if not is_running(folder, row["project_id"])
    }
    work = first([row for row in rows if row["work_id"] in own])["work_id"]
    write_rows(path, [row for row in rows if row["work_id"] != work], list(rows[0]))
    reseal(folder)
    return "audit.payments", work


@corruption
def quantity_changed(folder: Path) -> Named:
    """Renew a metre more than is priced."""
    path = folder / "case" / "project_assets.csv"
    rows = case_rows(folder, "project_assets")
    lines = case_rows(folder, "cost_lines")
    priced = {(row["work_id"], row["unit"]) for row in lines}
    works = {row["project_id"]: row["work_id"] for row in chosen(folder)}
    row = first(
        [r for r in rows if (works.get(r["project_id"], ""), r["unit"]) in priced]
    )
    row["quantity"] = str(float(row["quantity"]) + 1)
    write_rows(path, rows)
    reseal(folder)
    return "audit.payments", works[row["project_id"]]


@corruption
def asset_in_two_projects(folder: Path) -> Named:
    """Renew the same asset in two chosen projects of a class."""
    path = folder / "case" / "project_assets.csv"
    rows = case_rows(folder, "project_assets")
    projects = folder / "case" / "projects.csv"
    facts = read_rows(projects)
    own = [row["project_id"] for row in chosen(folder)]
    asset = first([row for row in rows if row["project_id"] == own[0]])
    other = first([row for row in facts if row["project_id"] == own[1]])
    mine = first([row for row in facts if row["project_id"] == own[0]])
    other["asset_class"] = mine["asset_class"]
    write_rows(projects, facts)
    write_rows(path, [*rows, {**asset, "project_id": own[1], "unit": "copy"}])
    reseal(folder)
    return "audit.assets", f"{mine['asset_class']} {asset['asset_id']}"


@corruption
def case_table_tampered(folder: Path) -> Named:
    """Change a fact and leave the digest."""
    path = folder / "case" / "projects.csv"
    rows = read_rows(path)
    rows[0]["name"] = "another name"
    write_rows(path, rows)
    return "audit.digest", "manifest.case_digest"


@corruption
def policy_tampered(folder: Path) -> Named:
    """Give a fund more money and leave the digest."""
    path = folder / "case" / "fund_years.csv"
    rows = case_rows(folder, "fund_years")
    rows[0]["amount"] = f"{wan(rows[0]['amount']) + 1000:.2f}"
    write_rows(path, rows)
    return "audit.digest", "manifest.policy_digest"


# --- statements --------------------------------------------------------------------


def add_to(folder: Path, *path: str, amount: float = 1) -> Named:
    """Raise a figure of `summary.json`."""

    def change(summary: dict[str, Any]) -> None:
        table: Any = summary
        for key in path[:-1]:
            table = table[key]
        table[path[-1]] += amount

    edit_json(folder, change)
    return "audit.summary", ".".join(path)


@corruption
def objective_raised(folder: Path) -> Named:
    """State a higher objective."""
    return add_to(folder, "objective")


@corruption
def bound_below_objective(folder: Path) -> Named:
    """State a bound that the plan itself exceeds."""

    def change(summary: dict[str, Any]) -> None:
        summary["bound"] = summary["objective"] - 1

    edit_json(folder, change)
    return "audit.summary", "bound"


@corruption
def gap_halved(folder: Path) -> Named:
    """State a smaller gap than that of bound and objective."""

    def change(summary: dict[str, Any]) -> None:
        summary["bound"] = summary["objective"] + max(1.0, summary["objective"])
        summary["gap"] = 0.0

    edit_json(folder, change)
    return "audit.summary", "gap"


@corruption
def cost_total_wrong(folder: Path) -> Named:
    """State another total cost."""
    return add_to(folder, "cost", amount=-0.01)


@corruption
def cost_of_a_year_wrong(folder: Path) -> Named:
    """State another cost of a year."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return add_to(folder, "by_year", min(summary["by_year"]))


@corruption
def fund_total_wrong(folder: Path) -> Named:
    """State another total of a fund."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return add_to(folder, "by_fund", min(summary["by_fund"]))


@corruption
def kilometres_wrong(folder: Path) -> Named:
    """Claim 100 m more."""
    return add_to(folder, "figures", "km_renewed", "total", amount=0.1)


@corruption
def households_wrong(folder: Path) -> Named:
    """Claim a household more."""
    return add_to(folder, "figures", "compounds", "households")


@corruption
def points_wrong(folder: Path) -> Named:
    """Claim a waterlogging point more."""
    return add_to(folder, "figures", "points_cleared", "total")


@corruption
def old_heating_wrong(folder: Path) -> Named:
    """Claim a smaller share of old heating."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    if summary["figures"]["old_heating"] is None:
        raise InapplicableError
    last = max(summary["figures"]["old_heating"]["share_left"])
    path = ("figures", "old_heating", "share_left", last)
    return add_to(folder, *path, amount=-0.05)


@corruption
def risk_removed_wrong(folder: Path) -> Named:
    """Claim a larger share of the risk."""
    return add_to(folder, "figures", "risk", "share_of_removable", amount=0.01)


@corruption
def figure_left_out(folder: Path) -> Named:
    """Do not say how many works are completed when."""

    def change(summary: dict[str, Any]) -> None:
        del summary["figures"]["completions"]

    edit_json(folder, change)
    return "audit.summary", "figures.completions"


def _level(folder: Path, key: str, least: float) -> str:
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    for level, count in summary["mandatory"].items():
        if count[key] >= least:
            return str(level)
    raise InapplicableError


@corruption
def late_duty_hidden(folder: Path) -> Named:
    """Say that a late duty is in time."""
    level = _level(folder, "late", 1)
    return add_to(folder, "mandatory", level, "late", amount=-1)


@corruption
def missing_duty_hidden(folder: Path) -> Named:
    """Say that all duties are placed."""
    level = _level(folder, "missing_money", 0.01)
    return add_to(folder, "mandatory", level, "placed")


@corruption
def missing_money_understated(folder: Path) -> Named:
    """Say that less money is missing."""
    level = _level(folder, "missing_money", 0.01)
    return add_to(folder, "mandatory", level, "missing_money", amount=-0.01)


@corruption
def duty_row_whitewashed(folder: Path) -> Named:
    """Say in `duties.csv` that a late or missing duty is placed."""
    path = folder / "duties.csv"
    rows = read_rows(path)
    row = first([row for row in rows if row["status"] != "placed"])
    row["status"] = "placed"
    write_rows(path, rows)
    return "audit.duties", f"{row['hardness']} {row['project_id']} status"


@corruption
def duty_row_missing(folder: Path) -> Named:
    """Leave a duty out of `duties.csv`."""
    path = folder / "duties.csv"
    rows = read_rows(path)
    gone = first(rows)
    write_rows(path, rows[1:], list(gone))
    return "audit.duties", f"{gone['hardness']} {gone['project_id']}"


@corruption
def hard_duty_missed(folder: Path) -> Named:
    """Ask for a level in full that the plan does not meet."""
    level = _level(folder, "missing_money", 0.01)
    if level == "preference":
        raise InapplicableError

    def change(tables: list[dict[str, Any]]) -> None:
        for rule in tables:
            if rule["kind"] == "mandatory":
                rule["hard"] = [level]

    edit_policy(folder, change)
    return rules(folder, "mandatory")[0]["id"], level


@corruption
def shortfall_understated(folder: Path) -> Named:
    """State less unplaced weight than there is."""
    found: list[str] = []

    def change(summary: dict[str, Any]) -> None:
        for stage in summary["stages"]:
            if stage["value"] > 0 and not found:
                stage["value"] -= 1
                stage["bound"] = min(stage["bound"], stage["value"])
                found.append(f"stages.{stage['hardness']}.{stage['measure']}")

    edit_json(folder, change)
    if not found:
        raise InapplicableError
    return "audit.summary", found[0]


@corruption
def breach_unmentioned(folder: Path) -> Named:
    """List a breach in one file and none in the summary."""
    path = folder / "breaches.csv"
    header = path.read_text(encoding="utf-8-sig").splitlines()[0]
    path.write_text(f"{header}\ncap,2027,1,2,km\n", encoding="utf-8")
    return "audit.summary", "audit.breaches"


# --- proof and baselines -----------------------------------------------------------


@corruption
def certificate_of_another_bound(folder: Path) -> Named:
    """Let the certificate speak of another bound."""
    path = folder / "certificate.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["bound"] += 1
    path.write_text(json.dumps(data), encoding="utf-8")
    return "audit.certificate", "bound"


@corruption
def certificate_claims_too_much(folder: Path) -> Named:
    """Call a bound certified that is not, or not certified though it is."""

    def change(summary: dict[str, Any]) -> None:
        summary["bound_certified"] = not summary["bound_certified"]

    edit_json(folder, change)
    return "audit.certificate", ""


@corruption
def baseline_objective_wrong(folder: Path) -> Named:
    """State a lower objective of a baseline, so that the plan looks better."""
    add_to(folder, "baselines", "greedy", "objective", amount=-1)
    return "audit.baseline", "baselines.greedy.objective"


@corruption
def baseline_duties_wrong(folder: Path) -> Named:
    """State that a baseline places fewer duties."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    level = min(summary["baselines"]["greedy"]["mandatory"])
    add_to(folder, "baselines", "greedy", "mandatory", level, "placed", amount=-1)
    return "audit.baseline", f"baselines.greedy.mandatory.{level}.placed"


@corruption
def baseline_not_paid(folder: Path) -> Named:
    """Let a baseline spend money that its works do not cost."""
    path = folder / "baselines" / "greedy" / "funding.csv"
    rows = read_rows(path)
    if not rows:
        raise InapplicableError
    money = f"{wan(rows[0]['amount']) + 0.01:.2f}"
    rows[0].update(amount=money, received=money)
    write_rows(path, rows)
    place = f"baselines/greedy: {rows[0]['package_id']} {rows[0]['year']}"
    return rules(folder, "paid_in_full")[0]["id"], place


@corruption
def baseline_removed(folder: Path) -> Named:
    """Leave out the strong baseline."""
    shutil.rmtree(folder / "baselines" / "greedy")
    return "audit.baseline", "greedy"


@corruption
def plan_and_baseline_swapped(folder: Path) -> Named:
    """Put the baseline in the place of the plan."""
    for name in ("schedule.csv", "funding.csv"):
        mine, theirs = folder / name, folder / "baselines" / "greedy" / name
        plan = mine.read_bytes()
        mine.write_bytes(theirs.read_bytes())
        theirs.write_bytes(plan)
    return "audit.baseline", "greedy"
