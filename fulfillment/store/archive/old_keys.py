"""Idempotency-Keys are kept for some time, and then forgotten: what only grows has an end."""

from datetime import timedelta

from fulfillment.store.transactions.session import Store, Tx

BATCH = 5_000
EVERYBODY = "*"

FOR_EVER = ("adjust", "apply_notice", "bounce", "count", "payment", "settle")
"""Verbs whose keys are names of something outside: a count of the shelf, a provider's reference."""

FORGET = """
WITH old AS (
    SELECT merchant, key FROM command
     WHERE at < :before AND verb <> ALL(:kept)
       AND starts_with(key, verb || ':') AND key LIKE '%:%:%'
     LIMIT :most
)
DELETE FROM command c USING old WHERE c.merchant = old.merchant AND c.key = old.key
"""
"""A client's key stands last, behind what was asked and of whom. Documents are known by their
numbers, whose commands have keys of another shape: they are kept."""


def forget_keys(store: Store, keep: timedelta) -> int:
    """Forget keys that clients gave longer ago, a batch in a transaction; how many."""
    forgotten = 0
    while found := store.transact(EVERYBODY, lambda tx: _forget(tx, keep)):
        forgotten += found
    return forgotten


def _forget(tx: Tx, keep: timedelta) -> int:
    return tx.count(FORGET, before=tx.now - keep, kept=list(FOR_EVER), most=BATCH)
