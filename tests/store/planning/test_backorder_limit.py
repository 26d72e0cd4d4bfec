"""How many units of a product may wait, for many orders at once."""

import random
from collections import Counter
from functools import partial

import pytest

from fulfillment.store.commands import intake
from tests.builders.calling import at_once, codes
from tests.builders.warehouse import MERCHANT, Warehouse


def waiting(warehouse: Warehouse) -> int:
    return int(warehouse.one("SELECT coalesce(sum(wanted), 0) FROM open_demand") or 0)


def statuses(warehouse: Warehouse) -> Counter[str]:
    return Counter(row.status for row in warehouse.rows("SELECT status FROM orders"))


@pytest.fixture
def limited(warehouse):
    """A product of which no more than 10 units may wait."""
    warehouse.products("K1", backorder_limit=10)
    return warehouse


def test_a_batch_is_refused_beyond_the_limit(limited):
    new = [limited.new_order(f"B-{n}", [("K1", 5)]) for n in range(8)]
    taken = intake.create_orders(limited.store, MERCHANT, new, "tester")

    assert [one.outcome for one in taken] == ["created"] * 2 + ["refused"] * 6
    assert {one.refusal and one.refusal.code for one in taken[2:]} == {"not_available"}
    again = intake.create_orders(limited.store, MERCHANT, new, "tester")
    assert [one.outcome for one in again] == ["existing"] * 2 + ["refused"] * 6


def test_what_a_batch_sends_again_takes_no_place(limited):
    old = limited.new_order("B-1", [("K1", 5)])
    intake.create_orders(limited.store, MERCHANT, [old], "tester")
    new = [old, limited.new_order("B-2", [("K1", 5)])]
    taken = intake.create_orders(limited.store, MERCHANT, new, "tester")

    assert [one.outcome for one in taken] == ["existing", "created"]


@pytest.mark.parametrize("seed", range(4))
def test_no_more_wait_than_the_limit_when_many_come_at_once(limited, seed):
    """Intake takes in what it can not know yet; the first claims, at once too, keep the limit."""
    came = at_once(*[partial(limited.take, [("K1", 5)]) for _ in range(8)])
    assert set(codes(came)) <= {"not_available"}
    ranked = [row.id for row in limited.rows("SELECT id FROM orders ORDER BY intake_seq")]
    turns = random.Random(seed).sample(ranked, len(ranked))
    at_once(*[partial(limited.claim, order) for order in turns])

    assert waiting(limited) == 10
    assert [limited.status(order) for order in ranked[:2]] == ["awaiting_stock"] * 2
    rejected = ranked[2:]
    assert {limited.status(order) for order in rejected} <= {"rejected"}
    for order in rejected:
        (told,) = limited.happened(order, "rejected")
        assert told["why"] == "backorder_limit"


def test_stock_that_comes_makes_room(limited):
    first = limited.order([("K1", 5)])
    limited.order([("K1", 5)])
    limited.stock(5)
    third = limited.order([("K1", 5)])

    assert limited.allocated(first) == 5
    assert (waiting(limited), limited.status(third)) == (10, "awaiting_stock")
