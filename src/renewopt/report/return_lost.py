"""What a return workbook lacks of the original: told by comparing the two files."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from renewopt.core.errors import Message, message

_PARTS = {
    "chart": re.compile(r"xl/charts/chart[^/]*\.xml"),
    "picture": re.compile(r"xl/media/.+"),
    "slicer": re.compile(r"xl/slicers/.+\.xml"),
    "pivot": re.compile(r"xl/pivotTables/.+\.xml"),
    "control": re.compile(r"xl/(ctrlProps|activeX)/[^/]+\.xml"),
    "object": re.compile(r"xl/embeddings/.+"),
    "thread": re.compile(r"xl/threadedComments/.+\.xml"),
}
"""Kind of thing → its parts in the file, one for each."""
_DRAWING = re.compile(r"xl/drawings/drawing[^/]*\.xml")
_SHAPE = re.compile(rb"<xdr:(?:sp|cxnSp|grpSp)[ >]")


def lost_parts(source: Path, path: Path) -> list[Message]:
    """Say which things of the original the copy lacks, and which were written anew."""
    before, after = _counts(source), _counts(path)
    kinds = [kind for kind in before if after[kind] < before[kind]]
    notes = []
    if kinds:
        notes.append(message("report.not_carried", file=source.name, kinds=kinds))
    if before["chart"] and "chart" not in kinds:
        notes.append(message("report.redrawn", file=source.name))
    return notes


def _counts(path: Path) -> dict[str, int]:
    """Count the things of each kind in a workbook."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        found = {
            kind: sum(pattern.fullmatch(name) is not None for name in names)
            for kind, pattern in _PARTS.items()
        }
        drawings = [name for name in names if _DRAWING.fullmatch(name)]
        shapes = sum(len(_SHAPE.findall(archive.read(name))) for name in drawings)
    return {**found, "shape": shapes}
