"""What a customer may choose of an order, read for the rule that says what is offered."""

from collections.abc import Collection
from datetime import date

from fulfillment.domain.insight.offers import USUALLY, OfferKind, OfferTerms
from fulfillment.domain.model.orders import Order
from fulfillment.store.transactions.session import Tx

CHOSE = "customer_chose"
"""How the order's history calls it."""

KINDS = "SELECT offers FROM customer_page WHERE merchant = :merchant"

SUBSTITUTES = """
SELECT p.sku, ARRAY(SELECT s.sku FROM unnest(p.substitutes) WITH ORDINALITY AS named(sku, n)
                      JOIN product s ON s.merchant = p.merchant AND s.sku = named.sku AND s.active
                     ORDER BY named.n) AS substitutes
  FROM product p WHERE p.merchant = :merchant AND p.sku = ANY(:skus) AND p.substitutes <> '{}'
"""

ACCEPTED = """
SELECT facts ->> 'day' AS day FROM happening
 WHERE order_id = :order AND kind = :chose AND facts ->> 'offer' = :accepts
 ORDER BY sequence DESC LIMIT 1
"""

TOLD = """
SELECT n.mail, n.consented_at FROM delay_notice n JOIN mail m ON m.id = n.mail
 WHERE n.order_id = :order AND m.status IN ('sent', 'unknown', 'bounced')
 ORDER BY n.mail DESC LIMIT 1
"""
"""The last mail that may have asked the customer whether a later day will do."""


def load_offer_terms(tx: Tx, order: Order) -> OfferTerms:
    """The merchant's kinds, what may stand in for what waits, and the day accepted last.

    Who was asked by a mail whether a later day will do may say so, whatever else is offered.
    """
    kinds, asked = tx.ask(KINDS, merchant=tx.merchant), tx.ask(TOLD, order=order.id)
    others = tx.ask(SUBSTITUTES, merchant=tx.merchant, skus=_skus(order))
    accepted = tx.ask(ACCEPTED, order=order.id, chose=CHOSE, accepts=OfferKind.ACCEPT_DATE)
    chosen = kinds.rows()
    offered = frozenset(map(OfferKind, chosen[0].offers)) if chosen else USUALLY
    return OfferTerms(
        offered | {OfferKind.ACCEPT_DATE} if asked.rows() else offered,
        {row.sku: tuple(row.substitutes) for row in others.rows()},
        next((date.fromisoformat(row.day) for row in accepted.rows()), None),
    )


def _skus(order: Order) -> Collection[str]:
    return sorted({line.sku for shipment in order.waiting for line in shipment.lines})
