"""Retiring and merging: only where others are stated to take over, and these stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from renewopt.audit.books import books_of, facts_of
from renewopt.audit.figures import figures as audited
from renewopt.audit.goals import goals
from renewopt.audit.structure import structure
from renewopt.core.case import PlanningCase
from renewopt.core.case import make_case as tables_of
from renewopt.core.errors import Message
from renewopt.core.schedule import Schedule
from renewopt.projects import make_case
from renewopt.rules.assemble import policy_problems
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.rules.policy import make_policy
from renewopt.rules.problem import Problem
from renewopt.runs.figures import figures
from tests.projects.small import HEAT, SETTINGS, inventory, models, pack, risk, rows

SHRINKING = replace(SETTINGS, population_trend="declining")
NEXT_STREET = {"street": "解放路", "corridor_id": "c2"}


def shrunk(
    *pipes: dict[str, Any], **tables: pd.DataFrame
) -> tuple[PlanningCase, list[Message]]:
    """Make the case of a shrinking county with these heating pipes."""
    assets = {"heating_pipe": rows(HEAT, *pipes)}
    stock = inventory(assets, **tables)
    packs = [pack("national-15fyp")]
    return make_case(stock, risk(assets), models(), packs, SHRINKING)


def retired(case: PlanningCase) -> set[str]:
    """Give the assets in projects that may be retired."""
    works = case.works[case.works["retires"] == 1]
    own = case.project_assets["project_id"].isin(works["project_id"])
    return set(case.project_assets.loc[own, "asset_id"])


def test_only_what_others_take_over_from_may_be_retired() -> None:
    """A1 hands over to A2; nothing is said of A3: it is renewed, with less capacity."""
    case, _ = shrunk({"served_by": "A2"}, NEXT_STREET, {"street": "西街"})
    assert retired(case) == {"A1"}
    assert case.handovers[["asset_id", "taken_by"]].to_numpy().tolist() == [
        ["A1", "A2"]
    ]
    modes = case.works.groupby("project_id")["mode"].agg(set)
    assert all("replace" in own for own in modes)


def test_who_takes_over_is_there_and_stays() -> None:
    """Unknown, itself, out of use, to be torn down, giving up too: named, all kept.

    A9 → A10 → A11: A9 may go, A10 stays, since A9's customers depend on it.
    """
    said: list[dict[str, Any]] = [
        {"served_by": "B9"}, {"served_by": "A2"}, {"served_by": "A4"},
        {"status": "abandoned"}, {"served_by": "A6"}, {"planned_demolition_year": 2040},
        {"served_by": "A8"}, {"served_by": "A7"}, {"served_by": "A10"},
        {"served_by": "A11"}, {},
    ]  # fmt: skip
    streets = [own | {"street": f"s{i}"} for i, own in enumerate(said)]
    case, notes = shrunk(*streets)
    assert retired(case) == {"A9"}
    told = {n.code: n.params["assets"] for n in notes if "handover" in n.code}
    assert told == {
        "projects.handover_unknown": "A1, A2, A3, A5",
        "projects.handover_chain": "A10, A7, A8",
    }


def problem(*taken_by: tuple[str, str, str]) -> Problem:
    """Two old heating pipes of 1 km, each renewed or retired; a target of 2 km."""
    names = ["P1", "P2"]
    works = [(f"{p}.{m}", p, m, int(m == "retire")) for p in names for m in MODES]
    table = pd.DataFrame(works, columns=["work_id", "project_id", "mode", "retires"])
    table = table.assign(start_year=2027, risk_removed=1.0)
    assets = pd.DataFrame(
        {"project_id": names, "asset_id": ["A1", "A2"], "quantity": 1000.0, "unit": "m"}
    ).assign(install_year=1990)
    case = tables_of(
        dict.fromkeys(("start_year", "price_base_year"), 2027)
        | {"years": 1, "discount_rate_bp": 0},
        {
            "projects": pd.DataFrame(
                {"project_id": names, "asset_class": "heating_pipe", "length_m": 1000.0}
            ),
            "works": table,
            "payments": table[["work_id"]].assign(year=2027, cost=1.0),
            "project_assets": assets,
            "handovers": pd.DataFrame(
                list(taken_by), columns=["project_id", "asset_id", "taken_by"]
            ),
            "stock": pd.DataFrame(
                {"asset_class": ["heating_pipe"], "install_year": 1990}
                    | {"length_m": 2000.0}
            ),
        },
    )  # fmt: skip
    goal = {"kind": "target", "measure": "length_m", "amount": {"2027": 2000}}
    rules = [goal | {"id": "goal"}, goal | {"id": "more", "count_retired": True}]
    none = [schema.empty() for schema in (FUNDS, FUND_YEARS, EXISTING_DEBT)]
    return Problem(case, make_policy({"rule": rules}, *none, "policy.toml"))


MODES = ("replace", "retire")


def choose(case: PlanningCase, *works: str) -> Schedule:
    """Choose works by identifier."""
    chosen = pd.DataFrame({"work_id": list(works)})
    chosen = chosen.assign(project_id=chosen["work_id"].str[:2], saving=0)
    draws = ["package_id", "year", "fund_id", "amount", "received"]
    return Schedule(chosen, pd.DataFrame(columns=draws))


def test_a_retired_kilometre_is_not_a_renewed_one() -> None:
    """P1 retired, P2 renewed, 1 km each: figures, shares, targets and the audit."""
    found = problem(("P1", "A1", "A2"))
    plan = choose(found.case, "P1.retire", "P2.replace")
    told = figures(found.case, plan)
    assert told["km_renewed"]["total"] == told["km_retired"]["total"] == 1
    assert told["old_heating"]["km_left"] == {"2027": 1.0}
    counts = {r.id: r.count(found, plan) for r in found.policy.of_kind("target")}
    assert counts == {"goal": [(2027, 2000, 1000)], "more": [(2027, 2000, 2000)]}
    books = books_of(facts_of(found), plan)
    again = audited(books)
    assert float(again["km_renewed"]["total"].value) == 1
    assert float(again["old_heating"]["km_left"]["2027"].value) == 1
    rules = books.facts.rules_of("target")
    reached = {rule["id"]: goals(books, rule)[0].reached for rule in rules}
    assert reached == {"goal": 1000, "more": 2000}


def test_the_auditor_finds_who_is_cut_off() -> None:
    """Both retired and each named as the other's line; or nobody named at all."""
    for pairs, lost in (
        ([("P1", "A1", "A2"), ("P2", "A2", "A1")], {"P1.retire A1", "P2.retire A2"}),
        ([("P1", "A1", "A9")], {"P2.retire A2"}),
    ):
        found = problem(*pairs)
        books = books_of(facts_of(found), choose(found.case, "P1.retire", "P2.retire"))
        flaws = {
            f.breach.where
            for f in structure(books)
            if f.message.code == "audit.cut_off"
        }
        assert flaws == lost


def test_own_tables_that_could_cut_off_are_refused() -> None:
    """The case is refused before anything is solved, whatever would be chosen."""
    found = problem(("P1", "A1", "A2"))
    told = [m.params for m in policy_problems(found) if m.code == "case.cut_off"]
    assert {(t["project"], t["taker"]) for t in told} == {("P1", "A2"), ("P2", "–")}
