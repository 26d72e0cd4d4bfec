"""How far the units of a line are sourced: in stock, as good as in stock, or dated."""

from datetime import date, timedelta

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Peg, Shipment, ShipmentLine
from fulfillment.domain.model.supply import Snapshot


def waiting_units(order: Order) -> int:
    """Units that are neither in stock nor on a peg that counts as met."""
    return sum(
        [line.wanted - met_units(order, line) for part in order.planned for line in part.lines]
    )


def is_met(order: Order, peg: Peg) -> bool:
    """Whether a peg counts as met: its purchase order is as far as `min_po_status` says."""
    return order.policy.min_po_status.is_reached_by(peg.status)


def met_pegs(order: Order, line: ShipmentLine) -> tuple[Peg, ...]:
    """The pegs of a line that count as met."""
    return tuple([peg for peg in line.pegs if is_met(order, peg)]) if line.pegs else ()


def met_units(order: Order, line: ShipmentLine) -> int:
    """Units on pegs that count as met: not yet received, and as good as in stock."""
    return sum([peg.units for peg in line.pegs if is_met(order, peg)]) if line.pegs else 0


def dated_pegs(order: Order, line: ShipmentLine, snapshot: Snapshot) -> tuple[Peg, ...]:
    """The pegs that may take units out of `backorder` as `future`."""
    product = snapshot.products[line.sku]
    if not order.policy.future_inventory or not product.future_allowed:
        return ()
    limit = snapshot.today + timedelta(days=order.policy.future_limit_days)
    return tuple(peg for peg in line.pegs if peg.has_arrived or peg.due_on <= limit)


def is_all_met(order: Order, shipment: Shipment) -> bool:
    """Whether every unit is in stock or on a peg that counts as met."""
    return all(line.wanted <= met_units(order, line) for line in shipment.lines)


def is_all_sourced(order: Order, shipment: Shipment, snapshot: Snapshot) -> bool:
    """Whether every unit is in stock, on a peg that counts as met, or dated."""
    return all(
        line.wanted
        <= sum(peg.units for peg in {*met_pegs(order, line), *dated_pegs(order, line, snapshot)})
        for line in shipment.lines
    )


def is_due_by(order: Order, line: ShipmentLine, day: date, free: int = 0) -> bool:
    """Whether all that is missing of a line is free, or on pegs that are met or due by that day."""
    met = met_pegs(order, line)
    soon = sum(peg.units for peg in line.pegs if peg in met or peg.has_arrived or peg.due_on <= day)
    return line.wanted <= soon + free
