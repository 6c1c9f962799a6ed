"""How sure money is, and the region's ceiling of the central share."""

from __future__ import annotations

from typing import Any

import pytest

from renewopt.catalogue.load import load
from renewopt.core.errors import InputError
from renewopt.rules.assemble import assemble
from renewopt.rules.policy import Policy
from renewopt.rules.scenario import parse_scenario

CENTRAL = {"id": "central", "kind": "central_budget", "amount": {"2027": 5}}


def _policy(fund: dict[str, Any], **county: str) -> Policy:
    data = {"inventory": ".", "start_year": 2027, "years": 2, "fund": [fund]}
    scenario = parse_scenario({**data, "county": county}, "scenario.toml")
    return assemble(scenario, [], load().fund_kinds)


def _codes(fund: dict[str, Any], **county: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        _policy(fund, **county)
    return [m.code for m in caught.value.messages]


@pytest.mark.parametrize(
    ("certainty", "found"),
    [
        ("assumed", ["confirmed", "assumed", "assumed"]),
        ({"2028": "indicative"}, ["confirmed", "confirmed", "indicative"]),
        ({"2026": "assumed"}, ["assumed", "confirmed", "confirmed"]),
    ],
)
def test_certainty_is_by_year(certainty: object, found: list[str]) -> None:
    """One word is of all new money; what was carried in is there unless it is named."""
    fund = CENTRAL | {"opening": {"2026": 1}, "amount": {"2027": 5, "2028": 6}}
    policy = _policy(fund | {"certainty": certainty})
    assert policy.fund_years["certainty"].tolist() == found


def test_certainty_survives_writing(tmp_path: Any) -> None:
    """A policy that is written and read back still knows how sure its money is."""
    policy = _policy(CENTRAL | {"certainty": "assumed"})
    policy.write(tmp_path)
    assert Policy.read(tmp_path).fund_years["certainty"].tolist() == ["assumed"]
    text = (tmp_path / "fund_years.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "fund_years.csv").write_text(
        text.replace("assumed", "likely"), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        Policy.read(tmp_path)
    assert [m.code for m in caught.value.messages] == ["policy.certainty"]


def test_certainty_of_a_year_without_money_is_refused() -> None:
    """A year that has no money cannot have unsure money."""
    codes = _codes(CENTRAL | {"certainty": {"2028": "assumed"}})
    assert codes == ["scenario.certainty_year"]


@pytest.mark.parametrize(
    ("region", "share"),
    [("", 6000), ("east", 3000), ("central", 4500), ("northeast", 6000),
     ("tibetan_areas", 8000), ("tibet", 10_000)],
)  # fmt: skip
def test_region_sets_the_central_share(region: str, share: int) -> None:
    """The central budget pays at most the region's share of the eligible base."""
    policy = _policy(CENTRAL, region=region)
    assert policy.funds["max_share_bp"].tolist() == [share]


def test_a_fund_may_stay_below_the_ceiling_only() -> None:
    """20 % is a county's own wish; 45 % in the east is above the ceiling."""
    own = _policy(CENTRAL | {"max_share_bp": 2000}, region="east")
    assert own.funds["max_share_bp"].tolist() == [2000]
    codes = _codes(CENTRAL | {"max_share_bp": 4500}, region="east")
    assert codes == ["scenario.region_share"]


def test_an_unknown_region_is_refused() -> None:
    """A region without data would silently leave the general share."""
    assert _codes(CENTRAL, region="middle") == ["scenario.region"]
