"""Readers: one module per file format; each gives raw tables, text only."""

from renewopt.inventory.readers.door import (
    SUFFIXES,
    TEXTS,
    is_url,
    read_raw,
    read_source,
    shown_source,
)
from renewopt.inventory.readers.listed import Listed, told_apart, with_names
from renewopt.inventory.readers.refused import DATA, REFUSED, refusal

__all__ = [
    "DATA",
    "REFUSED",
    "SUFFIXES",
    "TEXTS",
    "Listed",
    "is_url",
    "read_raw",
    "read_source",
    "refusal",
    "shown_source",
    "told_apart",
    "with_names",
]
