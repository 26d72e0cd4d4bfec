"""Archive what is at rest, a batch in a transaction, from the oldest order on and round again."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.exc import IntegrityError

from fulfillment.store.archive.months import month_of
from fulfillment.store.archive.packing import pack
from fulfillment.store.archive.resting import (
    Rules,
    lock_resting,
    rules_now,
    still_resting,
    window_end,
)
from fulfillment.store.transactions.archived import constraint_of
from fulfillment.store.transactions.session import Store, Tx

log = structlog.get_logger(__name__)

LOOKED_AT = 100
"""Orders in one transaction: who wants one of them waits for half a second on a busy machine."""

EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did: how many orders left, and behind which order the next one looks.

    `upto` is None at the end of all orders: the next round begins with the first one.
    """

    archived: int
    upto: int | None


def archive_next(store: Store, after: int = 0, most: int = LOOKED_AT) -> Step:
    """Look at the next orders behind an id, and archive those that are at rest.

    One that something refers to which nobody foresaw is left where it is, and named in the log by
    its id; the others go.
    """
    looked = store.read(EVERYBODY, lambda tx: (rules_now(tx), window_end(tx, after, most)))
    rules, upto = looked
    if rules is None or upto is None:
        return Step(0, None)
    return Step(_archive(store, rules, after, upto), upto)


def _archive(store: Store, rules: Rules, after: int, upto: int) -> int:
    found: list[int] = []

    def all_of_them(tx: Tx) -> int:
        found[:] = lock_resting(tx, rules, after, upto)
        return _packed(tx, found)

    try:
        return store.transact(EVERYBODY, all_of_them, actor="archive")
    except IntegrityError:
        return sum(_one_by_one(store, rules, found))


def _one_by_one(store: Store, rules: Rules, orders: Sequence[int]) -> list[int]:
    done = []
    for order in orders:
        try:
            done.append(store.transact(EVERYBODY, partial(_alone, rules, order), actor="archive"))
        except IntegrityError as error:
            why = constraint_of(error)
            log.warning("order_can_not_be_archived", order=order, constraint=why)
    return done


def _alone(rules: Rules, order: int, tx: Tx) -> int:
    taken = tx.rows("SELECT id FROM orders WHERE id = :order FOR UPDATE SKIP LOCKED", order=order)
    return _packed(tx, still_resting(tx, rules, [row.id for row in taken]))


def _packed(tx: Tx, orders: Sequence[int]) -> int:
    if orders:
        pack(tx, orders, month_of(tx.now))
    return len(orders)
