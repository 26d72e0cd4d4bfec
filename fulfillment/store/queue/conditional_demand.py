"""What orders want that take nothing unless it completes them: all at once, past later holders."""

from collections import Counter
from collections.abc import Collection

from fulfillment.store.transactions.session import Tx

CONDITIONAL = "conditional"
"""The gate of their lines in `open_demand`."""

WANTED = """
SELECT d.sku, sum(d.wanted)::bigint AS units FROM open_demand d
 WHERE d.order_id = ANY(:orders) AND d.merchant = :merchant AND d.sku = ANY(:skus)
   AND d.gate = :gate
 GROUP BY d.sku
"""


def wanted_conditionally(tx: Tx, skus: Collection[str], orders: Collection[int]) -> Counter[str]:
    """Units by SKU that these orders want.

    One that is completed takes from those who hold units behind it, in each of its queues, and
    leaves the pegs that it had there: so many may be freed, and asked for by those who lost.
    """
    if not orders:
        return Counter()
    rows = tx.rows(
        WANTED, orders=sorted(orders), merchant=tx.merchant, skus=sorted(skus), gate=CONDITIONAL
    )
    return Counter({row.sku: row.units for row in rows})
