"""A queue of thousands, written at once: its tables have just grown, and nobody analysed them."""

from fulfillment.store.sums.blocks import rebuild
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Tx
from tests.builders.warehouse import MERCHANT, NOON, TODAY, Warehouse

WAITING = """
WITH made AS (
    INSERT INTO orders (merchant, number, content_hash, status, placed_at, placed_on, currency,
                        policy, verified, first_claimed, waiting_units, created_at)
    SELECT :merchant, CAST(:prefix AS text) || n, '', 'awaiting_stock', :now, :today, 'EUR', '{}',
           true, true, 1, :now
      FROM generate_series(1, :lines) n
    RETURNING id, intake_seq
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY intake_seq) <= :pegged AS pegged FROM made
), told AS (
    SELECT id, jsonb_build_array(jsonb_build_array(1, CAST(:today AS date)
           + CASE WHEN pegged THEN 5 ELSE 30 END)) AS promise FROM ranked
), lines AS (
    INSERT INTO order_line (order_id, line, merchant, sku, ordered, first_promise, promise)
    SELECT id, 1, :merchant, 'K1', 1, promise, promise FROM told
), shipments AS (
    INSERT INTO shipment (order_id, number, status, created_at)
    SELECT id, 1, 'backorder', :now FROM made RETURNING id, order_id
), parts AS (
    INSERT INTO shipment_line (shipment, order_id, order_line, units)
    SELECT id, order_id, 1, 1 FROM shipments RETURNING id, order_id
), pegs AS (
    INSERT INTO peg (shipment_line, supply, units, order_id, lock_location, counts_from, priority,
                     placed_at, intake_seq)
    SELECT parts.id, u.id, 1, ranked.id, '', '', 50, :now, ranked.intake_seq
      FROM parts JOIN ranked ON ranked.id = parts.order_id
      JOIN supply u ON u.document = :purchase WHERE ranked.pegged
), summed AS (
    UPDATE supply SET pegged = :pegged WHERE document = :purchase
)
INSERT INTO open_demand (shipment_line, merchant, sku, order_id, priority, placed_at, intake_seq,
                         wanted, held, gate, pegged, apart)
SELECT parts.id, :merchant, 'K1', ranked.id, 50, :now, ranked.intake_seq, 1, 0, 'open',
       ranked.pegged::int, false
  FROM parts JOIN ranked ON ranked.id = parts.order_id
"""


def stand_in_line(warehouse: Warehouse, lines: int, pegged: int) -> str:
    """So many orders of one K1, the first of them pegged on a purchase order; its number."""
    purchase = warehouse.purchase([("K1", pegged)], due=5)
    wait_in_line(warehouse, lines, pegged, purchase)
    return purchase


def wait_in_line(
    warehouse: Warehouse, lines: int, pegged: int = 0, purchase: str = "", prefix: str = "L-"
) -> None:
    """So many orders of one K1, the first of them pegged on that purchase order."""

    def body(tx: Tx) -> None:
        lock_queues(tx, ["K1"])
        tx.run(
            WAITING,
            merchant=MERCHANT,
            now=NOON,
            today=TODAY,
            lines=lines,
            pegged=pegged,
            purchase=purchase,
            prefix=prefix,
        )
        rebuild(tx, ["K1"])

    warehouse.store.transact(MERCHANT, body)


READ = """
SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::bigint AS read
  FROM pg_stat_xact_user_tables WHERE relname = ANY(:tables)
"""


def rows_read(tx: Tx, *tables: str) -> int:
    """Rows of these tables that the transaction has read so far."""
    return int(tx.rows(READ, tables=list(tables))[0].read)
