"""Values back into rows: only what differs, a fixed number of statements for any number."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from fulfillment.domain.insight.history import happenings
from fulfillment.domain.insight.news import news_of
from fulfillment.domain.insight.progress import progress_of
from fulfillment.domain.model.orders import Order
from fulfillment.store.records.saving.changes import Change, Products
from fulfillment.store.records.saving.claims import write_claims, write_late_pins, write_pegs
from fulfillment.store.records.saving.demand import write_demand
from fulfillment.store.records.saving.floor import write_floor
from fulfillment.store.records.saving.ids import with_stored_ids
from fulfillment.store.records.saving.orders import record, write_lines, write_orders
from fulfillment.store.records.saving.payments import write_payments
from fulfillment.store.records.saving.shipments import write_shipments
from fulfillment.store.records.saving.stock import write_levels
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.session import Tx


def save(
    tx: Tx,
    changes: Collection[Change],
    products: Products,
    today: date,
    *,
    silent: Collection[int] = (),
) -> dict[int, Order]:
    """Write the changed orders, their history and their wakes; the stored orders by id.

    Every order must be locked. `silent` orders get no wake: the caller hands their workflow the
    new progress itself.
    """
    changed = [change for change in changes if change.before != change.after]
    if not changed:
        return {change.after.id: change.after for change in changes}
    told = [
        (change.before.id, list(happenings(change.before, change.after, today)))
        for change in changed
    ]
    stored = with_stored_ids(tx, changed)
    write_shipments(tx, stored)
    write_levels(tx, stored, products)
    write_claims(tx, stored)
    write_demand(tx, stored, products)
    write_pegs(tx, stored)
    write_late_pins(tx, stored)
    opened = write_floor(tx, stored)
    write_lines(tx, stored)
    final = [Change(change.before, _woken(change.after)) for change in stored]
    write_orders(tx, final, today)
    asked = write_payments(tx, final)
    record(tx, [*(happening for _, made in told for happening in made), *opened, *asked])
    outbox.wake_orders(
        tx,
        [progress_of(c.after) for c in final if c.after.id not in silent],
        tx.merchant,
        {order: news_of(events) for order, events in told},
    )
    result = {change.after.id: change.after for change in changes}
    return result | {change.after.id: change.after for change in final}


def _woken(order: Order) -> Order:
    return replace(order, wake_seq=order.wake_seq + 1, notes=())
