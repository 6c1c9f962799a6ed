"""The reasons of a risk table in words, one row per asset."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from renewopt.catalogue import AssetClass, Catalogue
from renewopt.catalogue.base import Text
from renewopt.core.errors import message
from renewopt.risk.strongest import BY, KIND, MAIN, STATED
from renewopt.risk.table import KEY, REASON_SEPARATOR, RiskTable
from renewopt.text import LANGUAGES, Lang, label, render

JOINED = {"zh": "；", "en": "; "}


def reasons_in_words(codes: str, cls: AssetClass, lang: Lang) -> str:
    """Say codes of reasons, joined by ";", in words."""
    titles: dict[str, Text] = cls.reason_titles()
    parts = {f"part.{part.id}": part.title for part in cls.consequence.part}
    words = []
    for code in codes.split(REASON_SEPARATOR) if codes else []:
        if code.startswith(BY):
            title = label(code.removeprefix(BY), lang)
            words.append(render(message("risk.by_rival", title=title), lang))
        elif code.startswith((MAIN, KIND)):
            words.append(_made_of(code, parts | titles, lang))
        elif code in parts:
            title = getattr(parts[code], lang)
            words.append(render(message("risk.part_above", title=title), lang))
        elif code in titles:
            words.append(str(getattr(titles[code], lang)))
        else:
            words.append(label(code, lang))
    return JOINED[lang].join(words)


def _made_of(code: str, titles: Mapping[str, Text], lang: Lang) -> str:
    """Say what is most of a loss, or of what kind an asset is."""
    is_part = code.startswith(MAIN)
    if code == f"{KIND}{STATED}":
        return label(code, lang)
    title = getattr(titles[code.removeprefix(MAIN).removeprefix(KIND)], lang)
    said = "risk.part_main" if is_part else "risk.of_kind"
    return render(message(said, title=title), lang)


def assets_in_words(table: RiskTable, catalogue: Catalogue) -> pd.DataFrame:
    """Give one row per asset: its first year, and its three reasons in words.

    `why_zh`, `why_en` are the reasons, the strongest first; `basis_zh`, `basis_en` say
    where the likelihood is expert judgement alone.
    """
    first = table.table["year"].min() if len(table.table) else 0
    now = table.table[table.table["year"] == first]
    wide = now.merge(table.assets, on=list(KEY), how="left", validate="1:1")
    classes = catalogue.asset_classes
    for lang in LANGUAGES:
        found = wide[["asset_class", "strongest"]].drop_duplicates()
        found = found.assign(
            **{
                f"why_{lang}": [
                    reasons_in_words(str(codes), classes[str(name)], lang)
                    for name, codes in found.itertuples(index=False)
                ]
            }
        )
        wide = wide.merge(found, on=["asset_class", "strongest"], how="left")
    for lang in LANGUAGES:
        line = label("cold_start", lang)
        said = wide["expert_share"].ge(1.0).map({True: line, False: ""})
        wide[f"basis_{lang}"] = said.astype("str")
    return wide
