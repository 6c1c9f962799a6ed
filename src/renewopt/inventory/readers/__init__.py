"""Readers: one module per file format; each gives raw tables, text only."""

from renewopt.inventory.readers.door import (
    SUFFIXES,
    is_url,
    read_raw,
    read_source,
    shown_source,
)
from renewopt.inventory.readers.refused import REFUSED, refusal

__all__ = [
    "REFUSED",
    "SUFFIXES",
    "is_url",
    "read_raw",
    "read_source",
    "refusal",
    "shown_source",
]
