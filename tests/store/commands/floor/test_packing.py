"""Packages: filled, changed, sent off by one and one; and what a cancel makes of them."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from fulfillment.domain.floor.packing import Contents, Size
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.floor import packing
from fulfillment.store.commands.floor.packing import Dispatch, Label
from fulfillment.store.commands.orders import details
from fulfillment.store.commands.orders.details import Customer
from fulfillment.store.insight.shipment_pages import read_shipment
from fulfillment.store.reading.packages import packages_of_dispatch
from fulfillment.store.transactions.session import Tx
from tests.builders import floor
from tests.builders.calling import at_once, codes
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse, command

NOT_AS_SHIPPED = """
SELECT s.id, coalesce(l.order_line, p.order_line) AS line, l.units, p.units AS packed
  FROM shipment s
  JOIN LATERAL (SELECT order_line, sum(units) AS units FROM shipment_line
                 WHERE shipment = s.id GROUP BY 1) l ON true
  FULL JOIN (SELECT k.shipment, pl.order_line, sum(pl.units) AS units
               FROM package k JOIN package_line pl ON pl.package = k.id
               JOIN shipment z ON z.id = k.shipment AND z.status = 'shipped'
              GROUP BY 1, 2) p ON p.shipment = s.id AND p.order_line = l.order_line
 WHERE (s.status = 'shipped' OR p.shipment IS NOT NULL)
   AND l.units IS DISTINCT FROM p.units
"""


@pytest.fixture(autouse=True)
def everything_that_left_was_in_a_package(warehouse: Warehouse) -> Iterator[None]:
    """After each test: packages that left hold what their shipments shipped, line by line."""
    yield
    assert warehouse.rows(NOT_AS_SHIPPED) == []


def picked(warehouse: Warehouse, *wants: tuple[str, int]) -> tuple[int, int]:
    """An order of these, picked as one shipment."""
    for sku, units in wants:
        warehouse.stock(units, sku)
    mine = warehouse.order(wants)
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    return mine, shipment


def pack(warehouse: Warehouse, shipment: int, *packages: dict[int, int], key: str = "") -> Any:
    contents = [Contents(tuple(units.items())) for units in packages]
    asked = command("pack", key or None, packages=packages)
    packing.pack(warehouse.store, asked, shipment, contents)
    return warehouse.stand_of(shipment)


def repack(warehouse: Warehouse, shipment: int, number: int, units: dict[int, int]) -> Any:
    contents = Contents(tuple(units.items()), Size(weight_g=900))
    packing.repack(warehouse.store, command("repack"), shipment, number, contents)
    return warehouse.stand_of(shipment)


def unpack(warehouse: Warehouse, shipment: int, number: int) -> Any:
    packing.unpack(warehouse.store, command("unpack"), shipment, number)
    return warehouse.stand_of(shipment)


def ship(warehouse: Warehouse, shipment: int, *numbers: int, key: str = "") -> Any:
    labels = [(number, Label("Example Post", "Parcel", f"EP{number}")) for number in numbers]
    asked = command("ship", key or None, numbers=numbers)
    packing.ship(warehouse.store, asked, shipment, Dispatch(labels=labels))
    return warehouse.stand_of(shipment)


def refusal(call: Any, *args: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        call(*args)
    return refused.value.code


def packages(warehouse: Warehouse, shipment: int) -> list[tuple[int, str, dict[int, int]]]:
    """Number, status and units by order line of all that was packed together."""
    found = plain(warehouse.store.read(MERCHANT, lambda tx: packages_of_dispatch(tx, shipment)))
    return [
        (one["number"], one["status"], {row["line"]: row["units"] for row in one["lines"]})
        for one in found
    ]


def status(warehouse: Warehouse, shipment: int) -> str:
    return str(warehouse.one("SELECT status FROM shipment WHERE id = :id", id=shipment))


def test_a_shipment_is_packed_when_its_last_unit_is_in_a_package(warehouse):
    mine, shipment = picked(warehouse, ("K1", 5), ("K2", 2))
    pack(warehouse, shipment, {1: 3})
    assert status(warehouse, shipment) == "picked"
    pack(warehouse, shipment, {1: 2, 2: 1}, {2: 1})

    assert status(warehouse, shipment) == "packed"
    assert packages(warehouse, shipment) == [
        (1, "packed", {1: 3}), (2, "packed", {1: 2, 2: 1}), (3, "packed", {2: 1}),
    ]  # fmt: skip
    assert [told["packages"] for told in warehouse.happened(mine, "package_packed")] == [
        [1],
        [2, 3],
    ]
    assert refusal(pack, warehouse, shipment) == "step_not_allowed"


def test_everything_loose_goes_into_one_package_when_none_is_named(warehouse):
    _, shipment = picked(warehouse, ("K1", 5), ("K2", 2))
    pack(warehouse, shipment, {1: 3})
    pack(warehouse, shipment)

    assert packages(warehouse, shipment)[1:] == [(2, "packed", {1: 2, 2: 2})]
    assert status(warehouse, shipment) == "packed"


def test_packing_is_refused_when_it_is_more_than_was_picked(warehouse):
    _, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3})

    assert refusal(pack, warehouse, shipment, {1: 3}) == "more_than_picked"
    assert refusal(pack, warehouse, shipment, {2: 1}) == "not_in_shipment"
    assert len(packages(warehouse, shipment)) == 1


@pytest.mark.parametrize("call", [pack, ship])
def test_it_is_refused_when_the_shipment_is_unknown_or_not_picked(warehouse, call):
    warehouse.stock(1)
    warehouse.order()
    (shipment,) = warehouse.shipments("ready")

    assert refusal(call, warehouse, shipment) == "step_not_allowed"
    assert refusal(call, warehouse, 999) == "unknown_shipment"


def test_nothing_is_packed_or_sent_off_when_the_order_is_on_hold(warehouse):
    mine, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3})
    warehouse.hold(mine)

    for call in (partial(pack, warehouse, shipment), partial(ship, warehouse, shipment, 1)):
        assert refusal(call) == "order_on_hold"
    for again in (partial(unpack, warehouse, shipment, 1),):
        assert refusal(again) == "order_on_hold"
    assert packages(warehouse, shipment) == [(1, "packed", {1: 3})]


def test_units_are_packed_anew_when_a_package_is_changed_or_taken_apart(warehouse):
    _, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3}, {1: 2})
    repack(warehouse, shipment, 1, {1: 1})
    assert status(warehouse, shipment) == "picked"
    unpack(warehouse, shipment, 2)
    pack(warehouse, shipment, {1: 4})

    assert packages(warehouse, shipment) == [(1, "packed", {1: 1}), (2, "packed", {1: 4})]
    assert status(warehouse, shipment) == "packed"
    weight = "SELECT weight_g FROM package WHERE number = 1"
    assert warehouse.one(weight) == 900
    assert refusal(repack, warehouse, shipment, 1, {1: 2}) == "more_than_picked"
    assert refusal(unpack, warehouse, shipment, 7) == "unknown_package"


def test_the_rest_stays_when_one_package_leaves(warehouse):
    mine, shipment = picked(warehouse, ("K1", 5), ("K2", 2))
    pack(warehouse, shipment, {1: 3}, {1: 2, 2: 2})
    left = ship(warehouse, shipment, 1)

    assert left["status"] == "partially_shipped"
    assert warehouse.parts(mine) == [("packed", "A", 4)]
    assert (warehouse.level(), warehouse.level("K2")) == ((2, 2), (2, 2))
    assert packages(warehouse, shipment) == [(1, "shipped", {1: 3}), (2, "packed", {1: 2, 2: 2})]
    (gone,) = warehouse.shipments("shipped")
    assert packages(warehouse, gone) == packages(warehouse, shipment)
    assert warehouse.read(mine)["waves"] == {"spent": 1, "left": None}

    last = ship(warehouse, shipment, 2)
    assert last["status"] == "shipped"
    assert warehouse.level() == (0, 0)
    assert warehouse.read(mine)["waves"]["spent"] == 1


def test_a_dispatch_of_some_packages_is_one_wave_when_no_second_is_allowed(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)], policy={"max_shipments": 1})
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    pack(warehouse, shipment, {1: 3}, {1: 2})
    ship(warehouse, shipment, 2)
    ship(warehouse, shipment, 1)

    assert warehouse.status(mine) == "shipped"


def test_what_left_has_its_label_and_place_when_it_is_read(warehouse):
    _, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3}, {1: 2})
    ship(warehouse, shipment, 2)
    (gone,) = warehouse.shipments("shipped")
    found = plain(warehouse.store.read(MERCHANT, lambda tx: read_shipment(tx, gone)))

    assert (found["carrier"], found["tracking"], found["parent"]) == ("Example Post", "EP2", 1)
    assert [one["service"] for one in found["packages"]] == ["Parcel"]
    kept = plain(warehouse.store.read(MERCHANT, lambda tx: read_shipment(tx, shipment)))
    assert (kept["carrier"], [one["number"] for one in kept["packages"]]) == (None, [1])


def test_a_package_leaves_while_the_rest_is_still_being_packed(warehouse):
    mine, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3})
    ship(warehouse, shipment, 1)
    assert warehouse.parts(mine) == [("picked", "A", 2)]
    pack(warehouse, shipment)

    assert packages(warehouse, shipment)[1:] == [(2, "packed", {1: 2})]
    assert warehouse.ship(shipment)["status"] == "shipped"


def test_what_is_in_no_package_makes_one_when_all_of_it_leaves(warehouse):
    _, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3})
    packing.ship(warehouse.store, command("ship"), shipment)

    assert packages(warehouse, shipment) == [(1, "shipped", {1: 3}), (2, "shipped", {1: 2})]
    assert warehouse.level() == (0, 0)


def test_a_package_is_refused_when_it_is_unknown_named_twice_or_gone(warehouse):
    _, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3}, {1: 2})
    assert refusal(ship, warehouse, shipment, 3) == "unknown_package"
    assert refusal(ship, warehouse, shipment, 1, 1) == "package_twice"
    ship(warehouse, shipment, 1)

    assert refusal(ship, warehouse, shipment, 1) == "package_shipped"
    assert refusal(repack, warehouse, shipment, 1, {1: 1}) == "package_shipped"
    assert refusal(unpack, warehouse, shipment, 1) == "package_shipped"
    (gone,) = warehouse.shipments("shipped")
    assert refusal(unpack, warehouse, gone, 1) == "step_not_allowed"


def test_the_same_answer_comes_when_a_dispatch_is_sent_again(warehouse):
    _, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3}, {1: 2})
    first = ship(warehouse, shipment, 1, key="s-1")

    assert ship(warehouse, shipment, 1, key="s-1") == first
    assert refusal(partial(ship, key="s-1"), warehouse, shipment, 2) == "key_reused"
    assert warehouse.level() == (2, 2)


def test_a_package_leaves_once_when_it_is_sent_off_twice_at_once(warehouse):
    for _ in range(4):
        mine, shipment = picked(warehouse, ("K1", 5))
        pack(warehouse, shipment, {1: 3}, {1: 2})
        results = at_once(*[partial(ship, warehouse, shipment, 1)] * 2)
        assert codes(results) == ["package_shipped"]
        assert warehouse.level() == (2, 2)
        ship(warehouse, shipment, 2)
        assert warehouse.status(mine) == "shipped"


def test_both_leave_when_two_packages_are_sent_off_at_once(warehouse):
    for _ in range(4):
        mine, shipment = picked(warehouse, ("K1", 5))
        pack(warehouse, shipment, {1: 3}, {1: 2})
        results = at_once(*[partial(ship, warehouse, shipment, n) for n in (1, 2)])
        assert codes(results) == []
        assert warehouse.status(mine) == "shipped"
    assert warehouse.level() == (0, 0)


def test_one_of_them_wins_when_a_dispatch_meets_a_repack(warehouse):
    for _ in range(4):
        mine, shipment = picked(warehouse, ("K1", 5))
        pack(warehouse, shipment, {1: 3}, {1: 2})
        calls = partial(ship, warehouse, shipment, 1), partial(unpack, warehouse, shipment, 1)
        (refused,) = codes(at_once(*calls))
        assert refused in ("package_shipped", "unknown_package")
        packing.ship(warehouse.store, command("ship"), shipment)
        assert warehouse.status(mine) == "shipped"


def test_no_unit_is_packed_twice_when_two_pack_at_once(warehouse):
    _, shipment = picked(warehouse, ("K1", 5))
    results = at_once(*[partial(pack, warehouse, shipment, {1: 3})] * 2)

    assert codes(results) == ["more_than_picked"]
    assert packages(warehouse, shipment) == [(1, "packed", {1: 3})]


def test_one_of_them_wins_when_a_dispatch_meets_a_cancel(warehouse):
    for _ in range(6):
        mine, shipment = picked(warehouse, ("K1", 5))
        pack(warehouse, shipment, {1: 3}, {1: 2})
        calls = partial(ship, warehouse, shipment, 1), partial(warehouse.cancel, mine)
        results = at_once(*calls)
        assert codes(results) in ([], ["step_not_allowed"])
        gone = 3 if codes(results) == [] else 0
        assert warehouse.level()[1] == 0
        assert warehouse.status(mine) == ("shipped" if gone else "cancelled")
        warehouse.stock(-(5 - gone))


def test_units_are_free_and_packages_void_when_a_packed_order_is_cancelled(warehouse):
    mine, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3}, {1: 2})
    next_one = warehouse.order([("K1", 5)])
    warehouse.cancel(mine)

    assert packages(warehouse, shipment) == [(1, "void", {1: 3}), (2, "void", {1: 2})]
    assert warehouse.level() == (5, 5)
    assert warehouse.parts(next_one) == [("ready", "A", 5)]
    tasks = "SELECT kind, sku, location, units, order_id FROM task"
    assert [tuple(row) for row in warehouse.rows(tasks)] == [("put_back", "K1", "A", 5, mine)]
    assert refusal(repack, warehouse, shipment, 1, {1: 1}) == "step_not_allowed"


def test_what_left_stays_shipped_when_the_rest_is_cancelled(warehouse):
    mine, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3}, {1: 2})
    ship(warehouse, shipment, 1)
    warehouse.cancel(mine)

    assert warehouse.status(mine) == "shipped"
    assert packages(warehouse, shipment) == [(1, "shipped", {1: 3}), (2, "void", {1: 2})]
    assert warehouse.level() == (2, 0)


IN_ALLOCATIONS = """
UPDATE allocation a SET picked = picked - :units, staged = :units
  FROM shipment_line l WHERE l.id = a.shipment_line AND l.order_id = :id
"""

ON_LEVELS = """
UPDATE stock_level v SET picked = picked - :units, staged = staged + :units
  FROM order_line l WHERE l.order_id = :id AND l.sku = v.sku AND v.location = 'A'
"""

FILL = """
WITH c AS (INSERT INTO container (merchant, location, label, order_id)
           VALUES (:merchant, 'A', :label, :id) RETURNING id)
INSERT INTO container_line (container, order_line, units, staged_at)
SELECT id, 1, :held, now() FROM c
"""


def stage(warehouse: Warehouse, mine: int, *containers: int) -> None:
    """Have so many picked units of the order's line be in containers, as staging leaves them."""

    def body(tx: Tx) -> None:
        for sql in (IN_ALLOCATIONS, ON_LEVELS):
            tx.run(sql, id=mine, units=sum(containers))
        for index, held in enumerate(containers):
            tx.run(FILL, merchant=MERCHANT, label=f"T{index}", id=mine, held=held)

    warehouse.store.transact(MERCHANT, body)


def in_containers(warehouse: Warehouse) -> list[tuple[str, int | None, bool]]:
    rows = warehouse.rows(
        "SELECT c.label, l.units, c.emptied_at IS NOT NULL FROM container c"
        " LEFT JOIN container_line l ON l.container = c.id ORDER BY c.label"
    )
    return [tuple(row) for row in rows]


def test_containers_are_emptied_when_what_was_staged_leaves(warehouse):
    mine, shipment = picked(warehouse, ("K1", 9))
    stage(warehouse, mine, 2, 4)
    pack(warehouse, shipment, {1: 3}, {1: 4}, {1: 2})
    assert in_containers(warehouse) == [("T0", 2, False), ("T1", 4, False)]
    ship(warehouse, shipment, 1)
    assert in_containers(warehouse) == [("T0", 2, False), ("T1", 1, False)]
    ship(warehouse, shipment, 2)
    assert in_containers(warehouse) == [("T0", None, True), ("T1", None, True)]
    ship(warehouse, shipment, 3)

    assert warehouse.level() == (0, 0)


def test_other_orders_keep_their_containers_when_one_leaves(warehouse):
    mine, shipment = picked(warehouse, ("K1", 2))
    stage(warehouse, mine, 2)
    other, _ = picked(warehouse, ("K2", 3))
    stage(warehouse, other)
    packing.ship(warehouse.store, command("ship"), shipment)

    assert in_containers(warehouse) == [("T0", None, True)]


def test_a_dispatch_sends_as_many_statements_when_it_has_more_packages(warehouse, statements):
    counts = []
    for units in (2, 12):
        _, shipment = picked(warehouse, ("K1", units))
        pack(warehouse, shipment, *[{1: 1}] * units)
        with statements() as sent:
            ship(warehouse, shipment, *range(1, units))
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_nothing_is_told_twice_when_some_packages_leave(warehouse):
    mine, shipment = picked(warehouse, ("K1", 5))
    pack(warehouse, shipment, {1: 3}, {1: 2})
    ship(warehouse, shipment, 1)

    (told,) = warehouse.happened(mine, "packages_shipped")
    label = {"package": 1, "carrier": "Example Post", "service": "Parcel", "tracking": "EP1"}
    assert told == {
        "shipment": 1, "packages": [1], "units": 3, "location": "A", "shipped_as": 2,
        "carriers": ["Example Post"], "labels": [label],
    }  # fmt: skip
    (shipped,) = warehouse.happened(mine, "shipped")
    assert (shipped["shipment"], shipped["units"], shipped["wave"]) == (2, 3, 1)
    assert warehouse.happened(mine, "unallocated") == []
    wakes = warehouse.rows("SELECT * FROM outbox")
    assert len([row for row in wakes if "EP1" in str(row)]) == 0


ALL_OR_NOTHING = {"max_shipments": 1}


def partly_packed(warehouse: Warehouse, staged: int = 0) -> tuple[int, int, dict[str, Any]]:
    """Three of five are in a package, the others on the shelf again; its order, itself, its list.

    So many of the five were staged while it waited.
    """
    warehouse.stock(staged or 5)
    mine = warehouse.order([("K1", 5)], policy=ALL_OR_NOTHING)
    if staged:
        floor.stage(warehouse, mine)
        warehouse.stock(5 - staged)
    (shipment,) = warehouse.shipments("ready")
    taken = floor.take(warehouse)
    floor.confirm(warehouse, taken["id"])
    pack(warehouse, shipment, {1: 3})
    floor.unpick(warehouse, taken["id"], {(shipment, 1): 2})
    return mine, shipment, taken


def test_a_shipment_takes_no_package_with_it_when_a_short_pick_makes_it_wait(warehouse):
    mine, shipment, taken = partly_packed(warehouse)

    floor.short(warehouse, taken["id"], (shipment, 1), 3)

    assert warehouse.parts(mine) == [("backorder", None, 5)]
    assert packages(warehouse, shipment) == []
    assert floor.containers(warehouse) == {warehouse.number(mine): {1: 3}}
    (told,) = warehouse.happened(mine, "package_opened")
    assert told == {"shipment": 1, "packages": [1], "units": 3}

    warehouse.stock(2)
    floor.confirm(warehouse, floor.take(warehouse)["id"])
    pack(warehouse, shipment, {1: 5})
    assert status(warehouse, shipment) == "packed"


def test_a_shipment_takes_no_package_with_it_when_its_list_is_given_up(warehouse):
    mine, shipment, taken = partly_packed(warehouse, staged=3)

    floor.give_up(warehouse, taken["id"])

    assert warehouse.parts(mine) == [("ready", "A", 5)]
    assert packages(warehouse, shipment) == []
    assert len(warehouse.happened(mine, "package_opened")) == 1
    floor.unstage(warehouse, mine)
    assert warehouse.level() == (5, 5)


def test_a_package_is_taken_apart_while_the_rest_is_picked_again(warehouse):
    mine, shipment, taken = partly_packed(warehouse)

    repack(warehouse, shipment, 1, {1: 2})
    assert packages(warehouse, shipment) == [(1, "packed", {1: 2})]
    unpack(warehouse, shipment, 1)

    assert (packages(warehouse, shipment), status(warehouse, shipment)) == ([], "picking")
    elsewhere = Customer(address={"street": "Kai 2"})
    warehouse.do(details.address(warehouse.number(mine), elsewhere))
    floor.unpick(warehouse, taken["id"], {(shipment, 1): 3})


def test_packages_are_changed_first_when_units_in_them_go_back_to_the_shelf(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    (shipment,) = warehouse.shipments("ready")
    taken = floor.take(warehouse)
    floor.confirm(warehouse, taken["id"])
    pack(warehouse, shipment, {1: 4})
    back = partial(floor.unpick, warehouse, taken["id"], {(shipment, 1): 2})
    assert refusal(back) == "packages_hold_more"

    repack(warehouse, shipment, 1, {1: 3})
    back()
    floor.short(warehouse, taken["id"], (shipment, 1), 3)
    packing.ship(warehouse.store, command("ship"), shipment)
    assert warehouse.parts(mine) == [("backorder", None, 2)]
