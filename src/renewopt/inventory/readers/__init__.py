"""Readers: one module per file format; each gives raw tables, text only."""

from renewopt.inventory.readers.door import (
    SUFFIXES,
    is_url,
    read_raw,
    read_source,
    shown_source,
)
from renewopt.inventory.readers.refused import REFUSED_DATA, refusal

__all__ = [
    "REFUSED_DATA",
    "SUFFIXES",
    "is_url",
    "read_raw",
    "read_source",
    "refusal",
    "shown_source",
]
