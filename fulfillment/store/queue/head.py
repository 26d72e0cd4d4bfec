"""Who stands in a SKU's queue: read from the head, as far as there is something to give."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.model.rank import Rank
from fulfillment.store.queue.affected_pegs import Reached, at_the_edges, displaced_by
from fulfillment.store.queue.conditional_demand import CONDITIONAL, wanted_conditionally
from fulfillment.store.queue.reach import QueueQuery, hungry_lines
from fulfillment.store.queue.stale_plans import Unplanned, unplanned_in
from fulfillment.store.queue.supply_usage import QueueDelta
from fulfillment.store.queue.unpegged_lines import SearchScope
from fulfillment.store.records.late_pins import orders_of_late_pins
from fulfillment.store.transactions.dialogue import Question
from fulfillment.store.transactions.session import Tx

BATCH = 2_000
"""Waiting lines that one transaction gives stock to, at most, for one SKU and place, and units of
pegs that it moves. Each batch fills lines, which then leave the queue, so that the next begins
with others."""


@dataclass(frozen=True, slots=True)
class Head:
    """The orders at the head of some queues; where more wait, the last rank that was reached.

    In the queues of `more`, pegs of further orders have to move as well. The `stale` are those
    of whom others noted that they are to be planned; there are further ones in the queues of
    `noted`.
    """

    orders: frozenset[int]
    until: Mapping[str, Rank]
    more: frozenset[str] = frozenset()
    stale: frozenset[int] = frozenset()
    noted: frozenset[str] = frozenset()


POOL = """
WITH freed AS MATERIALIZED (
    SELECT a.sku, sum(a.units) AS units
      FROM shipment_line sl JOIN allocation a ON a.shipment_line = sl.id
     WHERE sl.order_id = ANY(:freeing) GROUP BY a.sku
), there AS (
    SELECT k.sku, u.location, stock.units AS stock, supply.units AS inbound
      FROM unnest(CAST(:skus AS text[])) AS k(sku)
     CROSS JOIN unnest(CAST(:locations AS text[]), CAST(:days AS date[])) AS u(location, today)
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(v.on_hand - v.allocated), 0) - coalesce((
                      SELECT sum(t.units) FROM unnest(CAST(:taken_skus AS text[]),
                             CAST(:taken_at AS text[]), CAST(:taken AS bigint[]))
                             AS t(sku, location, units)
                       WHERE t.sku = k.sku AND t.location = u.location), 0) AS units
             FROM stock_level v
            WHERE v.merchant = :merchant AND v.sku = k.sku AND v.location = u.location
              AND v.disposition = 'sellable') stock
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(s.outstanding), 0) AS units FROM inbound_supply s
            WHERE s.merchant = :merchant AND s.sku = k.sku AND s.location = u.location
              AND s.counts_until >= u.today) supply
), pool AS (
    SELECT sku, location, sum(stock) AS stock, sum(inbound) AS inbound
      FROM there GROUP BY GROUPING SETS ((sku), (sku, location))
)
SELECT pool.sku, pool.location,
       (pool.stock + coalesce(freed.units, 0) + k.margin)::bigint AS stock,
       pool.inbound::bigint AS inbound
  FROM pool
  JOIN unnest(CAST(:skus AS text[]), CAST(:margins AS bigint[])) AS k(sku, margin) USING (sku)
  LEFT JOIN freed USING (sku)
"""
"""What there is to give of each SKU: at each place, and, without a place, at all of them. Read
place by place through the keys: a table that has just grown is taken for empty when planned."""

PEGGED = """
SELECT DISTINCT p.order_id FROM supply u JOIN peg p ON p.supply = u.id
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus) AND u.in_queue
"""

ASKED = """
SELECT l.sku, sum(sl.units)::bigint AS units,
       sum((SELECT coalesce(sum(p.units), 0) FROM peg p WHERE p.shipment_line = sl.id))::bigint
           AS pegged
  FROM shipment_line sl
  JOIN shipment s ON s.id = sl.shipment AND s.status IN ('backorder', 'future', 'ready')
  JOIN order_line l ON l.order_id = sl.order_id AND l.line = sl.order_line
 WHERE sl.order_id = ANY(:freeing) GROUP BY l.sku
"""
"""Of whatever SKU: a list of hundreds that is a parameter is gone through for each line."""


def head_of_queues(tx: Tx, reach: QueueQuery) -> Head:
    """The orders that what is there could reach, and those whose pegs may move with it.

    A line is reached if less than what there is to give is wanted before it. A queue that is not
    read to its end is looked at only so far: the next batch goes on.
    """
    late = frozenset() if reach.claiming else orders_of_late_pins(tx, reach.skus, reach.locations)
    stale = Unplanned() if reach.claiming else unplanned_in(tx, reach.skus, reach.batch)
    reach = replace(reach, freeing={*reach.freeing, *late, *stale.holders})
    wanted = _ask_what_they_want(tx, reach)  # Before the pools, in one flight with them.
    pools = _pools(tx, reach)
    hungry, until = hungry_lines(tx, reach, pools)
    whole = sorted(reach.skus - until.keys())
    pegged = _pegged(tx, reach, _Found(pools, hungry, *_asked(reach, wanted)), whole)
    noted = stale.within(whole)
    return Head(
        pegged.orders | noted.orders | late | {row.order_id for row in hungry},
        until,
        pegged.cut,
        noted.orders,
        noted.cut,
    )


def _pools(tx: Tx, reach: QueueQuery) -> list[Any]:
    skus = sorted(reach.skus)
    return tx.rows(
        POOL,
        merchant=tx.merchant,
        skus=skus,
        locations=list(reach.locations),
        days=list(reach.locations.values()),
        freeing=list(reach.freeing),
        margins=[reach.margin.get(sku, 0) for sku in skus],
        taken_skus=[sku for sku, _ in reach.taken],
        taken_at=[at for _, at in reach.taken],
        taken=list(reach.taken.values()),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is to give, who wants it, and units by SKU that are wanted and freed beside."""

    pools: list[Any]
    hungry: list[Any]
    asked: Counter[str]
    freed: Counter[str]


def _pegged(tx: Tx, reach: QueueQuery, found: _Found, skus: Collection[str]) -> Reached:
    """The orders whose pegs may move."""
    if reach.everybody:
        rows = tx.rows(PEGGED, merchant=tx.merchant, skus=sorted(reach.skus))
        return Reached(frozenset(row.order_id for row in rows))
    ground = SearchScope(reach.locations, reach.batch, reach.freeing, reach.written, reach.imagined)
    asked, freed = found.asked, found.freed
    if reach.claiming:
        for row in found.hungry:
            asked[row.sku] += row.wanted
        return Reached(displaced_by(tx, ground, asked, reach.claiming[0]))
    for pool in found.pools:
        freed[pool.sku] += max(pool.stock, 0) if pool.location is None else 0
    conditional = {row.order_id for row in found.hungry if row.gate == CONDITIONAL}
    chosen = wanted_conditionally(tx, skus, conditional)
    asked, freed = asked + chosen, freed + chosen
    return at_the_edges(tx, ground, {sku: QueueDelta(freed[sku], asked[sku]) for sku in skus})


def _ask_what_they_want(tx: Tx, reach: QueueQuery) -> Question | None:
    if not reach.freeing or reach.everybody:
        return None
    return tx.ask(ASKED, freeing=list(reach.freeing))


def _asked(reach: QueueQuery, wanted: Question | None) -> tuple[Counter[str], Counter[str]]:
    """Units by SKU that some orders want, or may want now, and those that they are pegged on."""
    asked, freed = Counter(reach.asking[1] if reach.asking else {}), Counter[str]()
    for row in wanted.rows() if wanted else ():
        if row.sku in reach.skus:
            asked[row.sku] += row.units
            freed[row.sku] += row.pegged
    return asked, freed
