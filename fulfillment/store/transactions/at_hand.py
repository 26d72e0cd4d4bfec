"""Whatever is asked for is at hand: what is archived is brought back, and all is done again."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import TypeVar

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.transactions.archived import (
    ArchivedError,
    archived_as,
    was_anything_brought_back,
)
from fulfillment.store.transactions.dialogue import Dialogue

Result = TypeVar("Result")
Sought = tuple[frozenset[int], bool]
"""The archived orders that are sought, and whether what is sought may be back already."""

NOTHING: Sought = (frozenset(), False)


def at_hand(
    once: Callable[[], Result],
    look: Callable[[RefusedError], Sought],
    bring_back: Callable[[Collection[int]], None],
) -> Result:
    """Do it; where what is asked for is archived, bring it back and do it again.

    Who asks for what there never was pays one look more, and nobody else pays anything.
    """
    brought, was_done_again = frozenset[int](), False
    while True:
        try:
            return once()
        except ArchivedError as error:
            orders = error.orders
        except RefusedError as refusal:
            orders, is_back = look(refusal)
            # Somebody else may have brought it back after it was looked for here.
            if orders <= brought and (was_done_again or not is_back):
                raise
            was_done_again = True
        bring_back(orders)
        brought |= orders


def sought_by(
    reading: AbstractContextManager[Dialogue], merchant: str, refusal: RefusedError
) -> Sought:
    """What the archive has of that which there is none of."""
    if refusal.sought is None:
        return NOTHING
    with reading as said:
        orders = frozenset(archived_as(said, merchant, *refusal.sought))
        return orders, not orders and was_anything_brought_back(said)
