"""Writing: tables under the headers and words of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from renewopt.catalogue import ColumnSpec

Lang = Literal["zh", "en"]
OUTSIDE = {"zh": "管径(PE管为公称外径)", "en": "diameter_mm"}
"""Header of sizes of which those of plastics are outside diameters."""
FLAGS = {"zh": {True: "是", False: "否"}, "en": {True: "yes", False: "no"}}


def write_table(
    path: Path, frame: pd.DataFrame, specs: Sequence[ColumnSpec], lang: Lang
) -> None:
    """Write the columns that the frame has, in the order of `specs`; BOM for Excel.

    Columns of the frame that no spec has (helpers of the generator) are left out.
    """
    out: dict[str, pd.Series] = {}
    for spec in specs:
        if spec.name not in frame or frame[spec.name].isna().all():
            continue
        names = spec.headers.zh if lang == "zh" else spec.headers.en
        outside = spec.name == "diameter_mm" and frame[spec.name].eq(110).any()
        header = OUTSIDE[lang] if outside else names[0]
        out[header] = _words(frame[spec.name], spec, lang)
    pd.DataFrame(out).to_csv(
        path, index=False, encoding="utf-8-sig", lineterminator="\n"
    )


def _words(column: pd.Series, spec: ColumnSpec, lang: Lang) -> pd.Series:
    if spec.kind == "choice":
        words = {c.code: (c.zh if lang == "zh" else c.en)[0] for c in spec.choices}
        return column.map(words)
    if spec.kind == "flag":
        return column.map(FLAGS[lang])
    if spec.kind == "number":
        return column.map(_number, na_action="ignore")
    return column


def _number(value: float) -> str:
    """Write a number without needless digits: the same text on every machine."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".")
