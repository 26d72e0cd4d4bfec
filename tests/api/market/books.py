"""Books beside the system's: what must be so, counted anew in SQL that shares nothing with it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from tests.api.market.desk import Log
from tests.api.world import World

KNOB = """
coalesce(o.policy -> '{name}', (SELECT value FROM setting WHERE scope = o.merchant
                                  AND knob = '{name}'),
         (SELECT value FROM setting WHERE scope = '*' AND knob = '{name}'), '{default}'::jsonb)
    = '{default}'::jsonb
"""
PLAIN = " AND ".join(
    KNOB.format(name=name, default=default)
    for name, default in {
        "max_shipments": "null",
        "hold_if_due_within_days": "null",
        "release_when": '"any_part"',
        "auto_allocate": '"always"',
        "auto_allocate_on": '"any_supply"',
        "prepare": '"automatic"',
    }.items()
)

ON_HAND = """
SELECT merchant, sku, location, disposition, v.on_hand, m.units AS moved
  FROM stock_level v
  FULL JOIN (SELECT merchant, sku, location, disposition, sum(units) AS units
               FROM stock_ledger GROUP BY 1, 2, 3, 4) m
       USING (merchant, sku, location, disposition)
 WHERE coalesce(v.on_hand, 0) <> coalesce(m.units, 0) OR v.on_hand < 0
"""

CLAIMED = """
WITH claims AS (
    SELECT a.merchant, a.sku, a.location, sum(a.units) AS units, sum(a.picked + a.staged) AS held
      FROM allocation a JOIN shipment_line l ON l.id = a.shipment_line
      JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
     WHERE ol.managed AND NOT a.drop_ship GROUP BY 1, 2, 3
), shelf AS (
    SELECT merchant, sku, location, sum(units) AS units FROM stock_ledger
     WHERE disposition = 'sellable' GROUP BY 1, 2, 3
)
SELECT c.*, s.units AS on_hand FROM claims c LEFT JOIN shelf s USING (merchant, sku, location)
 WHERE c.units > coalesce(s.units, 0) OR c.held > c.units
"""

LINES = """
SELECT o.number, l.line, l.ordered, l.shipped, l.cancelled, x.live, x.gone
  FROM order_line l JOIN orders o ON o.id = l.order_id
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(sl.units) FILTER (WHERE s.status = 'shipped'), 0) AS gone,
              coalesce(sum(sl.units) FILTER (
                  WHERE s.status IN ('backorder', 'future', 'ready', 'picking', 'picked', 'packed')
              ), 0) AS live
         FROM shipment_line sl JOIN shipment s ON s.id = sl.shipment
        WHERE sl.order_id = l.order_id AND sl.order_line = l.line) x
 WHERE l.shipped <> x.gone OR l.ordered <> l.shipped + l.cancelled + x.live
"""

SHIPPED = """
SELECT merchant, sku, x.units AS shipped, g.units AS gone
  FROM (SELECT o.merchant, ol.sku, sum(l.units) AS units
          FROM shipment s JOIN shipment_line l ON l.shipment = s.id
          JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
          JOIN orders o ON o.id = s.order_id
         WHERE s.status = 'shipped' AND ol.managed AND NOT l.drop_shipped GROUP BY 1, 2) x
  FULL JOIN (SELECT merchant, sku, -sum(units) AS units FROM stock_ledger
              WHERE kind IN ('dispatch', 'dispatch_void') GROUP BY 1, 2) g USING (merchant, sku)
 WHERE coalesce(x.units, 0) <> coalesce(g.units, 0)
"""

RETURNED = """
SELECT t.merchant, o.number, u.sku, sum(rl.units) AS back, min(s.units) AS shipped
  FROM receipt r JOIN receipt_line rl ON rl.receipt = r.id JOIN supply u ON u.id = rl.supply
  JOIN customer_return t ON t.id = r.customer_return
  JOIN orders o ON o.id = t.order_id
 CROSS JOIN LATERAL (SELECT coalesce(sum(shipped), 0) AS units FROM order_line
                      WHERE order_id = t.order_id AND sku = u.sku) s
 WHERE r.reversed_at IS NULL GROUP BY 1, 2, 3 HAVING sum(rl.units) > min(s.units)
"""

PEGGED = """
SELECT u.id, u.document, u.sku, u.ordered, u.received, u.closed, u.inbound, sum(p.units) AS pegged
  FROM peg p JOIN supply u ON u.id = p.supply
 GROUP BY u.id HAVING NOT u.inbound OR sum(p.units) > u.ordered - u.received - u.closed
"""

IDLE = f"""
WITH free AS (
    SELECT v.merchant, v.sku, v.location, v.on_hand - v.allocated AS units
      FROM stock_level v
      JOIN merchant_location ml ON ml.merchant = v.merchant AND ml.location = v.location
      JOIN location l ON l.id = v.location AND l.active
      JOIN product p ON p.merchant = v.merchant AND p.sku = v.sku AND p.manage_stock
     WHERE v.disposition = 'sellable' AND v.on_hand > v.allocated
)
SELECT f.*, o.number, w.line, w.wanted
  FROM orders o
 CROSS JOIN LATERAL (
       SELECT ol.line, ol.sku, coalesce(ol.source_location, o.lock_location, o.pickup_location)
                  AS only_at,
              sum(l.units - coalesce(a.units, 0)) AS wanted
         FROM shipment s JOIN shipment_line l ON l.shipment = s.id
         JOIN order_line ol ON ol.order_id = l.order_id AND ol.line = l.order_line
         LEFT JOIN LATERAL (SELECT sum(units) AS units FROM allocation
                             WHERE shipment_line = l.id) a ON true
        WHERE s.order_id = o.id AND s.status IN ('backorder', 'future') AND NOT ol.by_hand
          AND ol.managed AND ol.channel <> 'drop_ship'
        GROUP BY 1, 2, 3) w
  JOIN free f ON f.merchant = o.merchant AND f.sku = w.sku
   AND coalesce(w.only_at, f.location) = f.location
 WHERE o.finished_at IS NULL AND o.first_claimed AND w.wanted > 0 AND {PLAIN}
"""

OWED = """
SELECT merchant, sku, 'queue' AS what FROM sku_queue WHERE due_since IS NOT NULL
 UNION ALL SELECT merchant, number, 'first claim' FROM orders
            WHERE NOT first_claimed AND finished_at IS NULL
 UNION ALL SELECT id, id, 'settings' FROM merchant WHERE replan_due
"""

TASKS = """
SELECT t.id, t.units FROM task t WHERE t.units IS NOT NULL AND t.units <= 0
"""

BOOKS = {
    "nothing is owed": OWED,
    "on hand is what movements add up to": ON_HAND,
    "claims are on hand": CLAIMED,
    "units of a line are live, shipped or cancelled": LINES,
    "what was shipped left": SHIPPED,
    "no more came back than was shipped": RETURNED,
    "pegs are on what is still to come": PEGGED,
    "nothing is free beside who wants it": IDLE,
    "a task is for some units": TASKS,
}

ADJUSTED = """
SELECT merchant, sku, location, disposition, sum(units)::int AS units FROM stock_ledger
 WHERE kind = 'adjustment' AND reason = 'walk' GROUP BY 1, 2, 3, 4
"""

PAYMENTS = """
SELECT o.id, o.merchant, o.number, e.kind, e.status, e.amount_minor AS amount
  FROM payment_entry e JOIN orders o ON o.id = e.order_id
"""
WORTH = "SELECT order_id, ordered, cancelled, shipped, unit_price_minor AS price FROM order_line"


def wrong(world: World, log: Log) -> Iterator[str]:
    """What of these books the database contradicts."""

    def read(sql: str) -> list[Any]:
        with world.store.engine.connect() as connection:
            return list(connection.execute(text(sql)))

    for rule, sql in BOOKS.items():
        if found := read(sql):
            yield f"{rule}: {[row._asdict() for row in found[:5]]}"
    booked = {tuple(row[:4]): row.units for row in read(ADJUSTED)}
    told = {where: units for where, units in log.adjusted.items() if units}
    if told != {where: units for where, units in booked.items() if units}:
        yield f"adjustments that were answered: {told}, and booked: {booked}"
    yield from wrong_payments(read(PAYMENTS), read(WORTH))


def wrong_payments(entries: list[Any], lines: list[Any]) -> Iterator[str]:
    """What is due, by behaviour.md §6: captured, less what is shipped or wanted, less refunded."""
    of_order: dict[int, list[Any]] = defaultdict(list)
    for line in lines:
        of_order[line.order_id].append(line)
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    numbers: dict[int, str] = {}
    for entry in entries:
        sums[entry.id][f"{entry.kind} {entry.status}"] += entry.amount
        numbers[entry.id] = entry.number
    for order, amounts in sums.items():
        refund, void = due(amounts, of_order[order])
        found = (amounts["refund due"], amounts["void due"])
        if found[0] != refund or (void is not None and found[1] != void):
            yield f"due of {numbers[order]}: {found}, not {(refund, void)}: {dict(amounts)}"


def due(amounts: Counter[str], lines: list[Any]) -> tuple[int, int | None]:
    """Refund and void that are due; None where a new authorisation may be under way."""
    kept = [line for line in lines if line.ordered > line.cancelled]
    worth = sum((line.ordered - line.cancelled) * (line.price or 0) for line in kept)
    back = amounts["capture done"] - worth
    known = all(line.price is not None for line in kept)
    if not known or all(line.price is None for line in lines):
        back = min(back, sum(line.cancelled * (line.price or 0) for line in lines))
    is_over = all(line.ordered == line.cancelled + line.shipped for line in lines)
    held = amounts["authorise done"] - amounts["void done"] - amounts["capture done"]
    void = None
    if is_over and known and worth <= amounts["capture done"]:
        void = max(held, 0)
    return max(back - amounts["refund done"], 0), void
