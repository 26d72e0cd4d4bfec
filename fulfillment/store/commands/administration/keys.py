"""API keys: shown once, stored hashed, bound to a role, to merchants or to all, to places."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from fulfillment.domain.model.callers import Caller
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.refusals import conflict, missing
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.bounds import KEEP, Bound, changed_scope, check_scope
from fulfillment.store.reading.keys import MERCHANTS_OF_KEY, read_key
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.views.keys import KeyView
from fulfillment.store.transactions.session import Command, Store, Tx

__all__ = [
    "KEEP",
    "Bound",
    "Caller",
    "KeyChange",
    "MadeKey",
    "NewKey",
    "Role",
    "caller_of",
    "change_key",
    "create_key",
    "fingerprint",
    "make_key",
    "revoke_key",
]


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that is to be made."""

    name: str
    role: Role
    scope: Scope


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key that was made, and the whole of it; None where it was made, and shown, before."""

    view: KeyView
    secret: str | None


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What a key opens from now on: these merchants, these locations; None: every one."""

    key: str
    merchants: Bound = KEEP
    locations: Bound = KEEP


def make_key(store: Store, command: Command, new: NewKey) -> MadeKey:
    """Make a key, once for the command's key. Its secret is told this once.

    Asked again, it answers with the key that was made, without the secret, which is nowhere
    stored: who was not answered revokes it and makes another. A key of the warehouse may be bound
    to locations.
    """
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)

    def body(tx: Tx) -> dict[str, Any]:
        check_scope(tx, new.role, new.scope)
        tx.run(
            "INSERT INTO api_key (id, name, role, merchant, merchants, locations, secret_hash,"
            " created_at)"
            " VALUES (:id, :name, :role, :merchant, :merchants, :locations, :hash, :now)",
            id=key_id,
            name=new.name,
            role=new.role,
            hash=_hash(secret),
            now=tx.now,
            **_columns(new.scope),
        )
        return {"id": key_id}

    made = store.execute(command, body)["id"]
    found = store.read("*", lambda tx: read_key(tx, made))
    return MadeKey(found, f"pb_{key_id}_{secret}" if made == key_id else None)


def create_key(
    store: Store,
    name: str,
    role: Role,
    merchant: str | None,
    locations: Collection[str] = (),
) -> str:
    """Make a key of one merchant or of all, and return the whole of it."""
    merchants = None if merchant is None else frozenset({merchant})
    scope = Scope(merchants, frozenset(locations) or None)
    command = Command("*", "make_key", f"make_key:{uuid4()}", "pegboard")
    made = make_key(store, command, NewKey(name, role, scope))
    return str(made.secret)


def change_key(store: Store, command: Command, change: KeyChange) -> KeyView:
    """Have a key open other merchants or locations: within a second in every process."""

    def body(tx: Tx) -> KeyView:
        rows = tx.rows(f"{FIND} WHERE id = :id FOR UPDATE", id=_key_id(change.key))
        if not rows:
            raise missing("api key", _key_id(change.key))
        if rows[0].revoked_at is not None:
            raise conflict("key_revoked", f"key {rows[0].id} was revoked: make another one")
        caller = _caller(rows[0])
        scope = changed_scope(caller.scope, change.merchants, change.locations)
        check_scope(tx, caller.role, scope)
        tx.run(
            "UPDATE api_key SET merchant = :merchant, merchants = :merchants,"
            " locations = :locations WHERE id = :id",
            id=caller.key,
            **_columns(scope),
        )
        return read_key(tx, caller.key)

    return execute_as(KeyView, store, command, body)


def _columns(scope: Scope) -> dict[str, object]:
    merchants = scope.merchant_list
    first = merchants[0] if merchants else None
    return {"merchant": first, "merchants": merchants, "locations": scope.location_list}


def revoke_key(store: Store, key: str) -> KeyView:
    """End a key, by the whole of it or by its first part; one that has ended stays as it is."""

    def body(tx: Tx) -> KeyView:
        ended = tx.count(
            "UPDATE api_key SET revoked_at = coalesce(revoked_at, :now) WHERE id = :id",
            id=_key_id(key),
            now=tx.now,
        )
        if not ended:
            raise missing("api key", _key_id(key))
        return read_key(tx, _key_id(key))

    return store.transact("*", body)


FIND = f"""
SELECT id, name, role, {MERCHANTS_OF_KEY} AS merchants, locations, secret_hash, revoked_at
  FROM api_key
"""  # noqa: S608 -- MERCHANTS_OF_KEY is a constant


def caller_of(store: Store, key: str) -> Caller | None:
    """Whose key this is; None for one that is unknown, wrong or revoked."""
    prefix, _, rest = key.partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != "pb" or not secret:
        return None

    def body(tx: Tx) -> Caller | None:
        rows = tx.rows(f"{FIND} WHERE id = :id AND revoked_at IS NULL", id=key_id)
        if not rows or not hmac.compare_digest(bytes(rows[0].secret_hash), _hash(secret)):
            return None
        return _caller(rows[0])

    return store.read("*", body)


def fingerprint(key: str) -> bytes:
    """A key of our form by its id and the hash of its secret, as `fingerprints` lists them."""
    _, key_id, secret = key.split("_", 2)
    return key_id.encode() + _hash(secret)


def _caller(row: Any) -> Caller:
    scope = Scope(_set(row.merchants), _set(row.locations))
    return Caller(row.id, row.name, Role(row.role), scope)


def _set(names: Sequence[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _key_id(key: str) -> str:
    return key.removeprefix("pb_").split("_")[0]


def _hash(secret: str) -> bytes:
    """A plain hash is enough: the secret is random and long, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()
