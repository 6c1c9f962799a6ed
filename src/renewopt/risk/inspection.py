"""Value of inspection: where knowing an asset better is worth more than it costs.

The decision is to renew an asset now or to leave it. With the loss ahead
B = effect · Σ risk / (1 + r)^t uncertain (lognormal, log variance σ² of the rate) and
the cost of renewal C, deciding on what is known today is worth max(E[B] − C, 0). An
inspection tells log B with an error τ, so that the mean of B after it is lognormal with
log variance s² = σ⁴ / (σ² + τ²), and deciding then is worth

    E[max(B' − C, 0)] = E[B] · Φ(d + s) − C · Φ(d),    d = ln(E[B] / C) / s − s / 2

The difference is the expected value of the inspection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from renewopt.catalogue import AssetClass, Catalogue
from renewopt.catalogue.hazard import Z90
from renewopt.catalogue.inspection import Inspection
from renewopt.catalogue.modes import BP
from renewopt.core.errors import InputError, Message, message
from renewopt.inventory import Inventory
from renewopt.risk.renewal import quantity_of, renewal
from renewopt.risk.table import KEY, REASON_SEPARATOR, RiskTable

FloatArray = npt.NDArray[np.float64]

DECIDED = ("assessed.deadline", "assessed.immediate")
"""Outcomes that leave nothing to decide: the asset is renewed."""
COLUMNS = (
    *KEY,
    "name",
    "street",
    "grade",
    "loss_ahead",
    "renewal_cost",
    "decision_now",
    "chance_of_change",
    "value",
    "inspection_cost",
    "net_value",
    "expert_share",
)


@dataclass(frozen=True, eq=False)
class Inspections:
    """What inspections are worth.

    Attributes
    ----------
    assets
        One row per asset that can be decided on: `loss_ahead` (万元 that renewal would
        remove, present value), `renewal_cost`, `decision_now` (renew, leave),
        `chance_of_change` (that an inspection turns the decision), `value` of the
        inspection, `inspection_cost` and `net_value` (万元); the best first.
    notes
        Classes without an inspection, assets left out.
    """

    assets: pd.DataFrame
    notes: tuple[Message, ...]

    @property
    def worth(self) -> pd.DataFrame:
        """Give the assets whose inspection is worth more than it costs."""
        return self.assets[self.assets["net_value"] > 0].reset_index(drop=True)


def inspect_first(
    inventory: Inventory,
    catalogue: Catalogue,
    table: RiskTable,
    discount_rate_bp: int = 400,
) -> Inspections:
    """Work out what an inspection of every asset is worth.

    Parameters
    ----------
    table
        Risk of the assets in the years whose loss counts.
    discount_rate_bp
        Yearly rate at which later losses count less, basis points.

    Raises
    ------
    InputError
        Where the rate is below 0 or the table has no interval of the failures.
    """
    if discount_rate_bp < 0:
        raise InputError.of("risk.bad_discount", value=discount_rate_bp)
    if "failures_low" not in table.table:
        raise InputError.of("risk.no_failure_interval")
    notes: list[Message] = []
    parts = []
    for name, frame in sorted(inventory.assets.items()):
        cls = catalogue.asset_classes[name]
        if cls.inspection is None:
            notes.append(message("risk.no_inspection", asset_class=name))
            continue
        open_ = frame[~frame["asset_id"].isin(_under_way(inventory, name))]
        own, left_out = _class(open_, cls, cls.inspection, table, discount_rate_bp)
        left_out += len(frame) - len(open_)
        parts.append(own)
        if left_out:
            notes.append(
                message("risk.not_inspected", asset_class=name, count=left_out)
            )
    assets = (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame([], columns=COLUMNS)
    )
    assets = assets.sort_values(
        ["net_value", *KEY], ascending=[False, True, True], ignore_index=True
    )
    return Inspections(assets[list(COLUMNS)], tuple(notes))


def _under_way(inventory: Inventory, asset_class: str) -> set[str]:
    """Give the assets that running works renew: nothing is left to decide."""
    rows = inventory.running_works
    if not len(rows):
        return set()
    cells = rows.loc[rows["asset_class"] == asset_class, "asset_ids"].dropna()
    return {part.strip() for cell in cells for part in str(cell).split(";")} - {""}


def _class(
    frame: pd.DataFrame,
    cls: AssetClass,
    told: Inspection,
    table: RiskTable,
    rate_bp: int,
) -> tuple[pd.DataFrame, int]:
    """Give the assets of a class that can be decided on, and how many cannot."""
    ahead = _ahead(table, cls.id, rate_bp)
    frame = frame.assign(asset_id=frame["asset_id"].astype("str"))
    facts = frame.merge(ahead, on="asset_id", how="inner", validate="1:1")
    found = renewal(facts, cls, int(table.table["year"].min()))
    benefit = facts["loss_ahead"].to_numpy(np.float64) * found.effect
    codes = facts["reasons"].str.split(REASON_SEPARATOR)
    decided = codes.map(lambda own: any(code in DECIDED for code in own))
    can = (benefit > 0) & ~np.isnan(found.cost) & ~decided.to_numpy(dtype=np.bool_)
    value, change = inspection_value(
        np.where(can, benefit, 1.0),
        np.where(can, found.cost, 1.0),
        facts["log_sd"].to_numpy(np.float64),
        told.log_sd,
    )
    price = told.fixed + told.mid * quantity_of(facts, cls)
    text = pd.Series("", index=facts.index, dtype="str")
    done = pd.DataFrame(
        {
            "asset_class": cls.id,
            "asset_id": facts["asset_id"],
            "name": facts.get("name", text).fillna(""),
            "street": facts.get("street", text).fillna(""),
            "grade": facts["grade"],
            "loss_ahead": benefit,
            "renewal_cost": found.cost,
            "decision_now": np.where(benefit > found.cost, "renew", "leave"),
            "chance_of_change": change,
            "value": value,
            "inspection_cost": price,
            "net_value": value - price,
            "expert_share": facts["expert_share"],
        }
    )
    return done[can], int((~can).sum())


def _ahead(table: RiskTable, asset_class: str, rate_bp: int) -> pd.DataFrame:
    """Give the discounted loss ahead of each asset, and the doubt about its rate."""
    own = table.table[table.table["asset_class"] == asset_class]
    first = own["year"].min()
    factor = (1 + rate_bp / BP) ** -(own["year"] - first).to_numpy(np.float64)
    losses = own.assign(loss=own["risk"] * factor).groupby("asset_id")["loss"].sum()
    now = own[own["year"] == first].set_index("asset_id")
    ratio = now["failures_high"] / now["failures_low"].where(now["failures_low"] > 0)
    log_sd = np.log(ratio.astype("float64")).fillna(0.0) / (2 * Z90)
    assets = table.assets[table.assets["asset_class"] == asset_class]
    facts = assets.set_index("asset_id")[["grade", "reasons", "expert_share"]]
    # The inventory's own columns of these names are not meant.
    return facts.assign(loss_ahead=losses, log_sd=log_sd).reset_index()


def inspection_value(
    benefit: FloatArray, cost: FloatArray, log_sd: FloatArray, error: float
) -> tuple[FloatArray, FloatArray]:
    """Give the expected value of an inspection, and the chance that it decides.

    Parameters
    ----------
    benefit, cost
        E[B] and C, both above 0.
    log_sd, error
        σ and τ.
    """
    spread = log_sd**2 / np.sqrt(log_sd**2 + error**2)
    there = spread > 1e-9
    s = np.where(there, spread, 1.0)
    d = np.log(benefit / cost) / s - s / 2
    after = benefit * ndtr(d + s) - cost * ndtr(d)
    now = np.maximum(benefit - cost, 0.0)
    value = np.where(there, np.maximum(after - now, 0.0), 0.0)
    change = np.where(benefit > cost, ndtr(-d), ndtr(d))
    return value, np.where(there, change, 0.0)
