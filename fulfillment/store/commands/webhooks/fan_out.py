"""Make deliveries of what the feed tells: one for each endpoint that wants an event.

It goes after the sequencer, with a mark of its own of how far it has read, so that who decides
pays nothing for it. Deliveries and mark are one transaction: nothing is made twice, and what dies
before its commit is made by the next one. What it has not read yet does not expire.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fulfillment.domain.insight.webhook_body import body_of
from fulfillment.domain.model.webhooks import wants
from fulfillment.store.transactions.session import Store, Tx

READER = "webhooks"
BATCH = 2_000
"""Places of the feed that one transaction reads."""


@dataclass(frozen=True, slots=True)
class FannedOut:
    """What one round did: places that it read, and deliveries that it made of them."""

    places: int = 0
    deliveries: int = 0


MARK = "SELECT place FROM feed_reader WHERE name = :name FOR NO KEY UPDATE SKIP LOCKED"

HEAD = "SELECT last, expired FROM feed_mark"

LISTENING = """
SELECT id, merchant, topics, locations, after_place FROM webhook_endpoint
 WHERE status = 'on' ORDER BY id
"""

EVENTS = """
SELECT e.* FROM feed_event e
 WHERE e.place > :after AND e.place <= :upto AND e.merchant = ANY(:merchants) ORDER BY e.place
"""

DELIVER = """
INSERT INTO webhook_delivery
       (endpoint, event, type, subject, number, happened_at, body, next_at, created_at)
SELECT d.endpoint, d.event, d.type, d.subject, d.number, d.happened_at, d.body, :now, :now
  FROM jsonb_to_recordset(CAST(:rows AS jsonb))
       AS d(n int, endpoint bigint, event uuid, type text, subject text, number text,
            happened_at timestamptz, body text)
 ORDER BY d.n
ON CONFLICT (endpoint, event) DO NOTHING
"""

GO_ON = "UPDATE feed_reader SET place = :upto WHERE name = :name"


def fan_out_next(store: Store, most: int = BATCH) -> FannedOut | None:
    """Make the deliveries of the next places of the feed; None while another process does it."""
    return store.transact("*", lambda tx: _next(tx, most))


def _next(tx: Tx, most: int) -> FannedOut | None:
    mark = tx.rows(MARK, name=READER)
    if not mark:
        return None
    (head,) = tx.rows(HEAD)
    begin = max(mark[0].place, head.expired)
    upto = min(head.last, begin + most)
    if upto <= begin:
        return FannedOut()
    # Endpoints are read after the end of what is told: one that is committed before an event
    # has its place is seen.
    rows = list(_deliveries(tx, tx.rows(LISTENING), begin, upto))
    deliver(tx, rows)
    tx.run(GO_ON, name=READER, upto=upto)
    return FannedOut(upto - begin, len(rows))


Row = dict[str, object]


def deliver(tx: Tx, rows: Sequence[Row]) -> None:
    """Write deliveries that are due at once; those that are there already stay as they are."""
    if rows:
        numbered = [row | {"n": n} for n, row in enumerate(rows)]
        tx.run(DELIVER, rows=json.dumps(numbered, default=str), now=tx.now)


def _deliveries(tx: Tx, endpoints: Sequence[Any], begin: int, upto: int) -> Iterator[Row]:
    merchants = sorted({each.merchant for each in endpoints})
    if not merchants:
        return
    for event in tx.rows(EVENTS, after=begin, upto=upto, merchants=merchants):
        who = [
            each for each in endpoints if event.place > each.after_place and is_told(each, event)
        ]
        if who:
            body = body_of(told(event))
            yield from (row_for(each.id, event, body) for each in who)


def is_told(endpoint: Any, event: Any) -> bool:
    """Whether an endpoint is told of an event: its merchant's, of its topics, at its locations."""
    is_here = endpoint.locations is None or not set(endpoint.locations).isdisjoint(event.locations)
    return bool(
        endpoint.merchant == event.merchant and is_here and wants(endpoint.topics, event.type)
    )


def row_for(endpoint: int, event: Any, body: str) -> Row:
    """The delivery of an event."""
    return {
        "endpoint": endpoint,
        "event": event.id,
        "type": event.type,
        "subject": event.subject,
        "number": event.number,
        "happened_at": event.at.isoformat(),
        "body": body,
    }


def told(event: Any) -> Mapping[str, object]:
    """A row of the feed as the feed tells it."""
    return {
        "id": str(event.id),
        "type": event.type,
        "version": event.version,
        "at": written(event.at),
        "merchant": event.merchant,
        "subject": event.subject,
        "number": event.number,
        "sequence": event.sequence,
        "locations": list(event.locations),
        "facts": event.facts,
    }


def written(at: datetime) -> str:
    """A moment as the API writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
