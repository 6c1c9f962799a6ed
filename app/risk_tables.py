"""Tables of the risk page: what the loss consists of, and why the worst assets fail."""

from __future__ import annotations

import pandas as pd

from renewopt.catalogue.consequence import PART_KINDS
from renewopt.core.errors import message
from renewopt.report.sheets import Words
from renewopt.risk.strongest import BY, KIND, MAIN
from renewopt.risk.table import KEY, REASON_SEPARATOR
from renewopt.runs import Run
from renewopt.text import codes, label, render

WORST = 30
"""Assets of the table with reasons."""
JOINED = {"zh": "；", "en": "; "}
MARKS = {
    MAIN: "risk.part_main",
    KIND: "risk.of_kind",
    BY: "risk.by_rival",
}
"""What is said of a part, group or baseline, by the mark before its code."""
PARTS = [f"cof_{kind}" for kind in PART_KINDS]


def first_year(risk: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the first year, a row per asset."""
    return risk[risk["year"] == risk["year"].min()]


def loss_by_kind(risk: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Give the expected loss of the first year by class and kind, 万元 a year."""
    now = first_year(risk)
    losses = now[PARTS].mul(now["expected_failures"], axis=0)
    by_class = losses.groupby(now["asset_class"]).sum().assign(
        sum=now.groupby("asset_class")["risk"].sum()
    )  # fmt: skip
    shown = by_class.reset_index()
    shown["asset_class"] = shown["asset_class"].map(words.of)
    for name in (*PARTS, "sum"):
        shown[name] = [f"{value:,.1f}" for value in shown[name]]
    names = [label("col.asset_class", words.lang)]
    names += [label(f"loss_kind.{kind}", words.lang) for kind in PART_KINDS]
    return shown.set_axis([*names, words.of("sum")], axis=1)


def worst(risk: pd.DataFrame, run: Run, words: Words) -> pd.DataFrame:
    """List the assets that lose most: reasons, basis, loss by kind and its interval."""
    keys = ["risk", *KEY]
    now = first_year(risk).sort_values(keys, ascending=[False, True, True]).head(WORST)
    cold = run.summary.get("cold_start", {})
    rows = []
    for row in now.to_dict("records"):
        name = str(row["asset_class"])
        expected = float(row["expected_failures"])
        rows.append(
            (
                str(row["asset_id"]),
                words.of(name),
                in_words(str(row["strongest"]), name, words),
                label("cold_start" if name in cold else "local_records", words.lang),
                f"{row['risk']:,.2f}",
                f"{row['low']:,.2f} – {row['high']:,.2f}",
                *(f"{expected * float(row[part]):,.2f}" for part in PARTS),
            )
        )
    names = ["asset_id", "asset_class", "strongest", "basis", "loss", "interval"]
    columns = [label(f"col.{name}", words.lang) for name in names]
    columns += [label(f"loss_kind.{kind}", words.lang) for kind in PART_KINDS]
    return pd.DataFrame(rows, columns=columns)


def in_words(reasons: str, asset_class: str, words: Words) -> str:
    """Say codes of reasons, joined by ";", in words."""
    found = [_reason(code, asset_class, words) for code in _split(reasons)]
    return JOINED[words.lang].join(found)


def _split(reasons: str) -> list[str]:
    return [code for code in reasons.split(REASON_SEPARATOR) if code and code != "nan"]


def _reason(code: str, asset_class: str, words: Words) -> str:
    """Say one reason."""
    for mark, said in MARKS.items():
        if code.startswith(mark):
            title = _title(code.removeprefix(mark), asset_class, words)
            return render(message(said, title=title), words.lang)
    title = _title(code, asset_class, words)
    if code.startswith("part.") and title != code:
        return render(message("risk.part_above", title=title), words.lang)
    return title


def _title(code: str, asset_class: str, words: Words) -> str:
    """Name a code; runs written before titles of reasons were kept show the code."""
    title = words.run.title(f"reason.{asset_class}.{code}", words.lang)
    if title is None:
        return label(code, words.lang) if f"label.{code}" in codes() else code
    return title
