"""What the city knows and decides: `models/` as frozen, validated objects."""

from renewopt.catalogue.asset_class import AssetClass
from renewopt.catalogue.base import Frozen, Text
from renewopt.catalogue.columns import Choice, ColumnSpec
from renewopt.catalogue.funds import FundKind
from renewopt.catalogue.load import Catalogue, Origin, load
from renewopt.catalogue.mapping import Mapping
from renewopt.catalogue.modes import Grouping, Mode
from renewopt.catalogue.packs import Pack, Trigger
from renewopt.catalogue.selection import Selection, effective_year, with_age

__all__ = [
    "AssetClass",
    "Catalogue",
    "Choice",
    "ColumnSpec",
    "Frozen",
    "FundKind",
    "Grouping",
    "Mapping",
    "Mode",
    "Origin",
    "Pack",
    "Selection",
    "Text",
    "Trigger",
    "effective_year",
    "load",
    "with_age",
]
