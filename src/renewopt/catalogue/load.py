"""Reading `models/`: which files count, and the catalogue that they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field

from renewopt.catalogue import asset_class as classes
from renewopt.catalogue import class_problems
from renewopt.catalogue.approval import Step
from renewopt.catalogue.asset_class import PLAN_COLUMNS, AssetClass, AssetClassFile
from renewopt.catalogue.base import Frozen
from renewopt.catalogue.columns import ColumnSet, CommonColumns
from renewopt.catalogue.funds import FundKind
from renewopt.catalogue.imports import ImportFigures
from renewopt.catalogue.mapping import Mapping
from renewopt.catalogue.packs import Pack, pack_problems
from renewopt.catalogue.parse import read_toml, validate
from renewopt.core.data import data_dir
from renewopt.core.errors import InputError, Message, message

Layer = Literal["argument", "working_folder", "packaged"]
FOLDERS = ("asset_classes", "policies", "funds", "mappings", "imports", "approval")
COMMON = "asset_classes/_common.toml"
IMPORTS = "imports/default.toml"
APPROVAL = "approval/default.toml"
Item = TypeVar("Item", Pack, Mapping, AssetClassFile)


@dataclass(frozen=True)
class Origin:
    """Where one file of the catalogue came from.

    Attributes
    ----------
    path
        The file that was read.
    layer
        `argument` (`--models`), `working_folder` (`./models`) or `packaged`.
    hides
        Layers that have a file of the same name, which is not used.
    """

    path: Path
    layer: Layer
    hides: tuple[Layer, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """What the city knows and decides, read from `models/`.

    Attributes
    ----------
    asset_classes, packs, fund_kinds, mappings
        By id, in the order of the ids.
    imports
        Distances, words and donors of the import.
    approval
        Steps before works may begin, in their order.
    origin
        File name (as `asset_classes/gas_pipe.toml`) → where it came from.
    risk_models
        Asset class → its trained model (`risk/<class>/model.skops`), first found.
    """

    asset_classes: dict[str, AssetClass]
    packs: dict[str, Pack]
    fund_kinds: dict[str, FundKind]
    mappings: dict[str, Mapping]
    imports: ImportFigures
    approval: tuple[Step, ...] = ()
    origin: dict[str, Origin] = field(default_factory=dict)
    risk_models: dict[str, Path] = field(default_factory=dict)

    def named_packs(self, names: Sequence[str], file: str) -> list[Pack]:
        """Give the packs of these names, in their order.

        Parameters
        ----------
        file
            Where the names stand, for the error.

        Raises
        ------
        InputError
            With every name that is not known.
        """
        known = ", ".join(sorted(self.packs))
        problems = [
            message("scenario.pack", file=file, value=name, known=known)
            for name in names
            if name not in self.packs
        ]
        if problems:
            raise InputError(*problems)
        return [self.packs[name] for name in names]


class ApprovalFile(Frozen):
    """The file of `models/approval`."""

    step: tuple[Step, ...] = Field(min_length=1)


class FundFile(Frozen):
    """A file of `models/funds`."""

    kind: tuple[FundKind, ...] = Field(min_length=1)


def load(models_dir: Path | None = None) -> Catalogue:
    """Read the catalogue.

    Each file is looked up in `models_dir`, then in `./models`, then in the packaged
    folder; the first one found counts whole, nothing is merged.

    Raises
    ------
    InputError
        With every problem of every file: syntax with line, values with dotted key.
    """
    layers = _layers(models_dir)
    origin = _find(layers)
    problems: list[Message] = []
    good: dict[str, dict[str, Any]] = {}
    for name, where in origin.items():
        table, found = read_toml(where.path, name)
        problems += found
        if not found:
            good[name] = table
    asset_classes = _asset_classes(good, problems)
    packs = {p.id: p for p in _files(good, "policies", Pack, problems)}
    mappings = {m.id: m for m in _files(good, "mappings", Mapping, problems)}
    fund_kinds = _fund_kinds(good, problems)
    imports, found = validate(ImportFigures, good.get(IMPORTS, {}), IMPORTS)
    if IMPORTS in good or IMPORTS not in origin:
        problems += found
    if not problems and imports is not None:
        problems += _cross_problems(asset_classes, packs, fund_kinds, mappings)
        problems += _import_problems(imports, asset_classes)
    steps, found = validate(ApprovalFile, good.get(APPROVAL, {}), APPROVAL)
    if APPROVAL in good or APPROVAL not in origin:
        problems += found
    if problems or imports is None or steps is None:
        raise InputError(*problems)
    trained = _risk_models(layers)
    return Catalogue(
        asset_classes, packs, fund_kinds, mappings, imports, steps.step, origin, trained
    )


def _risk_models(layers: list[tuple[Layer, Path]]) -> dict[str, Path]:
    """Find the trained models; the first layer that has one for a class counts.

    A card without its model counts too, so that the loss is seen when it is read.
    """
    found: dict[str, Path] = {}
    for _, folder in layers:
        for name in ("model.skops", "card.json"):
            for path in sorted((folder / "risk").glob(f"*/{name}")):
                found.setdefault(path.parent.name, path.with_name("model.skops"))
    return found


def _layers(models_dir: Path | None) -> list[tuple[Layer, Path]]:
    layers: list[tuple[Layer, Path]] = []
    if models_dir is not None:
        if not models_dir.is_dir():
            raise InputError.of("catalogue.no_folder", path=str(models_dir))
        layers.append(("argument", models_dir))
    layers.append(("working_folder", Path("models")))
    layers.append(("packaged", data_dir("models")))
    kept: list[tuple[Layer, Path]] = []
    for layer, folder in reversed(layers):
        if folder.is_dir() and folder.resolve() not in {p.resolve() for _, p in kept}:
            kept.append((layer, folder))
    return kept[::-1]


def _find(layers: list[tuple[Layer, Path]]) -> dict[str, Origin]:
    found: dict[str, list[tuple[Layer, Path]]] = {}
    for layer, folder in layers:
        for kind in FOLDERS:
            for path in sorted((folder / kind).glob("*.toml")):
                found.setdefault(f"{kind}/{path.name}", []).append((layer, path))
    return {
        name: Origin(
            path=places[0][1],
            layer=places[0][0],
            hides=tuple(layer for layer, _ in places[1:]),
        )
        for name, places in sorted(found.items())
    }


def _in_folder(raw: dict[str, dict[str, Any]], folder: str) -> Iterator[str]:
    for name in raw:
        if name.startswith(f"{folder}/") and not name.startswith(f"{folder}/_"):
            yield name


def _files(
    raw: dict[str, dict[str, Any]],
    folder: str,
    model: type[Item],
    problems: list[Message],
) -> list[Item]:
    """Validate every file of a folder; its name must be its id."""
    out: list[Item] = []
    for name in _in_folder(raw, folder):
        item, found = validate(model, raw[name], name)
        problems += found
        if item is None:
            continue
        if name != f"{folder}/{item.id}.toml":
            problems.append(
                message("catalogue.id_not_file", file=name, key="id", value=item.id)
            )
        out.append(item)
    return out


def _asset_classes(
    raw: dict[str, dict[str, Any]], problems: list[Message]
) -> dict[str, AssetClass]:
    common, found = validate(CommonColumns, raw.get(COMMON, {}), COMMON)
    problems += found
    sets: dict[str, ColumnSet] = {s.id: s for s in common.set} if common else {}
    out: dict[str, AssetClass] = {}
    for file in _files(raw, "asset_classes", AssetClassFile, problems):
        name = f"asset_classes/{file.id}.toml"
        unknown = [s for s in file.column_sets if s not in sets]
        known = list(sets)
        if common is not None:
            problems += [_unknown(name, "column_sets", s, known) for s in unknown]
        if not unknown:
            out[file.id] = classes.build(file, sets)
            problems += class_problems.problems(out[file.id], name)
    return out


def _fund_kinds(
    raw: dict[str, dict[str, Any]], problems: list[Message]
) -> dict[str, FundKind]:
    out: dict[str, FundKind] = {}
    for name in _in_folder(raw, "funds"):
        item, found = validate(FundFile, raw[name], name)
        problems += found
        for kind in item.kind if item else ():
            if kind.id in out:
                problems.append(
                    message("catalogue.id_twice", file=name, key="kind", value=kind.id)
                )
            out[kind.id] = kind
    return dict(sorted(out.items()))


def _values_of_clauses(
    asset_classes: dict[str, AssetClass], pack: Pack
) -> Iterator[Message]:
    """Yield values in the clauses of a pack that their columns can never hold."""
    for key, names, where in pack.selections():
        for cls in (asset_classes.get(name) for name in names):
            if cls is not None:
                yield from class_problems.value_problems(cls, where, pack.file, key)


def _cross_problems(
    asset_classes: dict[str, AssetClass],
    packs: dict[str, Pack],
    fund_kinds: dict[str, FundKind],
    mappings: dict[str, Mapping],
) -> Iterator[Message]:
    """Yield names of classes and columns that one file uses and no other declares."""
    columns = {name: [*c.column_names()] for name, c in asset_classes.items()}
    modes = {name: [mode.id for mode in c.modes] for name, c in asset_classes.items()}
    for pack in packs.values():
        yield from pack_problems(
            pack,
            {name: [*known, *PLAN_COLUMNS] for name, known in columns.items()},
            modes,
        )
        yield from _values_of_clauses(asset_classes, pack)
    named = [
        ("funds/*.toml", f"kind[{kind.id}].asset_classes", name)
        for kind in fund_kinds.values()
        for name in kind.asset_classes
    ]
    named += [
        (pack.file, f"quota[{quota.id}].asset_class", name)
        for pack in packs.values()
        for quota in pack.quota
        for name in quota.asset_class
    ]
    for mapping in mappings.values():
        file = f"mappings/{mapping.id}.toml"
        for what in ("assets", "failures"):
            named += [
                (file, f"{what}[{i + 1}].asset_class", table.asset_class)
                for i, table in enumerate(getattr(mapping, what))
                if table.asset_class
            ]
    for file, key, name in named:
        if name not in asset_classes:
            yield _unknown(file, key, name, list(asset_classes))
    yield from _moves(asset_classes)


def _moves(asset_classes: dict[str, AssetClass]) -> Iterator[Message]:
    """Yield modes of moving in by links that no class takes assets in by."""
    known = [c.taking[1].id for c in asset_classes.values() if c.taking is not None]
    for name, cls in asset_classes.items():
        for mode in cls.modes:
            if mode.moves_in and mode.moves_in not in known:
                key = f"mode[{mode.id}].moves_in"
                file = f"asset_classes/{name}.toml"
                yield _unknown(file, key, mode.moves_in, known)


def _import_problems(
    imports: ImportFigures, asset_classes: dict[str, AssetClass]
) -> Iterator[Message]:
    """Yield classes and columns that the figures of the import name in vain."""
    for name in imports.failures.class_within_m:
        if name not in asset_classes:
            key = "failures.class_within_m"
            yield _unknown(IMPORTS, key, name, list(asset_classes))
    columns = {c for cls in asset_classes.values() for c in cls.column_names()}
    for name in imports.impute.columns:
        if name not in columns:
            yield _unknown(IMPORTS, "impute.columns", name, sorted(columns))


def _unknown(file: str, key: str, value: str, known: list[str]) -> Message:
    return message(
        "catalogue.unknown_value", file=file, key=key, value=value, known=known
    )
