from __future__ import annotations

import pytest

from renewopt import text
from renewopt.core.errors import InputError, message


def test_message_is_said_in_both_languages() -> None:
    """The same code gives a Chinese and an English sentence with its parameters."""
    item = message("file.missing", file="gas.csv")
    assert text.render(item, "zh").startswith("找不到文件 gas.csv")
    assert text.render(item, "en").startswith("File gas.csv: not found")


def test_error_gives_all_its_messages() -> None:
    """An error that carries two messages is said in two sentences."""
    error = InputError(
        message("case.years", value=0), message("file.missing", file="x.csv")
    )
    assert len(text.render(error, "en")) == 2


def test_parameters_can_be_codes() -> None:
    """`{kind:label}` says what people call the code."""
    item = message(
        "table.bad_cell", file="f", row=2, column="c", value="x", kind="integer"
    )
    assert "整数" in text.render(item, "zh")
    assert "whole number" in text.render(item, "en")


def test_unknown_code_is_shown_with_its_parameters() -> None:
    """A code without a sentence does not crash: it is shown as it is."""
    assert text.render(message("no.such", row=3), "zh") == "no.such(row=3)"
    assert text.label("no_such_label", "en") == "no_such_label"


def test_missing_parameter_stays_visible() -> None:
    """A sentence whose parameter is missing shows the placeholder."""
    assert "{file}" in text.render(message("file.missing"), "en")


def test_values_are_written_for_people() -> None:
    """Lists are joined in the language's way, floats lose their noise."""
    item = message("runs.missing_file", file=["a.csv", "b.csv"])
    assert "a.csv、b.csv" in text.render(item, "zh")
    assert "a.csv, b.csv" in text.render(item, "en")
    noisy = message("case.years", value=0.1 + 0.2)
    assert "0.3;" in text.render(noisy, "en")


def test_braces_in_values_are_harmless() -> None:
    """A file name with braces is shown, not interpreted."""
    assert "{0.__class__}" in text.render(
        message("file.missing", file="{0.__class__}"), "en"
    )


@pytest.mark.parametrize(
    ("chosen", "environ", "expected"),
    [
        ("zh", {"RENEWOPT_LANG": "en"}, "zh"),
        (None, {"RENEWOPT_LANG": "zh_CN"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {}, "en"),
    ],
)
def test_language_is_chosen(
    chosen: str | None, environ: dict[str, str], expected: str
) -> None:
    """--lang wins over RENEWOPT_LANG, which wins over the locale."""
    assert text.default_lang(chosen, environ) == expected
