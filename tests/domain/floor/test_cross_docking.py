"""Which units that came go straight to a released shipment."""

from fulfillment.domain.floor.cross_docking import Arrival, Docked, Gain, dock, gains
from fulfillment.domain.model.statuses import ShipmentStatus
from tests.builders.values import claim, line, order, shipment

READY = ShipmentStatus.READY


def test_what_a_released_shipment_has_gained_is_told():
    before = order(1, shipments=[shipment(line(units=5))])
    after = order(1, shipments=[shipment(line(units=5, claims=[claim(5)]), status=READY, at="A")])
    (gain,) = gains(before, after)
    assert (gain.sku, gain.location, gain.units) == ("K1", "A", 5)


def test_units_held_before_are_on_the_shelf_already():
    before = order(1, shipments=[shipment(line(units=5, claims=[claim(3)]))])
    after = order(1, shipments=[shipment(line(units=5, claims=[claim(5)]), status=READY, at="A")])
    assert [gain.units for gain in gains(before, after)] == [2]


def test_units_for_a_shipment_that_still_waits_go_to_the_shelf():
    before = order(1, shipments=[shipment(line(units=5))])
    after = order(1, shipments=[shipment(line(units=5, claims=[claim(3)]))])
    assert list(gains(before, after)) == []


def test_goods_are_given_out_the_first_receipt_first():
    arrivals = [Arrival(1, 11, "K1", "A", 4), Arrival(2, 12, "K1", "A", 9)]
    gained = [Gain("K1", "A", 7, 3), Gain("K1", "A", 8, 5), Gain("K1", "B", 9, 5)]
    assert dock(arrivals, gained) == [
        Docked(1, 11, 7, 3),
        Docked(1, 11, 8, 1),
        Docked(2, 12, 8, 4),
    ]


def test_no_more_is_docked_than_arrived():
    arrivals = [Arrival(1, 11, "K1", "A", 4)]
    assert dock(arrivals, [Gain("K1", "A", 7, 9)]) == [Docked(1, 11, 7, 4)]
