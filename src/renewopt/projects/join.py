"""Parts that are too small to build join a neighbour: stubs, corners, leftovers.

A part joins one that it touches, else one of its street, else the nearest within reach,
in this order, and of several the one most like it: by the loss per cost first, so that
what is worth renewing soon is not held up by what is not. The smallest part goes first,
so that the result hangs on nothing but the parts.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from renewopt.catalogue.modes import Grouping
from renewopt.projects.places import Places, nodes_of

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
SLACK = 1e-9


@dataclass
class Part:
    """A part of the network that is built together.

    `duty` is (rank, due year): the smaller, the stricter. `like` are its values of the
    columns that projects are preferably parted by, the street first.
    """

    assets: list[int]
    border: int
    duty: tuple[int, int]
    modes: frozenset[str]
    like: tuple[str, ...]
    quantity: float
    cost: float
    loss: float = 0.0
    nodes: set[object] = field(default_factory=set)

    def apart(self, other: Part) -> int:
        """Give how often the loss per cost of one doubles to be the other's."""
        if min(self.loss, self.cost, other.loss, other.cost) <= 0:
            return 0
        ratio = (self.loss * other.cost) / (other.loss * self.cost)
        return round(abs(float(np.log2(ratio))))

    def is_small(self, rules: Grouping) -> bool:
        """Tell whether the part is below each least size that is given."""
        tests = []
        if rules.least_quantity > 0:
            tests.append(self.quantity < rules.least_quantity - SLACK)
        if rules.least_cost > 0:
            tests.append(self.cost < rules.least_cost - SLACK)
        return bool(tests) and all(tests)


def join_small(
    frame: pd.DataFrame,
    part: IntArray,
    border: IntArray,
    like: Iterable[str],
    places: Places,
    rules: Grouping,
) -> IntArray:
    """Give the part of every asset after the small ones have joined a neighbour.

    Parameters
    ----------
    frame
        `quantity`, `base_cost`, `rank`, `due`, `modes`, `street`, `corridor_id`.
    part, border
        Part of every asset; number of its values in the columns of `by`.
    like
        Columns that projects are preferably parted by.
    """
    if not (rules.least_quantity > 0 or rules.least_cost > 0) or len(frame) == 0:
        return part
    return _Joiner(frame, part, border, tuple(like), places, rules).run()


class _Joiner:
    def __init__(
        self,
        frame: pd.DataFrame,
        part: IntArray,
        border: IntArray,
        like: tuple[str, ...],
        places: Places,
        rules: Grouping,
    ) -> None:
        self.rules = rules
        self.part = part.copy()
        self.parts = _parts(frame, part, border, like, places)
        self.at: dict[object, set[int]] = {}
        for number, own in self.parts.items():
            for node in own.nodes:
                self.at.setdefault(node, set()).add(number)
        self.known = np.flatnonzero(places.known)
        self.middle = places.middle
        self.tree = cKDTree(self.middle[self.known]) if len(self.known) else None

    def run(self) -> IntArray:
        queue = [
            (own.quantity, number)
            for number, own in self.parts.items()
            if own.is_small(self.rules)
        ]
        heapq.heapify(queue)
        while queue:
            quantity, number = heapq.heappop(queue)
            own = self.parts.get(number)
            if own is None or own.quantity != quantity or not own.is_small(self.rules):
                continue
            other = self._neighbour(number, own)
            if other is None:
                continue
            self._unite(other, number)
            if self.parts[other].is_small(self.rules):
                heapq.heappush(queue, (self.parts[other].quantity, other))
        return self.part

    def _neighbour(self, number: int, own: Part) -> int | None:
        """Find the best part to join: touching, of the street, within reach."""
        touching = {other for node in own.nodes for other in self.at[node]}
        best = self._best(own, touching - {number}, {})
        if best is not None:
            return best
        near = self._within_reach(own)
        near.pop(number, None)
        return self._best(own, set(near), near)

    def _within_reach(self, own: Part) -> dict[int, float]:
        """Give the parts within reach and how far away they are, metres."""
        placed = [a for a in own.assets if np.isfinite(self.middle[a]).all()]
        if self.tree is None or not placed:
            return {}
        found: dict[int, float] = {}
        reach = self.rules.join_within_m
        for asset in placed:
            for i in self.tree.query_ball_point(self.middle[asset], reach):
                other = int(self.part[self.known[i]])
                away = self.middle[self.known[i]] - self.middle[asset]
                metres = float(np.hypot(*away))
                found[other] = min(found.get(other, metres), metres)
        return found

    def _best(
        self, own: Part, others: set[int], metres: dict[int, float]
    ) -> int | None:
        best: tuple[object, ...] | None = None
        for number in others:
            other = self.parts[number]
            if not self._fits(own, other):
                continue
            unlike = sum(a != b for a, b in zip(own.like, other.like, strict=True))
            elsewhere = own.like[:1] != other.like[:1]
            loses = not other.modes <= own.modes
            rank = (
                loses,
                own.apart(other),
                elsewhere,
                unlike,
                round(metres.get(number, 0.0), 1),
                other.quantity,
                number,
            )
            best = rank if best is None or rank < best else best
        return None if best is None else int(str(best[-1]))

    def _fits(self, own: Part, other: Part) -> bool:
        """Tell whether the two may be built together.

        A duty never spreads over a project that is large enough without it: the one
        that is joined has a duty as strict, or is too small itself.
        """
        rules = self.rules
        return (
            own.border == other.border
            and (other.duty <= own.duty or other.is_small(rules))
            and bool(own.modes & other.modes or not (own.modes or other.modes))
            and own.quantity + other.quantity <= rules.max_quantity + SLACK
            and own.cost + other.cost <= rules.max_cost + SLACK
        )

    def _unite(self, into: int, number: int) -> None:
        own, other = self.parts.pop(number), self.parts[into]
        self.part[own.assets] = into
        for node in own.nodes:
            self.at[node].discard(number)
            self.at[node].add(into)
        if own.quantity > other.quantity:
            other.like = own.like
        other.assets += own.assets
        other.nodes |= own.nodes
        other.duty = min(own.duty, other.duty)
        other.modes &= own.modes
        other.quantity += own.quantity
        other.cost += own.cost
        other.loss += own.loss


def _parts(
    frame: pd.DataFrame,
    part: IntArray,
    border: IntArray,
    like: tuple[str, ...],
    places: Places,
) -> dict[int, Part]:
    """Describe every part; where nothing has a place, a street counts as one spot."""
    first, last = nodes_of(places)
    quantity = frame["quantity"].fillna(0).to_numpy(np.float64)
    cost = frame["base_cost"].to_numpy(np.float64)
    loss = frame["risk_now"].fillna(0).to_numpy(np.float64)
    street = frame["street"].astype(str).to_numpy(object)
    corridor = frame["corridor_id"].astype(str).to_numpy(object)
    duty = list(zip(frame["rank"], frame["due"], strict=True))
    modes = frame["modes"].to_numpy(object)
    looks = list(zip(*(frame[c].to_numpy(object) for c in like), strict=True))
    found: dict[int, Part] = {}
    for i, number in enumerate(part.tolist()):
        own = found.get(number)
        if own is None:
            ways = frozenset(str(modes[i]).split(";")) - {""}
            look = tuple(str(v) for v in looks[i]) if looks else ()
            own = Part([], int(border[i]), duty[i], ways, look, 0.0, 0.0)
            found[number] = own
        own.assets.append(i)
        own.duty = min(own.duty, duty[i])
        own.quantity += quantity[i]
        own.cost += cost[i]
        own.loss += loss[i]
        own.nodes |= {node for node in (first[i], last[i]) if node >= 0}
        if corridor[i]:
            own.nodes.add(("corridor", corridor[i]))
        if first[i] < 0 and not corridor[i] and street[i]:
            own.nodes.add(("street", street[i]))
    return found
