"""When could this basket ship: planned on a copy as if it came now, and nothing is claimed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from fulfillment.domain.actions.presets import expand
from fulfillment.domain.model.days import day_of
from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.domain.model.policy import resolve
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.working_days import ShipDays
from fulfillment.domain.planning.promise import promise, without_supply
from fulfillment.store.commands.intake import (
    Catalogue,
    NewOrder,
    check_order,
    load_catalogue,
    units_of,
)
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.reading.views.explanations import (
    MetBy,
    PromisedLine,
    PromisedShipment,
    PromiseView,
)
from fulfillment.store.reading.views.shipments import UnitsOfLine
from fulfillment.store.transactions.session import Tx
from fulfillment.store.transactions.zones import zone_of

BASKET = 0
"""The id of the order that is only simulated; stored ones count from 1."""

BEHIND_ALL = 2**62
"""Its place among orders of its priority and moment: it has not been taken in."""


def read_promise(tx: Tx, basket: NewOrder) -> PromiseView:
    """The slices of each line, and which stock or supply meets each unit (behaviour.md §5).

    What intake would refuse is refused here, with the same code. Run it by `Store.simulate`.
    """
    catalogue = load_catalogue(tx, basket.lines)
    check_order(basket, catalogue)
    mine = _as_order(tx, basket, catalogue)
    wanted: Counter[str] = Counter()
    for line in mine.lines:
        wanted[line.sku] += line.ordered
    space = open_queues(
        tx, wanted, claiming=(mine.rank, mine.rank), asking=lambda: (mine.rank, wanted)
    )
    space.before[BASKET] = mine
    space.put(mine)
    space.plan(first_claims=[BASKET])
    return _told(space.after[BASKET], space.ship_days(), mine)


def _as_order(tx: Tx, basket: NewOrder, catalogue: Catalogue) -> Order:
    (row,) = tx.rows("SELECT time_zone FROM merchant WHERE id = :merchant", merchant=tx.merchant)
    placed_at = basket.placed_at or tx.now
    knobs = expand(basket.policy, for_one_order=True)
    lines = [OrderLine(line.line, line.sku, units_of(line, catalogue)) for line in basket.lines]
    parts = tuple(
        ShipmentLine(-1 - index, line.number, line.sku, line.ordered)
        for index, line in enumerate(lines)
    )
    return Order(
        id=BASKET,
        merchant=tx.merchant,
        number=basket.number,
        rank=Rank(basket.priority, placed_at, BEHIND_ALL),
        policy=resolve(knobs, *catalogue.settings),
        lines=tuple(lines),
        shipments=(Shipment(-1, 1, ShipmentStatus.BACKORDER, parts),),
        placed_at=placed_at,
        placed_on=day_of(placed_at, zone_of(row.time_zone)),
        lock=basket.lock_location,
        pickup=basket.pickup_location,
        verified=True,
        prepared=True,
        first_claimed=True,
    )


def _told(order: Order, days: ShipDays, asked: Order) -> PromiseView:
    slices = promise(order, days)
    dates = [piece.on for pieces in slices.values() for piece in pieces]
    return PromiseView(
        status=order.status,
        first_on=min(dates, default=None),
        complete_on=max(dates, default=None),
        lines=tuple(
            PromisedLine(
                line=line.number,
                sku=line.sku,
                units=line.ordered,
                cancelled=line.cancelled,
                promise=slices[line.number],
                met_by=tuple(_met_by(order, line.number, days.today)),
            )
            for line in order.lines
        ),
        shipments=tuple(
            PromisedShipment(
                status=shipment.status,
                location=shipment.location,
                expected_on=shipment.expected_on,
                lines=tuple(UnitsOfLine(x.order_line, x.sku, x.units) for x in shipment.lines),
            )
            for shipment in order.live
        ),
        policy=asdict(asked.policy),
    )


def _met_by(order: Order, line: int, today: date) -> Iterator[MetBy]:
    """What meets each unit of a line: stock at a place, a supply with its date, or nothing yet."""
    nothing = 0
    for shipment in order.live:
        for row in shipment.lines:
            if row.order_line == line:
                for claim in row.claims:
                    yield MetBy("stock", claim.units, today, claim.location)
                for peg in row.pegs:
                    yield MetBy("supply", peg.units, peg.due_on, peg.location, peg.source)
                nothing += row.wanted - row.pegged
    if nothing:
        yield MetBy("nothing", nothing, without_supply(order, today))
