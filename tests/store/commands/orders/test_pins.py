"""Lines that a person tied to a certain supply."""

from collections.abc import Sequence

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders import manual
from fulfillment.store.commands.orders.pins import Pinned, pin
from tests.builders.warehouse import Warehouse

ALL_OR_NOTHING = {"max_shipments": 1}


def pins(warehouse: Warehouse, order: int, *asked: Pinned, line: int = 1) -> None:
    warehouse.do(pin(warehouse.number(order), line, asked))


def refused(warehouse: Warehouse, order: int, *asked: Pinned, line: int = 1) -> str:
    return warehouse.refusal(pin(warehouse.number(order), line, asked))


def receive(warehouse: Warehouse, purchase: str, units: int) -> None:
    warehouse.receive(purchase, {1: units})
    warehouse.serve(purchase)


def allocated(warehouse: Warehouse, orders: Sequence[int]) -> list[int]:
    return [warehouse.allocated(order) for order in orders]


def test_pin_goes_before_rank_on_its_supply(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 5)])
    first, second = warehouse.order([("K1", 5)]), warehouse.order([("K1", 3)])
    pins(warehouse, second, Pinned(purchase))
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({purchase: 2}, {purchase: 3})
    assert warehouse.happened(second, "pinned") == [
        {"line": 1, "pins": [{"source": purchase, "units": 3}]}
    ]


def test_receipt_serves_the_pins_on_its_line_first_then_the_queue(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 6)])
    first, second = warehouse.order([("K1", 5)]), warehouse.order([("K1", 3)])
    pins(warehouse, second, Pinned(purchase))
    receive(warehouse, purchase, 4)
    assert allocated(warehouse, [first, second]) == [1, 3]
    assert warehouse.parts(second) == [("ready", "A", 3)]
    receive(warehouse, purchase, 2)
    assert allocated(warehouse, [first, second]) == [3, 3]


def test_who_ranks_earlier_does_not_take_what_came_on_a_pin(warehouse: Warehouse) -> None:
    warehouse.settings(rebalance="unpicked")
    purchase = warehouse.purchase([("K1", 6)])
    first = warehouse.order([("K1", 5)])
    second = warehouse.order([("K1", 3), ("K2", 1)], policy=ALL_OR_NOTHING)
    pins(warehouse, second, Pinned(purchase, units=3))
    receive(warehouse, purchase, 3)
    assert allocated(warehouse, [first, second]) == [0, 3]
    warehouse.do(manual.priority(warehouse.number(first), 1))
    assert allocated(warehouse, [first, second]) == [0, 3]
    warehouse.do(manual.unallocate(warehouse.number(second), 1))
    assert allocated(warehouse, [first, second]) == [3, 0]


def test_receipt_of_other_supply_serves_by_rank(warehouse: Warehouse) -> None:
    pinned, other = warehouse.purchase([("K1", 4)]), warehouse.purchase([("K1", 4)], due=9)
    first, second = warehouse.order([("K1", 4)]), warehouse.order([("K1", 4)])
    pins(warehouse, second, Pinned(pinned))
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({other: 4}, {pinned: 4})
    receive(warehouse, other, 4)
    assert allocated(warehouse, [first, second]) == [4, 0]


def test_pin_is_moved_and_freed(warehouse: Warehouse) -> None:
    one, two = warehouse.purchase([("K1", 4)]), warehouse.purchase([("K1", 4)], due=9)
    first, second = warehouse.order([("K1", 4)]), warehouse.order([("K1", 4)])
    pins(warehouse, second, Pinned(one))
    pins(warehouse, second, Pinned(two))
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({one: 4}, {two: 4})
    pins(warehouse, second)
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({one: 4}, {two: 4})
    assert warehouse.rows("SELECT 1 FROM peg WHERE pinned") == []
    assert warehouse.happened(second, "unpinned") == [{"line": 1}]


def test_line_is_pinned_to_several_supplies_the_last_one_takes_the_rest(
    warehouse: Warehouse,
) -> None:
    one, two = warehouse.purchase([("K1", 4)]), warehouse.purchase([("K1", 9)], due=9)
    order = warehouse.order([("K1", 6)])
    pins(warehouse, order, Pinned(one, units=2), Pinned(two))
    assert warehouse.pegs(order) == {one: 2, two: 4}


def test_restock_can_be_pinned_too(warehouse: Warehouse) -> None:
    restock = warehouse.announce(5)
    first, second = warehouse.order([("K1", 5)]), warehouse.order([("K1", 3)])
    pins(warehouse, second, Pinned(restock, "restock"))
    assert (warehouse.sources(first), warehouse.sources(second)) == ({restock: 2}, {restock: 3})


def test_pin_is_refused_with_a_reason(warehouse: Warehouse) -> None:
    draft = warehouse.purchase([("K1", 5)], due=3)
    undated = warehouse.purchase([("K1", 5)], due=None)
    late = warehouse.purchase([("K1", 5)], due=-1)
    elsewhere = warehouse.purchase([("K1", 5)], at="B")
    twice = warehouse.purchase([("K1", 5), ("K1", 5)])
    other_sku = warehouse.purchase([("K2", 5)])
    warehouse.move(draft, "cancelled")
    order = warehouse.order([("K1", 4)], lock_location="A")
    asked = {
        draft: "supply_not_coming",
        undated: "no_date_ahead",
        late: "no_date_ahead",
        elsewhere: "other_location",
        twice: "line_needed",
        other_sku: "unknown_supply",
        "NONE": "unknown_supply",
    }
    assert {po: refused(warehouse, order, Pinned(po)) for po in asked} == asked
    assert refused(warehouse, order, Pinned(twice, line=1, units=5)) == "bad_quantity"
    both = [Pinned(twice, line=1, units=1)] * 2
    assert refused(warehouse, order, *both) == "supply_twice"
    assert refused(warehouse, order, Pinned(twice, line=1), line=7) == "unknown_line"


def test_no_more_is_pinned_than_others_leave(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 5)])
    first, second = warehouse.order([("K1", 4)]), warehouse.order([("K1", 4)])
    pins(warehouse, second, Pinned(purchase))
    assert refused(warehouse, first, Pinned(purchase, units=2)) == "not_enough_outstanding"
    pins(warehouse, first, Pinned(purchase))
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({purchase: 1}, {purchase: 4})
    third = warehouse.order([("K1", 1)])
    assert refused(warehouse, third, Pinned(purchase)) == "not_enough_outstanding"


def test_nothing_is_pinned_for_what_does_not_wait(warehouse: Warehouse) -> None:
    warehouse.stock(5)
    purchase = warehouse.purchase([("K1", 5)])
    order = warehouse.order([("K1", 4)])
    with pytest.raises(RefusedError) as refusal:
        pins(warehouse, order, Pinned(purchase))
    assert refusal.value.code == "nothing_waits"


def test_pin_ends_where_its_supply_ends(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 5)])
    order = warehouse.order([("K1", 4)])
    pins(warehouse, order, Pinned(purchase))
    warehouse.move(purchase, "cancelled")
    assert warehouse.pegs(order) == {}
    assert warehouse.happened(order, "pin_lost") == [{"line": 1, "source": purchase, "units": 4}]


@pytest.mark.parametrize("rest", [0, 2])
def test_what_came_on_a_pin_moves_by_rank_once_the_line_is_not_pinned(
    warehouse: Warehouse, rest: int
) -> None:
    purchase = warehouse.purchase([("K1", 3)])
    first = warehouse.order([("K1", 5)])
    second = warehouse.order([("K1", 3 + rest), ("K2", 1)], policy=ALL_OR_NOTHING)
    pins(warehouse, second, Pinned(purchase))
    receive(warehouse, purchase, 3)
    assert allocated(warehouse, [first, second]) == [0, 3]
    assert "pins" in warehouse.read(second)["actions"]["allowed"]
    pins(warehouse, second)

    assert allocated(warehouse, [first, second]) == [3, 0]
    assert warehouse.happened(second, "unpinned") == [{"line": 1, "came": 3}]


def test_nothing_is_unpinned_where_nothing_is_pinned_and_nothing_waits(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(3)
    mine = warehouse.order([("K1", 3)])
    assert refused(warehouse, mine) == "nothing_waits"
