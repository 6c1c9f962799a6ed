"""Whole-unit schedules: sensible plans, and steps of one unit around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from renewopt.core.case import PlanningCase
from renewopt.core.schedule import Schedule
from renewopt.rules.problem import Problem
from tests.rules.dice import Dice

Draw = tuple[str, int, str]


@dataclass
class World:
    """The facts of a problem as plain dictionaries, and what is true of them."""

    problem: Problem

    @property
    def case(self) -> PlanningCase:
        """Give the case."""
        return self.problem.case

    @cached_property
    def works(self) -> dict[str, dict[str, object]]:
        """Facts of every work."""
        rows = self.case.work_facts.to_dict("records")
        return {str(row["work_id"]): row for row in rows}

    @cached_property
    def by_project(self) -> dict[str, list[str]]:
        """Works of every project."""
        found: dict[str, list[str]] = {
            str(p): [] for p in self.case.projects.project_id
        }
        for name, work in self.works.items():
            found[str(work["project_id"])].append(name)
        return found

    @cached_property
    def paid(self) -> dict[str, dict[int, int]]:
        """Payments of every work by year."""
        found: dict[str, dict[int, int]] = {name: {} for name in self.works}
        for row in self.case.payments.itertuples():
            found[row.work_id][int(row.year)] = int(row.cost)
        return found

    @cached_property
    def funds_of(self) -> dict[str, list[str]]:
        """Funds that may pay for each package."""
        found: dict[str, list[str]] = {
            str(p): [] for p in self.case.packages.package_id
        }
        for row in self.problem.eligible_pairs.itertuples():
            found[row.package_id].append(row.fund_id)
        return found

    def due(self, chosen: dict[str, int]) -> dict[tuple[str, int], int]:
        """Payments less savings by package and plan year."""
        total: dict[tuple[str, int], int] = {}
        for name, saving in chosen.items():
            work = self.works[name]
            for year, cost in self.paid[name].items():
                if year <= self.case.end_year:
                    less = saving if year == work["start_year"] else 0
                    key = (str(work["package_id"]), year)
                    total[key] = total.get(key, 0) + cost - less
        return total

    def true_savings(self, chosen: list[str]) -> dict[str, int]:
        """Say what joint openings are worth, from the definition."""
        saved = dict.fromkeys(chosen, 0)
        rule = self.problem.policy.first("dig_once")
        if rule is None:
            return saved
        fresh = [w for w in chosen if self.works[w]["status"] != "running"]
        cost = {
            (str(row.corridor_id), str(row.project_id)): int(row.excavation_cost)
            for row in self.case.corridor_projects.itertuples()
        }
        for corridor in self.case.corridors["corridor_id"]:
            for year in self.case.plan_years:
                here = {
                    str(self.works[w]["project_id"]): w
                    for w in fresh
                    if self.works[w]["start_year"] == year
                    and (corridor, self.works[w]["project_id"]) in cost
                }
                classes = {self.works[w]["asset_class"] for w in here.values()}
                if len(classes) > 1:
                    bearer = min(here, key=lambda p: (-cost[corridor, p], p))
                    for project in set(here) - {bearer}:
                        worth = rule.rate_bp * cost[corridor, project] // 10_000
                        saved[here[project]] += worth
        return saved


@dataclass
class State:
    """A schedule in the making: works with their savings, and draws."""

    chosen: dict[str, int] = field(default_factory=dict)
    draws: dict[Draw, int] = field(default_factory=dict)
    early: dict[Draw, int] = field(default_factory=dict)
    """What is received above the amount paid; below zero: less."""

    def copy(self) -> State:
        """Copy all tables."""
        return State(dict(self.chosen), dict(self.draws), dict(self.early))

    def schedule(self, world: World) -> Schedule:
        """Write the two tables."""
        chosen = [
            (world.works[name]["project_id"], name, saving)
            for name, saving in self.chosen.items()
        ]
        keys = sorted({*self.draws, *self.early})
        paid = [(key, self.draws.get(key, 0)) for key in keys]
        draws = [
            (*key, n, max(0, n + self.early.get(key, 0)))
            for key, n in paid
            if n or self.early.get(key, 0) > 0
        ]
        return Schedule(
            pd.DataFrame(chosen, columns=["project_id", "work_id", "saving"]),
            pd.DataFrame(
                draws,
                columns=["package_id", "year", "fund_id", "amount", "received"],
            ),
        )


def base_state(dice: Dice, world: World) -> State:
    """Take works, close no street against the rule if possible, and pay for them."""
    state = State()
    year = dice.pick(world.case.plan_years)
    for works in filter(None, world.by_project.values()):
        facts = world.works[works[0]]
        likely = 0.75 if world.funds_of[str(facts["package_id"])] else 0.1
        if facts["status"] == "running" or dice.chance(likely):
            together = [w for w in works if world.works[w]["start_year"] == year]
            state.chosen[
                dice.pick(together if dice.chance(0.5) and together else works)
            ] = 0
    closed = world.problem.policy.first("closed_corridor")
    if closed is not None and dice.chance(0.7):
        for _ in range(6):
            found = closed.check(world.problem, state.schedule(world))
            if not found:
                break
            corridor, year = found[0].where.split()
            drop_openings(world, state, corridor, int(year))
    settle(dice, world, state)
    return state


def drop_openings(world: World, state: State, corridor: str, year: int) -> None:
    """Drop the new works that open a corridor in a year."""
    digs = world.case.corridor_projects
    own = set(digs.loc[digs["corridor_id"] == corridor, "project_id"])
    for name in list(state.chosen):
        work = world.works[name]
        if (
            work["project_id"] in own
            and work["start_year"] == year
            and work["status"] != "running"
        ):
            del state.chosen[name]


def settle(dice: Dice, world: World, state: State) -> None:
    """State the true savings and pay every package-year in full again."""
    state.chosen = world.true_savings(list(state.chosen))
    due = world.due(state.chosen)
    drawn: dict[tuple[str, int], int] = {}
    for (package, year, _), amount in state.draws.items():
        drawn[package, year] = drawn.get((package, year), 0) + amount
    for key in sorted({*due, *drawn}):
        if due.get(key, 0) != drawn.get(key, 0):
            pay(dice, world, state, key, due.get(key, 0))


def pay(
    dice: Dice, world: World, state: State, place: tuple[str, int], amount: int
) -> None:
    """Pay one package-year anew, from one or two of the funds that may."""
    package, year = place
    for key in [k for k in state.draws if k[:2] == place]:
        del state.draws[key]
    funds = dice.shuffled(world.funds_of[package])[:2]
    if not funds or amount <= 0:
        return
    first = amount if len(funds) == 1 or dice.chance(0.5) else dice.whole(0, amount)
    for fund, part in zip(funds, (first, amount - first), strict=False):
        if part:
            state.draws[package, year, fund] = part


Step = Callable[[Dice, World, State], None]


def step_draw(dice: Dice, world: World, state: State) -> None:
    """Draw one unit more or less than before."""
    if state.draws:
        key = dice.pick(sorted(state.draws))
        state.draws[key] = max(0, state.draws[key] + dice.pick((-1, 1)))


def new_draw(dice: Dice, world: World, state: State) -> None:
    """Draw one unit from some fund that may pay, in some year."""
    packages = [p for p, funds in world.funds_of.items() if funds]
    if packages:
        package = dice.pick(packages)
        year = dice.pick(world.case.plan_years)
        key = (package, year, dice.pick(world.funds_of[package]))
        state.draws[key] = state.draws.get(key, 0) + 1


def _move(dice: Dice, state: State, old: Draw, new: Draw) -> None:
    part = dice.pick((1, 1, state.draws[old]))
    part = min(part, state.draws[old])
    state.draws[old] -= part
    state.draws[new] = state.draws.get(new, 0) + part


def swap_fund(dice: Dice, world: World, state: State) -> None:
    """Let another fund pay a unit, or all, of a draw."""
    keys = [k for k in sorted(state.draws) if state.draws[k]]
    if keys:
        old = dice.pick(keys)
        _move(
            dice, state, old, (*old[:2], dice.pick(world.funds_of[old[0]] or [old[2]]))
        )


def shift_draw(dice: Dice, world: World, state: State) -> None:
    """Draw a unit, or all, in another year."""
    keys = [k for k in sorted(state.draws) if state.draws[k]]
    if keys:
        old = dice.pick(keys)
        _move(dice, state, old, (old[0], dice.pick(world.case.plan_years), old[2]))


def step_saving(dice: Dice, world: World, state: State) -> None:
    """State one unit more or less of a saving, never above the first payment."""
    if state.chosen and world.problem.policy.first("dig_once") is not None:
        name = dice.pick(sorted(state.chosen))
        work = world.works[name]
        most = world.paid[name].get(int(str(work["start_year"])), 0)
        stated = state.chosen[name] + dice.pick((-1, 1))
        state.chosen[name] = min(max(0, stated), most)


def drop_work(dice: Dice, world: World, state: State) -> None:
    """Drop a work that is not running."""
    free = [w for w in sorted(state.chosen) if world.works[w]["status"] != "running"]
    if free:
        del state.chosen[dice.pick(free)]


def drop_running(dice: Dice, world: World, state: State) -> None:
    """Drop a running work."""
    own = [w for w in sorted(state.chosen) if world.works[w]["status"] == "running"]
    if own:
        del state.chosen[dice.pick(own)]


def move_work(dice: Dice, world: World, state: State) -> None:
    """Give a project another of its works, or its first."""
    project = dice.pick(sorted(world.by_project))
    if world.by_project[project]:
        for name in world.by_project[project]:
            state.chosen.pop(name, None)
        state.chosen[dice.pick(world.by_project[project])] = 0


def add_work(dice: Dice, world: World, state: State) -> None:
    """Start a project that waited."""
    owners = {world.works[name]["project_id"] for name in state.chosen}
    idle = [p for p, own in sorted(world.by_project.items()) if own and p not in owners]
    if idle:
        state.chosen[dice.pick(world.by_project[dice.pick(idle)])] = 0


def favour_capped(dice: Dice, world: World, state: State) -> None:
    """Let a fund with a largest share pay what another paid."""
    funds = world.problem.policy.funds
    _favour(dice, world, state, funds[funds["max_share_bp"].notna()])


def favour_debt(dice: Dice, world: World, state: State) -> None:
    """Let debt pay what another fund paid."""
    funds = world.problem.policy.funds
    _favour(dice, world, state, funds[funds["debt"]])


def _favour(dice: Dice, world: World, state: State, funds: pd.DataFrame) -> None:
    names = set(funds["fund_id"])
    moves = [
        (old, (*old[:2], fund))
        for old in sorted(state.draws)
        for fund in world.funds_of[old[0]]
        if state.draws[old] and fund in names and fund != old[2]
    ]
    if moves:
        _move(dice, state, *dice.pick(moves))


def second_work(dice: Dice, world: World, state: State) -> None:
    """Choose two works of one project."""
    several = [p for p, works in sorted(world.by_project.items()) if len(works) > 1]
    if several:
        project = dice.pick(several)
        for name in dice.shuffled(world.by_project[project])[:2]:
            state.chosen.setdefault(name, 0)


def forbidden_fund(dice: Dice, world: World, state: State) -> None:
    """Let a fund pay that may not."""
    funds = set(world.problem.policy.funds["fund_id"])
    open_places = [
        (package, fund)
        for package, own in sorted(world.funds_of.items())
        for fund in sorted(funds - set(own))
    ]
    if open_places:
        package, fund = dice.pick(open_places)
        state.draws[package, dice.pick(world.case.plan_years), fund] = dice.whole(1, 3)


def settled(step: Step) -> Step:
    """Do the step, then pay for what it made."""

    def both(dice: Dice, world: World, state: State) -> None:
        step(dice, world, state)
        settle(dice, world, state)

    both.__name__ = f"{step.__name__}_settled"
    return both


def unsaved(step: Step) -> Step:
    """Do the step; savings follow, the money does not."""

    def both(dice: Dice, world: World, state: State) -> None:
        step(dice, world, state)
        state.chosen = world.true_savings(list(state.chosen))

    both.__name__ = f"{step.__name__}_unpaid"
    return both


def early(dice: Dice, world: World, state: State) -> None:
    """Receive a unit, or all, of a draw a year or more before it is paid."""
    _shift_receipt(dice, world, state, back=True)


def later(dice: Dice, world: World, state: State) -> None:
    """Receive a unit of a draw after it is paid."""
    _shift_receipt(dice, world, state, back=False)


def _shift_receipt(dice: Dice, world: World, state: State, *, back: bool) -> None:
    funds = world.problem.policy.funds
    free = set(funds.loc[funds["up_front"], "fund_id"])
    years = world.case.plan_years
    moves = [
        (key, (key[0], year, key[2]))
        for key in sorted(state.draws)
        if state.draws[key] + state.early.get(key, 0) > 0 and key[2] in free
        for year in years
        if (year < key[1]) is back and year != key[1]
    ]
    if not moves:
        return
    old, new = dice.pick(moves)
    part = dice.pick((1, state.draws[old] + state.early.get(old, 0)))
    state.early[old] = state.early.get(old, 0) - part
    state.early[new] = state.early.get(new, 0) + part


def round_draws(dice: Dice, world: World, state: State) -> None:
    """Draw what the funds' steps and least draws allow, and no more than before."""
    for fund in world.problem.policy.funds.itertuples():
        for key in [k for k in state.draws if k[2] == fund.fund_id]:
            amount = state.draws[key] - state.draws[key] % max(1, int(fund.step))
            state.draws[key] = amount if amount >= int(fund.least_draw) else 0
