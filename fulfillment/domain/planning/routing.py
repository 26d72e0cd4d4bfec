"""Which locations serve a shipment: one small object for each value of `routing`."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from fulfillment.domain.model.policy import Routing

Units = Mapping[str, int]
"""Units by SKU."""

EXHAUSTIVE_UP_TO = 10
"""With more candidate locations than this the smallest set is approximated greedily."""


class LocationChoice(ABC):
    """How locations are chosen, and when others would be better (behaviour.md §4.3)."""

    @abstractmethod
    def route(
        self,
        needs: Units,
        free: Mapping[str, Units],
        by_priority: Sequence[str],
        in_use: Collection[str] = (),
    ) -> Sequence[str]:
        """The locations to take from, first to last.

        `needs` are units by SKU, `free` units by SKU at each location, `by_priority` the locations
        the order may use, `in_use` those it has claims at already. Units are taken from the first
        location until it has no more, then from the next.
        """

    @abstractmethod
    def may_gain(self, held: Counter[str]) -> bool:
        """Whether units that are held at these locations could lie better at all."""

    @abstractmethod
    def is_better(
        self, before: Counter[str], after: Counter[str], by_priority: Sequence[str]
    ) -> bool:
        """Whether as many units by location lie better than before."""


class _LocationPriority(LocationChoice):
    def route(
        self,
        needs: Units,  # noqa: ARG002 -- whatever it has
        free: Mapping[str, Units],  # noqa: ARG002
        by_priority: Sequence[str],
        in_use: Collection[str] = (),  # noqa: ARG002
    ) -> Sequence[str]:
        """Take from the location that comes first in priority, whatever it has."""
        return by_priority

    def may_gain(self, held: Counter[str]) -> bool:
        return bool(held)

    def is_better(
        self, before: Counter[str], after: Counter[str], by_priority: Sequence[str]
    ) -> bool:
        return [after[at] for at in by_priority] > [before[at] for at in by_priority]


class _FewestLocations(LocationChoice):
    def route(
        self,
        needs: Units,
        free: Mapping[str, Units],
        by_priority: Sequence[str],
        in_use: Collection[str] = (),
    ) -> Sequence[str]:
        """One location that covers all, by priority; else the smallest set that covers most.

        A location where the order holds claims already costs nothing more, and goes into every set.
        """
        base = [location for location in by_priority if location in in_use]
        alone = {at: _covered(needs, free, [at]) for at in by_priority if at not in in_use}
        others = [at for at, units in alone.items() if units]
        most = _covered(needs, free, [*base, *others])
        if len(others) > EXHAUSTIVE_UP_TO:
            chosen = _greedy_set(needs, free, base, others, most)
        else:
            short = most - _covered(needs, free, base)
            fewest = _fewest_that_might_do(short, alone.values())
            sets = (extra for n in range(fewest, len(others)) for extra in combinations(others, n))
            enough = ({*base, *s} for s in sets if _covered(needs, free, [*base, *s]) == most)
            chosen = next(enough, {*base, *others})
        return [location for location in by_priority if location in chosen]

    def may_gain(self, held: Counter[str]) -> bool:
        return len(held) > 1

    def is_better(
        self,
        before: Counter[str],
        after: Counter[str],
        by_priority: Sequence[str],  # noqa: ARG002
    ) -> bool:
        return len(after) < len(before)


def _fewest_that_might_do(short: int, alone: Iterable[int]) -> int:
    """A lower bound: locations together never cover more than the sum of each alone."""
    size = 0
    for units in sorted(alone, reverse=True):
        if short <= 0:
            break
        short -= units
        size += 1
    return size


def _greedy_set(
    needs: Units, free: Mapping[str, Units], base: list[str], others: list[str], most: int
) -> set[str]:
    chosen, left = list(base), list(others)
    while _covered(needs, free, chosen) < most:
        best = max(left, key=lambda at: (_covered(needs, free, [*chosen, at]), -others.index(at)))
        chosen.append(best)
        left.remove(best)
    return set(chosen)


def _covered(needs: Units, free: Mapping[str, Units], locations: Sequence[str]) -> int:
    return sum(
        min(units, sum(free.get(location, {}).get(sku, 0) for location in locations))
        for sku, units in needs.items()
    )


MODES: Mapping[Routing, LocationChoice] = {
    Routing.FEWEST_LOCATIONS: _FewestLocations(),
    Routing.LOCATION_PRIORITY: _LocationPriority(),
}


def location_choice(routing: Routing) -> LocationChoice:
    """The mode of this name."""
    return MODES[routing]
