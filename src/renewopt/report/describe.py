"""Columns in words: what a cell may hold, for templates and documentation."""

from __future__ import annotations

from renewopt.catalogue import Catalogue
from renewopt.catalogue.columns import NUMERIC_KINDS, ColumnSpec
from renewopt.inventory.kinds import TableKind, class_kind, extra_kind
from renewopt.text import Lang, label

EXTRAS = ("failures", "corridors", "packages", "running_works", "package_history")
"""Tables besides the asset classes that a bureau fills in by a template."""


_EXAMPLES = {
    "length_m": "120.5", "diameter_mm": "200", "burial_depth_m": "1.2",
    "lon": "111.02", "lat": "41.51", "start_lon": "111.02", "start_lat": "41.51",
    "end_lon": "111.03", "end_lat": "41.51", "floor_area_m2": "15580", "cost": "292.44",
    "consent_rate": "88.7", "depth_cm": "35", "duration_min": "90",
    "return_period_y": "2",
}  # fmt: skip
"""Values that look like what a bureau has; others are made from kind and range."""


def table_kinds(catalogue: Catalogue) -> dict[str, TableKind]:
    """List every table that has a template, by its id."""
    kinds = [class_kind(catalogue, name) for name in sorted(catalogue.asset_classes)]
    return {kind.id: kind for kind in (*kinds, *map(extra_kind, EXTRAS))}


def heading(spec: ColumnSpec, lang: Lang) -> str:
    """Give the usual header of a column."""
    return (spec.headers.zh if lang == "zh" else spec.headers.en)[0]


def choice_words(spec: ColumnSpec, catalogue: Catalogue, lang: Lang) -> list[str]:
    """List the words that may stand in a cell: of choices, flags, classes, funds."""
    if spec.name == "asset_class":
        classes = sorted(catalogue.asset_classes.items())
        return [getattr(model.title, lang) for _, model in classes]
    if spec.name == "fund_kinds":
        return [getattr(k.title, lang) for _, k in sorted(catalogue.fund_kinds.items())]
    if spec.kind == "flag":
        return [label("yes", lang), label("no", lang)]
    return [(c.zh if lang == "zh" else c.en)[0] for c in spec.choices]


def range_text(spec: ColumnSpec) -> str:
    """Give the range of a number, as `10 – 4000`; empty where there is none."""
    if spec.kind not in NUMERIC_KINDS or (spec.min is None and spec.max is None):
        return ""
    if spec.max is None:
        return f"≥ {spec.min:g}"
    if spec.min is None:
        return f"≤ {_number(spec.max)}"
    return f"{spec.min:g} – {_number(spec.max)}"


def _number(value: float) -> str:
    return f"{value:.15g}"


def comment(spec: ColumnSpec, catalogue: Catalogue, lang: Lang) -> str:
    """Explain a column: meaning, unit, range, words, and its other name."""
    other: Lang = "en" if lang == "zh" else "zh"
    words = choice_words(spec, catalogue, lang)
    lines = [
        getattr(spec.doc, lang),
        label("required", lang) if spec.required else "",
        label("unique", lang) if spec.unique else "",
        f"{label('col.unit', lang)}: {spec.unit}" if spec.unit else "",
        f"{label('col.range', lang)}: {range_text(spec)}" if range_text(spec) else "",
        " / ".join(words),
        label("date_form", lang) if spec.kind == "date" else "",
        f"{heading(spec, other)} · {spec.name}",
    ]
    return "\n".join(line for line in lines if line)


def example(spec: ColumnSpec, catalogue: Catalogue, lang: Lang) -> str:
    """Give a value that the column takes."""
    words = choice_words(spec, catalogue, lang)
    if words:
        return words[0]
    if spec.name in _EXAMPLES:
        return _EXAMPLES[spec.name]
    low = spec.min if spec.min is not None else 1
    numbers = {"year": "1998", "integer": f"{max(low, 1):g}", "number": f"{low:g}"}
    if spec.kind == "year" and low > 1998:
        return f"{low:g}"
    return {**numbers, "date": "2023-01-15"}.get(spec.kind, "")
