"""What a person or a client asks of one order, each one transaction."""

from collections.abc import Collection
from dataclasses import replace

from fulfillment.domain.actions import holding
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import conflict, missing
from fulfillment.domain.planning.cancellation import NothingToCancelError, cancelled
from fulfillment.store.planning.change import (
    Answer,
    Change,
    answer_for,
    progress_answer,
)
from fulfillment.store.planning.distribution import serve
from fulfillment.store.planning.first_claims import claim_until_claimed, where_they_stand
from fulfillment.store.planning.opening import open_orders, skus_of_order
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.transactions.archived import check_all_are_here
from fulfillment.store.transactions.session import Store, Tx


def prepare_fulfillment(store: Store, merchant: str, orders: Collection[int]) -> dict[int, Answer]:
    """See to it that these orders have made their first claims, and tell where each stands then.

    Claims are made in rank order, whoever asks: verify, claim, split and release in one
    transaction for those whose turn it is (docs/adr/0031). Called again, it only tells. An order
    before which too much is still to be done, or whose claim went wrong, is told as not claimed.
    """
    claimed = claim_until_claimed(store, merchant, orders)
    others = set(orders) - claimed.keys()
    stand = {**claimed, **(where_they_stand(store, merchant, others) if others else {})}
    return {id_: progress_answer(progress) for id_, progress in stand.items()}


def look_again(store: Store, merchant: str, order: int) -> Answer:
    """Serve the queues in which an order stands, and tell where it stands then."""

    def body(tx: Tx) -> Answer:
        space = serve(tx, skus_of_order(tx, order), [order], silent=[order])
        _all_known(space, [order])
        return answer_for(space, order)

    return store.transact(merchant, body, actor="workflow")


def _all_known(space: Workspace, orders: Collection[int]) -> None:
    """A database that was put back may not know an order that a workflow still runs for."""
    if unknown := sorted(set(orders) - space.after.keys()):
        check_all_are_here(space.tx.dialogue, unknown)
        raise missing("order", ", ".join(map(str, unknown)))


def verify(number: str) -> Change:
    """A person says that the order is good; what waits only for that is released."""
    return Change(number, lambda _, order: holding.verified(order), at_once=True)


def hold(number: str, reason: str) -> Change:
    """Keep the order from going on; it keeps its units and its place in the queue."""
    return Change(number, lambda _, order: holding.held(order, reason), at_once=True)


def hold_for_rule(store: Store, merchant: str, order: int, reason: str) -> Answer:
    """Hold an order because a rule refused to go on; held for that already is as good."""

    def body(tx: Tx) -> Answer:
        space = open_orders(tx, [order])
        _all_known(space, [order])
        held = space.after[order]
        if held.live:
            space.put(replace(held, holds=tuple(sorted({*held.holds, reason}))))
        space.save(silent=[order])
        return answer_for(space, order)

    return store.transact(merchant, body, actor="workflow", reason=reason)


def unhold(number: str, reason: str | None) -> Change:
    """Lift one hold, or all of them; what waits only for that is released."""
    return Change(number, lambda _, order: holding.unheld(order, reason), at_once=True)


def cancel(number: str) -> Change:
    """Cancel what has not left the building, and give its units to those who wait."""

    def make(_: Tx, order: Order) -> Order:
        try:
            return cancelled(order)
        except NothingToCancelError as error:
            raise conflict("nothing_to_cancel", str(error)) from error

    return Change(number, make, of_finished=True, at_once=True)
