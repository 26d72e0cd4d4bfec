"""Pins that wait for their supply: whose they are, once it counts again or has ended."""

from collections.abc import Iterable, Mapping
from datetime import date

from fulfillment.store.transactions.session import Tx

SETTLED = """
SELECT DISTINCT n.order_id
  FROM supply u
  JOIN late_pin n ON n.supply = u.id
  LEFT JOIN inbound_supply i ON i.id = u.id
  LEFT JOIN unnest(CAST(:locations AS text[]), CAST(:days AS date[])) AS at(location, today)
       ON at.location = u.location
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus)
   AND (i.id IS NULL OR i.counts_until >= at.today)
"""


def orders_of_late_pins(
    tx: Tx, skus: Iterable[str], locations: Mapping[str, date]
) -> frozenset[int]:
    """The orders with late pins on supply that can be pegged again, or that will never come.

    They are planned whatever else is: a pin goes before rank as soon as it can.
    """
    rows = tx.rows(
        SETTLED,
        merchant=tx.merchant,
        skus=sorted(skus),
        locations=list(locations),
        days=list(locations.values()),
    )
    return frozenset(row.order_id for row in rows)
