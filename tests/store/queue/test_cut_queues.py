"""Queues that are cut by a batch, and orders that have not claimed yet: nobody is passed by it."""

from collections.abc import Callable

import pytest

from fulfillment.store.commands.orders import lifecycle, manual
from fulfillment.store.commands.orders.pins import Pinned, pin
from fulfillment.store.commands.supply import serving
from fulfillment.store.planning.change import Change
from tests.builders.warehouse import MERCHANT, Warehouse

NEVER = {"auto_allocate": "never"}
CONDITIONAL = {"auto_allocate": "complete_only"}
WHOLE = {"max_shipments": 1}


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 3)


def rounds(warehouse: Warehouse) -> int:
    """How many times what is owed has to be served until nothing is."""
    done = 0
    while serving.serve_due(warehouse.store, MERCHANT):
        done += 1
        assert done < 20
    return done


def held(warehouse: Warehouse, *orders: int) -> list[int]:
    return [warehouse.allocated(order) for order in orders]


# --- an order whose first claim is still to come -------------------------------------------------


@pytest.mark.parametrize("gate", [{}, NEVER, CONDITIONAL])
def test_the_first_gets_the_units_when_the_second_claims_before_it(
    warehouse: Warehouse, gate: dict[str, str]
) -> None:
    warehouse.stock(5)
    first = warehouse.take([("K1", 7)], policy=gate)
    second = warehouse.take([("K1", 5)], policy=gate)
    warehouse.claim(second)
    warehouse.claim(first)
    warehouse.serve_due()
    assert held(warehouse, first, second) == [5, 0]


@pytest.mark.parametrize("gate", [{}, NEVER, CONDITIONAL])
def test_an_unclaimed_order_is_served_ungated_when_a_receipt_comes_before_its_claim(
    warehouse: Warehouse, gate: dict[str, str]
) -> None:
    first = warehouse.take([("K1", 1)], policy=gate)
    second = warehouse.order([("K1", 5)])
    warehouse.stock(5)
    warehouse.claim(first)
    assert held(warehouse, first, second) == [1, 4]


def test_the_first_gets_the_units_when_only_a_change_of_status_starts_allocation(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(auto_allocate_on="po_status")
    warehouse.serve_due()
    warehouse.stock(5)
    first, second = warehouse.take([("K1", 5)]), warehouse.take([("K1", 5)])
    warehouse.claim(second)
    warehouse.claim(first)
    assert held(warehouse, first, second) == [5, 0]


@pytest.mark.parametrize("gate", ["always", "never", "complete_only"])
@pytest.mark.parametrize("on_shortage", ["reject", "assign_nothing"])
def test_what_a_first_claim_declines_goes_to_who_is_behind_it(
    warehouse: Warehouse, gate: str, on_shortage: str
) -> None:
    policy = {"auto_allocate": gate, "on_shortage": on_shortage}
    first = warehouse.take([("K1", 7)], policy=policy)
    last = warehouse.order([("K1", 1)])
    warehouse.stock(5)
    warehouse.claim(first)
    warehouse.serve_due()
    assert held(warehouse, first, last) == [0, 1]


@pytest.mark.parametrize("turn", [(0, 1), (1, 0)])
def test_the_same_order_is_rejected_whoever_asks_first(
    warehouse: Warehouse, turn: tuple[int, int]
) -> None:
    warehouse.stock(5)
    both = [warehouse.take([("K1", units)], policy={"on_shortage": "reject"}) for units in (7, 5)]
    for at in turn:
        warehouse.claim(both[at])
    assert [warehouse.status(order) for order in both] == ["rejected", "awaiting_pick_and_pack"]


def test_a_rejecting_order_with_other_goods_too_is_decided_before_the_one_behind_it(
    warehouse: Warehouse,
) -> None:
    """Its second SKU is of no interest to who asks, and has to be opened all the same."""
    warehouse.stock(5)
    first = warehouse.take([("K1", 5), ("K2", 1)], policy={"on_shortage": "reject"})
    second = warehouse.take([("K1", 5)], policy={"on_shortage": "reject"})
    warehouse.claim(second)
    assert [warehouse.status(first), warehouse.allocated(second)] == ["rejected", 5]


@pytest.mark.parametrize("on_shortage", ["reject", "remove", "assign_nothing"])
def test_pegs_that_a_first_claim_does_not_keep_go_to_the_next(
    warehouse: Warehouse, on_shortage: str
) -> None:
    first = warehouse.take([("K1", 5)], policy={"on_shortage": on_shortage})
    second = warehouse.order([("K1", 5)])
    purchase = warehouse.purchase([("K1", 5)])
    warehouse.claim(first)
    warehouse.serve_due()
    assert warehouse.pegs(second) == {purchase: 5}


def test_the_first_of_two_newcomers_is_pegged_on_what_a_later_order_had(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 3)])
    later = warehouse.order([("K1", 3)])
    first = warehouse.take([("K1", 3)], priority=40)
    second = warehouse.take([("K1", 3)], priority=40)
    warehouse.claim(first)
    warehouse.claim(second)
    warehouse.serve_due()
    assert [warehouse.pegs(one) for one in (first, second, later)] == [{purchase: 3}, {}, {}]


def test_nothing_is_claimed_early_when_there_is_nothing_to_give(warehouse: Warehouse) -> None:
    first = warehouse.take([("K1", 1)], policy=NEVER)
    warehouse.order([("K1", 1)])
    assert warehouse.one("SELECT first_claimed FROM orders WHERE id = :id", id=first) is False


# --- a queue that is cut -------------------------------------------------------------------------


@pytest.mark.usefixtures("small_batches")
def test_an_unclaimed_later_order_passes_nobody_when_the_queue_is_cut_before_it(
    warehouse: Warehouse,
) -> None:
    earlier = [warehouse.order([("K1", units)]) for units in (1, 2, 3, 4)]
    later = warehouse.take([("K1", 4)], priority=60)
    warehouse.stock(9)
    rounds(warehouse)
    warehouse.claim(later)
    assert held(warehouse, *earlier, later) == [1, 2, 3, 3, 0]


@pytest.mark.usefixtures("small_batches")
def test_serving_ends_when_nobody_takes_before_a_change_of_status(warehouse: Warehouse) -> None:
    warehouse.settings(auto_allocate_on="po_status")
    warehouse.serve_due()
    waiting = [warehouse.order([("K1", 1)]) for _ in range(4)]
    warehouse.stock(10)
    rounds(warehouse)
    assert held(warehouse, *waiting) == [0, 0, 0, 0]


def cut(warehouse: Warehouse) -> list[int]:
    """Nine wait, and three of them are served; there is enough for all and more."""
    waiting = [warehouse.order([("K1", 1)]) for _ in range(9)]
    warehouse.stock(20)
    assert held(warehouse, *waiting) == [1, 1, 1] + [0] * 6
    return waiting


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    "policy",
    [
        {"on_shortage": "reject"},
        {"on_shortage": "remove"},
        {"on_shortage": "assign_nothing"},
        NEVER,
        CONDITIONAL,
    ],
)
def test_a_newcomer_behind_a_cut_gets_its_unit(
    warehouse: Warehouse, policy: dict[str, str]
) -> None:
    cut(warehouse)
    last = warehouse.order([("K1", 1)], policy=policy)
    warehouse.serve_due()
    assert (warehouse.status(last), warehouse.allocated(last)) == ("awaiting_pick_and_pack", 1)


@pytest.mark.usefixtures("small_batches")
def test_a_newcomer_behind_a_cut_gets_its_unit_when_it_may_not_be_backordered(
    warehouse: Warehouse,
) -> None:
    cut(warehouse)
    warehouse.products("K1", allow_backorder=False)
    last = warehouse.order([("K1", 1)])
    warehouse.serve_due()
    assert (warehouse.status(last), warehouse.allocated(last)) == ("awaiting_pick_and_pack", 1)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("deed", [manual.allocate, manual.back_to_ship, manual.resume_allocation])
def test_what_a_person_does_behind_a_cut_finds_what_is_left_for_the_order(
    warehouse: Warehouse, deed: Callable[[str], Change]
) -> None:
    mine = warehouse.order([("K1", 1)], priority=60, policy={"on_shortage": "assign_nothing"})
    waiting = cut(warehouse)
    warehouse.do(deed(warehouse.number(mine)))
    warehouse.serve_due()
    assert held(warehouse, *waiting, mine) == [1] * 10


@pytest.mark.parametrize("batch", [1, 2_000])
@pytest.mark.parametrize("deed", ["lost in part", "called back"])
def test_what_waits_again_behind_a_cut_is_for_those_before_it_and_not_released(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, deed: str, batch: int
) -> None:
    """Its units were out of their reach while they were released; now they are not."""
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", batch)
    warehouse.order([("K1", 2)], priority=40, lock_location="B")
    warehouse.stock(3)
    mine = warehouse.order([("K1", 3), ("K2", 1)], priority=60)
    earlier = warehouse.order([("K1", 1)], priority=50)
    assert held(warehouse, mine, earlier) == [3, 0]
    if deed == "lost in part":
        warehouse.stock(-2)
    else:
        warehouse.do(manual.policy(warehouse.number(mine), WHOLE))
    rounds(warehouse)
    assert held(warehouse, mine, earlier) == [0 if deed == "lost in part" else 2, 1]


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("deed", ["policy", "by hand", "priority", "unlock", "edit"])
def test_what_is_changed_behind_a_cut_is_not_lost(warehouse: Warehouse, deed: str) -> None:
    """It may take what a later order holds; all that is free is for those before it."""
    warehouse.stock(1)
    later = warehouse.order([("K1", 1), ("K2", 1)], priority=80, policy=WHOLE)
    policy: dict[str, object] = dict(NEVER) if deed == "policy" else {}
    if deed == "by hand":
        policy = {"on_shortage": "assign_nothing"}
    bound = {"lock_location": "B"} if deed == "unlock" else {}
    wants = ("K2" if deed == "edit" else "K1", 1)
    priority = 90 if deed == "priority" else 60
    warehouse.stock(-1)
    mine = warehouse.order([wants], priority=priority, policy=policy, **bound)
    warehouse.stock(1)
    if deed == "edit":
        warehouse.stock(1, "K2")
    assert warehouse.allocated(mine) == (1 if deed == "edit" else 0)
    ahead = [warehouse.take([("K1", 1)], priority=50) for _ in range(9)]
    warehouse.stock(9)
    assert sum(held(warehouse, *ahead)) < 9
    number = warehouse.number(mine)
    if deed == "edit":
        warehouse.edit(mine, {1: ("K2", 1), 2: ("K1", 1)}, 1)
    else:
        changes: dict[str, Callable[[], Change]] = {
            "policy": lambda: manual.policy(number, {"auto_allocate": "always"}),
            "by hand": lambda: manual.resume_allocation(number),
            "priority": lambda: manual.priority(number, 60),
            "unlock": lambda: manual.lock(number, None),
        }
        warehouse.do(changes[deed]())
    warehouse.serve_due()
    assert sum(held(warehouse, *ahead)) == 9
    assert warehouse.level("K1") == (10, 10)
    assert held(warehouse, later) == [0]


@pytest.mark.usefixtures("small_batches")
def test_nothing_is_cancelled_for_its_age_while_its_units_are_still_to_be_served(
    warehouse: Warehouse,
) -> None:
    for _ in range(9):
        warehouse.order([("K1", 1)])
    last = warehouse.order([("K1", 1)], policy={"auto_cancel_days": 1})
    warehouse.clock.pass_days(1)
    warehouse.stock(20)
    warehouse.serve_due()
    assert (warehouse.status(last), warehouse.allocated(last)) == ("awaiting_pick_and_pack", 1)


def test_nothing_is_cancelled_for_its_age_by_a_plan_that_serves_another_of_its_queues(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 5)], due=9)
    warehouse.order([("K1", 5), ("K2", 1)], policy={"auto_cancel_days": 1})
    warehouse.clock.pass_days(1)
    warehouse.receive(purchase, {1: 5})
    warehouse.stock(1, "K2")
    while warehouse.serve(purchase):
        pass
    warehouse.serve_due()
    assert warehouse.level("K1") == (5, 5)


def test_what_is_too_old_is_cancelled_on_its_day_though_a_plan_passed_by(
    warehouse: Warehouse,
) -> None:
    order = warehouse.order([("K1", 5), ("K2", 1)], policy={"auto_cancel_days": 1})
    warehouse.clock.pass_days(1)
    warehouse.stock(1, "K2")
    warehouse.serve_due()
    assert (warehouse.allocated(order), warehouse.status(order)) == (1, "awaiting_pick_and_pack")


@pytest.mark.usefixtures("small_batches")
def test_no_more_is_pegged_than_wanted_when_an_order_behind_a_cut_is_made_smaller(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 20)])
    mine = warehouse.order([("K1", 4)], priority=60)
    cut(warehouse)
    warehouse.edit(mine, {1: ("K1", 1)}, 1)
    warehouse.serve_due()
    assert (warehouse.allocated(mine), warehouse.pegs(mine)) == (1, {})
    assert warehouse.pegs(warehouse.order([("K1", 20)])) == {purchase: 10}


# --- who holds what an earlier order wants -------------------------------------------------------


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("rebalance", ["waiting", "unpicked"])
def test_an_earlier_order_takes_from_more_holders_than_a_batch(
    warehouse: Warehouse, rebalance: str
) -> None:
    warehouse.settings(rebalance=rebalance)
    warehouse.serve_due()
    warehouse.stock(6)
    for _ in range(6):
        holder = warehouse.take([("K1", 1)])
        if rebalance == "waiting":
            warehouse.hold(holder)
        warehouse.claim(holder)
    first = warehouse.order([("K1", 6)], priority=10)
    rounds(warehouse)
    assert warehouse.allocated(first) == 6


@pytest.mark.usefixtures("small_batches")
def test_holders_of_pinned_units_do_not_hide_one_that_may_give(warehouse: Warehouse) -> None:
    warehouse.stock(1)
    giver = warehouse.order([("K1", 1), ("K2", 1)], priority=60, policy=WHOLE)
    purchase = warehouse.purchase([("K1", 3)])
    for _ in range(3):
        last = warehouse.order([("K1", 1), ("K2", 1)], priority=70, policy=WHOLE)
        warehouse.do(pin(warehouse.number(last), 1, [Pinned(purchase)]))
    warehouse.receive(purchase, {1: 3})
    warehouse.serve_due()
    first = warehouse.order([("K1", 1)], priority=10)
    rounds(warehouse)
    assert held(warehouse, first, giver) == [1, 0]


# --- sums ----------------------------------------------------------------------------------------


def test_a_claim_is_made_when_stock_came_in_many_large_steps(warehouse: Warehouse) -> None:
    for at in "AB":
        for _ in range(11):
            warehouse.stock(100_000_000, at=at)
    assert warehouse.allocated(warehouse.order([("K1", 1)])) == 1


def test_an_order_is_pegged_when_purchase_orders_are_large_together(warehouse: Warehouse) -> None:
    for _ in range(3):
        warehouse.purchase([("K1", 1_000_000_000)])
    order = warehouse.order([("K1", 1)])
    assert sum(warehouse.pegs(order).values()) == 1
    warehouse.stock(1)
    assert warehouse.allocated(order) == 1


def test_nothing_is_owed_when_an_earlier_order_is_bound_to_another_place_than_the_units(
    warehouse: Warehouse,
) -> None:
    """What the second holds counts as given anew, wherever it is: the first can have none of it."""
    warehouse.stock(1, at="A")
    first = warehouse.order([("K1", 3)], lock_location="B")
    second = warehouse.order([("K1", 3)])
    lifecycle.look_again(warehouse.store, MERCHANT, second)
    assert warehouse.one("SELECT count(*) FROM sku_queue WHERE due_since IS NOT NULL") == 0
    assert held(warehouse, first, second) == [0, 1]
