"""The end of deliveries that were done long ago, and of what is left of removed endpoints."""

from datetime import timedelta

from fulfillment.store.commands.webhooks.endpoints import PURPOSE
from fulfillment.store.transactions.session import Store, Tx

BATCH = 2_000

OLD = """
WITH old AS (
    SELECT id FROM webhook_delivery WHERE done_at < :before ORDER BY done_at LIMIT :most
)
DELETE FROM webhook_delivery d USING old WHERE d.id = old.id
"""

OF_REMOVED = """
WITH old AS (
    SELECT d.id FROM webhook_endpoint e JOIN webhook_delivery d ON d.endpoint = e.id
     WHERE e.removed_at IS NOT NULL LIMIT :most
)
DELETE FROM webhook_delivery d USING old WHERE d.id = old.id
"""

REMOVED = """
DELETE FROM webhook_endpoint e WHERE e.removed_at IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.endpoint = e.id)
"""

OVERLAPPED = """
WITH over AS (
    UPDATE webhook_endpoint SET previous_until = NULL WHERE previous_until <= :now
    RETURNING merchant, id || '/' || (secret_version - 1) AS name
)
DELETE FROM secret s USING over o
 WHERE s.purpose = :purpose AND s.merchant = o.merchant AND s.name = o.name
"""


def forget_deliveries(store: Store, keep: timedelta) -> int:
    """Forget what was done longer ago, and secrets that sign no more; how many deliveries."""
    store.transact("*", lambda tx: tx.run(OVERLAPPED, now=tx.now, purpose=PURPOSE))
    gone = 0
    while batch := store.transact("*", lambda tx: _forget(tx, keep)):
        gone += batch
    store.transact("*", lambda tx: tx.run(REMOVED))
    return gone


def _forget(tx: Tx, keep: timedelta) -> int:
    done = tx.count(OLD, before=tx.now - keep, most=BATCH)
    return done + tx.count(OF_REMOVED, most=BATCH)
