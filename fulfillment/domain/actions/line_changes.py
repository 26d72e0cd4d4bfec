"""What a person changes on the lines of an order: a quantity, a new line, another SKU, fewer units.

More units wait at the order's rank like any other demand of it. Fewer units leave the least
committed ones first, what somebody has in hands last, and never what is in a package.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fulfillment.domain.floor.dispatch import picked_if_complete
from fulfillment.domain.floor.packing import packed_if_complete
from fulfillment.domain.model.orders import Channel, Order, OrderLine, waiting_lines
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.domain.model.shipments import (
    NOTHING_PACKED,
    Shipment,
    ShipmentLine,
    UnitsInPackages,
)
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.planning.cancellation import NothingToCancelError, without_units
from fulfillment.domain.planning.release import sent_back, unpicked_waves
from fulfillment.domain.planning.splitting import unstored_id

READY, PACKED = ShipmentStatus.READY, ShipmentStatus.PACKED


@dataclass(frozen=True, slots=True)
class WantedLine:
    """One line as it is to be, in base units."""

    number: int
    sku: str
    units: int
    unit_price_minor: int | None = None

    def empty(self) -> OrderLine:
        """The order's line before any unit of it waits."""
        return OrderLine(self.number, self.sku, 0, unit_price_minor=self.unit_price_minor)


@dataclass(frozen=True, slots=True)
class LineUnits:
    """Units of one line; None: all of it that has not left."""

    line: int
    units: int | None = None


# --- what is asked for ---------------------------------------------------------------------------


def with_quantity(
    order: Order, number: int, units: int, packed: UnitsInPackages = NOTHING_PACKED
) -> Order:
    """A line that is for so many units in all, what was shipped of it included."""
    line = known_line(order, number)
    now = line.ordered - line.cancelled
    if units == now:
        return order
    noted = order.noted("quantity_changed", line=number, sku=line.sku, **{"from": now, "to": units})
    return brought_to(noted, {line.number: units}, packed)


def with_line(order: Order, new: WantedLine) -> Order:
    """A line more, which waits until the plan gives it units."""
    if any(line.number == new.number for line in order.lines):
        message = f"order {order.number} has a line {new.number}; change its quantity"
        raise invalid("line_exists", message, "line")
    added = replace(order, lines=(*order.lines, new.empty()))
    noted = added.noted("line_added", line=new.number, sku=new.sku, units=new.units)
    return with_waiting(noted, {new.number: new.units})


def exchanged(
    order: Order,
    old: LineUnits,
    sku: str,
    unit_price_minor: int | None = None,
    packed: UnitsInPackages = NOTHING_PACKED,
) -> Order:
    """So many units of a line become a new line of another SKU, which waits for the plan.

    What is released with the old line waits again first, so that it can go together with the new
    one, unless somebody picks a part of that dispatch. The new line is bound to where the old one
    was; only what the supplier was to send itself is picked from then on. It costs what the old one
    did, unless another price is given.
    """
    line = known_line(order, old.line)
    if line.sku == sku:
        raise invalid("same_sku", f"line {line.number} is for {sku} already", "sku", sku=sku)
    units = _units_to_go(order, line, old.units, "units")
    number = next_line(order)
    shorter = given_up(_called_back(order, line.number), {line.number: units}, packed)
    price = line.unit_price_minor if unit_price_minor is None else unit_price_minor
    wanted = WantedLine(number, sku, units, price)
    new = replace(wanted.empty(), channel=line.channel, source=line.source)
    if line.channel is Channel.DROP_SHIP:
        new = replace(new, channel=Channel.PICK, source=None)
    noted = replace(shorter, lines=(*shorter.lines, new)).noted(
        "exchanged", line=line.number, sku=line.sku, units=units, into=number, into_sku=sku
    )
    return with_waiting(noted, {number: units})


def exchangeable(order: Order, packed: UnitsInPackages = NOTHING_PACKED) -> Order:
    """The order, where anything of it can still be exchanged; refused where nothing can."""
    for line in order.lines:
        units = units_left(line)
        if units and units > units_held_up(order, line.number, packed):
            return order
    message = f"everything of order {order.number} is packed or further, or is cancelled"
    raise conflict("too_late", message, held_up=_held_up(order, packed))


def cancelled_units(
    order: Order, asked: Sequence[LineUnits], packed: UnitsInPackages = NOTHING_PACKED
) -> Order:
    """The order without these units; a line without a number loses all that has not left."""
    gone: dict[int, int] = {}
    for index, one in enumerate(asked):
        line = known_line(order, one.line, f"lines[{index}].line")
        if one.line in gone:
            message = f"line {one.line} is there twice"
            raise invalid("line_twice", message, f"lines[{index}].line")
        gone[one.line] = _units_to_go(order, line, one.units, f"lines[{index}].units")
    return given_up(order, gone, packed)


# --- the parts of it -----------------------------------------------------------------------------


def known_line(order: Order, number: int, field: str = "line") -> OrderLine:
    """The order's line of that number; refused where it has none."""
    for line in order.lines:
        if line.number == number:
            return line
    raise invalid("unknown_line", f"order {order.number} has no line {number}", field)


def next_line(order: Order) -> int:
    """The number of a line that is added without one."""
    return max(line.number for line in order.lines) + 1


def units_left(line: OrderLine) -> int:
    """Units of a line that were neither shipped nor cancelled."""
    return line.ordered - line.cancelled - line.shipped


def brought_to(
    order: Order, units: Mapping[int, int], packed: UnitsInPackages = NOTHING_PACKED
) -> Order:
    """The order with more or fewer units of these lines, until they are for so many in all."""
    now = {line.number: line.ordered - line.cancelled for line in order.lines}
    fewer = {number: now[number] - most for number, most in units.items() if most < now[number]}
    more = {number: most - now[number] for number, most in units.items() if most > now[number]}
    return with_waiting(given_up(order, fewer, packed), more)


def given_up(
    order: Order, units: Mapping[int, int], packed: UnitsInPackages = NOTHING_PACKED
) -> Order:
    """The order without units of these lines; `too_late` where that many are not there to give."""
    if not units:
        return order
    try:
        shorter = without_units(order, units, packed)
    except NothingToCancelError as error:
        held_up = _held_up(order, packed, error.line)
        where = "".join(f"; shipment {row['shipment']} is {row['status']}" for row in held_up)
        raise conflict("too_late", f"{error}{where}", line=error.line, held_up=held_up) from error
    return shorter.with_shipments(
        packed_if_complete(picked_if_complete(shipment), packed) for shipment in shorter.live
    )


def _units_to_go(order: Order, line: OrderLine, asked: int | None, field: str) -> int:
    """What is asked for, or all that is left; refused where all was shipped or cancelled before."""
    if asked is not None and asked < 1:
        raise invalid("bad_quantity", f"name one unit at least, not {asked}", field)
    left = units_left(line)
    if not left:
        message = f"nothing of line {line.number} of order {order.number} is left"
        raise conflict("nothing_to_cancel", message, line=line.number)
    return left if asked is None else asked


def units_held_up(order: Order, number: int, packed: UnitsInPackages = NOTHING_PACKED) -> int:
    """Units of a line that are in packages."""
    return sum(_boxed(shipment, packed, number) for shipment in order.live)


def _held_up(
    order: Order, packed: UnitsInPackages, number: int | None = None
) -> list[dict[str, object]]:
    """Units in packages by shipment, of one line or of all."""
    return [
        {"shipment": shipment.number, "status": str(shipment.status), "units": units}
        for shipment in order.live
        if (units := _boxed(shipment, packed, number))
    ]


def _boxed(shipment: Shipment, packed: UnitsInPackages, number: int | None) -> int:
    """Units of a shipment in packages: all of what is packed, whoever wrote its packages down."""
    if shipment.status is PACKED:
        return sum(row.units for row in shipment.lines if number in (None, row.order_line))
    return sum(
        units
        for (id_, line), units in packed.items()
        if id_ == shipment.id and number in (None, line)
    )


def _called_back(order: Order, number: int) -> Order:
    """What is ready with units of a line waits again, with its whole dispatch."""
    waves = unpicked_waves(order) & {
        shipment.wave
        for shipment in order.live
        if shipment.status is READY and any(row.order_line == number for row in shipment.lines)
    }
    return order.with_shipments(sent_back(s) for s in order.live if s.wave in waves)


def with_waiting(order: Order, more: Mapping[int, int]) -> Order:
    """More units of some lines, in a new shipment that waits.

    Where no dispatch is left to them, and none can be called back, they go in one beyond
    `max_shipments`, when all of them can: nothing that was added waits for ever.
    """
    if not more:
        return order
    number = order.next_shipment_number
    new_id = unstored_id(order, number)
    rows = (
        _more_of(order.line(line), new_id - index, units)
        for index, (line, units) in enumerate(sorted(more.items()))
    )
    shipment = Shipment(new_id, number, ShipmentStatus.BACKORDER, tuple(rows))
    lines = (
        replace(order.line(line), ordered=order.line(line).ordered + units)
        for line, units in more.items()
    )
    after = order.with_shipments([shipment]).with_lines(lines)
    return with_dispatch_for_it(replace(after, next_shipment_number=number + 1))


def _more_of(line: OrderLine, new_id: int, units: int) -> ShipmentLine:
    """What the supplier sends itself is sent by it as a whole."""
    row = ShipmentLine(new_id, line.number, line.sku, units)
    if line.channel is Channel.DROP_SHIP and line.source is not None:
        return row.drop_shipped(line.source)
    return row


def with_dispatch_for_it(order: Order) -> Order:
    """The order with one dispatch more, where none is left for what waits and none comes back."""
    if order.waves_left != 0 or unpicked_waves(order):
        return order
    noted = order.noted("beyond_max_shipments", max_shipments=order.policy.max_shipments)
    return replace(noted, waves_granted=order.waves_granted + 1)


def first_claims(order: Order) -> frozenset[int]:
    """The lines of which only what was just added wants units: these it may take past any gate.

    As at intake, a gate is for later supply. A line by hand, and one of which units waited
    before, takes what its policy gives it.
    """
    if not order.first_claimed:
        return frozenset()
    stored = {row.order_line for row in waiting_lines(order) if row.wanted and row.id > 0}
    new = {row.order_line for row in waiting_lines(order) if row.wanted and row.id < 0}
    return frozenset(number for number in new - stored if not order.line(number).by_hand)
