"""The rule catalogue, rule by rule: a case that it changes, one that it leaves alone.

Each entry is a handful of works, so that the right answer fits into a comment. `bad` is
a decision that breaks the rule: the auditor has to find it. All money is in 万元.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from renewopt.catalogue.approval import Approval
from renewopt.core.case import PlanningCase
from renewopt.projects import CaseSettings, make_case
from renewopt.rules.funds import EXISTING_DEBT, FUND_YEARS, FUNDS
from renewopt.rules.policy import Objective, make_policy
from renewopt.rules.problem import Problem
from tests.optimise.small import Fund, Work, bond, small
from tests.projects.small import HEAT, SETTINGS, inventory, models, risk, rows

Draw = tuple[str, int, str, int]
"""Package, year, fund, 万元."""


@dataclass(frozen=True)
class Shown:
    """What shows one rule.

    Attributes
    ----------
    plain, plain_works
        The case without the rule, and its plan.
    bound, bound_works
        The same with the rule, which changes the plan.
    idle, idle_works
        A case that has the rule, which does not apply: the plan is the plain one.
    bad, draws
        Works (and money) that break the rule.
    caught
        Identifier of the rule, or of the auditor's own check, that finds it.
    judged
        Case under which the bad decision is judged, where it is not `bound`.
    """

    plain: Callable[[], Problem]
    plain_works: tuple[str, ...]
    bound: Callable[[], Problem]
    bound_works: tuple[str, ...]
    idle: Callable[[], Problem]
    bad: tuple[str, ...]
    caught: str
    draws: tuple[Draw, ...] = ()
    judged: Callable[[], Problem] | None = None
    idle_works: tuple[str, ...] | None = None


A = Work("A27", (100,), 100)
B = Work("B27", (100,), 60)
ONE = {"fiscal": Fund((100, 0))}
BOTH = {"fiscal": Fund((100, 100))}
PLENTY = {"fiscal": Fund((300, 300))}


def case(
    *rules: Mapping[str, Any],
    works: Sequence[Work] = (A, B),
    money: Mapping[str, Fund] = ONE,
    **more: Any,
) -> Callable[[], Problem]:
    """Put off making a small problem until a test asks for it."""
    return partial(small, list(works), money, list(rules), **more)


def changed(
    made: Callable[[], Problem],
    *,
    modes: Mapping[str, str] | None = None,
    benefit: Mapping[str, int] | None = None,
) -> Callable[[], Problem]:
    """Give works other modes, or points that the objective weighs at 1 万元 each."""

    def make() -> Problem:
        problem = made()
        works = problem.case.works
        known = dict(modes or {})
        pairs = zip(works["work_id"], works["mode"], strict=True)
        works = works.assign(mode=[known.get(name, mode) for name, mode in pairs])
        policy = problem.policy
        if benefit is not None:
            gap = works["work_id"].map(dict(benefit)).fillna(0).astype("int64")
            works = works.assign(points_deficiency=gap)
            weights = {"risk_removed": 1.0, "points_deficiency": 1.0}
            policy = replace(policy, objective=Objective(weights=weights))
        return Problem(replace(problem.case, works=works), policy)

    return make


# -- duties, targets, levels --------------------------------------------------------

DUTIES = {"kind": "mandatory", "id": "duties"}
HARD = DUTIES | {"hard": ["safety_duty", "assessed_target"]}
HOMES = {"A": {"households": 10}, "B": {"households": 30}}
TARGET = {"kind": "target", "id": "homes", "amount": {"2027": 30}}
EARLY_LATE = (Work("A27", (50,), 10), Work("A28", (50,), 20))
SCOPES = {"A27": "basic", "A28": "basic_improvement"}
SCOPE_WORKS = (Work("A27", (50,), 100), Work("A28", (100,), 90))
WIDER = {
    "kind": "target",
    "id": "improvement",
    "where": {"mode": ["basic_improvement"]},
    "share_bp": {"2028": 10000},
}
ELSEWHERE = WIDER | {"where": {"mode": ["basic_improvement"], "district": ["west"]}}


def scopes(*rules: Mapping[str, Any]) -> Callable[[], Problem]:
    """Make a compound that can have the basic scope, or the wider one a year later."""
    made = case(*rules, works=SCOPE_WORKS, money=BOTH, projects=HOMES)
    return changed(made, modes=SCOPES)


# -- streets and pairs of projects ---------------------------------------------------

DIGS = [
    {"corridor_id": "c1", "project_id": "A", "excavation_cost": 0},
    {"corridor_id": "c1", "project_id": "B", "excavation_cost": 0},
]
APART = [DIGS[0], {"corridor_id": "c2", "project_id": "B", "excavation_cost": 0}]
STREETS = [{"corridor_id": "c1"}, {"corridor_id": "c2"}]
CLOSED = {
    "kind": "closed_corridor",
    "id": "closed",
    "years": {"opening": 5, "new": 5, "rebuilt": 5, "major_repair": 3},
    "waiver_price": 30,
}
HALVES = {"fiscal": Fund((50, 100))}


NATIONAL = models().packs["national-15fyp"]


def shipped(name: str, **changed: Any) -> dict[str, Any]:
    """Give a rule as the national pack has it; None takes a parameter away."""
    (rule,) = [dict(item) for item in NATIONAL.rule if item["id"] == name]
    return {k: v for k, v in (rule | changed).items() if v is not None}


def tied(link: str, one: str = "B", other: str = "A") -> list[dict[str, str]]:
    """Give the table of links: one project depends on the other."""
    return [{"link": link, "project_id": one, "other_id": other}]


ONCE = (Work("A27", (50,), 100), Work("A28", (50,), 50), Work("B28", (50,), 60))
SYNC = (Work("A27", (50,), 100), Work("A28", (50,), 97), Work("B28", (50,), 60))
STEPS = (Work("A27", (50,), 100), Work("B28", (50,), 55), Work("B29", (50,), 60))
THREE = {"fiscal": Fund((50, 50, 50))}
OUTLET = (
    Work("A27", (50,), 100),
    Work("A28", (50,), 80),
    Work("B27", (50,), 5),
    Work("B28", (50,), 5),
)
OUTLET_MONEY = {"fiscal": Fund((50, 100))}
TUNNEL = (Work("A27", (40,), 0), Work("B27", (40,), 60), Work("B28", (100,), 55))
MOVE = {"A27": "build", "B27": "into_tunnel"}
MOVED = [
    {"link": "tunnel", "project_id": "A", "other_id": "B"}
    | {"mode": "build", "other_mode": "into_tunnel"}
]
LINKED = (A, Work("B27", (100,), 1), Work("C27", (150,), 90))
# -- money -------------------------------------------------------------------------

CHEAP = Work("B27", (60,), 60)
BONDS = {"bond": bond((200, 0))}
STOCK = {"kind": "debt_limit", "id": "stock", "funds": ["bond"]}
OLD_DEBT = [("bond", 2027, 60, 0), ("bond", 2028, 40, 0)]
SMOOTH = {"kind": "smoothing", "id": "even", "funds": ["fiscal"], "before": 0}
PACE = {"kind": "annual_cap", "id": "pace", "measure": "km"}
KM = (Work("A27", (100,), 100, km=2.0), Work("B27", (100,), 60, km=1.0))

READY_27, READY_28 = "HEAT-0001.replace.2027", "HEAT-0001.replace.2028"


def on_the_road(formed: str, *, forged: bool = False) -> Callable[[], Problem]:
    """Make a pipe whose package has taken the steps of approval so far.

    `forged` offers the works of 2027 all the same.
    """

    def make() -> Problem:
        approval = Approval(step=models().approval, today="2027-03", formed=formed)
        found = _one_pipe(replace(SETTINGS, approval=approval))
        if forged:
            free = _one_pipe(SETTINGS)
            found = replace(free, packages=found.packages)
        tables = [FUNDS.empty(), FUND_YEARS.empty(), EXISTING_DEBT.empty()]
        return Problem(found, make_policy({"rule": []}, *tables, "policy.toml"))

    return make


def _one_pipe(settings: CaseSettings) -> PlanningCase:
    assets = {"heating_pipe": rows(HEAT, {})}
    packs = [NATIONAL]
    return make_case(inventory(assets), risk(assets), models(), packs, settings)[0]


CASES: dict[str, Shown] = {
    # A twice would be worth 190: once only.
    "R-ONCE": Shown(
        plain=case(works=(A, Work("B28", (100,), 90)), money=BOTH),
        plain_works=("A27", "B28"),
        bound=case(works=(A, Work("A28", (100,), 90)), money=BOTH),
        bound_works=("A27",),
        idle=case({"kind": "one_work", "id": "one"}, works=(A, B), money=PLENTY),
        idle_works=("A27", "B27"),
        bad=("A27", "A28"),
        caught="one_work",
    ),
    # B has the duty: it comes before A, which is worth more.
    "R-MANDATORY": Shown(
        plain=case(DUTIES),
        plain_works=("A27",),
        bound=case(DUTIES, duties=[("B", "assessed_target", 2028)]),
        bound_works=("B27",),
        idle=case(DUTIES, duties=[("B", "preference", 2028)]),
        bad=("A27",),
        judged=case(HARD, duties=[("B", "assessed_target", 2028)]),
        caught="duties",
    ),
    # Worth more in 2028, but due in 2027; a deadline of 2020 is due in 2027 too.
    "R-DEADLINE": Shown(
        plain=case(DUTIES, works=EARLY_LATE, money=BOTH),
        plain_works=("A28",),
        bound=case(
            DUTIES,
            works=EARLY_LATE,
            money=BOTH,
            duties=[("A", "assessed_target", 2020)],
        ),
        bound_works=("A27",),
        idle=case(
            DUTIES,
            works=EARLY_LATE,
            money=BOTH,
            duties=[("A", "assessed_target", 2028)],
        ),
        bad=("A28",),
        judged=case(
            HARD, works=EARLY_LATE, money=BOTH, duties=[("A", "assessed_target", 2027)]
        ),
        caught="duties",
    ),
    # 30 households by 2027: only B has them.
    "R-TARGET": Shown(
        plain=case(projects=HOMES),
        plain_works=("A27",),
        bound=case(TARGET, projects=HOMES),
        bound_works=("B27",),
        idle=case(TARGET | {"amount": {"2027": 10}}, projects=HOMES),
        bad=("A27",),
        judged=case(TARGET | {"hard": True}, projects=HOMES),
        caught="homes",
    ),
    # 完善类能改多改: the wider scope comes before the objective …
    "R-MAXIMISE2": Shown(
        plain=scopes(),
        plain_works=("A27",),
        bound=scopes(WIDER),
        bound_works=("A28",),
        idle=scopes(ELSEWHERE),
        bad=("A27",),
        judged=scopes(WIDER | {"hard": True}),
        caught="improvement",
    ),
    # … 提升类积极推进: each household has a price: 10 × 2 outweighs 100 − 90.
    "R-OPTIONAL3": Shown(
        plain=scopes(),
        plain_works=("A27",),
        bound=scopes(WIDER | {"weight": 2}),
        bound_works=("A28",),
        idle=scopes(WIDER | {"weight": 0.5}),
        bad=("A27",),
        caught="objective",
    ),
    # One slot, two duties: the safety duty goes first though the other removes more.
    "R-SAFETY-FIRST": Shown(
        plain=case(
            DUTIES,
            duties=[("A", "assessed_target", 2027), ("B", "assessed_target", 2027)],
        ),
        plain_works=("A27",),
        bound=case(
            DUTIES,
            duties=[("A", "assessed_target", 2027), ("B", "safety_duty", 2027)],
        ),
        bound_works=("B27",),
        idle=case(
            DUTIES,
            duties=[("A", "safety_duty", 2027), ("B", "safety_duty", 2027)],
        ),
        bad=("A27",),
        judged=case(
            DUTIES | {"hard": ["safety_duty"]},
            duties=[("A", "assessed_target", 2027), ("B", "safety_duty", 2027)],
        ),
        caught="duties",
    ),
    # 缺什么补什么: B closes a gap of 100 points at 1 万元, and 60 + 100 > 100.
    "R-GAP": Shown(
        plain=case(),
        plain_works=("A27",),
        bound=changed(case(), benefit={"B27": 100}),
        bound_works=("B27",),
        idle=changed(case(), benefit={"B27": 10}),
        bad=("A27",),
        caught="objective",
    ),
    # A opens c1 in 2027; then it is closed and B, a year later, cannot dig there.
    "R-DIG-ONCE": Shown(
        plain=case(
            works=(Work("A27", (50,), 100), Work("B28", (50,), 60)),
            money=BOTH,
            corridors=STREETS,
            corridor_projects=DIGS,
        ),
        plain_works=("A27", "B28"),
        bound=case(
            CLOSED,
            works=(Work("A27", (50,), 100), Work("B28", (50,), 60)),
            money=BOTH,
            corridors=STREETS,
            corridor_projects=DIGS,
        ),
        bound_works=("A27",),
        idle=case(
            CLOSED,
            works=(Work("A27", (50,), 100), Work("B28", (50,), 60)),
            money=BOTH,
            corridors=STREETS,
            corridor_projects=APART,
        ),
        bad=("A27", "B28"),
        caught="closed",
    ),
    # 综合改一次: the pipe (B, 2028 only) and its compound start in the same year.
    "R-COMPOUND-ONCE": Shown(
        plain=case(works=ONCE, money=HALVES, links=tied("inside")),
        plain_works=("A27", "B28"),
        bound=case(
            shipped("compound-once"), works=ONCE, money=HALVES, links=tied("inside")
        ),
        bound_works=("A28", "B28"),
        idle=case(
            shipped("compound-once"), works=ONCE, money=HALVES, links=tied("adjacent")
        ),
        bad=("A27", "B28"),
        caught="compound-once",
    ),
    # 同步实施: the station (B) in step with the compound; apart costs 5, waiting 3 …
    "R-SYNC": Shown(
        plain=case(works=SYNC, money=HALVES, links=tied("energy")),
        plain_works=("A27", "B28"),
        bound=case(
            shipped("energy-in-step"), works=SYNC, money=HALVES, links=tied("energy")
        ),
        bound_works=("A28", "B28"),
        idle=case(
            shipped("energy-in-step"), works=SYNC, money=HALVES, links=tied("inside")
        ),
        bad=("A27", "B28"),
        judged=case(
            shipped("energy-in-step", price=None),
            works=SYNC,
            money=HALVES,
            links=tied("energy"),
        ),
        caught="energy-in-step",
    ),
    # 相邻片区联动: the neighbour a year later; two years cost 10, the earlier year 5.
    "R-ADJ": Shown(
        plain=case(works=STEPS, money=THREE, years=3, links=tied("adjacent")),
        plain_works=("A27", "B29"),
        bound=case(
            shipped("linked-compounds"),
            works=STEPS,
            money=THREE,
            years=3,
            links=tied("adjacent"),
        ),
        bound_works=("A27", "B28"),
        idle=case(
            shipped("linked-compounds"),
            works=STEPS,
            money=THREE,
            years=3,
            links=tied("energy"),
        ),
        bad=("A27", "B29"),
        caught="objective",
    ),
    # The outlet (B, 5) first, then what drains into it (A, 100).
    "R-OUTLET": Shown(
        plain=case(works=OUTLET, money=OUTLET_MONEY, links=tied("outlet", "A", "B")),
        plain_works=("A27", "B28"),
        bound=case(
            shipped("outlet-first"),
            works=OUTLET,
            money=OUTLET_MONEY,
            links=tied("outlet", "A", "B"),
        ),
        bound_works=("A28", "B27"),
        idle=case(
            shipped("outlet-first"),
            works=OUTLET,
            money=OUTLET_MONEY,
            links=tied("outlet", "B", "A"),
        ),
        bad=("A27", "B28"),
        caught="outlet-first",
    ),
    # The point (A) is cleared only with the linked drain (B): 200, and there are 150.
    "R-POINT-LINK": Shown(
        plain=case(works=LINKED, money={"fiscal": Fund((150, 0))}),
        plain_works=("A27",),
        bound=case(
            shipped("outlet-first"),
            works=LINKED,
            money={"fiscal": Fund((150, 0))},
            links=tied("outlet", "A", "B"),
        ),
        bound_works=("C27",),
        idle=case(
            shipped("outlet-first"),
            works=LINKED,
            money={"fiscal": Fund((150, 0))},
            links=tied("outlet", "B", "A"),
        ),
        bad=("A27",),
        caught="outlet-first",
    ),
    # The pipe moves (B27) into a tunnel, which has to be built then (A27), or is
    # renewed where it lies (B28): in no tunnel, B27 alone is best.
    "R-CORRIDOR": Shown(
        plain=changed(case(works=TUNNEL), modes=MOVE),
        plain_works=("B27",),
        bound=changed(
            case(shipped("tunnel-or-pipes"), works=TUNNEL, links=MOVED), modes=MOVE
        ),
        bound_works=("A27", "B27"),
        idle=changed(
            case(
                shipped("tunnel-or-pipes"), works=TUNNEL, links=tied("inside", "A", "B")
            ),
            modes=MOVE,
        ),
        bad=("B27",),
        caught="tunnel-or-pipes",
    ),
    # 200 a year pay for both, 100 for one.
    "R-BUDGET": Shown(
        plain=case(money={"fiscal": Fund((200, 0))}),
        plain_works=("A27", "B27"),
        bound=case(money=ONE),
        bound_works=("A27",),
        idle=case(money=PLENTY),
        bad=("A27", "B27"),
        draws=(("PA", 2027, "fiscal", 100), ("PB", 2027, "fiscal", 100)),
        caught="fund_budget",
    ),
    # Fiscal money is for public projects; A's package is commercial.
    "R-FUND-NATURE": Shown(
        plain=case(packages={"PA": {"nature": "commercial"}}),
        plain_works=("A27",),
        bound=case(
            money={"fiscal": Fund((100, 0), natures="public")},
            packages={"PA": {"nature": "commercial"}},
        ),
        bound_works=("B27",),
        idle=case(money={"fiscal": Fund((100, 0), natures="public")}),
        bad=("A27",),
        draws=(("PA", 2027, "fiscal", 100),),
        caught="fund_eligibility",
    ),
    # The bond quota of 2027 is 200, or 100.
    "R-BOND-YEAR": Shown(
        plain=case(money=BONDS),
        plain_works=("A27", "B27"),
        bound=case(money={"bond": bond((100, 0))}),
        bound_works=("A27",),
        idle=case(money={"bond": bond((500, 0))}),
        bad=("A27", "B27"),
        draws=(("PA", 2027, "bond", 100), ("PB", 2027, "bond", 100)),
        caught="fund_budget",
    ),
    # 100 are owed, 60 repaid in 2027: with a limit of 120, 80 are left, B costs 60.
    "R-BOND-STOCK": Shown(
        plain=case(works=(A, CHEAP), money={"bond": bond((100, 0))}, debt=OLD_DEBT),
        plain_works=("A27",),
        bound=case(
            STOCK | {"limit": {"2027": 120}},
            works=(A, CHEAP),
            money={"bond": bond((100, 0))},
            debt=OLD_DEBT,
        ),
        bound_works=("B27",),
        idle=case(
            STOCK | {"limit": {"2027": 140}},
            works=(A, CHEAP),
            money={"bond": bond((100, 0))},
            debt=OLD_DEBT,
        ),
        bad=("A27",),
        draws=(("PA", 2027, "bond", 100),),
        caught="stock",
    ),
    # From nothing the county's own money may rise by 60 a year: B, not A.
    "R-DEBT-SMOOTH": Shown(
        plain=case(works=(A, CHEAP), money=ONE),
        plain_works=("A27",),
        bound=case(SMOOTH | {"rise": 60}, works=(A, CHEAP), money=ONE),
        bound_works=("B27",),
        idle=case(SMOOTH | {"rise": 100}, works=(A, CHEAP), money=ONE),
        bad=("A27",),
        draws=(("PA", 2027, "fiscal", 100),),
        caught="even",
    ),
    # No more may be owed than before: what is repaid (60) may be issued anew.
    "R-NET-DEBT": Shown(
        plain=case(works=(A, CHEAP), money={"bond": bond((100, 0))}, debt=OLD_DEBT),
        plain_works=("A27",),
        bound=case(
            STOCK | {"limit": {"2027": 100, "2028": 100}},
            works=(A, CHEAP),
            money={"bond": bond((100, 0))},
            debt=OLD_DEBT,
        ),
        bound_works=("B27",),
        idle=case(
            STOCK | {"limit": {"2027": 100, "2028": 100}},
            works=(A, CHEAP),
            money={"bond": bond((100, 0))},
        ),
        bad=("A27",),
        draws=(("PA", 2027, "bond", 100),),
        caught="stock",
    ),
    # Steps of approval that are missing in March 2027 end after the window of 2027.
    "R-READY": Shown(
        plain=on_the_road("approved"),
        plain_works=(READY_27,),
        bound=on_the_road(""),
        bound_works=(READY_28,),
        idle=on_the_road("tender"),
        bad=(READY_27,),
        judged=on_the_road("", forged=True),
        caught="audit.schedule",
    ),
    # The list is the plan: what was decided for it is on it.
    "R-LIST": Shown(
        plain=case(),
        plain_works=("A27",),
        bound=case({"kind": "decided", "id": "list", "include": ["B"]}),
        bound_works=("B27",),
        idle=case({"kind": "decided", "id": "list", "include": ["A"]}),
        bad=("A27",),
        caught="list",
    ),
    # 2 km and 1 km: 2 km a year are A, 1 km is B.
    "R-PACE": Shown(
        plain=case(works=KM),
        plain_works=("A27",),
        bound=case(PACE | {"cap": {"2027": 1}}, works=KM),
        bound_works=("B27",),
        idle=case(PACE | {"cap": {"2027": 2}}, works=KM),
        bad=("A27",),
        caught="pace",
    ),
}


def table(works: Sequence[str], saving: int = 0) -> pd.DataFrame:
    """Give the chosen works as a schedule has them."""
    rows = [
        (name.split(".")[0] if "." in name else name[:-2], name, saving)
        for name in works
    ]
    return pd.DataFrame(rows, columns=["project_id", "work_id", "saving"])


def money_table(draws: Sequence[Draw]) -> pd.DataFrame:
    """Give the money as a schedule has it."""
    rows = [(p, y, f, 100 * n, 100 * n) for p, y, f, n in draws]
    names = ["package_id", "year", "fund_id", "amount", "received"]
    return pd.DataFrame(rows, columns=names)
