"""Why an order's units wait: a fixed set of reasons, each found by one small rule."""

from collections.abc import Iterator
from datetime import date, timedelta

from fulfillment.domain.insight.explain_places import elsewhere, out_of_use
from fulfillment.domain.insight.explain_policy import of_the_gate, of_the_release
from fulfillment.domain.insight.explain_rivals import held_by_later, others_first, pinned_by_later
from fulfillment.domain.insight.explanation import (
    NO_RIVALS,
    ExplanationContext,
    Reason,
    ReasonCode,
    Waiting,
)
from fulfillment.domain.model.counting import counted, does
from fulfillment.domain.model.holds import holds_in_words
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import LatePin, Peg, Shipment, ShipmentLine, lines_in_order
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.domain.model.supply import Supply
from fulfillment.domain.planning.sourcing import met_pegs, met_units


def explain(order: Order, around: ExplanationContext) -> tuple[Waiting, ...]:
    """Every line that waits, with the reasons in the order in which they should be read."""
    return tuple(
        Waiting(
            line=line.order_line,
            sku=line.sku,
            shipment=shipment.number,
            status=shipment.status,
            units=line.units,
            allocated=line.allocated,
            wanted=line.wanted,
            place=rivals.waiting + 1,
            wanted_ahead=rivals.wanted,
            reasons=tuple(_reasons(order, shipment, line, around)),
        )
        for shipment in sorted(order.planned, key=lambda shipment: shipment.number)
        for line in lines_in_order(shipment)
        for rivals in [around.rivals.get(line.sku, NO_RIVALS)]
        if shipment.is_waiting or line.wanted
    )


def _reasons(
    order: Order, shipment: Shipment, line: ShipmentLine, around: ExplanationContext
) -> Iterator[Reason]:
    if not shipment.is_waiting:
        yield _not_yet_received(order, line)
        return
    yield from _of_the_order(order, line)
    if line.wanted:
        yield from of_the_gate(order, shipment, line, around)
        yield from _of_the_pegs(order, line, around)
        rivals = around.rivals.get(line.sku, NO_RIVALS)
        if rivals.wanted or rivals.idle or (rivals.orders and line.wanted > line.pegged):
            yield others_first(rivals, line.wanted - line.pegged or line.wanted)
    yield from out_of_use(order, line, around)
    if line.wanted > line.pegged:
        yield from _of_the_stock(order, line, around)
    yield from of_the_release(order, shipment, line, around)


def _not_yet_received(order: Order, line: ShipmentLine) -> Reason:
    units = met_units(order, line)
    named = ", ".join(sorted({peg.source for peg in met_pegs(order, line)})) or "supply"
    sentence = f"{counted(units, 'unit')} can be picked once {named} is received."
    return Reason(ReasonCode.NOT_YET_RECEIVED, units, sentence, {"sources": named})


# --- the order as a whole ------------------------------------------------------------------------


def _of_the_order(order: Order, line: ShipmentLine) -> Iterator[Reason]:
    if not order.first_claimed:
        sentence = "The order was taken in and has not claimed any stock yet."
        yield Reason(ReasonCode.NOT_CLAIMED_YET, line.wanted, sentence)
    if order.holds:
        sentence = (
            f"The order is on hold ({holds_in_words(order.holds)}); it keeps its place and units."
        )
        yield Reason(ReasonCode.ON_HOLD, line.units, sentence, {"holds": list(order.holds)})
    if order.first_claimed and not order.verified:
        sentence = "The order waits to be verified; it keeps its place and its units."
        yield Reason(ReasonCode.UNVERIFIED, line.units, sentence)
    elif order.first_claimed and not order.is_prepared:
        sentence = "The order waits for somebody to choose its locations and channels."
        yield Reason(ReasonCode.NOT_PREPARED, line.units, sentence)
    if order.first_claimed and not order.is_authorised:
        sentence = "The order's payment is not authorised for its value; it keeps its place."
        facts: dict[str, object] = {
            "value_minor": order.value_minor,
            "secured_minor": order.terms.secured_minor,
        }
        yield Reason(ReasonCode.PAYMENT_NOT_AUTHORISED, line.units, sentence, facts)


# --- supply that is tied to the line -------------------------------------------------------------


def _of_the_pegs(order: Order, line: ShipmentLine, around: ExplanationContext) -> Iterator[Reason]:
    for peg in line.pegs:
        yield Reason(ReasonCode.PEGGED, peg.units, _pegged(peg), _peg_facts(peg))
    for pin in order.line(line.order_line).late_pins:
        yield _late(pin)
    if not line.pegs:
        return
    product = around.products[line.sku]
    if not order.policy.future_inventory or not product.future_allowed:
        yield _future_off(line, by_product=order.policy.future_inventory)
        return
    limit = around.today + timedelta(days=order.policy.future_limit_days)
    for peg in line.pegs:
        if peg.due_on > limit:
            yield _beyond(peg, limit, order.policy.future_limit_days)


def _pegged(peg: Peg) -> str:
    if peg.has_arrived:
        return (
            f"{counted(peg.units, 'unit')} of {peg.source} {does(peg.units, 'has')} arrived at"
            f" {peg.location}, not received yet."
        )
    pin = ", pinned by hand" if peg.pinned else ""
    return (
        f"{counted(peg.units, 'unit')} will come with {peg.source or 'supply'} to"
        f" {peg.location}, expected on {peg.due_on}{pin}."
    )


def _late(pin: LatePin) -> Reason:
    sentence = (
        f"{counted(pin.units, 'unit is')} pinned by hand to {pin.source}, which has no date ahead;"
        " what comes of it goes there first."
    )
    facts: dict[str, object] = {"supply": pin.supply, "source": pin.source}
    return Reason(ReasonCode.PIN_IS_LATE, pin.units, sentence, facts)


def _peg_facts(peg: Peg) -> dict[str, object]:
    return {
        "supply": peg.supply,
        "source": peg.source,
        "location": peg.location,
        "expected_on": peg.due_on,
        "pinned": peg.pinned,
    }


def _future_off(line: ShipmentLine, *, by_product: bool) -> Reason:
    who = "the product does" if by_product else "the policy does"
    sentence = (
        f"What is on its way may not be released before it is here, since {who} not allow it."
    )
    facts: dict[str, object] = {"by": "product" if by_product else "policy"}
    return Reason(ReasonCode.FUTURE_INVENTORY_OFF, line.pegged, sentence, facts)


def _beyond(peg: Peg, limit: date, days: int) -> Reason:
    sentence = (
        f"{counted(peg.units, 'unit')} expected on {peg.due_on} {does(peg.units, 'lies')} beyond"
        f" the limit of {counted(days, 'day')} ({limit})."
    )
    facts: dict[str, object] = {"expected_on": peg.due_on, "limit": limit, "limit_days": days}
    return Reason(ReasonCode.BEYOND_FUTURE_LIMIT, peg.units, sentence, facts)


# --- units that nothing is tied to ---------------------------------------------------------------


def _of_the_stock(order: Order, line: ShipmentLine, around: ExplanationContext) -> Iterator[Reason]:
    without = line.wanted - line.pegged
    if line.sku in around.owed:
        sentence = "Stock of this product is being given out now, from the head of the queue."
        yield Reason(ReasonCode.DISTRIBUTION_OWED, without, sentence)
    yield from elsewhere(order, line, around)
    yield from held_by_later(order, line, around)
    yield from pinned_by_later(order, line, around)
    undated = _undated(order, line, around)
    for supply in undated:
        yield _no_date(supply, around.today)
    unmet = without - sum(supply.outstanding for supply in undated)
    if unmet > 0 and order.first_claimed:
        sentence = f"Nothing that is on its way is left for {counted(unmet, 'unit')}."
        yield Reason(ReasonCode.WAITS_FOR_STOCK, unmet, sentence)


def _undated(order: Order, line: ShipmentLine, around: ExplanationContext) -> list[Supply]:
    """Inbound supply that can not be pegged: its date is missing, or has passed."""
    only = order.place_of(line.order_line)
    found = [
        supply
        for supply in around.supplies
        if supply.sku == line.sku
        and supply.outstanding > 0
        and supply.status is not PurchaseOrderStatus.ARRIVED
        and only in (None, supply.location)
        and supply.location not in around.out_of_use
        and (supply.due_on is None or supply.due_on < around.today)
    ]
    return sorted(found, key=lambda supply: (supply.due_on or date.max, supply.id))


def _no_date(supply: Supply, today: date) -> Reason:
    name, units = supply.source or "a supply", supply.outstanding
    what = f"{counted(units, 'unit')} of {name} to {supply.location}"
    is_, was = does(units, "is"), does(units, "was")
    if supply.due_on is None:
        sentence = f"{what} {is_} on order without a date, and can not be promised."
    else:
        late = counted((today - supply.due_on).days, "day")
        sentence = f"{what} {was} expected on {supply.due_on} and {is_} {late} overdue."
    facts: dict[str, object] = {
        "supply": supply.id,
        "source": supply.source,
        "location": supply.location,
        "overdue_since": supply.due_on,
    }
    return Reason(ReasonCode.NO_DATE, supply.outstanding, sentence, facts)
