"""Units between the shelf and a picker's hands: confirmed, put back, given up, not found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from fulfillment.domain.floor.dispatch import picked_if_complete, refuse_held
from fulfillment.domain.floor.stock_loss import set_apart
from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.shipments import Claim, Shipment, ShipmentLine
from fulfillment.domain.model.statuses import MoveNotAllowedError, ShipmentStatus, step_back
from fulfillment.domain.planning.release import sent_back

Units = Mapping[int, int]
"""Units by order line."""

Room = Callable[[Claim], int]
Grown = Callable[[Claim, int], Claim]


@dataclass(frozen=True, slots=True)
class NotFound:
    """A line of which a picker found fewer units than asked; `found` is all that is in hands."""

    order_line: int
    found: int


def confirmed(order: Order, shipment: Shipment, units: Units) -> Order:
    """These units are in the picker's hands; with the last one the shipment is picked."""
    refuse_held(order)
    _refuse_unless_picking(shipment, ShipmentStatus.PICKED)
    taken = with_units(shipment, units, _loose, _picked_more)
    after = order.with_shipments([picked_if_complete(taken)])
    return after.noted("units_picked", shipment=shipment.number, lines=_told(shipment, units))


def put_back(order: Order, shipment: Shipment, units: Units) -> Order:
    """These picked units are on the shelf again; what is not packed is being picked again."""
    if shipment.status is not ShipmentStatus.PICKING:
        step_back(shipment.status, ShipmentStatus.PICKING)
    returned = with_units(shipment, units, _in_picked, _picked_less)
    if returned.status is ShipmentStatus.PICKED:
        returned = replace(returned, status=step_back(returned.status, ShipmentStatus.PICKING))
    after = order.with_shipments([returned])
    return after.noted("unpicked", shipment=shipment.number, lines=_told(shipment, units))


def given_up(order: Order, shipment: Shipment) -> Order:
    """A shipment of which nothing is picked yet is ready again, for somebody else."""
    if any(claim.picked for line in shipment.lines for claim in line.claims):
        message = f"shipment {shipment.number} of order {order.number} is partly picked"
        raise conflict("partly_picked", message, order=order.number, shipment=shipment.id)
    after = order.with_shipments([shipment.moved(ShipmentStatus.READY)])
    return after.noted("pick_given_up", shipment=shipment.number)


# --- short picks ---------------------------------------------------------------------------------


def missing_units(order: Order, shipment: Shipment, short: NotFound) -> int:
    """Units that were asked for and are not there."""
    refuse_held(order)
    _refuse_unless_picking(shipment, ShipmentStatus.PICKED)
    lines = _lines_of(shipment, short.order_line)
    picked = sum(claim.picked for line in lines for claim in line.claims)
    asked = _asked_for(lines)
    if short.found < picked:
        message = f"{counted(picked, 'unit is')} confirmed already; un-pick what is not there"
        raise invalid("less_than_picked", message, "found", picked=picked)
    if short.found >= asked:
        message = f"{counted(asked, 'unit was')} asked for; {short.found} found is not short"
        raise invalid("nothing_short", message, "found", asked=asked)
    return asked - short.found


def goes_on(order: Order, shipment: Shipment, short: NotFound) -> Order:
    """What was found goes on alone; the rest waits in a shipment of its own."""
    found = _with_found(order, shipment, short)
    lost = {line.id: units for line, units in _lost(found, short)}
    after = set_apart(order, found, lost, shipment.location or "")
    return _noted(after, shipment, short)


def waits_again(order: Order, shipment: Shipment, short: NotFound) -> Order:
    """All of the shipment waits for the rest; what is in hands is staged, its wave given back."""
    found = _with_found(order, shipment, short)
    lost = dict(_lost(found, short))
    lines = tuple(_all_staged(_without(line, lost.get(line, 0))) for line in found.lines)
    back = sent_back(replace(found.moved(ShipmentStatus.READY), lines=lines))
    return _noted(order.with_shipments([back]), shipment, short)


def may_go_alone(order: Order) -> bool:
    """Whether a dispatch is left for what waits now, beside those that are spent."""
    return order.waves_left is None or order.waves_left > 0


def _noted(order: Order, shipment: Shipment, short: NotFound) -> Order:
    lines = _lines_of(shipment, short.order_line)
    return order.noted(
        "short_picked",
        shipment=shipment.number,
        line=short.order_line,
        sku=lines[0].sku,
        found=short.found,
        units=_asked_for(lines) - short.found,
        location=shipment.location,
    )


def _asked_for(lines: Iterable[ShipmentLine]) -> int:
    """Units that the picker was to take."""
    return sum(_loose(claim) + claim.picked for line in lines for claim in line.claims)


def _with_found(order: Order, shipment: Shipment, short: NotFound) -> Shipment:
    missing = missing_units(order, shipment, short)
    lines = _lines_of(shipment, short.order_line)
    loose = sum(_loose(claim) for line in lines for claim in line.claims)
    more = loose - missing
    if not more:
        return shipment
    return with_units(shipment, {short.order_line: more}, _loose, _picked_more)


def _lost(shipment: Shipment, short: NotFound) -> Iterable[tuple[ShipmentLine, int]]:
    """What is loose on the line once that was picked which was found is not there."""
    for line in _lines_of(shipment, short.order_line):
        if units := sum(_loose(claim) for claim in line.claims):
            yield line, units


def _without(line: ShipmentLine, units: int) -> ShipmentLine:
    if not units:
        return line
    kept = (replace(c, units=c.units - c.loose, pinned=0) for c in line.claims)
    return replace(line, claims=tuple(claim for claim in kept if claim.units))


def _all_staged(line: ShipmentLine) -> ShipmentLine:
    staged = (replace(c, staged=c.staged + c.picked, picked=0) for c in line.claims)
    return replace(line, claims=tuple(staged))


# --- moving units --------------------------------------------------------------------------------


def with_units(shipment: Shipment, units: Units, room: Room, grown: Grown) -> Shipment:
    """The shipment with so many units of each order line moved, where its claims have room."""
    left = dict(units)
    lines: list[ShipmentLine] = []
    for line in shipment.lines:
        claims: list[Claim] = []
        for claim in line.claims:
            taken = min(left.get(line.order_line, 0), room(claim))
            if taken:
                left[line.order_line] -= taken
            claims.append(grown(claim, taken) if taken else claim)
        lines.append(replace(line, claims=tuple(claims)))
    over = {line: more for line, more in left.items() if more}
    if over:
        raise _too_many(shipment, units, over)
    return replace(shipment, lines=tuple(lines))


def _too_many(shipment: Shipment, units: Units, over: Units) -> RefusedError:
    facts = [
        {"line": line, "asked": units[line], "possible": units[line] - more}
        for line, more in sorted(over.items())
    ]
    named = ", ".join(f"{row['asked']} of line {row['line']}" for row in facts)
    message = f"shipment {shipment.number} has fewer units for that than {named}"
    return conflict("more_than_there", message, shipment=shipment.id, lines=facts)


def left_to_pick(shipment: Shipment, location: str | None = None) -> dict[int, int]:
    """Units by order line that are neither picked nor staged, at one location or at all."""
    left: dict[int, int] = {}
    for line in shipment.lines:
        here = (claim for claim in line.claims if location in (None, claim.location))
        if units := sum(map(_loose, here)):
            left[line.order_line] = left.get(line.order_line, 0) + units
    return left


def _loose(claim: Claim) -> int:
    return 0 if claim.drop_ship else claim.loose


def _in_picked(claim: Claim) -> int:
    return claim.picked


def _picked_more(claim: Claim, units: int) -> Claim:
    return replace(claim, picked=claim.picked + units)


def _picked_less(claim: Claim, units: int) -> Claim:
    return replace(claim, picked=claim.picked - units)


def _lines_of(shipment: Shipment, order_line: int) -> list[ShipmentLine]:
    found = [line for line in shipment.lines if line.order_line == order_line]
    if not found:
        message = f"shipment {shipment.number} has no line {order_line}"
        raise invalid("unknown_line", message, "order_line")
    return found


def _told(shipment: Shipment, units: Units) -> list[dict[str, object]]:
    skus = {line.order_line: line.sku for line in shipment.lines}
    return [{"line": n, "sku": skus[n], "units": units[n]} for n in sorted(units) if n in skus]


def _refuse_unless_picking(shipment: Shipment, target: ShipmentStatus) -> None:
    if shipment.status is not ShipmentStatus.PICKING:
        raise MoveNotAllowedError("shipment", shipment.status, target)
