"""Which entry of the payment ledger the provider is asked for next, by one process at a time."""

from dataclasses import dataclass
from datetime import timedelta

from fulfillment.store.transactions.session import Store, Tx


@dataclass(frozen=True, slots=True)
class DueEntry:
    """An entry that is due, taken to be asked for now; `asks` counts this time too."""

    id: int
    merchant: str
    order: str
    kind: str
    amount_minor: int
    currency: str
    asks: int


CLAIM = """
UPDATE payment_entry p SET asks = p.asks + 1, ask_after = :leased_until
  FROM orders o
 WHERE o.id = p.order_id AND p.id = (
       SELECT d.id FROM payment_entry d
        WHERE d.status = 'due' AND (d.ask_after IS NULL OR d.ask_after <= :now)
          AND NOT EXISTS (SELECT 1 FROM payment_entry before
                           WHERE before.order_id = d.order_id AND before.status = 'due'
                             AND before.id < d.id)
          AND NOT EXISTS (SELECT 1 FROM payment_entry failed
                           WHERE failed.order_id = d.order_id AND failed.kind = d.kind
                             AND failed.status = 'failed' AND NOT failed.withdrawn
                             AND failed.id < d.id)
        ORDER BY d.ask_after NULLS FIRST, d.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING p.id, p.merchant, o.number, p.kind, p.amount_minor, p.currency, p.asks
"""


def claim_due(store: Store, lease: timedelta) -> DueEntry | None:
    """Take the entry of any merchant that is asked for next; None where nothing is to be asked.

    What was never asked for goes first. The entries of one order go one after the other: a void
    is settled before the authorisation that takes its place is asked for. What failed once and is
    still due is left to a person. The entry is leased,
    not locked, while the provider thinks: whoever dies with it leaves it to be asked for again.
    """

    def body(tx: Tx) -> DueEntry | None:
        rows = tx.rows(CLAIM, now=tx.now, leased_until=tx.now + lease)
        return DueEntry(*rows[0]) if rows else None

    return store.transact("*", body)


def put_off(store: Store, entry: DueEntry, wait: timedelta) -> None:
    """Ask for it again after a while, unless it was settled or taken by somebody meanwhile."""

    def body(tx: Tx) -> None:
        tx.run(
            "UPDATE payment_entry SET ask_after = :later"
            " WHERE id = :id AND status = 'due' AND asks = :asks",
            id=entry.id,
            asks=entry.asks,
            later=tx.now + wait,
        )

    store.transact(entry.merchant, body)
