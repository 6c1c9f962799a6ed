from __future__ import annotations

from pathlib import Path

import pytest

from renewopt.core.errors import InputError
from renewopt.runs import Plan
from renewopt.runs.about import FILE, CaseAbout


def test_about_is_read_back_equal(tiny_plan: Plan, tmp_path: Path) -> None:
    """What goes with a case is written and read back the same."""
    about = CaseAbout.of(tiny_plan)
    assert about.synthetic
    about.write(tmp_path)
    assert CaseAbout.read(tmp_path) == about


def test_case_from_elsewhere_has_none(tmp_path: Path) -> None:
    """A case without the file gets the defaults; nothing is claimed of it."""
    assert CaseAbout.read(tmp_path) == CaseAbout()


@pytest.mark.parametrize("text", ["{", "[]", '{"synthetic": true}'])
def test_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    """A damaged file is named: a lost label of synthetic data would be a lie."""
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        CaseAbout.read(tmp_path)
    assert caught.value.messages[0].params["file"] == FILE
