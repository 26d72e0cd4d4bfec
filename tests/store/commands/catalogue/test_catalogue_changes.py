"""A change of a location, a product or a merchant that changes plans has them made again."""

from dataclasses import replace
from functools import partial
from typing import Any

from fulfillment.store.commands import catalogue
from tests.builders.calling import at_once
from tests.builders.warehouse import MERCHANT, Warehouse

OTHER = "other"


def put(warehouse: Warehouse, id_: str, **more: Any) -> None:
    new = catalogue.NewLocation(id_, id_, serves={MERCHANT: 2})
    catalogue.put_location(warehouse.store, replace(new, **more))


def is_owed(warehouse: Warehouse, merchant: str = MERCHANT) -> bool:
    return bool(warehouse.one("SELECT replan_due FROM merchant WHERE id = :id", id=merchant))


def test_stock_is_given_to_those_who_wait_when_its_location_is_opened_again(warehouse):
    warehouse.stock(5, "K1", "B")
    put(warehouse, "B", active=False)
    mine = warehouse.order([("K1", 3)])
    assert warehouse.status(mine) == "awaiting_stock"

    put(warehouse, "B")
    warehouse.serve_due()

    assert warehouse.parts(mine) == [("ready", "B", 3)]


def test_claims_stay_and_nothing_new_is_taken_when_a_location_is_closed_down(warehouse):
    warehouse.settings(max_shipments=1)
    warehouse.stock(3, "K1", "B")
    first, second = warehouse.order([("K1", 5)]), warehouse.order([("K2", 1)])
    put(warehouse, "B", active=False)
    warehouse.serve_due()
    warehouse.stock(9, "K2", "B")

    assert warehouse.level("K1", "B") == (3, 3)
    assert warehouse.parts(first) == [("backorder", None, 5)]
    assert warehouse.parts(second) == [("backorder", None, 1)]


def test_pegs_end_when_the_location_of_the_supply_is_closed_down(warehouse):
    warehouse.purchase([("K1", 5)], at="B")
    warehouse.order([("K1", 3)])
    assert warehouse.one("SELECT sum(units) FROM peg") == 3

    put(warehouse, "B", active=False)
    warehouse.serve_due()

    assert warehouse.one("SELECT count(*) FROM peg") == 0


def test_inbound_units_release_an_order_when_its_product_allows_it_later(warehouse):
    warehouse.products("K9", future_inventory=False)
    warehouse.settings(future_inventory=True)
    warehouse.purchase([("K9", 5)])
    mine = warehouse.order([("K9", 5)])
    assert warehouse.parts(mine) == [("backorder", None, 5)]

    warehouse.products("K9", future_inventory=True)
    warehouse.serve_due()

    assert warehouse.parts(mine)[-1] == ("future", "A", 5)


def test_nothing_is_planned_again_when_nothing_changed_that_a_plan_depends_on(warehouse):
    warehouse.order([("K1", 3)])
    put(warehouse, "B", name="the other name", handling_days=2)
    warehouse.products("K1", supplier="Leaf", reorder_level=4, backorder_limit=9)
    warehouse.products("NEW", future_inventory=False)
    put(warehouse, "C", serves={MERCHANT: 7})
    catalogue.put_merchant(warehouse.store, catalogue.NewMerchant(MERCHANT, "Acme Ltd"))

    assert not is_owed(warehouse)


def test_only_the_merchants_concerned_are_planned_again_when_a_priority_changes(warehouse):
    catalogue.put_merchant(warehouse.store, catalogue.NewMerchant(OTHER, "Other"))
    put(warehouse, "B", serves={MERCHANT: 2, OTHER: 1})
    warehouse.serve_due()
    put(warehouse, "B", serves={MERCHANT: 2, OTHER: 5})
    assert (is_owed(warehouse), is_owed(warehouse, OTHER)) == (False, True)

    put(warehouse, "B", serves={}, time_zone="Asia/Tokyo")
    assert (is_owed(warehouse), is_owed(warehouse, OTHER)) == (True, True)


def test_a_merchants_orders_are_planned_again_when_its_days_are_others(warehouse):
    mine = catalogue.NewMerchant(MERCHANT, "Acme", time_zone="Pacific/Kiritimati")
    catalogue.put_merchant(warehouse.store, mine)
    assert is_owed(warehouse)
    warehouse.serve_due()
    assert not is_owed(warehouse)


def test_nobody_waits_for_what_is_free_when_orders_come_while_a_location_is_opened(warehouse):
    warehouse.stock(12, "K1", "B")
    put(warehouse, "B", active=False)
    taken = [warehouse.take() for _ in range(12)]
    results = at_once(
        *[partial(warehouse.claim, each) for each in taken], partial(put, warehouse, "B")
    )
    warehouse.serve_due()

    assert not [result for result in results if isinstance(result, str)]
    assert len(warehouse.shipments("ready")) == 12
