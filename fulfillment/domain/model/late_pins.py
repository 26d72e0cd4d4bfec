"""Pins whose supply can not be pegged now: a person's wish is kept until it can be met again."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.domain.model.shipments import LatePin

IsLate = Callable[[str, int], bool]
"""Whether a supply of a SKU is still to come, while nobody can be pegged on it now."""

Units = Counter[int]
"""Units by supply."""


def has_pins(order: Order) -> bool:
    """Whether a person tied anything of the order to a supply."""
    return any(line.late_pins for line in order.lines) or any(
        peg.pinned for shipment in order.shipments for line in shipment.lines for peg in line.pegs
    )


def with_late_pins(before: Order, after: Order, is_late: IsLate) -> Order:
    """The order after it was pegged, with the pins that it had and that nothing could be tied to.

    One is kept while its supply is still to come and the line still wants the units.
    """
    sources = _sources(before)
    lines = [
        _line(line, _missing(before, after, line), is_late, sources, _unpinned(after, line))
        for line in after.lines
    ]
    changed = [new for new, old in zip(lines, after.lines, strict=True) if new is not old]
    return after.with_lines(changed) if changed else after


def _line(
    line: OrderLine, missing: Units, is_late: IsLate, sources: Mapping[int, str], most: int
) -> OrderLine:
    pins = []
    for supply, units in sorted(missing.items()):
        kept = min(units, most) if is_late(line.sku, supply) else 0
        most -= kept
        if kept > 0:
            pins.append(LatePin(supply, kept, sources[supply]))
    return line if tuple(pins) == line.late_pins else replace(line, late_pins=tuple(pins))


def _missing(before: Order, after: Order, line: OrderLine) -> Units:
    """Units by supply that were pinned, late or not, and are not now."""
    late = Counter({pin.supply: pin.units for pin in before.line(line.number).late_pins})
    return _pinned(before, line.number) + late - _pinned(after, line.number)


def _pinned(order: Order, number: int) -> Units:
    units: Units = Counter()
    for shipment in order.planned:
        for row in shipment.lines:
            for peg in row.pegs:
                if peg.pinned and row.order_line == number:
                    units[peg.supply] += peg.units
    return units


def _unpinned(order: Order, line: OrderLine) -> int:
    """Units that a line wants and that are not pinned."""
    rows = [row for s in order.planned for row in s.lines if row.order_line == line.number]
    return sum(row.wanted for row in rows) - _pinned(order, line.number).total()


def _sources(order: Order) -> dict[int, str]:
    rows = (row for shipment in order.planned for row in shipment.lines)
    named = {peg.supply: peg.source for row in rows for peg in row.pegs if peg.pinned}
    return named | {pin.supply: pin.source for line in order.lines for pin in line.late_pins}


def less_late(order: Order, came: Mapping[tuple[int, int], int]) -> Order:
    """The order with late pins shorter by what came on them, by order line and supply."""
    lines = []
    for line in order.lines:
        pins = (
            replace(pin, units=pin.units - came.get((line.number, pin.supply), 0))
            for pin in line.late_pins
        )
        lines.append(replace(line, late_pins=tuple(pin for pin in pins if pin.units > 0)))
    return order.with_lines(lines)


def pinned_again(before: Order, after: Order, supplies: Mapping[str, LatePin]) -> Order:
    """The order with pins in place of pinned units that it lost, as they are to come again.

    `supplies` are blank pins by SKU. The plan makes pegs of them, or ends them with the supply.
    """
    lines = []
    for line in after.lines:
        lost = _pinned_claims(before, line.number) - _pinned_claims(after, line.number)
        blank = supplies.get(line.sku)
        if blank is not None and lost > 0:
            others = [pin for pin in line.late_pins if pin.supply != blank.supply]
            same = sum(pin.units for pin in line.late_pins if pin.supply == blank.supply)
            pins = (*others, replace(blank, units=same + lost))
            lines.append(replace(line, late_pins=pins))
    return after.with_lines(lines) if lines else after


def _pinned_claims(order: Order, number: int) -> int:
    return sum(
        min(claim.pinned, claim.units)
        for shipment in order.live
        for row in shipment.lines
        if row.order_line == number
        for claim in row.claims
    )
