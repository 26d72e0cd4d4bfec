"""A long queue, written at once, with a purchase order that its head is pegged on."""

from datetime import timedelta

from fulfillment.store.commands.supply import purchase_orders
from fulfillment.store.sums.blocks import rebuild
from fulfillment.store.transactions.session import Command, Store, Tx

MERCHANT, SKU, PURCHASE = "bench", "TEA", "P1"

WAITING = """
WITH made AS (
    INSERT INTO orders (merchant, number, content_hash, status, placed_at, placed_on, currency,
                        policy, verified, first_claimed, waiting_units, created_at)
    SELECT :merchant, 'O-' || n, '', 'awaiting_stock', now(), now(), 'EUR', '{}', true, true, 1,
           now()
      FROM generate_series(1, :lines) n
    RETURNING id, placed_at, intake_seq
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY intake_seq) <= :pegged AS pegged FROM made
), told AS (
    SELECT *, jsonb_build_array(jsonb_build_array(1,
           CASE WHEN pegged THEN CAST(:due_on AS date) ELSE placed_at::date + 30 END)) AS promise
      FROM ranked
), lines AS (
    INSERT INTO order_line (order_id, line, merchant, sku, ordered, first_promise, promise)
    SELECT id, 1, :merchant, :sku, 1, promise, promise FROM told
), shipments AS (
    INSERT INTO shipment (order_id, number, status, created_at)
    SELECT id, 1, 'backorder', now() FROM made RETURNING id, order_id
), parts AS (
    INSERT INTO shipment_line (shipment, order_id, order_line, units)
    SELECT id, order_id, 1, 1 FROM shipments RETURNING id, order_id
), pegs AS (
    INSERT INTO peg (shipment_line, supply, units, order_id, lock_location, counts_from, priority,
                     placed_at, intake_seq)
    SELECT parts.id, u.id, 1, ranked.id, '', '', 50, ranked.placed_at, ranked.intake_seq
      FROM parts JOIN ranked ON ranked.id = parts.order_id
      JOIN supply u ON u.document = :purchase WHERE ranked.pegged
), summed AS (
    UPDATE supply SET pegged = least(:pegged, :lines) WHERE document = :purchase
)
INSERT INTO open_demand (shipment_line, merchant, sku, order_id, priority, placed_at, intake_seq,
                         wanted, held, gate, pegged, apart)
SELECT parts.id, :merchant, :sku, ranked.id, 50, ranked.placed_at, ranked.intake_seq, 1, 0, 'open',
       ranked.pegged::int, false
  FROM parts JOIN ranked ON ranked.id = parts.order_id
"""


def wait_in_line(store: Store, lines: int, bringing: int) -> None:
    """So many orders of one unit, all of which wait, and the first pegged on what will come."""
    due_on = store.clock().date() + timedelta(days=5)
    line = purchase_orders.NewPurchaseLine(1, SKU, bringing, "A")
    new = purchase_orders.NewPurchaseOrder(PURCHASE, (line,), expected_on=due_on)
    purchase_orders.create_purchase_order(
        store, Command(MERCHANT, "purchase", "bench", "bench"), new
    )

    def body(tx: Tx) -> None:
        tx.run(
            WAITING,
            merchant=MERCHANT,
            sku=SKU,
            lines=lines,
            pegged=bringing,
            purchase=PURCHASE,
            due_on=due_on,
        )
        rebuild(tx, [SKU])

    store.transact(MERCHANT, body)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def purchase_id(store: Store) -> int:
    """The purchase order's id."""
    sql = "SELECT id FROM purchase_order WHERE number = :number"
    return store.read(MERCHANT, lambda tx: int(tx.rows(sql, number=PURCHASE)[0].id))
