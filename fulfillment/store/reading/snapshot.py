"""Read several tables as they were at one instant."""

from collections.abc import Callable
from typing import TypeVar

from fulfillment.store.transactions.dialogue import AT_ONE_INSTANT
from fulfillment.store.transactions.session import Store, Tx

Result = TypeVar("Result")


def read(store: Store, merchant: str, body: Callable[[Tx], Result]) -> Result:
    """Run queries that see one state of the database, whatever is committed meanwhile."""
    return store.read(merchant, body, AT_ONE_INSTANT)
