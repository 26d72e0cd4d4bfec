"""Whose pegs a change can move: the lines at the edges of each supply, not all between them.

Pegs are given in rank order, the earliest supply first. So units that become free move only the
first lines of each later supply, and units that are missing only the last lines of each supply,
as many units as that is; whoever stands in between keeps what it has (docs/adr/0019).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from fulfillment.domain.model.rank import Rank
from fulfillment.store.queue.supply_usage import (
    RANK,
    Queue,
    QueueDelta,
    Sort,
    UnpeggedLine,
    load_sources,
)
from fulfillment.store.transactions.session import Tx

WHOLE = 2**31 - 1
"""So many units of a supply are looked at where everybody on it is."""

LINES = """
       (SELECT * FROM open_demand d
         WHERE d.merchant = :merchant AND d.sku = k.sku AND d.gate = gate.name
           AND {lock} AND d.wanted > d.pegged AND d.order_id <> ALL(:freeing)
         ORDER BY d.lock_location, d.priority, d.placed_at, d.intake_seq LIMIT k.most)
"""

UNLOCKED = LINES.format(lock="place.location IS NULL AND d.lock_location IS NULL")
LOCKED = LINES.format(lock="d.lock_location = place.location")

BARE = f"""
SELECT k.sku, d.order_id, d.lock_location, d.counts_from, {RANK} AS place,
       d.wanted - d.pegged AS units
  FROM unnest(CAST(:skus AS text[]), CAST(:most AS bigint[])) AS k(sku, most)
 CROSS JOIN unnest(CAST(:gates AS text[])) AS gate(name)
 CROSS JOIN (SELECT NULL AS location UNION ALL SELECT unnest(CAST(:locations AS text[]))) AS place
 CROSS JOIN LATERAL (
{UNLOCKED}
       UNION ALL
{LOCKED}) d
 ORDER BY d.priority, d.placed_at, d.intake_seq, d.shipment_line
"""  # noqa: S608 -- constants

PEGGED_GATES = ("first", "open", "conditional", "closed")
"""Lines by hand are not pegged."""

MISPLACED = f"""
SELECT c.sku, coalesce(sum(p.units), 0)::bigint AS units
  FROM unnest(CAST(:skus AS text[]), CAST(:supplies AS bigint[]), CAST(:locks AS text[]),
              CAST(:counts AS text[]), CAST(:until AS text[]))
       AS c(sku, supply, lock_location, counts_from, until)
  JOIN peg p ON p.supply = c.supply AND NOT p.pinned
  JOIN open_demand d ON d.shipment_line = p.shipment_line
   AND d.lock_location IS NOT DISTINCT FROM c.lock_location
   AND d.counts_from IS NOT DISTINCT FROM c.counts_from
 WHERE {RANK} < CAST(c.until AS bigint[])
 GROUP BY c.sku
"""  # noqa: S608 -- RANK is a constant

EDGES = """
SELECT DISTINCT order_id FROM (
    SELECT d.order_id, c.firsts, c.lasts,
           sum(p.units) OVER (PARTITION BY p.supply, p.pinned, d.lock_location, d.counts_from
               ORDER BY d.priority, d.placed_at, d.intake_seq, d.shipment_line)
               - p.units AS before,
           sum(p.units) OVER (PARTITION BY p.supply, p.pinned
               ORDER BY d.priority DESC, d.placed_at DESC, d.intake_seq DESC,
                        d.shipment_line DESC) - p.units AS behind
      FROM unnest(CAST(:supplies AS bigint[]), CAST(:pinned AS boolean[]),
                  CAST(:locks AS text[]), CAST(:counts AS text[]), CAST(:firsts AS bigint[]),
                  CAST(:lasts AS bigint[])) AS c(supply, pinned, lock_location, counts_from, firsts,
                                              lasts)
      JOIN peg p ON p.supply = c.supply AND p.pinned = c.pinned
      JOIN open_demand d ON d.shipment_line = p.shipment_line
       AND d.lock_location IS NOT DISTINCT FROM c.lock_location
       AND d.counts_from IS NOT DISTINCT FROM c.counts_from
       AND (CAST(:priority AS int) IS NULL OR (d.priority, d.placed_at, d.intake_seq)
            >= (:priority, :placed_at, :intake_seq))) ranked
 WHERE before < firsts OR behind < lasts
"""


@dataclass(frozen=True, slots=True)
class SearchScope:
    """Where the merchant is, and what is not looked for or looked at as a whole.

    The orders `freeing` are looked at already; everybody on the `written` supplies is. Units that
    have to move because the pegs are not as they should be are moved a `batch` at a time.
    """

    locations: Mapping[str, date]
    batch: int
    freeing: Collection[int] = ()
    written: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """Orders to be planned; in the queues that are `cut`, more units have to move than these."""

    orders: frozenset[int]
    cut: frozenset[str] = frozenset()


class Edge(NamedTuple):
    """The lines of one sort on one supply, and how many units are read from either end."""

    supply: int
    pinned: bool
    lock: str | None
    counts_from: str | None
    firsts: int
    lasts: int


def at_the_edges(tx: Tx, ground: SearchScope, stirs: Mapping[str, QueueDelta]) -> Reached:
    """The orders whose pegs may change when so many units move in the queues of these SKUs."""
    queues = {
        sku: Queue(sources, stirs[sku])
        for sku, sources in load_sources(tx, ground.locations, stirs).items()
        if sources
    }
    misplaced = _misplaced(tx, queues)
    queues = _with_bare(tx, ground, queues, misplaced)
    edges: list[Edge] = []
    bare: set[int] = set()
    for sku, queue in queues.items():
        moved = min(misplaced[sku], ground.batch)
        lost = sum(source.lost for source in queue.sources)
        asked = queue.stir.asked + moved + lost + min(queue.passed_over(), ground.batch)
        freed = queue.stir.freed + moved + min(queue.open_and_wanted(), ground.batch)
        edges += _edges(queue, ground, freed + asked, asked)
        bare |= _first_bare(queue, ground, freed)
    cut = {
        sku
        for sku, queue in queues.items()
        if max(misplaced[sku], queue.passed_over(), queue.open_and_wanted()) > ground.batch
    }
    return Reached(frozenset(bare) | _orders_at(tx, edges), frozenset(cut))


def displaced_by(
    tx: Tx, ground: SearchScope, asked: Mapping[str, int], first: Rank
) -> frozenset[int]:
    """The orders that lose pegs when these units are asked for by nobody before that rank."""
    stirs = {sku: QueueDelta(asked=units) for sku, units in asked.items() if units > 0}
    found = load_sources(tx, ground.locations, stirs)
    edges = [
        Edge(s.id, cell.pinned, cell.sort.lock, cell.sort.counts_from, 0, stirs[sku].asked)
        for sku, sources in found.items()
        for s in sources
        for cell in s.cells
    ]
    return _orders_at(tx, edges, first)


def _edges(queue: Queue, ground: SearchScope, firsts: int, lasts: int) -> Iterator[Edge]:
    """How far each part of each supply is read, from its first and from its last line."""
    for source in queue.sources:
        whole = source.nth is None or source.id in ground.written
        for cell in source.cells:
            may_move = queue.before(cell.sort, source.nth)
            units = WHOLE if whole else min(firsts, WHOLE) if may_move else 0
            sort = cell.sort
            yield Edge(
                source.id, cell.pinned, sort.lock, sort.counts_from, units, min(lasts, WHOLE)
            )


def _first_bare(queue: Queue, ground: SearchScope, freed: int) -> set[int]:
    """Who is first of each sort to be pegged on what is freed, and who was passed over."""
    reached: Counter[Sort] = Counter()
    passed: Counter[Sort] = Counter()
    orders = set()
    for line, is_passed in queue.bare_in_order():
        counted, most = (passed, ground.batch) if is_passed else (reached, freed)
        if counted[line.sort] < most and queue.before(line.sort):
            orders.add(line.order)
            counted[line.sort] += line.units
    return orders


def _orders_at(tx: Tx, edges: Iterable[Edge], first: Rank | None = None) -> frozenset[int]:
    every = list(edges)
    read = {edge.supply for edge in every if edge.firsts or edge.lasts}
    chosen = [edge for edge in every if edge.supply in read]
    if not chosen:
        return frozenset()
    rows = tx.rows(
        EDGES,
        supplies=[edge.supply for edge in chosen],
        pinned=[edge.pinned for edge in chosen],
        locks=[edge.lock for edge in chosen],
        counts=[edge.counts_from for edge in chosen],
        firsts=[edge.firsts for edge in chosen],
        lasts=[edge.lasts for edge in chosen],
        priority=first and first.priority,
        placed_at=first and first.placed_at,
        intake_seq=first and first.intake_seq,
    )
    return frozenset(row.order_id for row in rows)


def _misplaced(tx: Tx, queues: Mapping[str, Queue]) -> Counter[str]:
    """Units by SKU that are pegged later than they should be."""
    found = [(sku, *each) for sku, queue in queues.items() for each in queue.misplaced()]
    if not found:
        return Counter()
    rows = tx.rows(
        MISPLACED,
        skus=[sku for sku, *_ in found],
        supplies=[source.id for _, source, _, _ in found],
        locks=[cell.sort.lock for _, _, cell, _ in found],
        counts=[cell.sort.counts_from for _, _, cell, _ in found],
        until=["{" + ",".join(map(str, until)) + "}" for *_, until in found],
    )
    return Counter({row.sku: row.units for row in rows})


def _with_bare(
    tx: Tx, ground: SearchScope, queues: Mapping[str, Queue], misplaced: Mapping[str, int]
) -> dict[str, Queue]:
    """The queues with the first lines of each sort that are not pegged, as far as they matter."""
    most = dict.fromkeys(queues, 1)
    while queues:
        found = _bare(tx, ground, most)
        queues = {
            sku: Queue(queue.sources, queue.stir, found[sku]) for sku, queue in queues.items()
        }
        wanted = {sku: _needed(queue, misplaced[sku]) for sku, queue in queues.items()}
        if all(wanted[sku] <= most[sku] or _is_all(found[sku], most[sku]) for sku in most):
            break
        most = {sku: max(wanted[sku], 2 * most[sku]) for sku in most}
    return dict(queues)


def _needed(queue: Queue, misplaced: int) -> int:
    """How many lines of each sort have to be known: each wants a unit at least."""
    coming = sum(source.open for source in queue.sources)
    return min(queue.stir.freed + misplaced + coming + queue.passed_over() + 1, WHOLE)


def _is_all(lines: Sequence[UnpeggedLine], most: int) -> bool:
    """Whether no sort of line was read only in part."""
    return len(lines) < most


def _bare(tx: Tx, ground: SearchScope, most: Mapping[str, int]) -> dict[str, list[UnpeggedLine]]:
    rows = tx.rows(
        BARE,
        merchant=tx.merchant,
        skus=list(most),
        most=list(most.values()),
        gates=list(PEGGED_GATES),
        locations=list(ground.locations),
        freeing=list(ground.freeing),
    )
    found: dict[str, list[UnpeggedLine]] = {sku: [] for sku in most}
    for row in rows:
        sort = Sort(row.lock_location, row.counts_from)
        found[row.sku].append(UnpeggedLine(row.order_id, sort, row.place, row.units))
    return found
