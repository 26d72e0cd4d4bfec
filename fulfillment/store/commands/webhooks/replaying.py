"""Send to an endpoint once more: one delivery, those of a period, or a test."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from fulfillment.domain.insight.public_events import VERSION, EventType
from fulfillment.domain.insight.webhook_body import body_of
from fulfillment.domain.model.refusals import invalid
from fulfillment.domain.model.webhooks import TEST_EVENT, wants
from fulfillment.store.commands.webhooks.endpoints import check_on
from fulfillment.store.commands.webhooks.fan_out import (
    READER,
    Row,
    deliver,
    is_told,
    row_for,
    told,
    written,
)
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.views.webhooks import ReplayView, WebhookDeliveryView
from fulfillment.store.reading.webhooks import read_delivery
from fulfillment.store.transactions.session import Command, Store, Tx

MOST_REPLAYED = 10_000
"""Deliveries of one request."""


@dataclass(frozen=True, slots=True)
class Period:
    """Events that happened from a moment on and before another; `all`: also what was delivered."""

    since: datetime
    until: datetime
    all: bool = False


AGAIN = """
UPDATE webhook_delivery
   SET status = 'due', attempts = 0, next_at = :now, leased_until = NULL, done_at = NULL
 WHERE endpoint = :endpoint AND id = :id AND (leased_until IS NULL OR leased_until <= :now)
"""


def replay_delivery(
    store: Store, command: Command, endpoint: int, delivery: int
) -> WebhookDeliveryView:
    """Send one again, with its id, whatever became of it; one under way is left to go on."""

    def body(tx: Tx) -> WebhookDeliveryView:
        check_on(tx, endpoint)
        read_delivery(tx, endpoint, delivery)
        tx.run(AGAIN, endpoint=endpoint, id=delivery, now=tx.now)
        return read_delivery(tx, endpoint, delivery)

    return execute_as(WebhookDeliveryView, store, command, body)


WANTED = """
endpoint = :endpoint AND happened_at >= :since AND happened_at < :until
AND (status = 'failed' OR (status = 'delivered' AND :all))
"""

HOW_MANY = f"SELECT count(*) AS deliveries FROM webhook_delivery WHERE {WANTED}"  # noqa: S608 -- WANTED is a constant

ALL_AGAIN = f"""
UPDATE webhook_delivery
   SET status = 'due', attempts = 0, next_at = :now, leased_until = NULL, done_at = NULL
 WHERE {WANTED}
"""  # noqa: S608 -- WANTED is a constant

MISSED = """
SELECT e.* FROM feed_event e
 WHERE e.merchant = :merchant AND e.at >= :since AND e.at < :until AND e.type = ANY(:types)
   AND e.place <= (SELECT place FROM feed_reader WHERE name = :reader)
   AND NOT EXISTS (SELECT 1 FROM webhook_delivery d
                    WHERE d.endpoint = :endpoint AND d.event = e.id)
 ORDER BY e.place LIMIT :most
"""


def replay_period(store: Store, command: Command, endpoint: int, period: Period) -> ReplayView:
    """Send what failed of a period, and what happened while the endpoint was off or not there.

    Only what the feed still has can be made anew.
    """

    def body(tx: Tx) -> ReplayView:
        check_on(tx, endpoint)
        when = {"endpoint": endpoint, "since": period.since, "until": period.until}
        (known,) = tx.rows(HOW_MANY, all=period.all, **when)
        missed = list(_missed(tx, when))
        units = known.deliveries + len(missed)
        if units > MOST_REPLAYED:
            message = f"more than {MOST_REPLAYED} deliveries are of this time: name a shorter one"
            raise invalid("period_too_long", message, "until", most=MOST_REPLAYED)
        tx.run(ALL_AGAIN, all=period.all, now=tx.now, **when)
        deliver(tx, missed)
        return ReplayView(deliveries=units)

    return execute_as(ReplayView, store, command, body)


def _missed(tx: Tx, when: dict[str, Any]) -> Iterator[Row]:
    (endpoint,) = tx.rows(
        "SELECT id, merchant, topics, locations FROM webhook_endpoint WHERE id = :id",
        id=when["endpoint"],
    )
    types = [each for each in EventType if wants(endpoint.topics, each)]
    asked = when | {"types": types, "reader": READER, "most": MOST_REPLAYED + 1}
    for event in tx.rows(MISSED, merchant=tx.merchant, **asked):
        if is_told(endpoint, event):
            yield row_for(endpoint.id, event, body_of(told(event)))


def send_test(store: Store, command: Command, endpoint: int) -> WebhookDeliveryView:
    """Send an event of which nothing has happened, through the same queue."""

    def body(tx: Tx) -> WebhookDeliveryView:
        check_on(tx, endpoint)
        event = {
            "id": str(uuid4()),
            "type": TEST_EVENT,
            "version": VERSION,
            "at": written(tx.now),
            "merchant": tx.merchant,
            "subject": "webhook",
            "number": str(endpoint),
            "sequence": 0,
            "locations": [],
            "facts": {},
        }
        row = {name: event[name] for name in ("type", "subject", "number")}
        test = {"event": event["id"], "happened_at": tx.now.isoformat(), "body": body_of(event)}
        deliver(tx, [row | test | {"endpoint": endpoint}])
        (made,) = tx.rows(
            "SELECT id FROM webhook_delivery WHERE endpoint = :endpoint AND event = :event",
            endpoint=endpoint,
            event=event["id"],
        )
        return read_delivery(tx, endpoint, made.id)

    return execute_as(WebhookDeliveryView, store, command, body)
