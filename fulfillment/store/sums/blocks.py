"""Keep the sums: add a change to the blocks it falls into; split what has become too large.

Who adds holds the queue, so no two do it at once: asked here, not remembered. A queue that has no
block yet gets one from before all ranks.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fulfillment.store.sums.contributions import Key, Sums
from fulfillment.store.sums.lines import lines
from fulfillment.store.transactions.locks import hold_queues
from fulfillment.store.transactions.session import Tx

SIZE = 256
"""Orders of a new block; one that has more than twice as many is split."""

CHANGE = """
delta AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:skus AS text[]), CAST(:places AS text[]), CAST(:priorities AS int[]),
                         CAST(:moments AS timestamptz[]), CAST(:sequences AS bigint[]),
                         CAST(:wanted AS bigint[]), CAST(:unpegged AS bigint[]),
                         CAST(:lines AS bigint[]), CAST(:orders AS bigint[]),
                         CAST(:unpegged_orders AS bigint[]))
        AS d(sku, place, priority, placed_at, intake_seq, wanted, unpegged, lines, orders,
             unpegged_orders)
)
"""

ADD = """
placed AS MATERIALIZED (
    SELECT d.sku, d.place, d.wanted, d.unpegged, d.lines, d.orders, d.unpegged_orders, b.block
      FROM delta d LEFT JOIN LATERAL (
           SELECT b.ctid AS block FROM queue_block b
            WHERE b.merchant = :merchant AND b.sku = d.sku AND b.place = d.place
              AND (b.priority, b.placed_at, b.intake_seq)
               <= (d.priority, d.placed_at, d.intake_seq)
            ORDER BY b.priority DESC, b.placed_at DESC, b.intake_seq DESC LIMIT 1) b ON true
), total AS MATERIALIZED (
    SELECT sku, place, block, sum(wanted) AS wanted,
           sum(unpegged) AS unpegged, sum(lines) AS lines, sum(orders) AS orders,
           sum(unpegged_orders) AS unpegged_orders
      FROM placed GROUP BY sku, place, block
), changed AS (
    UPDATE queue_block b
       SET wanted = b.wanted + t.wanted, unpegged = b.unpegged + t.unpegged,
           lines = b.lines + t.lines,
           orders = b.orders + t.orders, unpegged_orders = b.unpegged_orders + t.unpegged_orders
      FROM total t WHERE b.ctid = t.block
    RETURNING b.sku, b.orders, b.intake_seq
), made AS (
    INSERT INTO queue_block (merchant, sku, place, priority, placed_at, intake_seq, wanted,
                             unpegged, lines, orders, unpegged_orders)
    SELECT :merchant, sku, place, -1, '-infinity', 0, wanted, unpegged, lines, orders,
           unpegged_orders
      FROM total WHERE block IS NULL
    RETURNING sku, orders, intake_seq
)
SELECT sku, max(orders) AS most, bool_or(orders = 0 AND intake_seq > 0) AS is_empty{more}
  FROM (SELECT * FROM changed UNION ALL SELECT * FROM made) written GROUP BY sku ORDER BY sku
"""
"""Behind the relation `delta`. Each change is looked up by itself, and its block is named by where
it lies: a wrong guess of how many there are would make a join quadratic. No block moves meanwhile,
since who changes one holds its queue."""


def add_to_sums(tx: Tx, change: Mapping[Key, Sums]) -> None:
    """Add what a change of lines changes in the sums of their queues, and hold these."""
    if not change:
        return
    keys, sums = list(change), list(change.values())
    add_relation(
        tx,
        CHANGE,
        {key.sku for key in keys},
        skus=[key.sku for key in keys],
        places=[key.place for key in keys],
        priorities=[key.rank.priority for key in keys],
        moments=[key.rank.placed_at for key in keys],
        sequences=[key.rank.intake_seq for key in keys],
        wanted=[one.wanted for one in sums],
        unpegged=[one.unpegged for one in sums],
        lines=[one.lines for one in sums],
        orders=[one.orders for one in sums],
        unpegged_orders=[one.unpegged_orders for one in sums],
    )


def add_relation(
    tx: Tx, delta: str, queues: Collection[str], *, more: str = "", **parameters: Any
) -> list[Any]:
    """Add what a statement finds: its last relation is `delta`, and may read what it writes.

    `queues` are the SKUs whose sums it changes. A row for each of them comes back, with `more`
    columns where the statement has something to tell of a `written.sku`.
    """
    hold_queues(tx, queues)
    sql = f"WITH {delta}, {ADD.format(more=more)}"
    written = tx.rows(sql, merchant=tx.merchant, **parameters)
    if large := [row.sku for row in written if row.most > 2 * SIZE]:
        split(tx, large)
    if emptied := [row.sku for row in written if row.is_empty]:
        tx.run(DROP_EMPTY, merchant=tx.merchant, skus=emptied)
    return written


DROP_EMPTY = """
DELETE FROM queue_block
 WHERE merchant = :merchant AND sku = ANY(:skus) AND orders = 0 AND intake_seq > 0
"""
"""The block before it goes on to the next. One from before all ranks stays: it is soon used."""

RANK = "priority, placed_at, intake_seq"

OF_BLOCK = lines("b", since=("b", ">="), until=("e", "<"))

SPLIT = f"""
WITH large AS MATERIALIZED (
    SELECT sku, place, priority, placed_at, intake_seq FROM queue_block
     WHERE merchant = :merchant AND sku = ANY(:skus) AND orders > 2 * :size
), line AS MATERIALIZED (
    SELECT b.sku, b.place, b.priority AS from_priority, b.placed_at AS from_placed,
           b.intake_seq AS from_seq, d.priority, d.placed_at, d.intake_seq, d.wanted,
           d.wanted - d.pegged AS unpegged,
           (dense_rank() OVER (PARTITION BY b.sku, b.place, b.priority, b.placed_at, b.intake_seq
                                   ORDER BY d.priority, d.placed_at, d.intake_seq) - 1) / :size AS n
      FROM large b
      LEFT JOIN LATERAL (
           SELECT * FROM queue_block n
            WHERE n.merchant = :merchant AND n.sku = b.sku AND n.place = b.place
              AND (n.priority, n.placed_at, n.intake_seq) > (b.priority, b.placed_at, b.intake_seq)
            ORDER BY n.priority, n.placed_at, n.intake_seq LIMIT 1) n ON true
     CROSS JOIN LATERAL (SELECT coalesce(n.priority, 32767) AS priority,
                                coalesce(n.placed_at, 'infinity') AS placed_at,
                                coalesce(n.intake_seq, 0) AS intake_seq) e
     CROSS JOIN LATERAL ({OF_BLOCK}) d
)
INSERT INTO queue_block AS q (merchant, sku, place, priority, placed_at, intake_seq, wanted,
                              unpegged, lines, orders, unpegged_orders)
SELECT :merchant, sku, place,
       CASE n WHEN 0 THEN from_priority ELSE (array_agg(priority ORDER BY {RANK}))[1] END,
       CASE n WHEN 0 THEN from_placed ELSE (array_agg(placed_at ORDER BY {RANK}))[1] END,
       CASE n WHEN 0 THEN from_seq ELSE (array_agg(intake_seq ORDER BY {RANK}))[1] END,
       sum(wanted), sum(unpegged), count(*), count(DISTINCT intake_seq),
       count(DISTINCT intake_seq) FILTER (WHERE unpegged > 0)
  FROM line GROUP BY sku, place, from_priority, from_placed, from_seq, n
ON CONFLICT (merchant, sku, place, priority, placed_at, intake_seq) DO UPDATE
   SET wanted = excluded.wanted, unpegged = excluded.unpegged, lines = excluded.lines,
       orders = excluded.orders, unpegged_orders = excluded.unpegged_orders
"""  # noqa: S608 -- constants
"""The first part stays where the block began; the others begin with their first line."""


def split(tx: Tx, skus: Sequence[str]) -> None:
    """Make blocks of these queues that have become too large into several."""
    tx.run(SPLIT, merchant=tx.merchant, skus=list(skus), size=SIZE)


REBUILD = """
WITH line AS (
    SELECT sku, coalesce(lock_location, '') AS place, priority, placed_at, intake_seq, wanted,
           wanted - pegged AS unpegged
      FROM open_demand
     WHERE merchant = :merchant AND sku = ANY(:skus) AND wanted > 0 AND NOT apart
)
INSERT INTO queue_block (merchant, sku, place, priority, placed_at, intake_seq, wanted, unpegged,
                         lines, orders, unpegged_orders)
SELECT :merchant, sku, place, -1, '-infinity', 0, sum(wanted), sum(unpegged), count(*),
       count(DISTINCT intake_seq), count(DISTINCT intake_seq) FILTER (WHERE unpegged > 0)
  FROM line GROUP BY sku, place
"""


FORGET = "DELETE FROM queue_block WHERE merchant = :merchant AND sku = ANY(:skus)"


def rebuild(tx: Tx, skus: Sequence[str]) -> None:
    """Sum these queues anew from their lines: where a fault was found, or lines came in bulk."""
    hold_queues(tx, skus)
    tx.run(FORGET, merchant=tx.merchant, skus=list(skus))
    tx.run(REBUILD, merchant=tx.merchant, skus=list(skus))
    split(tx, skus)
