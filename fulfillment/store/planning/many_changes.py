"""Changes of many orders looked at together: all are made, and everything is planned once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.actions.manual import finished
from fulfillment.domain.insight.impact import Impact, outcomes
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.planning.change import Change
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.queue.reach import MOST
from fulfillment.store.transactions.session import Store, Tx


@dataclass(frozen=True, slots=True)
class Previewed:
    """What the changes would make of orders, and which of them would be refused, by number."""

    impacts: Sequence[Impact]
    refused: Mapping[str, RefusedError]


WANTING = """
SELECT o.id, o.number, o.priority, o.placed_at, o.intake_seq,
       array_agg(DISTINCT l.sku) AS skus,
       sum(l.ordered - l.cancelled - l.shipped)::bigint AS units
  FROM orders o JOIN order_line l ON l.order_id = o.id
 WHERE o.merchant = :merchant AND o.number = ANY(:numbers) GROUP BY o.id
"""

UNITS = """
SELECT l.sku, sum(l.ordered - l.cancelled - l.shipped)::bigint AS units FROM order_line l
 WHERE l.order_id = ANY(:orders) GROUP BY l.sku ORDER BY l.sku
"""


def preview_changes(store: Store, merchant: str, changes: Sequence[Change]) -> Previewed:
    """What changes of orders would make of every order; nothing is done.

    They are made in the given order, of what the planner then knows of all of them together: two
    orders are not promised the same unit. None may bring anything of its own, such as a document.
    Done, each is a command by itself; where others act between two of them, it comes out otherwise.
    """
    return store.simulate(merchant, lambda tx: simulated_together(tx, changes))


def simulated_together(tx: Tx, changes: Sequence[Change]) -> Previewed:
    """What they would make of every order, on a picture of the data."""
    rows = tx.rows(WANTING, merchant=tx.merchant, numbers=[change.number for change in changes])
    found = {row.number: row for row in rows}
    there = [change for change in changes if change.number in found]
    if not there:
        return Previewed([], {})
    ids = [found[change.number].id for change in there]
    first = min(_rank(change, found[change.number]) for change in there)

    def asking() -> tuple[Rank, Mapping[str, int]]:
        return first, {row.sku: row.units for row in tx.rows(UNITS, orders=ids)}

    skus = {sku for row in rows for sku in row.skus}
    space = open_queues(tx, skus, orders=ids, asking=asking, batch=MOST)
    refused = _made(tx, space, dict(zip(ids, there, strict=True)))
    told = outcomes((space.before[id_], space.after[id_]) for id_ in sorted(space.after))
    return Previewed([one for one in told if one.order not in refused], refused)


def _rank(change: Change, row: Any) -> Rank:
    """The order's place in the queue, as the change has it."""
    priority = row.priority if change.priority is None else change.priority
    return Rank(priority, row.placed_at, row.intake_seq)


def _made(tx: Tx, space: Workspace, changes: Mapping[int, Change]) -> dict[str, RefusedError]:
    """Make the changes and plan; which were refused, before or by what came of them."""
    refused: dict[int, RefusedError] = {}
    takes: dict[int, frozenset[int]] = {}
    for id_, change in changes.items():
        try:
            made = _alone(tx, space.after[id_], change)
            takes[id_] = change.takes(made) if change.takes else frozenset()
            space.put(made)
        except RefusedError as error:
            refused[id_] = error
    space.plan(hand_claims={id_: lines for id_, lines in takes.items() if lines})
    for id_ in changes.keys() - refused.keys():
        try:
            changes[id_].answer(space.before[id_], space.after[id_])
        except RefusedError as error:
            refused[id_] = error
    return {changes[id_].number: error for id_, error in refused.items()}


def _alone(tx: Tx, order: Order, change: Change) -> Order:
    """The order with its change made, before anything is planned."""
    if not order.live and not change.of_finished:
        raise finished(order)
    return change.make(tx, order)
