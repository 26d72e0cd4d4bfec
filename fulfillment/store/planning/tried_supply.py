"""Supply that is only tried, in the place of what is stored."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.supply import Otherwise, Supply
from fulfillment.store.planning.lines import pegs


def with_tried(
    supplies: Mapping[int, Supply],
    otherwise: Mapping[int, Otherwise],
    orders: Iterable[Order],
    skus: Set[str],
) -> dict[int, Supply]:
    """These supplies, some of them as they would be, as far as they are open to these orders."""
    found = dict(supplies)
    held = Counter[int]()
    for peg in pegs(orders):
        held[peg.supply] += peg.units
    for id_, other in otherwise.items():
        there = found.pop(id_).outstanding if id_ in found else 0
        if other.now.is_coming and other.now.sku in skus:
            left = other.left_for(there, held[id_])
            found[id_] = replace(other.now, outstanding=left)
    return found
