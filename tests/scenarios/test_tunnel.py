"""A planned tunnel takes in the pipes of its street, instead of works of their own.

Street L1 has 200 m of gas with an assessed deadline and 200 m of cement water pipe.
Each renewed where it lies: gas 200 × 0.2 = 40, water 200 × 0.14 = 28. In a cable tunnel
for 0.05 a metre, 10 for its 200 m: gas 200 × 0.11 = 22, water 200 × 0.077 = 15.4.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from renewopt import road
from renewopt.audit import audit_run
from renewopt.report.result_tables import duties as duty_sheet
from renewopt.report.sheets import Words
from renewopt.runs import load_run
from tests.optimise.solving import Model

SCENARIO = """
inventory = "."
packs = ["national-15fyp"]
off = ["closed-corridor", "dig-once"{off}]
start_year = 2027
years = 3
price_base_year = 2027

[[fund]]
id = "fiscal"
kind = "local_fiscal"
carry_over = -1
amount = {{ "2027" = {money} }}

[classes.utility_tunnel.mode.build.price.cable]
low = 0.05
mid = 0.05
high = 0.05
{more}
"""
TUNNEL = (
    "管廊编号,管廊名称,所属片区,道路名称,路段编号,管廊类型,长度(m),产权性质,替代直埋管线\n"
    "G1,人民路管廊,东城,人民路,L1,缆线,200,政府,是\n"
)
GAS = (
    "管线编号,所属片区,道路名称,路段编号,压力级制,管材,管径(mm),管长(m),敷设年份,产权性质,"
    "评估结论,改造期限\n"
    "P1,东城,人民路,L1,中压A,钢,200,200,1999,政府,限期改造,{due}\n"
)
WATER = (
    "管线编号,所属片区,道路名称,路段编号,管材,管径(mm),管长(m),敷设年份,产权性质\n"
    "W1,东城,人民路,L1,水泥,200,200,1985,政府\n"
)


def folder(
    path: Path, *, off: str = "", money: float = 50, more: str = "",
    due: int = 2028,
) -> Path:  # fmt: skip
    """Write the street and its scenario."""
    named = {
        "utility_tunnel": TUNNEL,
        "gas_pipe": GAS.format(due=due),
        "water_pipe": WATER,
    }
    rules = f', "{off}"' if off else ""
    text = SCENARIO.format(off=rules, money=money, more=more)
    for name, table in named.items():
        (path / f"{name}.csv").write_text(table, encoding="utf-8")
    (path / "scenario.toml").write_text(text, encoding="utf-8")
    return path / "scenario.toml"


def plan(scenario: Path) -> tuple[dict[str, Any], Model]:
    """Give the chosen works: project → (mode, start), and the model."""
    prepared, _ = road.prepare(scenario)
    model = Model.of(prepared.problem)
    values = model.plan(model.solve())
    assert model.breaches(values) == []
    works = prepared.problem.case.works.set_index("work_id")
    chosen = model.schedule(values).chosen["work_id"]
    own = works.loc[sorted(chosen)]
    found = {
        str(row.project_id): (str(row.mode), int(str(row.start_year)))
        for row in own.itertuples()
    }
    return found, model


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plan the street once: its run folder."""
    path = tmp_path_factory.mktemp("street")
    road.plan_scenario(folder(path), out=path / "run")
    return path / "run"


def test_the_tunnel_serves_the_duty_of_its_pipes(planned: Path) -> None:
    """47.4 pay for both pipes in the tunnel; without the rule 50 pay for the gas."""
    run = load_run(planned)
    chosen = run.tables["schedule"].set_index("project_id")
    found = {
        str(name): (row["mode"], row["start_year"])
        for name, row in chosen[chosen["selected"]].iterrows()
    }
    assert found == {
        "TUNNEL-0001": ("build", 2027),
        "GAS-0001": ("into_tunnel", 2027),
        "WATER-0001": ("into_tunnel", 2027),
    }
    works = ["TUNNEL-0001.build.2027", "GAS-0001.into_tunnel.2027"]
    case = run.problem.case
    paid = case.payments.groupby("work_id")["cost"].sum() / 100
    assert paid[works].tolist() == [10, 22]
    assert paid["WATER-0001.into_tunnel.2027"] == pytest.approx(15.4)
    years = case.works.set_index("work_id")["duration"]
    assert years[works].tolist() == [2, 2]
    # The tunnel loses nothing before it stands; the pipes' loss is their own project's.
    own = case.works.set_index("work_id")["risk_removed"]
    assert own[works[0]] == 0
    assert own[works[1]] > 0


def test_without_the_rule_nothing_moves(tmp_path: Path) -> None:
    """Switched off: no tunnel is planned, and the money is enough for the gas alone."""
    found, model = plan(folder(tmp_path, off="tunnel-or-pipes"))
    assert {p: mode for p, (mode, _) in found.items()} == {"GAS-0001": "replace"}
    assert set(model.problem.case.works["mode"]) & {"build", "into_tunnel"} == set()


def test_it_does_not_apply(tmp_path: Path) -> None:
    """The gas is due before the tunnel can be ready: it is renewed where it lies."""
    found, _ = plan(folder(tmp_path, due=2027))
    assert found["GAS-0001"][0] == "replace"
    assert "TUNNEL-0001" not in found


def test_a_price_that_includes_the_pipes_pays_them_once(tmp_path: Path) -> None:
    """0.3 a metre with the gas inside: 60 less 22, and 22 of the gas company: 60."""
    more = 'includes = ["gas_pipe"]'
    scenario = folder(tmp_path, money=90, more=more)
    text = scenario.read_text(encoding="utf-8").replace("0.05", "0.3")
    scenario.write_text(text, encoding="utf-8")
    prepared, _ = road.prepare(scenario)
    case = prepared.problem.case
    paid = case.payments.groupby("work_id")["cost"].sum() / 100
    assert paid["TUNNEL-0001.build.2027"] == 38
    assert paid["GAS-0001.into_tunnel.2027"] == 22
    lines = case.cost_lines[case.cost_lines["factor"] < 0]
    assert set(lines["item"]) == {"less GAS-0001 main"}
    assert set(case.links["link"]) == {"tunnel"}


def test_the_plan_says_whose_duty_the_tunnel_serves(planned: Path) -> None:
    """In the reasons, the table of duties and the report; the auditor agrees."""
    run = load_run(planned)
    assert not audit_run(planned).breaches
    served = run.tables["duties"].set_index(["hardness", "project_id"])
    own = served.loc[("safety_duty", "GAS-0001")]
    assert (own["status"], own["completion"]) == ("placed", 2028)
    assert own["moved_into"] == "TUNNEL-0001"
    said = {name: [m.code for m in own] for name, own in run.reasons.items()}
    assert "reason.moves_in" in said["GAS-0001"]
    (takes,) = [m for m in run.reasons["TUNNEL-0001"] if m.code == "reason.takes_in"]
    assert takes.params == {"others": "GAS-0001, WATER-0001", "duties": 1}
    sheet = duty_sheet(run, Words(run, "zh"))
    assert any("TUNNEL-0001" in row for row in sheet.rows)


def test_the_auditor_sees_a_pipe_that_stays_behind(
    planned: Path, tmp_path: Path
) -> None:
    """The gas is taken out of the plan, or said to be in no tunnel: found at once."""
    for name, column, value in (
        ("schedule", "selected", "false"),
        ("duties", "moved_into", ""),
    ):
        bad = tmp_path / name
        shutil.copytree(planned, bad)
        path = bad / f"{name}.csv"
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
        table.loc[table["project_id"] == "GAS-0001", column] = value
        table.to_csv(path, index=False, encoding="utf-8-sig")
        found = {b.rule_id for b in audit_run(bad).breaches}
        expected = "tunnel-or-pipes" if name == "schedule" else "audit.duties"
        assert expected in found
