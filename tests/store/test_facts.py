"""What a past fact means is stored with it, not asked of today's catalogue (behaviour.md §9.12)."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from fulfillment.domain.preparing import Choice, Choose
from fulfillment.store.commands import catalogue, hands
from tests.builders import moves
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.store.test_once import at_once

ACME = catalogue.NewMerchant(MERCHANT, "Acme")


# --- whether stock was managed ---


def test_what_left_while_stock_was_managed_stays_so_when_it_is_not_any_more(
    warehouse: Warehouse,
) -> None:
    moves.shipped(warehouse, [("K1", 3)])
    warehouse.products("K1", manage_stock=False)

    assert warehouse.findings() == []
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE order_line SET managed = false")
    assert [found.split()[0] for found in warehouse.findings()] == ["5a"]
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE order_line SET managed = true")


def test_what_left_while_stock_was_not_managed_stays_so_when_it_is_again(
    warehouse: Warehouse,
) -> None:
    warehouse.products("K1", manage_stock=False)
    order = warehouse.order([("K1", 3)])
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)
    warehouse.products("K1", manage_stock=True)

    assert warehouse.status(order) == "shipped"
    assert warehouse.findings() == []
    moves.shipped(warehouse, [("K1", 2)])
    assert moves.ledger(warehouse, "dispatch")[0][3] == -2


def test_an_order_and_its_product_agree_when_both_are_written_at_once(
    warehouse: Warehouse,
) -> None:
    for managed in [False, True] * 6:
        order, _ = at_once(
            partial(warehouse.take, [("K1", 1)]),
            partial(warehouse.products, "K1", manage_stock=managed),
        )

        said = "SELECT l.managed = p.manage_stock FROM order_line l JOIN product p"
        assert warehouse.one(f"{said} USING (merchant, sku) WHERE l.order_id = :id", id=order)
        warehouse.cancel(order)


# --- who sent it ---


def test_what_the_supplier_sent_stays_so_when_the_rest_comes_from_stock(
    warehouse: Warehouse,
) -> None:
    warehouse.location("SUPPLIER")
    mine = warehouse.order([("K1", 2), ("K2", 1)], policy={"prepare": "manual"})
    number = warehouse.number(mine)
    warehouse.do(hands.prepare(number, [Choice(1, Choose.DROP_SHIP, "SUPPLIER")]))
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)
    warehouse.edit(mine, {1: ("K1", 5), 2: ("K2", 1)}, 1)

    warehouse.do(hands.mark_backordered(number, 1))

    assert warehouse.findings() == []
    assert moves.ledger(warehouse, "dispatch") == []


# --- the day on which it was placed ---


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_day_an_order_was_placed_on_stays_when_its_merchant_moves(
    warehouse: Warehouse, zone: str
) -> None:
    warehouse.settings(default_backorder_days=30)
    placed_at = datetime(2026, 3, 2, 5, tzinfo=UTC)
    before = warehouse.order([("K1", 1)], placed_at=placed_at)
    promised = warehouse.read(before)["lines"][0]["promise"]

    catalogue.put_merchant(warehouse.store, replace(ACME, time_zone=zone))
    warehouse.serve_due()
    after = warehouse.order([("K1", 1)], placed_at=placed_at)

    assert warehouse.read(before)["lines"][0]["promise"] == promised
    here = {"Pacific/Kiritimati": 0, "America/Los_Angeles": -1}[zone]
    assert warehouse.read(after)["lines"][0]["promise"] == [
        {"units": 1, "on": warehouse.day(30 + here)}
    ]
