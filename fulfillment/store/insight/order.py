"""Why an order waits: everything the rule looks at, in a fixed number of queries."""

from collections.abc import Collection, Iterable

from fulfillment.domain.insight.explain import explain
from fulfillment.domain.insight.explanation import ExplanationContext, Outstanding
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.supply import StockLevel, Supply
from fulfillment.store.insight.queue_neighbours import ahead_of, later_of, pinned_of, rivals_of
from fulfillment.store.insight.remedies import remedies
from fulfillment.store.planning.opening import order_id
from fulfillment.store.reading.orders import merchant_today
from fulfillment.store.reading.views.explanations import ExplanationView
from fulfillment.store.records.loading import (
    load_levels,
    load_locations,
    load_orders,
    load_products,
    load_supplies,
)
from fulfillment.store.records.out_of_use import load_out_of_use, load_stranded
from fulfillment.store.transactions.session import Tx

PURCHASES = """
SELECT u.id AS supply, u.document AS number, u.purchase_line AS line, u.sku, u.location,
       u.outstanding AS units, coalesce(u.counts_until >= :today, false) AS is_dated,
       EXISTS (SELECT 1 FROM peg p WHERE p.supply = u.id AND p.pinned)
       OR EXISTS (SELECT 1 FROM late_pin p WHERE p.supply = u.id) AS pinned
  FROM inbound_supply u
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus) AND u.kind = 'purchase_order'
 ORDER BY u.expected_on NULLS LAST, u.document, u.purchase_line
"""


def read_explanation(tx: Tx, number: str) -> ExplanationView:
    """Each waiting line of an order with its reasons, and what could be done about it.

    Each remedy is tried by the planner on this moment's picture of the data, and tells what it
    would change; those that change nothing for the order are left out. Refuses an unknown order.
    """
    found = order_id(tx, number)
    order = load_orders(tx, [found])[found]
    around = surroundings(tx, order)
    return ExplanationView(
        number=order.number,
        status=order.status,
        waiting=explain(order, around),
        remedies=tuple(remedies(tx, order, around)),
    )


def surroundings(tx: Tx, order: Order) -> ExplanationContext:
    """What the order's wait depends on, in a fixed number of queries."""
    skus = sorted({line.sku for shipment in order.planned for line in shipment.lines})
    locations = load_locations(tx)
    stranded = load_stranded(tx, skus, locations)
    supplies = load_supplies(tx, skus, [order.id])
    return ExplanationContext(
        today=merchant_today(tx),
        products=load_products(tx, skus),
        levels=load_levels(tx, skus, locations),
        stranded=stranded,
        out_of_use=load_out_of_use(tx, _places(order, (*stranded, *supplies))),
        supplies=supplies,
        rivals=rivals_of(tx, order, skus),
        owed=_owed(tx, skus),
        later=later_of(tx, order, skus),
        pinned=pinned_of(tx, order, skus),
        ahead=ahead_of(tx, order, skus),
        purchases=_purchases(tx, skus),
    )


def _places(order: Order, there: Iterable[StockLevel | Supply]) -> set[str]:
    """Every location that the order's wait has to do with."""
    bound = {order.only_location, *(line.source for line in order.lines)}
    held = {claim.location for s in order.planned for line in s.lines for claim in line.claims}
    return {*held, *(one.location for one in there), *(at for at in bound if at is not None)}


def _purchases(tx: Tx, skus: Collection[str]) -> tuple[Outstanding, ...]:
    rows = tx.rows(PURCHASES, merchant=tx.merchant, skus=list(skus), today=merchant_today(tx))
    return tuple(Outstanding(*row) for row in rows)


def _owed(tx: Tx, skus: Collection[str]) -> frozenset[str]:
    rows = tx.rows(
        "SELECT sku FROM sku_queue WHERE merchant = :merchant AND sku = ANY(:skus)"
        " AND due_since IS NOT NULL",
        merchant=tx.merchant,
        skus=list(skus),
    )
    return frozenset(row.sku for row in rows)
