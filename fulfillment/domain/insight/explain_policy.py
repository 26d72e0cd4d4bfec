"""Why units wait although they are here: what the order's own policy makes of them."""

from collections.abc import Iterator
from datetime import timedelta

from fulfillment.domain.insight.explanation import ExplanationContext, Reason, ReasonCode
from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.policy import AutoAllocate
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.domain.planning.release import is_last_wave
from fulfillment.domain.planning.sourcing import met_units

# --- taking --------------------------------------------------------------------------------------


def of_the_gate(
    order: Order, shipment: Shipment, line: ShipmentLine, around: ExplanationContext
) -> Iterator[Reason]:
    """Why a line does not take what is free for it, or would not if it came."""
    free = free_for(order, line, around)
    facts: dict[str, object] = {"free": free}
    and_free = f" {counted(free, 'unit is')} free." if free else ""
    if order.line(line.order_line).by_hand:
        sentence = f"The line is by hand: it takes nothing until a person allocates it.{and_free}"
        yield Reason(ReasonCode.BY_HAND, line.wanted, sentence, facts)
        return
    if order.policy.auto_allocate is AutoAllocate.NEVER:
        sentence = f"Stock that comes in is given to this order by a person only.{and_free}"
        yield Reason(ReasonCode.AUTO_ALLOCATE_NEVER, line.wanted, sentence, facts)
    elif free and order.policy.auto_allocate is AutoAllocate.COMPLETE_ONLY:
        facts["missing"] = _missing(order, shipment, around)
        sentence = f"{counted(free, 'unit is')} free, and taken only to complete the shipment."
        yield Reason(ReasonCode.ONLY_IF_COMPLETE, line.wanted, sentence, facts)
    elif free and order.policy.auto_allocate is AutoAllocate.DUE_WITHIN:
        yield _not_due(order, line, free, around)
    elif free and order.policy.auto_allocate_on.waits_for_status:
        sentence = (
            f"{counted(free, 'unit is')} free, and given out when a purchase order changes status."
        )
        yield Reason(ReasonCode.ONLY_ON_PO_STATUS, line.wanted, sentence, facts)


def free_for(order: Order, line: ShipmentLine, around: ExplanationContext) -> int:
    """Units that nobody holds, at locations that the line may use."""
    only = order.place_of(line.order_line)
    return sum(
        level.available
        for level in around.levels
        if level.sku == line.sku and only in (None, level.location)
    )


def _missing(
    order: Order, shipment: Shipment, around: ExplanationContext
) -> list[dict[str, object]]:
    """What the shipment would still lack if it took all that is free."""
    return [
        {"line": row.order_line, "sku": row.sku, "units": short}
        for row in shipment.lines
        if (short := row.wanted - met_units(order, row) - free_for(order, row, around)) > 0
    ]


def _not_due(order: Order, line: ShipmentLine, free: int, around: ExplanationContext) -> Reason:
    days = order.policy.auto_allocate_within_days or 0
    dates = [peg.due_on for row in waiting_lines(order) for peg in row.pegs]
    unpegged = sum(row.wanted - row.pegged for row in waiting_lines(order)) - free
    facts: dict[str, object] = {"free": free, "within_days": days, "without_date": max(unpegged, 0)}
    if dates:
        facts |= {"last_due": max(dates), "opens_on": max(dates) - timedelta(days=days)}
    sentence = (
        f"{counted(free, 'unit is')} free, and taken once what is then still missing is due within"
        f" {counted(days, 'day')} ({around.today + timedelta(days=days)})."
    )
    return Reason(ReasonCode.NOT_DUE_SOON_ENOUGH, line.wanted, sentence, facts)


# --- going ---------------------------------------------------------------------------------------


def of_the_release(
    order: Order, shipment: Shipment, line: ShipmentLine, around: ExplanationContext
) -> Iterator[Reason]:
    """Why units that the line has do not go (behaviour.md §3)."""
    if not (line.allocated or met_units(order, line)) or not order.may_release:
        return
    if is_last_wave(order):
        yield from _last_wave(order, line)
    elif order.policy.release_when.waits_for_all:
        sentence = "It is released when every unit of the shipment is in stock or on its way."
        facts: dict[str, object] = {"missing": _missing(order, shipment, around)}
        yield Reason(ReasonCode.ALL_SOURCED, line.allocated, sentence, facts)
    elif order.policy.hold_if_due_within_days is not None:
        days = order.policy.hold_if_due_within_days
        due = max((peg.due_on for row in shipment.lines for peg in row.pegs), default=None)
        sentence = f"All that is missing is due within {counted(days, 'day')}, so it is not split."
        yield Reason(
            ReasonCode.HELD_UNTIL_DUE, line.allocated, sentence, {"days": days, "due_on": due}
        )


def _last_wave(order: Order, line: ShipmentLine) -> Iterator[Reason]:
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
        f"{counted(line.allocated, 'unit is')} here, but the last shipment goes complete, and waits"
        f" for {named}."
    )
    facts: dict[str, object] = {
        "max_shipments": order.policy.max_shipments,
        "waits_for": [missing[number] for number in sorted(missing)],
    }
    yield Reason(ReasonCode.LAST_SHIPMENT_MUST_BE_COMPLETE, line.allocated, sentence, facts)
