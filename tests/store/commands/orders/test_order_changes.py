"""What people change on an order, and what it makes of the others."""

from functools import partial
from typing import Any

import pytest

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.planning.expiry import NEVER
from fulfillment.store.commands import floor
from fulfillment.store.commands.orders import details, lifecycle, line_changes, manual
from fulfillment.store.commands.orders.details import Customer
from fulfillment.store.commands.orders.line_changes import Added
from fulfillment.store.commands.orders.pins import Pinned, pin
from tests.builders import floor as hands
from tests.builders.calling import at_once, codes

ONE = {"max_shipments": 1}
NEW_ADDRESS = {"name": "Zebedee Quux", "line1": "7 Secret Lane"}


def quantity(warehouse, order: int, units: int, line: int = 1) -> Any:
    return line_changes.quantity(warehouse.number(order), line, units)


def exchange(warehouse, order: int, units: int | None, sku: str = "K2", line: int = 1) -> Any:
    return line_changes.exchange(warehouse.number(order), LineUnits(line, units), sku)


def add(warehouse, order: int, sku: str, units: int, **more: Any) -> Any:
    return line_changes.add_line(warehouse.number(order), Added(sku, units, **more))


def address(warehouse, order: int, **more: Any) -> Any:
    customer = Customer(address=NEW_ADDRESS, **more)
    return details.address(warehouse.number(order), customer)


def kinds(warehouse, order: int) -> list[str]:
    sql = "SELECT kind FROM happening WHERE order_id = :id ORDER BY sequence"
    return [row.kind for row in warehouse.rows(sql, id=order)]


def foreseen(warehouse, change: Any) -> None:
    """Do a change, and find every order as its preview said."""
    told = warehouse.preview(change)
    before = warehouse.standings()
    warehouse.do(change)
    after = warehouse.standings()
    assert {number: then for number, (_, then) in told.items()} == {
        number: standing for number, standing in after.items() if standing != before.get(number)
    }


# --- quantity ------------------------------------------------------------------------------------


def test_more_is_taken_at_the_orders_rank_when_a_quantity_grows(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 2)])
    behind = warehouse.order([("K1", 4)], policy=ONE)
    assert (warehouse.allocated(mine), warehouse.allocated(behind)) == (2, 3)
    foreseen(warehouse, quantity(warehouse, mine, 6))

    assert (warehouse.allocated(mine), warehouse.allocated(behind)) == (5, 0)
    assert warehouse.read(mine)["lines"][0]["ordered"] == 6
    assert warehouse.happened(mine, "quantity_changed") == [
        {"line": 1, "sku": "K1", "from": 2, "to": 6}
    ]


def test_what_is_given_up_goes_to_who_waits_when_a_quantity_shrinks(warehouse):
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    behind = warehouse.order([("K1", 3)])
    foreseen(warehouse, quantity(warehouse, mine, 2))

    assert warehouse.parts(mine) == [("ready", "A", 2)]
    assert warehouse.parts(behind) == [("ready", "A", 3)]
    assert warehouse.refusal(quantity(warehouse, mine, 0)) == "bad_quantity"


def test_a_quantity_is_counted_in_packs_when_one_is_named(warehouse):
    warehouse.products("T1", packs={"carton": 12})
    mine = warehouse.order([("T1", 12)])
    number = warehouse.number(mine)
    warehouse.do(line_changes.quantity(number, 1, 3, "carton"))

    assert warehouse.read(mine)["lines"][0]["ordered"] == 36
    unknown = line_changes.quantity(number, 1, 3, "pallet")
    assert warehouse.refusal(unknown) == "unknown_pack"


def test_a_product_that_may_not_wait_grows_only_as_far_as_it_is_there(warehouse):
    warehouse.products("S1", allow_backorder=False)
    warehouse.products("S2", backorder_limit=3)
    warehouse.stock(5, "S1")
    mine = warehouse.order([("S1", 2), ("S2", 1)], policy={"auto_allocate": "never"})

    assert warehouse.refusal(quantity(warehouse, mine, 6)) == "not_available"
    assert warehouse.refusal(quantity(warehouse, mine, 4, line=2)) == "not_available"
    warehouse.do(quantity(warehouse, mine, 5))
    warehouse.do(quantity(warehouse, mine, 3, line=2))
    assert warehouse.allocated(mine) == 5
    assert warehouse.refusal(add(warehouse, mine, "S1", 1)) == "not_available"


def test_only_one_of_two_gets_the_last_unit_of_what_may_not_wait(warehouse):
    warehouse.products("S1", allow_backorder=False)
    warehouse.stock(3, "S1")
    pair = [warehouse.order([("S1", 1)]) for _ in range(2)]
    results = at_once(
        *[partial(warehouse.do, quantity(warehouse, each, 2)) for each in pair],
    )

    assert codes(results) == ["not_available"]
    assert warehouse.level("S1") == (3, 3)


def test_less_can_be_asked_of_a_product_that_is_sold_no_more(warehouse):
    mine = warehouse.order([("K1", 5)])
    warehouse.products("K1", active=False)
    warehouse.do(quantity(warehouse, mine, 3))

    assert warehouse.refusal(quantity(warehouse, mine, 4)) == "unknown_sku"


def test_what_is_added_waits_for_a_dispatch_beyond_the_limit_when_it_has_gone(warehouse):
    warehouse.stock(2)
    mine = warehouse.order([("K1", 2), ("K2", 1)], policy={"max_shipments": 2})
    (gone,) = warehouse.shipments("ready")
    warehouse.pick(gone)
    warehouse.ship(gone)
    warehouse.do(manual.policy(warehouse.number(mine), ONE))
    warehouse.do(quantity(warehouse, mine, 4))
    warehouse.stock(2)

    assert warehouse.status(mine) == "partially_shipped"
    assert warehouse.read(mine)["waves"] == {"spent": 1, "left": 1}
    assert kinds(warehouse, mine).count("beyond_max_shipments") == 1
    assert {status for status, _, _ in warehouse.parts(mine)} == {"backorder"}
    warehouse.stock(1, "K2")
    assert {status for status, _, _ in warehouse.parts(mine)} == {"ready"}


def test_one_of_them_wins_when_less_is_asked_while_somebody_starts_to_pick(warehouse):
    warehouse.stock(20)
    seen = set()
    for _ in range(8):
        mine = warehouse.order([("K1", 2)])
        (shipment,) = warehouse.shipments("ready")
        results = at_once(
            partial(warehouse.start_picking, shipment),
            partial(warehouse.do, quantity(warehouse, mine, 1)),
        )
        left = warehouse.parts(mine)
        assert (codes(results), left) in (
            ([], [("picking", "A", 1)]), (["too_late"], [("picking", "A", 2)]),
        )  # fmt: skip
        seen.add(left[0][2])
        warehouse.cancel(mine)
    assert warehouse.level() == (20, 0)


# --- a line more ---------------------------------------------------------------------------------


def test_a_line_is_added_and_goes_when_it_is_there(warehouse):
    warehouse.stock(1)
    warehouse.stock(2, "K2")
    mine = warehouse.order()
    change = add(warehouse, mine, "K2", 2, unit_price_minor=350)
    foreseen(warehouse, change)
    told = warehouse.do(add(warehouse, mine, "K3", 1, line=9))

    assert (told["line"], told["sku"], told["units"]) == (9, "K3", 1)
    assert warehouse.parts(mine)[:2] == [("ready", "A", 1), ("ready", "A", 2)]
    assert warehouse.read(mine)["lines"][1]["unit_price_minor"] == 350
    assert warehouse.refusal(add(warehouse, mine, "K3", 1, line=9)) == "line_exists"
    assert warehouse.do(add(warehouse, mine, "K3", 1))["line"] == 10


def test_an_added_line_goes_past_the_gate_as_at_intake(warehouse):
    warehouse.stock(3, "K2")
    mine = warehouse.order([("K1", 2)], policy={"auto_allocate": "never"})
    warehouse.stock(1)
    warehouse.do(add(warehouse, mine, "K2", 2))

    assert sorted(warehouse.parts(mine), key=str) == [("backorder", None, 2), ("ready", "A", 2)]


def test_the_dispatch_comes_back_when_a_line_is_added_to_all_or_nothing(warehouse):
    warehouse.stock(1)
    mine = warehouse.order(policy=ONE)
    (shipment,) = warehouse.shipments("ready")
    warehouse.do(add(warehouse, mine, "K2", 1))
    assert {part[0] for part in warehouse.parts(mine)} == {"backorder"}
    with pytest.raises(RefusedError, match="cannot become picked"):
        warehouse.pick(shipment)
    warehouse.stock(1, "K2")

    assert {part[0] for part in warehouse.parts(mine)} == {"ready"}
    assert warehouse.read(mine)["waves"] == {"spent": 1, "left": 0}


def test_two_lines_are_added_when_two_ask_at_once(warehouse):
    mine = warehouse.order()
    results = at_once(*[partial(warehouse.do, add(warehouse, mine, "K2", 1))] * 4)

    assert sorted(each["line"] for each in results) == [2, 3, 4, 5]


def test_nothing_is_added_to_what_is_done(warehouse):
    mine = warehouse.order()
    warehouse.cancel(mine)

    for change in (
        add(warehouse, mine, "K2", 1), quantity(warehouse, mine, 2),
        exchange(warehouse, mine, 1), address(warehouse, mine),
    ):  # fmt: skip
        assert warehouse.refusal(change) == "order_finished"


# --- exchange ------------------------------------------------------------------------------------


def test_the_old_claim_is_free_for_others_when_a_line_is_exchanged(warehouse):
    warehouse.stock(3)
    warehouse.stock(2, "K2")
    mine = warehouse.order([("K1", 5)], policy=ONE)
    behind = warehouse.order([("K1", 3)])
    foreseen(warehouse, exchange(warehouse, mine, None))

    assert warehouse.parts(behind) == [("ready", "A", 3)]
    assert warehouse.read(mine)["lines"][1]["allocated"] == 2
    (told,) = warehouse.happened(mine, "exchanged")
    assert told == {"line": 1, "sku": "K1", "units": 5, "into": 2, "into_sku": "K2"}


def test_a_new_sku_is_taken_from_who_ranks_later(warehouse):
    warehouse.stock(2, "K2")
    mine = warehouse.order([("K1", 2)])
    behind = warehouse.order([("K2", 2), ("K3", 1)], policy=ONE)
    assert warehouse.allocated(behind) == 2
    foreseen(warehouse, exchange(warehouse, mine, 2))

    assert (warehouse.allocated(mine), warehouse.allocated(behind)) == (2, 0)


def test_what_is_ready_is_called_back_and_goes_with_the_new_line(warehouse):
    warehouse.stock(5)
    warehouse.stock(2, "K2")
    mine = warehouse.order([("K1", 5)], policy=ONE)
    foreseen(warehouse, exchange(warehouse, mine, 2))

    assert warehouse.parts(mine) == [("ready", "A", 5)]
    assert warehouse.read(mine)["waves"] == {"spent": 1, "left": 0}
    assert warehouse.level() == (5, 3)


def test_pegs_and_pins_of_an_exchanged_line_serve_others(warehouse):
    purchase = warehouse.purchase([("K1", 4)])
    mine = warehouse.order([("K1", 4)])
    behind = warehouse.order([("K1", 3)])
    warehouse.do(pin(warehouse.number(mine), 1, [Pinned(purchase, "purchase_order", 1, 4)]))
    foreseen(warehouse, exchange(warehouse, mine, 3))

    assert (warehouse.pegs(mine), warehouse.pegs(behind)) == ({purchase: 1}, {purchase: 3})
    assert "pin_lost" not in kinds(warehouse, mine)


def test_an_exchange_is_refused_when_the_new_sku_may_not_wait(warehouse):
    warehouse.products("S1", allow_backorder=False)
    warehouse.stock(1, "S1")
    mine = warehouse.order([("K1", 2)])

    assert warehouse.refusal(exchange(warehouse, mine, 2, "S1")) == "not_available"
    assert warehouse.refusal(exchange(warehouse, mine, 1, "K9")) == "unknown_sku"
    assert warehouse.refusal(exchange(warehouse, mine, 1, "K1")) == "same_sku"
    warehouse.do(exchange(warehouse, mine, 1, "S1"))


def test_an_exchange_is_done_before_a_pick_or_after_it(warehouse):
    warehouse.stock(20)
    warehouse.stock(20, "K2")
    for _ in range(8):
        mine = warehouse.order([("K1", 2)])
        (shipment,) = warehouse.shipments("ready")
        results = at_once(
            partial(warehouse.pick, shipment),
            partial(warehouse.do, exchange(warehouse, mine, None)),
        )
        skus = [row["sku"] for row in warehouse.read(mine)["lines"] if row["allocated"]]
        to_put_back = [(k, s, n) for k, s, _, n in hands.tasks(warehouse)]
        assert (codes(results), skus, to_put_back) in (
            ([], ["K2"], [("put_back", "K1", 2)]), (["step_not_allowed"], ["K2"], []),
        )  # fmt: skip
        for task in warehouse.rows("SELECT id FROM task WHERE done_at IS NULL"):
            floor.finish_task(warehouse.store, hands.asked("done"), task.id)
        warehouse.cancel(mine)


def test_one_of_them_is_refused_when_an_exchange_meets_a_dispatch(warehouse):
    warehouse.stock(4)
    for _ in range(2):
        mine = warehouse.order([("K1", 2)])
        (shipment,) = warehouse.shipments("ready")
        warehouse.pick(shipment)
        results = at_once(
            partial(warehouse.ship, shipment),
            partial(warehouse.do, exchange(warehouse, mine, None)),
        )
        assert (codes(results), warehouse.status(mine)) in (
            (["order_finished"], "shipped"), (["step_not_allowed"], "awaiting_stock"),
        )  # fmt: skip
    shipped = warehouse.one("SELECT coalesce(sum(shipped), 0) FROM order_line WHERE sku = 'K1'")
    assert warehouse.level() == (4 - shipped, 0)


# --- fewer ---------------------------------------------------------------------------------------


def test_units_of_lines_are_cancelled_and_others_get_them(warehouse):
    warehouse.stock(3)
    mine = warehouse.order([("K1", 3), ("K2", 2)], policy=ONE)
    behind = warehouse.order([("K1", 2)])
    asked = [LineUnits(1, 2), LineUnits(2)]
    foreseen(warehouse, line_changes.cancelling_units(warehouse.number(mine), asked))

    assert warehouse.parts(mine) == [("ready", "A", 1)]
    assert warehouse.parts(behind) == [("ready", "A", 2)]
    cancelled = [row["units"] for row in warehouse.happened(mine, "units_cancelled")]
    assert cancelled == [2, 2]


def test_what_left_stays_shipped_when_the_rest_is_cancelled(warehouse):
    warehouse.stock(2)
    mine = warehouse.order([("K1", 5)])
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)
    warehouse.stock(1)
    warehouse.do(lifecycle.cancel(warehouse.number(mine)))

    assert warehouse.status(mine) == "shipped"
    row = warehouse.read(mine)["lines"][0]
    assert (row["shipped"], row["cancelled"]) == (2, 3)
    assert warehouse.level() == (1, 0)


# --- where to ------------------------------------------------------------------------------------


def test_an_order_held_for_its_address_goes_on_when_it_has_one(warehouse):
    warehouse.stock(1)
    mine = warehouse.order(address={})
    assert warehouse.read(mine)["holds"] == ["address_missing"]
    foreseen(warehouse, address(warehouse, mine))

    assert warehouse.status(mine) == "awaiting_pick_and_pack"
    assert warehouse.read(mine)["customer"]["address"] == NEW_ADDRESS


def test_no_customer_data_is_told_when_an_address_changes(warehouse):
    mine = warehouse.order()
    warehouse.do(address(warehouse, mine, contact={"email": "zebedee@example.com"}))

    assert warehouse.happened(mine, "address_changed") == [{"changed": ["contact", "address"]}]
    for table in ("order_event", "outbox", "command", "orders"):
        found = warehouse.rows(f"SELECT t::text AS row FROM {table} t")
        assert not [row for row in found if "ebedee" in row.row or "Secret" in row.row]


def test_other_holds_stay_when_the_address_is_given(warehouse):
    mine = warehouse.order(address={})
    warehouse.hold(mine, "fraud")
    warehouse.do(address(warehouse, mine))

    assert warehouse.read(mine)["holds"] == ["fraud"]


def test_an_address_that_says_nothing_is_refused(warehouse):
    mine = warehouse.order()
    nothing = details.address(warehouse.number(mine), Customer(address={"name": " "}))

    assert warehouse.refusal(nothing) == "empty_address"


def test_it_is_too_late_for_another_address_only_while_something_is_packed(warehouse):
    warehouse.stock(1)
    mine = warehouse.order([("K1", 2)])
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.do(address(warehouse, mine))
    warehouse.pack(shipment)
    with pytest.raises(RefusedError, match="shipment 2 is packed") as refusal:
        warehouse.do(address(warehouse, mine))
    assert refusal.value.code == "too_late"
    warehouse.ship(shipment)
    warehouse.do(address(warehouse, mine))


def test_one_of_them_goes_first_when_an_address_meets_a_pack(warehouse):
    warehouse.stock(8)
    for _ in range(6):
        mine = warehouse.order()
        (shipment,) = warehouse.shipments("ready")
        warehouse.pick(shipment)
        results = at_once(
            partial(warehouse.pack, shipment), partial(warehouse.do, address(warehouse, mine))
        )
        changed = warehouse.read(mine)["customer"]["address"] == NEW_ADDRESS
        assert (codes(results), changed) in (([], True), (["too_late"], False))
        warehouse.cancel(mine)


# --- until when ----------------------------------------------------------------------------------


def test_an_order_ends_on_the_day_that_a_person_names(warehouse):
    mine = warehouse.order([("K1", 2)])
    number = warehouse.number(mine)
    warehouse.do(details.cancel_date(number, warehouse.day(3)))
    told = warehouse.read(mine)
    assert (told["cancels_on"], told["cancels_by"]) == (warehouse.day(3), "person")
    warehouse.clock.pass_days(2)
    warehouse.serve_due()
    assert warehouse.status(mine) == "awaiting_stock"
    warehouse.clock.pass_days(1)
    warehouse.serve_due()

    assert warehouse.status(mine) == "cancelled"
    assert warehouse.read(mine)["cancels_on"] is None


def test_the_policys_day_is_shown_moved_and_given_back(warehouse):
    mine = warehouse.order([("K1", 2)], policy={"auto_cancel_days": 5})
    number = warehouse.number(mine)

    def shown() -> tuple[Any, Any]:
        told = warehouse.read(mine)
        return told["cancels_on"], told["cancels_by"]

    assert shown() == (warehouse.day(5), "policy")
    warehouse.do(details.cancel_date(number, NEVER))
    assert shown() == (None, "person")
    warehouse.clock.pass_days(6)
    warehouse.serve_due()
    assert warehouse.status(mine) == "awaiting_stock"
    over = details.cancel_date(number, warehouse.day(-1))
    assert warehouse.refusal(over) == "date_is_over"
    warehouse.do(details.cancel_date(number, None))

    assert warehouse.status(mine) == "cancelled"
    assert [row["to"] for row in warehouse.happened(mine, "cancel_date_changed")] == [
        "never", "the policy's",
    ]  # fmt: skip


def test_units_due_by_the_day_stay_when_it_comes(warehouse):
    purchase = warehouse.purchase([("K1", 1)], due=3)
    mine = warehouse.order([("K1", 2)])
    warehouse.do(details.cancel_date(warehouse.number(mine), warehouse.day(3)))
    warehouse.clock.pass_days(3)
    warehouse.serve_due()

    assert warehouse.parts(mine) == [("backorder", None, 1)]
    assert warehouse.pegs(mine) == {purchase: 1}


# --- what is shown as allowed --------------------------------------------------------------------


def test_allocating_is_shown_as_allowed_only_when_it_would_find_something(warehouse):
    warehouse.stock(2)
    first = warehouse.order([("K1", 2), ("K2", 1)], policy=ONE)
    warehouse.do(manual.unallocate(warehouse.number(first)))
    taker = warehouse.order([("K1", 2), ("K3", 1)], policy=ONE)
    assert warehouse.allocated(taker) == 2

    assert "allocate" in warehouse.read(first)["actions"]["allowed"]
    warehouse.start_picking(_split(warehouse, taker))
    told = {one["action"]: one["code"] for one in warehouse.read(first)["actions"]["refused"]}
    assert told["allocate"] == "nothing_free"
    assert warehouse.refusal(manual.allocate(warehouse.number(first))) == "nothing_free"


def _split(warehouse, order: int) -> int:
    warehouse.do(manual.split(warehouse.number(order)))
    (ready,) = warehouse.shipments("ready")
    return int(ready)
