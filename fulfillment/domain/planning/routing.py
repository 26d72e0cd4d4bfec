"""Which locations serve a shipment: small strategies chosen by name."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import combinations

from fulfillment.domain.model.policy import Routing

Units = Mapping[str, int]
"""Units by SKU."""

Strategy = Callable[[Units, Mapping[str, Units], Sequence[str], Collection[str]], Sequence[str]]

EXHAUSTIVE_UP_TO = 10
"""With more candidate locations than this the smallest set is approximated greedily."""


def route(
    strategy: Routing,
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
    return STRATEGIES[strategy](needs, free, by_priority, in_use)


def location_priority(
    needs: Units,  # noqa: ARG001 -- every strategy has the same shape
    free: Mapping[str, Units],  # noqa: ARG001
    by_priority: Sequence[str],
    in_use: Collection[str],  # noqa: ARG001
) -> Sequence[str]:
    """Take from the location that comes first in priority, whatever it has."""
    return by_priority


def fewest_locations(
    needs: Units,
    free: Mapping[str, Units],
    by_priority: Sequence[str],
    in_use: Collection[str],
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


STRATEGIES: dict[Routing, Strategy] = {
    Routing.FEWEST_LOCATIONS: fewest_locations,
    Routing.LOCATION_PRIORITY: location_priority,
}
