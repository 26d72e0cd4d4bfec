"""Pick and stage: what waits is put in a container, and stays claimed (behaviour.md §6)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fulfillment.domain.floor.dispatch import refuse_held
from fulfillment.domain.floor.picking import Grown, Room, Units
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.shipments import Claim, Shipment
from fulfillment.domain.model.statuses import WAITING, ShipmentStatus

MAY_GO_BACK = WAITING | {ShipmentStatus.READY}
"""Once somebody picks the rest, what is staged goes out with it."""


@dataclass(frozen=True, slots=True)
class Moving:
    """Units of an order that go into, or come out of, staging at one location.

    Without `units` it is all that can; with a `shipment` it is of that one alone.
    """

    location: str
    units: Units | None = None
    shipment: int | None = None


def stageable(order: Order, location: str | None = None) -> Counter[int]:
    """Units by line that an order which waits has allocated and nobody has in hands.

    Refused on hold, before the first claim, and where there is nothing.
    """
    refuse_held(order)
    if not order.first_claimed:
        message = f"order {order.number} has not claimed its units yet; wait a moment"
        raise conflict("not_claimed", message)
    if not _room(order.waiting, None, _loose):
        message = f"order {order.number} waits with nothing allocated that could be staged"
        raise conflict("nothing_to_stage", message)
    found = _room(order.waiting, location, _loose)
    if not found:
        message = f"order {order.number} has nothing at {location} that could be staged"
        raise conflict("nothing_to_stage", message, location=location)
    return found


def staged(order: Order, moving: Moving) -> Order:
    """These units are in a container: still on hand, claimed, waiting and in the plan."""
    possible = stageable(order, moving.location)
    units = possible if moving.units is None else moving.units
    after = _moved(order, order.waiting, replace(moving, units=units), (_loose, _into_staging))
    return after.noted("staged", location=moving.location, lines=_told(order, units))


def releasable(order: Order, location: str | None = None) -> Counter[int]:
    """Units by line that are staged and may go back to the shelf."""
    if not _room(_may_release(order), None, _staged):
        message = f"order {order.number} has nothing in staging that could go back"
        raise conflict("nothing_staged", message)
    found = _room(_may_release(order), location, _staged)
    if not found:
        message = f"order {order.number} has nothing in staging at {location}"
        raise conflict("nothing_staged", message, location=location)
    return found


def released(order: Order, moving: Moving) -> Order:
    """These staged units are on the shelf again, claimed as before and free to move."""
    possible = releasable(order, moving.location)
    units = possible if moving.units is None else moving.units
    after = _moved(
        order, _may_release(order), replace(moving, units=units), (_staged, _out_of_staging)
    )
    return after.noted("unstaged", location=moving.location, lines=_told(order, units))


def staged_units(order: Order) -> Counter[tuple[int, str]]:
    """Units in staging by order line and location."""
    total: Counter[tuple[int, str]] = Counter()
    for shipment in order.shipments:
        for line in shipment.lines:
            for claim in line.claims:
                total[line.order_line, claim.location] += claim.staged
    return +total


def _may_release(order: Order) -> tuple[Shipment, ...]:
    return tuple(s for s in order.shipments if s.status in MAY_GO_BACK)


def _moved(
    order: Order, shipments: tuple[Shipment, ...], moving: Moving, how: tuple[Room, Grown]
) -> Order:
    left = Counter(moving.units or {})
    changed = [
        _shipment(shipment, left, moving.location, how)
        for shipment in sorted(shipments, key=lambda each: each.number)
        if moving.shipment in (None, shipment.id)
    ]
    if over := +left:
        raise _too_many(order, moving, over)
    return order.with_shipments(changed)


def _shipment(
    shipment: Shipment, left: Counter[int], location: str, how: tuple[Room, Grown]
) -> Shipment:
    room, grown = how
    lines = []
    for line in shipment.lines:
        claims: list[Claim] = []
        for claim in line.claims:
            here = room(claim) if claim.location == location else 0
            taken = min(left[line.order_line], here)
            left[line.order_line] -= taken
            claims.append(grown(claim, taken) if taken else claim)
        lines.append(replace(line, claims=tuple(claims)))
    return replace(shipment, lines=tuple(lines))


def _too_many(order: Order, moving: Moving, over: Mapping[int, int]) -> RefusedError:
    asked = moving.units or {}
    known = {line.number for line in order.lines}
    if unknown := sorted(over.keys() - known):
        message = f"order {order.number} has no line {unknown[0]}"
        return invalid("unknown_line", message, "lines", line=unknown[0])
    facts = [
        {"line": line, "asked": asked[line], "possible": asked[line] - more}
        for line, more in sorted(over.items())
    ]
    named = ", ".join(f"{row['asked']} of line {row['line']}" for row in facts)
    message = f"order {order.number} has fewer units at {moving.location} than {named}"
    return conflict("more_than_there", message, lines=facts)


def _room(shipments: tuple[Shipment, ...], location: str | None, room: Room) -> Counter[int]:
    found: Counter[int] = Counter()
    for shipment in shipments:
        for line in shipment.lines:
            for claim in line.claims:
                if location in (None, claim.location):
                    found[line.order_line] += room(claim)
    return +found


def _loose(claim: Claim) -> int:
    return 0 if claim.drop_ship else claim.loose


def _staged(claim: Claim) -> int:
    return claim.staged


def _into_staging(claim: Claim, units: int) -> Claim:
    return replace(claim, staged=claim.staged + units)


def _out_of_staging(claim: Claim, units: int) -> Claim:
    return replace(claim, staged=claim.staged - units)


def _told(order: Order, units: Units) -> list[dict[str, object]]:
    skus = {line.number: line.sku for line in order.lines}
    return [{"line": n, "sku": skus[n], "units": units[n]} for n in sorted(units) if n in skus]
