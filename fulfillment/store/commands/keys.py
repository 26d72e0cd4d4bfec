"""API keys: shown once, stored hashed, bound to a role and to one merchant or to all."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

from fulfillment.domain.refusals import missing
from fulfillment.store.session import Store, Tx


class Role(StrEnum):
    """What a key may do."""

    INTAKE = "intake"
    WAREHOUSE = "warehouse"
    PURCHASING = "purchasing"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a key belongs to. A caller without a merchant may act for every one."""

    key: str
    name: str
    role: Role
    merchant: str | None


def create_key(store: Store, name: str, role: Role, merchant: str | None) -> str:
    """Make a key and return it; it can not be read again, only revoked by its first part."""
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)

    def body(tx: Tx) -> None:
        if merchant and not tx.rows("SELECT 1 FROM merchant WHERE id = :id", id=merchant):
            raise missing("merchant", merchant)
        tx.run(
            "INSERT INTO api_key (id, name, role, merchant, secret_hash, created_at)"
            " VALUES (:id, :name, :role, :merchant, :hash, :now)",
            id=key_id,
            name=name,
            role=role,
            merchant=merchant,
            hash=_hash(secret),
            now=tx.now,
        )

    store.transact(merchant or "*", body)
    return f"pb_{key_id}_{secret}"


def revoke_key(store: Store, key: str) -> None:
    """End a key, by the whole of it or by its first part."""

    def body(tx: Tx) -> None:
        ended = tx.run(
            "UPDATE api_key SET revoked_at = coalesce(revoked_at, :now) WHERE id = :id",
            id=_key_id(key),
            now=tx.now,
        )
        if not ended:
            raise missing("api key", _key_id(key))

    store.transact("*", body)


def caller_of(store: Store, key: str) -> Caller | None:
    """Whose key this is; None for one that is unknown, wrong or revoked."""
    prefix, _, rest = key.partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != "pb" or not secret:
        return None

    def body(tx: Tx) -> Caller | None:
        rows = tx.rows(
            "SELECT id, name, role, merchant, secret_hash FROM api_key"
            " WHERE id = :id AND revoked_at IS NULL",
            id=key_id,
        )
        if not rows or not hmac.compare_digest(bytes(rows[0].secret_hash), _hash(secret)):
            return None
        return Caller(rows[0].id, rows[0].name, Role(rows[0].role), rows[0].merchant)

    return store.read("*", body)


def _key_id(key: str) -> str:
    return key.removeprefix("pb_").split("_")[0]


def _hash(secret: str) -> bytes:
    """A plain hash is enough: the secret is random and long, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()
