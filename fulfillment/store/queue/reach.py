"""The lines that stock reaches, read from the heads of queues; where that is cut, how far."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fulfillment.domain.model.rank import Rank
from fulfillment.store.queue.imagined import NOTHING_IMAGINED, Imagined
from fulfillment.store.transactions.session import Tx

MOST = 50_000
"""Lines that are read together where a batch would not go on: those before a first claim whose
own is still to come, since nobody may pass them, and those that can only be pegged, since a
pegged line stays where it is."""


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """Which queues are read, and what there is to give to those who stand in them.

    Where a change of status starts allocation, `everybody` with a peg is looked at. Who is pegged
    on a supply of those `written` is, too.

    With `claiming`, the first and the last rank of some first claims, only orders are reached
    whose first claim is still to come and that rank no later than the last: all others have had
    their turn, and want nothing that is free. What the orders `freeing` hold counts as something
    to give, and so do units of the `margin`, which the caller is about to add; the orders
    themselves are not looked for. Units by SKU and place that were `taken` are not free any more,
    although the levels do not say so yet. `asking` are the units that somebody at a rank is about
    to want beside what stands in the queues. `locations` are those the merchant may use, with the
    day that it is at each. With `unpicked`, released shipments nobody picks yet may give too. In
    the queues `awaiting_status`, only first claims and what is released take what is there. A
    `batch` is how many lines of each sort are served, and units of pegs moved. Supply may be
    `imagined` where that is only tried.
    """

    skus: frozenset[str]
    locations: Mapping[str, date]
    batch: int
    claiming: tuple[Rank, Rank] | None = None
    taken: Mapping[tuple[str, str], int] = field(default_factory=dict)
    freeing: Collection[int] = ()
    margin: Mapping[str, int] = field(default_factory=dict)
    asking: tuple[Rank, Mapping[str, int]] | None = None
    unpicked: bool = False
    everybody: bool = False
    written: Collection[int] = ()
    awaiting_status: Collection[str] = ()
    imagined: Imagined = NOTHING_IMAGINED


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

GATES = {"first": True, "open": True, "conditional": False, "closed": False}
"""Which lines are read, and whether they are sure to take what is there for them. Those that are
not are read beside them: what they decline is for those behind."""


def hungry_lines(tx: Tx, reach: QueueQuery, pools: list[Any]) -> tuple[list[Any], dict[str, Rank]]:
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
    reach: QueueQuery, pool: Any, gate: str, units: Mapping[tuple[str, str | None], int]
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
    pass: the queue is cut there, unless those before the cut take all that there is, or all that
    there is at the place that the part is bound to.
    """
    read = Counter((row.sku, row.location, row.gate) for row in rows)
    last = {(row.sku, row.location, row.gate): _rank(row) for row in rows}
    wanted = Counter[tuple[str, str | None, str]]()
    for row in rows:
        wanted[row.sku, row.location, row.gate] += row.wanted if row.takes else 0
    until: dict[str, Rank] = {}
    for part in parts:
        key = (part.sku, part.location, part.gate)
        if read[key] == part.most and wanted[key] < units[part.sku, part.location]:
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


def rank_parameters(rank: Rank | None) -> dict[str, object]:
    """A rank as the parameters of a statement."""
    if rank is None:
        return {"priority": None, "placed_at": None, "intake_seq": None}
    return {
        "priority": rank.priority,
        "placed_at": rank.placed_at,
        "intake_seq": rank.intake_seq,
    }
