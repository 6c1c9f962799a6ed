"""What is drawn of a synthetic county: projects, packages, streets; arrays only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MODES = ("replace", "line", "repair")
"""Ways of renewal, the dearest and most thorough first."""


@dataclass(frozen=True)
class Sort:
    """One class of asset: its share of the projects, its price and who owns it."""

    asset_class: str
    share: float
    unit_cost: float  # 万元 per km, or per item where it is no network
    network: bool
    nature: str
    ownership: str
    owner: str


SORTS = (
    Sort("gas_pipe", 0.20, 220, True, "quasi_public", "operator", "synthetic gas co"),
    Sort("heating_pipe", 0.18, 380, True, "quasi_public", "operator",
         "synthetic heating co"),
    Sort("water_pipe", 0.22, 260, True, "quasi_public", "operator",
         "synthetic water co"),
    Sort("sewer", 0.15, 420, True, "public", "public", "synthetic drainage office"),
    Sort("waterlogging_point", 0.07, 350, False, "public", "public",
         "synthetic drainage office"),
    Sort("residential_compound", 0.18, 600, False, "public", "residents",
         "synthetic housing office"),
)  # fmt: skip
PUBLIC = np.array([sort.ownership != "operator" for sort in SORTS])
NETWORK = np.array([sort.network for sort in SORTS])
DUTY_FREE, SAFETY, TARGET, WISH = 0, 1, 2, 3


@dataclass(frozen=True, eq=False)
class Drawn:
    """A county before it is written as tables; one entry per project or package.

    Attributes
    ----------
    sort, package, district, length, risk, growth, cost, effect, modes, duration
        Per project: number of its `SORTS` entry, its package, its district, km (or
        items), expected loss of a year (万元) and its yearly growth; per project and
        mode: cost today (万元), share of the loss removed, whether it exists, years.
    duty, deadline
        Level of duty and last year (counted from 0; −1: none).
    running
        Marks of the packages under construction.
    link_street, link_project, link_share
        Streets that projects open, with the share of the excavation there.
    paved
        Year of the last paving before the plan (counted from 0, negative; 0: unknown).
    free
        Projects without duty that are not running, shuffled: for named rules.
    """

    projects: int
    years: int
    seed: int
    sort: IntArray
    package: IntArray
    district: IntArray
    length: FloatArray
    risk: FloatArray
    growth: FloatArray
    households: IntArray
    cost: FloatArray
    effect: FloatArray
    modes: BoolArray
    duration: IntArray
    duty: IntArray
    deadline: IntArray
    running: BoolArray
    link_street: IntArray
    link_project: IntArray
    link_share: FloatArray
    paved: IntArray
    free: IntArray


def draw(projects: int, years: int, seed: int) -> Drawn:
    """Draw a county; the same arguments give the same county."""
    rng = np.random.default_rng([seed, projects, years])
    packages = max(6, projects // 10)
    share = np.array([sort.share for sort in SORTS])
    package_sort = np.concatenate([
        np.arange(6), rng.choice(6, packages - 6, p=share / share.sum())
    ])  # fmt: skip
    package = np.concatenate(
        [np.arange(packages), rng.integers(0, packages, projects - packages)]
    )
    package = np.sort(package)
    sort = package_sort[package]
    districts = max(3, int(6 * (projects / 200) ** 0.35))
    district = rng.integers(0, districts, packages)[package]
    length = np.clip(rng.lognormal(0.0, 0.7, projects), 0.2, 8.0).round(2)
    unit = np.array([s.unit_cost for s in SORTS])[sort]
    base = length * unit * rng.lognormal(0.0, 0.3, projects)
    modes = np.ones((projects, 3), bool)
    count = rng.choice([1, 2, 3], projects, p=[0.25, 0.40, 0.35])
    modes[:, 1], modes[:, 2] = count >= 2, count >= 3
    longest = np.clip(np.rint(1 + base / 900 + rng.uniform(-0.4, 0.6, projects)), 1, 3)
    duration = np.stack(
        [longest, np.maximum(1, longest - 1), np.ones(projects)], axis=1
    ).astype(np.int64)
    running = _running(package_sort, rng)
    duty, deadline = _duties(rng, ~running[package], years)
    street, linked, part = _streets(rng, sort, district, ~running[package])
    paved = rng.integers(-8, 0, int(street.max(initial=-1)) + 1)
    paved[rng.random(len(paved)) < 0.6] = 0
    free = np.flatnonzero(~running[package] & (duty == DUTY_FREE))
    age = rng.uniform(5, 50, projects)
    return Drawn(
        projects,
        years,
        seed,
        sort,
        package,
        district,
        length,
        base * np.exp(rng.normal(-2.6, 0.65, projects)) * (0.4 + age / 35),
        1 + rng.uniform(0.02, 0.11, projects),
        rng.integers(20, 900, projects),
        _three(rng, base, [(1.0, 1.0), (0.5, 0.72), (0.25, 0.42)]),
        _three(
            rng, np.ones(projects), [(0.85, 0.97), (0.55, 0.75), (0.25, 0.45)]
        ),
        modes,
        duration,
        duty,
        deadline,
        running,
        street,
        linked,
        part,
        paved,
        rng.permutation(free),
    )  # fmt: skip


def _three(
    rng: np.random.Generator, base: FloatArray, ranges: list[tuple[float, float]]
) -> FloatArray:
    """Scale `base` for each mode by a factor drawn from its range."""
    return np.stack([base * rng.uniform(a, b, len(base)) for a, b in ranges], axis=1)


def _running(package_sort: IntArray, rng: np.random.Generator) -> BoolArray:
    """Mark one package in 25 as under construction, of those the county owns.

    The first six packages, one of each sort, are new, but for the waterlogging points
    of a county that has no others: every cap has works to limit.
    """
    own = np.flatnonzero(PUBLIC[package_sort])
    own = own[own >= len(SORTS)] if (own >= len(SORTS)).any() else np.array([4])
    running = np.zeros(len(package_sort), bool)
    running[rng.permutation(own)[: max(1, len(package_sort) // 25)]] = True
    return running


def _duties(
    rng: np.random.Generator, fresh: BoolArray, years: int
) -> tuple[IntArray, IntArray]:
    """Give 3 % of the projects a safety duty, 4 % a target, 5 % a preference."""
    level = np.full(len(fresh), DUTY_FREE)
    own = rng.permutation(np.flatnonzero(fresh))
    counts = [max(1, int(share * len(own))) for share in (0.03, 0.04, 0.05)]
    level[own[: sum(counts)]] = np.repeat([SAFETY, TARGET, WISH], counts)
    deadline = rng.integers(min(3, years - 1), years, len(fresh))
    deadline[(level == WISH) | (rng.random(len(fresh)) < 0.2)] = -1
    return level.astype(np.int64), deadline


def _streets(
    rng: np.random.Generator, sort: IntArray, district: IntArray, fresh: BoolArray
) -> tuple[IntArray, IntArray, FloatArray]:
    """Give a quarter of the network projects a street, mostly shared by two to four.

    One in eight of them opens a second street, so that few units hang together.
    """
    able = np.flatnonzero(NETWORK[sort] & (fresh | (rng.random(len(sort)) < 0.3)))
    linked = rng.permutation(able)[: max(12, len(able) // 4)]
    linked = linked[np.argsort(district[linked], kind="stable")]
    size = rng.choice([1, 2, 3, 4], len(linked), p=[0.1, 0.6, 0.2, 0.1])
    group = np.repeat(np.arange(len(size)), size)[: len(linked)]
    street = np.unique(district[linked] * 10**7 + group, return_inverse=True)[1]
    streets = int(street.max(initial=-1)) + 1
    twice = np.flatnonzero(rng.random(len(linked)) < 0.125)
    second = np.minimum(street[twice] + 1, streets - 1)
    other = second != street[twice]
    twice, second = twice[other], second[other]
    part = np.ones(len(linked))
    part[twice] = 0.5
    return (
        np.concatenate([street, second]).astype(np.int64),
        np.concatenate([linked, linked[twice]]),
        np.concatenate([part, np.full(len(twice), 0.5)]),
    )
