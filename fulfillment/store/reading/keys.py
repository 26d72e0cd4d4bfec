"""API keys as they are read: never their secrets."""

from fulfillment.domain.model.refusals import missing
from fulfillment.store.reading.paging import Listing, Page, Sort, Window
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.keys import KeyView
from fulfillment.store.transactions.session import Tx

MERCHANTS_OF_KEY = """
CASE WHEN merchants IS NULL AND merchant IS NOT NULL THEN ARRAY[merchant::text] ELSE merchants END
"""
"""The merchants of a key; null: every one. What an older program wrote names one merchant alone."""

NEWEST_FIRST = Sort(("created_at", "id"), ("timestamptz", "text"), descending=True)

KEYS = f"""
SELECT id, name, role, {MERCHANTS_OF_KEY} AS merchants, locations, created_at, revoked_at, {{keys}}
  FROM api_key WHERE {{conditions}} ORDER BY {{order_by}} LIMIT :most
"""  # noqa: S608 -- MERCHANTS_OF_KEY is a constant

ALL_KEYS = Listing(KEYS, NEWEST_FIRST, rows_as(KeyView), {"id": "id = :id"})


def list_keys(tx: Tx, window: Window) -> Page[KeyView]:
    """One page of all keys, the newest first; ended ones too."""
    return ALL_KEYS.page(tx, window)


def read_key(tx: Tx, key: str) -> KeyView:
    """One key by its first part, or a refusal."""
    if found := ALL_KEYS.one(tx, id=key):
        return found
    raise missing("api key", key)


def fingerprints(tx: Tx) -> frozenset[bytes]:
    """The id and the hash of the secret, one after the other, of every key that opens something."""
    rows = tx.rows("SELECT id, secret_hash FROM api_key WHERE revoked_at IS NULL")
    return frozenset(row.id.encode() + bytes(row.secret_hash) for row in rows)
