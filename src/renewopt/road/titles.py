"""Titles: what classes, modes, funds, packs and the county are called in a plan."""

from __future__ import annotations

from renewopt.catalogue import AssetClass
from renewopt.catalogue.load import Catalogue
from renewopt.rules.scenario import Scenario


def titles_of(catalogue: Catalogue, scenario: Scenario) -> dict[str, dict[str, str]]:
    """Give the Chinese and English name of everything that a plan names by an id."""
    titles: dict[str, dict[str, str]] = {}
    for name, item in catalogue.asset_classes.items():
        titles[name] = item.title.model_dump()
        titles |= _reasons(item)
        for mode in item.modes:
            titles.setdefault(mode.id, mode.title.model_dump())
            if mode.id in catalogue.asset_classes:  # a class has that name, too
                titles[f"mode.{mode.id}"] = mode.title.model_dump()
    for entry in scenario.fund:
        own = entry.title
        if isinstance(own, str):
            own = {"zh": own, "en": own} if own else {}
        kind = catalogue.fund_kinds[entry.kind].title.model_dump()
        titles[entry.id] = own or {
            lang: text + (f"（{entry.owner}）" if entry.owner else "")
            for lang, text in kind.items()
        }
    county, people = scenario.county.name, scenario.county.population
    names = county if isinstance(county, dict) else {"zh": county, "en": county}
    if any(names.values()):
        shown = {"zh": f"（常住人口 {people:,}）", "en": f" ({people:,} residents)"}
        titles["county"] = {
            lang: name + (shown.get(lang, "") if people else "")
            for lang, name in names.items()
        }
    for pack in catalogue.packs.values():
        titles[pack.id] = pack.title.model_dump()
    return titles


def _reasons(cls: AssetClass) -> dict[str, dict[str, str]]:
    """Give the titles of what raises a class's risk, as `reason.<class>.<code>`."""
    titles = {
        code: title
        for code, title in cls.reason_titles().items()
        if not code.startswith("points.")
    }
    titles |= {f"part.{part.id}": part.title for part in cls.consequence.part}
    return {
        f"reason.{cls.id}.{code}": title.model_dump() for code, title in titles.items()
    }
