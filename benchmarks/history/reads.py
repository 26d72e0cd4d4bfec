"""What is asked of a database with a long past: each list by each filter and sort, and pages."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from benchmarks.history.open_orders import MERCHANT, PURCHASE, sku
from fulfillment.store.commands.intake import NewLine, NewOrder
from fulfillment.store.insight.order import read_explanation
from fulfillment.store.insight.order_page import read_history, read_order
from fulfillment.store.insight.promise import read_promise
from fulfillment.store.insight.shipment_pages import (
    ShipmentFilter,
    list_shipments,
    list_shipments_at,
)
from fulfillment.store.insight.sku import read_sku_explanation
from fulfillment.store.reading.orders import SORTS, OrderFilter, list_orders
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.payments import list_payments
from fulfillment.store.reading.pick_lists import list_lists
from fulfillment.store.reading.purchase_orders import list_purchase_orders, read_purchase_order
from fulfillment.store.reading.receipts import list_receipts, read_receipt
from fulfillment.store.reading.returns import ReturnFilter, list_returns
from fulfillment.store.reading.stock import StockFilter, list_stock
from fulfillment.store.reading.suggestions import Wanted, list_suggestions
from fulfillment.store.transactions.session import Tx

Read = Callable[[Tx], Any]

PAGE = Window(50)
OPEN_STATUSES = ("awaiting_stock", "partially_backordered", "awaiting_pick_and_pack")

FILTERS: Mapping[str, OrderFilter] = {
    "all": OrderFilter(),
    "open": OrderFilter(statuses=OPEN_STATUSES),
    "awaiting_stock": OrderFilter(statuses=("awaiting_stock",)),
    "shipped": OrderFilter(statuses=("shipped",)),
    "cancelled": OrderFilter(statuses=("cancelled",)),
    "backordered": OrderFilter(backordered=True),
    "ready": OrderFilter(ready=True),
    "on hold": OrderFilter(on_hold=True),
    "overdue": OrderFilter(overdue=True),
    "fulfillable": OrderFilter(fulfillable=True),
    "partly fulfillable": OrderFilter(partially_fulfillable=True),
    "of a SKU": OrderFilter(sku=sku(7)),
    "open, of a SKU": OrderFilter(sku=sku(7), statuses=OPEN_STATUSES),
    "at a location": OrderFilter(location="B"),
    "of places": OrderFilter(places=["B"]),
    "of a PO": OrderFilter(purchase_order=PURCHASE),
    "served by a receipt": OrderFilter(served_by_receipt="H-R100000007"),
    "placed lately": OrderFilter(placed_from=datetime(2026, 6, 1, tzinfo=UTC)),
    "searched: a number": OrderFilter(q="OPEN-7"),
    "searched: a tracking": OrderFilter(q="T4711"),
}


def orders_by(asked: OrderFilter, sort: str) -> Read:
    """A page of orders."""
    return lambda tx: list_orders(tx, asked, sort, PAGE)


ORDERS: Mapping[str, Read] = {
    f"orders: {name}, by {sort}": orders_by(asked, sort)
    for name, asked in FILTERS.items()
    for sort in SORTS
}

SHIPMENTS: Mapping[str, Read] = {
    "shipments: all": lambda tx: list_shipments(tx, PAGE, ShipmentFilter()),
    "shipments: ready": lambda tx: list_shipments(tx, PAGE, ShipmentFilter(["ready"])),
    "shipments: ready, by target": lambda tx: list_shipments(
        tx, PAGE, ShipmentFilter(["ready"]), "target_ship_on"
    ),
    "shipments: shipped": lambda tx: list_shipments(tx, PAGE, ShipmentFilter(["shipped"])),
    "shipments: late": lambda tx: list_shipments(tx, PAGE, ShipmentFilter(late=True)),
    "shipments: ready at a location": lambda tx: list_shipments_at(
        tx, PAGE, ShipmentFilter(["ready"], location="B")
    ),
}

OTHERS: Mapping[str, Read] = {
    "receipts": lambda tx: list_receipts(tx, PAGE, {}),
    "receipts of a SKU": lambda tx: list_receipts(tx, PAGE, {"sku": sku(7)}),
    "receipts at a location": lambda tx: list_receipts(tx, PAGE, {"location": "B"}),
    "a receipt": lambda tx: read_receipt(tx, "H-R100000007"),
    "payments": lambda tx: list_payments(tx, PAGE),
    "payments: due": lambda tx: list_payments(tx, PAGE, "due"),
    "payments: failed": lambda tx: list_payments(tx, PAGE, "failed"),
    "pick lists": lambda tx: list_lists(tx, PAGE, [MERCHANT]),
    "pick lists: picking": lambda tx: list_lists(tx, PAGE, [MERCHANT], status="picking"),
    "returns": lambda tx: list_returns(tx, PAGE, ReturnFilter()),
    "returns: announced": lambda tx: list_returns(tx, PAGE, ReturnFilter(statuses=["announced"])),
    "purchase orders": lambda tx: list_purchase_orders(tx, PAGE),
    "purchase orders: approved": lambda tx: list_purchase_orders(tx, PAGE, statuses=["approved"]),
    "a purchase order": lambda tx: read_purchase_order(tx, PURCHASE),
    "stock": lambda tx: list_stock(tx, PAGE, StockFilter()),
    "suggestions": lambda tx: list_suggestions(tx, PAGE, Wanted()),
    "a finished order": lambda tx: read_order(tx, "H-47"),
    "an open order": lambda tx: read_order(tx, "OPEN-7"),
    "history of an order": lambda tx: read_history(tx, "H-47", 100, 0),
}

READS: Mapping[str, Read] = {**ORDERS, **SHIPMENTS, **OTHERS}

TRIES: Mapping[str, Read] = {
    "an explanation": lambda tx: read_explanation(tx, "OPEN-7"),
    "a SKU's explanation": lambda tx: read_sku_explanation(tx, sku(7)),
    "a promise": lambda tx: read_promise(
        tx, NewOrder("basket", (NewLine(1, sku(3), 2), NewLine(2, sku(9), 1)))
    ),
}
"""What plans on a copy of the world, of which nothing is kept."""
