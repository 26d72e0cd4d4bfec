"""Whose pegs a change can move: the lines at the edges of each supply, not all between them.

Pegs are given in rank order, the earliest supply first. So units that become free move only the
first lines of each later supply, and units that are missing only the last lines of each supply,
as many units as that is; whoever stands in between keeps what it has (docs/adr/0019).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from fulfillment.domain.model.rank import Rank
from fulfillment.store.queue.counted_pegs import misplaced_units, with_later_units
from fulfillment.store.queue.peg_kinds import FIRST_TO_LAST, LAST_TO_FIRST, OF_KIND
from fulfillment.store.queue.reach import rank_parameters
from fulfillment.store.queue.supply_usage import Queue, QueueDelta, Sort, load_sources
from fulfillment.store.queue.unpegged_lines import WHOLE, SearchScope, with_unpegged_lines
from fulfillment.store.transactions.session import Tx

BEFORE_ALL = Rank(-1, datetime.min.replace(tzinfo=UTC), 0)

EDGES = f"""
WITH kind AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:supplies AS bigint[]), CAST(:pinned AS boolean[]),
                  CAST(:locks AS text[]), CAST(:counts AS text[]), CAST(:firsts AS bigint[]),
                  CAST(:lasts AS bigint[]))
        AS k(supply, pinned, lock_location, counts_from, firsts, lasts)
)
SELECT q.order_id FROM kind CROSS JOIN LATERAL (
       SELECT f.order_id, sum(f.units) OVER (ORDER BY f.priority, f.placed_at, f.intake_seq,
                                                      f.shipment_line) - f.units AS before
         FROM (SELECT * FROM peg p WHERE {OF_KIND}
                ORDER BY {FIRST_TO_LAST} LIMIT kind.firsts) f) q
 WHERE q.before < kind.firsts
 UNION
SELECT q.order_id FROM (
       SELECT p.order_id, kind.lasts,
              sum(p.units) OVER (PARTITION BY kind.supply, kind.pinned ORDER BY {LAST_TO_FIRST})
                  - p.units AS behind
         FROM kind CROSS JOIN LATERAL (
              SELECT * FROM peg p
               WHERE {OF_KIND}
                 AND (p.priority, p.placed_at, p.intake_seq)
                  >= (CAST(:priority AS int), CAST(:placed_at AS timestamptz),
                      CAST(:intake_seq AS bigint))
               ORDER BY {LAST_TO_FIRST} LIMIT kind.lasts) p) q
 WHERE q.behind < q.lasts
"""  # noqa: S608 -- constants
"""Who is on the first units of each kind, and on the last of each supply. A line has a unit at
least, so as many lines from an end hold as many units; the pegs between are not read."""


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
        for sku, sources in load_sources(tx, ground.locations, stirs, ground.imagined).items()
        if sources
    }
    queues = with_later_units(tx, queues, ground.batch + 1)
    misplaced = misplaced_units(tx, queues, ground.batch + 1)
    queues = with_unpegged_lines(tx, ground, queues, misplaced)
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


def _orders_at(tx: Tx, edges: Iterable[Edge], first: Rank = BEFORE_ALL) -> frozenset[int]:
    every = list(edges)
    read = {edge.supply for edge in every if edge.firsts or edge.lasts}
    chosen = [edge for edge in every if edge.supply in read]
    if not chosen:
        return frozenset()
    rows = tx.rows(
        EDGES,
        supplies=[edge.supply for edge in chosen],
        pinned=[edge.pinned for edge in chosen],
        locks=[edge.lock or "" for edge in chosen],
        counts=[edge.counts_from or "" for edge in chosen],
        firsts=[edge.firsts for edge in chosen],
        lasts=[edge.lasts for edge in chosen],
        **rank_parameters(first),
    )
    return frozenset(row.order_id for row in rows)
