"""Prices of lines that are exchanged and edited, and what a channel's edit repeats."""

from dataclasses import replace
from typing import Any

import pytest

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.intake import NewLine, create_order
from fulfillment.store.commands.orders import line_changes
from fulfillment.store.commands.orders.channel_edit import Edit, edit_order
from tests.builders.warehouse import MERCHANT, command
from tests.store.commands.payments.test_payments import due, pay, priced

# --- prices --------------------------------------------------------------------------------------


def prices(warehouse, order: int) -> list[int | None]:
    rows = warehouse.rows(
        "SELECT unit_price_minor AS price FROM order_line WHERE order_id = :id ORDER BY line",
        id=order,
    )
    return [row.price for row in rows]


@pytest.mark.parametrize(("given", "price"), [(None, 500), (0, 0), (700, 700)])
def test_an_exchanged_line_costs_what_the_old_one_did_unless_a_price_is_given(
    warehouse, given, price
):
    mine = priced(warehouse, ("K1", 2, 500))
    pay(warehouse, mine, "capture", 1000)
    number = warehouse.number(mine)
    warehouse.do(line_changes.exchange(number, LineUnits(1, 2), "K2", given))

    assert prices(warehouse, mine) == [500, price]
    assert due(warehouse, mine) == ([("refund", 1000 - 2 * price)] if price < 500 else [])


def edit(warehouse, order: int, *lines: NewLine) -> dict[str, Any]:
    asked = Edit(warehouse.number(order), 1, lines)
    return edit_order(warehouse.store, command("edit"), asked)


def test_an_edit_with_another_price_changes_it_and_what_is_due(warehouse):
    mine = priced(warehouse, ("K1", 2, 500), ("K2", 1, 100))
    pay(warehouse, mine, "capture", 1100)
    edit(warehouse, mine, NewLine(1, "K1", 2, unit_price_minor=400), NewLine(2, "K2", 1))

    assert prices(warehouse, mine) == [400, 100]
    assert due(warehouse, mine) == [("refund", 200)]
    assert warehouse.happened(mine, "price_changed") == [{"line": 1, "from": 500, "to": 400}]


def test_an_edit_is_refused_when_it_changes_the_price_of_what_was_shipped(warehouse):
    warehouse.stock(1)
    mine = priced(warehouse, ("K1", 2, 500))
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)

    with pytest.raises(RefusedError) as refusal:
        edit(warehouse, mine, NewLine(1, "K1", 3, unit_price_minor=400))
    assert refusal.value.code == "price_is_fixed"
    edit(warehouse, mine, NewLine(1, "K1", 3, unit_price_minor=500))
    assert prices(warehouse, mine) == [500]


# --- what an edit repeats ------------------------------------------------------------------------


CATALOGUE_LATER: list[dict[str, Any]] = [
    {"packs": {"carton": 10}},
    {"packs": {}},
    {"packs": {"carton": 12}, "active": False},
    {"packs": {}, "active": False, "allow_backorder": False},
]


@pytest.mark.parametrize("later", CATALOGUE_LATER)
def test_what_an_edit_repeats_stays_whatever_the_catalogue_says_now(warehouse, later):
    warehouse.products("P1", packs={"carton": 12})
    lines = (NewLine(1, "P1", 2, "carton"), NewLine(2, "K1", 1))
    new = replace(warehouse.new_order(), lines=lines)
    taken = create_order(warehouse.store, MERCHANT, new, "tester")
    assert taken.order is not None
    warehouse.claim(taken.order)
    warehouse.products("P1", **later)
    edit(warehouse, taken.order, lines[0], NewLine(2, "K1", 3))

    shown = warehouse.read(taken.order)["lines"]
    assert [(line["ordered"], line["cancelled"]) for line in shown] == [(24, 0), (3, 0)]
    assert shown[0]["pack"] == {"name": "carton", "units": 12, "quantity": 2, "loose": 0}


def test_more_of_what_is_not_sold_any_more_is_refused(warehouse):
    mine = warehouse.order([("K1", 1), ("K2", 1)])
    warehouse.products("K1", active=False)

    with pytest.raises(RefusedError) as refusal:
        edit(warehouse, mine, NewLine(1, "K1", 2), NewLine(2, "K2", 1))
    assert refusal.value.code == "unknown_sku"
