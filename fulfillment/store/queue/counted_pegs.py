"""Units of the pegs of one kind, counted no further than they matter: each has a unit at least."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from fulfillment.store.queue.peg_kinds import FIRST_TO_LAST, OF_KIND
from fulfillment.store.queue.supply_usage import Queue, Sort
from fulfillment.store.transactions.session import Tx

UNITS = f"""
SELECT c.n, coalesce(sum(q.units), 0)::bigint AS units
  FROM unnest(CAST(:supplies AS bigint[]), CAST(:locks AS text[]), CAST(:counts AS text[]),
              CAST(:most AS bigint[])) WITH ORDINALITY
       AS c(supply, lock_location, counts_from, most, n)
 CROSS JOIN LATERAL (SELECT false AS pinned, c.supply, c.lock_location, c.counts_from) kind
 CROSS JOIN LATERAL (SELECT p.units FROM peg p WHERE {OF_KIND}
                      ORDER BY {FIRST_TO_LAST} LIMIT c.most) q
 GROUP BY c.n
"""  # noqa: S608 -- constants

MISPLACED = f"""
SELECT c.sku, coalesce(sum(q.units), 0)::bigint AS units
  FROM unnest(CAST(:skus AS text[]), CAST(:supplies AS bigint[]), CAST(:locks AS text[]),
              CAST(:counts AS text[]), CAST(:priorities AS int[]), CAST(:moments AS timestamptz[]),
              CAST(:sequences AS bigint[]))
       AS c(sku, supply, lock_location, counts_from, priority, placed_at, intake_seq)
 CROSS JOIN LATERAL (SELECT false AS pinned, c.supply, c.lock_location, c.counts_from) kind
 CROSS JOIN LATERAL (
       SELECT p.units FROM peg p
        WHERE {OF_KIND}
          AND (p.priority, p.placed_at, p.intake_seq) < (c.priority, c.placed_at, c.intake_seq)
        ORDER BY {FIRST_TO_LAST} LIMIT :most) q
 GROUP BY c.sku
"""  # noqa: S608 -- constants


def with_later_units(tx: Tx, queues: Mapping[str, Queue], most: int) -> dict[str, Queue]:
    """The queues with the units of those who may want an earlier supply that has open units."""
    asked = {key: units for queue in queues.values() for key, units in queue.may_move_up().items()}
    counted = _units(tx, {key: min(units, most) for key, units in asked.items()})
    return {sku: replace(queue, later=counted) for sku, queue in queues.items()}


def _units(tx: Tx, most: Mapping[tuple[int, Sort], int]) -> dict[tuple[int, Sort], int]:
    if not most:
        return {}
    rows = tx.rows(
        UNITS,
        supplies=[supply for supply, _ in most],
        locks=[sort.lock or "" for _, sort in most],
        counts=[sort.counts_from or "" for _, sort in most],
        most=list(most.values()),
    )
    keys = list(most)
    return {keys[row.n - 1]: row.units for row in rows}


def misplaced_units(tx: Tx, queues: Mapping[str, Queue], most: int) -> Counter[str]:
    """Units by SKU that are pegged later than they should be; of each kind, on so many lines."""
    found = [(sku, *each) for sku, queue in queues.items() for each in queue.misplaced()]
    if not found:
        return Counter()
    priorities, moments, sequences = zip(*(until for *_, until in found), strict=True)
    rows = tx.rows(
        MISPLACED,
        skus=[sku for sku, *_ in found],
        supplies=[source.id for _, source, _, _ in found],
        locks=[cell.sort.lock or "" for _, _, cell, _ in found],
        counts=[cell.sort.counts_from or "" for _, _, cell, _ in found],
        priorities=list(priorities),
        moments=list(moments),
        sequences=list(sequences),
        most=most,
    )
    return Counter({row.sku: row.units for row in rows})
