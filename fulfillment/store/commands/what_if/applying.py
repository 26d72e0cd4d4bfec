"""A what-if done: all of it in one transaction, if it is still what was shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.domain.insight.wishes import Wish
from fulfillment.domain.model.refusals import conflict
from fulfillment.store.commands.what_if.act import Act
from fulfillment.store.commands.what_if.copying import put_on_copy
from fulfillment.store.planning.distribution import NotServedYetError, serve_owed, served_before
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.transactions.session import Command, Store, Tx

MOVED = "world_moved"
MOST_ROUNDS = 10
"""Batches that are served inside for those before an order that one of the wishes is about."""


@dataclass(frozen=True, slots=True)
class Applied:
    """How many wishes were done, and how many orders stand differently by them."""

    wishes: int
    orders: int


def apply_what_if(store: Store, command: Command, wishes: Sequence[Wish], shown: str) -> Applied:
    """Do the wishes one after the other by the bodies of their own commands, or none of them.

    First they are put on a copy under the locks of all that they touch: where that is not what
    was `shown`, by its fingerprint, nothing is done. Locks are taken in their order: the queues
    of all wishes, then the orders.
    """

    def body(tx: Tx) -> Applied:
        copy = put_on_copy(tx, wishes)
        if copy.fingerprint != shown:
            message = "what this would change is not what was shown; nothing was done, look again"
            raise conflict(MOVED, message, fingerprint=copy.fingerprint)
        for at, act in enumerate(copy.acts):
            _do(tx, command, act, is_first=at == 0)
            _give_out(tx, act)
        return Applied(len(copy.acts), len(copy.impacts))

    return served_before(store, command.merchant, lambda: execute_as(Applied, store, command, body))


def _do(tx: Tx, command: Command, act: Act, *, is_first: bool) -> None:
    """Where a wish before it left somebody to be served first, that is done first, in here."""
    for _ in range(MOST_ROUNDS):
        try:
            return act.do(tx, command.key)
        except NotServedYetError as error:
            if is_first:
                raise
            serve_owed(tx, error.skus)
    message = "too many have to be served between two of these wishes; apply them one by one"
    raise conflict("being_served", message)


OWED = """
SELECT sku FROM sku_queue
 WHERE merchant = :merchant AND sku = ANY(:skus) AND due_since IS NOT NULL ORDER BY sku
"""


def _give_out(tx: Tx, act: Act) -> None:
    """What a wish left owed is given out, one batch, as the copy has it; the rest by who serves."""
    owed = [row.sku for row in tx.rows(OWED, merchant=tx.merchant, skus=sorted(act.reach.skus))]
    if owed:
        serve_owed(tx, owed)
