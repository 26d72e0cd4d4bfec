"""Days are told in the zone of the place they are about."""

from datetime import UTC, datetime

from fulfillment.store.commands import catalogue
from tests.builders.warehouse import MERCHANT, Warehouse


def test_supply_is_pegged_until_the_day_is_over_where_it_comes_to(warehouse: Warehouse) -> None:
    far_west = catalogue.NewLocation("W", "W", "Pacific/Honolulu", serves={MERCHANT: 3})
    far_east = catalogue.NewLocation("E", "E", "Pacific/Auckland", serves={MERCHANT: 4})
    for location in (far_west, far_east):
        catalogue.put_location(warehouse.store, location)
    # It is the 3rd in London, the 2nd still in Honolulu, and noon of the 3rd in Auckland.
    warehouse.clock.now = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
    warehouse.purchase([("K1", 1)], at="W", due=-1, number="WEST")
    warehouse.purchase([("K1", 1)], at="E", due=-1, number="EAST")
    order = warehouse.order([("K1", 2)])
    assert warehouse.pegs(order) == {"WEST": 1}
