"""One wave at one place is one parcel, also when an order gains units while nobody works on it."""

from fulfillment.store.commands.orders import line_changes
from fulfillment.store.commands.orders.line_changes import Added
from tests.builders.warehouse import Warehouse

ONE = {"max_shipments": 1}


def test_a_quantity_raised_on_a_ready_order_goes_into_the_same_shipment(warehouse: Warehouse):
    warehouse.stock(9)
    mine = warehouse.order([("K1", 2)], policy=ONE)
    (before,) = warehouse.shipments("ready")
    warehouse.do(line_changes.quantity(warehouse.number(mine), 1, 5))
    assert warehouse.parts(mine) == [("ready", "A", 5)]
    assert warehouse.shipments("ready") == [before]

    warehouse.pick(before)
    warehouse.ship(before)
    assert warehouse.status(mine) == "shipped"
    assert warehouse.findings() == []


def test_what_waited_for_more_stock_goes_in_one_shipment(warehouse: Warehouse):
    warehouse.stock(2)
    mine = warehouse.order([("K1", 2)], policy=ONE)
    (before,) = warehouse.shipments("ready")
    number = warehouse.number(mine)
    warehouse.do(line_changes.quantity(number, 1, 5))
    warehouse.do(line_changes.add_line(number, Added("K2", 1)))
    assert warehouse.shipments("ready") == []
    warehouse.stock(3)
    warehouse.stock(1, "K2")

    assert warehouse.parts(mine) == [("ready", "A", 6)]
    assert warehouse.shipments("ready") == [before]
    assert warehouse.read(mine)["waves"] == {"spent": 1, "left": 0}
    warehouse.pick(before)
    warehouse.ship(before)
    assert warehouse.status(mine) == "shipped"
    assert warehouse.findings() == []
