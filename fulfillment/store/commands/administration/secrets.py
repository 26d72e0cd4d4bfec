"""Keep secrets that must be read again. They come in sealed: no key is known here."""

from collections.abc import Callable
from dataclasses import dataclass

from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.store.reading.secrets import KeptSecret, kept_secret
from fulfillment.store.transactions.session import Store, Tx

BATCH = 100
"""Secrets that one transaction seals anew."""

KEEP = """
INSERT INTO secret (merchant, purpose, name, key, sealed, sealed_at)
VALUES (:merchant, :purpose, :name, :key, :sealed, :now)
ON CONFLICT (merchant, purpose, name)
   DO UPDATE SET key = excluded.key, sealed = excluded.sealed, sealed_at = excluded.sealed_at
"""

FORGET = """
DELETE FROM secret
 WHERE merchant IS NOT DISTINCT FROM :merchant AND purpose = :purpose AND name = :name
"""

UNDER_OTHERS = """
SELECT id, merchant, purpose, name, key, sealed FROM secret
 WHERE key <> :first AND id > :after ORDER BY id LIMIT :most FOR NO KEY UPDATE
"""

RENEW = "UPDATE secret SET key = :key, sealed = :sealed, sealed_at = :now WHERE id = :id"

Renew = Callable[[KeptSecret], Sealed | None]


@dataclass(frozen=True, slots=True)
class Resealed:
    """What a batch came to: up to which id, how many were sealed anew, which were left."""

    upto: int
    renewed: int
    left: tuple[SecretName, ...]


def keep_secret(tx: Tx, name: SecretName, sealed: Sealed) -> None:
    """Keep a secret under its name, in place of one that is there, in the caller's transaction."""
    tx.run(
        KEEP,
        merchant=name.merchant,
        purpose=name.purpose,
        name=name.name,
        key=sealed.key,
        sealed=sealed.content,
        now=tx.now,
    )


def forget_secret(tx: Tx, name: SecretName) -> None:
    """Keep it no more; nothing happens where there is none."""
    tx.run(FORGET, merchant=name.merchant, purpose=name.purpose, name=name.name)


def put_secret(store: Store, name: SecretName, sealed: Sealed) -> None:
    """Keep a secret under its name, in place of one that is there."""
    store.transact(name.merchant or "*", lambda tx: keep_secret(tx, name, sealed))


def reseal_next(store: Store, first: str, renew: Renew, after: int = 0) -> Resealed | None:
    """Seal the next batch behind an id anew that is under another key than the first.

    What `renew` answers with None for stays as it is. None where nothing is left behind the id:
    begun again from 0, only what was not renewed is looked at.
    """

    def body(tx: Tx) -> Resealed | None:
        rows = tx.rows(UNDER_OTHERS, first=first, after=after, most=BATCH)
        found = [kept_secret(row) for row in rows]
        renewed = [(kept, sealed) for kept in found if (sealed := renew(kept))]
        for kept, sealed in renewed:
            tx.run(RENEW, id=kept.id, key=sealed.key, sealed=sealed.content, now=tx.now)
        if not found:
            return None
        done = {kept.id for kept, _ in renewed}
        left = tuple(kept.name for kept in found if kept.id not in done)
        return Resealed(found[-1].id, len(renewed), left)

    return store.transact("*", body)
