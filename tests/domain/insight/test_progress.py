from fulfillment.domain.insight.progress import MOST_NAMED, ShipmentProgress, progress_of
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from fulfillment.domain.planning.cancellation import cancelled
from tests.builders.values import claim, day, line, order, peg, shipment


def test_what_waits_and_for_what_is_told_when_an_order_waits():
    ready = shipment(line(claims=[claim(1)]), status=ShipmentStatus.READY, at="A")
    waits = shipment(
        line(units=4, id_=102, claims=[claim(1)], pegs=[peg(1, 2, due=9), peg(1, 1, due=3)]),
        line("K2", 2, number=2, id_=103, claims=[claim(2)]),
        number=2,
        id_=12,
    )
    progress = progress_of(order(1, shipments=[waits, ready], priority=7))

    assert progress.status is OrderStatus.PARTIALLY_BACKORDERED
    assert (progress.waiting_units, progress.awaits_stock, progress.finished) == (3, True, False)
    assert progress.awaited_skus == ("K1",)
    assert progress.awaited_supply == ("PO-1", "PO-2")
    assert progress.next_date == day(3)
    assert progress.priority == 7
    assert progress.shipments == (
        ShipmentProgress(1, ShipmentStatus.READY, "A"),
        ShipmentProgress(2, ShipmentStatus.BACKORDER),
    )


def test_nothing_is_awaited_when_an_order_is_finished():
    progress = progress_of(cancelled(order(1)))

    assert progress.finished
    assert not progress.awaits_stock
    assert (progress.shipments, progress.next_date, progress.awaited_skus) == ((), None, ())


def test_a_snapshot_names_no_more_than_a_history_should_hold():
    many = [(f"K{at:04}", 1) for at in range(MOST_NAMED + 1)]
    progress = progress_of(order(1, many))
    assert len(progress.awaited_skus) == MOST_NAMED
    assert progress.waiting_units == MOST_NAMED + 1
