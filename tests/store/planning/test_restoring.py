"""A database that was put back: what its workflows know is compared, ids are never used twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fulfillment.domain.insight.progress import Progress, progress_of
from fulfillment.domain.insight.restored import ENDED, PARCEL_LEFT, AtOdds
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.domain.model.verification import verified
from fulfillment.store.commands.administration.restoring import (
    begin_epoch,
    check_order,
    hold_lost,
    restart_orders,
)
from fulfillment.store.commands.orders import lifecycle
from fulfillment.store.insight.order_page import read_history
from fulfillment.store.planning.first_claims import claim_all
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions import outbox
from tests.builders.warehouse import MERCHANT, Warehouse


def stored(warehouse: Warehouse, order: int) -> Progress:
    return progress_of(warehouse.store.read(MERCHANT, lambda tx: load_orders(tx, [order]))[order])


def holds(warehouse: Warehouse, order: int) -> list[str]:
    return list(warehouse.read(order)["holds"])


def messages(warehouse: Warehouse, most: int = 100) -> list[outbox.Message]:
    with warehouse.engine.begin() as connection:
        later = warehouse.store.clock() + timedelta(hours=1)
        return outbox.take(connection, later, most, timedelta(seconds=30))


def begin(warehouse: Warehouse, beyond: int = 0, highest_id: int = 0) -> int:
    now = warehouse.store.clock()
    return begin_epoch(warehouse.store, beyond, highest_id, now - timedelta(minutes=9), "test")


def test_no_id_is_used_again_in_an_epoch_that_begins(warehouse):
    first = warehouse.take()
    begin(warehouse, highest_id=7_000_000)
    second = warehouse.take()

    assert second > 7_000_000 + 9 * 60 * 10_000
    assert second > first


def test_epoch_is_later_than_any_that_is_known(warehouse):
    order = warehouse.order()
    before = stored(warehouse, order).epoch
    begun = [begin(warehouse), begin(warehouse), begin(warehouse, beyond=10**11)]

    assert before < begun[0] < begun[1] < begun[2] == 10**11 + 1
    assert stored(warehouse, order).epoch == begun[2]


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({"status": OrderStatus.SHIPPED}, [PARCEL_LEFT]),
        ({"shipped_units": 1}, [PARCEL_LEFT]),
        ({"status": OrderStatus.CANCELLED}, [ENDED]),
        ({"holds": ("fraud",)}, ["fraud"]),
        ({}, []),
    ],
)
def test_what_left_or_ended_is_held_when_its_workflow_knows_more(
    warehouse: Warehouse, more: dict[str, Any], reasons: list[str]
) -> None:
    warehouse.stock(1)
    order = warehouse.order()
    now = stored(warehouse, order)
    known = replace(now, seq=now.seq + 3, **more)
    answer = check_order(warehouse.store, MERCHANT, order, known)

    assert answer["at_odds"] is AtOdds.DATABASE_BEHIND
    assert list(answer["progress"]["holds"]) == holds(warehouse, order) == reasons
    assert check_order(warehouse.store, MERCHANT, order, stored(warehouse, order)) == {
        "progress": answer["progress"],
        "at_odds": None,
    }


def test_nothing_is_held_when_its_workflow_knows_less(warehouse):
    order = warehouse.order()
    known = replace(stored(warehouse, order), seq=0, status=OrderStatus.SHIPPED)
    answer = check_order(warehouse.store, MERCHANT, order, known)

    assert (answer["at_odds"], holds(warehouse, order)) == (None, [])


def test_hold_is_told_in_the_history_and_done_once(warehouse):
    order = warehouse.order()
    known = {order: replace(stored(warehouse, order), seq=50, status=OrderStatus.SHIPPED)}
    changed = [hold_lost(warehouse.store, MERCHANT, known, "reconcile") for _ in range(2)]

    assert changed == [1, 0]
    number = warehouse.number(order)
    told = warehouse.store.read(MERCHANT, lambda tx: read_history(tx, number, 20, 0))
    (event,) = [each for each in told if each.facts.get("to") == "on_hold"]
    assert (event.actor, event.reason) == ("reconcile", "restored")


def test_order_that_the_database_does_not_know_is_said_to_be_unknown(warehouse):
    order = warehouse.order()

    answer = check_order(warehouse.store, MERCHANT, order + 999, None)
    assert answer == {"progress": None, "at_odds": AtOdds.UNKNOWN_ORDER}
    for ask in (
        lambda: lifecycle.prepare_fulfillment(warehouse.store, MERCHANT, [order, order + 999]),
        lambda: lifecycle.look_again(warehouse.store, MERCHANT, order + 999),
        lambda: lifecycle.hold_for_rule(warehouse.store, MERCHANT, order + 999, "any"),
    ):
        with pytest.raises(RefusedError, match="there is no order") as refused:
            ask()
        assert refused.value.code == AtOdds.UNKNOWN_ORDER


def test_first_claims_that_were_forgotten_are_made_in_rank_order(warehouse, monkeypatch):
    monkeypatch.setattr("fulfillment.store.queue.newcomers.MOST_LINES", 2)
    warehouse.stock(4)
    later = [warehouse.take([("K1", 1)]) for _ in range(4)]
    first = warehouse.take([("K1", 2)], priority=10)
    warehouse.order([("K2", 1)])
    assert claim_all(warehouse.store, MERCHANT) == 5
    assert [warehouse.allocated(order) for order in (first, *later)] == [2, 1, 1, 0, 0]
    assert claim_all(warehouse.store, MERCHANT) == 0


def test_a_claim_that_goes_wrong_keeps_no_other_from_being_made(warehouse, monkeypatch):
    def broken(order, facts):
        if order.id == bad:
            raise ZeroDivisionError
        return verified(order, facts)

    monkeypatch.setattr("fulfillment.store.planning.workspace.verified", broken)
    warehouse.stock(4)
    bad = warehouse.take([("K1", 1)])
    good = warehouse.take([("K1", 1)])
    assert claim_all(warehouse.store, MERCHANT) == 2
    assert [warehouse.allocated(order) for order in (bad, good)] == [0, 1]
    assert warehouse.status(bad) == "on_hold"


def test_what_is_new_starts_before_what_is_started_again(warehouse):
    old = [warehouse.order() for _ in range(3)]
    messages(warehouse)
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")
    epoch = begin(warehouse)
    finished = warehouse.order()
    warehouse.cancel(finished)
    assert restart_orders(warehouse.store, MERCHANT, [*old, finished], "test") == 3
    new = warehouse.take()
    taken = messages(warehouse)

    starts = [m for m in taken if m.kind is outbox.Kind.START_ORDER]
    assert [m.payload["order"] for m in starts if "progress" not in m.payload] == [finished, new]
    assert [m.payload["order"] for m in starts if "progress" in m.payload] == old
    assert taken[-3:] == starts[-3:]
    assert {m.payload["progress"]["epoch"] for m in starts[-3:]} == {epoch}
    assert {m.payload["epoch"] for m in starts} == {epoch}
