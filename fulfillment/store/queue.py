"""Who stands in a SKU's queue: read from the head, as far as there is something to give."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from fulfillment.domain.rank import Rank
from fulfillment.store.choosers import CHOOSY, wanted_by_choosers
from fulfillment.store.edges import Ground, Reached, at_the_edges, displaced_by
from fulfillment.store.late_pins import orders_of_late_pins
from fulfillment.store.session import Tx
from fulfillment.store.sources import Stir
from fulfillment.store.unplanned import unplanned_in

BATCH = 2_000
"""Waiting lines that one transaction gives stock to, at most, for one SKU and place, and units of
pegs that it moves. Each batch fills lines, which then leave the queue, so that the next begins
with others."""

MOST = 50_000
"""Lines that are read together where a batch would not go on: those before a first claim whose
own is still to come, since nobody may pass them, and those that can only be pegged, since a
pegged line stays where it is."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which queues are read, and what there is to give to those who stand in them.

    Where a change of status starts allocation, `everybody` with a peg is looked at. Who is pegged
    on a supply of those `written` is, too.

    With `claiming`, the first and the last rank of some first claims, only orders are reached
    whose first claim is still to come and that rank no later than the last: all others have had
    their turn, and want nothing that is free. What the orders `freeing` hold counts as something
    to give, and so do units of the `margin`, which the caller is about to add; the orders
    themselves are not looked for. `asking` are the units that somebody at a rank is about to want
    beside what stands in the queues. `locations` are those the merchant may use, with the day that
    it is at each. With `unpicked`, released shipments nobody picks yet may give too.
    """

    skus: frozenset[str]
    locations: Mapping[str, date]
    claiming: tuple[Rank, Rank] | None = None
    freeing: Collection[int] = ()
    margin: Mapping[str, int] = field(default_factory=dict)
    asking: tuple[Rank, Mapping[str, int]] | None = None
    unpicked: bool = False
    everybody: bool = False
    written: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The orders at the head of some queues; where more wait, the last rank that was reached.

    In the queues of `more`, pegs of further orders have to move as well. The `unplanned` are those
    of whom others noted that they are to be planned; there are further ones in the queues of
    `noted`.
    """

    orders: frozenset[int]
    until: Mapping[str, Rank]
    more: frozenset[str] = frozenset()
    unplanned: frozenset[int] = frozenset()
    noted: frozenset[str] = frozenset()


POOL = """
WITH usable AS (
    SELECT * FROM unnest(CAST(:locations AS text[]), CAST(:days AS date[])) AS u(location, today)
), place AS (
    SELECT NULL AS location UNION ALL SELECT location FROM usable
), freed AS (
    SELECT a.sku, sum(a.units) AS units
      FROM shipment_line sl JOIN allocation a ON a.shipment_line = sl.id
     WHERE sl.order_id = ANY(:freeing) GROUP BY a.sku
)
SELECT k.sku, place.location,
       (coalesce((SELECT sum(v.on_hand - v.allocated)
                    FROM stock_level v JOIN usable ON usable.location = v.location
                   WHERE v.merchant = :merchant AND v.sku = k.sku
                     AND v.disposition = 'sellable'
                     AND (place.location IS NULL OR v.location = place.location)), 0)
        + coalesce((SELECT units FROM freed WHERE freed.sku = k.sku), 0) + k.margin)::int AS stock,
       coalesce((SELECT sum(s.ordered - s.received - s.closed)
                   FROM supply s JOIN usable ON usable.location = s.location
                   LEFT JOIN purchase_order_line l ON l.supply = s.id
                   LEFT JOIN purchase_order o ON o.id = l.purchase_order
                  WHERE s.merchant = :merchant AND s.sku = k.sku AND s.inbound
                    AND (s.expected_on >= usable.today OR o.status = 'arrived')
                    AND (place.location IS NULL OR s.location = place.location)), 0)::int AS inbound
  FROM unnest(CAST(:skus AS text[]), CAST(:margins AS int[])) AS k(sku, margin)
 CROSS JOIN place
"""

LINES = """
           (SELECT d.*, CASE WHEN gate.takes THEN d.wanted ELSE 0 END AS taken FROM open_demand d
             WHERE d.merchant = :merchant AND d.sku = pool.sku AND d.gate = gate.name
               AND d.wanted > 0 AND {lock}
               AND d.order_id <> ALL(:freeing)
               AND (CAST(:priority AS int) IS NULL OR (d.priority, d.placed_at, d.intake_seq)
                    <= (:priority, :placed_at, :intake_seq))
             ORDER BY d.lock_location, d.priority, d.placed_at, d.intake_seq, d.shipment_line
             LIMIT CASE WHEN NOT gate.takes THEN :most
                        ELSE least(pool.units,
                                   CASE WHEN pool.stock > 0 THEN :batch ELSE :most END) END)
"""
"""Read twice, and sorted by the location first: an index finds no rows by `IS NOT DISTINCT FROM`,
and gives its order only with every column named."""

UNLOCKED = LINES.format(lock="pool.location IS NULL AND d.lock_location IS NULL")
LOCKED = LINES.format(lock="d.lock_location = pool.location")

HUNGRY = f"""
WITH head AS (
    SELECT pool.sku, pool.location, pool.stock, pool.units, gate.name AS gate,
           d.order_id, d.priority, d.placed_at, d.intake_seq, d.wanted,
           gate.takes,
           count(*) OVER (PARTITION BY pool.sku, pool.location, gate.name) AS in_gate,
           sum(d.taken) OVER (PARTITION BY pool.sku, pool.location) AS wanted_in_all,
           sum(d.taken) OVER (PARTITION BY pool.sku, pool.location
               ORDER BY d.priority, d.placed_at, d.intake_seq, d.shipment_line)
               - d.taken AS wanted_before
      FROM unnest(CAST(:skus AS text[]), CAST(:places AS text[]), CAST(:stocks AS int[]),
                  CAST(:units AS int[])) AS pool(sku, location, stock, units)
     CROSS JOIN unnest(CAST(:gates AS text[]), CAST(:takes AS boolean[])) AS gate(name, takes)
     CROSS JOIN LATERAL (
{UNLOCKED}
            UNION ALL
{LOCKED}) d
)
SELECT sku, location, gate, order_id, priority, placed_at, intake_seq, wanted,
       takes AND stock > 0 AND in_gate >= :batch AND wanted_in_all < units AS is_cut
  FROM head WHERE wanted_before < units
"""  # noqa: S608 -- constants

GATES = {"open": True, "first": True, "choosy": False, "closed": False}
"""Which lines are read, and whether they are sure to take what is there for them. Those that are
not are read beside them: what they decline is for those behind."""

PEGGED = """
SELECT DISTINCT d.order_id FROM supply u
  JOIN peg p ON p.supply = u.id
  JOIN open_demand d ON d.shipment_line = p.shipment_line
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus)
"""

ASKED = """
SELECT l.sku, sum(sl.units)::int AS units,
       sum((SELECT coalesce(sum(p.units), 0) FROM peg p WHERE p.shipment_line = sl.id))::int
           AS pegged
  FROM shipment_line sl
  JOIN shipment s ON s.id = sl.shipment AND s.status IN ('backorder', 'future', 'ready')
  JOIN order_line l ON l.order_id = sl.order_id AND l.line = sl.order_line
 WHERE sl.order_id = ANY(:freeing) AND l.sku = ANY(:skus) GROUP BY l.sku
"""


def head_of_queues(tx: Tx, reach: Reach) -> Head:
    """The orders that what is there could reach, and those whose pegs may move with it.

    A line is reached if less than what there is to give is wanted before it. A queue that is not
    read to its end is looked at only so far: the next batch goes on.
    """
    late = frozenset() if reach.claiming else orders_of_late_pins(tx, reach.skus, reach.locations)
    reach = replace(reach, freeing={*reach.freeing, *late})
    pools = _pools(tx, reach)
    hungry = _hungry(tx, reach, pools)
    until = _last_ranks(row for row in hungry if row.is_cut)
    whole = sorted(reach.skus - until.keys())
    pegged = _pegged(tx, reach, pools, hungry, whole)
    unplanned = unplanned_in(tx, () if reach.claiming else whole, BATCH)
    return Head(
        pegged.orders | unplanned.orders | late | {row.order_id for row in hungry},
        until,
        pegged.cut,
        unplanned.orders,
        unplanned.cut,
    )


def _pools(tx: Tx, reach: Reach) -> list[Any]:
    skus = sorted(reach.skus)
    return tx.rows(
        POOL,
        merchant=tx.merchant,
        skus=skus,
        locations=list(reach.locations),
        days=list(reach.locations.values()),
        freeing=list(reach.freeing),
        margins=[reach.margin.get(sku, 0) for sku in skus],
    )


def _hungry(tx: Tx, reach: Reach, pools: list[Any]) -> list[Any]:
    """The lines that stock reaches; for first claims and for everybody, inbound units too."""
    inbound_too = reach.everybody or reach.claiming
    units = {pool: pool.stock + (pool.inbound if inbound_too else 0) for pool in pools}
    reached = [pool for pool in pools if units[pool] > 0]
    if not reached:
        return []
    gates = {"first": True} if reach.claiming else GATES
    return tx.rows(
        HUNGRY,
        merchant=tx.merchant,
        skus=[pool.sku for pool in reached],
        places=[pool.location for pool in reached],
        stocks=[pool.stock for pool in reached],
        units=[units[pool] for pool in reached],
        freeing=list(reach.freeing),
        gates=list(gates),
        takes=list(gates.values()),
        batch=MOST if reach.claiming else BATCH,
        most=MOST,
        **rank_parameters(reach.claiming and reach.claiming[1]),
    )


def _pegged(
    tx: Tx, reach: Reach, pools: list[Any], hungry: list[Any], skus: Collection[str]
) -> Reached:
    """The orders whose pegs may move."""
    if reach.everybody:
        rows = tx.rows(PEGGED, merchant=tx.merchant, skus=sorted(reach.skus))
        return Reached(frozenset(row.order_id for row in rows))
    ground = Ground(reach.locations, BATCH, reach.freeing, reach.written)
    asked, freed = _asked(tx, reach)
    if reach.claiming:
        for row in hungry:
            asked[row.sku] += row.wanted
        return Reached(displaced_by(tx, ground, asked, reach.claiming[0]))
    for pool in pools:
        freed[pool.sku] += max(pool.stock, 0) if pool.location is None else 0
    chosen = wanted_by_choosers(tx, skus, {row.order_id for row in hungry if row.gate == CHOOSY})
    asked, freed = asked + chosen, freed + chosen
    return at_the_edges(tx, ground, {sku: Stir(freed[sku], asked[sku]) for sku in skus})


def _asked(tx: Tx, reach: Reach) -> tuple[Counter[str], Counter[str]]:
    """Units by SKU that some orders want, or may want now, and those that they are pegged on."""
    asked, freed = Counter(reach.asking[1] if reach.asking else {}), Counter[str]()
    if reach.freeing:
        for row in tx.rows(ASKED, freeing=list(reach.freeing), skus=sorted(reach.skus)):
            asked[row.sku] += row.units
            freed[row.sku] += row.pegged
    return asked, freed


def _last_ranks(rows: Iterable[Any]) -> dict[str, Rank]:
    """The last rank to which each queue was read as a whole, where it was not read to its end.

    Lines that are bound to a place are read beside those that are not. Behind the first of these
    ends there may be somebody unread, whom nobody may pass.
    """
    ends: dict[tuple[str, str | None, str], Rank] = {}
    for row in rows:
        part = (row.sku, row.location, row.gate)
        rank = Rank(row.priority, row.placed_at, row.intake_seq)
        ends[part] = max(rank, ends.get(part, rank))
    last: dict[str, Rank] = {}
    for (sku, _, _), rank in ends.items():
        last[sku] = min(rank, last.get(sku, rank))
    return last


def rank_parameters(rank: Rank | None) -> dict[str, object]:
    """A rank as the parameters of a statement."""
    if rank is None:
        return {"priority": None, "placed_at": None, "intake_seq": None}
    return {
        "priority": rank.priority,
        "placed_at": rank.placed_at,
        "intake_seq": rank.intake_seq,
    }
