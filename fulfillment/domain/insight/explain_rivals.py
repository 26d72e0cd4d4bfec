"""Whom an order waits behind, and who behind it keeps what it lacks."""

from collections.abc import Iterator

from fulfillment.domain.insight.explanation import (
    ExplanationContext,
    Reason,
    ReasonCode,
    Rivals,
)
from fulfillment.domain.model.counting import counted, does
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import ShipmentLine


def held_by_later(order: Order, line: ShipmentLine, around: ExplanationContext) -> Iterator[Reason]:
    """Units of orders behind this one that it may not take: released, in hands, or left alone."""
    only = order.place_of(line.order_line)
    holding = [h for h in around.later.get(line.sku, ()) if only in (None, h.location)]
    if not holding:
        return
    named = ", ".join(
        f"{h.order} ({h.units}, {h.status}{', pinned' if h.pinned else ''})" for h in holding
    )
    sentence = f"Orders behind hold units that do not move any more: {named}."
    facts: dict[str, object] = {
        "rebalance": str(order.policy.rebalance),
        "orders": [
            {
                "order": h.order,
                "units": h.units,
                "location": h.location,
                "status": str(h.status),
                "pinned": h.pinned,
            }
            for h in holding
        ],
    }
    units = min(line.wanted, sum(h.units for h in holding))
    yield Reason(ReasonCode.HELD_BY_LATER, units, sentence, facts)


def pinned_by_later(
    order: Order, line: ShipmentLine, around: ExplanationContext
) -> Iterator[Reason]:
    """What is on its way for orders behind this one, since a person tied them to it."""
    only = order.place_of(line.order_line)
    pins = [pin for pin in around.pinned.get(line.sku, ()) if only in (None, pin.location)]
    if not pins:
        return
    named = ", ".join(f"{pin.order} ({pin.units})" for pin in pins)
    sentence = f"Orders behind are pinned to what is on its way: {named}."
    facts: dict[str, object] = {
        "orders": [
            {"order": pin.order, "line": pin.line, "units": pin.units, "location": pin.location}
            for pin in pins
        ]
    }
    units = min(line.wanted - line.pegged, sum(pin.units for pin in pins))
    yield Reason(ReasonCode.PINNED_BY_LATER, units, sentence, facts)


def others_first(rivals: Rivals, units: int) -> Reason:
    """Orders ahead in rank that want or hold units, and those of which units lie idle."""
    names = ", ".join(rival.order for rival in rivals.first)
    more = rivals.orders - len(rivals.first)
    named = f"{names} and {more} more" if more else names
    sentence = f"{counted(rivals.orders, 'order')} ahead in rank {_what_they_do(rivals)}: {named}."
    first = [
        {
            "order": rival.order,
            "wanted": rival.wanted,
            "held": rival.held,
            "idle": rival.idle,
        }
        for rival in rivals.first
    ]
    facts: dict[str, object] = {
        "place": rivals.waiting + 1,
        "orders": rivals.orders,
        "wanted": rivals.wanted,
        "held": rivals.held,
        "idle": rivals.idle,
        "first": first,
    }
    return Reason(ReasonCode.OTHERS_FIRST, units, sentence, facts)


def _what_they_do(rivals: Rivals) -> str:
    """What those ahead hold and want, and what of it lies idle with them."""
    held = f"{does(rivals.orders, 'holds')} {counted(rivals.held, 'unit')}{_idle(rivals)}"
    waits = f"{does(rivals.orders, 'waits')} for {counted(rivals.wanted, 'unit')}"
    if not rivals.wanted or not rivals.held:
        return held if rivals.held else waits
    return f"{held}{',' if rivals.idle else ''} and {waits}"


def _idle(rivals: Rivals) -> str:
    """How many of the units that they hold lie with orders that wait."""
    if rivals.idle == rivals.held:
        return ", idle" if rivals.held == 1 else ", all of them idle"
    return f", of which {rivals.idle} {does(rivals.idle, 'lies')} idle" if rivals.idle else ""
