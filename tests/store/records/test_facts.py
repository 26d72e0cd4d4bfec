"""What a past fact means is stored with it, not asked of today's catalogue (behaviour.md §9.12)."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from fulfillment.domain.actions.manual_prepare import Choice, Choose
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.intake import NewLine, create_order
from fulfillment.store.commands.orders import channel_edit, line_changes, manual
from tests.builders import moves
from tests.builders.calling import at_once, refused
from tests.builders.warehouse import MERCHANT, Warehouse, command

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
    warehouse.do(manual.prepare(number, [Choice(1, Choose.DROP_SHIP, "SUPPLIER")]))
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)
    warehouse.edit(mine, {1: ("K1", 5), 2: ("K2", 1)}, 1)

    warehouse.do(manual.mark_backordered(number, 1))

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


# --- where units lie, and were to come ---


def test_units_are_counted_sent_away_and_received_when_their_location_is_closed_down(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(5, at="B")
    bought = warehouse.purchase([("K1", 4)], at="B")
    catalogue.put_location(warehouse.store, catalogue.NewLocation("B", "B", active=False))
    warehouse.serve_due()

    warehouse.stock(1, at="B")
    moves.count(warehouse, {"K1": 7}, at="B")
    warehouse.receive(bought, {1: 4}, at="B")
    warehouse.serve(bought)
    sent = moves.transfer(warehouse, [("K1", 11)], source="B", to="A")
    moves.receive(warehouse, sent, {1: 11})

    assert (warehouse.level(at="B"), warehouse.level(at="A")) == ((0, 0), (11, 0))


# --- what a pack held ---


def asked(*wants: tuple[str, int, str | None]) -> tuple[NewLine, ...]:
    return tuple(NewLine(line, *want) for line, want in enumerate(wants, 1))


def put(warehouse: Warehouse, order: int, revision: int, lines: tuple[NewLine, ...]) -> None:
    edit = channel_edit.Edit(warehouse.number(order), revision, lines)
    channel_edit.edit_order(warehouse.store, command("edit"), edit)


@pytest.mark.parametrize(
    "today", [{"packs": {"carton": 10}}, {"packs": {}}, {"packs": {"carton": 12}, "active": False}]
)
def test_a_line_that_an_edit_repeats_stays_when_the_catalogue_has_changed(
    warehouse: Warehouse, today: dict[str, Any]
) -> None:
    warehouse.products("T1", packs={"carton": 12})
    new = replace(warehouse.new_order(), lines=asked(("T1", 2, "carton"), ("K1", 5, None)))
    mine = create_order(warehouse.store, MERCHANT, new, "tester").order
    assert mine is not None
    warehouse.claim(mine)
    warehouse.products("T1", **today)

    put(warehouse, mine, 1, asked(("T1", 2, "carton"), ("K1", 3, None)))

    lines = warehouse.read(mine)["lines"]
    assert [(line["ordered"] - line["cancelled"]) for line in lines] == [24, 3]
    assert lines[0]["pack"] == {"name": "carton", "units": 12, "quantity": 2, "loose": 0}


def test_more_cartons_of_a_line_are_of_the_size_that_it_was_ordered_in(
    warehouse: Warehouse,
) -> None:
    warehouse.products("T1", packs={"carton": 12})
    new = replace(warehouse.new_order(), lines=asked(("T1", 2, "carton")))
    mine = create_order(warehouse.store, MERCHANT, new, "tester").order
    assert mine is not None
    warehouse.claim(mine)
    warehouse.products("T1", packs={"carton": 10})

    put(warehouse, mine, 1, asked(("T1", 3, "carton")))
    assert warehouse.read(mine)["lines"][0]["ordered"] == 36
    warehouse.do(line_changes.quantity(warehouse.number(mine), 1, 4, "carton"))
    assert warehouse.read(mine)["lines"][0]["ordered"] == 48


def test_more_of_a_line_is_refused_when_its_product_is_not_sold_any_more(
    warehouse: Warehouse,
) -> None:
    mine = warehouse.order([("K1", 2)])
    warehouse.products("K1", active=False)

    put(warehouse, mine, 1, asked(("K1", 2, None)))
    more = asked(("K1", 3, None))
    assert refused(lambda: put(warehouse, mine, 2, more)).code == "unknown_sku"
