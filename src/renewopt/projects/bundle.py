"""Projects to packages: one legal owner, class and programme, what is applied for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from renewopt.catalogue.modes import Grouping
from renewopt.core.errors import Message, message
from renewopt.projects.facts import ClassFacts, texts
from renewopt.projects.group import level_titles
from renewopt.projects.incomes import formed_incomes
from renewopt.projects.settings import CaseSettings
from renewopt.projects.split import balanced_parts

FAMILY = ["legal_owner", "nature", "ownership"]
"""What is one within a package whatever the grouping says: funding hangs on it."""


def package_heads(
    part: ClassFacts, assets: pd.DataFrame, settings: CaseSettings
) -> pd.DataFrame:
    """Bundle the projects of a class: a row per project with its package.

    Packages of one owner, nature and ownership below the least total are joined to the
    next in order; those above the greatest total, or with too many projects, are
    split into parts that are as equal as possible.

    Returns
    -------
    pd.DataFrame
        `project_id`, `name`, `asset_class`, `package_id`, `package_name`, `status`,
        the columns of `FAMILY`, and what the packages are made from.
    """
    rules = part.asset_class.grouping
    heads = _project_heads(part, assets)
    keys = [*FAMILY, *(f"p_{i}" for i in range(len(rules.package_by)))]
    heads = heads.sort_values([*keys, "project_id"], ignore_index=True)
    heads["family"] = heads.groupby(FAMILY, sort=True).ngroup()
    heads["programme"] = heads.groupby(keys, sort=True).ngroup()
    heads["bundle"] = heads["programme"].map(_joined(heads, rules))
    heads = heads.sort_values(["family", "bundle", "project_id"], ignore_index=True)
    group = heads.groupby(["family", "bundle"], sort=True).ngroup()
    size = heads["base_cost"] / rules.package_greatest_cost
    size = size.clip(lower=1 / rules.package_max_projects)
    piece = balanced_parts(
        group.to_numpy().astype(np.int64), size.to_numpy().astype(np.float64)
    )
    number = (
        heads.assign(group=group, piece=piece).groupby(["group", "piece"]).ngroup() + 1
    )
    width = max(2, len(str(number.max() if len(number) else 0)))
    heads["package_id"] = f"PK-{rules.code}-" + number.astype("str").str.zfill(width)
    heads["package_name"] = heads["package_id"].map(_names(part, heads, settings.lang))
    return heads.assign(asset_class=part.id, status="new")


def _project_heads(part: ClassFacts, assets: pd.DataFrame) -> pd.DataFrame:
    """Give one row per project with what packages are formed by."""
    rules = part.asset_class.grouping
    frame = assets[
        ["project_id", "ownership", "rank", "base_cost", "level", "district"]
    ]
    frame = frame.assign(
        legal_owner=_legal_owner(rules, assets, "zh"), name=assets["project_name"]
    )
    frame["ownership"] = frame["ownership"].replace("", "public")
    frame["nature"] = "public"
    for rule in reversed(rules.nature):
        frame.loc[
            rule.where.select(assets, part.asset_class.column_names()), "nature"
        ] = rule.nature
    for i, column in enumerate(rules.package_by):
        frame[f"p_{i}"] = texts(assets, column)
    first = frame.drop(columns=["base_cost"]).groupby("project_id", sort=True).first()
    first["base_cost"] = frame.groupby("project_id")["base_cost"].sum()
    return first.reset_index()


def _legal_owner(rules: Grouping, assets: pd.DataFrame, lang: str) -> pd.Series:
    owner = pd.Series(
        rules.default_owner.in_lang(lang), index=assets.index, dtype="str"
    )
    for column in reversed(rules.owner_from):
        named = texts(assets, column)
        owner = owner.where(named == "", named)
    return owner


def _joined(heads: pd.DataFrame, rules: Grouping) -> dict[int, int]:
    """Join programmes that are too small with the next one of the same family."""
    totals = heads.groupby(["family", "programme"], sort=True)["base_cost"].sum()
    joined: dict[int, int] = {}
    for _, own in totals.groupby(level="family", sort=True):
        bins: list[list[int]] = []
        room = float("inf")
        members = own.index.get_level_values("programme")
        for programme, cost in zip(members, own.to_numpy(np.float64), strict=True):
            if bins and room < rules.package_least_cost:
                bins[-1].append(programme)
                room += cost
            else:
                bins.append([programme])
                room = cost
        if len(bins) > 1 and room < rules.package_least_cost:
            last = bins.pop()
            bins[-1] += last
        joined |= {member: one[0] for one in bins for member in one}
    return joined


def packages_of(
    part: ClassFacts,
    heads: pd.DataFrame,
    names: Mapping[str, str],
    settings: CaseSettings,
    stages: Mapping[str, str],
) -> tuple[pd.DataFrame, list[Message]]:
    """Give the packages of the projects of a class, and those above its limits.

    Parameters
    ----------
    heads
        As `package_heads` gives them, with the packages as they are to be.
    names
        Names by package that were given by hand.
    stages
        Step of the approval by package, where it is not that of all.
    """
    rules = part.asset_class.grouping
    packages = _packages(part, heads, settings)
    if settings.approval is not None:
        formed = settings.approval.formed
        steps = [stages.get(str(name), formed) for name in packages["package_id"]]
        packages["readiness"] = steps
        packages["first_start"] = [settings.approval.first_start(s) for s in steps]
    given = packages["package_id"].map(dict(names))
    packages["name"] = given.where(given.notna(), packages["name"])
    size = heads.groupby("package_id", sort=True)["base_cost"].agg(["sum", "size"])
    large = (size["sum"] > rules.package_greatest_cost) & (size["size"] > 1)
    large |= size["size"] > rules.package_max_projects
    notes = [
        message(
            "packages.large",
            package=package,
            cost=round(float(size["sum"][package]), 2),
            count=int(size["size"][package]),
            most=rules.package_greatest_cost,
            projects=rules.package_max_projects,
        )
        for package in size.index[large]
    ]
    return packages, notes


def _packages(
    part: ClassFacts, heads: pd.DataFrame, settings: CaseSettings
) -> pd.DataFrame:
    rules = part.asset_class.grouping
    by_package = heads.groupby("package_id", sort=True)
    packages = by_package[[*FAMILY]].first().reset_index()
    names = _names(part, heads, settings.lang)
    packages["name"] = packages["package_id"].map(names)
    packages["status"] = "new"
    # A company borrows for what it owns; a bureau never does: that is hidden debt.
    own_risk = (packages["nature"] != "public") & (packages["ownership"] == "operator")
    packages["borrower"] = packages["legal_owner"].where(own_risk, "")
    if rules.income is not None:
        income = heads["project_id"].map(formed_incomes(heads, rules.income))
        total = income.groupby(heads["package_id"]).sum()
        packages["net_income_per_year"] = packages["package_id"].map(total)
        first = settings.start_year + rules.income.first_year_after
        years = pd.Series(first, index=packages.index, dtype="Int64")
        earns = packages["net_income_per_year"] > 0
        packages["operation_start"] = years.where(earns)
        # What earns nothing is not put up for a bond review.
        packages["bond_review"] = np.where(earns, rules.bond_review, "")
    return packages


def _names(part: ClassFacts, heads: pd.DataFrame, lang: str) -> dict[str, str]:
    """Name packages by owner, place, class and level, as far as these are one."""
    levels = level_titles(part, lang)
    names: list[str] = []
    packages = sorted(set(heads["package_id"]))
    for _, own in heads.groupby("package_id", sort=True):
        words = [str(own["legal_owner"].iloc[0])]
        for column, titles in (("district", {}), ("level", levels)):
            values = set(own[column])
            if len(values) == 1:
                value = str(values.pop())
                words.append(titles.get(value, value))
        words.append(part.asset_class.title.in_lang(lang))
        names.append(" ".join(word for word in words if word))
    twice = {name for name in names if names.count(name) > 1}
    seen: dict[str, int] = {}
    for i, name in enumerate(names):
        if name in twice:
            seen[name] = seen.get(name, 0) + 1
            names[i] = f"{name} #{seen[name]}"
    return dict(zip(packages, names, strict=True))
