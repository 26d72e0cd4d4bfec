"""Signing in and out: a session is a random secret, of which the database has the hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fulfillment.domain.model.callers import Caller
from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.administration.passwords import is_right, renewed
from fulfillment.store.transactions.session import Store, Tx

SEEN_EVERY = timedelta(minutes=1)
"""How often a session notes that it is used: not every page is worth a write."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a session lasts: unused, and at all."""

    idle: timedelta
    at_most: timedelta


def sign_in(store: Store, name: str, password: str, lasting: Lasting) -> str | None:
    """A new session's secret for who knows the password; None for everybody else.

    No connection is held while the password is looked at, which takes a while by design. The
    session is made only if the user has the same password still, and may come in. What is over of
    anybody's sessions is cleared away.
    """
    stored = store.read("*", lambda tx: _hash_of(tx, name))
    if not is_right(stored, password) or stored is None:
        return None
    secret, renewal = secrets.token_urlsafe(32), renewed(stored, password)

    def body(tx: Tx) -> bool:
        rows = tx.rows(
            "SELECT 1 FROM app_user WHERE name = :name AND password_hash = :stored"
            " AND disabled_at IS NULL FOR UPDATE",
            name=name,
            stored=stored,
        )
        if not rows:
            return False
        if renewal is not None:
            tx.run(
                "UPDATE app_user SET password_hash = :hash WHERE name = :name",
                name=name,
                hash=renewal,
            )
        tx.run(
            "DELETE FROM user_session WHERE seen_at < :idle OR started_at < :oldest",
            **_bounds(tx, lasting),
        )
        tx.run(
            "INSERT INTO user_session (secret_hash, user_name, started_at, seen_at)"
            " VALUES (:hash, :name, :now, :now)",
            hash=_hash(secret),
            name=name,
            now=tx.now,
        )
        return True

    return secret if store.transact("*", body) else None


def signed_in(
    store: Store, secret: str, lasting: Lasting, *, is_used: bool = True
) -> Caller | None:
    """Who has this session; None where there is none, it is over, or the user is let in no more.

    What a page asks by itself is no use of the session: a page that stays open keeps nobody in.
    """
    row = store.read("*", lambda tx: _session(tx, secret, lasting))
    if row is None:
        return None
    if is_used and row.is_long_unseen:
        store.transact("*", lambda tx: _seen(tx, secret))
    scope = Scope(_set(row.merchants), _set(row.locations))
    return Caller(f"user {row.name}", row.full_name, Role(row.role), scope)


def sign_out(store: Store, secret: str) -> None:
    """End a session; one that is over is as good."""

    def body(tx: Tx) -> None:
        tx.run("DELETE FROM user_session WHERE secret_hash = :hash", hash=_hash(secret))

    store.transact("*", body)


SESSION = """
SELECT u.name, u.full_name, u.role, u.merchants, u.locations,
       s.seen_at < :unseen AS is_long_unseen
  FROM user_session s JOIN app_user u ON u.name = s.user_name
 WHERE s.secret_hash = :hash AND s.seen_at >= :idle AND s.started_at >= :oldest
   AND u.disabled_at IS NULL
"""


def _session(tx: Tx, secret: str, lasting: Lasting) -> Any:
    rows = tx.rows(SESSION, hash=_hash(secret), unseen=tx.now - SEEN_EVERY, **_bounds(tx, lasting))
    return rows[0] if rows else None


def _seen(tx: Tx, secret: str) -> None:
    tx.run(
        "UPDATE user_session SET seen_at = :now WHERE secret_hash = :hash",
        now=tx.now,
        hash=_hash(secret),
    )


def _bounds(tx: Tx, lasting: Lasting) -> dict[str, object]:
    return {"idle": tx.now - lasting.idle, "oldest": tx.now - lasting.at_most}


def _hash_of(tx: Tx, name: str) -> str | None:
    rows = tx.rows(
        "SELECT password_hash FROM app_user WHERE name = :name AND disabled_at IS NULL", name=name
    )
    return rows[0].password_hash if rows else None


def _set(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _hash(secret: str) -> bytes:
    """A plain hash is enough: the secret is random and long."""
    return hashlib.sha256(secret.encode()).digest()
