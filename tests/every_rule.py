"""One example per kind of rule: a problem with room, a tight one, and both plans.

All amounts in 万元; `A27` is project A started in 2027. The docs' table of rules, the
binding tests, the not-binding tests and the tests of the auditor's own arithmetic all
go through this list: no kind of rule can be without them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from renewopt.core.schedule import Schedule
from renewopt.rules.problem import Problem
from tests.optimise.small import Fund, Work, bond, small

A, B = Work("A27", (100,), 100), Work("B27", (100,), 60)
FISCAL_100, FISCAL_200 = {"fiscal": Fund((100, 0))}, {"fiscal": Fund((200, 0))}


@dataclass(frozen=True, eq=False)
class Case:
    """What the rule allows with room, and what it allows when it is tight.

    `spoil` makes the plan that the auditor has to refuse under the tight problem; by
    default the plan of the problem with room is one.
    """

    room: Problem
    tight: Problem
    free: list[str]
    bound: list[str]
    spoil: Callable[[Schedule, Schedule], Schedule] = lambda free, bound: free


CASES: dict[str, Case] = {}


def _add(
    kind: str,
    free: list[str],
    bound: list[str],
    room: dict[str, Any],
    tight: dict[str, Any],
    **more: Any,
) -> None:
    common = {"works": [A, B], "funds": FISCAL_100}
    CASES[kind] = Case(
        small(**common | room), small(**common | tight), free, bound, **more
    )


def _rule(kind: str, **terms: Any) -> dict[str, Any]:
    return {"rules": [{"kind": kind, **terms}]}


# --- structural rules --------------------------------------------------------------

_TWICE = [A, Work("A28", (100,), 90)]
_add(
    "one_work",
    ["A27", "C28"],
    ["A27"],
    {"works": [A, Work("C28", (100,), 90)], "funds": {"fiscal": Fund((100, 100))}},
    {"works": _TWICE, "funds": {"fiscal": Fund((100, 100))}},
    spoil=lambda free, bound: Schedule(
        pd.DataFrame({"project_id": ["A", "A"], "work_id": ["A27", "A28"]}), bound.draws
    ),
)
_add("running", ["A27"], ["B27"], {}, {"packages": {"PB": {"status": "running"}}})
_add(
    "paid_in_full",
    ["A27"],
    ["B27"],
    {"works": [Work("A27", (60, 60), 100), Work("B27", (60,), 50)]}
    | {"funds": {"fiscal": Fund((60, 60))}},
    {"works": [Work("A27", (60, 60), 100), Work("B27", (60,), 50)]}
    | {"funds": {"fiscal": Fund((60, 0))}},
    spoil=lambda free, bound: replace(free, draws=free.draws.iloc[:1]),
)
_add("fund_budget", ["A27", "B27"], ["A27"], {"funds": FISCAL_200}, {})
_QUASI = {"packages": {"PA": {"nature": "quasi_public"}}}
_add(
    "fund_eligibility",
    ["A27"],
    ["B27"],
    {"funds": {"bond": bond((100, 0))}} | _QUASI,
    {"funds": {"bond": bond((100, 0), natures="public")}} | _QUASI,
)


def _grant(share: int) -> dict[str, Fund]:
    grant = Fund((85, 35), max_share_bp=share, share_base="eligible")
    return {"grant": grant, "fiscal": Fund((15, 65))}


_LONG = [Work("A27", (100, 100), 100)]
_add(
    "fund_share",
    ["A27"],
    [],
    {"works": _LONG, "funds": _grant(6000)},
    {"works": _LONG, "funds": _grant(5900)},
)

# --- streets, duties, capacity -----------------------------------------------------

_STREET = {
    "corridors": [{"corridor_id": "s"}],
    "corridor_projects": [
        {"corridor_id": "s", "project_id": p, "excavation_cost": 10_000} for p in "AB"
    ],
    "projects": {"B": {"asset_class": "gas_pipe"}},
    "funds": {"fiscal": Fund((150, 0))},
}
_add(
    "dig_once",
    ["A27"],
    ["A27", "B27"],
    _STREET | _rule("dig_once", rate_bp=0),
    _STREET | _rule("dig_once", rate_bp=5000),
    spoil=lambda free, bound: replace(bound, chosen=bound.chosen.assign(saving=0)),
)
_SPANS = {"opening": 5, "new": 5, "rebuilt": 5, "major_repair": 3}
_CLOSED = _rule("closed_corridor", years=_SPANS, waiver_price=1)
_ON_A = {
    "corridor_projects": [
        {"corridor_id": "s", "project_id": "A", "excavation_cost": 100}
    ]
}
_add(
    "closed_corridor",
    ["A27"],
    ["B27"],
    _CLOSED | _ON_A | {"corridors": [{"corridor_id": "s"}]},
    _CLOSED
    | _ON_A
    | {"corridors": [{"corridor_id": "s", "last_paved": 2025, "paving_kind": "new"}]},
)
_add(
    "mandatory",
    ["A27"],
    ["B27"],
    _rule("mandatory", hard=["safety_duty"]),
    _rule("mandatory", hard=["safety_duty"]) | {"duties": [("B", "safety_duty", 2027)]},
)
_add(
    "annual_cap",
    ["A27", "B27"],
    ["A27"],
    _rule("annual_cap", measure="cost", cap={"2027": 200}) | {"funds": FISCAL_200},
    _rule("annual_cap", measure="cost", cap={"2027": 199}) | {"funds": FISCAL_200},
)
_add(
    "decided",
    ["A27"],
    ["B27"],
    _rule("decided", include=["A"]),
    _rule("decided", exclude=["A"]),
)
_add(
    "choose",
    ["A27", "B27"],
    ["A27"],
    _rule("choose", projects=["A", "B"], at_most=2) | {"funds": FISCAL_200},
    _rule("choose", projects=["A", "B"], at_most=1) | {"funds": FISCAL_200},
)
_ORDER = {
    "works": [A, Work("A28", (100,), 90), B, Work("C28", (100,), 60)],
    "funds": {"fiscal": Fund((300, 300))},
}
_add(
    "precedence",
    ["A27", "B27", "C28"],
    ["A28", "B27", "C28"],
    _ORDER | _rule("precedence", first=["B"], then=["A"]),
    _ORDER | _rule("precedence", first=["C"], then=["A"]),
)

# --- money -------------------------------------------------------------------------

_OWN = {"works": [A, Work("B27", (50,), 40)]} | {
    "funds": {"fiscal": Fund((10, 0)), "bond": bond((100, 0))}
}
_add(
    "capital_share",
    ["A27"],
    ["B27"],
    _OWN | _rule("capital_share", min_bp=1000),
    _OWN | _rule("capital_share", min_bp=2000),
)
_BOND = {"funds": {"bond": bond((200, 0))}}
_add(
    "debt_limit",
    ["A27", "B27"],
    ["A27"],
    _BOND | _rule("debt_limit", funds=["bond"], limit={"2027": 200}),
    _BOND | _rule("debt_limit", funds=["bond"], limit={"2027": 199}),
)


def _service(after: int) -> dict[str, Any]:
    purse = {"2027": 0, "2028": 10}
    payer = "government_fund_budget"
    terms = {"funds": ["bond"], "payer": payer, "purse": purse, "purse_after": after}
    return _rule("debt_service", **terms)


# 200 at 5 % for three years: 10 a year, and 210 in the last.
_add(
    "debt_service",
    ["A27", "B27"],
    ["A27"],
    _BOND | _service(210),
    _BOND | _service(209),
)


def _earning(income: int) -> dict[str, Any]:
    own = {"operation_start": 2028, "net_income_per_year": 100 * income}
    other = {"operation_start": 2028, "net_income_per_year": 5000}
    return {
        "packages": {"PA": own, "PB": other},
        "funds": {"bond": bond((100, 0))},
    } | _rule("coverage", funds=["bond"], planning_coupon_bp=500)


# 1.2 times 100 with three years of 5 % is 138; income counts in 2028, 2029 and 2030.
_add("coverage", ["A27"], ["B27"], _earning(46), _earning(45))
_add(
    "debt_increase",
    ["A27", "B27"],
    ["A27"],
    _BOND
    | _rule("debt_increase", funds=["bond"], cap={"2027": 150})
    | {"debt": [("bond", 2027, 50, 0)]},
    _BOND | _rule("debt_increase", funds=["bond"], cap={"2027": 150}),
)


def _reviewed(word: str) -> dict[str, Any]:
    packages = {"PA": {"bond_review": word}, "PB": {"bond_review": "passed"}}
    return {"packages": packages, "funds": {"bond": bond((100, 0))}} | _rule(
        "bond_review", fund_kinds=["special_bond"]
    )


_add("bond_review", ["A27"], ["B27"], _reviewed("2027"), _reviewed("2028"))
_add(
    "negative_list",
    ["A27"],
    ["B27"],
    {"funds": {"bond": bond((100, 0))}}
    | _rule("negative_list", funds=["bond"], where={"project_id": ["B"]}),
    {"funds": {"bond": bond((100, 0))}}
    | _rule("negative_list", funds=["bond"], where={"project_id": ["A"]}),
)


def _asked(yuan: int) -> dict[str, Any]:
    # Compounds: 125 households of A, of which 80 % agree; 200 of B.
    homes = {"A": {"households": 125, "consent_bp": 8000}, "B": {"households": 200}}
    homes["B"]["consent_bp"] = 10_000
    for home in homes.values():
        home["asset_class"] = "residential_compound"
    return {
        "projects": homes,
        "funds": {"residents": Fund((100, 0), kind="resident_fund")},
    } | _rule("resident_limit", funds=["residents"], yuan_per_household=yuan)


_add("resident_limit", ["A27"], ["B27"], _asked(10_000), _asked(9999))
_add(
    "debt_band",
    ["A27", "B27"],
    ["A27"],
    _BOND | _rule("debt_band", fund_kinds=["special_bond"], band="green"),
    _BOND | _rule("debt_band", fund_kinds=["special_bond"], band="orange"),
)
_add(
    "emergency_reserve",
    ["A27", "B27"],
    ["A27"],
    {"funds": FISCAL_200} | _rule("emergency_reserve", funds=["fiscal"], keep_bp=0),
    {"funds": FISCAL_200} | _rule("emergency_reserve", funds=["fiscal"], keep_bp=1),
)

# 60 + 40 to pay; the grant of 2027 lapses within the year: only what comes up front can
# pay in 2028.
_PHASED = [Work("A27", (60, 40), 100)]
_EARLY = Fund((100, 0), up_front=True)
_add(
    "held",
    ["A27"],
    [],
    {"works": _PHASED, "funds": {"grant": _EARLY}},
    {"works": _PHASED, "funds": {"grant": replace(_EARLY, money=(0, 100))}},
    spoil=lambda free, bound: replace(free, draws=free.draws.assign(received=5000)),
)

_TWO = {"fiscal": Fund((50, 0)), "grant": Fund((50, 0), kind="central_budget")}
_add(
    "source_limit",
    ["A27"],
    ["B27"],
    {"works": [A, Work("B27", (50,), 60)], "funds": _TWO}
    | _rule("source_limit", at_most=2),
    {"works": [A, Work("B27", (50,), 60)], "funds": _TWO}
    | _rule("source_limit", at_most=1),
)


def _sized(step: int) -> dict[str, Any]:
    # A costs 100: 40 of own money leave 60, which is no multiple of 50 (`step` is in
    # units of 0.01 万元).
    own = {"fiscal": Fund((40, 0)), "bond": bond((100, 0), step=step)}
    return {"works": [A, Work("B27", (90,), 60)], "funds": own} | _rule(
        "capital_share", min_bp=4000
    )


_add("draw_size", ["A27"], ["B27"], _sized(2000), _sized(5000))

_add(
    "site_limit",
    ["A27", "B27"],
    ["A27"],
    _rule("site_limit", at_most=2) | {"funds": FISCAL_200},
    _rule("site_limit", at_most=1) | {"funds": FISCAL_200},
)
_GROUP = {"works": [A, B, Work("C27", (50,), 30)], "funds": {"fiscal": Fund((150, 0))}}
_add(
    "together",
    ["A27", "C27"],
    ["C27"],
    _GROUP | _rule("together", projects=["A", "C"]),
    _GROUP | _rule("together", projects=["A", "B"]),
)


def _wanted(project: str) -> dict[str, Any]:
    where = {"project_id": [project]}
    return _rule(
        "target", measure="projects", hard=True, where=where, amount={"2027": 1}
    )


_add("target", ["A27"], ["B27"], _wanted("A"), _wanted("B"))
_add(
    "new_packages",
    ["A27", "B27"],
    ["A27"],
    _rule("new_packages", cap={"2027": 2}) | {"funds": FISCAL_200},
    _rule("new_packages", cap={"2027": 1}) | {"funds": FISCAL_200},
)
_TIED = {
    "links": [{"link": "site", "project_id": "A", "other_id": "B"}],
    "funds": FISCAL_200,
}
_add(
    "coupling",
    ["A27", "B27"],
    ["A27"],
    _TIED | _rule("coupling", link="site", how="together"),
    _TIED | _rule("coupling", link="site", how="instead"),
)

# --- shares, floors, steps, last year's plan ---------------------------------------

# 100 in all: with a floor of 100 for B's class, the dearer A has to wait.
_FLOOR = {"projects": {"B": {"asset_class": "gas_pipe"}}}


def _floor(least: int) -> dict[str, Any]:
    where = {"asset_class": ["gas_pipe"]}
    return _FLOOR | _rule("spending_floor", least={"2027": least}, where=where)


_add("spending_floor", ["A27"], ["B27"], _floor(0), _floor(100))
_PLACES = {
    "projects": {"A": {"district": "east"}, "B": {"district": "west"}},
    "funds": FISCAL_200,
}
_add(
    "district_share",
    ["A27", "B27"],
    [],
    _PLACES | _rule("district_share", most_bp={"east": 5000, "west": 5000}),
    _PLACES | _rule("district_share", most_bp={"east": 4999, "west": 5000}),
)
_STEPS = {"works": [A, Work("B28", (100,), 60), Work("C28", (50,), 40)]}
_STEPS |= {"funds": {"fiscal": Fund((100, 150))}}


def _rise(most: int) -> dict[str, Any]:
    return _STEPS | _rule("smoothing", funds=["fiscal"], rise=most)


# 100, then 150: a step of 50; with at most 49 only B follows A.
_add("smoothing", ["A27", "B28", "C28"], ["A27", "B28"], _rise(50), _rise(49))
_LAST = {"works": [A, Work("A28", (100,), 90)], "funds": {"fiscal": Fund((100, 100))}}
_add(
    "stability",
    ["A27"],
    ["A28"],
    _LAST | _rule("stability", start={"A": 2028}, at_most=1),
    _LAST | _rule("stability", start={"A": 2028}, at_most=0),
)
