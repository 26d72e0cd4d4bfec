"""What workers do for workflows: each activity in a process of its own."""

import asyncio
from collections.abc import Awaitable, Callable

from temporalio.testing import ActivityEnvironment

from activities.order_activities import Fulfilling
from fulfillment.contracts.messages import Hold, Known, OrderRef, PurchaseOrderRef, ReplanStart
from fulfillment.store.transactions.session import Store
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.crashes import stages
from tests.crashes.net import Run, crash
from tests.crashes.of_house import shipped_since
from tests.crashes.of_orders import order_id
from tests.crashes.of_supply import purchase_id

Does = Callable[[Fulfilling], Awaitable[object]]


def worker(does: Does) -> Run:
    """A worker that runs one activity and ends."""

    async def act(fulfilling: Fulfilling) -> object:
        return await does(fulfilling)

    async def work(store: Store) -> object:
        fulfilling = Fulfilling(store, 1)
        try:
            return await ActivityEnvironment().run(act, fulfilling)
        finally:
            await fulfilling.ended()

    return lambda store: asyncio.run(work(store))


@crash(Fulfilling.verify, stages.taken)
def verifies(at: Warehouse) -> Run:
    order = OrderRef(MERCHANT, order_id(at))
    return worker(lambda on: on.verify(order))


@crash(Fulfilling.prepare_fulfillment, stages.taken)
def first_claim(at: Warehouse) -> Run:
    order = OrderRef(MERCHANT, order_id(at))
    return worker(lambda on: on.prepare_fulfillment(order))


@crash(Fulfilling.look_again, stages.received)
def looks(at: Warehouse) -> Run:
    order = OrderRef(MERCHANT, order_id(at))
    return worker(lambda on: on.look_again(order))


@crash(Fulfilling.hold_order, stages.ready)
def holds(at: Warehouse) -> Run:
    hold = Hold(MERCHANT, order_id(at), "no_such_rule")
    return worker(lambda on: on.hold_order(hold))


@crash(Fulfilling.check_with_database, stages.ready)
def is_at_odds(at: Warehouse) -> Run:
    order = order_id(at)
    known = Known(MERCHANT, order, shipped_since(at, order))
    return worker(lambda on: on.check_with_database(known))


@crash(Fulfilling.serve_receipts, stages.received)
def gives_out(at: Warehouse) -> Run:
    purchase = PurchaseOrderRef(MERCHANT, purchase_id(at))
    return worker(lambda on: on.serve_receipts(purchase))


@crash(Fulfilling.check_purchase_order, stages.waiting)
def asks_for_a_purchase(at: Warehouse) -> Run:
    purchase = PurchaseOrderRef(MERCHANT, purchase_id(at))
    return worker(lambda on: on.check_purchase_order(purchase))


@crash(Fulfilling.declare_overdue, stages.overdue)
def declares(at: Warehouse) -> Run:
    purchase = PurchaseOrderRef(MERCHANT, purchase_id(at))
    return worker(lambda on: on.declare_overdue(purchase))


@crash(Fulfilling.serve_due_queues, stages.other_settings)
def serves_what_is_owed(_: Warehouse) -> Run:
    return worker(lambda on: on.serve_due_queues(ReplanStart(MERCHANT)))
