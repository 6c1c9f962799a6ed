"""From a TOML file to a frozen model, with every problem and its dotted key."""

from __future__ import annotations

import copy
import re
import tomllib
import types
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from renewopt.catalogue.selection import Selection
from renewopt.core.errors import Message, message

Model = TypeVar("Model", bound=BaseModel)
Loc = tuple[int | str, ...]

_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_BOUNDS = {
    "greater_than": ("gt", ">"),
    "greater_than_equal": ("ge", "≥"),
    "less_than": ("lt", "<"),
    "less_than_equal": ("le", "≤"),
}
_KINDS = {
    "int": "integer",
    "float": "number",
    "decimal": "number",
    "finite": "number",
    "string": "text",
    "bool": "flag",
    "tuple": "list",
    "dict": "table",
    "model": "table",
}


def read_toml(path: Path, file: str) -> tuple[dict[str, Any], list[Message]]:
    """Read a TOML file (UTF-8, with or without BOM); syntax errors tell the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return {}, [message("catalogue.unreadable", file=file, detail=str(error))]
    try:
        return copy.deepcopy(_parsed(text)), []
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        detail = _LINE.sub("", str(error)).strip()
        return {}, [message("catalogue.syntax", file=file, line=line, detail=detail)]


@lru_cache(maxsize=256)
def _parsed(text: str) -> dict[str, Any]:
    # The same text gives the same table: a desk and a batch read `models/` many times.
    return tomllib.loads(text)


def validate(
    model: type[Model], raw: Any, file: str, prefix: str = ""
) -> tuple[Model | None, list[Message]]:
    """Make the model, or tell every key that is wrong; keys begin with `prefix`."""
    try:
        return model.model_validate(raw), []
    except ValidationError as error:
        return None, [
            _message(model, raw, dict(item), file, prefix) for item in error.errors()
        ]


def _message(
    model: type[BaseModel], raw: Any, item: dict[str, Any], file: str, prefix: str
) -> Message:
    """Say one problem that pydantic found in our own codes."""
    kind, context = str(item["type"]), item.get("ctx", {})
    key, owner = _walk(model, raw, item["loc"])
    key = ".".join(part for part in (prefix, key) if part)
    value = item.get("input")
    shown = value if isinstance(value, (str, int, float, bool)) else "…"
    if kind == "missing":
        return message("catalogue.missing_key", file=file, key=key)
    if kind == "extra_forbidden":
        known = list(owner.model_fields) if owner else []
        return message("catalogue.unknown_key", file=file, key=key, known=known)
    if kind == "value_error":
        detail = str(context["error"])
        return message("catalogue.inconsistent", file=file, key=key, detail=detail)
    if kind.endswith(("_type", "_parsing", "_from_float", "finite_number")):
        wanted = _KINDS.get(kind.split("_")[0], kind)
        return message(
            "catalogue.wrong_kind", file=file, key=key, value=shown, kind=wanted
        )
    if kind.startswith("union_tag"):
        key = f"{key}.curve"
    allowed = _allowed(kind, context) or str(item["msg"])
    return message(
        "catalogue.bad_value", file=file, key=key, value=shown, allowed=allowed
    )


def _allowed(kind: str, context: dict[str, Any]) -> str:
    """Say what is allowed, in signs rather than in words of one language."""
    if kind in _BOUNDS:
        name, sign = _BOUNDS[kind]
        return f"{sign} {context[name]:g}"
    if "min_length" in context:
        return f"≥ {context['min_length']}"
    for name in ("expected", "expected_tags", "pattern"):
        if name in context:
            return str(context[name]).replace("'", "").replace(" or ", ", ")
    return ""


def _walk(
    model: type[BaseModel], raw: Any, loc: Loc
) -> tuple[str, type[BaseModel] | None]:
    """Write a location as a dotted key, and find the model that holds its last part.

    Elements of a list are named by their id or name, else by number from 1.
    """
    key = ""
    here: Any = model
    owner: type[BaseModel] | None = model
    for part in loc:
        if part == "[key]" or isinstance(raw, (str, int, float)):
            continue  # a dictionary's key itself, or the name of a type in a union
        if isinstance(part, int) and not isinstance(raw, dict):
            raw = raw[part] if isinstance(raw, list) and part < len(raw) else None
            key += f"[{_element_name(raw, part)}]"
            here = _element_type(here)
            continue
        tagged = _tagged(here, str(part))
        owner = tagged or _model_in(here)
        if tagged is not None or (owner is Selection and part == "equals"):
            here = tagged or here
            continue
        raw = raw.get(part) if isinstance(raw, dict) else None
        key += f".{part}" if key else str(part)
        field = owner.model_fields.get(str(part)) if owner else None
        here = field.annotation if field else None
    return key, owner


def _element_name(raw: Any, index: int) -> str:
    if isinstance(raw, dict):
        for name in ("id", "name", "code"):
            if isinstance(raw.get(name), str):
                return str(raw[name])
    return str(index + 1)


def _element_type(annotation: Any) -> Any:
    args = get_args(_plain(annotation))
    return args[0] if args else None


def _plain(annotation: Any) -> Any:
    """Strip `Annotated` and `| None`."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        args = [a for a in get_args(annotation) if a is not type(None)]
        return args[0] if len(args) == 1 else annotation
    return annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    plain = _plain(annotation)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return plain
    return None


def _tagged(annotation: Any, tag: str) -> type[BaseModel] | None:
    """Find the member of a tagged union; its tag is no key of the file."""
    plain = _plain(annotation)
    if get_origin(plain) not in {Union, types.UnionType}:
        return None
    for member in get_args(plain):
        model = _model_in(member)
        field = model.model_fields.get("curve") if model else None
        if field is not None and tag in get_args(field.annotation):
            return model
    return None
