"""What if the county were in a debt band: `plan --debt-band`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from renewopt.catalogue.load import load
from renewopt.core.errors import InputError
from renewopt.road.prepare import prepare
from renewopt.rules.assemble import assemble, in_band
from renewopt.rules.scenario import Scenario, parse_scenario

BOND = {"id": "bond", "kind": "special_bond", "amount": {"2027": 100}}


def _scenario(*rules: dict[str, object], packs: tuple[str, ...] = ()) -> Scenario:
    data = {"inventory": ".", "packs": list(packs), "start_year": 2027, "years": 2}
    return parse_scenario({**data, "fund": [BOND], "rule": list(rules)}, "s.toml")


@pytest.mark.parametrize(
    ("packs", "rules"),
    [
        ((), ()),
        (("finance-2024",), ()),
        ((), ({"kind": "debt_band", "id": "own", "fund_kinds": ["special_bond"],
               "band": "green"},)),
    ],
)  # fmt: skip
def test_the_band_is_set_once(
    packs: tuple[str, ...], rules: tuple[dict[str, object], ...]
) -> None:
    """Half of the bonds are open, by one rule: the pack's, the scenario's or a new."""
    known = load()
    scenario = _scenario(*rules, packs=packs)
    named = known.named_packs(packs, "s.toml")
    policy = assemble(in_band(scenario, named, "orange"), named, known.fund_kinds)
    (rule,) = policy.of_kind("debt_band")
    assert (rule.band, rule.part_bp()) == ("orange", 5000)


def test_a_project_list_has_no_county(tmp_path: Path) -> None:
    """A list without scenario cannot be in a band: said before it is read."""
    path = tmp_path / "projects.xlsx"
    path.write_bytes(b"")
    with pytest.raises(InputError) as caught:
        prepare(path, debt_band="red")
    assert [m.code for m in caught.value.messages] == ["scenario.band_in_list"]


@pytest.mark.long
def test_small_town_in_the_orange_band(tmp_path: Path) -> None:
    """Bonds are halved, grants and companies pay a greater part of the money."""
    from renewopt.cli.main import run

    town = Path(__file__).resolve().parents[2] / "inventories" / "small-town"
    scenario = town / "scenario.toml"
    shares = {}
    for band in ("green", "orange"):
        out = tmp_path / band
        args = ["plan", str(scenario), "--debt-band", band, "--gap", "0.02"]
        assert run([*args, "-o", str(out), "--quiet"]) in {0, 1}
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        paid = summary["by_fund"]
        assert band == "green" or paid["bond"] <= 150
        others = paid["central"] + sum(
            n for fund, n in paid.items() if fund.endswith("-company")
        )
        shares[band] = (paid["bond"], others / sum(paid.values()))
    assert shares["orange"][0] < shares["green"][0]
    assert shares["orange"][1] > shares["green"][1]
