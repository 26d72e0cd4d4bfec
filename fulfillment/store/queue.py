"""Who stands in a SKU's queue: read from the head, as far as there is something to give."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    it is at each. With `unpicked`, released shipments nobody picks yet may give too. In the queues
    `awaiting_status`, only first claims and what is released take what is there. A `batch` is how
    many lines of each sort are served, and units of pegs moved.
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
    awaiting_status: Collection[str] = ()
    batch: int = BATCH


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
        + coalesce((SELECT units FROM freed WHERE freed.sku = k.sku), 0)
        + k.margin)::bigint AS stock,
       coalesce((SELECT sum(s.ordered - s.received - s.closed)
                   FROM supply s JOIN usable ON usable.location = s.location
                   LEFT JOIN purchase_order_line l ON l.supply = s.id
                   LEFT JOIN purchase_order o ON o.id = l.purchase_order
                  WHERE s.merchant = :merchant AND s.sku = k.sku AND s.inbound
                    AND (s.expected_on >= usable.today OR o.status = 'arrived')
                    AND (place.location IS NULL OR s.location = place.location)), 0)::bigint
           AS inbound
  FROM unnest(CAST(:skus AS text[]), CAST(:margins AS bigint[])) AS k(sku, margin)
 CROSS JOIN place
"""

LINES = """
           (SELECT d.* FROM open_demand d
             WHERE d.merchant = :merchant AND d.sku = pool.sku AND d.gate = gate.name
               AND d.wanted > 0 AND {lock}
               AND d.order_id <> ALL(:freeing)
               AND (CAST(:priority AS int) IS NULL OR (d.priority, d.placed_at, d.intake_seq)
                    <= (:priority, :placed_at, :intake_seq))
             ORDER BY d.lock_location, d.priority, d.placed_at, d.intake_seq, d.shipment_line
             LIMIT pool.most)
"""
"""Read twice, and sorted by the location first: an index finds no rows by `IS NOT DISTINCT FROM`,
and gives its order only with every column named."""

UNLOCKED = LINES.format(lock="pool.location IS NULL AND d.lock_location IS NULL")
LOCKED = LINES.format(lock="d.lock_location = pool.location")

HUNGRY = f"""
SELECT pool.sku, pool.location, gate.name AS gate, d.order_id, d.priority, d.placed_at,
       d.intake_seq, d.wanted, pool.takes OR d.counts_from IS NOT NULL AS takes
  FROM unnest(CAST(:skus AS text[]), CAST(:places AS text[]), CAST(:gates AS text[]),
              CAST(:takes AS boolean[]), CAST(:most AS int[]))
       AS pool(sku, location, gate, takes, most)
 CROSS JOIN LATERAL (SELECT pool.gate) AS gate(name)
 CROSS JOIN LATERAL (
{UNLOCKED}
            UNION ALL
{LOCKED}) d
 ORDER BY d.priority, d.placed_at, d.intake_seq, d.shipment_line
"""  # noqa: S608 -- constants

GATES = {"first": True, "open": True, "choosy": False, "closed": False}
"""Which lines are read, and whether they are sure to take what is there for them. Those that are
not are read beside them: what they decline is for those behind."""

PEGGED = """
SELECT DISTINCT d.order_id FROM supply u
  JOIN peg p ON p.supply = u.id
  JOIN open_demand d ON d.shipment_line = p.shipment_line
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus)
"""

ASKED = """
SELECT l.sku, sum(sl.units)::bigint AS units,
       sum((SELECT coalesce(sum(p.units), 0) FROM peg p WHERE p.shipment_line = sl.id))::bigint
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
    hungry, until = _hungry(tx, reach, pools)
    whole = sorted(reach.skus - until.keys())
    pegged = _pegged(tx, reach, pools, hungry, whole)
    unplanned = unplanned_in(tx, () if reach.claiming else whole, reach.batch)
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


def _hungry(tx: Tx, reach: Reach, pools: list[Any]) -> tuple[list[Any], dict[str, Rank]]:
    """The lines that stock reaches, and where a queue is cut, the last rank that was reached.

    For first claims and for everybody, inbound units reach as well.
    """
    inbound_too = reach.everybody or reach.claiming
    units = {
        (pool.sku, pool.location): pool.stock + (pool.inbound if inbound_too else 0)
        for pool in pools
    }
    parts = [
        _Part(pool.sku, pool.location, gate, *_limit(reach, pool, gate, units))
        for pool in pools
        if units[pool.sku, pool.location] > 0
        for gate in (GATES if not reach.claiming else ("first",))
    ]
    if not parts:
        return [], {}
    rows = tx.rows(
        HUNGRY,
        merchant=tx.merchant,
        skus=[part.sku for part in parts],
        places=[part.location for part in parts],
        gates=[part.gate for part in parts],
        takes=[part.takes for part in parts],
        most=[part.most for part in parts],
        freeing=list(reach.freeing),
        **rank_parameters(reach.claiming and reach.claiming[1]),
    )
    return _reached(parts, rows, units)


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines of one gate that are bound to one place, or to none, and how many are read."""

    sku: str
    location: str | None
    gate: str
    takes: bool
    most: int


def _limit(
    reach: Reach, pool: Any, gate: str, units: Mapping[tuple[str, str | None], int]
) -> tuple[bool, int]:
    """Whether lines of a gate take what is there, and how many of them are read at most.

    A line that takes wants a unit at least, so there are never more of them than units.
    """
    takes = GATES[gate] and (gate == "first" or pool.sku not in reach.awaiting_status)
    batch = reach.batch if takes and pool.stock > 0 and not reach.claiming else MOST
    return takes, min(batch, units[pool.sku, pool.location]) if takes else MOST


def _reached(
    parts: Iterable[_Part], rows: Sequence[Any], units: Mapping[tuple[str, str | None], int]
) -> tuple[list[Any], dict[str, Rank]]:
    """Of the lines read, in rank order, those that what is there reaches.

    Where a part was not read to its end, somebody unread may stand behind it, whom nobody may
    pass: the queue is cut there, unless those before the cut take all that there is.
    """
    read = Counter((row.sku, row.location, row.gate) for row in rows)
    last = {(row.sku, row.location, row.gate): _rank(row) for row in rows}
    until: dict[str, Rank] = {}
    for part in parts:
        key = (part.sku, part.location, part.gate)
        if read[key] == part.most:
            until[part.sku] = min(last[key], until.get(part.sku, last[key]))
    taken: Counter[tuple[str, str | None]] = Counter()
    reached = []
    for row in rows:
        place = (row.sku, row.location)
        is_cut = row.sku in until and _rank(row) > until[row.sku]
        if not is_cut and taken[place] < units[place]:
            reached.append(row)
            taken[place] += row.wanted if row.takes else 0
    ended = {sku for sku in until if taken[sku, None] >= units[sku, None]}
    return reached, {sku: rank for sku, rank in until.items() if sku not in ended}


def _rank(row: Any) -> Rank:
    return Rank(row.priority, row.placed_at, row.intake_seq)


def _pegged(
    tx: Tx, reach: Reach, pools: list[Any], hungry: list[Any], skus: Collection[str]
) -> Reached:
    """The orders whose pegs may move."""
    if reach.everybody:
        rows = tx.rows(PEGGED, merchant=tx.merchant, skus=sorted(reach.skus))
        return Reached(frozenset(row.order_id for row in rows))
    ground = Ground(reach.locations, reach.batch, reach.freeing, reach.written)
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


def rank_parameters(rank: Rank | None) -> dict[str, object]:
    """A rank as the parameters of a statement."""
    if rank is None:
        return {"priority": None, "placed_at": None, "intake_seq": None}
    return {
        "priority": rank.priority,
        "placed_at": rank.placed_at,
        "intake_seq": rank.intake_seq,
    }
