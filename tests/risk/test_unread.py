"""Rows and cells that were not read: said where rates are told without them."""

from __future__ import annotations

from dataclasses import replace

from renewopt import catalogue, risk
from renewopt.core.errors import Message
from renewopt.inventory.issues import CellIssue
from renewopt.inventory.tables import TableCount
from renewopt.risk.unread import COLUMNS_SHOWN, emptied_cells, emptied_notes
from renewopt.text import render
from tests.risk.making import inventory, pipes

CATALOGUE = catalogue.load()
ASKED = "questioned"
STOCK = replace(
    inventory(
        {"water_pipe": pipes(20, material="pe", install_year=1990)},
        [("water_pipe", f"p000{i}", 2024) for i in range(3)],
    ),
    counts=(
        TableCount("water_pipe.csv", "", "water_pipe", 20, 20, 0),
        TableCount("failures.csv", "", "failures", 5, 3, 2),
        TableCount("gas_pipe.csv", "", "gas_pipe", 9, 8, 1),
    ),
    issues=(
        *(
            CellIssue(f"{name}.csv", "", row, "material", "unobtainium", "", ASKED)
            for name in ("water_pipe", "gas_pipe")
            for row in (2, 3)
        ),
        CellIssue("water_pipe.csv", "", 2, "length", "5 m", "x", ASKED, {}, "5"),
        CellIssue("water_pipe.csv", "", 0, "depth", "", "x", ASKED),
        CellIssue("water_pipe.csv", "", 2, "depth", "1 m", "x", "repaired"),
    ),
)  # fmt: skip


def _by_code(notes: tuple[Message, ...]) -> dict[str, Message]:
    return {note.code: note for note in notes}


def test_training_says_what_it_did_not_read() -> None:
    """Two records rejected and two materials unknown: notes, and lines of the card."""
    trained = risk.train(STOCK, CATALOGUE, "water_pipe", 2025)
    assert trained.card["data"]["rejected"] == 2
    assert trained.card["data"]["emptied"] == 2
    notes = _by_code(trained.notes)
    assert notes["risk.rows_rejected"].params["total"] == 5
    said = render(notes["risk.cells_emptied"], "en")
    assert "material" in said
    assert "unobtainium" in said


def test_cells_that_were_taken_are_not_counted() -> None:
    """Repaired cells, whole columns and values that were taken are no loss."""
    found = emptied_cells(STOCK)
    assert sorted(found) == [
        ("gas_pipe.csv", "material"),
        ("water_pipe.csv", "material"),
    ]
    many = tuple(
        CellIssue("water_pipe.csv", "", 2, f"c{i}", "?", "x", ASKED)
        for i in range(COLUMNS_SHOWN + 2)
    )
    notes = list(emptied_notes(replace(STOCK, issues=many)))
    assert len(notes) == COLUMNS_SHOWN + 1
    assert notes[-1].params == {"count": 2, "columns": 2}
