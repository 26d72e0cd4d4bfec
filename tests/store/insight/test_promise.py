"""When a basket could ship, told as if it came now."""

from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.insight.promise import read_promise
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse


def asked(warehouse: Warehouse, *wants: tuple[str, int], **more: Any) -> dict[str, Any]:
    basket = warehouse.new_order("basket", wants, **more)
    return dict(plain(warehouse.store.simulate(MERCHANT, lambda tx: read_promise(tx, basket))))


def slices(found: dict[str, Any], line: int = 0) -> list[tuple[int, str]]:
    return [(each["units"], str(each["on"])) for each in found["lines"][line]["promise"]]


def met_by(found: dict[str, Any], line: int = 0) -> list[tuple[Any, ...]]:
    return [
        (each["what"], each["units"], each["source"] or each["location"])
        for each in found["lines"][line]["met_by"]
    ]


# The 8th of March is a Sunday: what comes then leaves on the 9th.


def test_stock_then_supply_then_the_default_meet_the_units(warehouse: Warehouse) -> None:
    warehouse.stock(3)
    warehouse.purchase([("K1", 4)], due=6, number="PO-1")
    found = asked(warehouse, ("K1", 9))

    assert slices(found) == [(3, "2026-03-02"), (4, "2026-03-09"), (2, "2026-04-01")]
    assert met_by(found) == [("stock", 3, "A"), ("supply", 4, "PO-1"), ("nothing", 2, None)]
    assert warehouse.level() == (3, 0)
    assert warehouse.one("SELECT count(*) FROM orders") == 0


def test_what_others_hold_or_have_pegged_is_not_promised_again(warehouse: Warehouse) -> None:
    warehouse.stock(3)
    warehouse.purchase([("K1", 4)], due=6)
    warehouse.order([("K1", 5)])
    found = asked(warehouse, ("K1", 3))

    assert slices(found) == [(2, "2026-03-09"), (1, "2026-04-01")]


def test_a_basket_that_ranks_first_takes_from_those_who_wait(warehouse: Warehouse) -> None:
    warehouse.stock(3)
    warehouse.order([("K1", 3), ("K2", 1)], policy={"max_shipments": 1})

    assert slices(asked(warehouse, ("K1", 2))) == [(2, "2026-04-01")]
    assert slices(asked(warehouse, ("K1", 2), priority=1)) == [(2, "2026-03-02")]


def test_a_locked_basket_waits_for_its_own_place(warehouse: Warehouse) -> None:
    warehouse.stock(3, at="A")
    warehouse.purchase([("K1", 4)], at="B", due=4)

    found = asked(warehouse, ("K1", 2), lock_location="B")
    assert slices(found) == [(2, "2026-03-06")]


def test_the_promise_is_the_one_that_the_order_then_gets(warehouse: Warehouse) -> None:
    policy = {"future_inventory": True, "max_shipments": 2}
    warehouse.stock(2)
    warehouse.purchase([("K1", 4), ("K2", 1)], due=6)
    warehouse.order([("K1", 3)])
    found = asked(warehouse, ("K1", 4), ("K2", 2), policy=policy)
    mine = warehouse.order([("K1", 4), ("K2", 2)], policy=policy)
    rows = warehouse.rows(
        "SELECT promise FROM order_line WHERE order_id = :id ORDER BY line", id=mine
    )

    assert [[(u, on) for u, on in row.promise] for row in rows] == [
        slices(found, 0),
        slices(found, 1),
    ]


def test_the_whole_is_promised_together_when_it_goes_in_one_shipment(warehouse: Warehouse) -> None:
    warehouse.stock(1)
    warehouse.purchase([("K2", 1)], due=6)
    found = asked(warehouse, ("K1", 1), ("K2", 1), policy={"max_shipments": 1})

    assert slices(found, 0) == slices(found, 1) == [(1, "2026-03-09")]


def test_what_intake_would_refuse_is_refused(warehouse: Warehouse) -> None:
    warehouse.products("NO", allow_backorder=False)
    with pytest.raises(RefusedError) as refusal:
        asked(warehouse, ("NO", 1))

    assert refusal.value.code == "not_available"
