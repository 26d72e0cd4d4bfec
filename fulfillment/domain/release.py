"""Which parts of a waiting order may go, and which are dated to go later."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from fulfillment.domain.orders import Order, Peg, Shipment, ShipmentLine, waiting_lines
from fulfillment.domain.splitting import Destination, Part, split
from fulfillment.domain.statuses import ShipmentStatus
from fulfillment.domain.supply import Product

Divide = Callable[[ShipmentLine], list[Part]]

BACKORDER = Destination(ShipmentStatus.BACKORDER, None)


def release(order: Order, today: date, products: Mapping[str, Product]) -> Order:
    """The order with everything released that its policy lets go now (behaviour.md §3, §5).

    Until one wave is left, whatever is allocated goes as it comes, and what is pegged inside the
    limit becomes `future`. The last wave goes when it is complete, and not before.
    """
    if not order.may_release or not order.waiting:
        return order
    counts = _counting(order, today, products)
    divide = _last_wave(order, counts) if _is_last_wave(order) else _as_available(counts)
    return _with_wave(order, split(order, divide))


def _is_last_wave(order: Order) -> bool:
    return order.waves_left is not None and order.waves_left <= 1


def _counting(
    order: Order, today: date, products: Mapping[str, Product]
) -> Callable[[ShipmentLine], tuple[Peg, ...]]:
    """The pegs of a line that may take it out of `backorder`."""
    limit = today + timedelta(days=order.policy.future_limit_days)

    def counted(line: ShipmentLine) -> tuple[Peg, ...]:
        if not order.policy.future_inventory or not products[line.sku].future_allowed:
            return ()
        return tuple(peg for peg in line.pegs if peg.due_on <= limit)

    return counted


def _as_available(counts: Callable[[ShipmentLine], tuple[Peg, ...]]) -> Divide:
    def divide(line: ShipmentLine) -> list[Part]:
        dated = counts(line)
        parts = [
            Part(Destination(ShipmentStatus.READY, claim.location), claim.units, claims=(claim,))
            for claim in line.claims
        ]
        parts += [
            Part(Destination(ShipmentStatus.FUTURE, peg.location), peg.units, pegs=(peg,))
            for peg in dated
        ]
        rest = line.units - sum(part.units for part in parts)
        later = tuple(peg for peg in line.pegs if peg not in dated)
        return [*parts, Part(BACKORDER, rest, pegs=later)] if rest else parts

    return divide


def _last_wave(order: Order, counts: Callable[[ShipmentLine], tuple[Peg, ...]]) -> Divide:
    lines = list(waiting_lines(order))
    if not any(line.wanted for line in lines):
        return _as_available(counts)
    if all(line.wanted <= sum(peg.units for peg in counts(line)) for line in lines):
        return _one_future_group
    return lambda line: [Part(BACKORDER, line.units, claims=line.claims, pegs=line.pegs)]


def _one_future_group(line: ShipmentLine) -> list[Part]:
    """Everything waits together, dated, and keeps what it has."""
    future = ShipmentStatus.FUTURE
    claimed = [
        Part(Destination(future, claim.location), claim.units, claims=(claim,))
        for claim in line.claims
    ]
    pegged = [Part(Destination(future, peg.location), peg.units, pegs=(peg,)) for peg in line.pegs]
    return claimed + pegged


def _with_wave(before: Order, after: Order) -> Order:
    """Everything released together is one wave."""
    known = {shipment.id: shipment.status for shipment in before.shipments}
    released: list[Shipment] = [
        shipment
        for shipment in after.shipments
        if shipment.status is ShipmentStatus.READY
        and known.get(shipment.id) is not ShipmentStatus.READY
    ]
    if not released:
        return after
    wave = after.waves_spent + 1
    numbered = [replace(shipment, wave=wave, expected_on=None) for shipment in released]
    return replace(after.with_shipments(numbered), waves_spent=wave)
