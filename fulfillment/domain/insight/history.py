"""What happened to an order, read off from how it was and how it is."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from fulfillment.domain.insight.expectations import promise_changes, waiting_changes
from fulfillment.domain.model.orders import Order, OrderEvent
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from fulfillment.domain.planning.expiry import told_date

STATUS_WORDS = {
    ShipmentStatus.BACKORDER: "backordered",
    ShipmentStatus.FUTURE: "dated",
    ShipmentStatus.READY: "released",
    ShipmentStatus.PICKING: "picking_started",
    ShipmentStatus.PICKED: "picked",
    ShipmentStatus.PACKED: "packed",
    ShipmentStatus.SHIPPED: "shipped",
    ShipmentStatus.REASSIGNED: "split",
    ShipmentStatus.CANCELLED: "shipment_cancelled",
}

UNSET = "the merchant's"
"""What an order says of a knob that it leaves to the wider scopes."""

Claims = Counter[tuple[int, str, str]]
"""Units by order line, SKU and location."""

Pins = Counter[tuple[int, str]]
"""Units by order line and the document of the supply."""


def happenings(before: Order, after: Order, today: date) -> Iterator[OrderEvent]:
    """Every change between two states of one order, in the order in which one would tell it."""
    yield from after.notes
    yield from _head_changes(before, after)
    yield from _line_changes(before, after)
    yield from _claim_changes(before, after)
    yield from _shipment_changes(before, after)
    yield from _pin_changes(before, after)
    yield from waiting_changes(before, after)
    yield from promise_changes(before, after, today)
    if before.is_ready_to_ship != after.is_ready_to_ship:
        yield OrderEvent(after.id, "ready_to_ship", {"ready": after.is_ready_to_ship})
    yield from _status_changes(before, after)


def _status_changes(before: Order, after: Order) -> Iterator[OrderEvent]:
    """A hold more or less that leaves the order where it is, is told by itself."""
    if before.status is not after.status:
        facts: dict[str, object] = {"from": before.status, "to": after.status}
        if after.status is OrderStatus.ON_HOLD:
            facts["holds"] = list(after.holds)
        yield OrderEvent(after.id, "status_changed", facts)
    elif before.holds != after.holds:
        yield OrderEvent(after.id, "holds_changed", {"holds": list(after.holds)})


def _head_changes(before: Order, after: Order) -> Iterator[OrderEvent]:
    if before.rank.priority != after.rank.priority:
        facts: dict[str, object] = {"from": before.rank.priority, "to": after.rank.priority}
        yield OrderEvent(after.id, "priority_changed", facts)
    if before.lock != after.lock:
        yield OrderEvent(after.id, "lock_changed", {"from": before.lock, "to": after.lock})
    if before.cancel_on != after.cancel_on:
        facts = {"from": told_date(before.cancel_on), "to": told_date(after.cancel_on)}
        yield OrderEvent(after.id, "cancel_date_changed", facts)
    if before.knobs != after.knobs:
        knobs = sorted(before.knobs.keys() | after.knobs.keys())
        changed = {
            knob: {"from": before.knobs.get(knob, UNSET), "to": after.knobs.get(knob, UNSET)}
            for knob in knobs
            if before.knobs.get(knob, UNSET) != after.knobs.get(knob, UNSET)
        }
        yield OrderEvent(after.id, "policy_changed", {"knobs": changed})
    if before.verified != after.verified:
        yield OrderEvent(after.id, "verified")
    if before.prepared != after.prepared:
        yield OrderEvent(after.id, "prepared")


def _line_changes(before: Order, after: Order) -> Iterator[OrderEvent]:
    known = {line.number: line for line in before.lines}
    for line in after.lines:
        old = known.get(line.number)
        facts: dict[str, object] = {"line": line.number, "sku": line.sku}
        if old is not None and line.cancelled > old.cancelled:
            units = line.cancelled - old.cancelled
            yield OrderEvent(after.id, "units_cancelled", {**facts, "units": units})
        if old is not None and line.by_hand != old.by_hand:
            yield OrderEvent(after.id, "by_hand" if line.by_hand else "by_itself", facts)


def _claim_changes(before: Order, after: Order) -> Iterator[OrderEvent]:
    had, has = _claims(before), _claims(after)
    gone = {shipment.id for shipment in after.shipments if _has_left(shipment)}
    left_before = {shipment.id for shipment in before.shipments if _has_left(shipment)}
    if gained := has - had - _claims(after, only=left_before):
        yield OrderEvent(after.id, "allocated", {"lines": _lines(gained)})
    lost = had - has - _claims(before, only=gone)
    if lost:
        yield OrderEvent(after.id, "unallocated", {"lines": _lines(lost)})


def _pin_changes(before: Order, after: Order) -> Iterator[OrderEvent]:
    """Pins that are gone, wait for late supply, or are back, and that no person moved or freed."""
    late, still_late = _late_pins(before), _late_pins(after)
    had, has = _pins(before) + late, _pins(after) + still_late
    told = {
        "pin_lost": _lost(before, after, had, has),
        "pin_late": still_late - late,
        "pin_back": (late - still_late) & (_pins(after) - _pins(before)),
    }
    by_person = {note.facts["line"] for note in after.notes if note.kind in ("pinned", "unpinned")}
    for kind, pins in told.items():
        for (line, source), units in sorted(pins.items()):
            if line not in by_person:
                facts: dict[str, object] = {"line": line, "source": source, "units": units}
                yield OrderEvent(after.id, kind, facts)


def _lost(before: Order, after: Order, had: Pins, has: Pins) -> Pins:
    """Pins that are gone although their line still wants the units."""
    lost: Pins = Counter()
    for (line, source), units in (had - has).items():
        unpinned = _wanted(after, line) - sum(n for (at, _), n in has.items() if at == line)
        came = _allocated(after, line) - _allocated(before, line)
        lost[line, source] = min(units, unpinned, units - came)
    return +lost


def _late_pins(order: Order) -> Pins:
    pins: Pins = Counter()
    for line in order.lines:
        for pin in line.late_pins:
            pins[line.number, pin.source] += pin.units
    return pins


def _pins(order: Order) -> Pins:
    pins: Pins = Counter()
    for shipment in order.planned:
        for line in shipment.lines:
            for peg in line.pegs:
                if peg.pinned:
                    pins[line.order_line, peg.source] += peg.units
    return pins


def _allocated(order: Order, number: int) -> int:
    return sum(line.allocated for s in order.live for line in s.lines if line.order_line == number)


def _wanted(order: Order, number: int) -> int:
    return sum(line.wanted for s in order.live for line in s.lines if line.order_line == number)


def _has_left(shipment: Shipment) -> bool:
    return shipment.status is ShipmentStatus.SHIPPED


def _claims(order: Order, only: set[int] | None = None) -> Claims:
    total: Claims = Counter()
    for shipment in order.shipments:
        if only is None or shipment.id in only:
            total.update(_shipment_claims(shipment))
    return total


def _shipment_claims(shipment: Shipment) -> Claims:
    claims: Claims = Counter()
    for line in shipment.lines:
        for claim in line.claims:
            claims[line.order_line, line.sku, claim.location] += claim.units
    return claims


def _lines(claims: Claims) -> list[dict[str, object]]:
    return [
        {"line": line, "sku": sku, "location": location, "units": units}
        for (line, sku, location), units in sorted(claims.items())
    ]


def _shipment_changes(before: Order, after: Order) -> Iterator[OrderEvent]:
    known = {shipment.id: shipment for shipment in before.shipments}
    for shipment in after.shipments:
        old = known.get(shipment.id)
        if old is None or old.status is not shipment.status:
            yield OrderEvent(after.id, STATUS_WORDS[shipment.status], _facts(shipment, after))
        elif old.expected_on != shipment.expected_on:
            yield OrderEvent(after.id, "date_moved", _facts(shipment, after))


def _facts(shipment: Shipment, order: Order) -> dict[str, object]:
    facts: dict[str, object] = {"shipment": shipment.number, "units": _units(shipment)}
    if shipment.status is ShipmentStatus.REASSIGNED:
        facts["into"] = [child.number for child in order.shipments if child.parent == shipment.id]
    for name in ("location", "wave", "expected_on"):
        if (value := getattr(shipment, name)) is not None:
            facts[name] = value.isoformat() if name == "expected_on" else value
    return facts


def _units(shipment: Shipment) -> int:
    return sum(line.units for line in shipment.lines)
