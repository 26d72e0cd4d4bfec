"""A location that is closed down or does not serve the merchant supplies nothing, and says so."""

from collections.abc import Callable
from typing import Any

import pytest

from fulfillment.domain.actions.manual_prepare import Choice, Choose
from fulfillment.store.commands.intake import NewLine, NewOrder
from fulfillment.store.commands.orders import manual
from fulfillment.store.insight.order import read_explanation
from fulfillment.store.insight.promise import read_promise
from fulfillment.store.insight.sku import read_sku_explanation
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.stock import StockFilter, list_stock
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse

Fall = Callable[[Warehouse], None]


def closed(warehouse: Warehouse) -> None:
    warehouse.location("B", 2, active=False)
    warehouse.serve_due()


def not_serving(warehouse: Warehouse) -> None:
    def body(tx: Any) -> None:
        tx.run("DELETE FROM merchant_location WHERE location = 'B'")
        tx.run("UPDATE merchant SET replan_due = true")

    warehouse.store.transact(MERCHANT, body)
    warehouse.serve_due()


WAYS: list[tuple[Fall, str, str]] = [
    (closed, "closed", "location_closed"),
    (not_serving, "not_serving", "location_not_serving"),
]


def explained(warehouse: Warehouse, order: int) -> dict[str, Any]:
    number = warehouse.number(order)
    return dict(plain(warehouse.store.simulate(MERCHANT, lambda tx: read_explanation(tx, number))))


def stock_of(warehouse: Warehouse, sku: str = "K1") -> dict[str, Any]:
    page = warehouse.store.read(
        MERCHANT, lambda tx: list_stock(tx, Window(10, None), StockFilter(sku))
    )
    return dict(plain(page.items[0]))


@pytest.mark.parametrize(("become", "why", "_code"), WAYS)
def test_nothing_there_can_be_promised_and_the_list_says_what_lies_there(
    warehouse: Warehouse, become: Fall, why: str, _code: str
) -> None:
    warehouse.stock(10, at="B")
    warehouse.purchase([("K1", 7)], at="B")
    warehouse.stock(2, at="A")
    assert stock_of(warehouse)["atp"] == 19
    become(warehouse)
    found = stock_of(warehouse)

    assert (found["atp"], found["available"], found["available_out_of_use"]) == (2, 12, 10)
    assert {at["location"]: at["out_of_use"] for at in found["locations"]} == {"A": None, "B": why}


@pytest.mark.parametrize(("become", "why", "code"), WAYS)
def test_an_explanation_says_that_units_lie_there_and_why_they_do_not_help(
    warehouse: Warehouse, become: Fall, why: str, code: str
) -> None:
    warehouse.stock(10, at="B")
    warehouse.purchase([("K1", 7)], at="B")
    become(warehouse)
    mine = warehouse.order([("K1", 4)])
    (line,) = explained(warehouse, mine)["waiting"]
    told = {reason["code"]: reason for reason in line["reasons"]}

    assert told[code]["facts"] == {
        "location": "B",
        "free": 10,
        "inbound": 7,
        "held": 0,
        "bound": False,
    }
    assert told[code]["units"] == 4
    assert "10 units" in told[code]["sentence"]
    assert "B" in told[code]["sentence"]
    sku = plain(warehouse.store.simulate(MERCHANT, lambda tx: read_sku_explanation(tx, "K1")))
    assert [level["out_of_use"] for level in sku["levels"]] == [why]
    assert [supply["out_of_use"] for supply in sku["supply"]] == [why]
    assert (sku["available"], sku["idle"]["free"], sku["idle"]["out_of_use"]) == (10, 0, 10)


@pytest.mark.parametrize(("become", "_why", "code"), WAYS)
@pytest.mark.parametrize("binding", ["lock_location", "pickup_location", "source"])
def test_an_order_that_is_bound_there_is_told_so_and_offered_nothing_that_does_nothing(
    warehouse: Warehouse, become: Fall, _why: str, code: str, binding: str
) -> None:
    bound = {} if binding == "source" else {binding: "B"}
    mine = warehouse.order([("K1", 4)], **bound, policy={"prepare": "manual"})
    if binding == "source":
        choice = Choice(1, Choose.PICK, "B")
        warehouse.do(manual.prepare(warehouse.number(mine), [choice]))
    become(warehouse)
    warehouse.stock(3, at="A")
    if become is closed:
        warehouse.stock(5, at="B")
    assert warehouse.allocated(mine) == 0
    found = explained(warehouse, mine)
    (line,) = found["waiting"]
    (reason,) = [one for one in line["reasons"] if one["code"] == code]

    assert reason["facts"]["bound"] is True
    told = {remedy["code"] for remedy in found["remedies"]}
    assert told == {"cancel_short", *(["unlock"] if binding == "lock_location" else [])}


@pytest.mark.parametrize(("become", "_why", "_code"), WAYS)
def test_a_promise_counts_nothing_there(
    warehouse: Warehouse, become: Fall, _why: str, _code: str
) -> None:
    warehouse.stock(10, at="B")
    warehouse.purchase([("K1", 7)], at="B")
    become(warehouse)
    basket = NewOrder("basket", (NewLine(1, "K1", 4),))
    found = plain(warehouse.store.simulate(MERCHANT, lambda tx: read_promise(tx, basket)))

    assert [part["what"] for part in found["lines"][0]["met_by"]] == ["nothing"]


@pytest.mark.parametrize(("become", "_why", "_code"), WAYS)
def test_what_is_given_back_there_goes_to_nobody(
    warehouse: Warehouse, become: Fall, _why: str, _code: str
) -> None:
    warehouse.settings(max_shipments=1)
    warehouse.stock(3, at="B")
    first = warehouse.order([("K1", 3), ("K2", 1)])
    bound = warehouse.order([("K1", 3)], lock_location="B")
    free = warehouse.order([("K1", 3)])
    become(warehouse)
    warehouse.cancel(first)
    warehouse.serve_due()

    assert (warehouse.allocated(bound), warehouse.allocated(free)) == (0, 0)
    assert warehouse.refusal(manual.allocate(warehouse.number(bound))) == "nothing_free"


@pytest.mark.parametrize(("become", "_why", "_code"), WAYS)
def test_who_ranks_earlier_takes_nothing_there_from_those_behind(
    warehouse: Warehouse, become: Fall, _why: str, _code: str
) -> None:
    warehouse.settings(max_shipments=1)
    warehouse.stock(3, at="B")
    later = warehouse.order([("K1", 3), ("K2", 1)])
    become(warehouse)
    for bound in ({}, {"lock_location": "A"}):
        warehouse.order([("K1", 3)], priority=10, **bound)
    warehouse.serve_due()

    assert warehouse.allocated(later) == 3


def test_units_that_an_order_holds_there_are_named_to_it(warehouse: Warehouse) -> None:
    warehouse.settings(max_shipments=1)
    warehouse.stock(3, at="B")
    mine = warehouse.order([("K1", 5)])
    closed(warehouse)
    (line,) = explained(warehouse, mine)["waiting"]
    (reason,) = [one for one in line["reasons"] if one["code"] == "location_closed"]

    assert (reason["units"], reason["facts"]["held"]) == (3, 3)
