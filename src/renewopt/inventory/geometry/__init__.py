"""Geometry: where assets are, from whatever says it, in CGCS2000 longitude/latitude."""

from renewopt.inventory.geometry.complete import complete_geometry, without_used
from renewopt.inventory.geometry.extract import TableGeometry, ends_of, extract
from renewopt.inventory.geometry.nodes import (
    Nodes,
    is_point_sheet,
    joined_nodes,
    read_nodes,
)
from renewopt.inventory.geometry.settings import GeometrySettings, geometry_settings

__all__ = [
    "GeometrySettings",
    "Nodes",
    "TableGeometry",
    "complete_geometry",
    "ends_of",
    "extract",
    "geometry_settings",
    "is_point_sheet",
    "joined_nodes",
    "read_nodes",
    "without_used",
]
