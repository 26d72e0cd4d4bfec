"""API keys as they are read: never their secrets."""

from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.keys import KeyView
from fulfillment.store.transactions.session import Tx


def list_keys(tx: Tx) -> list[KeyView]:
    """Every key, the newest first; ended ones too."""
    rows = tx.rows(
        "SELECT id, name, role, merchant, locations, created_at, revoked_at FROM api_key"
        " ORDER BY created_at DESC, id"
    )
    return [view(KeyView, row) for row in rows]


def fingerprints(tx: Tx) -> frozenset[bytes]:
    """The id and the hash of the secret, one after the other, of every key that opens something."""
    rows = tx.rows("SELECT id, secret_hash FROM api_key WHERE revoked_at IS NULL")
    return frozenset(row.id.encode() + bytes(row.secret_hash) for row in rows)
