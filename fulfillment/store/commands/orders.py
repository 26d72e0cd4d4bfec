"""What a person or a client asks of one order, each one transaction."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from fulfillment.domain import holding
from fulfillment.domain.ending import NothingToCancelError, cancelled
from fulfillment.domain.orders import Order
from fulfillment.domain.policy import Step
from fulfillment.domain.rank import Rank
from fulfillment.domain.refusals import conflict, missing
from fulfillment.domain.verification import VerificationFacts, failed_checks
from fulfillment.store.commands.changing import Answer, Change, answer_for, change_order
from fulfillment.store.session import Command, Store, Tx
from fulfillment.store.verifying import verification_facts
from fulfillment.store.workspace import Workspace, open_orders, open_queues, skus_of_order


def prepare_fulfillment(store: Store, merchant: str, orders: Collection[int]) -> dict[int, Answer]:
    """The first claim of some orders: verify them, claim at their ranks, split and release.

    Orders that come at the same moment share one transaction, and are served in it by rank.
    The orders' own `first_claimed`, under their row locks, makes it happen once; called again
    it tells where an order stands now. Their workflows get that as the answer, and so no wake.
    """

    def body(tx: Tx) -> dict[int, Answer]:
        lines = _lines_of(tx, orders)
        ranks = [Rank(row.priority, row.placed_at, row.intake_seq) for row in lines]
        # What an earlier event gave to one that may be rejected now is for those behind it too.
        gives = any(row.holds_units for row in lines)
        claiming = None if gives else (min(ranks), max(ranks))
        space = open_queues(tx, {row.sku for row in lines}, orders=orders, claiming=claiming)
        _all_known(space, orders)
        facts = verification_facts(tx, orders)
        new = [id_ for id_ in orders if _is_new(space.after[id_])]
        for id_ in new:
            space.put(_verified(replace(space.after[id_], first_claimed=True), facts[id_]))
        if new:
            space.plan(first_claims=new)
        space.save(silent=orders)
        return {id_: answer_for(space, id_) for id_ in orders}

    return store.transact(merchant, body, actor="workflow")


def _all_known(space: Workspace, orders: Collection[int]) -> None:
    """A database that was put back may not know an order that a workflow still runs for."""
    if unknown := sorted(set(orders) - space.after.keys()):
        raise missing("order", ", ".join(map(str, unknown)))


def _is_new(order: Order) -> bool:
    return bool(order.live) and not order.first_claimed


def _lines_of(tx: Tx, orders: Collection[int]) -> list[Any]:
    rows = tx.rows(
        "SELECT DISTINCT l.sku, o.priority, o.placed_at, o.intake_seq,"
        " EXISTS (SELECT 1 FROM shipment_line sl JOIN allocation a ON a.shipment_line = sl.id"
        " WHERE sl.order_id = o.id) AS holds_units FROM order_line l"
        " JOIN orders o ON o.id = l.order_id"
        " WHERE o.merchant = :merchant AND o.id = ANY(:orders)",
        merchant=tx.merchant,
        orders=list(orders),
    )
    if not rows:
        raise missing("order", ", ".join(map(str, orders)))
    return rows


def look_again(store: Store, merchant: str, order: int) -> Answer:
    """Serve the queues in which an order stands, and tell where it stands then."""

    def body(tx: Tx) -> Answer:
        space = open_queues(tx, skus_of_order(tx, order), orders=[order])
        _all_known(space, [order])
        space.plan()
        space.save(silent=[order])
        return answer_for(space, order)

    return store.transact(merchant, body, actor="workflow")


def verify(store: Store, command: Command, number: str) -> Answer:
    """A person says that the order is good; what waits only for that is released."""
    return change_order(store, command, verifying(number))


def verifying(number: str) -> Change:
    """The change that `verify` does."""
    return Change(number, lambda _, order: holding.verified(order))


def hold(store: Store, command: Command, number: str, reason: str) -> Answer:
    """Keep the order from going on; it keeps its units and its place in the queue."""
    return change_order(store, command, putting_on_hold(number, reason))


def putting_on_hold(number: str, reason: str) -> Change:
    """The change that `hold` does."""
    return Change(number, lambda _, order: holding.held(order, reason))


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


def unhold(store: Store, command: Command, number: str, reason: str | None) -> Answer:
    """Lift one hold, or all of them; what waits only for that is released."""
    return change_order(store, command, lifting_hold(number, reason))


def lifting_hold(number: str, reason: str | None) -> Change:
    """The change that `unhold` does."""
    return Change(number, lambda _, order: holding.unheld(order, reason))


def cancel(store: Store, command: Command, number: str) -> Answer:
    """Cancel what has not left the building, and give its units to those who wait."""
    return change_order(store, command, cancelling(number))


def cancelling(number: str) -> Change:
    """The change that `cancel` does."""

    def make(_: Tx, order: Order) -> Order:
        try:
            return cancelled(order)
        except NothingToCancelError as error:
            raise conflict("nothing_to_cancel", str(error)) from error

    return Change(number, make, of_finished=True)


def _verified(order: Order, facts: VerificationFacts) -> Order:
    """Automatic verification: what fails it is put on hold with the reasons."""
    if order.verified or order.policy.verify is Step.MANUAL:
        return order
    failed = failed_checks(facts)
    return replace(order, verified=True, holds=tuple(sorted({*order.holds, *failed})))
