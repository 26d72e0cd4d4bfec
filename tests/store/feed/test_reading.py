"""The feed is read after a cursor, as far as the reader may see it, and never with a gap."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from fulfillment.domain.insight.public_events import EventType
from fulfillment.domain.model.refusals import RefusalKind, RefusedError
from fulfillment.store.commands.administration.restoring import begin_epoch
from fulfillment.store.commands.mail.noting import note_events
from fulfillment.store.commands.webhooks.fan_out import fan_out_next
from fulfillment.store.feed.cursors import Position, position_of
from fulfillment.store.feed.expiry import expire
from fulfillment.store.feed.reading import Scope, end_of_feed
from tests.builders.calling import refused
from tests.builders.feed import everything, read, tell, told, types
from tests.builders.warehouse import MERCHANT

ALL = tuple(EventType)


def oldest_of(refusal: RefusedError) -> Position:
    assert (refusal.kind, refusal.code) == (RefusalKind.GONE, "cursor_gone")
    return position_of(str(refusal.fields[0]["oldest"]))


def test_a_cursor_says_up_to_where_was_looked_also_when_nothing_matched(warehouse):
    warehouse.take()
    tell(warehouse.store)
    page = read(warehouse.store, scope=Scope([EventType.SUPPLY_CLOSED]))

    assert page.events == []
    assert page.upto == warehouse.store.read(MERCHANT, end_of_feed)
    assert read(warehouse.store, page.upto).events == []


def test_pages_follow_each_other_without_a_gap(warehouse):
    for _ in range(7):
        warehouse.take()
    tell(warehouse.store)

    assert len(everything(warehouse.store, limit=2)) == 7
    page = read(warehouse.store, limit=2)
    assert page.more
    assert not read(warehouse.store, limit=7, after=page.upto).more


def test_a_cursor_is_the_same_when_it_comes_back():
    position = Position(1_767_000_000, 2**40, "0a1b2c3d")

    assert position_of(position.cursor) == position


@pytest.mark.parametrize(
    "cursor", ["", "x", "W10", "bnVsbA", "WzEsMiwzXQ", "WzEsLTEsIiJd", "é" * 9]
)
def test_what_is_no_cursor_is_refused(cursor):
    assert refused(lambda: position_of(cursor)).code == "bad_cursor"


def test_a_cursor_of_another_epoch_is_refused_with_the_oldest_that_can_be_had(warehouse):
    warehouse.take()
    tell(warehouse.store)
    before = read(warehouse.store).upto
    epoch = begin_epoch(warehouse.store, 0, 0, warehouse.clock(), "tester")

    oldest = oldest_of(refused(lambda: read(warehouse.store, before)))
    assert oldest == Position(epoch, 0)
    assert len(read(warehouse.store, oldest).events) == 1


def test_a_cursor_is_refused_when_the_database_was_put_back_and_nobody_said_so(warehouse):
    for _ in range(3):
        warehouse.take()
    tell(warehouse.store)
    before = read(warehouse.store).upto
    with warehouse.engine.begin() as connection:
        put_back = (
            "DELETE FROM feed_event WHERE place > 1", "UPDATE feed_mark SET last = 1",
        )  # fmt: skip
        for statement in put_back:
            connection.execute(text(statement))

    assert oldest_of(refused(lambda: read(warehouse.store, before))).place == 0
    for _ in range(4):
        warehouse.take()
    tell(warehouse.store)
    assert oldest_of(refused(lambda: read(warehouse.store, before))).place == 0


def test_what_was_told_long_ago_expires_and_its_cursors_are_refused(warehouse):
    first = warehouse.take()
    tell(warehouse.store)
    begin = Position(read(warehouse.store).upto.epoch, 0)
    at_first = read(warehouse.store).upto
    warehouse.clock.pass_days(20)
    warehouse.take()
    tell(warehouse.store)

    assert expire(warehouse.store, timedelta(days=30)) == 0
    warehouse.clock.pass_days(15)
    assert expire(warehouse.store, timedelta(days=30)) == 0, "the webhooks have not read it"
    fan_out_next(warehouse.store)
    assert expire(warehouse.store, timedelta(days=30)) == 0, "nobody looked at it for mails"
    note_events(warehouse.store)
    assert expire(warehouse.store, timedelta(days=30)) == 1
    assert oldest_of(refused(lambda: read(warehouse.store, begin))) == Position(begin.epoch, 1)
    assert [each.sequence for each in read(warehouse.store, at_first).events] == [1]
    assert warehouse.one("SELECT count(*) FROM order_event WHERE order_id = :id", id=first) == 1


def test_cursors_stay_good_when_all_has_expired(warehouse):
    warehouse.take()
    tell(warehouse.store)
    last = read(warehouse.store).upto
    fan_out_next(warehouse.store)
    note_events(warehouse.store)
    warehouse.clock.pass_days(40)

    assert expire(warehouse.store, timedelta(days=30)) == 1
    assert read(warehouse.store, last).events == []
    warehouse.take()
    tell(warehouse.store)
    assert len(read(warehouse.store, last).events) == 1


def test_a_reader_sees_what_is_of_its_merchants_and_at_its_locations_alone(warehouse):
    warehouse.stock(1, at="B")
    warehouse.order()
    warehouse.take()
    tell(warehouse.store)

    at_b = everything(warehouse.store, Scope(ALL, [MERCHANT], ["B"]))
    assert {each.number for each in at_b} == {at_b[0].number}
    assert "shipment.released" in types(at_b)
    assert everything(warehouse.store, Scope(ALL, [MERCHANT], ["A"])) == []
    assert everything(warehouse.store, Scope(ALL, ["other"])) == []
    every = everything(warehouse.store)
    assert everything(warehouse.store, Scope(ALL, ["other", MERCHANT]), limit=1) == every


def test_only_types_that_are_asked_for_are_read(warehouse):
    warehouse.stock(1)
    warehouse.order()
    tell(warehouse.store)

    asked = [EventType.ORDER_READY, EventType.PROMISE_GIVEN]
    assert types(everything(warehouse.store, Scope(asked))) == ["promise.given", "order.ready"]


def test_a_shipment_concerns_its_location_and_an_order_all_of_its(warehouse):
    warehouse.stock(1, at="A")
    warehouse.stock(2, sku="K2", at="B")
    warehouse.order([("K1", 1), ("K2", 2)])

    places = {each.locations for each in told(warehouse, "shipment.released")}
    assert places == {("A",), ("B",)}
    (ready,) = told(warehouse, "order.ready")
    assert ready.locations == ("A", "B")
