"""A long queue of one SKU, written at once: orders of one unit, each of which waits."""

from fulfillment.store.sums.blocks import rebuild
from fulfillment.store.transactions.session import Tx
from tests.builders.warehouse import MERCHANT, Warehouse

MADE = """
WITH made AS (
    INSERT INTO orders (merchant, number, content_hash, status, placed_at, placed_on, currency,
                        verified, first_claimed, waiting_units, wake_seq, created_at)
    SELECT :merchant, 'Q' || n, '', 'awaiting_stock', :now, CAST(:now AS timestamptz)::date, 'USD',
           true, true, 1, 1, :now
      FROM generate_series(1, :many) n
    RETURNING id, intake_seq
), lines AS (
    INSERT INTO order_line (order_id, line, merchant, sku, ordered, first_promise, promise)
    SELECT id, 1, :merchant, 'K1', 1, told, told
      FROM made CROSS JOIN (SELECT jsonb_build_array(jsonb_build_array(1,
               CAST(:now AS timestamptz)::date + 30)) AS told) promise
), shipments AS (
    INSERT INTO shipment (order_id, number, status, created_at)
    SELECT id, 1, 'backorder', :now FROM made RETURNING id, order_id
), parts AS (
    INSERT INTO shipment_line (shipment, order_id, order_line, units)
    SELECT id, order_id, 1, 1 FROM shipments RETURNING id, order_id
)
INSERT INTO open_demand (shipment_line, merchant, sku, order_id, priority, placed_at, intake_seq,
                         wanted, held, gate, apart)
SELECT p.id, :merchant, 'K1', m.id, 50, :now, m.intake_seq, 1, 0, 'open', false
  FROM parts p JOIN made m ON m.id = p.order_id
"""


def wait_in_line(warehouse: Warehouse, many: int) -> None:
    """So many plain orders, without a workflow, in the order of their intake."""

    def body(tx: Tx) -> None:
        tx.run(MADE, merchant=MERCHANT, now=tx.now, many=many)
        rebuild(tx, ["K1"])

    warehouse.store.transact(MERCHANT, body)
