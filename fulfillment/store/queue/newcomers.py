"""Orders whose first claim is still to come: nobody behind one is served before it.

Whoever reaches a newcomer with something to give claims for it there and then, in rank order
(docs/adr/0031); where that would be too much for one transaction, the queue is cut before the
first that is left. In a queue that has nothing to give, a newcomer is in nobody's way.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.policy import resolve
from fulfillment.domain.model.rank import Rank
from fulfillment.store.records.loading import load_settings
from fulfillment.store.transactions.session import Tx

MOST_LINES = 400
"""Order lines for which one transaction makes first claims, at most; one order may have more."""

MOST_AHEAD = 500
"""Newcomers that are looked for in one queue; behind so many it is cut."""

MOST_LOOKS = 4
"""Steps from one newcomer to the one before it; behind a longer chain, its first link is next."""

CLAIM_FAILED = "claim_failed"
"""The hold of an order whose first claim went wrong: it waits for a person, and stops nobody."""

GIVES = """
(EXISTS (SELECT 1 FROM stock_level v WHERE v.merchant = d.merchant AND v.sku = d.sku
            AND v.disposition = 'sellable' AND v.on_hand > v.allocated)
 OR EXISTS (SELECT 1 FROM open_demand h WHERE h.merchant = d.merchant AND h.sku = d.sku
               AND h.held > 0)
 OR EXISTS (SELECT 1 FROM inbound_supply u WHERE u.merchant = d.merchant AND u.sku = d.sku)
 OR EXISTS (SELECT 1 FROM product p WHERE p.merchant = d.merchant AND p.sku = d.sku
               AND p.backorder_limit IS NOT NULL)
 OR :unpicked AND EXISTS (
    SELECT 1 FROM allocation l JOIN shipment_line r ON r.id = l.shipment_line
      JOIN shipment s ON s.id = r.shipment AND s.status = 'ready'
     WHERE l.merchant = d.merchant AND l.sku = d.sku AND l.units > l.picked + l.staged))
"""
"""Whether a line's queue has something to give: free, held by who may lose it, or inbound.

Where a product limits how many units may wait, a place in its queue is something to give."""

STANDING = f"""
SELECT k.sku, d.order_id, d.priority, d.placed_at, d.intake_seq
  FROM unnest(CAST(:skus AS text[]), CAST(:priorities AS int[]), CAST(:moments AS timestamptz[]),
              CAST(:sequences AS bigint[]), CAST(:giving AS boolean[]))
              AS k(sku, priority, placed_at, intake_seq, is_giving)
 CROSS JOIN LATERAL (
       SELECT * FROM open_demand d
        WHERE d.merchant = :merchant AND d.sku = k.sku AND d.gate = 'first' AND d.wanted > 0
          AND (d.priority, d.placed_at, d.intake_seq) <= (k.priority, k.placed_at, k.intake_seq)
        ORDER BY d.priority, d.placed_at, d.intake_seq LIMIT :most) d
 WHERE k.is_giving OR {GIVES}
"""  # noqa: S608 -- constants

AHEAD = f"""
SELECT DISTINCT d.order_id, a.order_id AS ahead, a.priority, a.placed_at, a.intake_seq
  FROM open_demand d
  JOIN open_demand a ON a.merchant = d.merchant AND a.sku = d.sku AND a.gate = 'first'
   AND a.wanted > 0
   AND (a.priority, a.placed_at, a.intake_seq) < (d.priority, d.placed_at, d.intake_seq)
 WHERE d.order_id = ANY(:orders) AND d.gate = 'first' AND a.order_id <> ALL(:orders) AND {GIVES}
 ORDER BY a.priority, a.placed_at, a.intake_seq LIMIT :most
"""  # noqa: S608 -- constants

BEHIND = f"""
SELECT DISTINCT d.order_id FROM open_demand d CROSS JOIN LATERAL (
       SELECT FROM open_demand a
        WHERE a.merchant = d.merchant AND a.sku = d.sku AND a.gate = 'first' AND a.wanted > 0
          AND (a.priority, a.placed_at, a.intake_seq) < (d.priority, d.placed_at, d.intake_seq)
          AND a.order_id <> ALL(:orders) LIMIT 1) ahead
 WHERE d.order_id = ANY(:orders) AND {GIVES}
"""  # noqa: S608 -- constants

UNCLAIMED = """
SELECT o.id, o.priority, o.placed_at, o.intake_seq,
       l.lines, l.skus
  FROM orders o CROSS JOIN LATERAL (
       SELECT count(*) AS lines, array_agg(DISTINCT l.sku) AS skus
         FROM order_line l WHERE l.order_id = o.id) l
 WHERE o.merchant = :merchant AND NOT o.first_claimed AND o.finished_at IS NULL
   AND NOT o.holds @> ARRAY['claim_failed'] {which}
 ORDER BY o.priority, o.placed_at, o.intake_seq LIMIT :most
"""

HEAD = UNCLAIMED.format(which="")
AMONG = UNCLAIMED.format(which="AND o.id = ANY(:orders)")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An order whose first claim is to come, and queues in which it stands."""

    order: int
    rank: Rank
    skus: frozenset[str]


def is_newcomer(order: Order) -> bool:
    """Whether its first claim is still to come."""
    return bool(order.live) and not order.first_claimed


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Newcomers by their ids; where there are too many of them, up to whom a queue was read."""

    newcomers: Mapping[int, Newcomer]
    until: Mapping[str, Rank]


def in_the_way(
    tx: Tx, orders: Iterable[Order], skus: Collection[str], giving: Collection[str] = ()
) -> InTheWay:
    """The newcomers among these orders and, in these queues, before any of them.

    Those `giving` are about to have something to give.
    """
    loaded = list(orders)
    last = _last_in_each(loaded, skus)
    if not last:
        return InTheWay({}, {})
    rows = tx.rows(
        STANDING,
        merchant=tx.merchant,
        skus=list(last),
        priorities=[rank.priority for rank in last.values()],
        moments=[rank.placed_at for rank in last.values()],
        sequences=[rank.intake_seq for rank in last.values()],
        most=MOST_AHEAD,
        giving=[sku in giving for sku in last],
        unpicked=_unpicked_may_give(tx),
    )
    queues: dict[tuple[int, Rank], set[str]] = defaultdict(set)
    for row in rows:
        rank = Rank(row.priority, row.placed_at, row.intake_seq)
        queues[row.order_id, rank].add(row.sku)
    read = Counter(row.sku for row in rows)
    ends = {
        sku: max(r for (_, r), at in queues.items() if sku in at)
        for sku, many in read.items()
        if many == MOST_AHEAD
    }
    standing = {id_: Newcomer(id_, rank, frozenset(at)) for (id_, rank), at in queues.items()}
    known = {
        order.id: Newcomer(order.id, order.rank, frozenset(line.sku for line in order.lines))
        for order in loaded
        if is_newcomer(order)
    }
    return InTheWay(standing | known, ends)


def _last_in_each(orders: Iterable[Order], skus: Collection[str]) -> dict[str, Rank]:
    last: dict[str, Rank] = {}
    for order in orders:
        for line in order.lines:
            if line.sku in skus:
                last[line.sku] = max(order.rank, last.get(line.sku, order.rank))
    return last


def claimed_along(
    tx: Tx, newcomers: Iterable[Newcomer], most_lines: int
) -> dict[int, frozenset[str]]:
    """The first of these for which one transaction can claim on its way, with all their SKUs."""
    ids = [one.order for one in sorted(newcomers, key=lambda one: one.rank)]
    if not ids:
        return {}
    rows = tx.rows(AMONG, merchant=tx.merchant, orders=ids, most=len(ids))
    return {one.order: one.skus for one in _within_bounds(rows, most_lines)}


def next_to_claim(tx: Tx, asked: Collection[int]) -> list[Newcomer]:
    """The newcomers for which a transaction claims next, in rank order; none where all have.

    Those asked for before whom no newcomer stands in any of their queues; where each has one
    before it, the first of those. So a small order need not wait for a large one with which it
    shares nothing, and one that does is never passed.
    """
    among = tx.ask(AMONG, merchant=tx.merchant, orders=sorted(asked), most=len(asked))
    load_settings(tx)
    if not (mine := among.rows()):
        return []
    free = _before_all_others(tx, [row.id for row in mine])
    if free:
        return _within_bounds(row for row in mine if row.id in free)
    chain = _with_all_before(tx, {row.id for row in mine})
    if chain is None:
        return first_to_claim(tx)
    return _within_bounds(tx.rows(AMONG, merchant=tx.merchant, orders=chain, most=len(chain)))


def first_to_claim(tx: Tx) -> list[Newcomer]:
    """The first newcomers of all the merchant's, as many as one transaction claims for."""
    return _within_bounds(tx.rows(HEAD, merchant=tx.merchant, most=MOST_LINES))


def how_many_to_claim(tx: Tx) -> int:
    """How many of the merchant's orders have their first claim still to come."""
    sql = (
        "SELECT count(*) AS n FROM orders o WHERE o.merchant = :merchant AND NOT o.first_claimed"
        " AND o.finished_at IS NULL AND NOT o.holds @> ARRAY['claim_failed']"
    )
    return int(tx.rows(sql, merchant=tx.merchant)[0].n)


def any_standing_in(tx: Tx, skus: Collection[str]) -> bool:
    """Whether the first claim of somebody in these queues is still to come."""
    return bool(
        tx.rows(
            "SELECT 1 FROM open_demand WHERE merchant = :merchant AND sku = ANY(:skus)"
            " AND gate = 'first' AND wanted > 0 LIMIT 1",
            merchant=tx.merchant,
            skus=sorted(skus),
        )
    )


def _before_all_others(tx: Tx, orders: list[int]) -> set[int]:
    """Of these, the ones with no other newcomer before them, nor before one that is before them."""
    free, unpicked = set(orders), _unpicked_may_give(tx)
    for _ in range(MOST_LOOKS):
        if not free:
            break
        rows = tx.rows(BEHIND, orders=sorted(free), unpicked=unpicked)
        if not rows:
            return free
        free -= {row.order_id for row in rows}
    return set()


def _with_all_before(tx: Tx, orders: set[int]) -> list[int] | None:
    """These and the newcomers before them, and before those; None where they are too many."""
    unpicked = _unpicked_may_give(tx)
    for _ in range(MOST_LOOKS):
        rows = tx.rows(AHEAD, orders=sorted(orders), unpicked=unpicked, most=MOST_AHEAD)
        if not rows:
            return sorted(orders)
        if len(rows) == MOST_AHEAD:
            break
        orders = orders | {row.ahead for row in rows}
    return None


def _unpicked_may_give(tx: Tx) -> bool:
    return resolve(*load_settings(tx)).rebalance.takes_from_ready


def _within_bounds(rows: Iterable[Any], most_lines: int = MOST_LINES) -> list[Newcomer]:
    chosen: list[Newcomer] = []
    lines = 0
    for row in rows:
        lines += row.lines
        if chosen and lines > most_lines:
            break
        rank = Rank(row.priority, row.placed_at, row.intake_seq)
        chosen.append(Newcomer(row.id, rank, frozenset(row.skus)))
    return chosen


def cut_before(
    newcomers: Iterable[Newcomer], open_orders: Collection[int], until: Mapping[str, Rank]
) -> tuple[dict[str, Rank], frozenset[int]]:
    """How far each queue may be served, and which of these are claimed for.

    Those in `open_orders` are locked with all of their queues. One that stands behind the end of
    one of its queues is left, and ends its other queues before it.
    """
    ends, chosen = dict(until), set()
    for newcomer in sorted(newcomers, key=lambda one: one.rank):
        reached = all(newcomer.rank <= ends.get(sku, newcomer.rank) for sku in newcomer.skus)
        if newcomer.order in open_orders and reached:
            chosen.add(newcomer.order)
            continue
        before = replace(newcomer.rank, intake_seq=newcomer.rank.intake_seq - 1)
        for sku in newcomer.skus:
            ends[sku] = min(before, ends.get(sku, before))
    return ends, frozenset(chosen)
