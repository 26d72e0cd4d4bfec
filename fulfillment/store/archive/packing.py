"""Pack orders: all their rows become one document each, and are gone from their tables."""

from collections.abc import Collection
from datetime import date

from fulfillment.store.archive.parts import AWAY, PACKED_ROWS
from fulfillment.store.transactions.session import Tx

NAMES = """
SELECT 'shipment ' || s.id AS name FROM shipment s WHERE s.order_id = o.id
 UNION SELECT 'tracking ' || lower(s.tracking) FROM shipment s WHERE s.order_id = o.id
 UNION SELECT 'tracking ' || lower(p.tracking)
         FROM shipment s JOIN package p ON p.shipment = s.id WHERE s.order_id = o.id
 UNION SELECT 'pick list ' || l.pick_list FROM pick_list_line l WHERE l.order_id = o.id
 UNION SELECT 'container ' || c.id FROM container c WHERE c.order_id = o.id
 UNION SELECT 'payment ' || e.id FROM payment_entry e WHERE e.order_id = o.id
 UNION SELECT 'mail ' || m.id FROM mail m WHERE m.order_id = o.id
 UNION SELECT 'task ' || t.id FROM task t WHERE t.order_id = o.id
 UNION SELECT 'link ' || k.id FROM order_link k WHERE k.order_id = o.id
"""
"""In the words in which a refusal names what there is none of."""

NOTE = f"""
INSERT INTO archived_order (order_id, merchant, number, status, currency, content_hash, priority,
                            placed_at, intake_seq, finished_at, archived_at, month, names, lines)
SELECT o.id, o.merchant, o.number, o.status, o.currency, o.content_hash, o.priority, o.placed_at,
       o.intake_seq, o.finished_at, :now, :month,
       ARRAY(SELECT name FROM ({NAMES}) n WHERE name IS NOT NULL ORDER BY name),
       ARRAY(SELECT l.id FROM shipment_line l WHERE l.order_id = o.id ORDER BY l.id)
  FROM orders o WHERE o.id = ANY(:orders)
"""  # noqa: S608 -- a constant

PACK = f"""
INSERT INTO archived_rows (month, order_id, packed, customer)
SELECT :month, o.id, {PACKED_ROWS},
       (SELECT to_jsonb(c) FROM order_customer c WHERE c.order_id = o.id)
  FROM orders o WHERE o.id = ANY(:orders)
"""  # noqa: S608 -- made of the tables

ADD_UNITS = """
INSERT INTO archived_units AS u (merchant, sku, shipped)
SELECT l.merchant, l.sku, sum(l.shipped) FROM order_line l
 WHERE l.order_id = ANY(:orders) AND l.shipped > 0 GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (merchant, sku) DO UPDATE SET shipped = u.shipped + excluded.shipped
"""


def pack(tx: Tx, orders: Collection[int], month: date) -> None:
    """Pack these orders, whose rows are locked; what refers to them otherwise is an error."""
    which = {"orders": sorted(orders)}
    tx.run(NOTE, now=tx.now, month=month, **which)
    tx.run(PACK, month=month, **which)
    tx.run(ADD_UNITS, **which)
    for sql in AWAY:
        tx.run(sql, **which)
