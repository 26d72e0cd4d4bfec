"""What those who look on are told: what is theirs, gathered, and nothing after it goes wrong."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from console.changes import MOST_NAMED, Changes, News
from fulfillment.domain.insight.public_events import EventType
from fulfillment.domain.model.callers import Caller
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.reading import snapshot
from fulfillment.store.reading.views.feed import FeedEventView

SOMEBODY = Caller("user mara", "Mara", Role.ADMIN, Scope())
CARRIER = Caller("user ida", "Ida", Role.WAREHOUSE, Scope(None, frozenset({"graz"})))
ANY_STORE: Any = None


def event(number: str = "SO-1", **more: Any) -> FeedEventView:
    told: dict[str, Any] = {
        "id": UUID(int=1), "type": EventType.ORDER_READY, "version": 1, "merchant": "acme",
        "at": datetime(2026, 3, 2, tzinfo=UTC), "subject": "order", "number": number,
        "sequence": 1, "locations": ("vienna",), "facts": {},
    }  # fmt: skip
    return FeedEventView(**(told | more))


def told(caller: Caller, *events: FeedEventView) -> News | None:
    with Changes(ANY_STORE).looking_on("acme", caller) as one:
        for each in events:
            one.hear(each)
        return one.take()


def test_what_happened_meanwhile_is_told_together_and_once():
    with Changes(ANY_STORE).looking_on("acme", SOMEBODY) as one:
        for each in (event("SO-2"), event("SO-1"), event("SO-2", type=EventType.ORDER_WAITS)):
            one.hear(each)
        assert one.take() == News(["SO-1", "SO-2"], ["order.ready", "order.waits"], more=False)
        assert one.take() is None


def test_of_another_merchant_or_another_place_nothing_is_told():
    assert told(SOMEBODY, event(merchant="bolt")) is None
    assert told(CARRIER, event()) is None
    assert told(CARRIER, event(locations=("vienna", "graz"))) == News(
        ["SO-1"], ["order.ready"], more=False
    )


def test_a_document_of_supply_may_have_changed_any_order():
    received = event("PO-1", subject="purchase_order", type=EventType.SUPPLY_RECEIVED)
    assert told(SOMEBODY, received) == News([], ["supply.received"], more=True)


def test_of_very_many_orders_some_are_named_and_it_says_that_there_are_more():
    news = told(SOMEBODY, *(event(f"SO-{n}") for n in range(MOST_NAMED + 1)))
    assert news is not None
    assert (len(news.orders), news.more) == (MOST_NAMED, True)


async def test_where_the_feed_can_not_be_read_all_who_look_on_are_done_with(
    monkeypatch: pytest.MonkeyPatch,
):
    def fails(*_: object) -> None:
        message = "the database is away"
        raise RuntimeError(message)

    monkeypatch.setattr(snapshot, "read", fails)
    one_process = Changes(ANY_STORE)
    with one_process.looking_on("acme", SOMEBODY) as one:
        await one_process.begin()
        assert one.is_over
        assert one_process.count == 1
    assert one_process.count == 0
