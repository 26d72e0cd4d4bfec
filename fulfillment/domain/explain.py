"""Why an order's units wait: a fixed set of reasons, each found by one small rule."""

from collections.abc import Iterator
from datetime import date, timedelta

from fulfillment.domain.explanation import Reason, Rivals, Surroundings, Waiting, Why
from fulfillment.domain.orders import Order
from fulfillment.domain.shipments import Peg, ShipmentLine
from fulfillment.domain.supply import Supply


def explain(order: Order, around: Surroundings) -> tuple[Waiting, ...]:
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
            reasons=tuple(_reasons(order, line, around)),
        )
        for shipment in sorted(order.waiting, key=lambda shipment: shipment.number)
        for line in sorted(shipment.lines, key=lambda line: (line.order_line, line.id))
    )


def _reasons(order: Order, line: ShipmentLine, around: Surroundings) -> Iterator[Reason]:
    yield from _of_the_order(order, line)
    if line.wanted:
        yield from _of_the_pegs(order, line, around)
    if line.wanted > line.pegged:
        yield from _of_the_stock(order, line, around)
    yield from _of_the_last_wave(order, line)


# --- the order as a whole ------------------------------------------------------------------------


def _of_the_order(order: Order, line: ShipmentLine) -> Iterator[Reason]:
    if not order.first_claimed:
        sentence = "The order was taken in and has not claimed any stock yet."
        yield Reason(Why.NOT_CLAIMED_YET, line.wanted, sentence)
    if order.holds:
        sentence = f"The order is on hold ({', '.join(order.holds)}); it keeps its place and units."
        yield Reason(Why.ON_HOLD, line.units, sentence, {"holds": list(order.holds)})
    if order.first_claimed and not order.verified:
        sentence = "The order waits to be verified; it keeps its place and its units."
        yield Reason(Why.UNVERIFIED, line.units, sentence)


# --- supply that is tied to the line -------------------------------------------------------------


def _of_the_pegs(order: Order, line: ShipmentLine, around: Surroundings) -> Iterator[Reason]:
    for peg in line.pegs:
        yield Reason(Why.PEGGED, peg.units, _pegged(peg), _peg_facts(peg))
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
    pin = ", pinned by hand" if peg.pinned else ""
    return (
        f"{_count(peg.units)} will come with {peg.source or 'supply'} to {peg.location}, expected"
        f" on {peg.due_on}{pin}."
    )


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
    sentence = f"What is on its way may not be promised ahead, since {who} not allow it."
    facts: dict[str, object] = {"by": "product" if by_product else "policy"}
    return Reason(Why.FUTURE_INVENTORY_OFF, line.pegged, sentence, facts)


def _beyond(peg: Peg, limit: date, days: int) -> Reason:
    sentence = (
        f"{_count(peg.units)} expected on {peg.due_on} lie beyond the limit of {days} days"
        f" ({limit})."
    )
    facts: dict[str, object] = {"expected_on": peg.due_on, "limit": limit, "limit_days": days}
    return Reason(Why.BEYOND_FUTURE_LIMIT, peg.units, sentence, facts)


# --- units that nothing is tied to ---------------------------------------------------------------


def _of_the_stock(order: Order, line: ShipmentLine, around: Surroundings) -> Iterator[Reason]:
    without = line.wanted - line.pegged
    if line.sku in around.owed:
        sentence = "Stock of this product is being given out now, from the head of the queue."
        yield Reason(Why.DISTRIBUTION_OWED, without, sentence)
    yield from _elsewhere(order, line, around)
    undated = _undated(order, line.sku, around)
    for supply in undated:
        yield _no_date(supply, around.today)
    if rivals := around.rivals.get(line.sku):
        yield _others_first(rivals, without)
    unmet = without - sum(supply.outstanding for supply in undated)
    if unmet > 0 and order.first_claimed:
        sentence = f"Nothing that is on its way is left for {_count(unmet)}."
        yield Reason(Why.WAITS_FOR_STOCK, unmet, sentence)


def _elsewhere(order: Order, line: ShipmentLine, around: Surroundings) -> Iterator[Reason]:
    only = order.only_location
    free = {
        level.location: level.available
        for level in sorted(around.levels, key=lambda level: level.location)
        if level.sku == line.sku and level.location != only and level.available > 0
    }
    if only is None or not free:
        return
    places = ", ".join(f"{units} at {location}" for location, units in free.items())
    bound = "is picked up at" if order.pickup else "is locked to"
    sentence = f"The order {bound} {only}, while there are free units elsewhere ({places})."
    code = Why.PICKUP_ONLY if order.pickup else Why.LOCKED_TO_LOCATION
    units = min(line.wanted - line.pegged, sum(free.values()))
    yield Reason(code, units, sentence, {"location": only, "free": free})


def _undated(order: Order, sku: str, around: Surroundings) -> list[Supply]:
    """Inbound supply that can not be pegged: its date is missing, or has passed."""
    only = order.only_location
    found = [
        supply
        for supply in around.supplies
        if supply.sku == sku
        and supply.outstanding > 0
        and only in (None, supply.location)
        and (supply.due_on is None or supply.due_on < around.today)
    ]
    return sorted(found, key=lambda supply: (supply.due_on or date.max, supply.id))


def _no_date(supply: Supply, today: date) -> Reason:
    name = supply.source or "a supply"
    what = f"{_count(supply.outstanding)} of {name} to {supply.location}"
    if supply.due_on is None:
        sentence = f"{what} are on order without a date, and can not be promised."
    else:
        days = (today - supply.due_on).days
        sentence = f"{what} were expected on {supply.due_on} and are {days} days overdue."
    facts: dict[str, object] = {
        "supply": supply.id,
        "source": supply.source,
        "location": supply.location,
        "overdue_since": supply.due_on,
    }
    return Reason(Why.NO_DATE, supply.outstanding, sentence, facts)


def _others_first(rivals: Rivals, units: int) -> Reason:
    names = ", ".join(rival.order for rival in rivals.first)
    more = rivals.orders - len(rivals.first)
    named = f"{names} and {more} more" if more else names
    who = (
        "1 order ahead in rank holds"
        if rivals.orders == 1
        else (f"{rivals.orders} orders ahead in rank hold")
    )
    wait = "waits" if rivals.orders == 1 else "wait"
    sentence = f"{who} {rivals.held} and {wait} for {rivals.wanted}: {named}."
    first = [
        {"order": rival.order, "wanted": rival.wanted, "held": rival.held} for rival in rivals.first
    ]
    facts: dict[str, object] = {
        "orders": rivals.orders,
        "wanted": rivals.wanted,
        "held": rivals.held,
        "first": first,
    }
    return Reason(Why.OTHERS_FIRST, units, sentence, facts)


# --- the rest of the order -----------------------------------------------------------------------


def _of_the_last_wave(order: Order, line: ShipmentLine) -> Iterator[Reason]:
    """Units that are there and stay, because what goes last goes complete (behaviour.md §3)."""
    if not line.allocated or order.waves_left is None or order.waves_left > 1:
        return
    missing: dict[int, dict[str, object]] = {}
    for shipment in order.waiting:
        for other in shipment.lines:
            if other.wanted:
                known = missing.get(other.order_line, {"wanted": 0})
                wanted = other.wanted + int(str(known["wanted"]))
                missing[other.order_line] = {
                    "line": other.order_line,
                    "sku": other.sku,
                    "wanted": wanted,
                }
    if not missing:
        return
    named = ", ".join(f"line {number} ({missing[number]['sku']})" for number in sorted(missing))
    sentence = (
        f"{_count(line.allocated)} are here, but the last shipment goes complete, and waits for"
        f" {named}."
    )
    facts: dict[str, object] = {
        "max_shipments": order.policy.max_shipments,
        "waits_for": [missing[number] for number in sorted(missing)],
    }
    yield Reason(Why.LAST_SHIPMENT_MUST_BE_COMPLETE, line.allocated, sentence, facts)


def _count(units: int) -> str:
    return "1 unit" if units == 1 else f"{units} units"
