"""A stretch of some queues: the orders that wait from a rank on, so many of them at most."""

from collections.abc import Collection, Mapping
from typing import Any

from fulfillment.domain.model.rank import FIRST_PRIORITY
from fulfillment.store.queue.supply_usage import Place
from fulfillment.store.sums.lines import lines, lines_apart
from fulfillment.store.transactions.session import Tx

SINCE = """
since AS MATERIALIZED (
    SELECT CAST(:priority AS int) AS priority, CAST(:placed_at AS timestamptz) AS placed_at,
           CAST(:intake_seq AS bigint) AS intake_seq
), asked AS MATERIALIZED (
    SELECT unnest(CAST(:skus AS text[])) AS sku
), place AS MATERIALIZED (
    SELECT DISTINCT sku, place FROM queue_block WHERE merchant = :merchant AND sku = ANY(:skus)
)
"""

IN_SUMS = lines("p", since=("s", ">="), limit="LIMIT CAST(:most AS int)")
APART = lines_apart("a", since=("s", ">="), limit="LIMIT CAST(:most AS int)")

WINDOW = f"""
WITH {SINCE}, line AS (
    SELECT d.sku, d.order_id, d.priority, d.placed_at, d.intake_seq, d.shipment_line
      FROM since s CROSS JOIN place p CROSS JOIN LATERAL ({IN_SUMS}) d
     UNION ALL
    SELECT d.sku, d.order_id, d.priority, d.placed_at, d.intake_seq, d.shipment_line
      FROM since s CROSS JOIN asked a CROSS JOIN LATERAL ({APART}) d WHERE d.gate <> 'first'
), ranked AS (
    SELECT sku, order_id, row_number() OVER (PARTITION BY sku ORDER BY priority, placed_at,
                                                 intake_seq, shipment_line) AS nth
      FROM line
)
SELECT coalesce(array_agg(DISTINCT order_id) FILTER (WHERE nth < :most), '{{}}') AS orders,
       coalesce(bool_or(nth >= :most), false) AS is_cut
  FROM ranked
"""  # noqa: S608 -- constants

UNPEGGED = lines("p", limit="LIMIT 1", which="d.wanted > d.pegged")
UNPEGGED_APART = lines_apart("a", limit="LIMIT 1", which="d.wanted > d.pegged")

FIRST_UNPEGGED = f"""
WITH {SINCE}
SELECT d.priority, d.placed_at, d.intake_seq FROM (
    SELECT d.* FROM place p CROSS JOIN LATERAL ({UNPEGGED}) d
     UNION ALL
    SELECT d.* FROM asked a CROSS JOIN LATERAL ({UNPEGGED_APART}) d) d
 ORDER BY d.priority, d.placed_at, d.intake_seq LIMIT 1
"""  # noqa: S608 -- constants

KEPT = """
SELECT p.supply, sum(p.units)::bigint AS units FROM peg p
 WHERE p.supply = ANY(:supplies) AND p.order_id <> ALL(:orders)
   AND (p.pinned OR (p.priority, p.placed_at, p.intake_seq)
                    < (CAST(:priority AS int), CAST(:placed_at AS timestamptz),
                       CAST(:intake_seq AS bigint)))
 GROUP BY p.supply
"""


def orders_from(
    tx: Tx, skus: Collection[str], since: Place, most: int
) -> tuple[frozenset[int], bool]:
    """Orders with waiting lines from this rank on, so many lines of each SKU; whether more follow.

    Who has not claimed yet is none of them.
    """
    (row,) = tx.rows(WINDOW, merchant=tx.merchant, skus=sorted(skus), most=most + 1, **_rank(since))
    return frozenset(row.orders), bool(row.is_cut)


def first_unpegged(tx: Tx, skus: Collection[str]) -> Place | None:
    """The rank of the first line that wants more than it is pegged with; None where none does."""
    rows = tx.rows(FIRST_UNPEGGED, merchant=tx.merchant, skus=sorted(skus), **_rank(()))
    return tuple(rows[0]) if rows else None


def kept_by_others(
    tx: Tx, supplies: Collection[int], orders: Collection[int], since: Place
) -> Mapping[int, int]:
    """Units by supply that those keep who stand before a rank, or are pinned; not these orders."""
    rows = tx.rows(KEPT, supplies=list(supplies), orders=list(orders), **_rank(since))
    return {row.supply: row.units for row in rows}


def outstanding_of(tx: Tx, supplies: Collection[int]) -> Mapping[int, int]:
    """Units by supply that are to come, whoever is pegged on them."""
    rows = tx.rows(
        "SELECT id, outstanding FROM supply WHERE id = ANY(:supplies)", supplies=list(supplies)
    )
    return {row.id: row.outstanding for row in rows}


def _rank(since: Place) -> dict[str, Any]:
    priority, placed_at, intake_seq = since or (FIRST_PRIORITY - 1, "-infinity", 0)
    return {"priority": priority, "placed_at": placed_at, "intake_seq": intake_seq}
