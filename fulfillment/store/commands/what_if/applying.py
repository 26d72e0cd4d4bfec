"""A what-if done: all of it in one transaction, if it is still what was shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.domain.insight.wishes import Wish
from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.store.commands.what_if.act import Act
from fulfillment.store.commands.what_if.applied import check_times, note_applied
from fulfillment.store.commands.what_if.copying import Copy, acts_of, moved_parts, put_on_copy
from fulfillment.store.commands.what_if.facts import facts_of
from fulfillment.store.planning.distribution import NotServedYetError, serve_owed, served_before
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.views.what_if import WhatIfApplication
from fulfillment.store.transactions.session import Command, Store, Tx

MOVED = "world_moved"
MOST_ROUNDS = 10
"""Batches that are served inside for those before an order that one of the wishes is about."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody looked at: by its fingerprint, and how often it was applied before."""

    fingerprint: str
    times: int = 0


def apply_what_if(
    store: Store, command: Command, wishes: Sequence[Wish], seen: Seen
) -> WhatIfApplication:
    """Do the wishes one after the other by the bodies of their own commands, or none of them.

    First they are put on a copy under the locks of all that they touch: where that is not what
    was `seen`, or they were applied since, nothing is done. Locks are taken in their order: the
    queues of all wishes, then the orders.
    """

    def body(tx: Tx) -> WhatIfApplication:
        check_times(tx, wishes, seen.times)
        copy = _still_as_seen(tx, wishes, seen)
        made = []
        for at, act in enumerate(copy.acts):
            made.append(_do(tx, command, act, is_first=at == 0))
            _give_out(tx, act)
        what = WhatIfApplication(
            at=tx.now,
            by=tx.actor,
            orders=len(copy.impacts),
            made=tuple(one for one in made if one),
            facts=facts_of(copy.wishes, copy.acts),
        )
        note_applied(tx, wishes, seen.times, what)
        return what

    def once() -> WhatIfApplication:
        return execute_as(WhatIfApplication, store, command, body)

    return served_before(store, command.merchant, once)


def _still_as_seen(tx: Tx, wishes: Sequence[Wish], seen: Seen) -> Copy:
    """What it would change, under locks; refused if another one was seen.

    What the wishes are about was read before the locks were taken: where that is another by now,
    all is looked at anew.
    """
    copy = put_on_copy(tx, wishes)
    if facts_of(wishes, acts_of(tx, wishes)) != facts_of(wishes, copy.acts):
        copy = put_on_copy(tx, wishes)
    if copy.fingerprint != seen.fingerprint:
        raise _moved(copy, seen)
    return copy


def _moved(copy: Copy, seen: Seen) -> RefusedError:
    message = "what this would change is not what was shown; nothing was done, look again"
    parts = moved_parts(seen.fingerprint, copy.fingerprint)
    return conflict(MOVED, message, fingerprint=copy.fingerprint, moved=parts)


def _do(tx: Tx, command: Command, act: Act, *, is_first: bool) -> str | None:
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
