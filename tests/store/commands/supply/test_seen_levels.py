"""A change of stock is held against what somebody saw of the place."""

from functools import partial
from typing import Any

from fulfillment.store.commands.supply.on_hand import Seen
from fulfillment.store.commands.supply.stock import Adjustment, adjust
from fulfillment.store.insight.stock_changes import preview_adjustment
from fulfillment.store.transactions.session import Command
from tests.builders.calling import at_once, codes, refused
from tests.builders.warehouse import MERCHANT, Warehouse


def adjusting(
    warehouse: Warehouse, key: str, units: int, seen: Seen, disposition: str = "sellable"
) -> partial[dict[str, Any]]:
    one = Adjustment("K1", "A", units, "count", disposition, seen)
    return partial(adjust, warehouse.store, Command(MERCHANT, "adjust", key, "test"), [one])


def test_it_is_refused_when_anything_has_moved_and_done_when_nothing_has(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(5, at="A")
    refusal = refused(adjusting(warehouse, "1", 2, Seen(4, 0)))
    assert (refusal.code, refusal.fields[0]["on_hand"]) == ("level_changed", 5)
    warehouse.order([("K1", 2)])
    assert refused(adjusting(warehouse, "1", 2, Seen(5, 0))).code == "level_changed"
    adjusting(warehouse, "1", 2, Seen(5, 2))()
    assert warehouse.level(at="A") == (7, 2)
    adjusting(warehouse, "1", 2, Seen(5, 2))()
    assert warehouse.level(at="A") == (7, 2)


def test_a_place_that_there_was_not_is_seen_as_empty(warehouse: Warehouse) -> None:
    adjusting(warehouse, "1", 3, Seen(0, 0), "damaged")()
    assert refused(adjusting(warehouse, "2", 3, Seen(0, 0), "damaged")).code == "level_changed"


def test_of_several_who_saw_the_same_one_is_done(warehouse: Warehouse) -> None:
    warehouse.stock(5, at="A")
    counts = [adjusting(warehouse, str(key), key, Seen(5, 0)) for key in range(1, 5)]
    results = at_once(*counts)
    assert codes(results) == ["level_changed"] * 3
    (won,) = [at for at, one in enumerate(results, 1) if one != "level_changed"]
    assert warehouse.level(at="A") == (5 + won, 0)


def test_a_preview_tells_what_is_done_then_and_writes_nothing(warehouse: Warehouse) -> None:
    warehouse.stock(4, at="A")
    first = warehouse.order([("K1", 3)])
    warehouse.order([("K1", 3)])
    fewer = [Adjustment("K1", "A", -2, "count")]
    told = preview_adjustment(warehouse.store, MERCHANT, fewer)
    assert [(one.after.allocated, one.before.allocated) for one in told.orders] == [(2, 3), (0, 1)]
    assert [level.on_hand for level in told.levels] == [2]
    assert not told.goes_on
    assert warehouse.level(at="A") == (4, 4)
    adjust(warehouse.store, Command(MERCHANT, "adjust", "1", "test"), fewer)
    assert warehouse.level(at="A") == (2, 2)
    held = warehouse.rows(
        "SELECT l.order_id, a.units FROM allocation a"
        " JOIN shipment_line l ON l.id = a.shipment_line"
    )
    assert [tuple(row) for row in held] == [(first, 2)]
