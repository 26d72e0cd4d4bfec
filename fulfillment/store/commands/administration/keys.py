"""API keys: shown once, stored hashed, bound to a role, to one merchant or to all, to places."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fulfillment.domain.model.refusals import invalid, missing
from fulfillment.store.transactions.session import Store, Tx


class Role(StrEnum):
    """What a key may do."""

    INTAKE = "intake"
    WAREHOUSE = "warehouse"
    PURCHASING = "purchasing"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a key belongs to. Without a merchant it acts for every one, without locations at all."""

    key: str
    name: str
    role: Role
    merchant: str | None
    locations: frozenset[str] | None = None

    def works_at(self, location: str | None) -> bool:
        """Whether what is there may be seen and worked on; what is nowhere yet is nobody's."""
        return self.locations is None or location in self.locations


def create_key(
    store: Store,
    name: str,
    role: Role,
    merchant: str | None,
    locations: Collection[str] = (),
) -> str:
    """Make a key and return it; it can not be read again, only revoked by its first part.

    A key of the warehouse may be bound to locations; without any it is for all of them.
    """
    if locations and role is not Role.WAREHOUSE:
        message = f"only a key of the warehouse is bound to locations, not one with role {role}"
        raise invalid("not_a_warehouse_key", message, "location")
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)

    def body(tx: Tx) -> None:
        if merchant and not tx.rows("SELECT 1 FROM merchant WHERE id = :id", id=merchant):
            raise missing("merchant", merchant)
        _check_locations(tx, locations)
        tx.run(
            "INSERT INTO api_key (id, name, role, merchant, locations, secret_hash, created_at)"
            " VALUES (:id, :name, :role, :merchant, :locations, :hash, :now)",
            id=key_id,
            name=name,
            role=role,
            merchant=merchant,
            locations=sorted(set(locations)) or None,
            hash=_hash(secret),
            now=tx.now,
        )

    store.transact(merchant or "*", body)
    return f"pb_{key_id}_{secret}"


def _check_locations(tx: Tx, locations: Collection[str]) -> None:
    rows = tx.rows("SELECT id FROM location WHERE id = ANY(:ids)", ids=list(locations))
    if unknown := sorted(set(locations) - {row.id for row in rows}):
        raise missing("location", unknown[0])


def revoke_key(store: Store, key: str) -> None:
    """End a key, by the whole of it or by its first part."""

    def body(tx: Tx) -> None:
        ended = tx.count(
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
            "SELECT id, name, role, merchant, locations, secret_hash FROM api_key"
            " WHERE id = :id AND revoked_at IS NULL",
            id=key_id,
        )
        if not rows or not hmac.compare_digest(bytes(rows[0].secret_hash), _hash(secret)):
            return None
        return _caller(rows[0])

    return store.read("*", body)


def fingerprint(key: str) -> bytes:
    """A key of our form by its id and the hash of its secret, as `fingerprints` lists them."""
    _, key_id, secret = key.split("_", 2)
    return key_id.encode() + _hash(secret)


def _caller(row: Any) -> Caller:
    places = None if row.locations is None else frozenset(row.locations)
    return Caller(row.id, row.name, Role(row.role), row.merchant, places)


def _key_id(key: str) -> str:
    return key.removeprefix("pb_").split("_")[0]


def _hash(secret: str) -> bytes:
    """A plain hash is enough: the secret is random and long, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()
