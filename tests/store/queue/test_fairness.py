"""Who gets which units when commands follow each other."""

from tests.builders.warehouse import TODAY

ALL_OR_NOTHING = {"max_shipments": 1}


def test_the_earlier_order_gets_the_unit_when_the_later_one_claims_first(warehouse):
    warehouse.stock(1)
    first, second = warehouse.take(), warehouse.take()
    warehouse.claim(second)
    warehouse.claim(first)

    assert (warehouse.allocated(first), warehouse.allocated(second)) == (1, 0)


def test_a_priority_order_gets_the_unit_when_an_unclaimed_one_came_before(warehouse):
    warehouse.stock(1)
    plain, urgent = warehouse.take(), warehouse.take(priority=10)
    warehouse.claim(plain)
    warehouse.claim(urgent)

    assert (warehouse.allocated(plain), warehouse.allocated(urgent)) == (0, 1)


def test_the_head_takes_what_comes_when_it_is_all_or_nothing(warehouse):
    first = warehouse.order([("K1", 7)], policy=ALL_OR_NOTHING)
    second = warehouse.order([("K1", 5)])
    warehouse.stock(5)

    assert (warehouse.allocated(first), warehouse.allocated(second)) == (5, 0)


def test_the_next_two_are_served_when_the_head_is_cancelled(warehouse):
    warehouse.stock(2)
    first = warehouse.order([("K1", 3)], policy=ALL_OR_NOTHING)
    others = [warehouse.order(policy=ALL_OR_NOTHING) for _ in range(2)]
    warehouse.cancel(first)

    assert [warehouse.parts(each) for each in others] == [[("ready", "A", 1)]] * 2


def test_the_orders_other_line_wins_when_one_line_of_it_is_cancelled(warehouse):
    warehouse.stock(2)
    first = warehouse.order([("K1", 2), ("K1", 2)], policy=ALL_OR_NOTHING)
    second = warehouse.order()
    warehouse.edit(first, {2: ("K1", 2)}, revision=1)

    assert warehouse.parts(first) == [("ready", "A", 2)]
    assert warehouse.allocated(second) == 0


def test_a_locked_order_takes_from_a_later_one_when_others_hold_units_elsewhere(warehouse):
    """The last in rank holds a unit that does not help; the one before it holds one that does."""
    locked = warehouse.take(lock_location="A", priority=10)
    warehouse.stock(1)
    at_a = warehouse.order([("K1", 2)], policy=ALL_OR_NOTHING, lock_location="A", priority=5)
    warehouse.stock(1, at="B")
    at_b = warehouse.order([("K1", 2)], policy=ALL_OR_NOTHING, lock_location="B", priority=60)
    warehouse.cancel(at_a)
    warehouse.claim(locked)

    assert (warehouse.allocated(locked), warehouse.allocated(at_b)) == (1, 1)


def test_claims_move_by_place_when_an_urgent_order_is_locked(warehouse):
    for at in ("A", "B"):
        warehouse.stock(1, at=at)
    holders = [
        warehouse.order([("K1", 2)], policy=ALL_OR_NOTHING, lock_location=at) for at in ("A", "B")
    ]
    urgent = warehouse.order(lock_location="A", priority=1)

    assert [warehouse.allocated(each) for each in (urgent, *holders)] == [1, 0, 1]


def test_a_waiting_order_is_served_when_the_last_unit_was_pegged_to_another(warehouse):
    purchase = warehouse.purchase([("K1", 5)])
    first, second = warehouse.order([("K1", 3)]), warehouse.order([("K1", 3)])
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({purchase: 3}, {purchase: 2})
    warehouse.receive(purchase, {1: 4})
    warehouse.serve(purchase)

    assert (warehouse.allocated(first), warehouse.allocated(second)) == (3, 1)
    assert warehouse.pegs(second) == {purchase: 1}


def test_pegs_move_when_an_urgent_order_comes(warehouse):
    purchase = warehouse.purchase([("K1", 2)])
    first = warehouse.order([("K1", 2)])
    urgent = warehouse.order(priority=1)

    assert (warehouse.pegs(urgent), warehouse.pegs(first)) == ({purchase: 1}, {purchase: 1})


def test_the_rest_is_pegged_again_when_a_purchase_is_closed_short(warehouse):
    early, late = warehouse.purchase(due=2), warehouse.purchase(due=9)
    mine = warehouse.order([("K1", 10)])
    warehouse.receive(early, {1: 4})
    warehouse.serve(early)
    warehouse.move(early, "closed")

    assert warehouse.allocated(mine) == 4
    assert warehouse.pegs(mine) == {late: 6}
    assert warehouse.one("SELECT min(expected_on) FROM supply WHERE inbound") > TODAY


def test_what_one_line_received_leaves_another_alone(warehouse):
    purchase = warehouse.purchase([("K1", 3), ("K2", 3)])
    mine = warehouse.order([("K1", 3), ("K2", 3)])
    warehouse.receive(purchase, {1: 3})
    warehouse.serve(purchase)

    assert warehouse.level("K1") == (3, 3)
    assert warehouse.level("K2") == (0, 0)
    assert warehouse.parts(mine) == [("ready", "A", 3), ("backorder", None, 3)]


def test_an_order_is_rejected_when_a_line_that_may_not_wait_was_taken_meanwhile(warehouse):
    warehouse.products("S1", allow_backorder=False)
    warehouse.stock(1, "S1")
    warehouse.stock(1, "K1")
    first, second = (warehouse.take([("S1", 1), ("K1", 1)]) for _ in range(2))
    warehouse.claim(first)
    warehouse.claim(second)

    assert warehouse.status(second) == "rejected"
    assert warehouse.allocated(second) == 0


def test_the_unit_goes_to_the_waiting_order_when_its_holder_is_rejected(warehouse):
    warehouse.products("S1", allow_backorder=False)
    warehouse.stock(2, "S1")
    warehouse.stock(1, "K1")
    strict = warehouse.take([("S1", 2), ("K1", 1)])
    warehouse.order([("S1", 1)], priority=1)
    behind = warehouse.order([("K1", 1)])
    warehouse.claim(strict)

    assert warehouse.status(strict) == "rejected"
    assert warehouse.allocated(behind) == 1


def test_units_added_by_an_edit_are_divided_when_only_some_are_there(warehouse):
    mine = warehouse.order([("K1", 1)])
    warehouse.stock(3)
    warehouse.edit(mine, {1: ("K1", 4), 2: ("K2", 1)}, revision=1)

    assert sorted(warehouse.parts(mine), key=str) == [
        ("backorder", None, 2), ("ready", "A", 1), ("ready", "A", 2),
    ]  # fmt: skip


def test_an_edit_takes_from_a_later_waiting_order_when_it_asks_for_more(warehouse):
    warehouse.stock(3)
    mine = warehouse.order([("K1", 2)], policy=ALL_OR_NOTHING)
    later = warehouse.order([("K1", 1), ("K2", 1)], policy=ALL_OR_NOTHING)
    warehouse.edit(mine, {1: ("K1", 3)}, revision=1)

    assert (warehouse.allocated(mine), warehouse.allocated(later)) == (3, 0)
