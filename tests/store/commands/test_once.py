"""Commands that come again, at once, or too late."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands import intake
from tests.builders.calling import at_once, codes
from tests.builders.warehouse import MERCHANT, command


def test_the_stored_answer_comes_back_when_a_command_is_sent_again(warehouse):
    warehouse.stock(3)
    mine = warehouse.order([("K1", 3)])
    first = warehouse.cancel(mine, "c-1")

    assert warehouse.cancel(mine, "c-1") == first
    assert warehouse.level() == (3, 0)


def test_the_key_is_refused_when_it_comes_with_other_content(warehouse):
    warehouse.stock(3, key="a-1")
    with pytest.raises(RefusedError) as refusal:
        warehouse.stock(4, key="a-1")

    assert refusal.value.code == "key_reused"
    assert warehouse.level() == (3, 0)


def test_nothing_is_stored_when_a_command_is_refused(warehouse):
    with pytest.raises(RefusedError):
        warehouse.stock(-1, key="a-1")
    warehouse.stock(2, key="a-1", sku="K2")

    assert warehouse.level("K2") == (2, 0)
    assert warehouse.one("SELECT count(*) FROM command") == 1


def test_the_command_is_done_once_when_two_connections_send_it_at_once(warehouse):
    results = at_once(*[lambda: warehouse.stock(5, key="a-1")] * 6)

    assert codes(results) == []
    assert warehouse.level() == (5, 0)
    assert warehouse.one("SELECT count(*) FROM stock_ledger") == 1


def test_a_receipt_is_counted_once_when_its_number_comes_twice_at_once(warehouse):
    purchase = warehouse.purchase()
    results = at_once(*[lambda: warehouse.receive(purchase, {1: 4}, number="R-1")] * 6)

    assert codes(results) == []
    assert [result for result in results if result != results[0]] == []
    assert warehouse.level() == (4, 0)


def test_a_receipt_number_is_refused_when_it_comes_with_other_content(warehouse):
    purchase = warehouse.purchase()
    results = at_once(
        lambda: warehouse.receive(purchase, {1: 4}, number="R-1"),
        lambda: warehouse.receive(purchase, {1: 5}, number="R-1"),
    )

    assert codes(results) == ["number_in_use"]
    assert warehouse.level()[0] in (4, 5)


def test_exactly_one_gets_the_unit_when_fifty_claim_from_eight_threads(warehouse):
    warehouse.stock(1)
    taken = [warehouse.take() for _ in range(50)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(warehouse.claim, reversed(taken)))

    ready = [each for each in taken if warehouse.status(each) == "awaiting_pick_and_pack"]
    waiting = warehouse.rows(
        "SELECT order_id FROM open_demand ORDER BY priority, placed_at, intake_seq"
    )
    assert ready == taken[:1]
    assert [row.order_id for row in waiting] == taken[1:]
    assert warehouse.level() == (1, 1)


def test_one_order_is_made_when_twenty_send_its_number_at_once(warehouse):
    new = warehouse.new_order("O-1", [("K1", 2)])
    results = at_once(
        *[lambda: intake.create_orders(warehouse.store, MERCHANT, [new], "tester")] * 10,
        *[lambda: intake.create_order(warehouse.store, MERCHANT, new, "tester")] * 2,
    )

    outcomes = [(r[0] if isinstance(r, list) else r).outcome for r in results]
    assert sorted(outcomes) == ["created"] + ["existing"] * 11
    assert warehouse.one("SELECT count(*) FROM orders") == 1
    assert warehouse.one("SELECT sum(wanted) FROM open_demand") == 2


def test_the_other_content_is_refused_when_two_send_one_number_at_once(warehouse):
    orders = [warehouse.new_order("O-1", [("K1", units)]) for units in (1, 2)]
    results = at_once(
        *[partial(intake.create_order, warehouse.store, MERCHANT, new, "tester") for new in orders]
    )

    assert codes(results) == ["number_in_use"]
    assert warehouse.one("SELECT count(*) FROM orders") == 1


def test_the_second_is_refused_when_two_cancel_at_once(warehouse):
    warehouse.stock(2)
    mine = warehouse.order([("K1", 2)])
    results = at_once(lambda: warehouse.cancel(mine), lambda: warehouse.cancel(mine))

    assert codes(results) == ["nothing_to_cancel"]
    assert warehouse.level() == (2, 0)


def test_one_of_them_wins_when_a_pick_meets_a_cancel(warehouse):
    warehouse.stock(20)
    for _ in range(8):
        mine = warehouse.order([("K1", 2)])
        (shipment,) = warehouse.shipments("ready")
        results = at_once(partial(warehouse.pick, shipment), partial(warehouse.cancel, mine))
        assert codes(results) in ([], ["step_not_allowed"])
        assert warehouse.status(mine) == "cancelled"
    assert warehouse.level() == (20, 0)


def test_a_unit_leaves_once_when_a_shipment_is_sent_off_twice_at_once(warehouse):
    warehouse.stock(5)
    warehouse.order([("K1", 2)])
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    results = at_once(lambda: warehouse.ship(shipment), lambda: warehouse.ship(shipment))

    assert codes(results) == ["step_not_allowed"]
    assert warehouse.level() == (3, 0)


def test_every_unit_is_given_when_receipts_meet_claims(warehouse):
    purchase = warehouse.purchase([("K1", 12)])
    taken = [warehouse.take([("K1", 2)]) for _ in range(8)]
    at_once(
        *[partial(warehouse.claim, each) for each in taken],
        lambda: warehouse.receive(purchase, {1: 5}),
        lambda: warehouse.receive(purchase, {1: 7}),
        lambda: warehouse.serve(purchase),
    )
    warehouse.serve(purchase)

    assert [warehouse.allocated(each) for each in taken] == [2] * 6 + [0] * 2
    assert warehouse.level() == (12, 12)


def test_an_order_is_allocated_once_when_its_first_claim_is_reported_twice(warehouse):
    warehouse.stock(5)
    mine = warehouse.take([("K1", 2)])
    first = warehouse.claim(mine)

    assert warehouse.claim(mine) == first
    assert warehouse.level() == (5, 2)
    assert [each["claimed"] for each in at_once(*[lambda: warehouse.claim(mine)] * 4)] == [True] * 4


def test_a_finished_order_stays_finished_when_it_is_edited(warehouse):
    mine = warehouse.order()
    warehouse.cancel(mine)
    with pytest.raises(RefusedError) as refusal:
        warehouse.edit(mine, {1: ("K1", 1)}, revision=1)

    assert refusal.value.code == "order_finished"


def test_an_edit_is_refused_when_the_channel_is_behind(warehouse):
    mine = warehouse.order()
    warehouse.edit(mine, {1: ("K1", 3)}, revision=2)
    warehouse.edit(mine, {1: ("K1", 3)}, revision=2)
    for wants, revision in (({1: ("K1", 4)}, 2), ({1: ("K1", 4)}, 1)):
        with pytest.raises(RefusedError) as refusal:
            warehouse.edit(mine, wants, revision)
        assert refusal.value.code == "stale_revision"

    assert warehouse.one("SELECT ordered FROM order_line") == 3


def test_a_purchase_is_refused_when_its_number_is_taken(warehouse):
    warehouse.purchase(number="PO-1")
    two = [partial(warehouse.purchase, number="PO-2", due=due) for due in (5, 6)]
    results = at_once(*two)
    with pytest.raises(RefusedError) as refusal:
        warehouse.purchase(number="PO-1", due=6)

    assert refusal.value.code == "number_in_use"
    assert sorted(results) == ["PO-2", "number_in_use"]


def test_each_order_of_a_batch_is_answered_by_itself(warehouse):
    good, other = warehouse.new_order("O-1"), warehouse.new_order("O-1", [("K1", 9)])
    bad = warehouse.new_order("O-2", [("K9", 1)])
    mended = warehouse.new_order("O-2", [("K2", 1)])
    asked = [good, other, good, bad, mended]
    answers = intake.create_orders(warehouse.store, MERCHANT, asked, "tester")

    assert [(a.number, str(a.outcome), a.refusal and a.refusal.code) for a in answers] == [
        ("O-1", "created", None),
        ("O-1", "refused", "number_in_use"),
        ("O-1", "existing", None),
        ("O-2", "refused", "unknown_sku"),
        ("O-2", "created", None),
    ]


def test_nothing_of_a_command_is_kept_when_its_transaction_is_lost(warehouse):
    def body(tx):
        tx.run("UPDATE sku_queue SET due_since = now()")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        warehouse.store.execute(command("crash", "c-1"), body)

    assert warehouse.one("SELECT count(*) FROM command") == 0
    assert warehouse.one("SELECT count(due_since) FROM sku_queue") == 0
