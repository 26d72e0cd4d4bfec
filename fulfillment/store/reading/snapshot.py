"""Read several tables as they were at one instant."""

from collections.abc import Callable
from typing import TypeVar

from fulfillment.store.transactions.session import Store, Tx

Result = TypeVar("Result")


def read(store: Store, merchant: str, body: Callable[[Tx], Result]) -> Result:
    """Run queries that see one state of the database, whatever is committed meanwhile."""

    def at_one_instant(tx: Tx) -> Result:
        tx.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return body(tx)

    return store.read(merchant, at_one_instant)
