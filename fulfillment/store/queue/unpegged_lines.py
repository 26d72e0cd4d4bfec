"""Who of a queue is not pegged with all that it wants: the first of each sort."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fulfillment.store.queue.imagined import NOTHING_IMAGINED, Imagined
from fulfillment.store.queue.supply_usage import Queue, Sort, UnpeggedLine
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
SELECT k.sku, d.order_id, d.lock_location, d.counts_from, d.priority, d.placed_at, d.intake_seq,
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
    imagined: Imagined = NOTHING_IMAGINED


def with_unpegged_lines(
    tx: Tx, ground: SearchScope, queues: Mapping[str, Queue], misplaced: Mapping[str, int]
) -> dict[str, Queue]:
    """The queues with the first lines of each sort that are not pegged, as far as they matter."""
    most = dict.fromkeys(queues, 1)
    while queues:
        found = _read(tx, ground, most)
        queues = {sku: replace(queue, bare=found[sku]) for sku, queue in queues.items()}
        wanted = {
            sku: _needed(queue, misplaced[sku], ground.batch) for sku, queue in queues.items()
        }
        if all(wanted[sku] <= most[sku] or _is_all(found[sku], most[sku]) for sku in most):
            break
        most = {sku: max(wanted[sku], 2 * most[sku]) for sku in most}
    return dict(queues)


def _needed(queue: Queue, misplaced: int, batch: int) -> int:
    """How many lines of each sort have to be known: each wants a unit at least.

    Behind more than a batch of units that have to move, the queue is cut: the next one looks.
    """
    coming = min(sum(source.open for source in queue.sources), batch + 1)
    passed = min(queue.passed_over(), batch + 1)
    return min(queue.stir.freed + misplaced + coming + passed + 1, WHOLE)


def _is_all(lines: Sequence[UnpeggedLine], most: int) -> bool:
    """Whether no sort of line was read only in part."""
    return len(lines) < most


def _read(tx: Tx, ground: SearchScope, most: Mapping[str, int]) -> dict[str, list[UnpeggedLine]]:
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
        place = (row.priority, row.placed_at, row.intake_seq)
        found[row.sku].append(UnpeggedLine(row.order_id, sort, place, row.units))
    return found
