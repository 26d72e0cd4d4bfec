"""What goes on beside a long past: intake, first claims, the sweep, the audit, a start."""

import itertools
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from benchmarks.history.open_orders import ADDRESS, MERCHANT, sku
from fulfillment.store.commands.catalogue.closures import renew_broken_off
from fulfillment.store.commands.intake import NewLine, NewOrder, create_orders
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.integrity.proving import prove_past
from fulfillment.store.integrity.queue_checks import owe_idle
from fulfillment.store.integrity.restarts import owe_overdue, wake_overdue
from fulfillment.store.planning.first_claims import claim_all
from fulfillment.store.reading.health import check_database
from fulfillment.store.reading.standing import life, purchase_order_heads, unfinished_heads
from fulfillment.store.transactions.session import Store

Work = Callable[[Store], Any]

NUMBERS = itertools.count(1)
ORDERS = 20


def take_in(store: Store) -> None:
    """Some orders in one request."""
    orders = [
        NewOrder(
            f"NEW-{n}",
            (NewLine(1, sku(n), 1), NewLine(2, sku(n * 3 + 1), 1)),
            customer_reference=f"N{n}",
            address=ADDRESS,
        )
        for n in itertools.islice(NUMBERS, ORDERS)
    ]
    create_orders(store, MERCHANT, orders, "bench")


def take_in_and_claim(store: Store) -> None:
    """Some orders, with their first claims."""
    take_in(store)
    claim_all(store, MERCHANT)


WORKS: Mapping[str, Work] = {
    f"intake of {ORDERS} orders": take_in,
    f"intake and first claims of {ORDERS} orders": take_in_and_claim,
    "sweep: what is owed": partial(owe_overdue, wait=timedelta(seconds=30)),
    "sweep: late timers": wake_overdue,
    "sweep: calendars": renew_broken_off,
    "sweep: what is idle": owe_idle,
    "sweep: prove the past": prove_past,
    "sweep and audit: what should be running": unfinished_heads,
    "audit: purchase orders for the engine": purchase_order_heads,
    "start: is the database fit": lambda store: check_database(store.engine),
    "start: its life": life,
    "audit": audit,
}
"""The first ones change what those behind them read."""
