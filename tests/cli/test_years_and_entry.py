"""The year of tables that state none, and the module as a program."""

from __future__ import annotations

import runpy
import sys
from dataclasses import replace
from datetime import date

import pytest

from renewopt.cli.score import dated
from renewopt.inventory import Inventory
from tests.risk.making import inventory


def test_tables_that_state_no_year_are_of_today() -> None:
    """Their facts are no facts of earlier years; a stated year stays."""
    plain: Inventory = inventory({})
    assert dated(plain).as_of_year == date.today().year
    assert dated(replace(plain, as_of_year=2015)).as_of_year == 2015


def test_the_module_runs_as_a_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m renewopt.cli.main` does what `renewopt` does."""
    monkeypatch.setattr(sys, "argv", ["renewopt", "--version"])
    monkeypatch.delitem(sys.modules, "renewopt.cli.main", raising=False)
    with pytest.raises(SystemExit) as end:
        runpy.run_module("renewopt.cli.main", run_name="__main__")
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("renewopt ")
