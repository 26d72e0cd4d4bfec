"""Who holds what those in front still want."""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime

from fulfillment.domain.model.rank import LAST_PRIORITY, Rank
from fulfillment.store.queue.affected_pegs import Reached
from fulfillment.store.queue.reach import QueueQuery, rank_parameters
from fulfillment.store.transactions.session import Tx

HOLDERS = """
WITH wants AS (
    SELECT d.sku, d.priority, d.placed_at, d.intake_seq, d.wanted
      FROM open_demand d
     WHERE d.merchant = :merchant AND d.sku = ANY(:skus) AND d.order_id = ANY(:orders)
       AND d.wanted > 0
     UNION ALL
    SELECT m.sku, CAST(:priority AS int), CAST(:placed_at AS timestamptz),
           CAST(:intake_seq AS bigint), m.units
      FROM unnest(CAST(:asked_skus AS text[]), CAST(:asked AS bigint[])) AS m(sku, units)
     WHERE m.units > 0
), hungry AS (
    SELECT DISTINCT ON (sku) sku, priority, placed_at, intake_seq,
           sum(wanted) OVER (PARTITION BY sku) AS units
      FROM wants ORDER BY sku, priority, placed_at, intake_seq
)
SELECT hungry.sku, place.location, h.order_id, hungry.units > :batch AS may_be_cut
  FROM hungry CROSS JOIN unnest(CAST(:locations AS text[])) AS place(location) CROSS JOIN LATERAL (
"""

WAITING = """
    SELECT d.order_id
      FROM open_demand d
      JOIN allocation a ON a.shipment_line = d.shipment_line AND a.location = place.location
     WHERE d.merchant = :merchant AND d.sku = hungry.sku AND d.held > 0
       AND a.units - a.picked - a.staged > a.pinned
       AND (d.priority, d.placed_at, d.intake_seq)
         > (hungry.priority, hungry.placed_at, hungry.intake_seq)
     ORDER BY d.priority DESC, d.placed_at DESC, d.intake_seq DESC
     LIMIT least(hungry.units, :batch)) h
"""

RELEASED = """
    SELECT o.id AS order_id
      FROM allocation a
      JOIN shipment_line sl ON sl.id = a.shipment_line
      JOIN shipment s ON s.id = sl.shipment AND s.status = 'ready'
      JOIN orders o ON o.id = s.order_id
     WHERE a.merchant = :merchant AND a.sku = hungry.sku AND a.location = place.location
       AND a.units - a.picked - a.staged > a.pinned AND NOT a.drop_ship
       AND (o.priority, o.placed_at, o.intake_seq)
         > (hungry.priority, hungry.placed_at, hungry.intake_seq)
     ORDER BY o.priority DESC, o.placed_at DESC, o.intake_seq DESC
     LIMIT least(hungry.units, :batch)) h
"""


def holders_behind(tx: Tx, reach: QueueQuery, orders: Collection[int]) -> Reached:
    """Orders behind the first of these that hold units of what these still want, a batch of them.

    The last in rank at each location: one that holds units elsewhere may be of no use. What a
    person pinned is for nobody else.
    """
    rank, asked = reach.asking or (NOBODY, {})
    parameters: dict[str, object] = {
        "merchant": tx.merchant,
        "skus": sorted(reach.skus),
        "locations": list(reach.locations),
        "orders": list(orders),
        "asked_skus": list(asked),
        "asked": list(asked.values()),
        "batch": reach.batch,
        **rank_parameters(rank),
    }
    found = [tx.rows(HOLDERS + WAITING, **parameters)]
    if reach.unpicked:
        found.append(tx.rows(HOLDERS + RELEASED, **parameters))
    cut = set()
    for rows in found:
        read = Counter((row.sku, row.location) for row in rows if row.may_be_cut)
        cut |= {sku for (sku, _), lines in read.items() if lines >= reach.batch}
    return Reached(frozenset(row.order_id for rows in found for row in rows), frozenset(cut))


NOBODY = Rank(LAST_PRIORITY, datetime.max.replace(tzinfo=UTC), 0)
