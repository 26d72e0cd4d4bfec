"""What was shipped is sent once more, in lines that are tied to those they are for."""

from dataclasses import replace

import pytest

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.actions.sent_again import exchanged_after_return, replaced
from fulfillment.domain.floor.after_dispatch import voided
from fulfillment.domain.floor.dispatch import ship
from fulfillment.domain.model.orders import Channel, Order
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from tests.builders.values import claim, line, order, shipment


def left(channel: Channel = Channel.PICK, price: int | None = None) -> tuple[Order, Shipment]:
    """An order of three K1 that has left from A, as a rule sees it."""
    row = line("K1", 3, claims=[claim(3, picked=3)])
    mine = shipment(row, status=ShipmentStatus.PACKED, at="A", wave=1)
    gone = ship(order(1, (("K1", 3),), shipments=[mine], verified=True, first_claimed=True), mine)
    (known,) = gone.lines
    lines = (replace(known, channel=channel, source="A", unit_price_minor=price),)
    return replace(gone, lines=lines), gone.shipments[0]


def counted(each: Order) -> bool:
    """Ordered = in live shipments + shipped + cancelled, for each line."""
    return all(
        row.ordered
        == row.shipped
        + row.cancelled
        + sum(r.units for s in each.live for r in s.lines if r.order_line == row.number)
        for row in each.lines
    )


def test_every_unit_is_counted_once_when_it_is_sent_again_or_voided():
    mine, gone = left()

    for after in (replaced(mine, gone), voided(mine, gone)):
        assert counted(after)
    assert voided(mine, gone).status is OrderStatus.PICKING
    assert ship(voided(mine, gone), voided(mine, gone).shipments[0]).lines == mine.lines


def test_what_the_supplier_sent_is_sent_again_by_it_and_exchanged_from_stock():
    mine, gone = left(Channel.DROP_SHIP)

    again = replaced(mine, gone).lines[-1]
    instead = exchanged_after_return(mine, LineUnits(1), "K2", {"K1": 3}).lines[-1]

    assert (again.channel, again.source) == (Channel.DROP_SHIP, "A")
    assert (instead.channel, instead.source) == (Channel.PICK, None)


@pytest.mark.parametrize(("price", "surcharge", "asked"), [(None, 0, None), (9, 0, 0), (9, 2, 2)])
def test_a_line_in_place_of_another_costs_the_surcharge_alone(price, surcharge, asked):
    mine, _ = left(price=price)

    new = exchanged_after_return(mine, LineUnits(1, 1), "K2", {"K1": 1}, surcharge).lines[-1]

    assert (new.unit_price_minor, new.replaces_line, new.ordered) == (asked, 1, 1)


def test_no_more_is_exchanged_than_came_back_and_was_shipped():
    mine, _ = left()
    for returned, units in (({"K1": 1}, 2), ({"K1": 9}, 4)):
        with pytest.raises(RefusedError, match="came back"):
            exchanged_after_return(mine, LineUnits(1, units), "K2", returned)
