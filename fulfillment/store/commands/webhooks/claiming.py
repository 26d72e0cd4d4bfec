"""Which deliveries are sent next: endpoints in turn, a few calls at once for each.

A delivery is leased, not locked, while it is sent: who dies with it leaves it to be sent again.
The row of an endpoint is locked while its calls under way are counted, so that any number of
processes together make no more of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.store.commands.webhooks.endpoints import PURPOSE, secret_name
from fulfillment.store.transactions.session import Store, Tx

MOST_AT_ONCE = 4
"""Calls under way for one endpoint; for one that fails, one alone."""

LOOK_AHEAD = 64
"""Deliveries at the head of an endpoint's queue among which those are sought that may go."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery to be sent now; `attempts` counts this time too.

    `secrets` sign it: the one in force, then the one before while it signs too.
    """

    id: int
    endpoint: int
    event: UUID
    type: str
    body: str
    attempts: int
    url: str
    secrets: tuple[tuple[SecretName, Sealed], ...]


TURN = """
SELECT e.id FROM webhook_endpoint e
 WHERE e.status = 'on' AND (e.slow_until IS NULL OR e.slow_until <= :now)
   AND EXISTS (SELECT 1 FROM webhook_delivery d
                WHERE d.endpoint = e.id AND d.status = 'due' AND d.next_at <= :now)
   AND (SELECT count(*) FROM webhook_delivery f
         WHERE f.endpoint = e.id AND f.leased_until > :now)
       < CASE WHEN e.failing_since IS NULL THEN :most ELSE 1 END
 ORDER BY e.served_at NULLS FIRST, e.id LIMIT :endpoints
   FOR NO KEY UPDATE SKIP LOCKED
"""

CLAIM = """
WITH room AS (
    SELECT e.id, CASE WHEN e.failing_since IS NULL THEN :most ELSE 1 END
                 - (SELECT count(*) FROM webhook_delivery f
                     WHERE f.endpoint = e.id AND f.leased_until > :now) AS free
      FROM webhook_endpoint e WHERE e.id = ANY(:endpoints)
), picked AS (
    SELECT p.id FROM room r CROSS JOIN LATERAL (
        SELECT h.id FROM (
            SELECT d.id, d.endpoint, d.subject, d.number, d.next_at FROM webhook_delivery d
             WHERE d.endpoint = r.id AND d.status = 'due' AND d.next_at <= :now
             ORDER BY d.next_at, d.id LIMIT :ahead) h
         WHERE NOT EXISTS (
               SELECT 1 FROM webhook_delivery b
                WHERE b.endpoint = h.endpoint AND b.subject = h.subject AND b.number = h.number
                  AND b.status = 'due' AND b.id < h.id
                  AND (b.attempts = 0 OR b.leased_until > :now))
         ORDER BY h.next_at, h.id LIMIT greatest(r.free, 0)) p
)
UPDATE webhook_delivery d
   SET attempts = d.attempts + 1, leased_until = :until, next_at = :until
  FROM picked p WHERE d.id = p.id
RETURNING d.id, d.endpoint, d.event, d.type, d.body, d.attempts
"""
"""A statement of its own: its snapshot is taken when the endpoints' rows are held, so it sees what
was claimed before. Of one history only the first that waits is sent, until it was tried once."""

SERVED = """
UPDATE webhook_endpoint SET served_at = :now WHERE id = ANY(:endpoints)
RETURNING id, merchant, url, secret_version, previous_until
"""

SECRETS = """
SELECT merchant, purpose, name, key, sealed FROM secret
 WHERE purpose = :purpose AND name = ANY(:names)
"""


def claim_deliveries(store: Store, lease: timedelta, most: int) -> Sequence[Claimed]:
    """Take what is sent next, of the endpoints whose turn it is; so many at most.

    Within a history the next is sent when the one before was tried: while calls succeed they come
    in its order. One that failed is overtaken.
    """
    if most < 1:
        return ()
    return store.transact("*", lambda tx: _claim(tx, lease, most))


def _claim(tx: Tx, lease: timedelta, most: int) -> Sequence[Claimed]:
    room = {"most": MOST_AT_ONCE, "now": tx.now}
    turn = tx.rows(TURN, endpoints=-(-most // MOST_AT_ONCE), **room)
    if not turn:
        return ()
    ids = [row.id for row in turn]
    rows = tx.rows(CLAIM, endpoints=ids, until=tx.now + lease, ahead=LOOK_AHEAD, **room)
    endpoints = {row.id: row for row in tx.rows(SERVED, endpoints=ids, now=tx.now)}
    secrets = _secrets(tx, endpoints.values())
    return tuple(
        Claimed(
            id=row.id,
            endpoint=row.endpoint,
            event=row.event,
            type=row.type,
            body=row.body,
            attempts=row.attempts,
            url=endpoints[row.endpoint].url,
            secrets=secrets[row.endpoint],
        )
        for row in sorted(rows, key=lambda row: int(row.id))
    )


def _secrets(tx: Tx, endpoints: Any) -> dict[int, tuple[tuple[SecretName, Sealed], ...]]:
    """The secrets that sign for each endpoint, the one in force first."""
    names = {row.id: _names(tx, row) for row in endpoints}
    asked = [name.name for some in names.values() for name in some]
    kept = {
        SecretName(row.merchant, row.purpose, row.name): Sealed(row.key, bytes(row.sealed))
        for row in tx.rows(SECRETS, purpose=PURPOSE, names=asked)
    }
    return {
        endpoint: tuple((name, kept[name]) for name in some if name in kept)
        for endpoint, some in names.items()
    }


def _names(tx: Tx, row: Any) -> list[SecretName]:
    is_overlapping = row.previous_until is not None and row.previous_until > tx.now
    versions = [row.secret_version, *([row.secret_version - 1] if is_overlapping else [])]
    return [secret_name(row.merchant, row.id, version) for version in versions]
