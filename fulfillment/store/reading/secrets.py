"""Secrets as they are kept: sealed, by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.sealed import Sealed, SecretName
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class KeptSecret:
    """A secret that is kept, and where it stands among all of them."""

    id: int
    name: SecretName
    sealed: Sealed


ONE = """
SELECT key, sealed FROM secret
 WHERE merchant IS NOT DISTINCT FROM :merchant AND purpose = :purpose AND name = :name
"""

MANY = """
SELECT id, merchant, purpose, name, key, sealed FROM secret
 WHERE id > :after ORDER BY id LIMIT :most
"""


def read_sealed(tx: Tx, name: SecretName) -> Sealed | None:
    """The secret of this name; None where there is none."""
    rows = tx.rows(ONE, merchant=name.merchant, purpose=name.purpose, name=name.name)
    return Sealed(rows[0].key, bytes(rows[0].sealed)) if rows else None


def list_sealed(tx: Tx, after: int, most: int) -> Sequence[KeptSecret]:
    """The next secrets of everybody behind an id, in the order of their ids."""
    return [kept_secret(row) for row in tx.rows(MANY, after=after, most=most)]


def kept_secret(row: Any) -> KeptSecret:
    """The secret of a row that has all its columns."""
    name = SecretName(row.merchant, row.purpose, row.name)
    return KeptSecret(row.id, name, Sealed(row.key, bytes(row.sealed)))
