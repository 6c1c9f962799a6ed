"""Packages of a project list: the rows of one project code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from renewopt.core.errors import Message, message
from renewopt.projects.incomes import listed_incomes


def package_problems(rows: pd.DataFrame) -> Iterator[Message]:
    """Yield what rows of one code contradict each other in."""
    for column in ("legal_owner", "nature", "ownership", "status"):
        values = rows.groupby("package_id", sort=True)[column].nunique()
        for package in values.index[values > 1]:
            own = rows[rows["package_id"] == package]
            yield message(
                "projects.list_package",
                value=own["project_code"].iloc[0],
                column=column,
                rows=", ".join(str(n) for n in own["row"]),
                values=", ".join(sorted(set(own[column].astype("str")))),
            )


def list_heads(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the rows as `by_hand.repack` takes them; a code is the name of a package."""
    return rows.assign(package_name=rows["project_code"], origin="list")


def list_packages(rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Give the packages of the rows; `names` are those that were given by hand."""
    heads = rows.groupby("package_id", sort=True).first().reset_index()
    given = dict(names)
    pairs = zip(heads["package_id"], heads["name"], strict=True)
    heads["name"] = [given.get(package, name) for package, name in pairs]
    # A package of several codes is to be applied for under one of its own.
    codes = rows.groupby("package_id", sort=True)["project_code"].nunique()
    heads["project_code"] = heads["project_code"].where(codes.to_numpy() == 1, "")
    by_package = listed_incomes(rows).groupby("package_id", sort=True)
    heads["net_income_per_year"] = by_package["net_income_per_year"].sum().to_numpy()
    heads["operation_start"] = by_package["operation_start"].min().to_numpy()
    heads["operation_start"] = heads["operation_start"].astype("Int64")
    heads["fund_kinds"] = [
        _named_kinds(rows[rows["package_id"] == package])
        for package in heads["package_id"]
    ]
    heads["bond_review"] = [
        _latest(rows.loc[rows["package_id"] == package, "bond_review"])
        for package in heads["package_id"]
    ]
    # A company borrows for what it owns; a bureau never does: that is hidden debt.
    own_risk = (heads["nature"] != "public") & (heads["ownership"] == "operator")
    heads["borrower"] = heads["legal_owner"].where(own_risk, "")
    return heads


def _latest(reviews: pd.Series) -> str:
    """Give a package's review: its last project's to pass; empty if one has none."""
    words = sorted(set(reviews), key=lambda word: (word != "", word != "passed", word))
    return "" if "" in words else words[-1]


def _named_kinds(rows: pd.DataFrame) -> str:
    """Join the kinds of money that all rows of a package name; "" where one names none.

    Running works are paid as agreed: what the list names does not bind them.
    """
    named = [str(kinds).split(";") for kinds in rows["fund_kinds"]]
    if rows["running"].any() or any(kinds == [""] for kinds in named):
        return ""
    return ";".join(sorted({kind for kinds in named for kind in kinds}))
