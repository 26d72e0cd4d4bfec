"""Who stands in a SKU's queue: read from the head, as far as there is something to give."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from fulfillment.domain.rank import LAST_PRIORITY, Rank
from fulfillment.store.session import Tx

BATCH = 2_000
"""Waiting lines that one transaction gives stock to, at most, for one SKU and place. Each batch
fills lines, which then leave the queue, so that the next begins with others."""

MOST = 50_000
"""Lines that are read together where a batch would not go on: those before a first claim whose
own is still to come, since nobody may pass them, and those that can only be pegged, since a
pegged line stays where it is."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which queues are read, and what there is to give to those who stand in them.

    With `claiming`, the first and the last rank of some first claims, only orders are reached
    whose first claim is still to come and that rank no later than the last: all others have had
    their turn, and want nothing that is free. What the orders `freeing` hold counts as something
    to give, and so do units of the `margin`, which the caller is about to add; the orders
    themselves are not looked for. `asking` are the units that somebody at a rank is about to want
    beside what stands in the queues. `locations` are those the merchant may use, with the day that
    it is at each. With `unpicked`, released shipments nobody picks yet may give too.
    """

    skus: Collection[str]
    locations: Mapping[str, date]
    claiming: tuple[Rank, Rank] | None = None
    freeing: Collection[int] = ()
    margin: Mapping[str, int] = field(default_factory=dict)
    asking: tuple[Rank, Mapping[str, int]] | None = None
    unpicked: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The orders at the head of some queues; where more wait, the last rank that was reached."""

    orders: frozenset[int]
    until: Mapping[str, Rank]


HUNGRY = """
WITH usable AS (
    SELECT * FROM unnest(CAST(:locations AS text[]), CAST(:days AS date[])) AS u(location, today)
), place AS (
    SELECT NULL AS location UNION ALL SELECT location FROM usable
), pool AS (
    SELECT k.sku, place.location,
           coalesce((SELECT sum(v.on_hand - v.allocated)
                       FROM stock_level v JOIN usable ON usable.location = v.location
                      WHERE v.merchant = :merchant AND v.sku = k.sku
                        AND v.disposition = 'sellable'
                        AND (place.location IS NULL OR v.location = place.location)), 0)
         + coalesce((SELECT sum(a.units) FROM allocation a
                       JOIN shipment_line sl ON sl.id = a.shipment_line
                      WHERE sl.order_id = ANY(:freeing) AND a.sku = k.sku), 0)
         + k.margin AS stock,
           coalesce((SELECT sum(s.ordered - s.received - s.closed)
                       FROM supply s JOIN usable ON usable.location = s.location
                       LEFT JOIN purchase_order_line l ON l.supply = s.id
                       LEFT JOIN purchase_order o ON o.id = l.purchase_order
                      WHERE s.merchant = :merchant AND s.sku = k.sku AND s.inbound
                        AND (s.expected_on >= usable.today OR o.status = 'arrived')
                        AND (place.location IS NULL OR s.location = place.location)), 0) AS inbound
      FROM unnest(CAST(:skus AS text[]), CAST(:margins AS int[])) AS k(sku, margin)
     CROSS JOIN place
), head AS (
    SELECT pool.sku, pool.stock, pool.stock + pool.inbound AS units,
           d.order_id, d.priority, d.placed_at, d.intake_seq,
           gate.takes,
           count(*) OVER (PARTITION BY pool.sku, pool.location, gate.name) AS in_gate,
           sum(d.taken) OVER (PARTITION BY pool.sku, pool.location) AS wanted_in_all,
           sum(d.taken) OVER (PARTITION BY pool.sku, pool.location
               ORDER BY d.priority, d.placed_at, d.intake_seq, d.shipment_line)
               - d.taken AS wanted_before
      FROM pool
     CROSS JOIN unnest(CAST(:gates AS text[]), CAST(:takes AS boolean[])) AS gate(name, takes)
     CROSS JOIN LATERAL (
           SELECT d.*, CASE WHEN gate.takes THEN d.wanted ELSE 0 END AS taken FROM open_demand d
            WHERE d.merchant = :merchant AND d.sku = pool.sku AND d.gate = gate.name
              AND d.wanted > 0 AND d.lock_location IS NOT DISTINCT FROM pool.location
              AND d.order_id <> ALL(:freeing)
              AND (CAST(:priority AS int) IS NULL OR (d.priority, d.placed_at, d.intake_seq)
                   <= (:priority, :placed_at, :intake_seq))
            ORDER BY d.priority, d.placed_at, d.intake_seq, d.shipment_line
            LIMIT CASE WHEN pool.stock + pool.inbound <= 0 THEN 0
                       WHEN NOT gate.takes THEN :most
                       ELSE least(pool.stock + pool.inbound,
                                  CASE WHEN pool.stock > 0 THEN :batch ELSE :most END) END) d
)
SELECT sku, order_id, priority, placed_at, intake_seq,
       takes AND stock > 0 AND in_gate >= :batch AND wanted_in_all < units AS is_cut
  FROM head WHERE wanted_before < units
"""

GATES = {"open": True, "first": True, "choosy": False, "closed": False}
"""Which lines are read, and whether they are sure to take what is there for them. Those that are
not are read beside them: what they decline is for those behind."""

PEGGED = """
SELECT DISTINCT d.order_id FROM supply u
  JOIN peg p ON p.supply = u.id
  JOIN open_demand d ON d.shipment_line = p.shipment_line
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus)
   AND (CAST(:priority AS int) IS NULL OR (d.priority, d.placed_at, d.intake_seq)
        >= (:priority, :placed_at, :intake_seq))
 LIMIT :most
"""

HOLDERS = """
WITH wants AS (
    SELECT d.sku, d.priority, d.placed_at, d.intake_seq, d.wanted
      FROM open_demand d
     WHERE d.merchant = :merchant AND d.sku = ANY(:skus) AND d.order_id = ANY(:orders)
       AND d.wanted > 0
     UNION ALL
    SELECT m.sku, CAST(:priority AS int), CAST(:placed_at AS timestamptz),
           CAST(:intake_seq AS bigint), m.units
      FROM unnest(CAST(:asked_skus AS text[]), CAST(:asked AS int[])) AS m(sku, units)
     WHERE m.units > 0
), hungry AS (
    SELECT DISTINCT ON (sku) sku, priority, placed_at, intake_seq,
           sum(wanted) OVER (PARTITION BY sku) AS units
      FROM wants ORDER BY sku, priority, placed_at, intake_seq
)
SELECT DISTINCT h.order_id
  FROM hungry CROSS JOIN unnest(CAST(:locations AS text[])) AS place(location) CROSS JOIN LATERAL (
    SELECT d.order_id
      FROM open_demand d
      JOIN allocation a ON a.shipment_line = d.shipment_line AND a.location = place.location
     WHERE d.merchant = :merchant AND d.sku = hungry.sku AND d.held > 0
       AND a.units > a.picked + a.staged
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
       AND a.units > a.picked + a.staged AND NOT a.drop_ship
       AND (o.priority, o.placed_at, o.intake_seq)
         > (hungry.priority, hungry.placed_at, hungry.intake_seq)
     ORDER BY o.priority DESC, o.placed_at DESC, o.intake_seq DESC
     LIMIT least(hungry.units, :batch)) h
"""

RELEASED_HOLDERS = HOLDERS[: HOLDERS.index("    SELECT d.order_id\n")] + RELEASED


def head_of_queues(tx: Tx, reach: Reach) -> Head:
    """The orders that what is there and what is coming could reach, and the pegs they displace.

    A line is reached if less than what there is to give is wanted before it.
    """
    first, last = reach.claiming or (None, None)
    skus = sorted(reach.skus)
    common = {"merchant": tx.merchant, "skus": skus}
    gates = {"first": True} if reach.claiming else GATES
    hungry = tx.rows(
        HUNGRY,
        locations=list(reach.locations),
        days=list(reach.locations.values()),
        freeing=list(reach.freeing),
        margins=[reach.margin.get(sku, 0) for sku in skus],
        gates=list(gates),
        takes=list(gates.values()),
        batch=MOST if reach.claiming else BATCH,
        most=MOST,
        **_rank_parameters(last),
        **common,
    )
    pegged = tx.rows(PEGGED, most=MOST, **_rank_parameters(first), **common)
    orders = frozenset(row.order_id for row in [*hungry, *pegged])
    return Head(orders, _last_ranks(row for row in hungry if row.is_cut))


def _last_ranks(rows: Iterable[Any]) -> dict[str, Rank]:
    """The last rank reached in each queue that was not read to its end."""
    last: dict[str, Rank] = {}
    for row in rows:
        rank = Rank(row.priority, row.placed_at, row.intake_seq)
        last[row.sku] = max(rank, last.get(row.sku, rank))
    return last


def holders_behind(tx: Tx, reach: Reach, orders: Collection[int]) -> frozenset[int]:
    """Waiting orders behind the first of these that hold units of what these still want.

    The last in rank at each location: one that holds units elsewhere may be of no use.
    """
    rank, asked = reach.asking or (NOBODY, {})
    parameters: dict[str, object] = {
        "merchant": tx.merchant,
        "skus": sorted(reach.skus),
        "locations": list(reach.locations),
        "orders": list(orders),
        "asked_skus": list(asked),
        "asked": list(asked.values()),
        "batch": BATCH,
        **_rank_parameters(rank),
    }
    rows = tx.rows(HOLDERS, **parameters)
    if reach.unpicked:
        rows += tx.rows(RELEASED_HOLDERS, **parameters)
    return frozenset(row.order_id for row in rows)


NOBODY = Rank(LAST_PRIORITY, datetime.max.replace(tzinfo=UTC), 0)


def _rank_parameters(rank: Rank | None) -> dict[str, object]:
    if rank is None:
        return {"priority": None, "placed_at": None, "intake_seq": None}
    return {
        "priority": rank.priority,
        "placed_at": rank.placed_at,
        "intake_seq": rank.intake_seq,
    }
