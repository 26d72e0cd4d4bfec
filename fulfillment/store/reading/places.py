"""What touches some locations: all of orders and supply that a key bound to them may read."""

from collections.abc import Sequence
from typing import Any

from fulfillment.domain.model.refusals import missing
from fulfillment.store.transactions.session import Tx

ORDER_IS_AT = """
coalesce(o.lock_location, o.pickup_location) = ANY(:places)
OR (SELECT true FROM order_line f
     WHERE f.order_id = o.id AND f.source_location = ANY(:places) LIMIT 1)
OR (SELECT true FROM shipment f WHERE f.order_id = o.id AND f.location = ANY(:places)
       AND f.status <> 'reassigned' LIMIT 1)
OR (SELECT true FROM allocation f JOIN shipment_line fl ON fl.id = f.shipment_line
     WHERE fl.order_id = o.id AND f.location = ANY(:places) LIMIT 1)
"""
"""Bound to one of `:places`, or with a shipment or units there, such as staged ones; what was
cancelled or has left counts. For orders `o`. Looked up for each order, which EXISTS might not be:
it may be answered by reading all shipments first."""

PURCHASE_ORDER_IS_AT = """
EXISTS (SELECT 1 FROM purchase_order_line f JOIN supply fu ON fu.id = f.supply
         WHERE f.purchase_order = p.id AND fu.location = ANY(:places))
"""
"""With a line that comes to one of `:places`. For purchase orders `p`."""

FIND_ORDER = f"""
SELECT {ORDER_IS_AT} AS is_at FROM orders o
 WHERE o.merchant = :merchant AND o.number = :number
"""  # noqa: S608 -- ORDER_IS_AT is a constant

ORDERS_AT = f"""
SELECT o.number FROM orders o
 WHERE o.merchant = :merchant AND o.number = ANY(:numbers) AND ({ORDER_IS_AT})
"""  # noqa: S608 -- ORDER_IS_AT is a constant

FIND_PURCHASE_ORDER = f"""
SELECT {PURCHASE_ORDER_IS_AT} AS is_at FROM purchase_order p
 WHERE p.merchant = :merchant AND p.number = :number
"""  # noqa: S608 -- PURCHASE_ORDER_IS_AT is a constant


def is_order_at(tx: Tx, number: str, places: Sequence[str]) -> bool:
    """Whether an order has to do with one of these locations; a refusal if there is none."""
    return _is_at(tx.rows(FIND_ORDER, **_asked(tx, number, places)), "order", number)


def orders_at(tx: Tx, numbers: Sequence[str], places: Sequence[str] | None) -> frozenset[str]:
    """Those of these orders that have to do with one of these locations; all where None."""
    if places is None:
        return frozenset(numbers)
    rows = tx.rows(ORDERS_AT, merchant=tx.merchant, numbers=list(numbers), places=list(places))
    return frozenset(row.number for row in rows)


def is_purchase_order_at(tx: Tx, number: str, places: Sequence[str]) -> bool:
    """Whether a purchase order brings anything there; a refusal if there is none."""
    rows = tx.rows(FIND_PURCHASE_ORDER, **_asked(tx, number, places))
    return _is_at(rows, "purchase order", number)


def _asked(tx: Tx, number: str, places: Sequence[str]) -> dict[str, object]:
    return {"merchant": tx.merchant, "number": number, "places": list(places)}


def _is_at(rows: Sequence[Any], what: str, number: str) -> bool:
    if not rows:
        raise missing(what, number)
    # An order that is bound nowhere and has nothing anywhere is NULL.
    return bool(rows[0].is_at)
