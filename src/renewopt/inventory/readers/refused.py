"""Formats that are not read: each with the steps that give a file which is."""

from __future__ import annotations

from renewopt.core.errors import Message, message

REFUSED = {
    ".et": "inventory.refused_et",
    ".ett": "inventory.refused_et",
    ".mdb": "inventory.refused_mdb",
    ".accdb": "inventory.refused_mdb",
    ".dwg": "inventory.refused_dwg",
    ".dxb": "inventory.refused_dwg",
    ".gdb": "inventory.refused_gdb",
    ".mxd": "inventory.refused_gdb",
    ".wps": "inventory.refused_text",
    ".doc": "inventory.refused_text",
    ".docx": "inventory.refused_text",
    ".pdf": "inventory.refused_text",
    ".zip": "inventory.refused_archive",
    ".rar": "inventory.refused_archive",
    ".7z": "inventory.refused_archive",
    ".xlsb": "inventory.refused_xlsb",
    ".html": "inventory.refused_html",
    ".htm": "inventory.refused_html",
}
"""Suffix → code of the message that says how to export."""
REFUSED_DATA = frozenset({".et", ".ett", ".mdb", ".accdb", ".dwg", ".gdb", ".xlsb"})
"""Refused formats that may hold an inventory: named where they lie in a folder."""


def refusal(name: str, kind: str) -> Message:
    """Say that a file of the kind (a suffix of `REFUSED`) is not read, and what to do.

    Parameters
    ----------
    name
        Name of the file.
    """
    return message(REFUSED[kind], file=name)
