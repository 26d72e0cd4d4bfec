"""Who gets the goods that came: which orders, and which released shipments straight away."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import ShipmentStatus

Place = tuple[str, str]
"""SKU and location."""


class Gain(NamedTuple):
    """Units that somebody has gained at a location: a shipment, or an order as a whole."""

    sku: str
    location: str
    taker: int
    units: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units of one receipt's line of which it is not known yet where they go."""

    receipt: int
    supply: int
    sku: str
    location: str
    units: int


class Docked(NamedTuple):
    """Units of one receipt's line that go to a taker: a shipment, or an order as a whole."""

    receipt: int
    supply: int
    taker: int
    units: int


def gains(before: Order, after: Order) -> Iterator[Gain]:
    """What the released shipments of an order have gained by a plan.

    Units that a shipment was holding while it waited are on the shelf already: an order gains no
    more of a SKU at a place than it holds more there.
    """
    was_ready = {s.id: s for s in before.shipments if s.status is ShipmentStatus.READY}
    more = _claimed(after.live)
    more.subtract(_claimed(before.live))
    for shipment in after.shipments:
        if shipment.status is not ShipmentStatus.READY:
            continue
        held = _claimed([was_ready[shipment.id]] if shipment.id in was_ready else [])
        for place, units in sorted(_claimed([shipment]).items()):
            gained = min(units - held[place], more[place])
            if gained > 0:
                more[place] -= gained
                yield Gain(*place, shipment.id, gained)


def order_gains(before: Order, after: Order) -> Iterator[Gain]:
    """What an order as a whole holds more of at each place, released or not."""
    more = _claimed(after.live) - _claimed(before.live)
    for place, units in sorted(more.items()):
        yield Gain(*place, after.id, units)


def dock(arrivals: Sequence[Arrival], gained: Iterable[Gain]) -> list[Docked]:
    """Give what was gained out of what arrived there, the first receipt first."""
    here: dict[Place, deque[Arrival]] = defaultdict(deque)
    for arrival in arrivals:
        here[arrival.sku, arrival.location].append(arrival)
    used: Counter[Place] = Counter()
    docked: Counter[tuple[int, int, int]] = Counter()
    for gain in gained:
        wanted, place = gain.units, (gain.sku, gain.location)
        while wanted and here[place]:
            first = here[place][0]
            units = min(wanted, first.units - used[place])
            docked[first.receipt, first.supply, gain.taker] += units
            wanted -= units
            used[place] += units
            if used[place] == first.units:
                here[place].popleft()
                used[place] = 0
    return [Docked(*key, units) for key, units in sorted(docked.items())]


def _claimed(shipments: Iterable[Shipment]) -> Counter[Place]:
    claimed: Counter[Place] = Counter()
    for shipment in shipments:
        for line in shipment.lines:
            for claim in line.claims:
                if not claim.drop_ship:
                    claimed[line.sku, claim.location] += claim.units
    return claimed
