"""Real water mains: rates learned from past breaks meet the breaks that followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from renewopt import catalogue, inventory, risk

FOLDER = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "water_kitchener_2023"
)


@pytest.mark.shared
@pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared data are not here")
def test_breaks_of_five_years_are_met() -> None:
    """Scored as of 2017, the total of 2018–2022 is met and the worst tenth leads."""
    known = catalogue.load()
    found = inventory.read_inventory(
        [FOLDER], known, mapping=known.mappings["kitchener"]
    )
    result = risk.score(found, known, 2017, 5)
    expected = result.table.groupby("asset_id")["expected_failures"].sum()
    later = found.failures["year"].between(2018, 2022)
    seen = found.failures[later].groupby("asset_id").size()
    seen = seen.reindex(expected.index).fillna(0)
    assert expected.sum() == pytest.approx(seen.sum(), rel=0.25)
    worst = expected.nlargest(len(expected) // 10).index
    assert seen[worst].sum() > 0.6 * seen.sum()
    assert [note.code for note in result.notes][-1] == "risk.learned"
