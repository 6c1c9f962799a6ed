"""What the parts of an asset class say that does not fit its columns."""

from __future__ import annotations

from collections.abc import Iterator

from renewopt.catalogue.asset_class import FORMED_BY, PLAN_COLUMNS, AssetClass
from renewopt.catalogue.columns import NUMERIC_KINDS, ColumnSpec
from renewopt.catalogue.points import AGE, FAILURES, Factor
from renewopt.catalogue.selection import DERIVED_COLUMNS, Selection, Value
from renewopt.core.errors import Message, message


def problems(cls: AssetClass, file: str) -> list[Message]:
    """Find what the parts of a class say that does not fit its columns."""
    return [
        *_header_problems(cls, file),
        *_needed_columns(cls, file),
        *_named_columns(cls, file),
        *_selection_problems(cls, file),
        *_code_problems(cls, file),
        *_scope_problems(cls, file),
    ]


def _header_problems(cls: AssetClass, file: str) -> Iterator[Message]:
    seen: dict[str, str] = {}
    for column in cls.columns:
        for word in dict.fromkeys(
            w.casefold() for w in (*column.headers.all(), *column.ages, *column.outside)
        ):
            if word in seen:
                yield message(
                    "catalogue.header_twice",
                    file=file,
                    key=f"column[{column.name}].headers",
                    value=word,
                    other=seen[word],
                )
            seen.setdefault(word, column.name)


def _needed_columns(cls: AssetClass, file: str) -> Iterator[Message]:
    """Yield columns that quantities are counted in, but that may be empty."""
    needed = {
        "measure": cls.measure,
        "hazard.per": cls.hazard.exposure_column,
        "column": "asset_id",
    }
    for key, name in needed.items():
        spec = cls.column(name)
        if name and (spec is None or not spec.required):
            yield message(
                "catalogue.column_not_required", file=file, key=key, column=name
            )


def _named_columns(cls: AssetClass, file: str) -> Iterator[Message]:
    """Yield names of columns that do not exist or hold no numbers."""
    numeric = dict(_number_columns(cls))
    named = {f"hazard.learn[{i}]": c for i, c in enumerate(cls.hazard.learn, start=1)}
    named |= {f"hazard.overwritten.{c}": c for c in cls.hazard.overwritten}
    for own in cls.columns:
        told = (*own.bands.told_by, *own.bands.at_least) if own.bands else ()
        numeric |= {f"column[{own.name}].bands[{c}]": c for c in told}
    dates = {f"hazard.overwritten.{c}": d for c, d in cls.hazard.overwritten.items()}
    named |= {f"{key}.date": date for key, date in dates.items() if date}
    if rule := cls.hazard.assessment:
        named |= {"hazard.assessment.column": rule.column}
    for factor in cls.points.factor if cls.points else ():
        if factor.column not in (AGE, FAILURES):
            named[f"points.factor[{factor.id}].column"] = factor.column
    named |= {f"told_by[{i}]": c for i, c in enumerate(cls.told_by, start=1)}
    named |= {f"link[{item.id}].column": item.column for item in cls.link}
    named |= {f"mode[{m.id}].gives_up": m.gives_up for m in cls.modes if m.gives_up}
    named |= dict(_grouping_columns(cls))
    for own in cls.columns:
        named |= {f"column[{own.name}].worst_of[{c}]": c for c in own.worst_of}
    for key, name in {**numeric, **named}.items():
        spec = cls.column(name)
        if spec is None:
            yield _unknown(cls, file, key, name, ())
        elif key in numeric and spec.kind not in NUMERIC_KINDS:
            yield message("catalogue.not_numeric", file=file, key=key, value=name)


def _grouping_columns(cls: AssetClass) -> Iterator[tuple[str, str]]:
    """Yield (key, column) of what projects and packages are parted by."""
    for name in ("by", "prefer", "package_by", "owner_from"):
        for i, column in enumerate(getattr(cls.grouping, name), start=1):
            if not (name == "prefer" and column in FORMED_BY):
                yield f"grouping.{name}[{i}]", column


def _number_columns(cls: AssetClass) -> Iterator[tuple[str, str]]:
    """Yield (key, column) wherever the column must hold numbers."""
    hazard = cls.hazard
    for number, record in enumerate(hazard.record, start=1):
        yield f"hazard.record[{number}].column", record.column
    if hazard.return_period:
        yield "hazard.return_period.column", hazard.return_period.column
    if hazard.assessment:
        yield "hazard.assessment.year_column", hazard.assessment.year_column
    for running in cls.consequence.running:
        yield f"consequence.running[{running.id}].column", running.column
    for factor in cls.points.factor if cls.points else ():
        if factor.is_number and factor.column not in (AGE, FAILURES):
            yield f"points.factor[{factor.id}].column", factor.column
    for part in cls.consequence.part:
        key = f"consequence.part[{part.id}]"
        named = {"per": part.per, "over": part.over}
        if part.scale:
            named |= {"scale.column": part.scale.column, "scale.over": part.scale.over}
        yield from ((f"{key}.{at}", column) for at, column in named.items() if column)


def _of_points(cls: AssetClass) -> Iterator[tuple[str, Selection, tuple[str, ...]]]:
    """Yield the selections of the score without money."""
    if cls.points is None:
        return
    for scale in cls.points.factor:
        for case in scale.case:
            yield f"points.factor[{scale.id}].case", case.where, ()
    for override in cls.points.override:
        yield f"points.override[{override.id}].where", override.where, ()


def _selections(cls: AssetClass) -> Iterator[tuple[str, Selection, tuple[str, ...]]]:
    """Yield every selection with its key and the derived columns it may read."""
    for group in cls.hazard.group:
        yield f"hazard.group[{group.id}].where", group.where, ()
    for raises in cls.hazard.multiplier:
        yield f"hazard.multiplier[{raises.id}].where", raises.where, ()
    for part in cls.consequence.part:
        key = f"consequence.part[{part.id}]"
        yield f"{key}.where", part.where, ()
        for factor in part.multiplier:
            yield f"{key}.multiplier[{factor.id}].where", factor.where, ()
    yield from _of_points(cls)
    derived = (*DERIVED_COLUMNS, *PLAN_COLUMNS)
    for mode in cls.modes:
        yield f"mode[{mode.id}].where", mode.where, derived
        for price in mode.price:
            key = f"mode[{mode.id}].price[{price.id}].where"
            yield key, price.where, derived
    for i, rule in enumerate(cls.grouping.nature):
        yield f"grouping.nature[{i + 1}].where", rule.where, derived
    yield from ((f"basic_item[{i.id}].where", i.where, derived) for i in cls.basic_item)
    yield from ((f"link[{link.id}].where", link.where, ()) for link in cls.link)
    yield from ((f"gain[{gain.id}].where", gain.where, derived) for gain in cls.gain)


def _selection_problems(cls: AssetClass, file: str) -> Iterator[Message]:
    for key, selection, derived in _selections(cls):
        for name in selection.columns():
            if cls.column(name) is None and name not in derived:
                yield _unknown(cls, file, f"{key}.{name}", name, derived)
        yield from value_problems(cls, selection, file, key)


def _scope_problems(cls: AssetClass, file: str) -> Iterator[Message]:
    """Yield what modes leave out or fill that the class does not have."""
    items = [item.id for item in cls.basic_item]
    gaps = [gain.id for gain in cls.gain]
    named = [(f"mode[{m.id}].omits", m.omits, items) for m in cls.modes]
    named += [(f"mode[{m.id}].fills", m.fills, gaps) for m in cls.modes]
    links = [link.id for link in cls.link]
    taking = [(f"mode[{m.id}].takes_in", m.takes_in) for m in cls.modes if m.takes_in]
    named += [(key, (name,), links) for key, name in taking]
    for key, _ in taking[1:]:
        yield message(
            "catalogue.takes_in_twice", file=file, key=key, first=taking[0][0]
        )
    for key, names, known in named:
        for name in names:
            if name not in known:
                yield message(
                    "catalogue.unknown_value",
                    file=file,
                    key=key,
                    value=name,
                    known=known,
                )


def _code_problems(cls: AssetClass, file: str) -> Iterator[Message]:
    """Yield codes of outcomes and points that their columns can never hold."""
    coded: list[tuple[str, str, str]] = []
    if rule := cls.hazard.assessment:
        coded += [
            (f"hazard.assessment.outcome[{o.code}]", rule.column, o.code)
            for o in rule.outcome
        ]
    factors: tuple[Factor, ...] = cls.points.factor if cls.points else ()
    for factor in factors:
        key = f"points.factor[{factor.id}].codes"
        coded += [(key, factor.column, code) for code in factor.codes]
    for key, column, code in coded:
        spec = cls.column(column)
        known = [] if spec is None else [*spec.codes()]
        if spec is not None and spec.kind == "flag":
            known = ["true", "false"]
        if spec is not None and code not in known:
            yield message(
                "catalogue.unknown_value", file=file, key=key, value=code, known=known
            )


def value_problems(
    cls: AssetClass, selection: Selection, file: str, key: str
) -> Iterator[Message]:
    """Yield values of a selection that its columns can never hold."""
    for name in selection.columns():
        spec = cls.column(name)
        if spec is None:
            continue
        place = f"{key}.{name}"
        bounded = name in selection.min or name in selection.max
        if bounded and spec.kind not in NUMERIC_KINDS:
            yield message("catalogue.not_numeric", file=file, key=place, value=name)
        known = ["true", "false"] if spec.kind == "flag" else list(spec.codes())
        for value in selection.equals.get(name, ()):
            if not _can_hold(spec, value):
                yield message(
                    "catalogue.unknown_value",
                    file=file,
                    key=place,
                    value=value,
                    known=known or [spec.kind],
                )


def _can_hold(spec: ColumnSpec, value: Value) -> bool:
    """Tell whether a cell of the column can be `value`."""
    if spec.kind == "choice":
        return value in spec.codes()
    if spec.kind == "flag" or isinstance(value, bool):
        return spec.kind == "flag" and isinstance(value, bool)
    return isinstance(value, int | float) == (spec.kind in NUMERIC_KINDS)


def _unknown(
    cls: AssetClass, file: str, key: str, name: str, derived: tuple[str, ...]
) -> Message:
    known = sorted([*cls.column_names(), *derived])
    return message(
        "catalogue.unknown_column",
        file=file,
        key=key,
        value=name,
        known=list(known),
    )
