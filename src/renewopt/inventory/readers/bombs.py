"""Archives that are made to burst: judged by what they unpack to, and from how little.

Sizes are checked as the archive declares them and again while it is unpacked, since it
may lie; archives inside it are judged in the same way.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from renewopt.core.errors import InputError, message

UNPACKED_LIMIT = 1 << 30
"""Bytes that a workbook may unpack to; a million rows of twenty columns stay below."""
MOST_RATIO = 500
"""Times its packed size that a member may have; sheets of empty styled cells reach 400,
ordinary ones 10 to 80, and what is made to burst 1,000."""
RATIO_FROM = 1 << 20
"""Bytes from which the ratio counts: less does no harm."""
DEEPEST = 3
"""Archives within archives that are looked into; deeper ones are refused."""
_BLOCK = 1 << 20
_ZIP = b"PK\x03\x04"


class Meter:
    """Counts what a workbook unpacks to, and refuses it where that is too much."""

    def __init__(self, path: Path) -> None:
        self.path, self.total = path, 0

    def declared(self, archive: zipfile.ZipFile, size: int, inside: str = "") -> None:
        """Judge an archive by what it says of itself.

        Parameters
        ----------
        size
            Bytes of the archive; members that lie over each other seem to have more.
        inside
            The member that it is; empty for the file itself.

        Raises
        ------
        InputError
            Where it declares too much, or too much from too little.
        """
        members = archive.infolist()
        declared = sum(item.file_size for item in members)
        if self.total + declared > UNPACKED_LIMIT:
            raise self._too_large(declared)
        packed = sum(item.compress_size for item in members)
        self._ratio(declared, min(packed, size), inside)
        for item in members:
            self._ratio(item.file_size, item.compress_size, inside or item.filename)

    def blocks(
        self, archive: zipfile.ZipFile, item: zipfile.ZipInfo
    ) -> Iterator[bytes]:
        """Unpack one member of the file to its real end, counting."""
        here, head = 0, b""
        kept: list[bytes] = []
        for block in _blocks(self.path, archive, item):
            here += len(block)
            self.total += len(block)
            if self.total > UNPACKED_LIMIT:
                raise self._too_large(self.total)
            self._ratio(here, self._packed(item), item.filename)
            head = head or block[:4]
            if head == _ZIP:
                kept.append(block)
            yield block
        if kept:
            self._nested(b"".join(kept), item.filename, 1)

    def _packed(self, item: zipfile.ZipInfo) -> int:
        """Give the packed size of a member: no more than the file itself has."""
        return min(item.compress_size, self.path.stat().st_size)

    def _nested(self, data: bytes, name: str, depth: int) -> None:
        """Judge an archive inside the file, and those inside of it."""
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile:
            return  # nothing of ours opens it, so it can do no harm
        if depth > DEEPEST:
            raise InputError.of(
                "inventory.zip_nested", file=self.path.name, member=name,
                allowed=DEEPEST,
            )  # fmt: skip
        with archive:
            self.declared(archive, len(data), name)
            for item in archive.infolist():
                with archive.open(item) as member:
                    inner = self._all(member, item, name)
                if inner[:4] == _ZIP:
                    self._nested(inner, f"{name}/{item.filename}", depth + 1)

    def _all(self, member: IO[bytes], item: zipfile.ZipInfo, name: str) -> bytes:
        """Unpack a member of an inner archive, counting; keep archives."""
        found = b""
        here = 0
        while block := member.read(_BLOCK):
            here += len(block)
            self.total += len(block)
            if self.total > UNPACKED_LIMIT:
                raise self._too_large(self.total)
            self._ratio(here, item.compress_size, name)
            if not found or found[:4] == _ZIP:
                found += block
        return found

    def _ratio(self, size: int, packed: int, member: str) -> None:
        if size < RATIO_FROM or size <= MOST_RATIO * max(packed, 1):
            return
        raise InputError(message(
            "inventory.zip_ratio", file=self.path.name, member=member or "*",
            packed=f"{packed / 1024:.0f}", found=size >> 20,
            ratio=size // max(packed, 1), allowed=MOST_RATIO,
        ))  # fmt: skip

    def _too_large(self, found: int) -> InputError:
        return InputError(message(
            "inventory.zip_bomb", file=self.path.name,
            found=found >> 20, allowed=UNPACKED_LIMIT >> 20,
        ))  # fmt: skip


def _blocks(
    path: Path, archive: zipfile.ZipFile, item: zipfile.ZipInfo
) -> Iterator[bytes]:
    """Unpack one member: to its real end, not to the length that it declares."""
    if item.compress_type != zipfile.ZIP_DEFLATED:
        with archive.open(item) as member:
            while block := member.read(_BLOCK):
                yield block
        return
    with path.open("rb") as file:
        file.seek(item.header_offset + 26)
        name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
        file.seek(name + extra, 1)
        inflate = zlib.decompressobj(-15)
        while not inflate.eof:
            packed = inflate.unconsumed_tail or file.read(_BLOCK)
            if not packed:
                return
            yield inflate.decompress(packed, _BLOCK)
