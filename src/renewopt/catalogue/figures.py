"""Every default figure with its source, so that people can see what they rely on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from renewopt.catalogue.asset_class import AssetClass
from renewopt.catalogue.base import Text
from renewopt.catalogue.consequence import Scale
from renewopt.catalogue.hazard import WeibullGroup
from renewopt.catalogue.load import Catalogue

Row = tuple[str, Text, float | tuple[float, float, float], str, str]


@dataclass(frozen=True)
class Figure:
    """One default figure.

    Attributes
    ----------
    file, key
        Where it can be edited.
    title
        What it is about.
    low, mid, high
        The figure; low and high equal mid where only one value is given.
    unit
        Code of the unit: `per_km_year`, `wan_per_failure`, `years`, `factor`, …
    source
        Document and clause, found source, or "editable assumption".
    """

    file: str
    key: str
    title: Text
    low: float
    mid: float
    high: float
    unit: str
    source: str


def figures(catalogue: Catalogue) -> tuple[Figure, ...]:
    """List the figures of likelihood, consequence and price of every asset class."""
    return tuple(
        figure for cls in catalogue.asset_classes.values() for figure in of_class(cls)
    )


def markdown(catalogue: Catalogue) -> str:
    """Write likelihood and consequence of every class as tables for the handbook."""
    blocks = []
    for cls in catalogue.asset_classes.values():
        rows = [
            f"| `{f.key}` | {what} | {_span(f)} | {f.unit} | {f.source} |"
            for f in of_class(cls)
            if f.key.startswith(("hazard", "consequence", "points", "inspection"))
            for what in (f"{f.title.en} {f.title.zh}",)
        ]
        head = [
            f"### {cls.title.en} {cls.title.zh} (`asset_classes/{cls.id}.toml`)",
            "",
            f"One failure is: {cls.hazard.event.en} ({cls.hazard.event.zh}).",
            *_zero_lines(cls),
            *_grade_lines(cls),
            "",
            "| Key | What | Value | Unit | Source |",
            "|---|---|---|---|---|",
        ]
        blocks.append("\n".join([*head, *rows]))
    return "\n\n".join(blocks)


def _zero_lines(cls: AssetClass) -> Iterator[str]:
    """Say which kinds of loss are 0, and why."""
    for kind, why in cls.consequence.none.items():
        yield f"Loss of the kind {kind} is 0: {why.en} ({why.zh})."


def _grade_lines(cls: AssetClass) -> Iterator[str]:
    own = cls.grades
    if own is None:
        return
    lof, cof = (", ".join(f"{v:g}" for v in bands) for bands in (own.lof, own.cof))
    of = f" of one {cls.hazard.per}" if own.per_unit else ""
    yield f"Grades 2 to 5 begin at a likelihood{of} of {lof} and at {cof} 万元 per"
    yield f"failure ({own.source})."


def _span(figure: Figure) -> str:
    if figure.low == figure.mid == figure.high:
        return f"{figure.mid:g}"
    return f"{figure.low:g} / **{figure.mid:g}** / {figure.high:g}"


def of_class(cls: AssetClass) -> Iterator[Figure]:
    """Yield the figures of one asset class in the order of its file."""
    file = f"asset_classes/{cls.id}.toml"
    for key, title, values, unit, source in _rows(cls):
        low, mid, high = values if isinstance(values, tuple) else (values,) * 3
        yield Figure(file, key, title, low, mid, high, unit, source)


def _rows(cls: AssetClass) -> Iterator[Row]:
    yield from _hazard_rows(cls)
    yield from _consequence_rows(cls)
    yield from _points_rows(cls)
    yield from _inspection_rows(cls)
    for mode in cls.modes:
        for price in mode.price:
            key = f"mode[{mode.id}].price[{price.id}]"
            values = (price.low, price.mid, price.high)
            yield key, mode.title, values, f"wan_per_{cls.unit}", price.source


def _hazard_rows(cls: AssetClass) -> Iterator[Row]:
    hazard = cls.hazard
    event = hazard.event
    yield "hazard.uncertainty", event, hazard.uncertainty, "factor", hazard.source
    if age := hazard.age_if_missing:
        values = (age.low, age.mid, age.high)
        yield "hazard.age_if_missing", cls.title, values, "years", age.source
    for group in hazard.group:
        key, title, source = f"hazard.group[{group.id}]", group.title, group.source
        rate = f"per_{hazard.per}_year"
        if isinstance(group, WeibullGroup):
            yield f"{key}.new", title, group.new, rate, source
            yield f"{key}.old", title, group.old, rate, source
            yield f"{key}.life_years", title, group.life_years, "years", source
            yield f"{key}.shape", title, group.shape, "factor", source
        else:
            yield (
                f"{key}.rate_at_reference",
                title,
                group.rate_at_reference,
                rate,
                source,
            )
            yield f"{key}.reference_age", title, group.reference_age, "years", source
            yield f"{key}.growth", title, group.growth, "share_per_year", source
    for factor in hazard.multiplier:
        key = f"hazard.multiplier[{factor.id}]"
        yield key, factor.title, factor.factor, "factor", factor.source
    yield from _more_hazard_rows(cls)


def _more_hazard_rows(cls: AssetClass) -> Iterator[Row]:
    hazard = cls.hazard
    if season := hazard.season:
        key, weight = "hazard.season.weight_off", season.weight_off
        yield key, hazard.event, weight, "factor", season.source
    rule = hazard.assessment
    if rule is None:
        return
    key = "hazard.assessment.valid_years"
    yield key, cls.title, float(rule.valid_years), "years", rule.source
    for outcome in rule.outcome:
        for name, bound in (("least", outcome.least), ("most", outcome.most)):
            if bound is not None:
                key = f"hazard.assessment.outcome[{outcome.code}].{name}"
                yield (
                    key,
                    outcome.title,
                    bound,
                    f"per_{hazard.per}_year",
                    outcome.source,
                )


def _inspection_rows(cls: AssetClass) -> Iterator[Row]:
    told = cls.inspection
    if told is None:
        return
    values = (told.low, told.mid, told.high)
    yield "inspection", told.title, values, f"wan_per_{cls.unit}", told.source
    yield "inspection.fixed", told.title, told.fixed, "wan_per_item", told.source
    yield "inspection.accuracy", told.title, told.accuracy, "factor", told.source


def _points_rows(cls: AssetClass) -> Iterator[Row]:
    if cls.points is None:
        return
    key, missing = "points.missing", cls.points.missing
    yield key, cls.title, missing, "points", cls.points.source
    for factor in cls.points.factor:
        key = f"points.factor[{factor.id}]"
        yield key, factor.title, factor.weight, "weight", factor.source


def _scale_rows(scale: Scale, key: str, title: Text) -> Iterator[Row]:
    """Yield what a loss is in proportion to, and its bounds as factors."""
    unit = f"{scale.column}_per_{scale.over}" if scale.over else scale.column
    yield f"{key}.scale", title, scale.reference, unit, scale.source
    for name, value in (("least", scale.least), ("greatest", scale.greatest)):
        yield f"{key}.scale.{name}", title, value, "factor", scale.source


def _consequence_rows(cls: AssetClass) -> Iterator[Row]:
    consequence = cls.consequence
    source = consequence.source
    key = "consequence.uncertainty"
    yield key, cls.title, consequence.uncertainty, "factor", source
    for loss in consequence.running:
        key, values = f"consequence.running[{loss.id}]", (loss.low, loss.mid, loss.high)
        unit = f"wan_per_{cls.hazard.per}_year_point"
        yield key, loss.title, values, unit, loss.source
    for part in consequence.part:
        key = f"consequence.part[{part.id}]"
        unit = f"wan_per_{part.per or 'failure'}" + ("_day" if part.days else "")
        yield key, part.title, (part.low, part.mid, part.high), unit, part.source
        if part.chance:
            values = (part.chance.low, part.chance.mid, part.chance.high)
            yield f"{key}.chance", part.title, values, "chance", part.source
        if part.yearly:
            unit = f"chance_per_{cls.hazard.per}_year"
            for name in ("least", "greatest"):
                value, source = getattr(part.yearly, name), part.yearly.source
                yield f"{key}.yearly.{name}", part.title, value, unit, source
        if part.days:
            values = (part.days.low, part.days.mid, part.days.high)
            yield f"{key}.days", part.title, values, "days", part.source
        if part.scale:
            yield from _scale_rows(part.scale, key, part.title)
        if part.if_missing is not None:
            count = part.if_missing
            yield f"{key}.if_missing", part.title, count, part.per, part.source
        for factor in part.multiplier:
            name = f"{key}.multiplier[{factor.id}]"
            yield name, factor.title, factor.factor, "factor", factor.source
