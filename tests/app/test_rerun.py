from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from renewopt.runs import load_run
from tests.app.conftest import OpenDesk, until


def type_amount(desk: AppTest, key: str, row: int, year: str, value: Any) -> None:
    """Type an amount into an editor, as its canvas cannot be clicked here."""
    edits = {"edited_rows": {row: {year: value}}, "added_rows": [], "deleted_rows": []}
    desk.session_state[key] = edits
    desk.run()


def ended(desk: AppTest) -> bool:
    """Tell whether no run goes on any more."""
    return not any(item.key == "cancel" for item in desk.button)


def test_smaller_bond_quota_changes_the_plan(
    tiny_run: Path, open_desk: OpenDesk
) -> None:
    """40 万元 less bond in 2027: the compound (50) cannot be paid and goes out.

    2027 needs 40 for the running heating and 50 for the compound; 60 + 10 are left.
    """
    desk = open_desk(tiny_run, "money")
    type_amount(desk, "edit-budget-tiny-en", 0, "2027", 10.0)
    assert any("-40.00 万元 against this plan" in item.value for item in desk.caption)
    desk.button(key="start_run").click().run()
    until(desk, ended)
    assert desk.success[0].value.startswith("Done")
    new = load_run(tiny_run.parent / "tiny-2")
    years = new.problem.policy.fund_years.set_index(["fund_id", "year"])["amount"]
    assert years["bond", 2027] == 1000
    assert years["bond", 2028] == 5000
    old = load_run(tiny_run)
    gone = set(old.schedule.chosen["project_id"]) - set(
        new.schedule.chosen["project_id"]
    )
    assert gone == {"C1"}
    table = next(t.value for t in desk.dataframe if "Change" in t.value)
    assert table.loc[table["Project"] == "C1", "Change"].tolist() == ["out"]
    assert any("0 in, 1 out" in item.value for item in desk.subheader)
    cards = {card.label: card for card in desk.metric}
    assert cards["Projects selected"].value == "3"
    assert cards["Projects selected"].delta == "-1"
    assert new.synthetic, "another policy does not make the data real"


def test_other_amounts_outlive_a_change_of_page(
    tiny_run: Path, open_desk: OpenDesk
) -> None:
    """What was typed is still there after a look at another page."""
    desk = open_desk(tiny_run, "money")
    type_amount(desk, "edit-ceiling-tiny-en", 0, "2028", 65.5)
    desk.switch_page("views/overview.py").run()
    desk.switch_page("views/money.py").run()
    assert any("amounts changed: 1" in item.value for item in desk.caption)


def test_wrong_amount_is_said_in_words(tiny_run: Path, open_desk: OpenDesk) -> None:
    """An amount finer than 0.01 万元 is refused before anything starts."""
    desk = open_desk(tiny_run, "money")
    type_amount(desk, "edit-budget-tiny-en", 1, "2028", 60.005)
    desk.button(key="start_run").click().run()
    assert any("60.005" in item.value for item in desk.error)
    assert not (tiny_run.parent / "tiny-2").exists()


def test_contradiction_is_said_in_words(tiny_run: Path, open_desk: OpenDesk) -> None:
    """Without money for the running project there is no plan: a sentence says why."""
    desk = open_desk(tiny_run, "money")
    edits = {0: {"2027": 0.0}, 1: {"2027": 0.0}}
    desk.session_state["edit-budget-tiny-en"] = {
        "edited_rows": edits,
        "added_rows": [],
        "deleted_rows": [],
    }
    desk.run()
    desk.button(key="start_run").click().run()
    until(desk, ended)
    assert desk.error[0].value.startswith("There is no plan:")
    assert "running" in desk.error[0].value
    assert desk.selectbox[0].value == "tiny", "the old plan stays open"


def test_stopped_run_keeps_its_best_plan(
    town: Path, tmp_path: Path, open_desk: OpenDesk
) -> None:
    """A run to a gap of 0 is stopped half-way: its best plan is opened, audited."""
    town = Path(shutil.copytree(town, tmp_path / "runs" / town.name))
    desk = open_desk(town, "money")
    desk.number_input(key="gap").set_value(0.0).run()
    desk.button(key="start_run").click().run()
    progress = town.parent / ".jobs" / "small-town-2" / "progress.jsonl"

    def aims_high(desk: AppTest) -> bool:
        lines = progress.read_text(encoding="utf-8") if progress.exists() else ""
        return '"objective"' in lines or ended(desk)

    until(desk, aims_high)
    assert any(card.label == "Best so far (万元)" for card in desk.metric)
    desk.button(key="cancel").click().run()
    until(desk, ended)
    folder = town.parent / "small-town-2"
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["stopped_by"] == "cancel"
    assert summary["audit"]["breaches"] == 0
    assert summary["figures"]["projects"]["chosen"] > 0
    assert summary["synthetic"]
    assert any("Stopped" in item.value for item in desk.info)
    assert (folder / "risk.csv").exists(), "the risk goes with the case"
