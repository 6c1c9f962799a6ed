"""Encodings of text files: what the bytes prove; a guess is only ever reported."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from renewopt.core.errors import InputError, message

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
KNOWN = "UTF-8, GB18030, UTF-16"
_DAMAGED = 20
"""A text is taken as damaged, not as foreign, if it has as many good characters beyond
ASCII for each broken one."""
_SAMPLE = 100_000
_COMMON_SHARE = 0.8
"""Chinese in GB18030 is nearly all within GB 2312; Big5 read as GB18030 is not."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_SURE = 4
"""Chinese characters in UTF-8 that are no accident of another encoding."""


@dataclass(frozen=True)
class Decoded:
    """Text as UTF-8 bytes without BOM.

    Attributes
    ----------
    data
        The text; broken characters are U+FFFD.
    encoding
        How the file was read; "" where it is UTF-8 and nothing need be said.
    doubt
        What else it might be, where the bytes do not look like that encoding.
    """

    data: bytes
    encoding: str = ""
    doubt: str = ""


def decode_file(path: Path) -> Decoded:
    """Read a text file: by its BOM, else as UTF-8, UTF-16 or GB18030.

    Raises
    ------
    InputError
        Where it is none of these, with what charset-normalizer takes it for.
    """
    with path.open("rb", buffering=0) as file:
        # A large file is not copied to take its first bytes off.
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
            return decode_bytes(file.read(), path.name)
        body = file.read()
    return _utf8(body) or _other(body, path.name)


def decode_bytes(data: bytes, name: str) -> Decoded:
    """Decode the bytes of a text file; see `decode_file`."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            body = data[len(bom) :]
            if encoding == "utf-8":
                return _utf8(body) or _other(body, name)
            return _recode(body, encoding, name)
    wide = _wide(data)
    if wide:
        return _recode(data, wide, name)
    return _utf8(data) or _other(data, name)


def _recode(data: bytes, encoding: str, name: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    if "\ufffd" in text and not _few_broken(text):
        raise _unknown(data, name)
    return Decoded(text.encode("utf-8", errors="replace"), encoding.upper())


def _utf8(data: bytes) -> Decoded | None:
    """Take the bytes as UTF-8 if they are, or if very few of them are broken."""
    if is_utf8(data):
        return Decoded(data)
    text = data.decode("utf-8", errors="replace")
    if _few_broken(text):
        return Decoded(text.encode())
    return None


def is_utf8(data: bytes) -> bool:
    """Tell whether all bytes are valid UTF-8, as fast as memory allows."""
    ends = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    whole = pa.Array.from_buffers(
        pa.large_binary(), 1, [None, ends, pa.py_buffer(data)]
    )
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _few_broken(text: str) -> bool:
    broken = text.count("\ufffd")
    foreign = sum(not char.isascii() for char in text[: 20 * _SAMPLE]) - broken
    return foreign >= _DAMAGED * broken


def _wide(data: bytes) -> str:
    """Tell UTF-16 without BOM by the zero bytes of its Latin letters and commas."""
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) / 20 or min(even, odd) * 20 > max(even, odd):
        return ""
    encoding = "utf-16-be" if even > odd else "utf-16-le"
    text = sample[: len(sample) // 2 * 2].decode(encoding, errors="replace")
    # Wide text has its line ends and separators where narrow text with a few zero
    # bytes has nonsense.
    return encoding if {"\n", "\r", ",", "\t", ";"} & set(text) else ""


def _other(data: bytes, name: str) -> Decoded:
    _refuse_mixed(data, name)
    text = data.decode("gb18030", errors="replace")
    if "\ufffd" in text and not _few_broken(text):
        raise _unknown(data, name)
    doubt = "" if _is_common(text) else hint(data)
    return Decoded(text.encode(), "GB18030", doubt)


def _refuse_mixed(data: bytes, name: str) -> None:
    """Refuse a text whose first Chinese line is UTF-8 while others are not."""
    first = ""
    for number, line in enumerate(data.splitlines(), 1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            if first:
                raise InputError.of(
                    "inventory.mixed_encoding", file=name, line=number
                ) from None
            return
        if not text.isascii() and not first:
            first = text if len(_CHINESE.findall(text)) >= _SURE else ""
            if not first:
                return


def _unknown(data: bytes, name: str) -> InputError:
    return InputError(
        message("inventory.unknown_encoding", file=name, known=KNOWN, hint=hint(data))
    )


def _is_common(text: str) -> bool:
    foreign = "".join(c for c in text[:_SAMPLE] if not c.isascii())
    common = len(foreign.encode("gb2312", errors="ignore")) / 2
    return not foreign or common / len(foreign) >= _COMMON_SHARE


def hint(data: bytes) -> str:
    """Say what charset-normalizer takes the bytes for: a hint for people, no more."""
    import charset_normalizer

    found: Any = charset_normalizer.from_bytes(data[:_SAMPLE]).best()
    return str(found.encoding).upper().replace("_", "-") if found else "?"
