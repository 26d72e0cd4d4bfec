"""Who and how much waits in a queue before a rank, read from the sums.

Whole blocks count as they are; of the last one before the rank its lines are read, and beside them
those that are in no sum. An order that stands in the sums stands at one place of its queue, so
orders are counted once.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fulfillment.domain.model.rank import LAST_PRIORITY, Rank
from fulfillment.store.sums.lines import lines, lines_apart
from fulfillment.store.transactions.session import Tx

BEHIND_ALL = Rank(LAST_PRIORITY + 1, datetime(9999, 12, 31, tzinfo=UTC), 0)

UNTIL = """
until AS MATERIALIZED (
    SELECT CAST(:priority AS int) AS priority, CAST(:placed_at AS timestamptz) AS placed_at,
           CAST(:intake_seq AS bigint) AS intake_seq
), asked AS MATERIALIZED (
    SELECT unnest(CAST(:skus AS text[])) AS sku
)
"""

SERVED = "(CAST(:there AS text[]) IS NULL OR {0} = '' OR {0} = ANY(:there))"
"""Lines that some places may serve, by the place that they are bound to; all, without places."""

SERVED_BLOCK = SERVED.format("b.place")
SERVED_QUEUE = SERVED.format("place")
SERVED_LINE = SERVED.format("coalesce(d.lock_location, '')")

OF_LAST = lines("b", since=("b", ">="), until=("u", "<"))
APART = lines_apart("a", until=("u", "<"), which=SERVED_LINE)

BEFORE = f"""
WITH {UNTIL}, block AS MATERIALIZED (
    SELECT b.*, row_number() OVER (PARTITION BY b.sku, b.place ORDER BY b.priority DESC,
                                       b.placed_at DESC, b.intake_seq DESC) = 1 AS is_last
      FROM until u CROSS JOIN asked a
      JOIN queue_block b ON b.merchant = :merchant AND b.sku = a.sku
       AND {SERVED_BLOCK}
       AND (b.priority, b.placed_at, b.intake_seq) < (u.priority, u.placed_at, u.intake_seq)
), line AS (
    SELECT d.sku, d.order_id, d.wanted FROM until u CROSS JOIN block b
     CROSS JOIN LATERAL ({OF_LAST}) d WHERE b.is_last
     UNION ALL
    SELECT d.sku, d.order_id, d.wanted FROM until u CROSS JOIN asked a
     CROSS JOIN LATERAL ({APART}) d
)
SELECT sku, sum(orders)::bigint AS orders, sum(wanted)::bigint AS wanted FROM (
    SELECT sku, orders, wanted FROM block WHERE NOT is_last
     UNION ALL
    SELECT sku, count(DISTINCT order_id), sum(wanted) FROM line GROUP BY sku) part
 GROUP BY sku
"""  # noqa: S608 -- constants

NEXT = lines("p", since=("s", ">"), until=("u", "<"), limit="LIMIT 1")
NEXT_APART = lines_apart("s", since=("s", ">"), until=("u", "<"), limit="LIMIT 1")

FIRST = f"""
WITH RECURSIVE {UNTIL}, place AS MATERIALIZED (
    SELECT DISTINCT sku, place FROM queue_block WHERE merchant = :merchant AND sku = ANY(:skus)
), step AS (
    SELECT a.sku, 0 AS n, -1 AS priority, timestamptz '-infinity' AS placed_at,
           0::bigint AS intake_seq, NULL::bigint AS order_id
      FROM asked a
     UNION ALL
    SELECT s.sku, s.n + 1, next.priority::int, next.placed_at, next.intake_seq, next.order_id
      FROM step s CROSS JOIN until u CROSS JOIN LATERAL (
           SELECT * FROM (
               SELECT d.* FROM place p CROSS JOIN LATERAL ({NEXT}) d WHERE p.sku = s.sku
                UNION ALL
               SELECT d.* FROM ({NEXT_APART}) d) d
            ORDER BY d.priority, d.placed_at, d.intake_seq LIMIT 1) next
     WHERE s.n < :most
)
SELECT s.sku, s.order_id, o.number, o.priority, o.placed_at, o.intake_seq,
       (SELECT sum(d.wanted) FROM open_demand d
         WHERE d.order_id = s.order_id AND d.sku = s.sku)::bigint AS wanted
  FROM step s JOIN orders o ON o.id = s.order_id ORDER BY s.sku, s.n
"""  # noqa: S608 -- constants
"""From one rank to the next: an order may have many lines, and each order is one step."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many orders wait, and for how many units."""

    orders: int = 0
    units: int = 0


def waiting_before(
    tx: Tx, skus: Collection[str], rank: Rank = BEHIND_ALL, there: Collection[str] | None = None
) -> Mapping[str, Waiting]:
    """Who waits for these SKUs before a rank, first claims that are to come included.

    Of all, or of those that one of some places may serve.
    """
    rows = tx.rows(
        BEFORE,
        merchant=tx.merchant,
        skus=list(skus),
        there=None if there is None else list(there),
        **_rank(rank),
    )
    found = {row.sku: Waiting(row.orders, row.wanted) for row in rows}
    return defaultdict(Waiting, found)


def first_waiting(
    tx: Tx, skus: Collection[str], most: int, rank: Rank = BEHIND_ALL
) -> Mapping[str, list[Any]]:
    """The first orders in rank that wait for each SKU before a rank, with what each wants."""
    found = defaultdict(list)
    for row in tx.rows(FIRST, merchant=tx.merchant, skus=list(skus), most=most, **_rank(rank)):
        found[row.sku].append(row)
    return found


def units_waiting(tx: Tx, skus: Collection[str]) -> Counter[str]:
    """Units of these SKUs for which anybody waits."""
    rows = tx.rows(
        "SELECT sku, sum(wanted)::bigint AS units FROM waiting_units"
        " WHERE merchant = :merchant AND sku = ANY(:skus) GROUP BY sku",
        merchant=tx.merchant,
        skus=list(skus),
    )
    return Counter({row.sku: row.units for row in rows})


UNPEGGED = f"""
SELECT coalesce(sum(orders), 0)::bigint AS orders, coalesce(sum(units), 0)::bigint AS units FROM (
    SELECT sum(unpegged_orders) AS orders, sum(unpegged) AS units FROM queue_block
     WHERE merchant = :merchant AND sku = :sku AND {SERVED_QUEUE}
     UNION ALL
    SELECT count(DISTINCT d.order_id), sum(d.wanted - d.pegged) FROM open_demand d
     WHERE d.merchant = :merchant AND d.sku = :sku AND d.apart AND d.wanted > 0
       AND d.wanted > d.pegged AND {SERVED_LINE}) part
"""  # noqa: S608 -- constants


def unpegged(tx: Tx, sku: str, there: Collection[str] | None = None) -> Waiting:
    """Who waits for a SKU with units that are tied to nothing, of those that some places serve."""
    there = None if there is None else list(there)
    (row,) = tx.rows(UNPEGGED, merchant=tx.merchant, sku=sku, there=there)
    return Waiting(row.orders, row.units)


OUTSIDE = """
SELECT sku, sum(units)::bigint AS units FROM (
    SELECT sku, wanted AS units FROM waiting_units
     WHERE merchant = :merchant AND sku = ANY(:skus)
     UNION ALL
    SELECT sku, -wanted FROM open_demand
     WHERE merchant = :merchant AND sku = ANY(:skus) AND apart AND wanted > 0 AND gate = 'first'
     UNION ALL
    SELECT sku, -wanted FROM open_demand
     WHERE order_id = ANY(:orders) AND sku = ANY(:skus) AND gate <> 'first') part
 GROUP BY sku
"""


def units_of_others(tx: Tx, skus: Collection[str], orders: Collection[int]) -> dict[str, int]:
    """Units of these SKUs for which orders wait that have claimed, outside of these orders."""
    rows = tx.rows(OUTSIDE, merchant=tx.merchant, skus=list(skus), orders=list(orders))
    return {row.sku: row.units for row in rows}


def _rank(rank: Rank) -> dict[str, object]:
    return {
        "priority": rank.priority,
        "placed_at": rank.placed_at,
        "intake_seq": rank.intake_seq,
    }
