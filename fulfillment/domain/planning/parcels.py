"""One wave at one place is one parcel: what goes together from a location is one shipment."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Claim, Peg, Shipment, ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.planning.splitting import unstored_id


def in_one_parcel(before: Order, after: Order, released: Iterable[Shipment]) -> Order:
    """The order with these shipments, which begin one wave now, joined where they lie together.

    The first of a place takes the units of the others in. One that is not stored yet is gone then;
    another becomes `reassigned`, as it was before, and is history.
    """
    at: dict[str | None, list[Shipment]] = defaultdict(list)
    for shipment in sorted(released, key=lambda shipment: shipment.number):
        at[shipment.location].append(shipment)
    waited = {shipment.id: shipment for shipment in before.shipments}
    parents = {shipment.parent for shipment in after.shipments}
    for first, *others in at.values():
        joined = first
        for other in others:
            joined = _with_units_of(after, joined, other)
            if other.id > 0 or other.id in parents:
                after = after.with_shipments([_emptied(waited[other.id])])
            else:
                kept = tuple(each for each in after.shipments if each.id != other.id)
                after = replace(after, shipments=kept)
        if others:
            after = after.with_shipments([joined])
    return after


def _with_units_of(order: Order, into: Shipment, other: Shipment) -> Shipment:
    """A shipment with the lines of another one beside its own."""
    lines = {line.order_line: line for line in into.lines}
    base = unstored_id(order, other.number)
    for at, more in enumerate(other.lines):
        known = lines.get(more.order_line)
        moved = replace(more, id=more.id if more.id < 0 else base - at)
        lines[more.order_line] = _joined(known, moved) if known else moved
    return replace(into, lines=tuple(lines.values()))


def _joined(line: ShipmentLine, more: ShipmentLine) -> ShipmentLine:
    claims: dict[tuple[str, bool], Claim] = {}
    for claim in (*line.claims, *more.claims):
        place = (claim.location, claim.drop_ship)
        claims[place] = _sum(claims[place], claim) if place in claims else claim
    pegs: dict[tuple[int, bool], Peg] = {}
    for peg in (*line.pegs, *more.pegs):
        tie = (peg.supply, peg.pinned)
        units = peg.units + (pegs[tie].units if tie in pegs else 0)
        pegs[tie] = replace(peg, units=units)
    return replace(
        line,
        units=line.units + more.units,
        claims=tuple(claims.values()),
        pegs=tuple(pegs.values()),
    )


def _sum(claim: Claim, more: Claim) -> Claim:
    return replace(
        claim,
        units=claim.units + more.units,
        picked=claim.picked + more.picked,
        staged=claim.staged + more.staged,
        pinned=claim.pinned + more.pinned,
    )


def _emptied(shipment: Shipment) -> Shipment:
    """What had waited by itself, and went into another shipment."""
    return replace(
        shipment.moved(ShipmentStatus.REASSIGNED),
        lines=tuple(replace(line, claims=(), pegs=()) for line in shipment.lines),
        expected_on=None,
    )
