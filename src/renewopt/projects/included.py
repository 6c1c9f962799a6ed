"""What a price includes and others pay for, or have paid for: each metre is paid once.

A price per m² of a compound that includes its pipes would pay a pipe twice if the pipe
is also a project of its own, under construction, or renewed not long ago. Its works are
taken off the compound's price, in the share of the compound that is priced, at the
pipe's own prices and the compound's year; the compound then needs the pipe's project.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pandas as pd

from renewopt.catalogue.modes import Mode
from renewopt.core.errors import InputError, Message, message
from renewopt.projects.facts import ClassFacts
from renewopt.projects.links import INCLUDED
from renewopt.projects.prices import local_factors, price_numbers, unit_costs
from renewopt.projects.settings import CaseSettings
from renewopt.projects.works import LOCAL

COLUMNS = [
    "project_id", "mode", "item", "quantity", "unit", "unit_price", "source",
    "other_id", "priced_as", "local",
]  # fmt: skip
INSIDE = "inside"
"""Sort of link from a pipe to the compound that it is in."""
KEYS = ["asset_class", "asset_id"]
NAMED = 5
"""Assets that a message names."""
Formed = Sequence[tuple[ClassFacts, pd.DataFrame]]


def included_works(
    formed: Formed,
    ties: pd.DataFrame,
    running: pd.DataFrame,
    spared: pd.DataFrame,
    settings: CaseSettings,
    files: dict[str, str] | None = None,
) -> tuple[pd.DataFrame, list[Message]]:
    """List what is taken off the price of every mode, project by project.

    Works of the pipe by the first mode of its project. `other_id` is the project that
    pays for them; it is empty where the pipe was left out. What would take more off
    than the price leaves is not taken off, and named: then the price cannot have
    included it. Where no price says whether it includes what lies inside, it is asked.

    Parameters
    ----------
    ties
        Assets that lie inside others, as `links.asset_links` gives them.
    running
        Assets of works under construction, and of the projects of a list.
    spared
        Assets that are left out, with the reason.
    files
        Files that the tables of each class come from.

    Raises
    ------
    InputError
        Where an asset lies in several compounds whose prices all include it, or in one
        and in the street of a tunnel whose price does.
    """
    empty = pd.DataFrame(columns=COLUMNS)
    within = _within(formed, ties, running, spared, settings)
    if not any(len(rows) for rows in within.values()):
        return empty, []
    found: list[pd.DataFrame] = []
    listed: list[pd.DataFrame] = []
    notes: list[Message] = []
    problems: list[Message] = []
    for part, members in formed:
        if len(members) == 0:
            continue
        for mode in part.asset_class.modes:
            inside = within[mode.takes_in]
            if len(inside) == 0:
                continue
            notes += _asked(part, mode, members, inside)
            rows = _inside_of(part, members, mode, inside)
            problems += _twice(rows, files or {})
            listed.append(rows)
            kept, told = _off(part, rows, members, mode, settings)
            found.append(kept.assign(mode=mode.id))
            notes += told
    if problems:
        raise InputError(*{item.params["asset"]: item for item in problems}.values())
    if clashes := list(_by_several(listed)):
        raise InputError(*clashes)
    filled = [rows for rows in found if len(rows)]
    table = pd.concat(filled, ignore_index=True)[COLUMNS] if filled else empty
    return table, notes


def _within(
    formed: Formed,
    ties: pd.DataFrame,
    running: pd.DataFrame,
    spared: pd.DataFrame,
    settings: CaseSettings,
) -> dict[str, pd.DataFrame]:
    """Give what lies or moves inside others with its works, by the link it moves by."""
    turned = {
        "asset_class": "other_class", "asset_id": "other_id",
        "other_class": "asset_class", "other_id": "asset_id",
    }  # fmt: skip
    found = {"": ties[ties["link"] == INSIDE]}
    for part, _ in formed:
        for mode in part.asset_class.modes:
            if mode.takes_in:
                rows = ties[ties["link"] == mode.takes_in]
                found[mode.takes_in] = rows.rename(columns=turned)
    return {
        link: rows.merge(_all_works(formed, running, spared, settings, link), on=KEYS)
        if len(rows)
        else rows
        for link, rows in found.items()
    }


def _all_works(
    formed: Formed,
    running: pd.DataFrame,
    spared: pd.DataFrame,
    settings: CaseSettings,
    link: str,
) -> pd.DataFrame:
    """Give what every asset costs by its first mode, and who pays for it.

    With a link: by the mode in which it moves, where it has it. `payer` is a project,
    or the asset itself where it is left out (`why`).
    """
    parts = []
    for part, members in formed:
        able = _able(part, members, link)
        named = [able[["asset_id", "project_id"]].assign(why="")] if len(able) else []
        if len(running):
            own = running[running["asset_class"] == part.id]
            named.append(own[["asset_id", "project_id"]].assign(why=""))
        out = (spared["asset_class"] == part.id) & (spared["effect"] == "left_out")
        left = spared.loc[out, ["asset_id", "reason"]].drop_duplicates("asset_id")
        left = left.assign(project_id="").rename(columns={"reason": "why"})
        payers = pd.concat([*named, left[["asset_id", "project_id", "why"]]])
        payers = payers.drop_duplicates("asset_id")
        parts.append(
            payers.merge(_works_of(part, members, settings, link), on="asset_id")
        )
    filled = [rows for rows in parts if len(rows)]
    columns = [
        *KEYS,
        "project_id",
        "why",
        "item",
        "price",
        "source",
        "quantity",
        "unit",
    ]
    table = pd.concat(filled, ignore_index=True) if filled else None
    found = pd.DataFrame(columns=columns) if table is None else table
    return found.rename(columns={"project_id": "payer"})


def _able(part: ClassFacts, members: pd.DataFrame, link: str) -> pd.DataFrame:
    """Give the assets of projects that have a work, or one of moving by the link."""
    if len(members) == 0:
        return members
    mode = part.asset_class.moving(link)
    if mode is None:
        return members[(members["modes"] != "") & (link == "")]
    return members[members[f"price_{mode.id}"] >= 0]


def _works_of(
    part: ClassFacts, members: pd.DataFrame, settings: CaseSettings, link: str
) -> pd.DataFrame:
    """Price every asset by the first mode of its project, else by its own first one.

    With a link: by the mode in which it moves.
    """
    frame = part.frame
    mover = part.asset_class.moving(link)
    first = pd.Series(mover.id if mover else "", index=frame["asset_id"], dtype="str")
    if len(members) and mover is None:
        modes = members.set_index("asset_id")["modes"].str.split(";").str[0]
        first = modes.reindex(frame["asset_id"]).fillna("")
    chosen = first.to_numpy(object)
    open_ = np.ones(len(frame), bool)
    local, where = local_factors(part, settings)
    rows = []
    for mode in part.asset_class.modes:
        number = price_numbers(part, mode)
        takes = open_ & (number >= 0) & ((chosen == mode.id) | (chosen == ""))
        takes &= (chosen == mode.id) | (not (mode.gives_up or mode.moves_in))
        open_ &= ~takes
        prices = mode.price
        rows.append(
            pd.DataFrame(
                {
                    "asset_class": part.id,
                    "asset_id": frame.loc[takes, "asset_id"],
                    "quantity": frame.loc[takes, "quantity"],
                    "item": [
                        prices[n].id + (LOCAL + why if why else "")
                        for n, why in zip(number[takes], where[takes], strict=True)
                    ],
                    "local": local[takes],
                    "price": [prices[n] for n in number[takes]],
                    "source": [prices[n].source for n in number[takes]],
                    "unit": part.asset_class.unit,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _inside_of(
    part: ClassFacts, members: pd.DataFrame, mode: Mode, inside: pd.DataFrame
) -> pd.DataFrame:
    """Give the assets inside those of this class whose price by the mode includes them.

    `rest` is the share of the outer asset that is priced, `key` its price's.
    """
    by_number = [frozenset(p.includes or ()) for p in mode.price]
    keys = [f"classes.{part.id}.mode.{mode.id}.price.{p.id}" for p in mode.price]
    number = members[f"price_{mode.id}"].to_numpy(np.int64)
    outer = pd.DataFrame(
        {
            "other_class": part.id,
            "other_id": members["asset_id"],
            "project_id": members["project_id"],
            "rest": members.get("rest", 1.0),
            "includes": [by_number[n] if n >= 0 else frozenset() for n in number],
            "key": [keys[n] if n >= 0 else "" for n in number],
        }
    )
    rows = inside.merge(outer, on=["other_class", "other_id"])
    pairs = zip(rows["asset_class"], rows["includes"], strict=True)
    rows = rows[np.array([name in names for name, names in pairs], dtype=bool)]
    return rows[rows["payer"] != rows["project_id"]]


def _twice(rows: pd.DataFrame, files: dict[str, str]) -> Iterator[Message]:
    """Yield assets that several prices include: whose part is whose is not known."""
    for (name, asset), own in rows.groupby(KEYS, sort=True):
        if len(own) > 1:
            yield message(
                "projects.included_twice",
                file=files.get(str(name), str(name)),
                asset_class=str(name),
                asset=str(asset),
                column=str(own["column"].iloc[0]),
                value=";".join(sorted(own["other_id"].astype(str))),
            )


def _by_several(listed: Sequence[pd.DataFrame]) -> Iterator[Message]:
    """Yield prices of several modes or classes that include the same assets.

    A compound and a tunnel may both be built: each would be cheaper by the same pipe.
    """
    filled = [rows for rows in listed if len(rows)]
    if not filled:
        return
    outer = ["other_class", "other_id"]
    rows = pd.concat([part[[*KEYS, *outer, "key"]] for part in filled])
    pairs = rows.drop_duplicates([*KEYS, *outer])
    twice = pairs.loc[pairs.duplicated(KEYS), KEYS].drop_duplicates()
    clash: dict[tuple[str, ...], list[pd.DataFrame]] = {}
    for _, own in rows.merge(twice, on=KEYS).groupby(KEYS, sort=True):
        clash.setdefault(tuple(sorted(set(own["key"]))), []).append(own)
    for keys, parts in sorted(clash.items()):
        inside = [str(own["asset_id"].iloc[0]) for own in parts]
        whose = pd.concat(parts)
        yield message(
            "projects.included_by_several",
            keys=", ".join(f"[{key}]" for key in keys),
            inside=len(inside),
            assets=", ".join(inside[:NAMED]),
            others=", ".join(sorted(set(whose["other_id"].astype(str)))[:NAMED]),
            classes=", ".join(sorted(set(whose["asset_class"].astype(str)))),
        )


def _off(
    part: ClassFacts,
    rows: pd.DataFrame,
    members: pd.DataFrame,
    mode: Mode,
    settings: CaseSettings,
) -> tuple[pd.DataFrame, list[Message]]:
    """Add up what comes off each project; name what its price is too small for."""
    if len(rows) == 0:
        return pd.DataFrame(columns=COLUMNS), []
    who = np.where(rows["payer"] == "", rows["asset_id"], rows["payer"])
    why = [f" ({word})" if word else "" for word in rows["why"]]
    words = zip(who, rows["item"], why, strict=True)
    lines = pd.DataFrame(
        {
            "project_id": rows["project_id"],
            "other_id": rows["payer"],
            "item": [f"less {payer} {item}{reason}" for payer, item, reason in words],
            "quantity": rows["quantity"] * rows["rest"],
            "unit": rows["unit"],
            "unit_price": [price.at(settings.cost_level) for price in rows["price"]],
            "source": rows["source"],
            "priced_as": rows["asset_class"],
            "local": rows["local"],
        }
    )
    keys = [c for c in lines if c != "quantity"]
    lines = lines.groupby(keys, sort=True)["quantity"].sum().round(2).reset_index()
    factor = lines["priced_as"].map(lambda name: settings.class_factor.get(name, 1.0))
    lines["wan"] = lines["quantity"] * lines["unit_price"] * factor * lines["local"]
    lines = lines.sort_values(["project_id", "wan", "item"])
    cost = _mode_costs(members, mode, settings)
    cost = cost * settings.class_factor.get(part.id, 1.0)
    left = cost.reindex(lines["project_id"]).to_numpy(np.float64)
    over = lines.groupby("project_id")["wan"].cumsum().to_numpy() > left
    notes = [
        message(
            "projects.included_too_much",
            project=row.project_id,
            mode=mode.id,
            other=row.other_id or row.item,
        )
        for row in lines[over].itertuples()
    ]
    return lines[~over & (lines["quantity"] > 0).to_numpy()], notes


def _mode_costs(members: pd.DataFrame, mode: Mode, settings: CaseSettings) -> pd.Series:
    """Give the cost of each project by a mode whose price includes something."""
    number = members[f"price_{mode.id}"].to_numpy(np.int64)
    price = unit_costs(mode, number, settings.cost_level)
    cost = pd.Series(price * members["quantity"].to_numpy(np.float64))
    marks = [bool(p.includes) for p in mode.price]
    meant = np.array([*marks, False])[number]
    own = pd.Series(members["project_id"].to_numpy(object)[meant])
    sums: pd.Series = cost[meant].reset_index(drop=True).groupby(own).sum()
    return sums


def _asked(
    part: ClassFacts, mode: Mode, members: pd.DataFrame, inside: pd.DataFrame
) -> Iterator[Message]:
    """Ask whether prices include what lies inside, where they do not say."""
    own = inside[inside["other_class"] == part.id]
    silent = np.array([*(p.includes is None for p in mode.price), False])
    number = members[f"price_{mode.id}"].to_numpy(np.int64)
    outer = members.loc[silent[number], "asset_id"]
    rows = own[own["other_id"].isin(outer)]
    if len(rows) == 0:
        return
    prices = [p.id for i, p in enumerate(mode.price) if (number == i).any()]
    names = sorted(set(rows["other_id"].astype(str)))
    yield message(
        "projects.includes_unstated",
        asset_class=part.id,
        mode=mode.id,
        key=f"classes.{part.id}.mode.{mode.id}.price.{prices[0]}",
        count=len(names),
        assets=", ".join(names[:NAMED]),
        inside=len(rows),
        classes=", ".join(sorted(set(rows["asset_class"]))),
        list=", ".join(f'"{name}"' for name in sorted(set(rows["asset_class"]))),
    )


def included_links(less: pd.DataFrame, moving: Collection[str] = ()) -> pd.DataFrame:
    """Tie a project to those whose works were taken off its price: it needs them.

    What moves in (modes in `moving`) is tied by its own link.
    """
    meant = (less["other_id"] != "") & ~less["mode"].isin(list(moving))
    pairs = less.loc[meant, ["project_id", "other_id", "mode"]].drop_duplicates()
    pairs = pairs.sort_values(["project_id", "other_id", "mode"])
    keys = ["project_id", "other_id"]
    modes = pairs.groupby(keys, sort=True)["mode"].agg(";".join).reset_index()
    return modes.assign(link=INCLUDED, because="includes", other_mode="")
