"""What came on pins: for the lines that a person tied to it, whatever their rank."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from fulfillment.domain.actions.pins import Grant
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx

PINS = """
WITH pin AS (
    SELECT p.shipment_line, p.supply, p.units FROM peg p
     WHERE p.supply = ANY(:supplies) AND p.pinned
     UNION ALL
    SELECT d.shipment_line, n.supply,
           greatest(least(d.wanted, n.units - sum(d.wanted) OVER (
               PARTITION BY n.order_id, n.line, n.supply ORDER BY d.shipment_line) + d.wanted), 0)
      FROM late_pin n
      JOIN shipment_line sl ON sl.order_id = n.order_id AND sl.order_line = n.line
      JOIN open_demand d ON d.shipment_line = sl.id
     WHERE n.supply = ANY(:supplies)
)
SELECT p.shipment_line, p.supply, p.units, sl.order_id
  FROM (SELECT shipment_line, supply, sum(units)::bigint AS units FROM pin GROUP BY 1, 2) p
  JOIN shipment_line sl ON sl.id = p.shipment_line
  JOIN shipment s ON s.id = sl.shipment
  JOIN orders o ON o.id = sl.order_id
  JOIN order_line l ON l.order_id = sl.order_id AND l.line = sl.order_line
 WHERE coalesce(CASE WHEN s.status = 'ready' THEN s.location END, l.source_location,
                o.lock_location, o.pickup_location, :location) = :location
 ORDER BY o.priority, o.placed_at, o.intake_seq, p.shipment_line
"""

Grants = Mapping[int, Sequence[Grant]]
"""What comes on pins, by order."""


def grants_of(tx: Tx, coming: Mapping[int, int], location: str) -> Grants:
    """Share units that come, by supply, among those pinned to them that may use the location.

    The first in rank first; a pin whose supply is late is served as well. The queues are locked,
    so that no pin changes. What comes to a location that is out of use is given to nobody.
    """
    if location not in load_locations(tx):
        return {}
    left = Counter(coming)
    grants: dict[int, list[Grant]] = defaultdict(list)
    for row in tx.rows(PINS, supplies=list(coming), location=location):
        if (units := min(row.units, left[row.supply])) > 0:
            left[row.supply] -= units
            grants[row.order_id].append(Grant(row.shipment_line, row.supply, location, units))
    return grants


def less_granted(coming: Mapping[int, int], grants: Grants) -> Mapping[int, int]:
    """Units by supply that serve the queue: those whose pegs make way are the first in rank."""
    left = Counter(coming)
    for its in grants.values():
        for grant in its:
            left[grant.supply] -= grant.units
    return {supply: max(units, 0) for supply, units in left.items()}
