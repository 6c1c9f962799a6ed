"""From codes and parameters to sentences; never crashes while telling of an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from string import Formatter
from typing import Any, overload

from renewopt.core.errors import Message, RenewoptError
from renewopt.text.catalogue import sentence
from renewopt.text.language import Lang

_PLACE = re.compile(r"^\{file\}[^：:]*(：|: )")
"""How a sentence names its place before it says what was found."""
_PLACE_FIELDS = {"file", "row", "column"}


class _Sentences(Formatter):
    """Fills placeholders; knows `{value:label}` and keeps unknown names visible."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def vformat(
        self, format_string: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> str:
        """Fill a sentence; its simple placeholders are found once for all issues."""
        parts = _parts(format_string)
        if parts is None:
            return super().vformat(format_string, args, kwargs)
        return "".join(
            text
            if name is None
            else text + self.format_field(kwargs.get(name, f"{{{name}}}"), spec)
            for text, name, spec in parts
        )

    def get_value(
        self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Look the name up; a missing one stays readable instead of failing."""
        return kwargs.get(str(key), f"{{{key}}}")

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write a value: labels by code, numbers without noise, lists joined."""
        if format_spec == "label":
            return self.labels(value)
        if format_spec and isinstance(value, (int, float)):
            return format(value, format_spec)
        return self.plain(value)

    def labels(self, value: Any) -> str:
        """Turn one code, or several, into their labels."""
        if isinstance(value, (list, tuple)):
            return self.joined([label(str(item), self.lang) for item in value])
        return label(str(value), self.lang)

    def plain(self, value: Any) -> str:
        """Write a value without a format; of a text in two languages, ours."""
        if isinstance(value, Message):
            return render(value, self.lang)
        if isinstance(value, (list, tuple)):
            return self.joined([self.plain(item) for item in value])
        if isinstance(value, float):
            return format(value, ".10g")
        if isinstance(value, Mapping):
            return str(value.get(self.lang) or next(iter(value.values()), ""))
        return str(value)

    def joined(self, parts: Iterable[str]) -> str:
        """Join a list in the language's way."""
        return ("、" if self.lang == "zh" else ", ").join(parts)


@lru_cache(maxsize=4096)
def _parts(template: str) -> tuple[tuple[str, str | None, str], ...] | None:
    """Cut a sentence at its placeholders; None where one is more than a name."""
    parts = []
    for text, name, spec, conversion in Formatter().parse(template):
        if name is not None and (
            not name.isidentifier() or conversion or "{" in (spec or "")
        ):
            return None
        parts.append((text, name, spec or ""))
    return tuple(parts)


@overload
def render(item: Message, lang: Lang) -> str: ...
@overload
def render(item: RenewoptError, lang: Lang) -> list[str]: ...
def render(item: Message | RenewoptError, lang: Lang) -> str | list[str]:
    """Say a message, or every message of an error, in `lang`.

    A code without a sentence is shown with its parameters.
    """
    if isinstance(item, RenewoptError):
        return render_all(item.messages, lang)
    template = sentence(item.code, lang)
    if template is None:
        return str(item)
    try:
        return _Sentences(lang).vformat(template, (), item.params)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return f"{template} [{item}]"


def render_remark(item: Message, lang: Lang) -> str:
    """Say a message without its place: for a note beside the cell that is meant.

    A sentence that does not begin with the place is said whole.
    """
    text = render(item, lang)
    template = sentence(item.code, lang) or ""
    place = _PLACE.match(template)
    if place is None or not _fields(place[0]) <= _PLACE_FIELDS:
        return text
    head = _Sentences(lang).vformat(place[0], (), item.params)
    rest = text.removeprefix(head).lstrip()
    return rest if text.startswith(head) and rest else text


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def render_all(messages: Iterable[Message], lang: Lang) -> list[str]:
    """Say each message in `lang`."""
    return [render(item, lang) for item in messages]


def label(code: str, lang: Lang) -> str:
    """Give the label of a code (`label.<code>` of the catalogue), else the code."""
    return sentence(f"label.{code}", lang) or code
