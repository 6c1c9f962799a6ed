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
    ".tar": "inventory.refused_archive",
    ".gz": "inventory.refused_archive",
    ".tgz": "inventory.refused_archive",
    ".kmz": "inventory.refused_kml",
    ".kml": "inventory.refused_kml",
    ".mif": "inventory.refused_kml",
    ".gml": "inventory.refused_kml",
    ".xlsb": "inventory.refused_xlsb",
    ".html": "inventory.refused_html",
    ".htm": "inventory.refused_html",
}
"""Suffix → code of the message that says how to export."""
DATA = frozenset(REFUSED) - {
    ".wps", ".doc", ".docx", ".pdf", ".html", ".htm", ".mxd",
}  # fmt: skip
"""Refused formats that mostly hold tables or maps: asked about in a folder."""


def refusal(name: str, kind: str) -> Message:
    """Say that a file of the kind (a suffix of `REFUSED`) is not read, and what to do.

    Parameters
    ----------
    name
        Name of the file.
    """
    return message(REFUSED[kind], file=name)
