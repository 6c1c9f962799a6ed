"""Dig-once: networks that open a street in the same year share the trench."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from renewopt.core.array_model import LinearModel
from renewopt.core.errors import Message, message
from renewopt.core.schedule import Breach, Finding, Schedule
from renewopt.core.tables import records, totals
from renewopt.rules.base import Rule
from renewopt.rules.funds import BP
from renewopt.rules.problem import Problem


class DigOnce(Rule):
    """saving[w] = Σ_c floor(rate · excavation_cost[c, project]) · joint[w, c].

    joint[w, c] = 1 exactly when w is chosen, another class starts on corridor c in the
    same year, and a starting project with a larger excavation cost there (ties: lower
    project_id) bears the trench:

        joint ≤ x[w],  joint ≤ Σ other-class starts,  joint ≤ Σ larger starts,
        joint ≥ x[w] + y[other] + y[larger] − 2  for every such pair.
    """

    kind: Literal["dig_once"] = "dig_once"
    rate_bp: int = Field(ge=0, le=BP)

    def problems(self, problem: Problem) -> list[Message]:
        """Refuse savings that could exceed what is paid in the start year."""
        case = problem.case
        shares = case.openings
        most = (shares["excavation_cost"] * self.rate_bp // BP).groupby(
            shares["work_id"]
        )
        first = case.works.merge(
            case.payments,
            left_on=["work_id", "start_year"],
            right_on=["work_id", "year"],
            how="left",
        )
        largest = most.sum().reindex(first["work_id"]).fillna(0).to_numpy()
        room = first["cost"].fillna(0) - largest
        status = case.work_facts.set_index("work_id")["status"]
        own = first["work_id"].map(status) != "running"
        bad = first[(room < 0) & own]
        return [
            message("rule.saving_above_payment", rule=self.id, work=work)
            for work in bad["work_id"].head(10)
        ]

    def warnings(self, problem: Problem) -> list[Message]:
        """Report that no corridor is shared."""
        if len(_candidates(problem, self.rate_bp)):
            return []
        return [message("rule.selects_nothing", rule=self.id)]

    def build(self, problem: Problem, model: LinearModel) -> None:
        """Add joint-start columns, saving columns and the rows that fix both."""
        shared = _candidates(problem, self.rate_bp)
        keys = pd.MultiIndex.from_frame(shared[["work_id", "corridor_id"]])
        joint = model.add_columns("joint", keys)
        # Most works share no street: they have no saving, and no column for one.
        room = shared.groupby("work_id")["amount"].sum()
        saving = model.add_columns("saving", room.index, upper=room.to_numpy(np.int64))
        label = np.concatenate(
            [room.index.to_numpy(object), shared["work_id"].to_numpy(object)]
        )
        col = np.concatenate([saving, joint])
        coef = np.concatenate([np.ones(len(room), np.int64), -shared["amount"]])
        model.add_rows(self.id, "saving " + label, col, coef, lower=0, upper=0)
        self._joint_rows(problem, model, shared, joint)

    def _joint_rows(
        self,
        problem: Problem,
        model: LinearModel,
        shared: pd.DataFrame,
        joint: np.ndarray,
    ) -> None:
        x = model.columns("x")
        starts = _starts(problem)
        starts["col"] = x.loc[starts["work_id"]].to_numpy()
        rows = shared.assign(col=joint, own=x.loc[shared["work_id"]].to_numpy())
        rows["label"] = rows["work_id"] + " on " + rows["corridor_id"]
        name = rows["label"].to_numpy(object)
        model.add_rows(
            self.id,
            np.concatenate([name, name]) + " own",
            np.concatenate([rows["col"], rows["own"]]),
            np.repeat([1, -1], len(rows)),
            upper=0,
        )
        pairs = rows.merge(
            starts, on=["corridor_id", "start_year"], suffixes=("", "_k")
        )
        pairs = pairs[pairs["project_id"] != pairs["project_id_k"]]
        other = pairs[pairs["asset_class"] != pairs["asset_class_k"]]
        larger = pairs[_bears(pairs)]
        for part, terms in (("other", other), ("larger", larger)):
            label = np.concatenate([name, terms["label"]]) + f" {part}"
            col = np.concatenate([rows["col"], terms["col_k"]])
            coef = np.concatenate([np.ones(len(rows)), -np.ones(len(terms))])
            model.add_rows(self.id, label, col, coef, upper=0)
        self._force_rows(model, other, larger)

    def _force_rows(
        self, model: LinearModel, other: pd.DataFrame, larger: pd.DataFrame
    ) -> None:
        """Force each saving: one row per starter of another class and per bearer.

        y[j] is the sum of the starts of project j that count: all of another class, or
        those whose trench is larger. Where both are the same project its starts that
        are larger stand once.
        """
        own = ["label", "col", "own", "project_id_k"]
        first = other[own].drop_duplicates()
        second = larger[["label", "project_id_k"]].drop_duplicates()
        both = first.merge(second, on="label", suffixes=("_other", "_larger"))
        same = (both["project_id_k_other"] == both["project_id_k_larger"]).to_numpy()
        tail = np.where(same, "", " and " + both["project_id_k_larger"].astype(object))
        both["name"] = both["label"] + " with " + both["project_id_k_other"] + tail
        one = {"project_id_k_other": "project_id_k"}
        two = {"project_id_k_larger": "project_id_k"}
        helpers = [
            part.merge(starts, on=["label", "project_id_k"])
            for part, starts in (
                (both[~same].rename(columns=one), other),
                (both.rename(columns=two), larger),
            )
        ]
        names = [both["name"], both["name"], *(part["name"] for part in helpers)]
        cols = [both["col"], both["own"], *(part["col_k"] for part in helpers)]
        sizes = [len(both), sum(len(part) for part in cols[1:])]
        model.add_rows(
            self.id,
            np.concatenate([part.to_numpy(object) for part in names]),
            np.concatenate([part.to_numpy(np.int64) for part in cols]),
            np.repeat([1, -1], sizes),
            lower=dict(zip(both["name"], np.where(same, -1, -2).tolist(), strict=True)),
        )

    def helper_values(
        self, problem: Problem, schedule: Schedule
    ) -> dict[str, pd.Series]:
        """Joint starts as the schedule's works make them; savings as it states them."""
        shares = self.joint_savings(problem, schedule)
        keys = pd.MultiIndex.from_frame(shares[["work_id", "corridor_id"]])
        stated = schedule.chosen.set_index("work_id")["saving"]
        return {"joint": pd.Series(1, index=keys), "saving": stated}

    def check(self, problem: Problem, schedule: Schedule) -> list[Breach]:
        """Compare each stated saving with what the joint starts are worth."""
        shares = self.joint_savings(problem, schedule)
        due = totals(shares, "work_id", "amount")
        return [
            Breach(
                self.id,
                f"saving {row.work_id}",
                due.get(str(row.work_id), 0) / 100,
                int(row.saving) / 100,
            )
            for row in records(schedule.chosen)
            if int(row.saving) != due.get(str(row.work_id), 0)
        ]

    def explain(self, problem: Problem, schedule: Schedule) -> list[Finding]:
        """Report the saving of every corridor that is opened jointly."""
        shares = self.joint_savings(problem, schedule)
        total = totals(shares, ["corridor_id", "year"], "amount")
        return [
            Finding(self.id, f"{corridor} {year}", n / 100, n / 100)
            for (corridor, year), n in total.items()
        ]

    def joint_savings(self, problem: Problem, schedule: Schedule) -> pd.DataFrame:
        """List what each chosen work saves on each corridor, read off the schedule.

        Columns `work_id`, `project_id`, `corridor_id`, `year`, `amount` (units),
        `eligible` (units by which eligible cost falls).
        """
        case = problem.case
        chosen = problem.chosen_works(schedule.chosen["work_id"])
        chosen = chosen[chosen["status"] != "running"]
        facts = {str(row.project_id): row for row in records(chosen)}
        own = case.payments[case.payments["work_id"].isin(chosen["work_id"])]
        paid = {(row.work_id, row.year): row for row in records(own)}
        found: list[tuple[str, str, str, int, int, int]] = []
        links = case.openings
        links = links[links["work_id"].isin(set(chosen["work_id"]))]
        count = links.groupby("corridor_id")["project_id"].transform("size")
        for corridor, members in links[count > 1].groupby("corridor_id"):
            by_year: dict[int, list[tuple[int, str]]] = {}
            for row in records(members):
                year = int(facts[row.project_id].start_year)
                entry = (-int(row.excavation_cost), str(row.project_id))
                by_year.setdefault(year, []).append(entry)
            for year, openers in sorted(by_year.items()):
                if len({facts[project].asset_class for _, project in openers}) < 2:
                    continue
                for minus_cost, project in sorted(openers)[1:]:
                    amount = -minus_cost * self.rate_bp // BP
                    if not amount:
                        continue
                    work = str(facts[project].work_id)
                    first = paid[work, year]
                    eligible = amount * int(first.eligible_cost) // int(first.cost)
                    found.append((work, project, str(corridor), year, amount, eligible))
        columns = ["work_id", "project_id", "corridor_id", "year", "amount", "eligible"]
        return pd.DataFrame(found, columns=columns)


def _starts(problem: Problem) -> pd.DataFrame:
    """Every possible new start on every corridor: work × corridor.

    Running works are left out: what is still to be paid for them is agreed.
    """
    openings = problem.case.openings
    fresh = openings[openings["status"] != "running"]
    return fresh.drop(columns="status").reset_index(drop=True)


def _bears(pairs: pd.DataFrame) -> pd.Series:
    """Tell where project k bears the trench rather than the row's own project."""
    tie = pairs["excavation_cost_k"] == pairs["excavation_cost"]
    lower_id = pairs["project_id_k"] < pairs["project_id"]
    return (pairs["excavation_cost_k"] > pairs["excavation_cost"]) | (tie & lower_id)


def _candidates(problem: Problem, rate_bp: int) -> pd.DataFrame:
    """Work × corridor where a saving is possible, with its amount and eligible part.

    `work` is the row of the work in the case. Worked out once per problem and rate.
    """
    key = f"dig_once {rate_bp}"
    if key not in problem.kept:
        problem.kept[key] = _find_candidates(problem, rate_bp)
    found: pd.DataFrame = problem.kept[key]
    return found


def _find_candidates(problem: Problem, rate_bp: int) -> pd.DataFrame:
    starts = _starts(problem)
    starts["amount"] = starts["excavation_cost"] * rate_bp // BP
    classes = starts.groupby(["corridor_id", "start_year"])["asset_class"]
    shared = starts[(classes.transform("nunique") > 1) & (starts["amount"] > 0)]
    paid = problem.case.payments.rename(columns={"year": "start_year"})
    shared = shared.merge(paid, on=["work_id", "start_year"], how="left")
    shared["eligible"] = (
        (shared["amount"] * shared["eligible_cost"] // shared["cost"].clip(lower=1))
        .fillna(0)
        .astype(np.int64)
    )
    rows = pd.Index(problem.case.works["work_id"]).get_indexer(
        pd.Index(shared["work_id"])
    )
    shared = shared.assign(work=rows)
    return shared.sort_values(["work_id", "corridor_id"], ignore_index=True)


def saving_terms(problem: Problem, model: LinearModel, eligible: bool) -> pd.DataFrame:
    """Give (work, col, coef) of what savings take off cost or off eligible cost.

    For `build` methods only. `work` is the row of the work in the case; `coef` is
    positive: the amount to subtract per unit of the column.
    """
    saving, joint = model.columns("saving"), model.columns("joint")
    rule = problem.policy.first("dig_once")
    if rule is None or not len(saving):
        none = np.zeros(0, np.int64)
        return pd.DataFrame({"work": none, "col": none, "coef": none})
    if not eligible:
        at = pd.Index(problem.case.works["work_id"]).get_indexer(saving.index)
        return pd.DataFrame({"work": at, "col": saving.to_numpy(np.int64), "coef": 1})
    shared = _candidates(problem, rule.rate_bp)
    keys = pd.MultiIndex.from_frame(shared[["work_id", "corridor_id"]])
    return pd.DataFrame(
        {
            "work": shared["work"],
            "col": joint.loc[keys].to_numpy(np.int64),
            "coef": shared["eligible"],
        }
    )
