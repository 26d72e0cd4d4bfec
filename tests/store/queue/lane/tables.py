"""Every table that serving may write, told by names that do not depend on who wrote first."""

LINES = "SELECT o.number, to_jsonb(l) FROM order_line l JOIN orders o ON o.id = l.order_id"
SHIPMENTS = """
SELECT o.number, s.number AS shipment, p.number AS parent,
       to_jsonb(s) - '{id,parent}'::text[] AS shipments
  FROM shipment s JOIN orders o ON o.id = s.order_id LEFT JOIN shipment p ON p.id = s.parent
 ORDER BY 1, 2
"""
PART = """
  FROM shipment_line l JOIN shipment s ON s.id = l.shipment JOIN orders o ON o.id = l.order_id
"""

WITHOUT_TURNS = {
    "orders": "SELECT to_jsonb(o) - '{wake_seq,next_shipment_number,waves_spent}'::text[]"
    " FROM orders o ORDER BY number",
    "lines": f"{LINES} ORDER BY o.number, l.line",
    "units": "SELECT o.number, s.status, s.location, l.order_line, sum(l.units)"
    f" {PART} WHERE s.status NOT IN ('reassigned') GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "claims": "SELECT o.number, l.order_line, s.status, a.location, sum(a.units), sum(a.picked),"
    f" sum(a.staged), sum(a.pinned) {PART} JOIN allocation a ON a.shipment_line = l.id"
    " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "pegs": "SELECT o.number, l.order_line, p.supply, p.pinned, sum(p.units)"
    f" {PART} JOIN peg p ON p.shipment_line = l.id GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    "blocks": "SELECT sku, place, sum(wanted), sum(unpegged), sum(lines), sum(orders),"
    " sum(unpegged_orders) FROM queue_block GROUP BY 1, 2 ORDER BY 1, 2",
    "late pins": "SELECT * FROM late_pin ORDER BY order_id, line, supply",
    "levels": "SELECT * FROM stock_level ORDER BY merchant, sku, location, disposition",
    "supply": "SELECT to_jsonb(u) FROM supply u ORDER BY id",
    "receipts": "SELECT to_jsonb(l) FROM receipt_line l ORDER BY receipt, supply, disposition",
    "queues": "SELECT merchant, sku, due_since IS NULL FROM sku_queue ORDER BY 1, 2",
    "payments": "SELECT to_jsonb(e) - 'id' FROM payment_entry e ORDER BY order_id, kind, cause",
}
"""What is left when all is served, whatever the turns in which it was."""

TABLES = WITHOUT_TURNS | {
    "whole orders": "SELECT to_jsonb(o) FROM orders o ORDER BY number",
    "shipments": SHIPMENTS,
    "parts": "SELECT o.number, s.number, l.order_line, to_jsonb(l) - '{id,shipment}'::text[]"
    f" {PART} ORDER BY 1, 2, 3, 4",
    "allocations": "SELECT o.number, s.number, l.order_line, to_jsonb(a) - 'shipment_line'"
    f" {PART} JOIN allocation a ON a.shipment_line = l.id ORDER BY 1, 2, 3, 4",
    "whole pegs": "SELECT o.number, s.number, l.order_line, to_jsonb(p) - 'shipment_line'"
    f" {PART} JOIN peg p ON p.shipment_line = l.id ORDER BY 1, 2, 3, 4",
    "demand": "SELECT o.number, s.number, l.order_line, to_jsonb(d) - 'shipment_line'"
    f" {PART} JOIN open_demand d ON d.shipment_line = l.id ORDER BY 1, 2, 3, 4",
    "history": "SELECT o.number, e.sequence, e.happenings, e.actor, e.reason, e.at"
    " FROM order_event e JOIN orders o ON o.id = e.order_id ORDER BY 1, 2",
    "wakes": "SELECT merchant, lane, kind, subject, payload, version, attempts, due_at"
    " FROM outbox WHERE kind = 'wake_order' ORDER BY kind, subject",
    "docked": "SELECT o.number, s.number, c.receipt, c.supply, c.units FROM cross_dock c"
    " JOIN shipment s ON s.id = c.shipment JOIN orders o ON o.id = s.order_id"
    " ORDER BY 1, 2, 3, 4",
    "served": "SELECT * FROM served_order ORDER BY receipt, supply, order_id",
    "ledger": "SELECT to_jsonb(l) - 'id' FROM stock_ledger l ORDER BY id",
    "lists": "SELECT to_jsonb(t) - 'id' FROM task t ORDER BY id",
}
