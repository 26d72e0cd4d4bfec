"""The parcels in which what is still to leave of an order goes, as it is promised now."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.working_days import ShipDays
from fulfillment.domain.planning.promise import Departure, departures


@dataclass(frozen=True, slots=True)
class Parcel:
    """What leaves together: the day, and units by SKU."""

    on: date
    units: tuple[tuple[str, int], ...]


def parcels_to_come(order: Order, days: ShipDays) -> tuple[Parcel, ...]:
    """What is to leave, parcel by parcel, the next one first.

    What is released is one parcel for each shipment. What waits goes together if it leaves on the
    same day from the same place; what nothing is on its way for joins what leaves on its day.
    """
    goods: dict[object, Counter[str]] = defaultdict(Counter)
    leaves: dict[object, date] = {}
    parts = [part for part in departures(order, days) if part.units > 0]
    for part in sorted(parts, key=lambda part: part.place is None):
        key = _parcel_of(part, leaves)
        goods[key][part.line.sku] += part.units
        leaves[key] = max(part.on, leaves.get(key, part.on))
    made = (Parcel(leaves[key], tuple(sorted(units.items()))) for key, units in goods.items())
    return tuple(sorted(made, key=lambda parcel: (parcel.on, parcel.units)))


def _parcel_of(part: Departure, known: Iterable[object]) -> object:
    if not part.shipment.is_waiting:
        return part.shipment.id
    if part.place is not None:
        return part.on, part.place
    same_day = (key for key in known if isinstance(key, tuple) and key[0] == part.on)
    return next(same_day, (part.on, None))


def is_sooner(then: Iterable[Parcel], now: Iterable[Parcel]) -> bool:
    """Whether units leave sooner than they would, and on no day fewer have left by then."""
    before, after = _units_by_day(now), _units_by_day(then)
    days = sorted({*before, *after})
    had = has = 0
    is_better = False
    for day in days:
        had, has = had + before[day], has + after[day]
        if has < had:
            return False
        is_better |= has > had
    return is_better


def _units_by_day(parcels: Iterable[Parcel]) -> Counter[date]:
    counted: Counter[date] = Counter()
    for parcel in parcels:
        counted[parcel.on] += sum(units for _, units in parcel.units)
    return counted
