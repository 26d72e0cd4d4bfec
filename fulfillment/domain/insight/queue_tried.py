"""A queue's picture as a plan on a copy would leave it, without anything being saved.

What the plan made of the orders that it looked at takes the place of what was read; all others
stay where they are. So what is told of a change, and what is drawn of it, come from one plan.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from fulfillment.domain.insight.coming_supply import ComingSupply, date_state
from fulfillment.domain.insight.queue_picture import (
    NOBODY,
    Band,
    Found,
    HeldAt,
    QueueFacts,
    QueueRow,
    StockAt,
    Tied,
    drawn,
)
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.domain.model.supply import Otherwise, Supply
from fulfillment.domain.planning.auto_allocation import gate_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What was tried: every order before and after, and what would be here, or come, otherwise.

    `arriving` are signed units by SKU and location, `otherwise` supplies that would be other ones.
    """

    orders: Sequence[tuple[Order, Order]]
    arriving: Mapping[tuple[str, str], int] = field(default_factory=dict)
    otherwise: Mapping[int, Otherwise] = field(default_factory=dict)


def tried(facts: QueueFacts, what: Tried, days: Mapping[str, date], most: int) -> QueueFacts:
    """The facts as they would be; `most` lines of the head are drawn, by the days at each place.

    An order that was not read before can only come into the head before the last line of it.
    Why units lie idle is not told of what is only tried. Not for who may see only some orders.
    """
    parts = [
        (_Part(before, facts), _Part(after, facts)) for before, after in what.orders
    ]  # fmt: skip
    head = tuple(_head(facts, parts, most))
    found = _found(facts, parts, head)
    pegged = Counter[int]()
    for before, after in parts:
        pegged.update(after.pegged)
        pegged.subtract(before.pegged)
    supplies = tuple(_supplies(facts, what, days, pegged))
    return replace(
        facts,
        head=head,
        found=found,
        stock=tuple(_stock(facts, what, parts)),
        supplies=supplies,
        waiting=_moved(facts.waiting, parts, "wanted"),
        unpegged=_moved(facts.unpegged, parts, "uncovered"),
        holding=_moved(facts.holding, parts, "waits_with"),
        beside=_beside(facts, parts, supplies, drawn(head, found)),
        idle=(),
    )


class _Part:
    """An order's part in a queue: its lines that wait in it, and what it holds there."""

    def __init__(self, order: Order, facts: QueueFacts) -> None:
        lines = [
            (shipment, line)
            for shipment in order.planned
            for line in shipment.lines
            if line.sku == facts.sku
        ]
        rows = [_row(order, shipment, line) for shipment, line in lines]
        there = facts.there
        self.order = order
        self.rows = [
            row
            for row in rows
            if row.wanted and (there is None or row.bound_to in (None, *there))
        ]  # fmt: skip
        self.wanted = sum(row.wanted for row in self.rows)
        self.uncovered = sum(row.uncovered for row in self.rows)
        self.waits_with = sum(row.waits_with(there) for row in rows)
        self.pegged = Counter[int]()
        for row in rows:
            self.pegged.update({peg.supply: row.on(peg.supply) for peg in row.pegs})
        self.allocated = Counter[str]()
        for shipment in order.live:
            for line in shipment.lines:
                for claim in line.claims if line.sku == facts.sku else ():
                    self.allocated[claim.location] += 0 if claim.drop_ship else claim.units


_Parts = Sequence[tuple[_Part, _Part]]


def _row(order: Order, shipment: Shipment, line: ShipmentLine) -> QueueRow:
    pins = order.line(line.order_line).late_pins
    return QueueRow(
        shipment_line=line.id,
        order_id=order.id,
        order=order.number,
        order_line=line.order_line,
        order_status=order.status,
        status=shipment.status,
        rank=order.rank,
        place=0,
        gate=gate_of(order, shipment, line),
        bound_to=order.bound_to(shipment, line),
        units=line.units,
        wanted=line.wanted,
        held=tuple(
            HeldAt(one.location, one.units, 0 if one.drop_ship else one.loose)
            for one in line.claims
        ),
        pegs=tuple(Tied(one.supply, one.units, one.pinned) for one in line.pegs),
        late_pins=tuple(Tied(one.supply, one.units, pinned=True) for one in pins),
    )


def _head(facts: QueueFacts, parts: _Parts, most: int) -> Iterator[QueueRow]:
    """In rank order, up to the last line that was read: behind it nobody knows who stands."""
    touched = {after.order.id for _, after in parts}
    is_cut = sum(row.wanted for row in facts.head) < facts.waiting.units
    last = max((row.rank for row in facts.head), default=None) if is_cut else None
    rows = [row for row in facts.head if row.order_id not in touched]
    rows += [row for _, after in parts for row in after.rows if last is None or row.rank <= last]
    rows.sort(key=lambda row: (row.rank, row.shipment_line))
    return _placed(rows[:most], 1)


def _placed(rows: Iterable[QueueRow], first: int) -> Iterator[QueueRow]:
    place, last = first - 1, None
    for row in rows:
        place += row.order_id != last
        last = row.order_id
        yield replace(row, place=place)


def _found(facts: QueueFacts, parts: _Parts, head: Sequence[QueueRow]) -> Found | None:
    """The order searched for; its place is known in the head, or where it keeps its rank."""
    found = facts.found
    if found is None:
        return None
    own = [row for row in head if row.order == found.order]
    if own:
        return Found(found.order, own[0].place, tuple(own))
    mine = next((pair for pair in parts if pair[1].order.number == found.order), None)
    rows = mine[1].rows if mine else [row for row in found.rows if row.order == found.order]
    if not rows or found.place is None or (mine and mine[0].order.rank != rows[0].rank):
        return Found(found.order)
    place = found.place
    for before, after in parts:
        place += bool(after.wanted) and after.order.rank < rows[0].rank
        place -= bool(before.wanted) and before.order.rank < rows[0].rank
    return Found(found.order, place, tuple(_placed(rows, place)))


def _moved(band: Band, parts: _Parts, name: str) -> Band:
    """A sum over the queue as it would be."""
    orders, units = band.orders or 0, band.units
    for before, after in parts:
        was, then = getattr(before, name), getattr(after, name)
        units += then - was
        orders += (then > 0) - (was > 0)
    return Band(orders, units, band.at_least)


def _stock(facts: QueueFacts, what: Tried, parts: _Parts) -> Iterator[StockAt]:
    places = {one.location: one for one in facts.stock}
    came = {at: units for (sku, at), units in what.arriving.items() if sku == facts.sku}
    for location in sorted(places.keys() | came.keys()):
        if facts.there is None or location in facts.there:
            one = places.get(location, StockAt(location, 0, 0, 0))
            given = sum(a.allocated[location] - b.allocated[location] for b, a in parts)
            on_hand = one.on_hand + came.get(location, 0)
            yield replace(one, on_hand=on_hand, allocated=one.allocated + given)


def _supplies(
    facts: QueueFacts, what: Tried, days: Mapping[str, date], pegged: Mapping[int, int]
) -> Iterator[ComingSupply]:
    for one in facts.supplies:
        moved = replace(one, pegged=one.pegged + pegged.get(one.id, 0))
        if one.id not in what.otherwise:
            yield moved
        elif (now := what.otherwise[one.id].now).is_coming:
            state = date_state(one.location, now.due_on, now.status, days)
            yield replace(moved, outstanding=now.outstanding, expected_on=now.due_on, state=state)
    for new in _new(facts, what):
        if facts.there is None or new.location in facts.there:
            yield ComingSupply(
                id=new.id,
                kind=SupplyKind.PURCHASE_ORDER,
                document=new.source or "new",
                line=None,
                location=new.location,
                expected_on=new.due_on,
                outstanding=new.outstanding,
                pegged=pegged.get(new.id, 0),
                state=date_state(new.location, new.due_on, new.status, days),
            )


def _new(facts: QueueFacts, what: Tried) -> Iterator[Supply]:
    """What would come, and does not as it is."""
    for one in what.otherwise.values():
        if one.now.is_coming and not one.was.is_coming and one.now.sku == facts.sku:
            yield one.now


def _beside(
    facts: QueueFacts,
    parts: _Parts,
    supplies: Iterable[ComingSupply],
    rows: Sequence[QueueRow],
) -> dict[int, Band]:
    """Orders pegged on each supply of which no line would be drawn."""
    were = drawn(facts.head, facts.found)
    return {
        one.id: replace(
            (beside := facts.beside.get(one.id, NOBODY)),
            orders=(beside.orders or 0)
            + len({row.order_id for row in were if row.on(one.id)})
            + sum((a.pegged[one.id] > 0) - (b.pegged[one.id] > 0) for b, a in parts)
            - len({row.order_id for row in rows if row.on(one.id)}),
        )
        for one in supplies
    }
