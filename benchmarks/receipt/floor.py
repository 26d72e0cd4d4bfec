"""The floor: the rows that a receipt has written, written in bulk, with no rule at all."""

import json

from sqlalchemy import text

from benchmarks.receipt.waiting import MERCHANT, PURCHASE, SKU
from fulfillment.domain.insight.progress import Progress
from fulfillment.store.queue.head import BATCH
from fulfillment.store.transactions.session import Store, Tx

FIRST = """
CREATE TEMPORARY TABLE filled ON COMMIT DROP AS
SELECT d.shipment_line AS line, d.order_id, l.shipment FROM open_demand d
  JOIN shipment_line l ON l.id = d.shipment_line
 WHERE d.merchant = :merchant AND d.sku = :sku
 ORDER BY d.priority, d.placed_at, d.intake_seq LIMIT :units
"""

BULK = (
    "DELETE FROM peg p USING filled f WHERE p.shipment_line = f.line",
    "DELETE FROM open_demand d USING filled f WHERE d.shipment_line = f.line",
    """INSERT INTO allocation (shipment_line, location, merchant, sku, units)
       SELECT line, 'A', :merchant, :sku, 1 FROM filled""",
    """UPDATE shipment s SET status = 'ready', location = 'A', wave = 1 FROM filled f
        WHERE s.order_id = f.order_id""",
    """UPDATE order_line l SET promise = jsonb_build_array(jsonb_build_array(1, current_date))
         FROM filled f WHERE l.order_id = f.order_id""",
    """UPDATE orders o SET status = 'awaiting_pick_and_pack', waiting_units = 0, waves_spent = 1,
              wake_seq = wake_seq + 1, ready_since = now()
         FROM filled f WHERE o.id = f.order_id""",
    """INSERT INTO order_event (order_id, sequence, happenings, actor, at)
       SELECT order_id, 1, CAST(:facts AS jsonb), 'bench', now() FROM filled""",
    """INSERT INTO outbox (merchant, lane, kind, subject, payload, due_at, created_at)
       SELECT :merchant, 1, 'wake_order', order_id::text, CAST(:payload AS jsonb), now(), now()
         FROM filled""",
    """INSERT INTO cross_dock (receipt, supply, shipment, units)
       SELECT r.id, u.id, f.shipment, 1 FROM filled f, receipt r, supply u""",
    """INSERT INTO served_order (receipt, supply, order_id, units)
       SELECT r.id, u.id, f.order_id, 1 FROM filled f, receipt r, supply u""",
    """UPDATE stock_level SET allocated = allocated + (SELECT count(*) FROM filled)
        WHERE merchant = :merchant AND sku = :sku""",
)

RECEIVED = """
WITH booked AS (
    INSERT INTO stock_ledger (merchant, sku, location, units, kind, reference, actor, at)
    VALUES (:merchant, :sku, 'A', :units, 'receipt', 'R1', 'bench', now())
), counted AS (
    UPDATE supply SET received = received + :units, pegged = pegged - :units
     WHERE document = :purchase
), came AS (
    INSERT INTO receipt (merchant, number, purchase_order, location, actor, at)
    SELECT :merchant, 'R1', id, 'A', 'bench', now() FROM purchase_order RETURNING id
), lines AS (
    INSERT INTO receipt_line (receipt, supply, units)
    SELECT came.id, u.id, :units FROM came, supply u
)
INSERT INTO stock_level (merchant, sku, location, on_hand) VALUES (:merchant, :sku, 'A', :units)
"""


FACTS = [
    ["allocated", {"lines": [{"line": 1, "sku": SKU, "units": 1, "location": "A"}]}],
    ["released", {"shipment": 1, "units": 1, "location": "A", "wave": 1}],
    [
        "promise_moved",
        {
            "line": 1,
            "sku": SKU,
            "from": [{"units": 1, "on": "2026-01-31"}],
            "to": [{"units": 1, "on": "2026-01-01"}],
        },
    ],
    ["ready_to_ship", {"ready": True}],
    ["status_changed", {"from": "awaiting_stock", "to": "awaiting_pick_and_pack"}],
]
"""What happened to an order that was filled, as long as ours."""


def write_in_bulk(store: Store, units: int) -> None:
    """Fill so many lines from the head, batch by batch."""
    some = {"merchant": MERCHANT, "sku": SKU}
    store.transact(MERCHANT, lambda tx: tx.run(RECEIVED, units=units, purchase=PURCHASE, **some))
    more = {
        "facts": json.dumps(FACTS),
        "payload": json.dumps({"merchant": MERCHANT, "progress": sorted(_progress())}),
    }

    def body(tx: Tx, batch: int) -> None:
        tx.run(FIRST, units=batch, **some)
        for sql in BULK:
            wanted = text(sql).compile().params
            tx.run(sql, **{name: value for name, value in (some | more).items() if name in wanted})

    while units > 0:
        batch = min(units, BATCH)
        store.transact(MERCHANT, lambda tx, batch=batch: body(tx, batch))  # type: ignore[misc]
        units -= batch


def _progress() -> tuple[str, ...]:
    """As much as a wake carries."""
    return tuple(Progress.__dataclass_fields__)
