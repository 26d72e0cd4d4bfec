"""What a customer is to expect now that was not expected before: a wait, a promise, another day."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from fulfillment.domain.model.orders import Order, OrderEvent
from fulfillment.domain.model.shipments import Peg, Slice
from fulfillment.domain.planning.promise import has_moved
from fulfillment.domain.planning.sourcing import met_units


def waiting_changes(before: Order, after: Order) -> Iterator[OrderEvent]:
    """That units of it wait, told when more do than before, with all that wait then.

    Nobody waits before the first claim: until then it is not known who will.
    """
    if not after.first_claimed:
        return
    waits = waiting_units(after)
    if not waits:
        return
    waited = waiting_units(before) if before.first_claimed else Counter[int]()
    if any(units > waited[line] for line, units in waits.items()):
        skus = {line.number: line.sku for line in after.lines}
        told = [{"line": n, "sku": skus[n], "units": units} for n, units in sorted(waits.items())]
        yield OrderEvent(after.id, "waits", {"lines": told, "expected_on": _last_day(after, waits)})


def waiting_units(order: Order) -> Counter[int]:
    """Units that are neither claimed nor on a peg that counts as met, by order line."""
    units: Counter[int] = Counter()
    for shipment in order.planned:
        for line in shipment.lines:
            units[line.order_line] += line.wanted - met_units(order, line)
    return +units


def _last_day(order: Order, waits: Iterable[int]) -> str | None:
    """The day by which all that waits is promised."""
    days = [piece.on for number in waits for piece in order.line(number).promise or ()]
    return max(days).isoformat() if days else None


def promise_changes(before: Order, after: Order, today: date) -> Iterator[OrderEvent]:
    """First promises, together; and each line's that was moved, because of which supply."""
    known = {line.number: line for line in before.lines}
    given: list[dict[str, object]] = []
    moved: list[OrderEvent] = []
    for line in after.lines:
        old = known.get(line.number)
        told = old.promise if old else None
        if line.promise is None or line.promise == told:
            continue
        facts: dict[str, object] = {"line": line.number, "sku": line.sku}
        if told is None:
            if line.promise:
                given.append(facts | {"promise": _plain(line.promise)})
        elif has_moved(told, line.promise, today):
            slices = {"from": _plain(told), "to": _plain(line.promise)}
            because = {"because": _causes(before, after, line.number)}
            moved.append(OrderEvent(after.id, "promise_moved", facts | slices | because))
    if given:
        yield OrderEvent(after.id, "promise_given", {"lines": given})
    yield from moved


def _causes(before: Order, after: Order, number: int) -> list[str]:
    """The documents of supply of which a line has other units, or expects them otherwise, now."""
    had, has = _awaited(before, number), _awaited(after, number)
    return sorted({peg.source for peg in had ^ has})


def _awaited(order: Order, number: int) -> set[Peg]:
    lines = (line for shipment in order.planned for line in shipment.lines)
    return {peg for line in lines if line.order_line == number for peg in line.pegs}


def _plain(pieces: Iterable[Slice]) -> list[dict[str, object]]:
    return [{"units": piece.units, "on": piece.on.isoformat()} for piece in pieces]
